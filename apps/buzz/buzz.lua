-- buzz: the watch's motor swells and fades, by PWM with a period of 5 ms.
local m = sandglass.board("pinetime", { apps = { "buzz" } })
m:expect_pin("motor", { on = true, within = s(1) })
m:expect_period("motor", ms(5), { tolerance = us(20), over = ms(40) })
