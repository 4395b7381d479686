-- hotp: a touch without a key gives no password.
local m = sandglass.board("nrf52dk", { apps = { "hotp" } })
m:expect_uart("hotp: no key yet; type its 40 hex digits", { within = s(1) })
m:touch("pad0", { hold = ms(100) })
m:expect_no_uart({ pattern = "%d%d%d%d%d%d", over = s(1) })
