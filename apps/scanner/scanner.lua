-- scanner: listens; alone on the air it hears nobody.
local m = sandglass.board("nrf52840dk", { apps = { "scanner" } })
m:expect_uart("scanner: listening", { within = s(2) })
m:expect_no_uart("scanner: heard", { over = s(2) })
