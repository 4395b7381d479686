-- Hostile clients of a service that an honest one uses too: ipc0 to ipc9 are apps/tests/attack_ipc in ten roles, ipc10
-- the service, ipc11 the honest one. What IPC does for others: processes.lua.
local function count(m, pattern)
    return #lines(m:uart_text(), pattern)
end

-- The app reads the number at the end of its name.
local function packed(number)
    return sandglass.pack("attack_ipc.elf", { name = "ipc" .. number })
end

-- Whatever clients do to a service, it serves the honest one, and nobody reaches what was not shared.
local function attack(numbers, answers)
    local apps = { packed(10), packed(11) }
    for _, number in ipairs(numbers) do
        apps[#apps + 1] = packed(number)
    end
    apps[#apps + 1] = "witness"
    local m = sandglass.board("nrf52dk", { apps = apps })
    m:breaches() -- the map of owners is there from the beginning
    m:allow_faults() -- theirs
    m:uart("list\n", { at = s(1.5) })
    m:run_for(s(2))
    for _, bad in ipairs({ "panic", "WRONG", "TOUCHED" }) do
        assert(not m:uart_text():find(bad), bad)
    end
    assert(#m:breaches() == 0)
    assert(count(m, "witness %d+: untouched") >= 2)
    assert(count(m, "PID +ShortID") == 1)
    assert(count(m, "^client: ") >= answers, count(m, "^client: "))
end

for number = 0, 9 do
    case("attack " .. number .. " alone", function()
        attack({ number }, 5)
    end)
end

case("attacks together", function()
    attack({ 0, 1, 2, 3, 6, 7, 8, 9 }, 1)
end)
