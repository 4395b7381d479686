-- Analogue devices and the parts on them, by a bare guest (tests/guests/analog.c).
local cycles_per_ms = 64000

-- Times are rounded down to nanoseconds; the cycle is still there.
local function cycle(note)
    return (note.time * 64 + 999) // 1000
end

-- What is turned and when: the knob in the third buffer, the wheel while QDEC counts, the level while the chip is off.
local function turned()
    local m = sandglass.board("../boards/analog.dts", { kernel = "analog.elf" })
    m:set("knob", "percent", 75, { at = us(20500) })
    m:set("wheel", "turn", 5, { at = ms(80) })
    m:set("level", "percent", 90, { at = ms(300) })
    return m
end

-- To the end of it, without a word of what a manual forbids.
local function run(m)
    m:run_for(ms(500) - m:now())
    assert(#m:guest_errors() == 0)
    assert(m:uart_text("uart0"):find("\nwoken 00020000\r?\n$"), m:uart_text("uart0")) -- RESETREAS.LPCOMP
    return m
end

-- The numbers of the lines "WHAT NUMBER".
local function values(m, what)
    local found = {}
    for value in ("\n" .. m:uart_text("uart0")):gmatch("\n" .. what .. " (%x%x%x%x%x%x%x%x)\r?\n?") do
        found[#found + 1] = tonumber(value, 16)
    end
    return table.concat(found, " ")
end

-- 12 bits, gain 1/6, reference 0.6 V; no result lies halfway between two.
local function saadc(volts)
    return math.floor(volts / 6 / 0.6 * 4096 + 0.5)
end

case("a timer samples into two buffers without the CPU", function()
    local m = run(turned())
    local low, high = saadc(0.25 * 3), saadc(0.75 * 3)
    -- Eight samples a buffer, one a millisecond: the knob is turned after the 20th.
    assert(values(m, "first") == table.concat({ low, low, low, high, high, high }, " "), values(m, "first"))
    assert(values(m, "last") == table.concat({ low, low, high, high, high, high }, " "), values(m, "last"))
end)

case("the fade has its duty in each period", function()
    local m = run(turned())
    local notes, lit, wanted, last_start = m:notes("lamp"), {}, {}, nil
    for i, note in ipairs(notes) do
        if note.what == "on" then
            lit[#lit + 1] = notes[i + 1] and cycle(notes[i + 1]) - cycle(note)
            assert(not last_start or cycle(note) - last_start == cycles_per_ms)
            last_start = cycle(note)
        end
    end
    -- Each value for two periods; the first is dark. STOP comes in the first period of the last value.
    for step = 1, 9 do
        wanted[#wanted + 1] = cycles_per_ms * step // 10
        wanted[#wanted + 1] = step < 9 and cycles_per_ms * step // 10 or nil
    end
    assert(table.concat(lit, " ") == table.concat(wanted, " "), table.concat(lit, " "))
end)

case("QDEC counts the steps", function()
    assert(values(run(turned()), "turned") == "5")
end)

case("LPCOMP wakes the chip when the level rises", function()
    local m = turned()
    local woken = m:run_until_event({ kind = "reset", within = ms(500) })
    assert(math.abs(woken.time - ms(300)) < us(100), woken.time)
    assert(("\n" .. m:uart_text("uart0")):find("\noff\r?\n"))
    run(m)
end)

case("the same again", function()
    local first, again = run(turned()), run(turned())
    assert(first ~= again and #first:trace() > 1000 and first:trace() == again:trace())
end)
