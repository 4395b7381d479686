-- Drivers of a command or two, and what the nRF52-DK has on its header.
local BOARDS = { "nrf52dk", "nrf52840dk", "security_key", "pinetime", "sensor_node" }

local function tones(m)
    local found = {}
    for _, note in ipairs(m:notes("buzzer")) do
        if note.what == "tone" then
            found[#found + 1] = note
        end
    end
    return found
end

local function near(value, wanted, tolerance)
    assert(math.abs(value - wanted) <= tolerance, ("%d, not %d"):format(value, wanted))
end

case("a tune: frequencies, and how long each lasts", function()
    local m = sandglass.board("nrf52840dk", { apps = { "tune" } })
    m:expect_uart("tune: the end, -4", { within = s(3) })
    m:run_for(ms(100))
    local heard = tones(m)
    for i, hz in ipairs({ 523, 659, 784, 1047, 2093 }) do
        assert(heard[i].value == hz)
        if i > 1 then
            near(heard[i].time - heard[i - 1].time, i < 5 and ms(200) or ms(100), ms(5))
        end
    end
    local notes = m:notes("buzzer")
    assert(#heard == 5 and notes[#notes].what == "off")
    near(notes[#notes].time - heard[5].time, ms(150), ms(10))
end)

case("two take turns: what each waits for comes, and no tone is cut short by the other's wait", function()
    local m = sandglass.board("nrf52840dk", { apps = { "tune", "tune" } })
    m:expect_uart("tune: the end", { within = s(15) })
    m:expect_uart("tune: the end", { within = s(15) })
    local first = 0
    for _, note in ipairs(tones(m)) do
        first = first + (note.value == 523 and 1 or 0)
    end
    assert(first == 1, "the second follows at once: one tone")
end)

case("a board without a buzzer", function()
    local m = sandglass.board("nrf52dk", { apps = { "tune" } })
    m:allow_faults() -- it ends with code 1
    m:expect_uart("tune: no sound, error -11", { within = s(1) })
end)

case("cycles of an hour", function()
    limit(s(3700))
    local m = sandglass.board("nrf52dk", { apps = { "cycles" } })
    m:expect_uart("cycles: a second has 64 million", { within = s(3) })
    m:expect_uart("cycles: one reading takes hundreds", { within = s(1) })
    m:expect_uart("cycles: stopped, it stands still", { within = s(2) })
    m:expect_uart("cycles: an hour has 230 thousand million", { within = s(3690) })
end)

for _, board in ipairs(BOARDS) do
    case("every board has numbers and sums: " .. board, function()
        local m = sandglass.board(board, { apps = { "examples/30006_eui64.tbf", "examples/90008_cycle_count.tbf", "crc" } })
        m:run_for(s(1))
        local text = m:uart_text()
        assert(text:find("0: a number, always the same", 1, true))
        assert(text:find("a loop: thousands of cycles", 1, true))
        assert(text:find("crc: CRC-32: 0 cbf43926", 1, true))
    end)
end

-- The ADC at a rate: for 100 ms of 100 Hz, and for 200 ms of 10 Hz, the battery's voltage is higher: 10 samples and 2,
-- wherever the first one falls.
case("scope sees a voltage that changes between two samples", function()
    local m = sandglass.board("sensor_node", { apps = { "scope" } })
    for _, change in ipairs({ { 3000, 1 }, { 4000, 450 }, { 3000, 550 }, { 4000, 800 }, { 3000, 1000 } }) do
        m:set("vbatt", "millivolts", change[1], { at = ms(change[2]) })
    end
    m:expect_uart("scope: a buffer: 0", { within = s(1) })
    m:expect_uart("scope: one" .. (" 1500"):rep(8) .. "\n", { within = s(1) })
    m:expect_uart("scope: buffers: 0, and meanwhile -2")
    local samples = ""
    for _, which in ipairs({ "first", "second", "first", "second" }) do
        samples = samples .. m:expect_uart({ pattern = "scope: " .. which .. "([ %d]+)", within = s(1) })
    end
    local before, high, after = samples:match("^([ 1-35-90]-)(" .. (" 2000"):rep(10) .. ")([ 1-35-90]*)$")
    assert(high and not (before .. after):find("2000") and #(before .. after) == #" 1500" * 22, samples)
    m:expect_uart("scope: samples: 0", { within = s(1) })
    local count = { ["1500"] = 0, ["2000"] = 0 }
    for _ = 1, 4 do
        local seen = m:expect_uart({ pattern = "scope: 1, channel 0, (%d+)", within = s(1) })
        count[seen] = count[seen] + 1
    end
    assert(count["1500"] == 2 and count["2000"] == 2)
    m:expect_uart("scope: the end", { within = s(1) })
end)

case("while one samples at a rate the other is refused, and both come to what they can", function()
    local m = sandglass.board("nrf52840dk", { apps = { "scope", "scope" } })
    m:allow_faults()
    m:expect_uart("scope: a buffer: -9", { within = s(1) })
    m:expect_uart("scope: the end", { within = s(2) })
    m:expect_no_uart("trapped", { over = ms(100) })
end)

local function header(example)
    return sandglass.board("../boards/nrf52dk_header.dts", { kernel = "nrf52dk.elf", apps = { "examples/" .. example .. ".tbf" } })
end

case("the header's ADC", function()
    local m = header("00005_adc")
    m:expect_uart("6 channels", { within = s(1) })
    m:expect_uart("0: the battery has about 3000 mV", { within = s(1) })
end)

case("the header's comparator", function()
    local m = header("00007_analog_comparator")
    m:expect_uart("1 channel, above: 0", { within = s(1) })
    m:run_for(ms(100))
    m:set("knob", "percent", 90)
    m:expect_uart("channel 0 rose, above: 1", { within = s(1) })
end)

case("the header's SPI", function()
    header("20001_spi_controller"):expect_uart("0: flash c2 28 17", { within = s(1) })
end)

case("the header's I2C", function()
    local m = header("20003_i2c_master")
    m:set("bh1750", "light", 120)
    m:expect_uart("0: 120 lux", { within = s(1) })
    m:expect_uart("nobody at 0x50: -13", { within = s(1) })
end)
