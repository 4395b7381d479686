-- The same inputs and the same seed are the same run, to the byte of its trace. Another seed: together.lua.
local function inputs_of_all_kinds(seed)
    local m = sandglass.board("nrf52dk", { apps = { "buttons", "touch", "sensors", "hello" }, seed = seed, trace = true })
    m:press("button0", { at = ms(700), hold = ms(100) })
    m:press("button0", { at = s(1), hold = ms(700) })
    m:touch("pad0", { at = s(1.2), hold = ms(800) })
    m:set("temp", "temperature", -700, { at = ms(1500) })
    m:uart("list\n", { at = s(1.1) })
    m:uart("process hello\n", { at = s(2.2) })
    m:uart("stop sensors\n", { at = s(2.9) })
    m:run_for(s(4))
    assert(m:uart_text():find("-7.00 C", 1, true) and m:uart_text():find("sensors stopped", 1, true))
    assert(#m:trace() > 10000)
    return m:trace(), m:uart_text()
end

case("inputs of all kinds", function()
    local trace, text = inputs_of_all_kinds(77)
    local again, text_again = inputs_of_all_kinds(77)
    assert(trace == again and text == text_again)
end)

for board, apps in pairs({
    nrf52840dk = { "diary", "typist" }, pinetime = { "paint", "pulse", "tilt" }, security_key = { "approve", "touch" },
    sensor_node = { "weather", "beacon" },
}) do
    case("two runs of " .. board, function()
        local traces = {}
        for i = 1, 2 do
            local m = sandglass.board(board, { apps = apps, trace = true })
            m:run_for(s(1))
            traces[i] = m:trace()
        end
        assert(#traces[1] > 10000 and traces[1] == traces[2])
    end)
end
