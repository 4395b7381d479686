-- state: reads what the kernel shows of a process, without a call.
local m = sandglass.board("nrf52dk", { apps = { "state" } })
m:expect_uart("state: version 1: 0", { within = s(1) })
m:expect_uart("state: after two calls: 2 switches")
m:expect_uart({ pattern = "state: a second has (32%d+) ticks", within = s(2) })
m:expect_uart("state: 0 pending")
