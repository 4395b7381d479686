-- experiment_climate: a sample every quarter of a second, never more than a millisecond late, whatever its neighbour does.
local m = sandglass.board("sensor_node", { apps = { "experiment_climate", "experiment_light_1" } })
for number = 1, 20 do
    local late = m:expect_uart({ pattern = "climate: sample " .. number .. ", (%d+) us late", within = s(2) })
    assert(tonumber(late) < 1000, late)
end
