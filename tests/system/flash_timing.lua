-- Wait states of the flash, by the option and by the property of its node, and the instruction cache that the firmware switches.
local rounds, nops, cached_lines = 1000, 100, 13 -- of tests/guests/flash_timing.c; a round enters 13 lines of 16 bytes
local fast = rounds * (nops + 1 + 2) -- nops, subs, a branch taken
local slow = fast + rounds * cached_lines * 2
local around = 40 -- the code around the loop

-- Cycles of the loop with the cache off, on, off.
local function cycles_of(board, timing)
    local m = sandglass.board(board, { kernel = "flash_timing.elf", flash_timing = timing })
    m:run_for(ms(100))
    local off, on, again = m:uart_text():match("^off (%x+)\non (%x+)\noff (%x+)\n$")
    assert(off, m:uart_text())
    return { tonumber(off, 16), tonumber(on, 16), tonumber(again, 16) }
end

local function check(board, timing, wanted)
    for i, cycles in ipairs(cycles_of(board, timing)) do
        assert(wanted[i] <= cycles and cycles <= wanted[i] + around, ("%d: %d, not %d and a bit"):format(i, cycles, wanted[i]))
    end
end

for name, wanted in pairs({
    cached = { fast, fast, fast },
    ideal = { fast, fast, fast },
    uncached = { slow, slow, slow },
    icache = { slow, fast, slow },
}) do
    case(name, function()
        check("nrf52dk", name, wanted)
    end)
end

case("no word about it", function()
    check("nrf52dk", nil, { fast, fast, fast })
end)

case("the same code takes the same cycles", function()
    local cycles = cycles_of("nrf52dk", "icache")
    assert(cycles[1] == cycles[3])
end)

case("a board may say it, and the option has the last word", function()
    check("boards/slow_flash.dts", nil, { slow, slow, slow })
    check("boards/slow_flash.dts", "ideal", { fast, fast, fast })
end)

case("a mode that there is not is refused", function()
    local good, text = pcall(sandglass.board, "boards/quick_flash.dts", { kernel = "flash_timing.elf" })
    assert(not good and text:find("boards/quick_flash.dts: /soc/flash-controller@4001e000/flash@0: sandglass,timing of the flash is "
        .. "cached, uncached, ideal or icache", 1, true), text)
end)
