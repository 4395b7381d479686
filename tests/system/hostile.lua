-- Nothing crashes the simulator, whatever the guest does: random firmware, random apps, wild stacks and vectors, guests that
-- keep it busy without end. `sandglass test --seed N` makes other random ones.
settle(0) -- most of them end in a lock-up

local rounds = 5
local ram, ram_end = 0x20000000, 0x20010000

-- ---- firmware ----

-- `data` as Intel HEX, from address 0 on.
local function hex_file(data)
    local records = {}
    local function add(record)
        local sum, text = 0, {}
        for i = 1, #record do
            sum = sum + record:byte(i)
            text[i] = ("%02X"):format(record:byte(i))
        end
        records[#records + 1] = (":%s%02X\n"):format(table.concat(text), -sum & 0xFF)
    end
    for at = 0, #data - 1, 16 do
        local piece = data:sub(at + 1, at + 16)
        add(string.pack(">BI2B", #piece, at, 0) .. piece)
    end
    add("\0\0\0\1")
    return table.concat(records)
end

local function random_bytes(count)
    local bytes = {}
    for i = 1, count do
        bytes[i] = string.char(math.random(0, 255))
    end
    return table.concat(bytes)
end

local function choose(list)
    return list[math.random(#list)]
end

-- Code that does more than fault at once: loads, stores, branches and system instructions prevail.
local function thumb(halfwords)
    local kinds = {
        { 0x6000, 12 }, { 0x4800, 11 }, { 0xB400, 9 }, { 0xBC00, 9 }, { 0xD000, 12 }, { 0x4600, 8 }, { 0x2000, 13 },
        { 0xDF00, 8 }, { 0xC000, 12 }, { 0xBF00, 8 }, { 0xE800, 11 }, { 0xF300, 8 }, { 0, 16 },
    }
    local code = {}
    for i = 1, halfwords do
        local kind = choose(kinds)
        code[i] = string.pack("<I2", kind[1] | math.random(0, (1 << kind[2]) - 1))
    end
    return table.concat(code)
end

-- The vector table: the stack, and the same address for everything else.
local function vectors(stack, handler)
    return string.pack("<I4", stack) .. string.pack("<I4", handler):rep(63)
end

-- Whatever ends it, what the simulator says of it can be said.
local function survives(m, time)
    m:allow_faults()
    pcall(m.run_for, m, time)
    assert(m:summary():find("summary: ", 1, true) and not m:report():find("isolation broken", 1, true))
end

local function firmware(image, time)
    survives(sandglass.board("nrf52dk", { kernel = hex_file(image), isolation = true, report = true, trace = true }), time or ms(50))
end

-- So many cases with random numbers of their own.
local function each(kind, attempt)
    for round = 1, rounds do
        case(kind .. " " .. round, function()
            math.randomseed(math.random(1 << 40) + round)
            attempt()
        end)
    end
end

each("firmware of random bytes", function()
    firmware(random_bytes(4096))
end)

each("random code with sane vectors", function()
    local table_of_vectors = string.pack("<I4", ram_end)
    for _ = 1, 63 do
        table_of_vectors = table_of_vectors .. string.pack("<I4", 0x200 + 2 * math.random(0, 1899) | 1)
    end
    firmware(table_of_vectors .. thumb(1920))
end)

-- Pushes, then a system call: stacking faults, the handler's stacking faults too.
case("wild stack pointers", function()
    local code = string.pack("<I2I2I2", 0xB5FF, 0xDF00, 0xE7FC)
    for _, stack in ipairs({
        0, 4, 0x20, ram, ram + 8, ram_end + 8, 0x40000000, 0xE000ED00, 0xE000E000, 0xFFFFFFFC, 0x10001000, 0x80000000,
    }) do
        firmware(vectors(stack, 0x101) .. code)
    end
end)

-- ldr r0, =VTOR; ldr r1, =where; str r1, [r0]; svc 0
local moves_table = string.pack("<I2I2I2I2I2I2", 0x4802, 0x4902, 0x6001, 0xDF00, 0xE7FE, 0xBF00)

case("wild places of the vector table", function()
    for _, where in ipairs({ 0, ram, ram_end - 128, ram_end, 0x40000000, 0x60000000, 0xE0000000, 0xFFFFFF80 }) do
        firmware(vectors(ram_end, 0x101) .. moves_table .. string.pack("<I4I4", 0xE000ED08, where))
    end
end)

case("wild vectors", function()
    for _, reset in ipairs({ 0, 1, 0x100, ram | 1, 0x40000001, 0xE000ED01, 0xFFFFFFFF, 0xFFFFFFF1, 0xFFFFFFFD }) do
        firmware(vectors(ram_end, reset) .. moves_table)
    end
end)

-- ldr lr, =value; bx lr from a handler that SVC entered, with random frames.
each("forged exception returns", function()
    local value = choose({ 0xFFFFFF00, 0xFFFFFFE0 }) | math.random(0, 255)
    local code = string.pack("<I2I2I2I2I2I2I4", 0xDF00, 0xE7FE, 0xF8DF, 0xE004, 0x4770, 0xBF00, value)
    local head = string.pack("<I4I4", ram_end - 4 * math.random(0, 15), 0x101) .. string.pack("<I4", 0x105):rep(62)
    firmware(head .. code .. random_bytes(64))
end)

-- Writes and reads random words all over the peripherals and the System Control Space, from a table.
each("all peripherals poked", function()
    local bases = { 0x40000000, 0x50000000, 0xE000E000, 0x10000000, 0x10001000, 0x4001E000, 0x40002000, 0x40006000 }
    local pokes = {}
    for i = 1, 200 do
        local base = choose(bases)
        local span = base == 0x40000000 and choose({ 0x1000, 0x40000 }) or 0x1000
        local value = choose({ 0, 1, 0xFFFFFFFF, math.random(0, 0xFFFFFFFF), ram + math.random(0, 0xFFFF) })
        pokes[i] = string.pack("<I4I4", base + 4 * math.random(0, span // 4 - 1), value)
    end
    -- r4 = table; loop: ldmia r4!, {r0, r1}; cbz r0, end; str r1, [r0]; ldr r2, [r0]; b loop; end: b .
    local code = string.pack("<I2I2I2I2I2I2I2I2", 0x4C03, 0xCC03, 0xB110, 0x6001, 0x6802, 0xE7FA, 0xE7FE, 0xBF00)
    -- Faults go on behind the access: add 2 to the stacked pc; for every exception.
    local handler = string.pack("<I2I2I2I2", 0x9806, 0x3002, 0x9006, 0x4770)
    local body = handler .. code
    local head = string.pack("<I4I4", ram_end, 0x100 + #handler | 1) .. string.pack("<I4", 0x101):rep(62)
    firmware(head .. body .. string.pack("<I4I4", 0x100 + #body + 8, 0) .. table.concat(pokes) .. ("\0"):rep(8), ms(20))
end)

-- ---- guests that keep the simulator busy without end: virtual time goes on, and who is to blame is told in one line ----

local endless = "events trigger each other without end"

local function storm(name, time)
    local m = sandglass.board("nrf52dk", { kernel = "storm_" .. name .. ".elf", report = true })
    m:allow_faults({ panics = false })
    m:run_for(time or ms(2))
    assert(m:now() >= (time or ms(2)))
    return m
end

local function says(m, plain)
    local count = 0
    for _, line in ipairs(lines(m:report() .. m:summary())) do
        count = count + (line:find(plain, 1, true) and 1 or 0)
    end
    return count
end

-- It says something, in few lines.
local function is_short(m, limit, plain)
    assert(#lines(m:report() .. m:summary()) < limit)
    assert(says(m, plain) > 0, plain)
end

for _, name in ipairs({ "ppi_ring", "ppi_fork", "gpiote_ring", "uarte_tx", "uarte_rx", "twim_ring" }) do
    case("events that trigger themselves: " .. name, function()
        assert(says(storm(name), endless) == 1)
    end)
end

case("a flickering LED is told two hundred times a second", function()
    local m = storm("gpiote_ring")
    assert(says(m, "] led0 ") == 200 and says(m, "no more such lines in this second") == 1)
end)

for _, name in ipairs({ "ppi_timer", "all_timers", "rtc" }) do
    case("busy is not endless: " .. name, function()
        assert(says(storm(name), endless) == 0)
    end)
end

for _, name in ipairs({ "timer", "systick", "pendsv", "wfi", "wfe", "sleeponexit" }) do
    case("interrupts and sleep: " .. name, function()
        is_short(storm(name), 10, "summary: ")
    end)
end

for name, told in pairs({
    faults = { "further faults are only counted", 130 },
    svc_nest = { "summary", 10 },
    reset = { "further resets are only counted", 30 },
    watchdog = { "further resets are only counted", 30, ms(20) },
    diagnostics = { "too many to print", 200 },
}) do
    case("faults, resets and messages: " .. name, function()
        is_short(storm(name, told[3]), told[2], told[1])
    end)
end

case("off", function()
    local m = sandglass.board("nrf52dk", { kernel = "storm_off.elf", report = true })
    m:expect_end("off", { within = ms(2) })
    is_short(m, 10, "summary: ")
end)

-- ---- apps ----

local function beside(image, neighbour, time)
    local m = sandglass.board("nrf52dk", { apps = { image, neighbour }, isolation = true, report = true, trace = true })
    m:allow_faults({ panics = false })
    m:run_for(time)
    survives(m, 0)
    return m
end

local function greets(m)
    assert(m:uart_text():find("hello: greeting number 1", 1, true))
end

each("random code in an app beside a neighbour", function()
    greets(beside(sandglass.tbf({
        code = thumb(900), minimum_ram = choose({ 0, 32, 512, 3000 }), entry = 2 * math.random(0, 399),
    }), "hello", ms(600)))
end)

each("random bytes as an app", function()
    beside(sandglass.tbf({ code = random_bytes(1500) }), "blink", ms(300))
end)

-- Some are no apps for the loader, which says so.
each("random headers with a good checksum", function()
    local image = sandglass.tbf({ code = thumb(100) })
    for _ = 1, math.random(5) do
        local at = math.random(5, 60)
        image = image:sub(1, at - 1) .. random_bytes(1) .. image:sub(at + 1)
    end
    image = sandglass.tbf({ image = image })
    local good, m = pcall(sandglass.board, "nrf52dk", { apps = { image, "blink" }, isolation = true, report = true })
    if good then
        m:run_for(ms(300))
        survives(m, 0)
    else
        assert(m:find("^[^:]+:%d+: .*app number 1"), m)
    end
end)

-- mov sp, r0 (a value from the code); svc 2; push {r0-r7}; b .
case("wild process stacks", function()
    for _, stack in ipairs({ 0, 0x20, ram, ram + 0x800, ram_end, ram_end + 64, 0x40000000, 0xE000ED00, 0xFFFFFFF8 }) do
        local code = string.pack("<I2I2I2I2I2I2I4", 0x4802, 0x4685, 0xDF02, 0xB4FF, 0xE7FE, 0xBF00, stack)
        greets(beside(sandglass.tbf({ code = code }), "hello", ms(500)))
    end
end)
