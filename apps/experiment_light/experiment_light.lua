-- experiment_light: says its edition and what it sees.
local m = sandglass.board("sensor_node", { apps = { "experiment_climate", "experiment_light_1" } })
m:expect_uart("light: edition 1\n", { within = s(2) })
m:set("bh1750", "light", 200)
m:expect_uart("light: edition 1, 200 lux, status 0", { within = s(6) })
