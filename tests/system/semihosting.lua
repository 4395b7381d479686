-- Arm semihosting: what a bare guest prints and how it exits; hostile parameters. Beside QEMU: test_semihosting.py.
local function machine(options)
    local m = sandglass.board("nrf52dk", options)
    m:allow_faults({ panics = false })
    return m
end

case("output and exit status", function()
    local m = machine({ kernel = "semihosting.elf", semihosting = true })
    m:expect_end("exit", { status = 7 })
    local said = m:uart_text()
    assert(said:find("hello by WRITE0\nhello by WRITE\nleft of WRITE 0x00000000\nc\n", 1, true))
    assert(said:find("magic 0x53484642\nexit extended 0x00000001\n", 1, true))
    assert(not said:find("never"))
end)

case("hostile parameters", function()
    local m = machine({ kernel = "semihosting_hostile.elf", semihosting = true })
    m:expect_end("exit", { status = 1, within = s(5) })
    assert(m:uart_text():sub(-7) == "!alive\n", m:uart_text():sub(-100))
end)

case("without the option it faults, and the report says what it was", function()
    local m = machine({ kernel = "semihosting.elf", report = true })
    m:run_for(ms(100))
    assert(m:uart_text() == "" and m:report():find("--semihosting", 1, true))
end)
