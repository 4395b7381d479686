-- ps: what runs; stops hello, starts, ends and boots it.
local m = sandglass.board("nrf52dk", { apps = { "ps", "hello" } })
for _, line in ipairs({
    "stop: 0", "hello: stopped, 0 restarts, has made calls",
    "start: 0", "hello: waits, 0 restarts, has made calls",
    "terminate: 0", "hello: ended, 0 restarts, has made calls",
    "boot: 0", "hello: waits, 1 restarts, has made calls",
}) do
    m:expect_uart("ps: " .. line, { within = s(1) })
end
assert(#m:breaches() == 0) -- nobody touched what is not its own
