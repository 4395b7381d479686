-- scope: a voltage over time: one buffer, two in turn, sample by sample.
local m = sandglass.board("sensor_node", { apps = { "scope" } })
m:set("vbatt", "millivolts", 4000)
m:expect_uart("scope: one 2000 2000 2000 2000 2000 2000 2000 2000", { within = s(2) })
m:expect_uart("scope: buffers: 0, and meanwhile -2")
m:expect_uart("scope: first 2000")
m:expect_uart("scope: second 2000")
m:expect_uart("scope: samples: 0")
m:expect_uart("scope: the end")
assert(#m:breaches() == 0) -- nobody touched what is not its own
