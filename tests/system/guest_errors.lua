-- What a guest does that a device's manual forbids, each kind of it once; a snapshot takes it back.
local function machine()
    local m = sandglass.board("nrf52dk", { kernel = "storm_diagnostics.elf" })
    m:allow_faults()
    return m
end

case("guest errors are listed, the first 32", function()
    local m = machine()
    assert(#m:guest_errors() == 0)
    m:run_for(ms(1))
    local seen = m:guest_errors()
    print(#seen)
    assert(#seen > 0 and #seen <= 32)
    for i, error in ipairs(seen) do
        assert(error.device ~= "" and error.text ~= "" and error.register >= 0 and error.pc < 0x80000)
        assert(error.time <= m:now() and (i == 1 or error.time >= seen[i - 1].time))
    end
end)

case("a moment to go back to has those that it had", function()
    local m = machine()
    local moment = m:snapshot()
    m:run_for(ms(1))
    local many = #m:guest_errors()
    m:restore(moment)
    assert(#m:guest_errors() == 0)
    m:run_for(ms(1))
    assert(#m:guest_errors() == many)
end)

case("a kernel and its apps make none", function()
    local m = sandglass.board("nrf52dk", { apps = { "hello" } })
    m:run_for(s(2))
    assert(#m:guest_errors() == 0)
end)
