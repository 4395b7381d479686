-- paint: fills the display and tells where a finger is.
local m = sandglass.board("pinetime", { apps = { "paint" } })
m:expect_uart("paint: 240 x 240 pixels painted", { within = s(2) })
m:touch("cst816s", { x = 120, y = 60, hold = ms(100) })
m:expect_uart("paint: touched at 120, 60", { within = ms(50) })
m:expect_uart("paint: released at 120, 60", { within = ms(150) })
assert(#m:breaches() == 0) -- nobody touched what is not its own
