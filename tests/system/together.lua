-- The apps of the tour on one board, all at once, with the tour's inputs: seven trespass, one is greedy, one keeps the
-- core, and the others do not notice. What `sandglass run` makes of the tour itself: test_demo.py.
local SECONDS, CPU_HZ, RTC_HZ = 12, 64000000, 32768
local TRESPASSES = {
    ["trespass-kernel"] = "MemManage DACCVIOL", ["trespass-neighbour"] = "MemManage DACCVIOL",
    ["trespass-grants"] = "MemManage DACCVIOL", ["trespass-flash"] = "MemManage DACCVIOL",
    ["trespass-peripheral"] = "MemManage DACCVIOL", ["trespass-scs"] = "BusFault PRECISERR",
    ["trespass-code"] = "MemManage IACCVIOL",
}
local APPS = { "blink", "hello", "buttons", "touch", "sensors", "hog", "glutton" }
for name in pairs(TRESPASSES) do
    APPS[#APPS + 1] = name
end

local function run(seed)
    local m = sandglass.board("nrf52dk", { apps = APPS, seed = seed or 1, isolation = true, trace = true, report = true })
    m:allow_faults({ panics = false })
    m:press("button0", { at = s(1.2), hold = ms(100) })
    m:touch("pad0", { at = s(1.6), hold = ms(300) })
    m:uart("list\n", { at = s(8) })
    m:press("button0", { at = s(9.2), hold = ms(100) })
    m:run_for(s(SECONDS))
    return m
end

local function count(m, pattern)
    return #lines(m:uart_text(), pattern)
end

local function number(text)
    return tonumber((text:gsub(",", "")))
end

-- Where the kernel said it put each process's RAM.
local function layout(m)
    local found = {}
    for name, start, past in m:uart_text():gmatch("App (%S+): slot %d+, [^\n]*RAM 0x(%x+)%-0x(%x+)") do
        found[name] = { start = tonumber(start, 16), past = tonumber(past, 16) }
    end
    return found
end

case("all of them run, the kernel lists them, and they answer", function()
    local m, placed = run(), 0
    for name in pairs(layout(m)) do
        placed = placed + 1
        assert(count(m, "^ %d+ +Unique +" .. name:gsub("%-", "%%-") .. " ") == 1, name)
        assert(m:count_events("start", name) >= 1, name)
    end
    assert(placed == #APPS, placed)
    -- The unruly act and the others answer.
    for _, line in ipairs({ "buttons: button 0 pressed, 2 so far", "touch: pad touched", "hog: the CPU is mine from now on" }) do
        assert(count(m, "^" .. line .. "$") == 1, line)
    end
    assert(count(m, "sensors: 25.00 C, random 0x") >= 11)
    assert(count(m, "^hello: greeting number") == SECONDS // 2)
end)

case("the greedy one gets NOMEM and nobody else does", function()
    local m = run()
    local refused = lines(m:uart_text(), "^glutton: .* then NOMEM")
    assert(#refused == 1)
    local taken, drivers = refused[1]:match("(%d+) bytes, then NOMEM; (%d+) drivers out of memory")
    assert(tonumber(taken) > 0 and tonumber(drivers) > 0)
    assert(count(m, "^glutton: still here, asked again: 0 bytes") == 1)
    for _, line in ipairs(lines(m:uart_text(), "NOMEM")) do
        assert(line:find("^glutton: ") or line:find("^App glutton "), line)
    end
    assert(count(m, "^App glutton .* gets NOMEM") == 1) -- the kernel says so once, and what would help
    assert(m:count_events("start", "glutton") == 1)
end)

case("trespassers fault and nobody else, and no foreign byte changes", function()
    local m = run()
    local report, found = m:report(), {}
    for name, fault, access, at, owned, refuser in report:gmatch("process (%S+) faulted: ([%a ]+), (%a+ %a+) 0x(%x+)\n"
        .. "[^\n]* %S+ %(apps/trespass/main%.c:%d+%), pc 0x%x+\n +address 0x(%x+) belongs to: [^\n]+\n +refused by: ([^\n]+)\n") do
        assert(not found[name] and at == owned and #refuser > 0, name .. " " .. access)
        found[name] = fault
    end
    local _, reports = report:gsub("process %S+ faulted: ", "")
    local faulted = 0
    for name, fault in pairs(TRESPASSES) do
        assert(found[name] == fault, name .. ": " .. tostring(found[name]))
        faulted = faulted + 1
        assert(m:count_events("fault", name) >= 1, name)
    end
    assert(reports == faulted and m:count_events("fault") == faulted, reports)
    local checked, changed = m:summary():match("compared around ([%d,]+) stays in processes, ([%d,]+) times")
    assert(number(checked) > 500 and number(changed) == 0)
end)

-- When blink's LED should change, from the alarms that it sets, and when it does. The counter was 0 when its clock was
-- started: the first alarm ends a sleep, so its interrupt, which is entered at once, tells.
case("blink does not drift", function()
    local m, ticks, start = run(), {}, nil
    local function cycles_of(count)
        return (count * CPU_HZ + RTC_HZ - 1) // RTC_HZ
    end
    for i, call in ipairs(m:events("call", "blink", "2", "0", "6")) do -- commands of the alarm's driver: set absolute
        ticks[i] = (tonumber(call[5], 16) + tonumber(call[6], 16)) // 256 -- its ticks are the counter, shifted left by 8
        assert(i == 1 or ticks[i] - ticks[i - 1] == RTC_HZ // 2, i) -- 500 ms
    end
    for _, entered in ipairs(m:events("enter", "33")) do -- RTC1
        start = start or entered.cycle >= cycles_of(ticks[1]) and entered.cycle - cycles_of(ticks[1]) or nil
    end
    local edges = m:events("note", "led0")
    assert(#edges >= 22 and #ticks >= 22)
    for i = 1, math.min(#edges, #ticks) do
        local late = edges[i].cycle - start - cycles_of(ticks[i])
        -- Thirteen others may be served first, and hog has one slice at a time.
        assert(late > 0 and late < 2 * CPU_HZ // 100, late)
    end
end)

-- ---- the account of memory ----

local RAM_BYTES = 64 * 1024

-- The summary's table: name -> bytes.
local function account(m)
    local rows = {}
    for line in (m:summary():match("\n  RAM +bytes\n(.*)$") .. "\n"):gmatch("([^\n]*)\n") do
        local name, bytes = line:match("^  (%S+) +([%d,]+)")
        if not name then
            break
        end
        assert(not rows[name], name)
        rows[name] = number(bytes)
    end
    return rows
end

case("the account of memory adds up to 64 kB, and its rows are what the kernel placed", function()
    local m = run()
    local rows, sum = account(m), 0
    assert(rows.total == RAM_BYTES)
    for name, bytes in pairs(rows) do
        sum = sum + (name == "total" and 0 or bytes)
    end
    assert(sum == RAM_BYTES, sum)
    assert(rows.kernel > 0 and rows.grants > 0 and rows.free > 0)
    local blocks, apps, first = 0, 0, nil
    for name, ram in pairs(layout(m)) do
        blocks = blocks + ram.past - ram.start
        apps = apps + rows[name]
        first = math.min(first or ram.start, ram.start)
        assert(rows[name] > 0 and rows[name] < ram.past - ram.start, name)
    end
    assert(apps + rows.grants + rows.reserved == blocks)
    local past = m:symbol("kernel", "app_ram_start")
    assert(rows.kernel == past - 0x20000000 and first >= past)
end)

case("the same seed gives the same trace, another one other random numbers and nothing else", function()
    local first, again, other = run(1), run(1), run(2)
    assert(first:trace() == again:trace() and first:uart_text() == again:uart_text())
    local mine, its = lines(first:uart_text(), "random 0x"), {}
    for _, line in ipairs(lines(other:uart_text(), "random 0x")) do
        its[line] = true
        its[#its + 1] = line
    end
    assert(#mine == #its)
    for _, line in ipairs(mine) do
        assert(not its[line], line)
    end
    assert(first:uart_text():gsub("random 0x%x+", "random") == other:uart_text():gsub("random 0x%x+", "random"))
end)
