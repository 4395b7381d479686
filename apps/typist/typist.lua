-- typist: a keyboard with one key; the host gets a report for each key down and up.
local m = sandglass.board("nrf52840dk", { apps = { "typist" } })
m:run_for(s(1))
m:press("button0", { hold = ms(100) })
m:run_for(ms(300))
local reports = 0
for _, note in ipairs(m:notes("usb_host")) do
    reports = reports + (note.what == "HID report" and 1 or 0)
end
assert(reports > 10 and reports % 2 == 0, reports .. " reports")
