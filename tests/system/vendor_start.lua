-- Firmware that starts as the vendor's SDKs and Zephyr do finds what it expects, on both chips, and nothing of it is a
-- mistake. tests/guests/vendor_start.c lists each address that such start-up code touches.
local rest = [[
pselreset 00000015
nfcpins fffffffe
regout0 REGOUT0
nested 00000001
lfclkstat 00000000
rtc without lfclk 00000000
lfclkstat 00010001
cycle counter runs 00000001
ticks 00000001
spim amount 00000001
main
]]

for board, chip in pairs({
    nrf52dk = { "part 00000006\nrevision 00000060\nficr 00060006\n", "ffffffff" },
    nrf52840dk = { "part 00000008\nrevision 00000030\nficr 00080003\n", "fffffffd" },
}) do
    case(board, function()
        local m = sandglass.board(board, { kernel = "vendor_start.elf", report = true })
        m:expect_uart("main\n", { within = s(2) })
        local first = chip[1] .. "reset reasons 00000000\nuicr is programmed\n"
        assert(m:uart_text() == first .. chip[1] .. "reset reasons 00000004\n" .. rest:gsub("REGOUT0", chip[2]))
        assert(#m:guest_errors() == 0)
        local report = m:report()
        assert(not report:find("guest error") and not report:find("not modelled: undocumented", 1, true))
        assert(#lines(report, "%] reset: software request") == 1)
    end)
end
