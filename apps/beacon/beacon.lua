-- beacon, with a scanner on the same board: who is on the air.
local m = sandglass.board("nrf52dk", { apps = { "beacon" } })
m:expect_uart("beacon: on the air", { within = s(2) })
m:run_for(s(1))
m:expect_process("beacon", { restarts = 0 })
