-- cycles: the cycle counter of the core.
local m = sandglass.board("nrf52dk", { apps = { "cycles" } })
m:expect_uart("cycles: a second has 64 million", { within = s(3) })
m:expect_uart("cycles: one reading takes hundreds")
m:expect_uart("cycles: stopped, it stands still", { within = s(2) })
