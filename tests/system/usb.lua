-- A bare USB device (tests/guests/usb_device.c) on the security key's board, and what it and the host make of events on
-- the bus; tests/guests/power.c: supply, System OFF, VBUS. What others' programs see of it: test_usb.py.
local function device()
    return sandglass.board("security_key", { kernel = "usb_device.elf" })
end

-- Sends data to an endpoint; 0: a SETUP packet with its data stage.
local function send(m, endpoint, data, at)
    for i = 1, #data, 4 do
        local word = string.unpack("<i4", (data:sub(i, i + 3) .. "\0\0\0"):sub(1, 4))
        m:set("usb_host", "data", word, { at = at })
    end
    if endpoint == 0 then
        m:set("usb_host", "control", #data, { at = at })
    else
        m:set("usb_host", "out", #data << 8 | endpoint, { at = at })
    end
end

local function host(m, what, at)
    m:set("usb_host", what, 1, { at = at })
end

-- What the host noted; faults are left out.
local function notes(m)
    local found = {}
    for _, note in ipairs(m:notes("usb_host")) do
        found[#found + 1] = not note.what:find("^fault") and note or nil
    end
    return found
end

local function last_notes(m, ...)
    local found, wanted = notes(m), { ... }
    for i, what in ipairs(wanted) do
        local seen = found[#found - #wanted + i]
        assert(seen and seen.what == what, seen and seen.what)
    end
end

local function count(m, what)
    local number = 0
    for _, note in ipairs(notes(m)) do
        number = number + (note.what == what and 1 or 0)
    end
    return number
end

local function words(m)
    local found = {}
    for word in m:uart_text():gmatch("%S+") do
        found[#found + 1] = word
    end
    return found
end

local function says(m, wanted)
    local found = table.concat(words(m), " ")
    assert(found == wanted, found)
end

local function says_last(m, first, second)
    local found = words(m)
    assert(found[#found - 1] == first and found[#found] == second, table.concat(found, " "))
end

case("it is unplugged and plugged in again", function()
    local m = device()
    host(m, "unplug", ms(200))
    host(m, "plug", ms(220))
    m:run_for(ms(400))
    says(m, "detected suspend reset configured removed detected suspend reset configured")
    assert(count(m, "device configured") == 2)
end)

case("it is suspended and resumed", function()
    local m = device()
    host(m, "suspend", ms(200))
    host(m, "resume", ms(250))
    send(m, 1, "back", ms(300))
    m:run_for(ms(400))
    says_last(m, "suspend", "resume")
    last_notes(m, "HID report")
end)

case("it wakes the host", function()
    local m = device()
    send(m, 1, "\xee\0\0\0", ms(200))
    host(m, "suspend", ms(250))
    m:run_for(ms(400))
    says_last(m, "suspend", "resume")
    last_notes(m, "bus suspended", "device asks for a resume", "bus resumed")
end)

case("a halted endpoint works again when the halt is cleared", function()
    local m = device()
    send(m, 0, "\x40\1\0\0\0\0\0\0", ms(200))
    send(m, 0, "\2\1\0\0\x81\0\0\0", ms(250))
    send(m, 1, "good", ms(300))
    m:run_for(ms(400))
    last_notes(m, "endpoint halted", "HID report")
end)

case("damaged packets are sent again", function()
    local m = device()
    m:fault({ kind = "usb_host.corrupt", value = 2, at = ms(199) })
    send(m, 1, "good", ms(200))
    m:run_for(ms(300))
    last_notes(m, "HID report")
end)

case("a host that does not poll gets nothing", function()
    local m = device()
    m:fault({ kind = "usb_host.no-poll", at = ms(199) })
    send(m, 1, "good", ms(200))
    m:run_for(ms(300))
    last_notes(m, "device configured")
end)

case("a device that answers NAK is waited for", function()
    local m = device()
    m:fault({ kind = "usbd.nak", at = ms(199) })
    m:fault({ kind = "usbd.nak", value = 0, at = ms(250) })
    send(m, 1, "good", ms(200))
    m:run_for(ms(300))
    local first
    for _, note in ipairs(notes(m)) do
        first = first or (note.what:find("^HID") and note)
    end
    assert(first.time > ms(250))
end)

case("VBUS wakes nothing that is awake and a brown-out starts anew", function()
    local m = device()
    m:fault({ kind = "power.supply-mv", value = 1600, at = ms(200) })
    m:fault({ kind = "power.supply-mv", value = 0, at = ms(220) })
    m:run_for(ms(500))
    local configured = 0
    for _, word in ipairs(words(m)) do
        configured = configured + (word == "configured" and 1 or 0)
    end
    assert(configured == 2)
end)

case("a run is the same each time", function()
    local function run()
        local m, data = device(), {}
        for byte = 0, 199 do
            data[#data + 1] = string.char(byte)
        end
        send(m, 2, table.concat(data), ms(200))
        host(m, "reset", ms(220))
        m:run_for(ms(400))
        return m:trace()
    end
    local first = run()
    assert(#first > 1000 and run() == first)
end)

-- ---- snapshots: what goes on from one is the run that it was taken in ----

-- The inputs wait in the snapshot.
local function goes_on(what, time, inputs)
    case("goes on from a snapshot " .. what, function()
        local m = device()
        inputs(m)
        m:run_for(time)
        local moment, before = m:snapshot(), #m:trace()
        m:run_for(ms(400) - time)
        local whole = m:trace()
        m:restore(moment)
        m:run_for(ms(400) - time)
        local rest = m:trace():sub(#whole + 1)
        assert(#lines(rest) > 10 and rest == whole:sub(before + 1))
    end)
end

goes_on("within the enumeration", ms(122), function(m)
    send(m, 1, "good", ms(200))
end)
goes_on("while something waits and the bus sleeps", ms(210), function(m)
    host(m, "suspend", ms(200))
    host(m, "resume", ms(250))
    send(m, 1, "good", ms(300))
end)
goes_on("while the cable is out", ms(215), function(m)
    host(m, "unplug", ms(200))
    host(m, "plug", ms(220))
end)

-- ---- supply ----

local function power(...)
    local m = sandglass.board("security_key", { kernel = "power.elf" })
    for _, supply in ipairs({ ... }) do
        m:fault({ kind = "power.supply-mv", value = supply[2], at = ms(supply[1]) })
    end
    return m
end

case("a warning and a plug", function()
    local m = power({ 10, 2700 }, { 20, 0 })
    host(m, "unplug", ms(1))
    host(m, "plug", ms(30))
    m:run_for(ms(100))
    says(m, "reset 00000000 usb 00000001 pofwarn reset 00100000 usb 00000001")
end)

case("a brown-out ends even System OFF", function()
    local m = power({ 10, 2700 }, { 20, 1600 }, { 30, 0 })
    m:run_for(ms(100))
    says(m, "reset 00000000 usb 00000001 pofwarn reset 00000000 usb 00000001")
end)
