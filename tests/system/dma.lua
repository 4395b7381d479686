-- EasyDMA passes no MPU. A capsule that points a UARTE at a process's memory (kernel/boards/spy_test, which is built unchecked)
-- is named by the simulator, with device, bytes and victim; kernels whose capsules were checked never do that. That the same
-- source does not pass the check: test_dma.py.
case("the spy is named", function()
    local m = sandglass.board("nrf52840dk", { kernel = "spy_test.elf", apps = { "witness" }, report = true })
    m:run_for(ms(600))
    local report = lines(m:report())
    local told = {}
    for i, line in ipairs(report) do
        told[#told + 1] = line:find("DMA past the MPU", 1, true) and i or nil
    end
    assert(#told == 1, #told)
    assert(report[told[1]]:find("device uart1 reads memory of process witness at 0x2000%x%x%x%x, which the process has not offered "
        .. "to the kernel$"), report[told[1]])
    assert(report[told[1] + 1]:find("^ +pointed there in start_[%w_.]* %(.*kernel/chips/nrf52/uarte%.c:%d+%)$"), report[told[1] + 1])
    -- How many of the driver's functions are between, is the compiler's choice; behind them stands what hands a buffer over.
    local at, between = told[1] + 2, {}
    while not report[at]:find("^ +called from spy_elapsed %(.*%): capsule spy$") do
        local name, file = report[at]:match("^ +called from (%w[%w_]*) %(.*(kernel/[%w_/]+%.[cS]):%d+%)$")
        assert(at < told[1] + 8 and name, report[at])
        between[name], at = file, at + 1
    end
    assert(between["uarte_transmit"] == "kernel/chips/nrf52/uarte.c" and between["hil_uart_move"] == "kernel/hil/uart.c")
    local bytes, first, last = m:report():match("device uart1 has read (%d+) bytes of process witness, 0x(%x+) to 0x(%x+)")
    assert(bytes == "24" and tonumber(last, 16) - tonumber(first, 16) == 23)
end)

-- The first two seconds of each board's demo.
case("a kernel of checked capsules does not: nrf52dk", function()
    local apps = { "blink", "hello", "buttons", "touch", "sensors", "hog", "glutton" }
    for _, target in ipairs({ "kernel", "neighbour", "grants", "flash", "peripheral", "scs", "code" }) do
        apps[#apps + 1] = "trespass-" .. target
    end
    local m = sandglass.board("nrf52dk", { apps = apps, report = true, isolation = true })
    m:press("button0", { at = ms(1200), hold = ms(100) })
    m:touch("pad0", { at = ms(1600), hold = ms(300) })
    m:run_for(s(2))
    assert(m:uart_text():find("hello: greeting", 1, true) and not m:report():find("DMA past the MPU", 1, true))
end)

case("a kernel of checked capsules does not: pinetime", function()
    local m = sandglass.board("pinetime", { apps = { "paint", "hello", "buttons", "tilt" }, report = true, isolation = true })
    m:touch("cst816s", { at = ms(1500), x = 120, y = 60, hold = ms(200) })
    m:run_for(s(2))
    assert(m:uart_text():find("pixels painted", 1, true) and not m:report():find("DMA past the MPU", 1, true))
end)
