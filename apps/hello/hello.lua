-- hello: a line every other second.
local m = sandglass.board("nrf52dk", { apps = { "hello" } })
for number = 1, 3 do
    m:expect_uart("hello: greeting number " .. number .. "\n", { within = ms(2100) })
end
m:expect_process("hello", { state = "yielded-for", restarts = 0 })
