-- pulse: finds the heart rate in what a light sensor sees, within 2 beats a minute.
local m = sandglass.board("pinetime", { apps = { "pulse" } })
m:set("hrs3300", "heart-rate", 72)
for _ = 1, 3 do
    local beats = m:expect_uart({ pattern = "pulse: (%d+) beats a minute", within = s(10) })
    assert(math.abs(beats - 72) <= 2, beats)
end
