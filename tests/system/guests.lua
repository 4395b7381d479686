-- Bare guests: the MPU's account against known counts, what is not there, what is not modelled, ELF and Intel HEX.
local function machine(options)
    local m = sandglass.board("nrf52dk", options)
    m:allow_faults({ panics = false })
    return m
end

local function count(text, plain)
    local found, at = 0, 0
    repeat
        at = text:find(plain, at + 1, true)
        found = found + (at and 1 or 0)
    until not at
    return found
end

-- tests/guests/mpu_counts.c says what it does: 10 reconfigurations, 4 + 1 + 2 refusals.
local function counted(options)
    options.kernel = "mpu_counts.elf"
    local m = machine(options)
    m:run_for(ms(100))
    assert(m:uart_text() == "refused 00000007\n")
    return m
end

case("the MPU's account of a guest that counts its refusals", function()
    local summary = counted({}):summary()
    assert(summary:find("MPU: 10 switches", 1, true) and summary:find("refused: firmware 7\n", 1, true))
    -- CTRL once, then 10 times RNR, RBAR, RASR; reads + writes + fetches, unprivileged + privileged.
    assert(#lines(summary, "31 register writes; a switch takes %d+ to %d+ cycles$") == 1)
    assert(#lines(summary, "region 3 +0 %+ 0 +0 %+ 4 +0 %+ 1$") == 1)
    assert(#lines(summary, "region 4 +2 %+ 0 +0 %+ 0 +0 %+ 0$") == 1)
end)

-- Region 2 holds the peripherals: the guest's accesses there are its console's.
case("hits of the MPU's regions are counted to the access", function()
    local summary = counted({ mpu_hits = true }):summary()
    assert(#lines(summary, "region 2 +[%d,]+ %+ 0 +38 %+ 0 +0 %+ 0$") == 1)
end)

case("refusals are reported with region and line, and traced to the address", function()
    local m = counted({ report = true, trace = true })
    local report = m:report()
    assert(count(report, "unprivileged code faulted") == 2)
    assert(count(report, "refused by: MPU region 3") == 5 and count(report, "refused by: MPU region 4") == 2)
    assert(count(report, "mpu_counts.c:") == 7 and count(report, "execute never") > 0)
    local addresses = {}
    for i, fault in ipairs(m:events("fault")) do
        addresses[i] = ("%08x"):format(fault.address)
    end
    assert(table.concat(addresses, " ") == "20004000 20004004 20004008 2000400c 20004000 20005000 20005004")
end)

case("reads of nothing fault precisely, and a fault in a hard fault locks up", function()
    local m = machine({ kernel = "nothing_there.elf" })
    m:expect_end("lockup", { within = ms(100) })
    local precise = "busfault 00008200 " -- BFARVALID, PRECISERR
    assert(m:uart_text() == precise .. "30000000\n" .. precise .. "20010000\n" .. precise .. "60000000\ndone\nhardfault\n")
end)

for _, kernel in ipairs({ "poll_absent.elf", "poll_absent.hex" }) do
    case("a guest that polls what is not modelled is reported: " .. kernel, function()
        local m = machine({ kernel = kernel, report = true })
        m:run_for(ms(500))
        assert(m:uart_text() == "listening\n")
        assert(count(m:report(), "PDM") == 1 and count(m:summary(), "PDM") == 1) -- named once, and at the end
        assert(m:summary():find("0x108", 1, true))
        assert(kernel:find("hex") or m:summary():find("wait_for_samples", 1, true)) -- HEX has no symbols
    end)
end
