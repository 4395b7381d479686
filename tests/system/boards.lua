-- Each board boots its kernel with apps, and what is special on it works through its drivers.
local MODELS = { nrf52dk = "nRF52-DK", nrf52840dk = "nRF52840-DK", security_key = "security key", pinetime = "PineTime", sensor_node = "sensor node" }

-- Each case's machines; none may have done what a device's manual forbids.
local machines = {}
local plain_case = case
local function case(name, body)
    plain_case(name, function()
        body()
        for _, m in ipairs(machines) do
            assert(#m:guest_errors() == 0)
        end
    end)
end

-- The lines of the console that begin so.
local function said(m, start)
    local found = {}
    for line in m:uart_text():gmatch("([^\r\n]*)\r?\n") do
        found[#found + 1] = line:sub(1, #start) == start and line or nil
    end
    return found
end

local function same(lines, wanted)
    local text = table.concat(lines, "; ")
    assert(text == table.concat(wanted, "; "), text)
end

local function boot_as(board, model, options)
    local m = sandglass.board(board, options)
    machines[#machines + 1] = m
    m:expect_uart({ pattern = "Sandglass [^\n]* on " .. model:gsub("%-", "%%-") .. "\r\n", within = s(1) })
    m:expect_uart("Initialization complete. Entering main loop.", { within = s(1) })
    assert(#said(m, "Sandglass") == 1)
    return m
end

local function boot(board, ...)
    return boot_as(board, MODELS[board], { apps = { ... } })
end

-- The nRF52840-DK with something at its header.
local function boot_header(board, app)
    return boot_as("../boards/" .. board .. ".dts", MODELS.nrf52840dk, { kernel = "nrf52840dk.elf", apps = { app } })
end

local function count(m, device, what)
    local found = 0
    for _, note in ipairs(m:notes(device)) do
        found = found + ((what == nil or note.what == what) and 1 or 0)
    end
    return found
end

for _, board in ipairs({ "nrf52840dk", "security_key", "pinetime", "sensor_node" }) do
    case("LEDs, button, UART and alarm of " .. board, function()
        local m = boot(board, "hello", "blink", "buttons")
        m:press("button0", { at = ms(700) - m:now(), hold = ms(200) })
        m:press("button0", { at = ms(1100) - m:now(), hold = ms(100) })
        m:expect_uart("hello: greeting number 1\n", { within = s(1) })
        m:expect_uart("buttons: button 0 pressed, 1 so far\n", { within = s(1) })
        m:expect_uart("buttons: button 0 pressed, 2 so far\n", { within = s(1) })
        m:run_for(s(2) - m:now())
        assert(count(m, "led0") == 2 or count(m, "led0") == 3)
        assert(count(m, "led1") == 2)
        assert(#said(m, "hello: greeting number") == 1 and #said(m, "buttons: button 0 pressed") == 2)
    end)
end

-- 200 Hz, a tenth longer at each step, and back; a pulse that never ends joins two.
for board, part in pairs({ nrf52dk = "led3", pinetime = "motor" }) do
    case("a part of " .. board .. " swells and fades", function()
        local m = boot(board, "buzz")
        m:expect_uart("buzz: done\n", { within = s(2) })
        same(said(m, "buzz:"), { "buzz: done" })
        local ons, shares, previous, on = {}, {}, 0, nil
        for _, note in ipairs(m:notes(part)) do
            if note.what == "on" then
                assert(not on)
                on = note.time
                ons[#ons + 1] = on
            elseif on then
                local share = (note.time - on + us(250)) // us(500)
                if share ~= previous and share < 10 then
                    shares[#shares + 1] = share
                end
                previous, on = share, nil
            end
        end
        for i = 2, #ons do
            local period = ons[i] - ons[i - 1]
            assert(period > us(6666) or math.abs(period - ms(5)) <= us(1), period)
        end
        local steps = table.concat(shares, " ")
        assert(steps == "1 2 3 4 5 6 7 8 9 9 8 7 6 5 4 3 2 1" or steps == "1 2 3 4 5 6 7 8 9 8 7 6 5 4 3 2 1", steps)
    end)
end

case("the watch's picture and touch", function()
    local m = boot("pinetime", "paint")
    m:expect_uart("paint: 240 x 240 pixels painted", { within = s(1) })
    m:touch("cst816s", { path = { { x = 120, y = 100, at = ms(0) }, { x = 130, y = 100, at = ms(100) } }, hold = ms(100) })
    m:expect_uart("paint: released at 130, 100\n", { within = s(1) })
    m:run_for(ms(500))
    same(said(m, "paint:"), {
        "paint: 240 x 240 pixels painted", "paint: touched at 120, 100", "paint: moved at 130, 100", "paint: released at 130, 100",
    })
end)

case("the watch's acceleration: twelve bits for 8 g, and more than 4 g is 4 g", function()
    local m = boot("pinetime", "tilt")
    m:expect_uart("tilt: 0 0 1000 mg\n", { within = s(1) })
    assert(said(m, "tilt:")[1] == "tilt: 0 0 1000 mg")
    m:set("bma421", "x", -250)
    m:set("bma421", "y", 3000)
    m:set("bma421", "z", -4500)
    m:expect_uart("tilt: -250 3000 -4000 mg\n", { within = s(1) })
    m:run_for(ms(300))
    local lines = said(m, "tilt:")
    assert(lines[#lines] == "tilt: -250 3000 -4000 mg")
end)

case("the watch's heart rate", function()
    local m = boot("pinetime", "pulse")
    m:expect_uart("pulse: nobody", { within = s(5) })
    for _, rate in ipairs({ 60, 150 }) do
        m:set("hrs3300", "heart-rate", rate)
        m:expect_uart("beats a minute", { within = s(9) }) -- half of its time was the rate before
        local seen = m:expect_uart({ pattern = "pulse: (%d+) beats a minute", within = s(9) })
        assert(math.abs(seen - rate) * 25 <= rate, seen) -- samples are 40 ms apart
    end
    m:fault({ kind = "hrs3300.nack", value = -1 })
    m:expect_uart("pulse: no sample, error -13\n", { within = s(2) })
    m:fault({ kind = "hrs3300.nack", value = 0 })
    local seen = m:expect_uart({ pattern = "pulse: (%d+) beats a minute", within = s(9) })
    assert(math.abs(seen - 150) * 25 <= 150, seen)
    for i, line in ipairs(said(m, "pulse: n")) do
        assert(line == (i == 1 and "pulse: nobody" or "pulse: no sample, error -13"), line)
    end
end)

case("each of the watch's drivers is for all", function()
    local m = boot("pinetime", "tilt", "pulse", "diary", "paint")
    m:run_for(s(5))
    local level = 0
    for _, line in ipairs(said(m, "tilt:")) do
        level = level + (line == "tilt: 0 0 1000 mg" and 1 or 0)
    end
    assert(level > 8)
    same(said(m, "diary: start"), { "diary: start number 1" })
    same(said(m, "pulse:"), { "pulse: nobody" })
    same(said(m, "paint: 240 x 240"), { "paint: 240 x 240 pixels painted" })
end)

case("a blank key is told its voltage and reset once", function()
    local m = boot("security_key", "hello")
    m:run_for(s(1) - m:now())
    assert(#lines(m:report(), "reset: software request") == 1)
end)

case("a key's touch pad and colours", function()
    local m = boot("security_key", "touch")
    m:touch("pad0", { at = ms(500), hold = ms(200) })
    m:expect_uart("touch: pad touched", { within = ms(20) })
    m:expect_uart("touch: pad released", { within = ms(220) })
    m:run_for(ms(100))
    assert(count(m, "led2") == 2) -- on port 1
    assert(#said(m, "touch: pad touched") == 1 and #said(m, "touch: pad released") == 1)
end)

-- What the host sends is 4 bytes to endpoint 1.
local function report(m, bytes, at)
    m:set("usb_host", "data", bytes, { at = at })
    m:set("usb_host", "out", 4 * 256 + 1, { at = at + ms(1) })
end

case("a host enumerates the key, and gets its report back after a touch", function()
    local m = boot("security_key", "approve")
    report(m, 0x44332211, ms(700))
    m:expect_uart("approve: report 11 22 33 44", { within = s(1) })
    m:expect_pin("led3", { on = true, within = ms(10) }) -- blue while it waits
    m:run_for(ms(300))
    assert(count(m, "usb_host", "HID report") == 0)
    m:touch("pad0", { hold = ms(100) })
    m:expect_uart("approve: sent back", { within = ms(100) })
    m:run_for(ms(400))
    assert(count(m, "usb_host", "device configured") == 1 and count(m, "usb_host", "HID report") == 1)
    same(said(m, "approve:"), { "approve: report 11 22 33 44", "approve: sent back" })
    local blue, notes = m:notes("led3"), m:notes("usb_host")
    assert(#blue == 2 and blue[2].what == "off" and blue[2].time < notes[#notes].time and notes[#notes].what == "HID report")
end)

case("the key's cable can be pulled", function()
    local m = boot("security_key", "approve")
    m:set("usb_host", "unplug", 1, { at = ms(700) })
    m:set("usb_host", "plug", 1, { at = ms(1200) })
    report(m, 5, ms(1700))
    m:expect_uart("approve: report 05 00 00 00", { within = s(1) })
    m:run_for(ms(100))
    m:touch("pad0", { hold = ms(100) })
    m:expect_uart("approve: sent back", { within = s(1) })
    m:run_for(ms(500))
    assert(count(m, "usb_host", "device configured") == 2)
    same(said(m, "approve:"), { "approve: report 05 00 00 00", "approve: sent back" })
end)

case("climate and light of the sensor node", function()
    local m = boot("sensor_node", "weather")
    m:expect_uart("weather: 25.00 C, 50.00 %, 100 lux, battery 3700 mV\n", { within = s(2) })
    m:set("sht3xd", "temperature", -725)
    m:set("sht3xd", "humidity", 3340)
    m:set("bh1750", "light", 1200)
    m:set("vbatt", "millivolts", 3100)
    m:expect_uart("weather: -7.25 C, 33.40 %, 1200 lux, battery 3100 mV\n", { within = s(2) })
    assert(#said(m, "weather:") == 2 and count(m, "vbatt", "millivolts") == 1)
end)

-- With a fault that begins after the first reading, ends a second later, and is an error in between.
local function fails_and_comes_back(case_name, board, app, good, bad, fault, value, ends)
    case(case_name .. ": " .. fault .. "=" .. value, function()
        local m = boot(board, app)
        m:expect_uart(good, { within = s(2) })
        m:fault({ kind = fault, value = value })
        m:expect_uart(bad, { within = s(2) })
        if ends then
            m:fault({ kind = fault, value = 0 })
        end
        if board == "pinetime" then -- the touch panel is on the same bus
            m:touch("cst816s", { x = 120, y = 100, at = ms(300), hold = ms(100) })
        end
        m:expect_uart(good, { within = s(3) })
        m:run_for(ms(20))
        assert(board == "pinetime" or #said(m, app) == 3)
    end)
end

local CLIMATE = "weather: 25.00 C, 50.00 %, 100 lux,"
local function climate(fault, value, error, ends)
    fails_and_comes_back("a sensor that fails is an error and comes back", "sensor_node", "weather", CLIMATE, "weather: no reading, error " .. error, fault, value, ends)
end
climate("sht3xd.nack", -1, -13, true)
climate("sht3xd.data-nack", 1, -13, true)
climate("sht3xd.wrong-crc", 1, -1, true)
climate("sht3xd.sda-low", 5, -1, false) -- so many clocks, which only the kernel's recovery makes, free it
climate("sht3xd.sda-low", 1000000, -1, true)
climate("sht3xd.scl-low", 1, -1, true)

for fault, value in pairs({ ["bma421.nack"] = -1, ["bma421.data-nack"] = 2, ["bma421.sda-low"] = 5, ["bma421.scl-low"] = 1 }) do
    fails_and_comes_back("an accelerometer that fails", "pinetime", "tilt", "tilt: 0 0 1000 mg", "tilt: no reading, error -1", fault, value, true)
end

case("a flash on the header says who it is", function()
    local m = boot_header("header_spi", "flash_id")
    m:expect_uart("flash_id: manufacturer 0xc2, type 0x28, capacity 8388608 bytes\n", { within = s(1) })
    assert(#said(m, "flash_id:") == 1)
end)

case("a flash on the header that does not answer", function()
    local m = sandglass.board("../boards/header_spi.dts", { kernel = "nrf52840dk.elf", apps = { "flash_id" } })
    machines[1] = m
    m:fault({ kind = "header_flash.no-answer" })
    m:allow_faults()
    m:expect_uart("flash_id: no flash answers\n", { within = s(1) })
    assert(#said(m, "flash_id:") == 1)
end)

case("a voltage that rises above another", function()
    local m = boot_header("header_analog", "threshold")
    for _, turn in ipairs({ { 500, 75 }, { 700, 80 }, { 900, 20 }, { 1100, 75 }, { 1101, 10 } }) do
        m:set("knob", "percent", turn[2], { at = ms(turn[1]) - m:now() })
    end
    m:run_for(s(2))
    same(said(m, "threshold:"), { "threshold: at first below", "threshold: rose, and is above", "threshold: rose, and is above" })
end)
