-- Two hundred cases, each of which boots a board with two apps and presses a button:
-- time sandglass test --jobs 2 bench/scenarios.lua
for i = 1, 200 do
    case("press " .. i, function()
        local m = sandglass.board("nrf52dk", { apps = { "blink", "buttons" } })
        m:expect_uart("Entering main loop")
        m:run_for(ms(5))
        m:press("button0", { at = us(37 * i), hold = ms(30) })
        m:expect_uart("button 0 pressed, 1 so far")
        m:expect_pin("led1", { on = true })
    end)
end
