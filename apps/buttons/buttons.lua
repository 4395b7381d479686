-- buttons: each press of button 0 switches an LED, in an upcall.
local m = sandglass.board("nrf52dk", { apps = { "buttons" } })
m:run_for(s(1))
m:press("button0", { hold = ms(100) })
m:expect_pin("led1", { on = true, within = ms(1) })
m:expect_uart("buttons: button 0 pressed, 1 so far", { within = ms(20) })
m:run_for(ms(200))
m:press("button0", { hold = ms(100) })
m:expect_pin("led1", { on = false, within = ms(1) })
m:expect_uart("buttons: button 0 pressed, 2 so far", { within = ms(20) })
assert(#m:breaches() == 0) -- nobody touched what is not its own
