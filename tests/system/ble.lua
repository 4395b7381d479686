-- Advertisements of Bluetooth LE by our kernel's driver 0x30000, as other machines and a radio peer hear and send them.
-- What tshark reads of them: test_ble.py.
local function heard(m, pattern)
    return lines(m:uart_text(), pattern)
end

for beacon, scanner in pairs({ nrf52dk = "nrf52840dk", sensor_node = "pinetime" }) do
    case("a beacon of " .. beacon .. " is heard by " .. scanner, function()
        local far = sandglass.board(beacon, { apps = { "beacon" }, seed = 1 })
        local near = sandglass.board(scanner, { apps = { "scanner" }, seed = 2 })
        sandglass.net({ far, near, positions = { { 0, 0, 0 }, { 3, 4, 0 } } })
        far:run_for(s(2.5))
        near:run_for(0)
        local address = near:uart_text():match("scanner: (%x%x:%x%x:%x%x:%x%x:%x%x:%x%x) 'sandglass'")
        assert(address and tonumber(address:sub(1, 2), 16) >> 6 == 3, address) -- a static random one
        local found, numbers = heard(near, "^scanner: " .. address .. " 'sandglass' ff ff 0[012]$"), {}
        assert(#found == #heard(near, "^scanner: .* '"))
        assert(#found >= 10, #found) -- of some 21 that there are
        for _, line in ipairs(found) do
            numbers[line:sub(-1)] = true
        end
        assert(numbers["0"] and numbers["1"] and numbers["2"])
    end)
end

case("a peer is heard", function()
    local m = sandglass.board("../boards/nrf52dk_ble_peer.dts", { kernel = "nrf52dk.elf", apps = { "scanner" } })
    for i = 0, 29 do
        m:set("peer0", "channel", 37 + i % 3, { at = ms(500 + i * 17) })
        m:set("peer0", "frame", 0, { at = ms(500 + i * 17) })
    end
    m:run_for(s(1.2))
    local found = heard(m, "^scanner: .*:")
    assert(#found >= 5 and #found <= 15, #found) -- it listens on one of three
    for _, line in ipairs(found) do
        assert(line == "scanner: c6:05:04:03:02:01 'A'", line)
    end
end)

-- 802.15.4 and Bluetooth LE on the one radio of a sensor node.
case("both on one board", function()
    local far = sandglass.board("sensor_node", { apps = { "weather", "beacon" }, seed = 1 })
    local near = sandglass.board("sensor_node", { apps = { "listen", "scanner" }, seed = 2 })
    local third = sandglass.board("nrf52840dk", { apps = { "listen" }, seed = 3 })
    sandglass.net({ far, near, third, positions = { { 20, 0, 0 }, { 0, 0, 0 }, { 0, 0, 0 } } })
    far:run_for(s(8.5))
    near:run_for(0)
    third:run_for(0)
    local sent = #heard(far, "^weather: .* lux, ")
    assert(sent >= 7, sent)
    assert(#heard(far, "^weather: not sent") == 0)
    -- Who does nothing else hears it all; who scans as well listens half of the time.
    assert(#heard(third, "^listen: ") == sent)
    local here = #heard(near, "^listen: ")
    assert(here >= 1 and here <= sent, here)
    assert(#heard(near, "^scanner: .* 'sandglass'") >= 15)
end)
