-- pins: a GPIO as output, then as input with each of its pulls; the levels that the app reads are those of the pin.
local m = sandglass.board("nrf52dk", { apps = { "pins" } })
m:expect_uart("pins: 8 of them", { within = s(1) })
for _ = 1, 2 do
    m:expect_uart("pins: an output is high")
    m:expect_uart("pins: an output is low")
end
m:expect_uart("pins: pulled up it is high")
m:expect_uart("pins: pulled down it is low")
assert(#m:breaches() == 0) -- nobody touched what is not its own
