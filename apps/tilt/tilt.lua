-- tilt: the accelerometer's three axes.
local m = sandglass.board("pinetime", { apps = { "tilt" } })
m:expect_uart("tilt: 0 0 1000 mg", { within = s(1) })
m:set("bma421", "y", -700)
m:expect_uart({ pattern = "tilt: 0 %-699 1000 mg", within = s(2) })
