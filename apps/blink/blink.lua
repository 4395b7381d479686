-- blink: an LED toggles every half second and never drifts.
local m = sandglass.board("nrf52dk", { apps = { "blink" } })
m:expect_pin("led0", { on = true, within = s(1) })
m:expect_period("led0", s(1), { tolerance = us(100), over = s(10) })
m:expect_duty("led0", 500, { tolerance = 1, over = s(4) })
