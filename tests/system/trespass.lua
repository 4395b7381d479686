-- Each way to trespass ends in the fault that the architecture wants, is reported to the byte, and harms nobody.
local targets = { "kernel", "neighbour", "grants", "flash", "peripheral", "scs", "code" }
local no_region = {
    "^the MPU: no region of the process maps the address$",
    "^MPU region %d: its sub%-region %d, which holds the address, is disabled$",
}

local function only(list)
    assert(#list == 1, #list .. " of them")
    return list[1]
end

-- What the simulator reported of the one fault of an app: its parts, numbers as such.
local function read_report(m, target)
    local found
    local head = "process trespass-" .. target .. " faulted: "
    for time, rest in (m:report() .. "["):gmatch("%[ *([%d.]+)%] (.-)%f[%[]") do
        if rest:sub(1, #head) == head then
            assert(not found, "a second report")
            found = rest
        end
    end
    assert(found, "no report of " .. target)
    local report = {}
    report.fault, report.access, report.address = found:match("faulted: ([%a ]-), (%a+ %a+) 0x(%x+)\n")
    report.called, report.func, report.file, report.line, report.pc =
        found:match("\n +(%a+[ %a]-) (%S+) %(([^:]+):(%d+)%), pc 0x(%x+)\n")
    report.owned, report.owner = found:match("\n +address 0x(%x+) belongs to: (.-)\n")
    report.refuser = found:match("\n +refused by: (.-)\n")
    for _, key in ipairs({ "address", "pc", "owned" }) do
        report[key] = tonumber(report[key], 16)
    end
    assert(report.file:sub(-#"apps/trespass/main.c") == "apps/trespass/main.c", report.file)
    assert(report.owned == report.address)
    assert(only(m:events("fault", "trespass-" .. target)).address == report.address)
    return report
end

-- Where the kernel says it put each process.
local function read_layout(m)
    local layout = {}
    for _, line in ipairs(lines(m:uart_text(), "^App ")) do
        local name, flash, flash_end, ram, ram_end =
            line:match("^App (%S+): slot %d+, flash 0x(%x+)%-0x(%x+), RAM 0x(%x+)%-0x(%x+)")
        layout[name] = {
            flash = tonumber(flash, 16), flash_end = tonumber(flash_end, 16),
            ram = tonumber(ram, 16), ram_end = tonumber(ram_end, 16),
        }
    end
    return layout
end

local function check(m, target, fault, access, owner, refusers)
    local report, layout = read_report(m, target), read_layout(m)
    assert(report.fault == fault and report.access == access, report.fault)
    assert(report.owner == owner, report.owner)
    local fits = false
    for _, pattern in ipairs(refusers) do
        fits = fits or report.refuser:find(pattern) ~= nil
    end
    assert(fits, report.refuser)
    local source = lines(sandglass.file("apps/trespass/main.c"))[tonumber(report.line)]
    local own = layout["trespass-" .. target]
    if access ~= "fetch from" then
        assert(source:find("volatile"), source) -- the access itself
        assert(report.func == (access == "read of" and "read_word" or "write_word") and report.called == "in")
        assert(own.flash < report.pc and report.pc < own.flash_end)
    else
        assert(source:find("code") and report.called == "called from", source)
    end
    return report, own, layout
end

-- The bounds that the refusing region is told with.
local function holds(report, address)
    local first, last = report.refuser:match("%(0x(%x+) to 0x(%x+)%)")
    assert(tonumber(first, 16) <= address and address <= tonumber(last, 16), report.refuser)
end

local fault_of = {
    kernel = function(m)
        local report = check(m, "kernel", "MemManage DACCVIOL", "read of", "the kernel, RAM", no_region)
        assert(report.address == 0x20000100)
    end,
    neighbour = function(m)
        local layout, neighbour = read_layout(m), nil
        for name, place in pairs(layout) do
            neighbour = place.ram == layout["trespass-neighbour"].ram_end and name or neighbour
        end
        local report = check(m, "neighbour", "MemManage DACCVIOL", "write to",
            "process " .. neighbour .. ", RAM (its stack, data and heap)", no_region)
        assert(report.address == layout[neighbour].ram)
    end,
    grants = function(m)
        local report, own = check(m, "grants", "MemManage DACCVIOL", "write to",
            "process trespass-grants, RAM (above its break: its grants, kept by the kernel)", no_region)
        assert(own.ram < report.address and report.address < own.ram_end)
    end,
    flash = function(m)
        local report, own = check(m, "flash", "MemManage DACCVIOL", "write to", "process trespass-flash, flash",
            { "^MPU region %d %(0x%x+ to 0x%x+%): its permissions$" })
        assert(report.address == own.flash)
        holds(report, own.flash)
    end,
    peripheral = function(m)
        local report = check(m, "peripheral", "MemManage DACCVIOL", "write to", "device gpio0", no_region)
        assert(report.address == 0x50000508)
        assert(m:count_events("note", "led1") == 0 and m:count_events("note", "led2") == 0)
    end,
    scs = function(m)
        local report = check(m, "scs", "BusFault PRECISERR", "read of", "the core (System Control Space)",
            { "^the core: its registers are for privileged code only$" })
        assert(report.address == 0xE000ED94)
    end,
    code = function(m)
        local report, own = check(m, "code", "MemManage IACCVIOL", "fetch from",
            "process trespass-code, RAM (its stack, data and heap)", { "^MPU region %d %(0x%x+ to 0x%x+%): execute never$" })
        assert(own.ram <= report.address and report.address < own.ram_end and report.pc == report.address)
        holds(report, report.address)
    end,
}

-- A run in which all of `acting` have acted, and `others` are there; what must hold of any.
local function run(acting, apps)
    local m = sandglass.board("nrf52dk", { apps = apps, isolation = true, trace = true, report = true })
    m:allow_faults({ panics = false })
    m:run_for(s(9))
    assert(not m:uart_text():find("NOBODY STOPPED ME", 1, true) and not m:report():find("isolation broken", 1, true))
    assert(#lines(m:summary(), "RAM compared around [%d,]+ stays in processes, 0 times a foreign byte changed") == 1)
    for _, target in ipairs(acting) do
        fault_of[target](m)
        local report, said = read_report(m, target), only(lines(m:uart_text(), "^Process trespass%-" .. target .. " .* faulted: "))
        assert(#lines(m:uart_text(), "^Process trespass%-" .. target .. " ") == 1)
        assert(said:find(report.fault, 1, true) and said:find(("pc 0x%08x"):format(report.pc), 1, true), said)
        assert(report.access == "fetch from" or said:find(("at 0x%08x"):format(report.address), 1, true), said)
    end
    return m
end

for _, target in ipairs(targets) do
    -- hello lies before the image in RAM, blink behind it.
    case("with neighbours: " .. target, function()
        local m = run({ target }, { "hello", "trespass-" .. target, "blink" })
        assert(#lines(m:uart_text(), "^hello: greeting") == 5 and m:count_events("note", "led0") >= 16)
        assert(m:count_events("start", "hello") == 1 and m:count_events("start", "blink") == 1)
        assert(m:count_events("start", "trespass-" .. target) == 2)
    end)
end

-- One after the other, with nobody else but blink.
case("all together, and the summary counts the refusals", function()
    local apps = { "blink" }
    for _, target in ipairs(targets) do
        table.insert(apps, #apps, "trespass-" .. target)
    end
    local m = run(targets, apps)
    local refused = m:summary():match("MPU: [^\n]*; refused:(.-)\n  %d+ register writes") or m:summary():match("MPU: [^\n]*; refused:(.-)\n  %d")
    for _, target in ipairs(targets) do
        local count = (refused:gsub("%s+", " ") .. ","):match("trespass%-" .. target .. " (%d+),")
        assert(count == (target ~= "scs" and "1" or nil), target) -- there it is the bus that refuses
    end
end)

case("isolation is checked only when asked for", function()
    local m = sandglass.board("nrf52dk", { apps = { "blink" }, report = true })
    m:run_for(s(1))
    assert(not m:report():find("isolation") and not m:summary():find("isolation"))
end)
