-- sensors: the chip's temperature, followed over a change, and random numbers that are not the same.
local m = sandglass.board("nrf52dk", { apps = { "sensors" } })
local first = m:expect_uart({ pattern = "sensors: 25%.00 C, random (0x%x+)", within = s(2) })
m:set("temp", "temperature", 3150)
local second = m:expect_uart({ pattern = "sensors: 31%.50 C, random (0x%x+)", within = s(5) })
assert(first ~= second)
