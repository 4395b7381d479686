-- echo: says lines again in capitals; two lines in one go are two answers.
local m = sandglass.board("nrf52dk", { apps = { "echo" } })
m:expect_uart("echo: say something")
m:run_for(ms(100))
for _, line in ipairs({ "hello, World", "x" }) do
    for key in line:gmatch(".") do -- as a person types
        m:uart(key)
        m:run_for(ms(20))
    end
    m:uart("\r")
    m:expect_uart("echo: " .. line:upper() .. "\n", { within = ms(100) })
end
assert(#m:breaches() == 0) -- nobody touched what is not its own
