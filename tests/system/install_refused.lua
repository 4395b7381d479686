-- Installing over the console what a board does not accept: on one that wants signatures (kernel/boards/signed_test), and with
-- power that fails. Whoever installs is told why, and the app that was to be replaced runs on. By the tool: test_install_refused.py.
local check_ms = 1500 -- of a signature
local none, wrong = "it has no signature that this board accepts", "a hash or signature of it is wrong"

-- ---- what a host types (docs/installing-apps.md) ----

local function crc32(text)
    local crc = 0xFFFFFFFF
    for i = 1, #text do
        crc = crc ~ text:byte(i)
        for _ = 1, 8 do
            crc = crc >> 1 ~ (crc & 1 ~= 0 and 0xEDB88320 or 0)
        end
    end
    return crc ~ 0xFFFFFFFF
end

-- Types the frames of a whole installation from `at_ms` on; when the last of them is over.
local function type_frames(m, image, at_ms)
    local number = 0
    local function type_bytes(bytes, pause_ms)
        m:uart(bytes, { at = ms(at_ms) - m:now() })
        at_ms = at_ms + pause_ms + #bytes // 10
    end
    local function send(kind, payload, pause_ms)
        number = number + 1
        local body = kind .. string.char(number & 0xFF, #payload) .. payload
        type_bytes("\1S" .. body .. string.pack("<I4", crc32(body)), pause_ms)
    end
    type_bytes("\3install\r", 60)
    send("B", string.pack("<I4I4", #image, 0xFFFFFFFF), 400)
    for at = 0, #image - 1, 128 do
        send("W", string.pack("<I4", at) .. image:sub(at + 1, at + 128), 30)
    end
    send("S", "", check_ms)
    send("Q", "", 30)
    return ms(at_ms)
end

-- ---- apps ----

local function pack(elf, options)
    options.sign = options.key and "keys/" .. options.key .. ".pem"
    options.key = nil
    return sandglass.pack(elf .. ".elf", options)
end

local function guest(key)
    return pack("guest_1", { name = "guest", key = key })
end

-- An app that passes for a new version of the guest: it says nothing, and lights an LED now and then.
local function other(key, sha256)
    return pack("blink", { name = "guest", key = key, sha256 = sha256 })
end

local function spoilt(image)
    return image:sub(1, 200) .. string.char(image:byte(201) ~ 1) .. image:sub(202)
end

-- ---- what is seen ----

-- The versions of the guest that have begun.
local function guests(text)
    local found = {}
    for i, line in ipairs(lines(text, "^guest: version %d$")) do
        found[i] = line:sub(-1)
    end
    return table.concat(found, " ")
end

local function old_one_runs_on(m, at_least)
    assert(guests(m:uart_text()):find("^1[ 1]*$"), guests(m:uart_text())) -- as often as it is started
    local goes_on = lines(m:uart_text(), "goes on")
    assert(goes_on[#goes_on] == "guest: 1 goes on" and #goes_on >= at_least)
end

local function signed_board(...)
    return sandglass.board("nrf52840dk", { kernel = "signed_test.elf", apps = { ... } })
end

-- What becomes of it when it is installed over the console while the guest runs.
local function install(image)
    local m = signed_board(guest("board"))
    local over = type_frames(m, image, 1500)
    m:run_for(over + s(1))
    return m
end

case("what is signed replaces it", function()
    local m = install(other("board"))
    assert(guests(m:uart_text()) == "1" and #m:notes("led0") > 0)
end)

for what, refused in pairs({
    bare = { function() return other() end, none },
    ["a stranger's"] = { function() return other("stranger") end, none },
    ["only a hash"] = { function() return other(nil, true) end, none },
    changed = { function() return spoilt(other("board")) end, none },
    ["its hash is wrong"] = { function() return spoilt(other("board", true)) end, wrong },
}) do
    case("what is not signed is refused, and the old one runs on: " .. what, function()
        local m = install(refused[1]())
        local after
        for at in m:uart_text():gmatch("()" .. refused[2]) do
            after = m:uart_text():sub(at)
        end
        assert(after, m:uart_text():sub(-300))
        assert(#m:notes("led0") == 0)
        old_one_runs_on(m, 1)
        assert(#lines(after, "^guest: 1 goes on") >= 5)
    end)
end

-- The loader has the second version without a signature in it.
case("by an app", function()
    local loader = pack("loader", { permissions = { "0x0:1-6", "0x1:1", "0x10001:0-6" }, key = "board" })
    local m = signed_board(guest("board"), loader)
    m:run_for(s(4))
    assert(table.concat(lines(m:uart_text(), "^loader: install"), "; ") == "loader: install -1")
    old_one_runs_on(m, 10)
end)

-- Whatever write or erase the power fails at, the old one runs afterwards, or the new one.
case("power that fails in an update", function()
    local m = sandglass.board("nrf52dk", { apps = { guest() } })
    local over = type_frames(m, other(), 1500)
    m:run_for(ms(1400))
    local moment = m:snapshot()
    local seen = {}
    local function check(n)
        m:restore(moment)
        m:fault({ kind = "flash_controller.power-cut", value = n })
        m:run_for(over + s(1) - m:now())
        local starts, last = 0, nil
        for at in m:uart_text():gmatch("()Sandglass 0%.1%.0 on ") do
            starts, last = starts + 1, m:uart_text():sub(at)
        end
        assert(starts == 1 or starts == 2, starts)
        if starts == 2 then
            local loaded = lines(last:match("^.-Initialization complete"), "^App [%w_]+: slot")
            assert(#loaded == 1 and loaded[1]:find("^App guest: "), loaded[1])
            seen[guests(last) ~= "" and "old" or "new"] = true
        end
    end
    for _, range in ipairs({ { 1, 5, 1 }, { 40, 40, 1 }, { 200, 200, 1 }, { 258, 289, 2 } }) do
        for n = range[1], range[2], range[3] do
            check(n)
        end
    end
    assert(seen.old and seen.new)
end)
