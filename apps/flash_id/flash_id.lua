-- flash_id: asks a flash on the header's SPI who it is.
local m = sandglass.board("../../tests/boards/header_spi.dts", { kernel = "nrf52840dk.elf", apps = { "flash_id" } })
m:expect_uart("flash_id: manufacturer 0xc2, type 0x28, capacity 8388608 bytes", { within = s(1) })
