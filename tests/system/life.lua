-- The process console, and what becomes of a process that is stopped, faulted, terminated or started again through it:
-- nothing of it is left behind, and its neighbours do not notice.
local function type_lines(m, typed)
    for _, line in ipairs(typed) do
        m:uart(line[2] .. "\n", { at = s(line[1]) })
    end
end

local function run_to(m, time)
    m:run_for(time - m:now())
end

local function live(...)
    local m = sandglass.board("nrf52dk", { apps = { "buttons", "hello", "blink" } })
    for _, at in ipairs({ s(1), s(3) }) do
        m:press("button0", { at = at, hold = ms(100) })
    end
    type_lines(m, { ... })
    return m
end

-- The neighbours: one life, their rhythm kept.
local function ends_well(m, lives_moved)
    run_to(m, s(4.5))
    -- The map of owners does not know of lives that the console begins: buttons' own are none of the neighbours' affair.
    for _, breach in ipairs(m:breaches()) do
        assert(breach.kind ~= "app wrote" and breach.whose == "buttons" and lives_moved, breach.text)
    end
    assert(#lines(m:uart_text(), "hello: greeting number") == 3 and #m:notes("led0") >= 7)
    for _, name in ipairs({ "hello", "blink" }) do
        assert(m:process(name).starts == 1, name)
    end
    assert(not m:uart_text():find("panic"))
end

local function presses(m)
    local found = {}
    for i, line in ipairs(lines(m:uart_text(), "buttons: button 0 pressed")) do
        found[i] = line:match("(%d+) so far")
    end
    return table.concat(found, " ")
end

local function notes_since(m, name, time)
    local count = 0
    for _, note in ipairs(m:notes(name)) do
        count = count + (note.time >= time and 1 or 0)
    end
    return count
end

-- What `process buttons` said last: state, grants in use, bytes of the grants' region.
local function state(m)
    local head, region = lines(m:uart_text(), "^buttons: PID %d+, short ID Unique, %w+, grants %d+/%d+"), lines(m:uart_text(), "^  Grants +0x%x+  0x%x+ +%d+")
    assert(#head > 0 and #region > 0)
    local what, grants = head[#head]:match("Unique, (%w+), grants (%d+)/")
    return what, tonumber(grants), tonumber(region[#region]:match("(%d+)%s*$"))
end

local function is_state(m, wanted, wanted_grants)
    local what, grants = state(m)
    assert(what == wanted and (wanted_grants == nil or grants == wanted_grants), what .. " " .. grants)
end

local function undisturbed()
    local m = live({ 2, "process buttons" })
    ends_well(m)
    return m
end

case("undisturbed", function()
    local m = undisturbed()
    assert(presses(m) == "1 2")
    is_state(m, "Yielded", 2)
    assert(select(3, state(m)) > 400)
end)

case("stopped it waits, and started it goes on", function()
    local m = live({ 1.5, "stop buttons" }, { 2, "process buttons" }, { 3.5, "start buttons" })
    run_to(m, s(1.7))
    local calls = m:calls("buttons")
    run_to(m, s(3.5))
    assert(m:calls("buttons") == calls)
    ends_well(m)
    is_state(m, "Stopped")
    assert(notes_since(m, "led1", s(1.6)) == 1 and notes_since(m, "led1", s(3.5)) == 1) -- only after its start
    assert(presses(m) == "1 2") -- the press meanwhile was kept for it
end)

case("terminated it leaves nothing", function()
    local whole = select(3, state(undisturbed()))
    local m = live({ 1.5, "terminate buttons" }, { 2, "process buttons" }, { 4, "list" })
    run_to(m, s(1.7))
    local calls = m:calls("buttons")
    ends_well(m)
    is_state(m, "Terminated", 0)
    assert(select(3, state(m)) < whole) -- the grants' memory is given back
    assert(presses(m) == "1")
    assert(m:calls("buttons") == calls and notes_since(m, "led1", s(1.7)) == 0) -- no upcall, nothing runs
    assert(#lines(m:uart_text(), " buttons .* 0/ ?%d+ +Terminated") == 1)
end)

case("faulted it is restarted fresh", function()
    local m = live({ 1.5, "fault buttons" }, { 2, "process buttons" })
    m:allow_faults()
    ends_well(m, true)
    assert(m:process("buttons").starts == 2)
    assert(presses(m) == "1 1") -- its count begins anew
    assert(#lines(m:uart_text(), "restarts 1,") == 1)
    assert(#lines(m:uart_text(), "^Process buttons .* faulted: ") + #lines(m:uart_text(), "^sandglass%$ Process buttons .* faulted: ") == 1)
end)

case("what the kernel says to a command begins a line", function()
    local m = sandglass.board("nrf52dk", { apps = { "hello" } })
    m:allow_faults()
    type_lines(m, { { 1.5, "fault hello" } })
    run_to(m, s(2))
    assert(#lines(m:uart_text(), "^sandglass. fault hello$") > 0 and #lines(m:uart_text(), "^Process hello .* faulted: ") > 0)
end)

case("faulted too often it stays down", function()
    local m = live({ 1.5, "fault buttons" }, { 1.7, "fault buttons" }, { 1.9, "fault buttons" }, { 2.1, "fault buttons" },
        { 2.5, "process buttons" })
    m:allow_faults()
    run_to(m, s(2.5))
    local calls = m:calls("buttons")
    ends_well(m, true)
    assert(m:process("buttons").starts == 4) -- three restarts
    is_state(m, "Faulted", 0)
    assert(presses(m) == "1" and m:calls("buttons") == calls)
end)

case("terminated and booted it starts fresh", function()
    local m = live({ 1.5, "terminate buttons" }, { 2, "boot buttons" }, { 2.5, "process buttons" })
    ends_well(m, true)
    assert(presses(m) == "1 1")
    is_state(m, "Yielded", 1) -- no console yet: that is a grant of the life before
end)

case("restarted, alive or not, it starts fresh", function()
    local m = live({ 1.5, "restart buttons" }, { 2, "terminate buttons" }, { 2.3, "restart buttons" }, { 4, "process buttons" })
    ends_well(m, true)
    assert(presses(m) == "1 1" and m:process("buttons").starts == 3)
    is_state(m, "Yielded")
    local grants = {}
    for i, line in ipairs(lines(m:uart_text(), "^  Grant of 0x%x+ %w+ +%d+")) do
        grants[i] = line:match("of (0x%x+ %w+)")
    end
    assert(table.concat(grants, ", ") == "0x3 button, 0x1 console")
end)

-- Terminated in the middle of its line: the bytes on their way end, the next writer is not blocked.
case("a terminated user of the console does not hold it", function()
    local m = sandglass.board("nrf52dk", { apps = { "hello", "sensors" } })
    type_lines(m, { { 0.5, "terminate hello" }, { 1, "list" } })
    run_to(m, s(3))
    assert(#lines(m:uart_text(), "sensors: 25%.00 C") >= 2 and #lines(m:uart_text(), " hello .* Terminated") == 1)
end)

-- The commands, 0.3 s apart.
local function console(...)
    local m = sandglass.board("nrf52dk", { apps = { "hello", "blink" } })
    local typed = { ... }
    for i, line in ipairs(typed) do
        m:uart(line .. "\n", { at = ms(500 + 300 * (i - 1)) })
    end
    run_to(m, ms(1000 + 300 * #typed))
    return m
end

case("help names every command", function()
    local m = console("help")
    for _, command in ipairs({ "list", "status", "process", "kernel", "stop", "start", "fault", "terminate", "boot", "reset", "panic", "help" }) do
        assert(#lines(m:uart_text(), "^" .. command .. " ") == 1, command)
    end
end)

case("list and status", function()
    local m = console("list", "status")
    for _, name in ipairs({ "hello", "blink" }) do
        assert(#lines(m:uart_text(), "^ [01] +Unique +" .. name .. " +0 +%d+ +0 +%d/ ?%d+ +Yielded") == 1, name)
    end
    assert(#lines(m:uart_text(), "^Total processes: 2") == 1 and #lines(m:uart_text(), "^Active processes: 2") == 1)
end)

case("kernel tells where all lies", function()
    local m = console("kernel")
    local first, last = {}, {}
    for _, name in ipairs({ "Code", "App flash", "Stack", "Data", "App RAM" }) do
        local range = lines(m:uart_text(), "^  " .. name .. " +0x%x+  0x%x+ +%d+")
        assert(#range == 1, name)
        local from, to, size = range[1]:match("0x(%x+)  0x(%x+) +(%d+)")
        first[name], last[name] = tonumber(from, 16), tonumber(to, 16)
        assert(last[name] - first[name] == tonumber(size), name)
    end
    assert(first["Code"] == 0 and first["App flash"] == 0x30000 and last["App flash"] == 0x80000)
    assert(first["Stack"] == 0x20000000 and last["App RAM"] == 0x20010000) -- at the bottom: an overflow faults
end)

case("a process's memory adds up", function()
    local m = console("process hello")
    local above
    local placed = lines(m:uart_text(), "^App hello: .* RAM 0x%x+%-0x%x+")[1]
    local bottom, top = placed:match("RAM 0x(%x+)%-0x(%x+)")
    for _, line in ipairs(lines(m:uart_text(), "^  %a+ +0x%x+  0x%x+ +%d+")) do
        local name, from, to = line:match("^  (%a+) +0x(%x+)  0x(%x+)")
        if ("Grants Free Heap Data Stack App"):find(name, 1, true) then
            assert(to == (above or top), line)
            above = from
        end
    end
    assert(above == bottom)
end)

case("what is not there is said", function()
    local m = console("bogus", "stop nobody", "stop", "stop hello", "stop hello", "boot blink")
    assert(#lines(m:uart_text(), "^no such command, try help") == 1)
    assert(#lines(m:uart_text(), "^no process of that name") == 1)
    assert(#lines(m:uart_text(), "^stop wants the name of a process") == 1)
    assert(#lines(m:uart_text(), "^hello is so already") == 1)
    assert(#lines(m:uart_text(), "^blink: refused") + #lines(m:uart_text(), "^blink is so already") == 1)
end)

case("silence", function()
    local m = console("console-stop", "list", "console-start", "status")
    assert(#lines(m:uart_text(), "PID") == 0 and #lines(m:uart_text(), "^Total processes") == 1)
end)

case("a line is edited, and comes back", function()
    local m = sandglass.board("nrf52dk", { apps = { "hello" } })
    m:uart("stxt\x7f\x7fatus\r", { at = ms(500) })
    m:uart("\x1b[A\r", { at = ms(900) })
    run_to(m, s(1.5))
    assert(#lines(m:uart_text(), "^Total processes: 1") == 2)
end)

-- On kernel/boards/trap_test, whose rules are for some apps' names: all is shown of who faults; the one stays down, the other
-- is started again.
for name, starts in pairs({ kernel = 1, neighbour = 2 }) do
    case("a policy that shows all, and " .. (starts == 1 and "stops" or "starts again") .. ": trespass-" .. name, function()
        local app = "trespass-" .. name
        local m = sandglass.board("nrf52dk", { kernel = "trap_test.elf", apps = { app, "hello" } })
        m:expect_fault({ process = app, within = s(5) })
        run_to(m, s(5))
        local said, at = m:uart_text(), 1
        for _, pattern in ipairs({
            "Process trespass%-" .. name .. " [^\n]* faulted: ", "App: trespass%-" .. name .. " +%- +%[Faulted%]", "CFSR 0x0*82 ",
            "r0 0x", "lr 0x", "sp 0x", "region 0 ", "region 7 ",
        }) do
            at = select(2, said:find(pattern, at))
            assert(at, pattern)
        end
        local again = said:find("trespass: started again", 1, true)
        assert(m:process(app).starts == starts and (again ~= nil) == (starts == 2))
        assert(not again or at < again) -- when all has been shown
        assert(#lines(m:uart_text(), "hello: greeting number 3") == 1) -- the others go on meanwhile
    end)
end

case("a policy that panics", function()
    local m = sandglass.board("nrf52dk", { kernel = "trap_test.elf", apps = { "trespass-grants", "hello" } })
    m:expect_end("panic", { within = s(6) })
    m:expect_fault({ process = "trespass-grants" })
    m:run_for(s(1))
    assert(#lines(m:uart_text(), "[Pp]anic") > 0 and m:process("trespass-grants").starts == 1)
end)

case("reset boots again", function()
    local m = sandglass.board("nrf52dk", { apps = { "hello", "blink" }, report = true })
    m:uart("reset\n", { at = ms(500) })
    run_to(m, ms(1500))
    assert(#lines(m:uart_text(), "Entering main loop") == 2 and m:process("hello").starts == 2)
    assert(m:report():find("reset: software request", 1, true))
end)

case("panic says all", function()
    local m = sandglass.board("nrf52dk", { apps = { "hello", "blink" } })
    m:uart("panic\n", { at = ms(500) })
    m:expect_end("panic")
    m:expect_uart("End of panic")
    for _, text in ipairs({
        "Kernel panic", "asked for at the process console", "App: hello", "App: blink", "region 0  RBAR", "app break", "r4 ",
    }) do
        assert(m:uart_text():find(text, 1, true), text)
    end
end)
