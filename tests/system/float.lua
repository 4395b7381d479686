-- Floating point in apps: by every float ABI, side by side, and nothing of one process in another's registers. That the three
-- differ in their instructions: test_float.py.
local kept, nothing = ": 0 lost", ": 0 registers, FPSCR 00000000"
-- 1/2 of the sum of (i/8)^2 for i < 64; 1*1 + 2*2 + ... + 10*10; square root of 2, sine of 0.5, 1.5^7, e; ...
local said = {
    "float: squares 666750", "float: arguments 385000", "float: library 1414 479 17086 2718", "float: text -12062",
    "float: upcalls 10891 5950", "float: printed 10.891",
}

local function said_lines(m, ...)
    local found = {}
    for _, pattern in ipairs({ ... }) do
        for _, line in ipairs(lines(m:uart_text(), pattern)) do
            found[#found + 1] = line
        end
    end
    return found
end

-- All of them end so, and there are enough.
local function all_end(found, wanted, least)
    for _, line in ipairs(found) do
        assert(line:sub(-#wanted) == wanted, line)
    end
    assert(#found >= least, #found)
end

local function machine(time, ...)
    local m = sandglass.board("nrf52dk", { apps = { ... } })
    m:allow_faults({ panics = false })
    m:run_for(time)
    return m
end

for _, abi in ipairs({ "soft", "softfp", "hard" }) do
    case("each prints the same: " .. abi, function()
        local found = said_lines(machine(s(1), "float_" .. abi), "^float")
        assert(table.concat(found, "\n") == table.concat(said, "\n"), table.concat(found, "\n"))
    end)
end

case("side by side", function()
    local m = sandglass.board("nrf52dk", { apps = { "float_soft", "float_softfp", "float_hard", "hog" }, isolation = true })
    m:run_for(s(2))
    local found, wanted = said_lines(m, "^float"), {}
    for i = 0, 3 * #said - 1 do
        wanted[i + 1] = said[i // 3 + 1]
    end
    table.sort(found)
    table.sort(wanted)
    assert(table.concat(found, "\n") == table.concat(wanted, "\n"), table.concat(found, "\n"))
    assert(m:summary():find(" 0 times a foreign byte changed", 1, true))
end)

-- All 32 registers and FPSCR.
case("three apps keep theirs, and others see nothing", function()
    local function packed(elf, name)
        return sandglass.pack(elf .. ".elf", { name = name })
    end
    local m = machine(s(2), packed("attack_float_secret", "secret1"), packed("attack_float_secret", "secret2"),
        packed("attack_float_secret", "secret3"), packed("attack_float_peek", "peek1"), packed("attack_float_peek", "peek2"),
        "attack_float_calls")
    all_end(said_lines(m, "^secret"), kept, 9)
    all_end(said_lines(m, "^peek"), nothing, 20)
    all_end(said_lines(m, "^calls"), kept, 20)
end)

case("calls and upcalls keep them", function()
    all_end(said_lines(machine(s(1), "attack_float_calls"), "^calls"), kept, 20)
end)

case("a new life begins with zeroes", function()
    all_end(said_lines(machine(ms(500), "attack_float_restart", "attack_float_peek"), "^reborn", "^peek"), nothing, 15)
end)

-- It is started again three times; each life begins with zeroes, and the others see nothing of it.
case("a fault in the middle", function()
    local m = sandglass.board("nrf52dk", { apps = { "attack_float_fault", "attack_float_peek", "float_hard" } })
    m:allow_faults({ panics = false })
    m:uart("boot attack_float_fault\n", { at = ms(500) })
    m:run_for(s(1))
    assert(#said_lines(m, "attack_float_fault %(slot %d%) faulted: MemManage DACCVIOL") == 5)
    assert(#said_lines(m, "^reborn") == 5)
    all_end(said_lines(m, "^reborn", "^peek"), nothing, 5)
    local found = said_lines(m, "^float")
    assert(table.concat(found, "\n") == table.concat(said, "\n"), table.concat(found, "\n"))
end)
