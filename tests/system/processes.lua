-- Processes and each other: IPC, read-only state, alarms set all the time. Attacks: ipc.lua, attacks.lua.
local function same(found, wanted)
    local text = table.concat(found, "; ")
    assert(text == table.concat(wanted, "; "), text)
end

for _, board in ipairs({ "nrf52dk", "nrf52840dk", "pinetime", "security_key", "sensor_node" }) do
    case("a service and its client: " .. board, function()
        local m = sandglass.board(board, { apps = { "rot13_service", "rot13_client" } })
        m:run_for(s(1))
        same(lines(m:uart_text(), "^rot13"), { "rot13: Uryyb Jbeyq!", "rot13: Hello World!", "rot13: done: 0" })
        assert(#m:breaches() == 0)
    end)
end

case("the service is not there", function()
    local m = sandglass.board("nrf52dk", { apps = { "rot13_client" } })
    m:allow_faults() -- it ends with code 11
    m:run_for(s(1))
    same(lines(m:uart_text(), "^rot13"), { "rot13: no service: -11" })
end)

case("read-only state", function()
    local m = sandglass.board("nrf52dk", { apps = { "state" } })
    m:run_for(s(2))
    same(lines(m:uart_text(), "^state"), {
        "state: version 1: 0", "state: after two calls: 2 switches", "state: a second has 32700 ticks", "state: 0 pending",
    })
end)

case("alarms set all the time leave the others their half", function()
    local m = sandglass.board("nrf52dk", { apps = { "witness", "attack_alarm" } })
    m:run_for(s(2))
    assert(not m:uart_text():find("TOUCHED") and not m:uart_text():find("Kernel panic"))
    assert(#lines(m:uart_text(), "witness %d+: untouched") >= 2)
end)
