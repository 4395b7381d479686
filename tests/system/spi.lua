-- A flash and a display on one SPI bus, and a flash on QSPI, as guests drive them: tests/guests/spi.c on the watch's
-- board, tests/guests/qspi.c on the nRF52840-DK, tests/guests/spi_loop.c with jumpers.
local function start(board, guest, fault, value, at)
    local m = sandglass.board(board, { kernel = guest .. ".elf" })
    if fault then
        m:fault({ kind = fault, value = value, at = at })
    end
    return m
end

-- To the end of it: what it said by "WHAT VALUE" in lines.
local function finish(m)
    m:run_for(ms(200) - m:now())
    local said, text = {}, m:uart_text()
    assert(text:sub(-5) == "done\n", text)
    for line in text:gmatch("([^\n]*)\n") do
        local what, value = line:match("^(.*) (%S+)$")
        if what then
            said[what] = value
        end
    end
    return said
end

local function watch(...)
    local m = start("pinetime", "spi", ...)
    return m, finish(m)
end

local function kit(...)
    local m = start("nrf52840dk", "qspi", ...)
    m:expect_fault({ kind = "PRECISERR" }) -- the last that it does
    return m, finish(m)
end

local function count(m, device, what)
    local found = 0
    for _, note in ipairs(m:notes(device)) do
        found = found + (note.what == what and 1 or 0)
    end
    return found
end

local function is_from_to(number, first, last)
    assert(number >= first and number < last, number)
end

local function same(found, wanted)
    assert(found == wanted, found)
end

case("the flash says who it is and keeps what it is given", function()
    local _, said = watch()
    same(said.flash, "000b4016")
    same(said.holds, "abcdefghijklmnop")
    same(said.beyond, "000000ff")
end)

case("an erase takes 70 ms and a program 400 us", function()
    local _, said = watch()
    -- Polled by transfers of 2 us and an interrupt each.
    is_from_to(tonumber(said["erase us"], 16), 70000, 70020)
    is_from_to(tonumber(said["program us"], 16), 400, 420)
end)

case("anomaly 58 and its workaround", function()
    local _, said = watch()
    same(said["single bytes"], "ace") -- every second byte is lost
    same(said["with the workaround"], "abc")
end)

case("the display takes a window", function()
    local m, said = watch()
    -- 10 lines of 241 bytes at 8 MHz are 2410 us; the rest is the driver's.
    is_from_to(tonumber(said["drawn us"], 16), 2410, 3500)
    assert(count(m, "st7789v", "on") > 0 and count(m, "st7789v", "frame") > 0)
end)

-- Within the erase, within the program and within a line of the picture.
for _, time in ipairs({ ms(30), ms(70.5), ms(85.1) }) do
    case("goes on from a snapshot of " .. time // us(100) / 10 .. " ms", function()
        local m = start("pinetime", "spi")
        m:run_for(time)
        local moment = m:snapshot()
        finish(m)
        local text, frames = m:uart_text(), count(m, "st7789v", "frame")
        m:restore(moment)
        finish(m)
        same(m:uart_text(), text)
        assert(frames > 0 and count(m, "st7789v", "frame") == frames)
    end)
end

case("a flash that does not answer", function()
    local _, said = watch("xt25f32b.no-answer", 1)
    same(said.flash, "00000000")
end)

case("a program that changes nothing", function()
    local _, said = watch("xt25f32b.write-drop", 1, ms(1))
    same(said.beyond, "000000ff")
    assert(said.holds == nil or said.holds:sub(1, 3) ~= "abc")
end)

case("a display that is dead", function()
    local m = watch("st7789v.no-answer", 1, ms(1))
    assert(count(m, "st7789v", "on") == 0)
end)

case("QSPI: who the flash is", function()
    local _, said = kit()
    same(said.status, "00000008")
    same(said.id, "001728c2")
end)

case("QSPI: what was written is read", function()
    local _, said = kit()
    assert(said.sum and said["read back"] == said.sum)
    same(said.window, "12345678")
    same(said["half word"], "00001234")
end)

case("QSPI: the flash takes its time", function()
    local _, said = kit()
    -- Its status register 10 ms, a sector 40 ms, and two of three pages 850 us; waits are a 64th longer at most.
    is_from_to(tonumber(said["erase sent us"], 16), 10000, 10200)
    is_from_to(tonumber(said["written us"], 16), 51700, 52900)
end)

case("QSPI: the window of a sleeping interface is a bus fault", function()
    local m = kit()
    assert(m:uart_text():find("bus fault\n", 1, true))
    local told = false
    for _, error in ipairs(m:guest_errors()) do
        told = told or error.text:find("the flash's window is read while QSPI is not active", 1, true) ~= nil
    end
    assert(told)
end)

case("QSPI: a torn write is found", function()
    local _, whole = kit()
    local _, said = kit("mx25r64.write-torn", 2)
    assert(said["read back"] ~= whole.sum)
end)

case("SPIM and SPI talk to SPIS over jumpers", function()
    local m = start("../boards/spi_jumpers.dts", "spi_loop")
    m:run_for(ms(100))
    local exchange = "slave heard what?\nmaster heard echo.\nstatus 00000001\n" -- OVERREAD: one byte of ORC
    same(m:uart_text(), "semaphore 00000001\nmaster heard -----\n" .. exchange .. exchange .. "done\n")
end)

case("the same again", function()
    local first, again = watch(), watch()
    assert(first ~= again and #first:trace() > 1000 and first:trace() == again:trace())
end)
