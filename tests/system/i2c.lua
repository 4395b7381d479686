-- A bus of sensors, as a guest's own drivers use it: tests/guests/i2c.c on the watch's board.
local SAID = {
    "accelerometer error 00000000", "chip 00000011",
    "axis 0000f000", "axis 00000000", "axis 00004000", -- 2 g in 2048 steps, left-justified in 16 bits: -250 mg, 0, 1 g
    "nobody at 19: 00000002",
    "chain 00000708", -- from 1000 on: START and address 10 bits, a byte 9, STOP 1, of 40 periods of 16 MHz each
    "touch answers early 00000000", -- just out of reset
}

local function watch(fault, value, at)
    local m = sandglass.board("pinetime", { kernel = "i2c.elf" })
    m:set("bma421", "x", -250)
    m:touch("cst816s", { x = 239, y = 17, at = ms(300) })
    if fault then
        m:fault({ kind = fault, value = value, at = at })
    end
    return m
end

local function says(m, lines)
    for _, line in ipairs(lines) do
        m:expect_uart(line .. "\n", { within = s(1) })
    end
end

case("the accelerometer over TWIM, then the touch controller over TWI", function()
    local m = watch()
    says(m, SAID)
    says(m, { "touch answers 00000001", "chip 000000b4", "touched 00000001", "fingers 00000001", "x 000000ef", "y 00000011" })
    says(m, { "stuck 00000000", "sda 00000001", "clocks 00000000" })
    says(m, { "done" })
end)

case("a stuck bus is freed by hand", function()
    local m = watch("bma421.sda-low", 5, ms(400))
    says(m, { "stuck ffffffff", "sda 00000000", "clocks 00000005", "sda 00000001", "recovered 00000000", "chip 00000011", "done" })
end)

case("a touch controller that does not answer", function()
    says(watch("cst816s.no-answer", 1, ms(1)), { "touch answers 00000000" })
end)

case("an accelerometer that does not answer", function()
    says(watch("bma421.nack", -1, ms(0)), { "accelerometer error 00000002" })
end)
