-- glutton: wants all memory there is; hello beside it misses nothing.
local m = sandglass.board("nrf52dk", { apps = { "glutton", "hello" } })
m:expect_uart("glutton: I take all that there is", { within = s(8) })
m:expect_uart("NOMEM", { within = s(3) })
m:expect_uart("hello: greeting number ", { within = s(3) })
m:expect_process("hello", { restarts = 0 })
assert(#m:breaches() == 0) -- nobody touched what is not its own
