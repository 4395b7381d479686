-- hmac: test case 2 of RFC 4231, at once and in parts.
local m = sandglass.board("nrf52dk", { apps = { "hmac" } })
local code = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
m:expect_uart("hmac: at once: 0 " .. code, { within = s(1) })
m:expect_uart("hmac: its own code: 1")
m:expect_uart("hmac: with another key: 0")
m:expect_uart("hmac: in parts: 0 " .. code)
