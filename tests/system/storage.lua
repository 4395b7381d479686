-- Nonvolatile and isolated storage: a flash that fails is noticed, apps do not see each other's, permissions. Cuts at every
-- operation: storage_cuts.lua.
local function said(m, pattern)
    return lines(m:uart_text(), pattern)
end

local function same(found, wanted)
    local text = table.concat(found, "; ")
    assert(text == table.concat(wanted, "; "), text)
end

local function machine(board, ...)
    local m = sandglass.board(board, { apps = { ... } })
    m:allow_faults() -- apps end with codes of their own
    return m
end

-- So many losses of power, a second apart.
local function cuts(m, count)
    for second = 1, count do
        m:fault({ at = s(second), kind = "power.power-cut", value = 1 })
    end
end

local function starts(count)
    local wanted = {}
    for i = 1, count do
        wanted[i] = "diary: start number " .. i
    end
    return wanted
end

for board, flash in pairs({ pinetime = "xt25f32b", nrf52840dk = "mx25r64" }) do
    case("a flash that is dead is an error, and one that comes back is taken: " .. board, function()
        local m = machine(board, "diary")
        cuts(m, 1)
        m:fault({ at = ms(1), kind = flash .. ".no-answer", value = 1 })
        m:fault({ at = ms(990), kind = flash .. ".no-answer", value = 0 })
        m:run_for(s(2))
        same(said(m, "^diary"), { "diary: nothing can be read, 0", "diary: a new diary of 30720 bytes", "diary: start number 1" })
    end)
end

-- And written anew, elsewhere: no start is lost.
for _, fault in ipairs({ "write-drop", "write-torn", "erase-partial" }) do
    case("what the flash did not keep is noticed: " .. fault, function()
        local m = machine("pinetime", "diary")
        cuts(m, 2)
        m:fault({ at = ms(1010), kind = "xt25f32b." .. fault, value = 1 })
        m:run_for(s(3))
        same(said(m, "^diary: [sn]"), starts(3))
    end)
    case("isolated storage notices it, too: " .. fault, function()
        local m = machine("nrf52dk", "isolated_A")
        cuts(m, 2)
        m:fault({ at = ms(1010), kind = "flash_controller." .. fault, value = 1 })
        m:run_for(s(3))
        same(said(m, "^A: head"), { "A: head missing, generation 0", "A: head there, generation 1", "A: head there, generation 2" })
    end)
end

-- READY is lost at each step of the write, and comes again: the block goes to another sector.
for n = 1, 7 do
    case("an operation that does not end is given up after two seconds: step " .. n, function()
        local m = machine("nrf52840dk", "diary")
        m:fault({ at = ms(300), kind = "qspi.ready-lost", value = n })
        m:expect_no_uart("start number", { over = s(2) })
        m:run_for(s(1))
        same(said(m, "^diary: start"), starts(1))
    end)
end

