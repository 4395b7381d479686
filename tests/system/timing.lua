-- Periodic alarms do not drift by a cycle, and a busy neighbour delays them by at most one slice.
local cpu_hz, rtc_hz = 64000000, 32768
local period_ticks = rtc_hz // 2 -- blink's 500 ms
local alarm_driver, set_absolute = "0", "6"
local kernel_path_cycles = 3000 -- from the tick to the LED: interrupt, upcall, switch, the app's few instructions, the command
local slice_cycles = cpu_hz // 100 -- 10 ms

-- How long so many ticks of the 32,768 Hz clock are, rounded up.
local function cycles_of_ticks(ticks)
    return -(-ticks * cpu_hz // rtc_hz)
end

-- For each change of led0, how many cycles after the interrupt for its alarm was due; and the RTC's counter values at which
-- blink's alarms are due.
local function lateness(m)
    local ticks = {}
    for i, call in ipairs(m:events("call", "blink", "2", alarm_driver, set_absolute)) do
        ticks[i] = ((tonumber(call[5], 16) + tonumber(call[6], 16)) & 0xFFFFFFFF) // 256 -- an app's ticks are shifted left by 8
    end
    -- When the counter was 0: the first alarm ends a sleep, so that its interrupt, entered at once, tells.
    local start
    for _, entry in ipairs(m:events("enter", "33")) do -- RTC1
        start = start or (entry.cycle >= cycles_of_ticks(ticks[1]) and entry.cycle - cycles_of_ticks(ticks[1])) or nil
    end
    local late, edges = {}, m:events("note", "led0")
    for i = 1, math.min(#edges, #ticks) do
        late[i] = edges[i].cycle - start - cycles_of_ticks(ticks[i])
    end
    return late, ticks, edges
end

local function check_period(ticks)
    for i = 2, #ticks do
        assert(ticks[i] - ticks[i - 1] == period_ticks, i)
    end
end

case("alone, every edge is at the same distance from its tick, for a minute", function()
    limit(s(61))
    local m = sandglass.board("nrf52dk", { apps = { "blink" }, trace = true })
    m:run_for(s(60))
    local late, ticks = lateness(m)
    assert(#late == 119)
    check_period(ticks)
    assert(0 < math.min(table.unpack(late)) and math.max(table.unpack(late)) < kernel_path_cycles)
    assert(math.min(table.unpack(late)) == math.max(table.unpack(late)))
end)

case("beside a busy neighbour an edge is late by at most one slice, and no tick is lost", function()
    local m = sandglass.board("nrf52dk", { apps = { "blink", "hog" }, trace = true })
    m:run_for(ms(12200))
    local late, ticks, edges = lateness(m)
    local busy_from
    for _, byte in ipairs(m:events("uart")) do -- hog says so
        busy_from = busy_from or (byte.at > s(8) and byte.cycle) or nil
    end
    local busy = {}
    for i, cycles in ipairs(late) do
        if edges[i].cycle > busy_from + slice_cycles then
            busy[#busy + 1] = cycles
        end
    end
    assert(#busy >= 6)
    check_period(ticks)
    assert(math.max(table.unpack(busy)) > kernel_path_cycles) -- hog is felt ...
    assert(math.max(table.unpack(busy)) < slice_cycles + kernel_path_cycles) -- ... for no longer than its slice
    assert(math.min(table.unpack(late)) > 0)
end)
