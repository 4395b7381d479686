-- touch: an LED is lit as long as a finger is on the pad.
local m = sandglass.board("nrf52dk", { apps = { "touch" } })
m:run_for(s(1))
m:touch("pad0", { hold = s(1) })
m:expect_pin("led2", { on = true, within = ms(1) })
m:expect_uart("touch: pad touched", { within = ms(20) })
m:run_for(ms(900))
assert(m:level("led2"), "the finger is still there")
m:expect_uart("touch: pad released", { within = ms(150) })
m:expect_pin("led2", { on = false, within = ms(1) })
assert(#m:breaches() == 0) -- nobody touched what is not its own
