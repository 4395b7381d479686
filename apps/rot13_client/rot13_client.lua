-- rot13_client: a text goes to the service in a shared buffer, and comes back turned.
local m = sandglass.board("nrf52dk", { apps = { "rot13_service", "rot13_client" } })
m:expect_uart("rot13: Uryyb Jbeyq!", { within = s(1) })
m:expect_uart("rot13: Hello World!")
m:expect_uart("rot13: done: 0")
m:expect_process("rot13_service", { state = "yielded", restarts = 0 })
