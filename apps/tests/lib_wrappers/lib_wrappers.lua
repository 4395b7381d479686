-- The wrappers of the apps' library against the real kernel: the apps here call each and print a line for what must hold;
-- what only the outside sees (LEDs, lines on the console) is judged here.
local function passes(m, rules)
    m:expect_uart("done\n", { within = s(8) })
    m:run_for(math.max(s(4) - m:now(), ms(100)))
    local text = m:uart_text()
    local _, passed = text:gsub("PASS [^\n]+\n", "")
    local _, done = text:gsub("done\n", "")
    assert(not text:find("FAIL") and not text:find("WRONG"), text:match("FAIL[^\n]*") or "WRONG")
    assert(passed == rules and done == 1, passed .. " lines, not " .. rules)
    assert(#m:breaches() == 0) -- nobody touched what is not its own
end

local function changes(m, name)
    local found = {}
    for i, note in ipairs(m:notes(name)) do
        found[i] = note.what
    end
    return table.concat(found, " ")
end

-- How often the console has this whole line.
local function lines(m, wanted)
    local count = 0
    for line in m:uart_text():gmatch("([^\r\n]*)\r?\n") do
        count = count + (line == wanted and 1 or 0)
    end
    return count
end

-- One key after another, 5 ms apart.
local function type_keys(m, text, at)
    for i = 1, #text do
        m:uart(text:sub(i, i), { at = at + ms(5) * (i - 1) })
    end
end

local function press(m, pulses)
    for _, pulse in ipairs(pulses) do
        m:press(pulse[1], { at = ms(pulse[2]), hold = ms(pulse[3] or 100) })
    end
end

case("LED, button, touch, alarm, random numbers, temperature", function()
    local m = sandglass.board("nrf52dk", { apps = { "lib_inputs" } })
    press(m, { { "button1", 500 }, { "button3", 700 }, { "button2", 900 }, { "button2", 1200 }, { "button2", 1500 } })
    for _, at in ipairs({ 2000, 2300, 2600 }) do
        m:touch("pad0", { at = ms(at), hold = ms(100) })
    end
    m:set("temp", "temperature", -550, { at = ms(1) })
    passes(m, 34)
    assert(changes(m, "led1") == "on off on off")
    for _, other in ipairs({ "led0", "led2", "led3" }) do
        assert(changes(m, other) == "")
    end
end)

case("console and low-level debug", function()
    local m = sandglass.board("nrf52dk", { apps = { "lib_console" } })
    for _, typed in ipairs({ { "hello", 500 }, { "abcd", 800 }, { "xy", 1100 }, { "wxyz", 1600 } }) do
        m:uart(typed[1], { at = ms(typed[2]) })
    end
    passes(m, 16)
    for _, line in ipairs({ "by console_write", "by console_print", "short",
        "written without waiting, in more than one piece of 64 bytes: end" }) do
        assert(lines(m, line) == 1, line)
    end
    local said = {}
    for line in m:uart_text():gmatch("LowLevelDebug: App ([^\r\n]*)") do
        said[#said + 1] = line
    end
    assert(table.concat(said, "; ") == "0x0 status code 0x1 (panic); 0x0 status code 0x2 (could not start up); "
        .. "0x0 status code 0x1234; 0x0 prints 0xdeadbeef; 0x0 prints 0x0; 0x0 prints 0x10 0xffffffff")
end)

case("GPIO, with a button and an LED at pins that are left to apps", function()
    local m = sandglass.board("../../../tests/boards/nrf52dk_wired.dts", { kernel = "nrf52dk.elf", apps = { "lib_gpio" } })
    press(m, { { "button4", 500 }, { "button4", 800 }, { "button4", 1100 }, { "button4", 1400, 200 } })
    passes(m, 21)
    assert(changes(m, "led4") == "on off on off on off")
end)

case("the C library's heap", function()
    passes(sandglass.board("nrf52dk", { apps = { "lib_memory" } }), 11)
end)

case("the C library's input and output", function()
    local m = sandglass.board("nrf52dk", { apps = { "lib_stdio" } })
    type_keys(m, "42 x\r", s(1))
    type_keys(m, "a line\n", s(2))
    passes(m, 8)
    assert(lines(m, "by stderr") == 1 and lines(m, ("0"):rep(149) .. "7") == 1)
end)

case("CRC, SHA, HMAC, storage and SPI that nobody waits for", function()
    passes(sandglass.board("../../../tests/boards/header_spi.dts", { kernel = "nrf52840dk.elf", apps = { "lib_async_dk" } }), 13)
end)

case("sensors, ADC, I2C and radio that nobody waits for", function()
    passes(sandglass.board("sensor_node", { apps = { "lib_async_node" } }), 13)
end)

case("the watch's wrappers", function()
    local m = sandglass.board("pinetime", { apps = { "lib_async_watch" } })
    m:touch("cst816s", { at = s(1), path = { { x = 200, y = 120 }, { x = 60, y = 120, at = ms(60) } }, hold = ms(60) })
    m:touch("cst816s", { at = ms(1600), path = { { x = 120, y = 200 }, { x = 120, y = 60, at = ms(60) } }, hold = ms(60) })
    passes(m, 16)
end)

-- Does what the app asks for by lines of its own.
local function follow(m, steps)
    for _, step in ipairs(steps) do
        m:expect_uart(step[1] .. "\n", { within = s(5) })
        step[2]()
    end
end

local function host_asks(m, asks)
    return function()
        m:fault({ kind = "usb_host.no-poll", value = asks and 0 or 1 })
    end
end

local function reports(m)
    local found = {}
    for _, note in ipairs(m:notes("usb_host")) do
        found[#found + 1] = note.what == "HID report" and note.value or nil
    end
    return found
end

case("a security key's reports, and one that is cancelled", function()
    local m = sandglass.board("security_key", { apps = { "lib_async_key" } })
    for first, at in pairs({ [42] = 1500, [7] = 2500 }) do
        m:set("usb_host", "data", first, { at = ms(at) })
        m:set("usb_host", "out", 4 << 8 | 1, { at = ms(at + 1) })
    end
    follow(m, { { "silent", host_asks(m, false) }, { "asking", host_asks(m, true) } })
    passes(m, 11)
    assert(#reports(m) == 4) -- the cancelled one was with the host already
end)

case("a keyboard's reports that nobody waits for", function()
    local m = sandglass.board("nrf52840dk", { apps = { "lib_async_keyboard" } })
    follow(m, { { "silent", host_asks(m, false) }, { "asking", host_asks(m, true) } })
    passes(m, 6)
    assert(#reports(m) == 5)
end)

for _, board in ipairs({ "nrf52dk", "nrf52840dk", "pinetime" }) do
    case("isolated storage without waiting on " .. board, function()
        passes(sandglass.board(board, { apps = { "lib_async_storage" } }), 10)
    end)
end

case("a comparator that is subscribed to", function()
    local m = sandglass.board("../../../tests/boards/header_analog.dts", { kernel = "nrf52840dk.elf", apps = { "lib_comparator" } })
    local function turn(percent)
        return function()
            m:set("knob", "percent", percent)
        end
    end
    local rise, fall = { "rise", turn(80) }, { "fall", turn(20) }
    follow(m, { rise, fall, rise, fall, rise, fall, rise, fall, rise, fall, rise })
    passes(m, 13)
end)

case("the processes and their ShortIds", function()
    passes(sandglass.board("nrf52dk", { apps = { "hello", "lib_process_info" } }), 6)
end)

case("advertisements of others, and one's own", function()
    local m = sandglass.board("sensor_node", { apps = { "lib_ble" }, seed = 1 })
    local beacon = sandglass.board("sensor_node", { apps = { "beacon" }, seed = 2 })
    local scanner = sandglass.board("sensor_node", { apps = { "scanner" }, seed = 3 })
    sandglass.net({ m, beacon, scanner })
    m:expect_uart("advertising\n", { within = s(5) })
    scanner:expect_uart(" 'me'\n", { within = s(1) }) -- and not what was refused
    m:expect_uart("silent\n", { within = s(2) })
    scanner:run_for(ms(20))
    local _, before = scanner:uart_text():gsub("'me'", "")
    passes(m, 13)
    local _, after = scanner:uart_text():gsub("'me'", "")
    assert(before > 8 and after == before)
    assert(scanner:uart_text():find("'sandglass'"))
end)

case("wrappers of few lines", function()
    passes(sandglass.board("nrf52dk", { apps = { "rot13_service", "lib_small" } }), 10)
end)
