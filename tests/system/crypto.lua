-- Digests, ciphers and check sums through their drivers: alone, and twice beside an app that wants all of the CPU. What
-- they have to be was computed by others: digests and CRC-32 by Python's hashlib, hmac and zlib, AES by OpenSSL 3.0.19
-- (`openssl enc -aes-128-MODE -nopad -K 2b7e151628aed2a6abf7158809cf4f3c -iv 000102030405060708090a0b0c0d0e0f`, of NIST's
-- first block or of 4096 zeros); CCM is example 1 of NIST SP 800-38C, CRC-32C and CRC-16 are their catalogue's check values.
local function said(m, pattern)
    return lines(m:uart_text(), pattern)
end

local ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
local ZEROS = "9f1dcbc35c350d6027f98be0f5c8b43b42ca52b7604459c0c42be3aa88913d47"
local CODE = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" -- RFC 4231, case 2

local SAYS = {
    sha = { "abc: 0 " .. ABC, "the same: 1", "another: 0", "8192 zeros: 0 " .. ZEROS, "meanwhile the app had its turns" },
    hmac = { "at once: 0 " .. CODE, "its own code: 1", "with another key: 0", "in parts: 0 " .. CODE },
    crc = { "CRC-32: 0 cbf43926", "CRC-32C: 0 e3069283", "CRC-16-CCITT: 0 89f6", "4096 zeros: 0 c71c0011" },
    aes = {
        "ECB: 0 3ad77bb40d7a3660a89ecaf32466ef97", "and back: 0 the same",
        "CBC: 0 7649abac8119b246cee98e9b12e9197d", "and back: 0 the same",
        "CTR: 0 3b3fd92eb72dad20333449f8e83cfb4a", "and back: 0 the same",
        "CCM: 0 00010203040506077162015b4dac255d", "and back: 1 the same", "with other data: 0",
        "4096 bytes: 0", "the last: 0 f651f7a3b03b471f6df7ceabc0560543", "meanwhile the app had its turns",
        "1001 bytes: 0", "3095 bytes: 0", "two parts: 0 555ccd2aea4abdcf61fade8d514b170a",
    },
}

for name, says in pairs(SAYS) do
    for board, count in pairs({ security_key = 1, nrf52840dk = 2 }) do
        case(name .. (count == 1 and " alone" or " twice, beside one that never waits"), function()
            local m = sandglass.board(board, { apps = count == 1 and { name } or { name, name, "hog" } })
            m:breaches() -- the map of owners is there from the beginning
            m:run_for(s(count))
            local found, wanted = said(m, "^" .. name .. ":"), {}
            for _, line in ipairs(says) do
                for _ = 1, count do
                    wanted[#wanted + 1] = name .. ": " .. line
                end
            end
            table.sort(found)
            table.sort(wanted)
            assert(table.concat(found, "\n") == table.concat(wanted, "\n"), table.concat(found, "\n"))
            assert(not m:uart_text():find("trapped"))
            assert(#m:breaches() == 0)
        end)
    end
end

-- The peripheral reports an error: one message is lost, what comes after it is right.
case("AES with a block that fails", function()
    local m = sandglass.board("nrf52dk", { apps = { "aes" } })
    m:fault({ kind = "ecb.error", value = 1 })
    m:run_for(s(1))
    local found = said(m, "^aes: [EC][CB][BC]:")
    assert(#found == 2 and found[1]:find("^aes: ECB: %-1") and found[2]:find("^aes: CBC: 0 "), table.concat(found, "\n"))
    assert(not m:uart_text():find("trapped"))
end)

case("a driver that the board has not", function()
    local m = sandglass.board("nrf52dk", { apps = { "pulse" } })
    m:allow_faults() -- it ends with code 1
    m:run_for(s(1))
    assert(table.concat(said(m, "^pulse:"), "\n") == "pulse: no sensor, error -11")
end)
