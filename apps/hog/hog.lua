-- hog: keeps the processor for itself after eight seconds; blink beside it goes on, and in time.
local m = sandglass.board("nrf52dk", { apps = { "hog", "blink" } })
m:run_for(s(9))
m:expect_period("led0", s(1), { tolerance = ms(12), over = s(5) })
m:expect_process("hog", { state = "running" })
