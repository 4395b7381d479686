-- weather: four sensors on two buses, every second and a half.
local m = sandglass.board("sensor_node", { apps = { "weather" } })
m:expect_uart("weather: 25.00 C, 50.00 %, 100 lux, battery 3700 mV", { within = s(2) })
m:set("sht3xd", "temperature", 1000)
m:set("bh1750", "light", 640)
m:expect_uart({ pattern = "weather: 10%.00 C, %d+%.%d+ %%, 640 lux", within = s(5) })
assert(#m:breaches() == 0) -- nobody touched what is not its own
