-- Jitter: interrupts come late irregularly, within the bound and reproducibly, and so a race shows that a fixed schedule hides.
local timer0 = "24" -- exception numbers, as the trace has them
local slack = 100 -- cycles that another handler may hold an interrupt up
local bound_default = 64 -- of --jitter without one

local function race(seed, jitter)
    local m = sandglass.board("nrf52dk", { kernel = "race.elf", seed = seed, jitter = jitter, trace = true })
    m:run_for(ms(100))
    return m
end

-- The example of docs/timing.md.
case("the fixed schedule hides the race", function()
    for seed = 1, 2 do
        assert(race(seed):uart_text() == "the sum is right\n")
    end
end)

case("jitter finds it with any seed", function()
    for seed = 1, 5 do
        assert(race(seed, bound_default):uart_text():find("^lost %x%x%x%x%x%x%x%x\n$"))
    end
end)

case("late by no more than the bound", function()
    local fixed = race(1):events("enter", timer0)
    assert(#fixed == 1000)
    for _, bound in ipairs({ bound_default, 500 }) do
        local moved = race(1, bound):events("enter", timer0)
        assert(#moved == 1000)
        local least, most, seen, different = math.maxinteger, 0, {}, 0
        for i, event in ipairs(moved) do
            local late = event.cycle - fixed[i].cycle
            least, most = math.min(least, late), math.max(most, late)
            different = different + (seen[late] and 0 or 1)
            seen[late] = true
        end
        assert(0 <= least and least < bound // 10, least)
        assert(bound * 9 // 10 < most and most <= bound + slack, most)
        assert(different > bound // 2, different)
    end
end)

case("the same seed, the same trace", function()
    local function whole(seed, jitter)
        local m = sandglass.board("nrf52dk", { apps = { "hello", "hog", "buttons" }, seed = seed, jitter = jitter, trace = true })
        m:press("button0", { at = ms(200), hold = ms(100) })
        m:run_for(ms(400))
        assert(m:uart_text():find("hello: greeting number 1", 1, true))
        assert(m:notes("button0")[1].what == "pressed")
        return m:trace()
    end
    local fixed, first = whole(1), whole(1, bound_default)
    assert(first == whole(1, bound_default))
    assert(first ~= whole(2, bound_default) and first ~= fixed)
end)
