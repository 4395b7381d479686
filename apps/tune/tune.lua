-- tune: the buzzer's tones, one after the other, and what is told when one takes the place of another.
local m = sandglass.board("nrf52840dk", { apps = { "tune" } })
m:expect_uart("tune: a longer one: 0", { within = s(2) })
m:expect_uart("tune: another instead: 0")
m:expect_uart("tune: stopped: 0")
m:expect_uart("tune: the end, -4")
local tones = {}
for _, note in ipairs(m:notes("buzzer")) do
    if note.what == "tone" then
        tones[#tones + 1] = note.value
    end
end
assert(table.concat(tones, " ") == "523 659 784 1047 2093", table.concat(tones, " "))
assert(#m:breaches() == 0) -- nobody touched what is not its own
