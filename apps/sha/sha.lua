-- sha: the digest of "abc" of FIPS 180-4.
local m = sandglass.board("nrf52dk", { apps = { "sha" } })
m:expect_uart("sha: abc: 0 ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", { within = s(1) })
m:expect_uart("sha: the same: 1")
m:expect_uart("sha: another: 0")
