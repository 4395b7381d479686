-- libtock_ipc: a client of IPC that is written for libtock, at a service that is not.
local m = sandglass.board("nrf52dk", { apps = { "rot13_service", "libtock_ipc" } })
m:breaches() -- the map of owners is there from the beginning
m:run_for(s(1))
local index = lines(m:uart_text(), "^App rot13_service")[1]:match("slot (%d+)")
local said = table.concat(lines(m:uart_text(), "^libtock"), "; ")
assert(said == "libtock: process " .. index .. " shares 0 bytes at 0; libtock: 0: Uryyb Jbeyq!; libtock: too short: -7; "
    .. "libtock: state: 0, 0 pending, ticks run", said)
assert(#m:breaches() == 0) -- nobody touched what is not its own
