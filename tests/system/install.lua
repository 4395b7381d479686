-- Apps that are installed, replaced and removed while others run: by an app (driver 0x10001), by a host's frames over the
-- console, and with power that fails. The frames are made here once more, from docs/installing-apps.md. What the host's
-- tool does: test_install.py.
limit(s(600))
local GUEST, LOADER = "guest_1", "loader"

local function texts_of(text, pattern)
    local found = {}
    for match in text:gmatch(pattern) do
        found[#found + 1] = match
    end
    return found
end

local function same(found, wanted)
    local text = table.concat(found, "; ")
    assert(text == table.concat(wanted, "; "), text)
end

-- The console's text from each start of the kernel on.
local function starts(m)
    local text, found, from = m:uart_text(), {}, nil
    local at = text:find("Sandglass 0.1.0 on ", 1, true)
    while at do
        from, at = at, text:find("Sandglass 0.1.0 on ", at + 1, true)
        found[#found + 1] = text:sub(from, (at or 0) - 1)
    end
    return found
end

-- The versions of the guest that began.
local function guests(text)
    local found = {}
    for i, line in ipairs(lines(text, "^guest: version %d$")) do
        found[i] = line:match("%d$")
    end
    return found
end

-- The names of the apps that the loader made processes of before the main loop.
local function loaded(text)
    local names = texts_of(text:match("^(.-)Initialization complete") or text, "App (%w+): slot")
    table.sort(names)
    return table.concat(names, " ")
end

-- ---- by an app ----

for _, board in ipairs({ "nrf52dk", "nrf52840dk", "pinetime", "security_key", "sensor_node" }) do
    case("an app installs the new version of another one: " .. board, function()
        local m = sandglass.board(board, { apps = { GUEST, LOADER } })
        m:run_for(s(1))
        local text = m:uart_text()
        same(guests(text), { "1", "2" })
        same(lines(text, "^loader: install"), { "loader: install 0" })
        -- From the new one's beginning on, nothing of the old one.
        local after = text:match("guest: version 2\r?\n(.*)")
        assert(#lines(after, "^guest: 1 goes on$") == 0 and #lines(after, "^guest: 2 goes on$") > 0)
    end)
end

case("it stays", function()
    local m = sandglass.board("nrf52dk", { apps = { GUEST, LOADER } })
    m:fault({ kind = "power.power-cut", value = 1, at = s(1) })
    m:run_for(s(1.5))
    local second = starts(m)[2]
    assert(guests(second)[1] == "2" and loaded(second) == "guest loader")
end)

case("what is refused", function()
    local m = sandglass.board("nrf52840dk", { apps = { GUEST, "loader_tries" } })
    m:run_for(s(1))
    local told = lines(m:uart_text(), "^loader: ")
    table.remove(told, 1)
    for i, line in ipairs(told) do
        told[i] = line:sub(#"loader: " + 1)
    end
    same(told, {
        "write first -6", "finalize first -6", "load first -6", "abort first -6", "setup of too little -6",
        "setup of too much -7", "unload nobody -6", "setup 0", "another setup -2", "garbage -6", "half a header -6",
        "past the end -7", "the first part 0", "other bytes there -6", "load too early -6", "abort 0", "install 0",
    })
end)

case("not without permission", function()
    local m = sandglass.board("nrf52dk", { apps = { GUEST, "loader_unasked" } })
    m:run_for(s(1))
    same(lines(m:uart_text(), "^loader: install"), { "loader: install -11" })
    same(guests(m:uart_text()), { "1" })
end)

-- Power is cut around the ends at each write of a word and each erase, of the image's words at some: every 97th. All of
-- them are minutes.
local STEP = 97
for _, board in ipairs({ "nrf52dk", "nrf52840dk" }) do
    case("power cut while an app installs another one: " .. board, function()
        local m = sandglass.board(board, { apps = { GUEST, LOADER } })
        m:run_for(ms(39))
        local moment = m:snapshot()

        -- Cuts power in the middle of the n-th write or erase: what the next start finds; nil: there was no cut.
        local function cut(n)
            m:restore(moment)
            m:fault({ kind = "flash_controller.power-cut", value = n, at = ms(1) })
            m:run_for(ms(1100) - m:now())
            local second = starts(m)[2]
            assert(not second or loaded(second) == "guest loader", n)
            return second and guests(second)[1]
        end

        local low, high = 1, 4096 -- the last that there is
        while low < high do
            local middle = (low + high + 1) // 2
            if cut(middle) then
                low = middle
            else
                high = middle - 1
            end
        end
        assert(low > 200, low)
        local seen, before = {}, "1"
        for n = 1, low do
            if n < 9 or n >= low - 9 or (n - 1) % STEP == 0 then
                local version = cut(n)
                assert(version == "1" or version == "2", n)
                assert(version >= before, n) -- the switch is one word
                seen[version], before = true, version
            end
        end
        assert(seen["1"] and seen["2"])
    end)
end

-- ---- by frames over the console ----

local function crc32(text)
    local crc = 0xFFFFFFFF
    for i = 1, #text do
        crc = crc ~ text:byte(i)
        for _ = 1, 8 do
            crc = crc >> 1 ~ (crc & 1) * 0xEDB88320
        end
    end
    return ~crc & 0xFFFFFFFF
end

-- What a host types from `at` on, each with the pause in which the board answers.
local Frames = {}
Frames.__index = Frames

function Frames:type(data, pause)
    self.typed[#self.typed + 1] = { at = self.at, data = data }
    self.at = self.at + ms(pause + #data // 10)
end

function Frames:send(kind, payload, pause, spoil)
    self.number = self.number + 1
    local body = kind .. string.pack("<Bs1", self.number, payload or "")
    self:type("\1S" .. body .. string.pack("<I4", crc32(body) ~ (spoil and 1 or 0)), pause or 30)
end

function Frames:image(data)
    self:send("B", string.pack("<I4I4", #data, 0xFFFFFFFF), 400)
    for at = 0, #data - 1, 128 do
        self:send("W", string.pack("<I4", at) .. data:sub(at + 1, at + 128))
    end
end

local function frames_at(time)
    local frames = setmetatable({ at = time, number = 0, typed = {} }, Frames)
    frames:type("\3install\r", 60)
    return frames
end

local function install_frames(data, time)
    local frames = frames_at(time)
    frames:image(data)
    frames:send("S", "", 50)
    frames:send("Q")
    return frames
end

-- A board that has `app`, with all that is typed waiting; when the last of it comes.
local function begin(board, app, ...)
    local m, last = sandglass.board(board, { apps = { app } }), 0
    for _, frames in ipairs({ ... }) do
        for _, typed in ipairs(frames.typed) do
            m:uart(typed.data, { at = typed.at })
        end
        last = frames.at
    end
    return m, last
end

local function go(after, ...)
    local m, last = begin(...)
    m:run_for(last + after)
    return m
end

local BLINK = sandglass.file("blink.tbf")

case("frames install an app", function()
    local m = go(s(1), "nrf52dk", GUEST, install_frames(BLINK, ms(400)))
    assert(m:uart_text():find("App blink: slot 1", 1, true))
    assert(#m:notes("led0") > 0)
end)

case("garbage between, and frames that are spoilt", function()
    local frames, all = frames_at(ms(400)), {}
    for byte = 0, 255 do
        all[byte + 1] = string.char(byte)
    end
    frames:type(table.concat(all) .. "\1\1S\xff\xff\1S", 10)
    frames:type(("\0"):rep(300), 10)
    frames:send("B", string.pack("<I4I4", 1024, 0xFFFFFFFF), 100, true)
    frames:send("X", "what", 20)
    frames:send("W", "\0", 20)
    frames:send("S", "", 20)
    frames:image(BLINK)
    frames:send("S", "", 50)
    frames:send("Q")
    frames:type("list\n", 100)
    local m = go(ms(200), "nrf52dk", GUEST, frames)
    assert(m:uart_text():find("App blink: slot 1", 1, true))
    assert(not m:uart_text():find("\1SB\1", 1, true)) -- what is spoilt is not answered; the next B is the fifth
    assert(m:uart_text():find("\1SB\5", 1, true))
    assert(m:uart_text():find("\n 1 [^\n]*blink")) -- the console is the process console's again
end)

-- After five seconds the place is a hole again and the console everybody's.
case("a host that dies", function()
    local frames = frames_at(ms(400))
    frames:image(BLINK)
    frames.at = frames.at + s(6)
    frames:type("status\n", 100)
    local first = go(ms(200), "nrf52dk", GUEST, frames)
    assert(not first:uart_text():find("App blink", 1, true))
    assert(first:uart_text():find("Total processes: 1", 1, true))
    local second = go(ms(200), "nrf52dk", GUEST, frames, install_frames(BLINK, frames.at))
    assert(second:uart_text():find("App blink: slot 1", 1, true))
end)

-- An app that is new is there whole, or not at all; the other one always is.
case("power cut while frames install an app", function()
    local m, last = begin("nrf52dk", GUEST, install_frames(BLINK, ms(400)))
    m:run_for(ms(89))
    local moment, seen = m:snapshot(), {}
    for _, n in ipairs({ 1, 2, 3, 4, 5, 6, 7, 8, 60, 120, 150, 200, 250, 300, 350, 1000 }) do
        m:restore(moment)
        m:fault({ kind = "flash_controller.power-cut", value = n, at = ms(1) })
        m:run_for(last + ms(600) - m:now())
        local all = starts(m)
        if #all == 2 then
            local names = loaded(all[2])
            assert(names == "guest" or names == "blink guest", n .. ": " .. names)
            seen[names] = true
        end
    end
    assert(seen.guest)
end)

-- ---- whose region of isolated storage an app has that is installed ----

local WROTE = { "A: head missing, generation 0", "A: wrote generation 1, 24" }
local KEPT, REFUSED = { "A: head there, generation 1", "A: wrote generation 2, 24" }, { "A: error -10" }

local function packed(name, options)
    options.name = name
    return sandglass.pack("isolated_A.elf", options)
end

local function listed(name, write_id, others, version)
    return packed(name, { write_id = write_id, read_ids = others, modify_ids = others, app_version = version })
end

-- What they say, the second one installed a second after the first has begun.
local function both(case_name, first, second, said)
    case(case_name, function()
        local m = go(s(1), "nrf52840dk", first(), install_frames(second(), s(1)))
        local wanted = table.move(said, 1, #said, #WROTE + 1, { table.unpack(WROTE) })
        local found = {} -- answers to the frames may stand before
        for _, line in ipairs(lines(m:uart_text(), "A: %l+ ")) do
            local what = line:match("A: .*")
            found[#found + 1] = (what:find("^A: head") or what:find("^A: wrote") or what:find("^A: error")) and what or nil
        end
        same(found, wanted)
    end)
end

local function seven()
    return listed("app", 7, 7)
end

both("the number is what counts: the same", seven, function() return listed("another", 7, 7) end, KEPT)
both("the number is what counts: another", seven, function() return listed("another", 8, { 7, 8 }) end, WROTE)
both("the number is what counts: another that it may not read", seven, function() return listed("another", 8, 7) end, REFUSED)
both("the number is what counts: none, and the same name", seven, function() return packed("app", {}) end, WROTE)
both("an app installed anew keeps its region by its write identifier", function() return listed("app", 7, 7, 1) end,
    function() return listed("app", 7, 7, 2) end, KEPT)
both("an app installed anew keeps its region by its ShortId", function() return packed("old", { short_id = 77 }) end,
    function() return packed("new", { short_id = 77 }) end, KEPT)
both("an app installed anew keeps its region by its name", function() return packed("same", {}) end,
    function() return packed("same", { app_version = 2 }) end, KEPT)
both("an app of another name has a region of its own", function() return packed("old", {}) end,
    function() return packed("new", {}) end, WROTE)
