-- keyboard: every sign that a keyboard of the US has, and its lamps.
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

local m = sandglass.board("nrf52840dk", { apps = { "keyboard" } })
m:set("usb_host", "data", 2, { at = ms(3500) }) -- one byte to endpoint 1: Caps Lock
m:set("usb_host", "out", 1 << 8 | 1, { at = ms(3500) })
m:run_for(s(4))
assert(#lines(m:uart_text(), "FAIL") == 0 and #lines(m:uart_text(), "lamps 2") == 1)
local wanted = {}
for sign = 32, 126 do
    wanted[#wanted + 1] = string.char(sign)
end
local text = typed(m)
assert(text == table.concat(wanted) .. "\t\n", text)
