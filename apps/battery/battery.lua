-- battery: the ADC tells the battery's voltage, within 10 mV, and follows it.
local m = sandglass.board("sensor_node", { apps = { "battery" } })
for _, millivolts in ipairs({ 3600, 3000, 4100 }) do
    m:set("vbatt", "millivolts", millivolts)
    m:expect_uart("battery: ", { within = s(3) }) -- perhaps measured before
    local seen = m:expect_uart({ pattern = "battery: (%d+) mV", within = s(3) })
    assert(math.abs(seen - millivolts) < 10, seen)
end
assert(#m:breaches() == 0) -- nobody touched what is not its own
