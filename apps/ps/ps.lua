-- ps: what runs; stops hello, starts, ends and boots it; nothing of it without permission.
case("what runs", function()
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
end)

-- A permissions element that names other drivers only, and none at all.
for what, permissions in pairs({ ["to use others"] = { "0x0:*", "0x1:*" }, ["of no kind"] = {} }) do
    case("a permission " .. what, function()
        local ps = sandglass.pack("ps.elf", { permissions = permissions })
        local m = sandglass.board("nrf52dk", { apps = { ps, "hello" } })
        m:allow_faults() -- it ends with code 1
        m:run_for(ms(500))
        local told = lines(m:uart_text(), "^ps: ")
        assert(#told == 1 and told[1] == "ps: not permitted, error -11", told[1])
    end)
end
