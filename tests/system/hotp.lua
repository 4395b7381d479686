-- The product `hotp`: a touch gives a one-time password, also after losses of power; no power cut shows one twice; and what
-- another app can do to learn the key.
limit(s(300))
local KEY = "3132333435363738393031323334353637383930"

-- The first 16 as oathtool (OATH Toolkit 2.6.7) has them, whose SHA-256 is that of RFC 6238, with the counter as the time
-- step: `oathtool --totp=sha256 -s 30s -N @SECONDS -d 6 KEY`, SECONDS 30 times the counter.
local PASSWORDS = {
    [0] = "875740", "247374", "254785", "496144", "480556", "697997", "191609", "579288", "895912", "184989", "586609",
    "771515", "360470", "916449", "439235", "766307",
}

local function said(m, pattern)
    return lines(m:uart_text(), pattern)
end

-- The passwords that were shown, each of them the right one: their counters.
local function shown(m)
    local counters = {}
    for _, line in ipairs(said(m, "hotp: %d+: %d%d%d%d%d%d$")) do
        local counter, password = line:match("hotp: (%d+): (%d+)$")
        counters[#counters + 1] = tonumber(counter)
        assert(PASSWORDS[tonumber(counter)] == password, line)
    end
    return counters
end

local function shows(m, first, last)
    local counters = shown(m)
    assert(#counters == last - first + 1, table.concat(counters, " "))
    for i, counter in ipairs(counters) do
        assert(counter == first + i - 1, table.concat(counters, " "))
    end
end

local function touch(m, ...)
    for _, time in ipairs({ ... }) do
        m:touch("pad0", { at = ms(time) - m:now(), hold = ms(100) })
    end
end

local function board(...)
    local m = sandglass.board("nrf52dk", { apps = { ... } })
    m:uart(KEY .. "\n", { at = ms(450) })
    return m
end

local function cut(m, ...)
    for _, time in ipairs({ ... }) do
        m:fault({ kind = "power.power-cut", value = 1, at = ms(time) })
    end
end

case("a touch gives the next one, over losses of power", function()
    local m = board("hotp")
    touch(m, 1000, 1500, 3000, 3500, 5500)
    cut(m, 2000, 4500)
    m:run_for(s(6.5))
    shows(m, 0, 4)
    local asked = said(m, "touch for password %d+")
    for i, line in ipairs(asked) do
        asked[i] = line:match("touch for password (%d+)")
    end
    assert(table.concat(asked, " ") == "0 2 4")
end)

case("they are oathtool's", function()
    local m = board("hotp")
    for i = 0, 15 do
        touch(m, 1000 + 500 * i)
    end
    m:run_for(s(9.5))
    shows(m, 0, 15)
end)

case("a key is taken once", function()
    local m = sandglass.board("nrf52dk", { apps = { "hotp" } })
    m:uart("no key, for there are letters in it: abc\n", { at = ms(450) })
    m:uart(KEY .. "\n", { at = s(1) })
    m:uart(("00"):rep(20) .. "\n", { at = s(2.5) })
    cut(m, 2000)
    touch(m, 1500, 3000)
    m:run_for(s(4))
    assert(#said(m, "this is no key") == 1)
    assert(#said(m, "no key yet") == 1)
    shows(m, 0, 1)
end)

-- The first touch stores and shows; the second is cut at each write and erase; the third goes on.
case("no power cut shows one twice", function()
    local m = board("hotp")
    touch(m, 1000)
    m:run_for(ms(1390))
    local moment, nexts, n = m:snapshot(), {}, 0
    repeat
        n = n + 1
        m:restore(moment)
        touch(m, 1500, 3500)
        m:fault({ kind = "flash_controller.power-cut", value = n, at = ms(10) })
        m:run_for(ms(4200) - m:now())
        local was_cut = #said(m, "^Initialization") > 1
        if was_cut then
            local counters = shown(m)
            for i, counter in ipairs(counters) do
                assert(i == 1 and counter == 0 or i > 1 and counter > counters[i - 1], table.concat(counters, " "))
            end
            local last = counters[#counters]
            assert(last == 1 or last == 2, last)
            nexts[last] = true
        end
    until not was_cut or n == 99
    assert(nexts[1] and nexts[2])
    assert(n > 25 and n < 99, n)
end)

-- ---- who tries to learn the key ----

local FOUND = "thief: found by an offset of driver 0x50004"

case("another app learns nothing", function()
    local m = board("hotp", "hotp_thief")
    m:allow_faults() -- its last attempt
    for i = 0, 15 do
        touch(m, 1000 + 700 * i)
    end
    m:run_for(s(14))
    local knows = said(m, "what to look for")
    assert(#knows > 0)
    for _, line in ipairs(knows) do
        assert(line == "thief: knows what to look for", line)
    end
    local rounds = said(m, "thief: round")
    assert(#rounds >= 2)
    for _, line in ipairs(rounds) do
        assert(line:find("found 0 in", 1, true), line)
    end
    assert(#said(m, "thief: found") == 0)
    -- Its last attempt, at an address of hotp's.
    assert(#said(m, "Process hotp_thief .* faulted") > 0)
    -- The victim went on meanwhile.
    shows(m, 0, 15)
end)

-- What the attempts above are worth: the same program, installed under hotp's name, finds the key.
case("one that passes for hotp does", function()
    local m = board("hotp", sandglass.pack("hotp_thief.elf", { name = "hotp" }))
    m:allow_faults()
    m:run_for(s(8))
    assert(#said(m, FOUND) > 0)
end)

-- hotp's number in the thief's lists opens nothing; as its own it is hotp's region.
for own, finds in pairs({ thief = false, hotp = true }) do
    case("storage permissions: the number is " .. own .. "'s", function()
        local numbers = { hotp = 0x486F7470, thief = 0x5448 }
        local hotp = sandglass.pack("hotp.elf",
            { write_id = numbers.hotp, read_ids = { numbers.hotp }, modify_ids = { numbers.hotp } })
        local both = { numbers.hotp, numbers.thief }
        local thief = sandglass.pack("hotp_thief.elf", { write_id = numbers[own], read_ids = both, modify_ids = both })
        local m = board(hotp, thief)
        m:allow_faults()
        touch(m, 1000, 1500)
        m:run_for(s(8))
        assert((#said(m, FOUND) > 0) == finds)
        assert((#said(m, "thief: round 0, found 0 in") > 0) == not finds)
        shows(m, 0, 1)
    end)
end