-- The first block is written twice, but its seal: two blocks and an old seal at each start.
case("a bit that is wrong on the way back is noticed while it is read what was written", function()
    local whole = machine("pinetime", "diary")
    whole:run_for(s(1))
    local m = machine("pinetime", "diary")
    m:fault({ at = whole:notes("xt25f32b")[2].time, kind = "spi1.rx-corrupt", value = 20 })
    cuts(m, 1)
    m:run_for(s(2))
    local operations = 0
    for _, note in ipairs(m:notes("xt25f32b")) do
        operations = operations + ((note.what == "program" or note.what == "erase") and 1 or 0)
    end
    assert(operations == #m:notes("xt25f32b") and operations == 3 + 3 + 1 + 2, operations)
    same(said(m, "^diary: start"), starts(2))
end)

-- All that the second start reads first: the seals, then its page, which is read again.
case("a bit that is wrong on the way back is noticed while an app reads", function()
    local m = machine("pinetime", "diary")
    cuts(m, 1)
    m:run_for(ms(1050))
    local moment = m:snapshot()
    local function check(byte)
        m:restore(moment)
        m:fault({ kind = "spi1.rx-corrupt", value = byte })
        m:run_for(ms(950))
        same(said(m, "^diary: start"), starts(2))
    end
    for byte = 10, 239, 46 do
        check(byte)
    end
    for byte = 300, 64 * 80 + 499, 1201 do
        check(byte)
    end
end)

-- The first write goes to the pool's first sector, which keeps some of the zeros that it gets.
case("a worn sector is passed over", function()
    local m = machine("pinetime", "diary")
    m:fault({ at = ms(1), kind = "xt25f32b.worn-page", value = 0x400000 // 4096 - 64 + 1 })
    cuts(m, 5)
    m:run_for(s(6))
    same(said(m, "^diary: start"), starts(6))
end)

case("each app has its own", function()
    local m = machine("pinetime", "storage_cut", "diary")
    m:run_for(s(1))
    same(said(m, "^cut: prefix"), { "cut: prefix ff, generations 0 0" })
    same(said(m, "^diary"), { "diary: a new diary of 30720 bytes", "diary: start number 1" })
end)

case("of five apps each has its own isolated storage, and the last has none", function()
    local m = machine("nrf52dk", "isolated_A", "isolated_B", "isolated_C", "isolated_D", "isolated_E")
    cuts(m, 2)
    m:run_for(s(4))
    for _, who in ipairs({ "A", "B", "C", "D" }) do
        local heads, before = said(m, "^" .. who .. ": head"), 0 -- who was cut short goes on from there
        assert(#heads == 3 and heads[1] == who .. ": head missing, generation 0" and heads[3]:find("there", 1, true))
        for _, line in ipairs(heads) do
            local generation = tonumber(line:match("generation (%-?%d+)"))
            assert(generation >= before and not line:find("wrong"), line)
            before = generation
        end
        assert(before > 0)
    end
    local missing, refused = "E: head missing, generation 0", "E: wrote generation 1, -9" -- nothing of it stays
    same(said(m, "^E: head"), { missing, missing, missing })
    same(said(m, "^E: wrote"), { refused, refused, refused })
    assert(not m:uart_text():find("panic"))
end)

for _, board in ipairs({ "nrf52dk", "nrf52840dk", "pinetime" }) do
    case("both storages on one flash: " .. board, function()
        local m = machine(board, "isolated_A", "isolated_B", "diary")
        m:fault({ at = s(2), kind = "power.power-cut", value = 1 })
        m:run_for(s(4))
        for _, who in ipairs({ "A", "B" }) do
            same(said(m, "^" .. who .. ": head"), { who .. ": head missing, generation 0", who .. ": head there, generation 1" })
        end
        same(said(m, "^diary: start"), starts(2))
    end)
end

-- ---- what the storage element of a package's header lists ----

local READS, WRITES = "A: head missing, generation 0", "A: wrote generation 1, 24"
local REFUSED, NOTHING = "A: wrote generation 1, -10", "A: error -10"

local function packed(write_id, read_ids, modify_ids, more)
    local options = { name = "app", write_id = write_id, read_ids = read_ids, modify_ids = modify_ids }
    for key, value in pairs(more or {}) do
        options[key] = value
    end
    return sandglass.pack("isolated_A.elf", options)
end

for what, listed in pairs({
    ["all of it"] = { packed(7, 7, 7), READS, WRITES },
    ["among others"] = { packed(7, { 1, 7, 9 }, { 3, 7 }), READS, WRITES },
    ["not to modify"] = { packed(7, 7, nil), READS, REFUSED },
    ["others to modify"] = { packed(7, 7, 8), READS, REFUSED },
    ["not to read"] = { packed(7, nil, 7), NOTHING },
    ["nothing to write"] = { packed(nil, 7, 7), NOTHING },
}) do
    case("an app may what its package lists: " .. what, function()
        local m = machine("nrf52dk", table.remove(listed, 1))
        m:run_for(s(1))
        same(said(m, "^A: "), listed)
    end)
end
