-- What a case costs before it does anything: time sandglass test --jobs 1 bench/scenario_starts.lua
for i = 1, 1000 do
    case("start " .. i, function()
        settle(0)
        sandglass.board("nrf52dk", { apps = { "blink", "buttons" } })
    end)
end
