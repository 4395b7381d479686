-- A capsule that traps, in every place where it can be called: it is dead, and everybody else goes on. The board is
-- kernel/boards/trap_test, the apps are apps/tests/trap.
local dead = "0 11" -- failure, NODEVICE
-- It went on once, the trapper never.
local under_neighbour = { down_in_call = true, up_and_down = true, asked = true, told = true }

local function said_lines(m, pattern)
    return lines(m:uart_text(), pattern)
end

local function same(found, wanted)
    local text = table.concat(found or { "nothing" }, "; ")
    assert(text == table.concat(wanted, "; "), text)
end

-- Beside an app that says every 50 ms that its memory and registers are its own.
local function run(mistake)
    local m = sandglass.board("nrf52dk", {
        kernel = "trap_test.elf", apps = { "trap_" .. mistake, "witness" }, isolation = true, trace = true,
    })
    m:allow_faults({ panics = false }) -- the trap itself is one
    m:run_for(ms(600))
    assert(m:summary():find(" 0 times a foreign byte changed", 1, true))
    assert(#said_lines(m, "^witness %d+: untouched$") >= 5)
    for _, word in ipairs({ "TOUCHED", "Kernel panic", "faulted" }) do
        assert(not m:uart_text():find(word, 1, true), word)
    end
    return m
end

-- What the app said, by what it is about.
local function look(mistake)
    local m = run(mistake)
    assert(#said_lines(m, "^Capsule trapper trapped: ") == 1 and #said_lines(m, "^trap: done$") == 1)
    assert(m:count_events("start", "trap_" .. mistake) == 1) -- the process lived one life
    local said = {}
    for _, line in ipairs(said_lines(m, "^trap: ")) do
        local what, rest = line:match("^trap: (.-): (.*)$")
        what = what or line:sub(#"trap: " + 1)
        said[what] = said[what] or {}
        table.insert(said[what], rest or "")
    end
    return m, said
end

local function check_dead(mistake)
    local m, said = look(mistake)
    same(said["exists"], { "128 0", dead })
    same(said["subscribe"], { "2 11" })
    same(said["went on"], { dead })
    same(said["neighbour"], { "128 0" })
    same(said["neighbour went on"], { under_neighbour[mistake] and "129 1" or "129 0" })
    same(said["neighbour's transfers"], { mistake == "busy" and "129 1" or "129 0" })
    same(said["neighbour again"], { dead }) -- what it asks the dead for is refused
    same(said["led"], { "129 2" })
    assert(said["memory"][1]:find("^0 of [1-9]%d+ bytes left$"), said["memory"][1])
    return m, said
end

for _, mistake in ipairs({
    "index", "shift", "division", "null", "bus", "scope", "handle", "no_handle", "down_in_call", "asked", "busy", "stopped",
}) do
    case("in a command: " .. mistake, function()
        local m, said = check_dead(mistake)
        same(said["answer"], { dead })
        assert(#said_lines(m, "in a command of trap_" .. mistake .. " %(slot 0%)$") == 1)
    end)
end

for _, mistake in ipairs({ "deferred", "interrupt", "told", "up_and_down", "storm" }) do
    case("in a call of the kernel: " .. mistake, function()
        local m, said = check_dead(mistake)
        assert(said["answer"][1]:sub(1, 4) == "128 ", said["answer"][1])
        assert(#said_lines(m, "in a command of") == 0)
    end)
end

-- An edge every 200 cycles, which would leave nobody a single instruction: the first one is the last. And the bus, on which
-- the dead one's transfer would have gone on for longer than everything that is looked at.
for _, mistake in ipairs({ "storm", "busy" }) do
    case("its device is quiet: " .. mistake, function()
        local m = check_dead(mistake)
        assert(tonumber(m:summary():match("cycles, busy [%d,]+ %((%d+)")) < 50)
    end)
end

-- Whose command it was is known all the same.
for mistake, said in pairs({ terminated = { "128 0" }, restarted = { "128 0", "0 11", "0 11" } }) do
    local lives = #said > 1 and 2 or 1
    case("a command that ends its caller: " .. mistake, function()
        local m = run(mistake)
        local trapped = said_lines(m, "^Capsule trapper trapped: ")
        assert(#trapped == 1 and trapped[1]:match(", ([^,]*)$") == "in a command of trap_" .. mistake .. " (slot 0)")
        assert(m:count_events("start", "trap_" .. mistake) == lives)
        local exists = {}
        for i, line in ipairs(said_lines(m, "^trap: exists: ")) do
            exists[i] = line:match(": ([^:]*)$")
        end
        same(exists, said)
        assert(#said_lines(m, "^trap: done$") == lives - 1)
    end)
end

-- The one between goes on, and then makes a mistake of its own.
case("two in one call", function()
    local m, said = look("both")
    assert(#said_lines(m, "^Capsule neighbour trapped: ") == 1)
    same(said["answer"], { dead })
    same(said["went on"], { dead })
    same(said["neighbour"], { dead })
    same(said["led"], { "129 2" })
end)

case("what it did is said", function()
    assert(#said_lines(look("bus"), "BusFault PRECISERR at 0x30000000, pc 0x") == 1)
    assert(#said_lines(look("shift"), "a check of its code failed, pc 0x") == 1)
end)

-- The oracle of the others: until the neighbour asks for it at the very end, nothing is dead.
case("without a mistake it lives", function()
    local _, said = look("harmless")
    same(said["answer"], { "129 0" })
    same(said["exists"], { "128 0", "128 0" })
    assert(said["subscribe"][1]:match("^%S+") == "130")
    assert(not said["memory"][1]:find("^0 of ")) -- the grant's bytes are still its own
end)

case("trusted code panics", function()
    local m = sandglass.board("nrf52dk", { kernel = "trap_test.elf", apps = { "trap_trusted" } })
    m:allow_faults({ panics = false })
    m:expect_end("panic", { within = ms(500) })
    m:run_for(ms(500))
    assert(#said_lines(m, "the kernel faulted: UsageFault UNDEFINSTR") == 1)
    assert(#said_lines(m, "^Capsule ") == 0)
end)

-- The summary's account of the RAM says the same whether the capsule died or was never asked to.
case("memory adds up", function()
    local function account(mistake)
        local m = look(mistake)
        local free, total = m:summary():match("\n  free +([%d,]+)"), m:summary():match("\n  total +([%d,]+)")
        return assert(free) .. " " .. assert(total)
    end
    local alive = account("harmless")
    assert(alive == account("index"), alive)
end)

case("the same again", function()
    assert(look("up_and_down"):trace() == look("up_and_down"):trace())
end)
