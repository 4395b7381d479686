-- Several machines on one air: bare guests (tests/guests/radio_154.c, radio_ble.c) talk by 802.15.4 and Bluetooth LE, and
-- apps of sensor nodes; a part of a board answers. What tshark reads of it: test_radio.py.
local function count(m, pattern)
    return #lines(m:uart_text(), pattern)
end

-- Two sensor nodes, `metres` apart, in free space or where the air loses frames.
local function pair(options)
    options = options or {}
    local seed = options.seed or 1
    local listener = sandglass.board("sensor_node", { kernel = "radio_154_listener.elf", seed = seed })
    local sender = sandglass.board("sensor_node", { kernel = "radio_154_sender.elf", seed = seed + 100 })
    sandglass.net({
        listener, sender, positions = { { 0, 0, 0 }, { options.metres or 10, 0, 0 } }, exponent = 20, loss = options.loss or 0,
    })
    return listener, sender
end

local function run(listener, sender)
    sender:run_for(ms(400))
    listener:run_for(0)
    return listener, sender
end

local function answers(listener, sender)
    run(listener, sender)
    return count(sender, "^acknowledged"), count(sender, "^no answer")
end

local function says(m, wanted)
    assert(m:uart_text() == wanted, m:uart_text())
end

case("ten frames are received and acknowledged", function()
    local listener, sender = run(pair())
    local received, acknowledged = {}, {}
    for i = 1, 10 do -- 10 m of free space: 60 dB
        received[i] = string.format("received %08x -0000003c\n", i)
        acknowledged[i] = string.format("acknowledged %08x -0000003c\n", i)
    end
    says(listener, table.concat(received))
    says(sender, table.concat(acknowledged) .. "done\n")
end)

case("the same again is the same to the byte", function()
    local traces = {}
    for i = 1, 2 do
        local listener, sender = run(pair())
        traces[i] = listener:trace() .. "; " .. sender:trace()
    end
    assert(#traces[1] > 10000 and traces[1] == traces[2])
end)

case("too far", function()
    local acknowledged, unanswered = answers(pair({ metres = 2000 }))
    assert(acknowledged == 0 and unanswered == 10)
end)

case("the air loses some frames by the seed", function()
    local function lossy(seed)
        local listener, sender = pair({ loss = 40, seed = seed })
        local acknowledged, unanswered = answers(listener, sender)
        assert(acknowledged + unanswered == 10)
        return acknowledged
    end
    local first = lossy(1)
    assert(first > 0 and first < 10, first)
    assert(lossy(1) == first)
    local differs = false
    for seed = 2, 5 do
        differs = lossy(seed) ~= first or differs
    end
    assert(differs)
end)

case("a sender that falls silent", function()
    local listener, sender = pair()
    sender:fault({ kind = "radio.mute", value = 1, at = ms(100) })
    local acknowledged, unanswered = answers(listener, sender)
    assert(acknowledged == 4 and unanswered == 6, acknowledged)
end)

case("a listener that gets all check sums wrong", function()
    local listener, sender = pair()
    listener:fault({ kind = "radio.crc-error", value = 100 })
    run(listener, sender)
    assert(count(listener, "wrong checksum") == 10)
end)

case("advertisements are heard", function()
    -- The scanner has the other chip.
    local scanner = sandglass.board("nrf52dk", { kernel = "radio_ble_scanner.elf", seed = 1 })
    local advertiser = sandglass.board("nrf52840dk", { kernel = "radio_ble_advertiser.elf", seed = 2 })
    sandglass.net({ scanner, advertiser, positions = { { 0, 0, 0 }, { 3, 4, 0 } } })
    run(scanner, advertiser)
    assert(count(scanner, "heard sandglass") == 10)
    assert(count(advertiser, "^done") == 1)
end)

-- ---- our kernel on both ----

case("an app hears the other node's sensors", function()
    local far = sandglass.board("sensor_node", { apps = { "weather" }, seed = 1 })
    local near = sandglass.board("sensor_node", { apps = { "listen" }, seed = 2 })
    sandglass.net({ far, near, positions = { { 20, 0, 0 }, { 0, 0, 0 } } })
    far:set("sht3xd", "temperature", 3050)
    far:run_for(s(3.5))
    near:run_for(0)
    local sent = count(far, "^weather: 30.50 C")
    assert(sent >= 3 and count(near, "^listen: .* 30.50 C") == sent)
end)

case("two nodes hear each other", function()
    local house = sandglass.board("sensor_node", { apps = { "weather", "listen" }, seed = 1 })
    local garden = sandglass.board("sensor_node", { apps = { "weather", "listen" }, seed = 2 })
    sandglass.net({ house, garden, positions = { { 0, 0, 0 }, { 10, 0, 0 } } })
    garden:set("sht3xd", "temperature", -725, { at = ms(100) })
    house:run_for(s(4))
    garden:run_for(0)
    assert(count(house, "^listen: .*: %-7.25 C, 50.00 %%, 100 lux") == 3)
    assert(count(garden, "^listen: .*: 25.00 C, 50.00 %%, 100 lux") == 3)
end)

-- ---- a part of the board that answers, and sends what the input queue brings ----

local function with_peer(guest)
    return sandglass.board("../boards/sensor_node_peer.dts", { kernel = guest })
end

case("a peer acknowledges", function()
    local m = with_peer("radio_154_sender.elf")
    m:run_for(ms(400))
    assert(count(m, "acknowledged %x%x%x%x%x%x%x%x %-00000036") == 10)
    local muted = with_peer("radio_154_sender.elf")
    muted:fault({ kind = "peer0.mute", value = 1, at = ms(100) })
    muted:run_for(ms(400))
    assert(count(muted, "no answer") == 6)
end)

case("a peer's frames from the input queue", function()
    local m = with_peer("radio_154_listener.elf")
    m:set("peer0", "frame", 0, { at = ms(10) })
    for _, byte in ipairs({ 0x41, 0x88, 0x77 }) do
        m:set("peer0", "byte", byte, { at = ms(20) })
    end
    m:set("peer0", "send", 11, { at = ms(20) })
    m:set("peer0", "send", 12, { at = ms(30) })
    m:run_for(ms(400))
    says(m, "received 00000001 -00000036\nreceived 00000077 -00000036\n")
    assert(#lines(m:report(), "peer0 not sent") > 0)
end)

-- The first frame is on the air from 20.57 to 21.25 ms, its acknowledgement from 21.44 to 21.79 ms.
for _, time in ipairs({ us(20500), us(21000), us(21600) }) do
    case("a snapshot in the middle of a frame, at " .. time // us(100) .. " tenths of a millisecond", function()
        local m = with_peer("radio_154_sender.elf")
        m:run_for(time)
        local moment = m:snapshot()
        m:run_for(ms(400) - time)
        local whole = m:uart_text()
        assert(count(m, "acknowledged") == 10)
        m:restore(moment)
        m:run_for(ms(400) - time)
        says(m, whole)
    end)
end
