-- A first scenario: two apps (apps/scenarios), a press of a button, a rhythm, a question to the MPU.
-- sandglass test --path build/default/firmware/apps/scenarios tests/scenarios/first.lua
local m = sandglass.board("nrf52dk", { apps = { "blink.tbf", "buttons.tbf" }, seed = 7 })
m:expect_uart("Initialization complete", { within = ms(500) }) -- the 32,768 Hz crystal takes half of it
m:press("button0", { at = ms(100), hold = ms(30) })
m:expect_pin("led0", { level = 1, within = ms(5) })
m:expect_period("led1", ms(250), { tolerance = us(50), over = s(2) })
local p = m:process("buttons"); assert(p.state == "yielded" and p.restarts == 0)
assert(not m:may(p, "write", m:symbol("kernel", "kernel")))   -- ask the MPU model
