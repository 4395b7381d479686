-- The system call interface, seen by apps. Each app of apps/tests/abi_* checks one part of it from the inside and prints a line
-- for each rule; docs/abi-rules.md has the same lines, and neither may have one that the other lacks.
local boards = { "nrf52dk", "nrf52840dk", "pinetime", "security_key", "sensor_node" }
local led, alarm, console, touch = 2, 0, 1, 0x90002
local writeable, permissions = 2, 6 -- elements of a header

-- { app = { rule, ... } }, of the page.
local rules, app_names = {}, {}
do
    local name
    for _, line in ipairs(lines(sandglass.file("docs/abi-rules.md"))) do
        local heading = line:match("^## .*`apps/tests/(abi_[%w_]+)`$")
        if heading then
            name = heading
            rules[name] = {}
            app_names[#app_names + 1] = name
        elseif line:sub(1, 1) == "#" then
            name = nil
        elseif name and line:sub(1, 2) == "- " then
            table.insert(rules[name], line:sub(3))
        end
    end
end

-- The page's app whose name the app's own begins with, the longest.
local function on_page(app)
    local best = ""
    for _, name in ipairs(app_names) do
        best = app:sub(1, #name) == name and #name > #best and name or best
    end
    return assert(rules[best], app)
end

-- At the beginning of a line, or behind the process console's prompt.
local function said_lines(m, word)
    local found = {}
    for _, line in ipairs(lines(m:uart_text())) do
        local rest = line:match("^" .. word .. " (.*)$") or line:match("%$ " .. word .. " (.*)$")
        found[#found + 1] = rest
    end
    return found
end

-- The app ends, and all of its rules hold. options: board, image, below (another app), seconds, act (what is done meanwhile).
local function passes(name, options)
    options = options or {}
    local m = sandglass.board(options.board or "nrf52dk", {
        apps = { options.image or name, options.below }, isolation = true, trace = true,
    })
    m:allow_faults({ panics = false })
    if options.act then
        options.act(m)
    end
    m:run_for(s(options.seconds or 3))
    assert(#said_lines(m, "FAIL") == 0 and #said_lines(m, "WRONG") == 0, table.concat(said_lines(m, "FAIL"), "; "))
    local seen, said = {}, {}
    for _, rule in ipairs(said_lines(m, "PASS")) do -- one may be said in two lives
        said[#said + 1] = not seen[rule] and rule or nil
        seen[rule] = true
    end
    local found, wanted = table.concat(said, "\n"), table.concat(on_page(name), "\n")
    assert(found == wanted, found)
    assert(#lines(m:uart_text(), "^done$") == 1)
    assert(m:summary():find(" 0 times a foreign byte changed", 1, true))
    return m
end

-- ... of an app with one element more in its header.
local function passes_with(name, kind, payload)
    passes(name, { image = sandglass.tbf({ image = sandglass.file(name .. ".tbf"), elements = { { kind, payload } } }) })
end

local function type_lines(...)
    local typed = { ... }
    return function(m)
        for _, line in ipairs(typed) do
            m:uart(line[2] .. "\n", { at = s(line[1]) })
        end
    end
end

case("every app of the page is run here", function()
    local text = sandglass.file("syscalls.lua")
    assert(#app_names > 10)
    for _, name in ipairs(app_names) do
        assert(text:find('"' .. name, 1, true) and #rules[name] > 0, name)
    end
end)

case("start", function()
    assert(passes("abi_start"):count_events("start", "abi_start") == 2)
end)

for _, name in ipairs({
    "abi_registers", "abi_places", "abi_yield", "abi_queue", "abi_exchange", "abi_buffers", "abi_memory", "abi_command",
}) do
    case(name:sub(5), function()
        passes(name)
    end)
end

-- Beside a larger app, which is the first in RAM.
case("memop wherever RAM begins", function()
    local waits = string.pack("<HHHH", 0x2001, 0xDF00, 0xE7FC, 0xBF00) -- yield-wait, for ever
    local starts, different = {}, 0
    for step = 0, 7 do
        local below = sandglass.tbf({ code = waits, minimum_ram = 512 + 32 * step, total = 16384 })
        local start = passes("abi_memory", { below = below, seconds = 0.5 }):process("abi_memory").ram % 256
        different = different + (starts[start] and 0 or 1)
        starts[start] = true
    end
    assert(different > 3, different)
end)

case("writeable flash regions", function()
    passes_with("abi_writeable", writeable, string.pack("<I4I4I4I4I4I4", 512, 256, 768, 0, 1024, 1 << 20))
end)

for _, board in ipairs(boards) do
    case("drivers that are not there: " .. board, function()
        passes("abi_absent", { board = board })
    end)
end

case("permissions", function()
    local records = { { console, 0, -1 }, { alarm, 0, -1 }, { led, 0, 3 }, { touch, 1, 1 << 100 % 64 } }
    local payload = string.pack("<I2", #records)
    for _, record in ipairs(records) do
        payload = payload .. string.pack("<I4I4i8", table.unpack(record))
    end
    passes_with("abi_permissions", permissions, payload)
end)

case("exit", function()
    local m = passes("abi_exit", { act = type_lines({ 1, "process abi_exit" }) })
    assert(#lines(m:uart_text(), "Terminated, .* completion code 42$") == 1)
    assert(#lines(m:uart_text(), "restarts 5,") == 1)
    assert(m:count_events("start", "abi_exit") == 6)
end)

-- Nothing is left of a life when the next one begins, however it ended.
local function press_at(time, typed)
    return function(m)
        m:press("button0", { at = time, hold = ms(100) })
        if typed then
            typed(m)
        end
    end
end

case("lives before: exit-restart", function()
    passes("abi_reborn_restart", { act = press_at(ms(350)) })
end)

case("lives before: a fault and a restart", function()
    assert(passes("abi_reborn_fault", { act = press_at(ms(350)) }):count_events("fault", "abi_reborn_fault") == 1)
end)

case("lives before: terminated and booted", function()
    local typed = type_lines({ 0.5, "terminate abi_reborn_wait" }, { 0.8, "boot abi_reborn_wait" })
    passes("abi_reborn_wait", { act = press_at(ms(900), typed) })
end)

case("lives before: a fault from outside", function()
    passes("abi_reborn_wait", { act = press_at(ms(900), type_lines({ 0.5, "fault abi_reborn_wait" })) })
end)

-- What ends a process; it is started again three times, and the others go on.
local function faults(name, why)
    local m = sandglass.board("nrf52dk", { apps = { name, "hello" }, isolation = true, trace = true, report = true })
    m:allow_faults({ panics = false })
    m:run_for(s(3))
    assert(#lines(m:uart_text(), "^Process " .. name .. " .* faulted: " .. why) == 4)
    assert(not m:uart_text():find("FAIL", 1, true))
    assert(#lines(m:uart_text(), "^hello: greeting") == 2)
    assert(m:summary():find(" 0 times a foreign byte changed", 1, true))
    return m
end

for class, name in pairs({ ["189"] = "abi_bad_class_189", ["8"] = "abi_bad_class_8" }) do
    case("a fault: class " .. class, function()
        assert(faults(name, "unknown class of system call"):count_events("call", name, class) >= 4)
    end)
end

case("a fault: yield 3", function()
    faults("abi_bad_yield_3", "unknown kind of yield")
end)

case("a fault: the byte behind the first break", function()
    local m = faults("abi_start_beyond", "MemManage DACCVIOL")
    local begins = tonumber(m:uart_text():match("\nApp abi_start_beyond: [^\n]* RAM 0x(%x+)%-"), 16)
    assert(m:report():find(("read of 0x%08x\n"):format(begins + 32), 1, true))
end)

case("a fault: a function in RAM", function()
    local m = faults("abi_callback", "MemManage IACCVIOL")
    assert(#lines(m:uart_text(), "^PASS subscribe takes a function in RAM") == 4)
end)
