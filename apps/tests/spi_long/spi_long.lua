-- spi_long: transfers longer than what the hardware takes in one go have one chip select.
local m = sandglass.board("../../../tests/boards/header_spi_watched.dts", { kernel = "nrf52840dk.elf", apps = { "spi_long" } })
m:expect_uart("spi_long: 0, program 0\n", { within = s(1) })
m:expect_uart("spi_long: read 0, 1000 bytes are right\n", { within = s(1) })
assert(#lines(m:uart_text(), "^spi_long:") == 2)
local selects = {}
for i, note in ipairs(m:notes("selected")) do
    selects[i] = note.what
end
assert(table.concat(selects, " ") == "on off on off on off")
assert(#m:guest_errors() == 0)
