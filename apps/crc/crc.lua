-- crc: the three check values of the catalogue of CRCs, for "123456789".
local m = sandglass.board("nrf52dk", { apps = { "crc" } })
m:expect_uart("crc: CRC-32: 0 cbf43926", { within = s(1) })
m:expect_uart("crc: CRC-32C: 0 e3069283")
m:expect_uart("crc: CRC-16-CCITT: 0 89f6")
