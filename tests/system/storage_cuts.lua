-- Storage over each kind of flash: a power cut at every single operation of the flash leaves old bytes or new ones,
-- whatever an app was writing. A flash that fails: storage.lua.
limit(s(300))

local function said(m, pattern)
    return lines(m:uart_text(), pattern)
end

local function joined(found)
    return table.concat(found, "; ")
end

local function same(found, wanted, what)
    assert(joined(found) == joined(wanted), (what or "") .. joined(found))
end

local function is_one_of(found, ...)
    for _, wanted in ipairs({ ... }) do
        if found == wanted then
            return true
        end
    end
    error(found)
end

-- Which keys were seen, in order.
local function keys(seen)
    local found = {}
    for key in pairs(seen) do
        found[#found + 1] = key
    end
    return found
end

local function run_to(m, time)
    m:run_for(time - m:now())
end

local function cut(m, kind, value, time)
    m:fault({ kind = kind, value = value, at = time - m:now() })
end

-- ---- nonvolatile storage: over SPI on the watch, over QSPI on the kit ----

-- Prefix, generation of the first block, of the second, at each start.
local function found(m)
    local starts = {}
    for i, line in ipairs(said(m, "^cut: prefix")) do
        local prefix, first, second = line:match("^cut: prefix (%x%x), generations (%-?%d+) (%-?%d+)$")
        starts[i] = prefix .. " " .. first .. " " .. second
    end
    return starts
end

local function diary(...)
    local said = {}
    for i, number in ipairs({ ... }) do
        said[i] = "diary: start number " .. number
    end
    return joined(said)
end

-- How long a program and an erase take; the moments to cut at are in their middles.
local FLASHES = {
    pinetime = { part = "xt25f32b", program = us(400), erase = ms(70) },
    nrf52840dk = { part = "mx25r64", program = us(850), erase = ms(40) },
}
for board, flash in pairs(FLASHES) do
    case("nonvolatile storage, cut at each operation: " .. board, function()
        local m = sandglass.board(board, { apps = { "storage_cut", "diary" } })
        -- The first start writes the prefix and generation 1, the second one generation 2. That is cut.
        cut(m, "power.power-cut", 1, s(1.5))
        run_to(m, s(1.5))
        local second = m:snapshot()
        cut(m, "power.power-cut", 1, s(3))
        local ends = {}
        for tenth = 16, 30 do -- not more notes at a time than are kept
            run_to(m, ms(100) * tenth)
            for _, note in ipairs(m:notes(flash.part)) do
                ends[#ends + 1] = note.time > (ends[#ends] or { time = s(1.5) }).time and note or nil
            end
        end
        run_to(m, s(4))
        same(found(m), { "ff 0 0", "5a 1 1", "5a 2 2" })
        assert(joined(said(m, "^diary: start")) == diary(1, 2, 3))
        assert(#ends > 25, #ends) -- two blocks of the one app, one of the other
        local seen = {}
        for _, note in ipairs(ends) do
            m:restore(second)
            local at = note.time - (note.what == "program" and flash.program or flash.erase) // 2
            cut(m, "power.power-cut", 1, at)
            run_to(m, at + s(1.5))
            local starts, told = found(m), joined(said(m, "^diary: start"))
            assert(#starts == 3 and starts[2] == "5a 1 1", at)
            -- The blocks are written one after the other.
            is_one_of(starts[3], "5a 1 1", "5a 2 1", "5a 2 2")
            -- Or it was written, and had not yet been said.
            is_one_of(told, diary(1, 2, 2), diary(1, 2, 3), diary(1, 2), diary(1, 3))
            seen[starts[3]] = true
        end
        -- The last operation is to strike out the seal that the second block had.
        same(keys(seen), { "5a 1 1", "5a 2 1", "5a 2 2" })
    end)
end

-- ---- isolated storage, over the chip's own flash ----

local function isolated(case_name, board, operations)
    case(case_name, function()
        local m = sandglass.board(board, { apps = { "isolated_A" } })
        run_to(m, ms(999))
        local first, seen, n = m:snapshot(), {}, 0
        repeat
            n = n + 1
            m:restore(first)
            cut(m, "power.power-cut", 1, s(1))
            cut(m, "flash_controller.power-cut", n, s(1))
            run_to(m, s(2.5))
            local heads, wrote = said(m, "^A: head"), said(m, "^A: wrote")
            assert(heads[1] == "A: head missing, generation 0" and heads[2] == "A: head there, generation 1", n)
            if #heads > 2 then
                -- What it found after the cut, it went on from.
                local generation = tonumber(heads[3]:match("%d+$"))
                is_one_of(generation, 1, 2)
                assert(#heads == 3 and heads[3] == "A: head there, generation " .. generation, heads[3])
                assert(wrote[#wrote] == "A: wrote generation " .. generation + 1 .. ", 24", wrote[#wrote])
                seen[generation] = true
            end
        until #heads == 2 or n == 100 -- it was not cut: there are fewer operations
        same(keys(seen), { 1, 2 })
        assert(n - 1 == operations, n - 1)
    end)
end

-- An erase; words of two pages, without those of ones; a seal; one word of the old seal.
isolated("isolated storage, cut at each operation: an erase in one piece", "nrf52dk", 1 + 6 + 5 + 19 + 1)
isolated("isolated storage, cut at each operation: an erase by pieces", "sensor_node", 29 + 6 + 5 + 19 + 1)
