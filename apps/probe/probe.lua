-- probe: asks an I2C sensor itself, past the kernel's driver; and says so when nobody answers.
case("a sensor in the cold", function()
    local m = sandglass.board("sensor_node", { apps = { "probe" } })
    m:set("sht3xd", "temperature", -1250)
    m:set("sht3xd", "humidity", 3000)
    local degrees, percent = m:expect_uart({ pattern = "probe: (-?%d+) hundredths of a degree, (%d+) %%", within = s(2) })
    assert(math.abs(degrees + 1250) <= 1 and math.abs(percent - 30) <= 1)
end)

case("no sensor", function()
    local m = sandglass.board("nrf52840dk", { apps = { "probe" } })
    m:allow_faults() -- it ends with code 1
    m:expect_uart("probe: nobody at 0x44, error -13", { within = s(1) })
    m:expect_process("probe", { state = "terminated", within = ms(20) })
end)
