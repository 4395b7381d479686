-- Hostile apps against the real kernel: whatever they do, the others go on and nothing of theirs is touched.
local places, ways = 16, 7 -- of apps/tests/attack_stack
local at_once = 14
local floods = 11 -- of apps/tests/attack_flood

-- One ELF under many names: the app reads the number at the end of its own.
local function packed(elf, name)
    return sandglass.pack(elf .. ".elf", { name = name })
end

local function machine(board, apps, isolation)
    local m = sandglass.board(board, { apps = apps, isolation = isolation })
    m:allow_faults({ panics = false })
    return m
end

-- The kernel has not panicked and has started all of them, and the app that watches itself has found nothing wrong.
local function survives(m, names)
    for _, name in ipairs(names) do
        assert(m:process(name).starts > 0, name)
    end
    assert(not m:uart_text():find("Kernel panic", 1, true) and not m:uart_text():find("TOUCHED", 1, true))
    assert(#lines(m:uart_text(), "witness %d+: untouched") >= 2)
    local isolation = m:summary():match("isolation: [^\n]*")
    assert(not isolation or isolation:find(" 0 times a foreign byte changed", 1, true), isolation)
end

-- Packages "NAME1" and so on of one ELF beside the witness.
local function attack(board, elf, name, numbers)
    local apps, names = { "witness" }, { "witness" }
    for i, number in ipairs(numbers) do
        names[i + 1] = name .. number
        apps[i + 1] = packed(elf, names[i + 1])
    end
    return machine(board, apps, true), names
end

-- The stack pointer anywhere at all, and then every way to stop there is.
for first = 0, places * ways - 1, at_once do
    case("stack pointers, from " .. first, function()
        local numbers = {}
        for number = first, math.min(first + at_once, places * ways) - 1 do
            numbers[#numbers + 1] = number
        end
        local m, names = attack("nrf52dk", "attack_stack", "attack", numbers)
        m:run_for(ms(1500))
        survives(m, names)
        for _, number in ipairs(numbers) do
            -- Every fault restarts it, three times; those that have a stack after all go on for ever.
            local starts, way = m:process("attack" .. number).starts, number % ways
            assert(starts == 4 or starts == 1 and (way == 0 or way == 1 or way == 3), number .. " starts " .. starts)
        end
    end)
end

-- What the kernel and its drivers do in one go on an app's behalf, as an app sees it that asks for much: a millisecond at most,
-- whatever is asked for. Flash that holds the core is no part of that (docs/security.md).
for _, number in ipairs({ 1, 2, 4, 5, 6, 7, 8, 9, 11 }) do
    case("a millisecond of work at most: " .. number, function()
        local m = machine("nrf52840dk", { packed("attack_work", "work" .. number) })
        m:run_for(ms(1500))
        local said = lines(m:uart_text(), "work " .. number .. ": at most %d+ us")
        assert(#said == 1 and tonumber(said[1]:match("at most (%d+) us")) <= 1000, said[1])
    end)
end

-- What the return from an exception reads, written by the kernel on the process's own order; EXC_RETURN values.
local frames = { 24, 25, 26, 31 }
for _, range in ipairs({ { 36, 55 }, { 80, 85 }, { 90, 97 } }) do
    for number = range[1], range[2] do
        frames[#frames + 1] = number
    end
end
for first = 1, #frames, at_once do
    case("frames, from " .. frames[first], function()
        local numbers = table.pack(table.unpack(frames, first, math.min(first + at_once - 1, #frames)))
        local m, names = attack("nrf52dk", "attack_frame", "frame", numbers)
        m:run_for(ms(1200))
        survives(m, names)
        for _, number in ipairs(numbers) do
            local random = 32 <= number and number < 40
            assert(random or m:process("frame" .. number).starts == 4, number)
        end
    end)
end

for _, seed in ipairs({ 10, 20 }) do
    case("random calls, from " .. seed, function()
        local m, names = attack("nrf52dk", "attack_random", "random", { seed, seed + 1, seed + 2, seed + 3, seed + 4 })
        m:uart("list\n", { at = ms(600) })
        m:press("button0", { at = ms(900), hold = ms(100) })
        m:run_for(ms(1200))
        survives(m, names)
    end)
end

-- The drivers of buses, display, radio and USB; with a host, a finger and the air to answer them.
for board, act in pairs({
    nrf52840dk = function() end,
    sensor_node = function() end,
    pinetime = function(m)
        m:touch("cst816s", { at = ms(500), x = 100, y = 100, hold = ms(400) })
    end,
    security_key = function(m)
        m:set("usb_host", "data", 1, { at = ms(500) })
        m:set("usb_host", "out", 4 * 256 + 1, { at = ms(600) })
    end,
}) do
    case("random calls: " .. board, function()
        local m, names = attack(board, "attack_random", "random", { 30, 31, 32, 33 })
        act(m)
        m:run_for(ms(1200))
        survives(m, names)
    end)
end

-- Half of the time belongs to the others, whatever one asks for. Alarms: processes.lua.
for number = 0, floods - 1 do
    case("flood " .. number, function()
        local m = machine("nrf52dk", { "witness", packed("attack_flood", "flood" .. number) })
        m:uart("list\n", { at = s(1) })
        m:run_for(s(2))
        survives(m, { "witness", "flood" .. number })
        assert(#lines(m:uart_text(), "witness %d+: untouched") >= 4)
        assert(#lines(m:uart_text(), "PID +ShortID") == 1)
    end)
end

case("nobody hides a fault behind lines of low-level debug", function()
    local m = machine("nrf52dk", { "abi_bad_class_8", packed("attack_flood", "flood2") })
    m:run_for(s(2))
    assert(#lines(m:uart_text(), "Process abi_bad_class_8 %(slot %d%) faulted: unknown class") == 4)
end)

case("edge detectors", function()
    local m = machine("nrf52dk", { packed("attack_flood", "flood9") })
    m:run_for(s(1))
    assert(#lines(m:uart_text(), "^PASS a detector") == 5)
end)
