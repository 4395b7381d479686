-- listen: alone on the air it hears nobody, and waits.
local m = sandglass.board("sensor_node", { apps = { "listen" } })
m:run_for(s(1))
m:expect_no_uart({ pattern = "\nlisten: ", over = s(2) })
m:expect_process("listen", { restarts = 0 })
