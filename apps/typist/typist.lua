-- typist: a keyboard with one key; the host gets a report for each key down and up.
-- HID usage tables, page 7: what a keyboard of the US makes of a key without and with shift.
local KEYS = { [40] = "\n\n", [43] = "\t\t", [44] = "  " }
for i = 0, 25 do
    KEYS[4 + i] = string.char(("a"):byte() + i, ("A"):byte() + i)
end
for usage, pair in pairs({
    "1!", "2@", "3#", "4$", "5%", "6^", "7&", "8*", "9(", "0)",
    [16] = "-_", [17] = "=+", [18] = "[{", [19] = "]}", [20] = "\\|", [22] = ";:", [23] = "'\"", [24] = "`~", [25] = ",<", [26] = ".>",
    [27] = "/?",
}) do
    KEYS[29 + usage] = pair
end

-- Every second report has a key down, the others none: what was typed.
local function typed(m)
    local text, down = {}, false
    for _, note in ipairs(m:notes("usb_host")) do
        if note.what == "HID report" then
            local shift, key = note.value >> 1 & 1, note.value >> 16 & 0xFF
            down = not down
            assert((key ~= 0) == down, note.value)
            text[#text + 1] = down and KEYS[key]:sub(shift + 1, shift + 1) or nil
        end
    end
    assert(not down)
    return table.concat(text)
end

case("what is typed arrives", function()
    local m = sandglass.board("nrf52840dk", { apps = { "typist" } })
    m:press("button0", { at = s(2), hold = ms(100) })
    m:run_for(s(4))
    assert(#lines(m:uart_text(), "typist: typed") == 1)
    local text = typed(m)
    assert(text == "Hello, sand-glass!\n", text)
end)

case("without a computer", function()
    local m = sandglass.board("nrf52840dk", { apps = { "typist" } })
    m:set("usb_host", "unplug", 1, { at = s(1) })
    m:press("button0", { at = s(2), hold = ms(100) })
    m:run_for(s(3))
    assert(#lines(m:uart_text(), "typist: there is no computer") == 1)
end)
