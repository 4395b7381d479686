-- aes: the first blocks of NIST SP 800-38A, and back.
local m = sandglass.board("nrf52dk", { apps = { "aes" } })
m:expect_uart("aes: ECB: 0 3ad77bb40d7a3660a89ecaf32466ef97", { within = s(1) })
m:expect_uart("aes: and back: 0 the same")
m:expect_uart("aes: CBC: 0 7649abac8119b246cee98e9b12e9197d")
m:expect_uart("aes: and back: 0 the same")
m:expect_uart("aes: CTR: 0 ")
m:expect_uart("aes: and back: 0 the same")
