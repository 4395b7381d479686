-- Apps as Tock's own tools make them: apps/tests/tock_layout has its own start-up and linker script, and is packed here, byte
-- by byte from the format's description, in each of the ways that Tock's packer has had.
local link_flash, pt_load = 0x80000000, 1
local main, name, kernel_version, program, credentials = 1, 3, 8, 9, 128
local reserved, sha256_kind = 0, 3
local said = {
    "tock: a function by its address in data", "tock: an address of RAM in data", "tock: an address of flash in data",
    "tock: zeros", "tock: a heap",
}

-- What a packer takes from an app's ELF: all that lies in flash, then the length of data's relocations, and these.
local function read_elf()
    local elf = sandglass.file("tock_layout.elf")
    local entry, segments, sections = string.unpack("<I4I4I4", elf, 25)
    local segment_count = string.unpack("<I2", elf, 45)
    local section_size, section_count, names = string.unpack("<I2I2I2", elf, 47)
    local function section(index) -- name, type, flags, address, offset, size
        return { string.unpack("<I4I4I4I4I4I4", elf, sections + section_size * index + 1) }
    end
    local loads = {}
    for i = 0, segment_count - 1 do
        local kind, offset, _, physical, in_file = string.unpack("<I4I4I4I4I4", elf, segments + 32 * i + 1)
        if kind == pt_load and in_file > 0 then
            loads[#loads + 1] = { physical = physical, bytes = elf:sub(offset + 1, offset + in_file) }
        end
    end
    table.sort(loads, function(one, other) return one.physical < other.physical end)
    local image = ""
    for _, load in ipairs(loads) do
        image = image .. ("\0"):rep(load.physical - link_flash - #image) .. load.bytes
    end
    local ram, relocations = 0, ""
    local name_table = section(names)[5]
    for i = 0, section_count - 1 do
        local at, _, flags, address, offset, size = table.unpack(section(i))
        if flags & 2 ~= 0 and address < link_flash then
            ram = math.max(ram, address + size)
        end
        if string.unpack("z", elf, name_table + at + 1) == ".rel.data" then
            relocations = elf:sub(offset + 1, offset + size)
        end
    end
    return { entry = entry, ram = ram, binary = image .. string.pack("<I4", #relocations) .. relocations }
end

local function tlv(kind, payload)
    return string.pack("<I2I2", kind, #payload) .. payload .. ("\0"):rep(-#payload % 4)
end

local function with_checksum(image)
    local sum = 0
    for at = 1, string.unpack("<I2", image, 3), 4 do
        sum = sum ~ (at == 13 and 0 or string.unpack("<I4", image, at))
    end
    return image:sub(1, 12) .. string.pack("<I4", sum) .. image:sub(17)
end

-- FIPS 180-4, in its plainest form.
local function sha256(text)
    local constants, primes, candidate = {}, {}, 2
    while #primes < 64 do
        local is_prime = true
        for _, prime in ipairs(primes) do
            is_prime = is_prime and candidate % prime ~= 0
        end
        primes[#primes + 1] = is_prime and candidate or nil
        candidate = candidate + 1
    end
    local function fraction(root) -- the first 32 bits behind the point
        return math.floor((root - math.floor(root)) * 2.0 ^ 32)
    end
    local hash = {}
    for i = 1, 64 do
        constants[i] = fraction(primes[i] ^ (1 / 3))
        hash[i] = i <= 8 and fraction(primes[i] ^ 0.5) or nil
    end
    local function rotate(word, count)
        return (word >> count | word << 32 - count) & 0xFFFFFFFF
    end
    local padded = text .. "\x80" .. ("\0"):rep((55 - #text) % 64) .. string.pack(">I8", 8 * #text)
    for block = 1, #padded, 64 do
        local w = {}
        for i = 1, 16 do
            w[i] = string.unpack(">I4", padded, block + 4 * (i - 1))
        end
        for i = 17, 64 do
            local s0 = rotate(w[i - 15], 7) ~ rotate(w[i - 15], 18) ~ w[i - 15] >> 3
            local s1 = rotate(w[i - 2], 17) ~ rotate(w[i - 2], 19) ~ w[i - 2] >> 10
            w[i] = w[i - 16] + s0 + w[i - 7] + s1 & 0xFFFFFFFF
        end
        local a, b, c, d, e, f, g, h = table.unpack(hash)
        for i = 1, 64 do
            local t1 = h + (rotate(e, 6) ~ rotate(e, 11) ~ rotate(e, 25)) + (e & f ~ ~e & g) + constants[i] + w[i]
            local t2 = (rotate(a, 2) ~ rotate(a, 13) ~ rotate(a, 22)) + (a & b ~ a & c ~ b & c)
            h, g, f, e, d, c, b, a = g, f, e, d + t1 & 0xFFFFFFFF, c, b, a, t1 + t2 & 0xFFFFFFFF
        end
        for i, word in ipairs({ a, b, c, d, e, f, g, h }) do
            hash[i] = hash[i] + word & 0xFFFFFFFF
        end
    end
    return string.pack(">I4I4I4I4I4I4I4I4", table.unpack(hash))
end

case("the digest that the footers get is right", function()
    local function hex(text)
        return (text:gsub(".", function(c) return ("%02x"):format(c:byte()) end))
    end
    assert(hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
end)

local function credential(kind, data)
    return tlv(credentials, string.pack("<I4", kind) .. data)
end

-- A SHA-256 of header and binary, and room for what may come later, as the packer leaves it.
local function digest_and_room(region)
    return credential(sha256_kind, sha256(region)) .. credential(reserved, ("\0"):rep(3000 - 44))
end

local function power_of_two(count)
    local power = 512
    while power < count do
        power = 2 * power
    end
    return power
end

-- Main (or Program), name, kernel version; `trailer` protected bytes behind the header.
local function packed(options)
    local elf = read_elf()
    local trailer, footers = options.trailer or 0, options.footers or function() return "" end
    local major, minor = table.unpack(options.version or { 2, 0 })
    local binary = ("\0"):rep(trailer) .. elf.binary
    local numbers = string.pack("<I4I4I4", trailer + elf.entry - 1 - link_flash, trailer, elf.ram + 1024 + 1024)
    local more = tlv(name, "tock_layout") .. tlv(kernel_version, string.pack("<I2I2", major, minor))
    local body
    if options.program then
        local size = 16 + 4 + 20 + #more
        body = tlv(program, numbers .. string.pack("<I4I4", size + #binary, 7)) .. more
    else
        body = tlv(main, numbers) .. more
    end
    local size = 16 + #body
    local total = power_of_two(size + #binary + #footers(""))
    local image = with_checksum(string.pack("<I2I2I4I4I4", 2, size, total, 1, 0) .. body .. binary)
    image = image .. footers(image)
    return image .. ("\0"):rep(total - #image)
end

local function runs(image, ...)
    local m = sandglass.board("nrf52dk", { apps = { image, ... }, isolation = true, trace = true })
    m:run_for(ms(2500))
    local found = table.concat(lines(m:uart_text(), "^tock:"), "\n")
    assert(found == table.concat(said, "\n"), found)
    assert(m:count_events("fault", "tock_layout") == 0)
    assert(m:summary():find(" 0 times a foreign byte changed", 1, true))
    return m
end

case("Main only, and a power of two", function()
    local image = packed({})
    assert(#image & #image - 1 == 0)
    runs(image)
end)

case("Program with footers", function()
    runs(packed({ program = true, footers = digest_and_room }))
end)

case("a protected trailer", function()
    runs(packed({ trailer = 64 }))
    runs(packed({ program = true, trailer = 128, footers = digest_and_room }))
end)

case("what later packers ask for", function()
    runs(packed({ version = { 2, 2 } }))
end)

case("beside apps of ours", function()
    local m = runs(packed({ program = true, footers = digest_and_room }), "hello", "blink")
    assert(#lines(m:uart_text(), "^hello: greeting") == 2)
end)

case("another major version is refused by name", function()
    local m = sandglass.board("nrf52dk", { apps = { packed({ version = { 1, 0 } }), "hello" } })
    m:run_for(s(1))
    assert(#lines(m:uart_text(), "kernel version") == 1 and #lines(m:uart_text(), "^tock:") == 0)
end)
