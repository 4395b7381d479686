-- What the app is expected to do: `make`, then `sandglass test` with the name of this file or of its
-- folder. docs/scenarios.md has all that can be said.
local m = sandglass.board("nrf52dk", { apps = { "build/@APP_NAME@.tbf" } })
m:expect_uart("@APP_NAME@: 1")
m:expect_pin("led0", { on = true })
m:expect_period("led0", s(2), { tolerance = ms(10), over = s(5) })
assert(m:process("@APP_NAME@").restarts == 0)
