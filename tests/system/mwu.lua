-- The memory watch unit and flash that may not be read, by bare guests (tests/guests/mwu.c, acl.c): which accesses
-- raise an event, an NMI or a fault.
local function says(board, guest, lines)
    local m = sandglass.board(board, { kernel = guest })
    m:allow_faults()
    for _, line in ipairs(lines) do
        m:expect_uart(line .. "\n", { within = ms(50) })
    end
end

for _, board in ipairs({ "nrf52dk", "nrf52840dk" }) do
    case("every access raises its event at once on " .. board, function()
        says(board, "mwu.elf", {
            "before it is on: 00000000", "beside it: 00000000", "a store: 00000010", "a load: 00000001",
            "a byte: 00000010", "interrupts: 0000000a", "off again: 0000000a", "a peripheral: 00012000",
            "not masked: 000a000a", "done",
        })
    end)
end

case("flash that ACL protects is neither read nor run", function()
    says("nrf52840dk", "acl.elf", {
        "free load: 00000000 00000000", "free run: 00000000 00000000", "load: 00008200 00040008",
        "its last word: 00008200 00040ffc", "behind it: 00000000 00000000", "run: 00000100 00040000",
        "run behind it: 00000000 00000000", "done",
    })
end)
