-- The same inputs and the same seed are the same run, to the byte of its trace; another seed is another one.
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

-- The sensors' app says random numbers; nothing else depends on them.
case("another seed gives other random numbers and nothing else", function()
    local _, one = inputs_of_all_kinds(77)
    local _, other = inputs_of_all_kinds(78)
    local function split(text)
        local numbers = {}
        local rest = text:gsub("random 0x(%x+)", function(number)
            numbers[#numbers + 1] = number
            return "random"
        end)
        return rest, numbers
    end
    local rest, numbers = split(one)
    local other_rest, other_numbers = split(other)
    assert(rest == other_rest, other_rest)
    assert(#numbers == #other_numbers and #numbers > 1, #numbers)
    for i, number in ipairs(numbers) do
        for _, its in ipairs(other_numbers) do
            assert(number ~= its, i)
        end
    end
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
