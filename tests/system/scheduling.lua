-- Who runs, under each scheduler and under interrupts that do not end; the kernels are the boards' own. The apps are one
-- under many names, so that flash has them in this order: turns0 and turns10 never wait; turns1 and turns2 tick.
local function said(m, pattern)
    return lines(m:uart_text(), pattern)
end

-- The app reads the number at the end of its name.
local function packed(elf, name)
    return sandglass.pack(elf .. ".elf", { name = name })
end

local function run(kernel, ...)
    local apps = {}
    for i, number in ipairs({ ... }) do
        apps[i] = packed("turns", "turns" .. number)
    end
    local m = sandglass.board("nrf52dk", { kernel = kernel .. ".elf", apps = apps })
    m:uart("list\n", { at = ms(900) })
    m:run_for(s(1))
    assert(not m:uart_text():find("Kernel panic"))
    return m
end

-- How often the LED of turns1 or turns2 has changed.
local function ticks(m, number)
    return #m:notes("led" .. number - 1)
end

-- What `list` said: name -> quanta and state.
local function states(m)
    local found = {}
    for _, line in ipairs(said(m, "^ %d+ +Unique ")) do
        local name, quanta, state = line:match("^ %d+ +Unique +(%S+) +(%d+) .* (%S+)%s*$")
        assert(name and not found[name], line)
        found[name] = { quanta = tonumber(quanta), state = state }
    end
    return found
end

local function is_running(states_now, name, quanta)
    local found = assert(states_now[name], name)
    assert(found.state == "Running" and found.quanta == quanta, name .. ": " .. found.state .. ", " .. found.quanta)
end

case("round robin: those that never wait share with those that do", function()
    local m = run("nrf52dk", 1, 0, 10, 2)
    -- Their turn comes after two slices of 10 ms at the latest.
    for number = 1, 2 do
        assert(ticks(m, number) >= 650 // (20 + 20), number)
    end
    local now = states(m)
    assert(math.abs(now.turns0.quanta - now.turns10.quanta) <= 1) -- slice for slice
    assert(now.turns0.quanta > 25)
end)

case("cooperative: one that never waits keeps the processor", function()
    local m = run("nrf52dk_cooperative", 1, 0, 2)
    -- Who was first had its turn; interrupts and the kernel's console go on.
    assert(ticks(m, 1) == 1 and ticks(m, 2) == 0)
    local now, count = states(m), 0
    for name in pairs(now) do
        is_running(now, name, 0)
        count = count + 1
    end
    assert(count == 3 and now.turns0 and now.turns1 and now.turns2)
end)

case("cooperative: those that wait get along", function()
    local m = run("nrf52dk_cooperative", 1, 2)
    for number = 1, 2 do
        assert(ticks(m, number) >= 30, number)
    end
end)

case("priority: the lower index does not wait", function()
    local m = run("nrf52dk_priority", 1, 0, 2)
    local notes = m:notes("led0")
    assert(#notes >= 30)
    for i = 2, #notes do
        assert(math.abs(notes[i].time - notes[i - 1].time - ms(20)) <= ms(1))
    end
    -- The one behind it is never reached.
    assert(ticks(m, 2) == 0 and m:calls("turns2") == 0)
    is_running(states(m), "turns0", 0) -- no slices
end)

case("priority: the highest index of all", function()
    local m = run("nrf52dk_priority", 0, 1)
    assert(ticks(m, 1) == 0)
    is_running(states(m), "turns1", 0)
end)

-- An app drives a pin of the watch at 160 kHz and wants to be told of each edge: more than the kernel can serve.
for number = 0, 2 do
    case("others keep time in a storm of interrupts: storm" .. number, function()
        local m = sandglass.board("pinetime", {
            apps = { "witness", packed("turns", "turns1"), packed("attack_storm", "storm" .. number) },
        })
        m:uart("status\n", { at = s(1) })
        m:run_for(s(1.25))
        local passed = 0
        for _, line in ipairs(said(m, "PASS ")) do
            local rule = line:gsub("^sandglass%$ ", ""):match("^PASS (.*)")
            for _, wanted in ipairs({ "the pin moves", "each edge is told", "and is seen" }) do
                passed = passed + (rule and rule:sub(1, #wanted) == wanted and 1 or 0)
            end
        end
        assert(passed == 3, passed)
        local interrupts = m:summary():match("exceptions %(([%d,]+) interrupts%)"):gsub(",", "")
        assert(tonumber(interrupts) > 10000, interrupts)
        -- It computes for 31 ms of each 52; of a storm's time it has a quarter at least.
        assert(#said(m, "witness %d+: untouched") >= 5)
        assert(m:calls("turns1") >= 80, m:calls("turns1"))
        assert(#said(m, "TOUCHED") == 0 and #said(m, "Kernel panic") == 0)
        assert(#said(m, "^Total processes: 3") == 1) -- typed bytes are not lost
    end)
end
