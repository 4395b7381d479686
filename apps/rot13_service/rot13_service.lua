-- rot13_service: may not write the client's memory once the client has gone.
local m = sandglass.board("nrf52dk", { apps = { "rot13_service", "rot13_client" } })
m:expect_uart("rot13: Uryyb Jbeyq!", { within = s(1) })
m:expect_uart("rot13: Hello World!")
m:expect_uart("rot13: done: 0")
m:run_for(ms(100))
local client = m:process("rot13_client")
assert(not m:may("rot13_service", "write", client.ram))
assert(#m:breaches() == 0) -- nobody touched what is not its own
