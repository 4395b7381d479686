-- trespass: seven apps of one source; each reaches for what is not its own, is stopped, and a neighbour sees nothing.
local attempts = { "kernel", "neighbour", "grants", "flash", "peripheral", "scs", "code" }
for _, attempt in ipairs(attempts) do
    case(attempt, function()
        local name = "trespass-" .. attempt
        local m = sandglass.board("nrf52dk", { apps = { name, "hello" } })
        m:expect_uart({ pattern = "\n" .. name:gsub("%-", "%%-") .. ": %l", within = s(9) })
        m:expect_fault({ process = name, within = s(1) })
        m:expect_uart("trespass: started again, and done for today", { within = s(1) })
        m:expect_process(name, { restarts = 1 })
        m:expect_uart("hello: greeting number ", { within = s(3) })
        m:expect_process("hello", { restarts = 0 })
    end)
end
