-- diary: keeps its starts over a loss of power.
local m = sandglass.board("nrf52dk", { apps = { "diary" } })
m:expect_uart("diary: a new diary of 3840 bytes", { within = s(1) })
m:expect_uart("diary: start number 1", { within = s(1) })
m:run_for(ms(500))
m:power_off()
m:run_for(ms(100))
m:power_on()
m:expect_uart("diary: start number 2", { within = s(2) })
assert(#m:breaches() == 0) -- nobody touched what is not its own
