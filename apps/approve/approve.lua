-- approve: waits for a report of the USB host; a touch alone does nothing.
local m = sandglass.board("security_key", { apps = { "approve" } })
m:run_for(s(1))
m:touch("pad0", { hold = ms(100) })
m:run_for(s(1))
m:expect_process("approve", { restarts = 0 })

-- A host that begins anew before it has taken the answer does not keep the app waiting.
local h = sandglass.board("security_key", { apps = { "approve" } })
h:run_for(s(1))
h:set("usb_host", "data", 42)
h:set("usb_host", "out", 4 << 8 | 1)
h:expect_uart("approve: report 2a 00 00 00\n", { within = ms(100) })
h:run_for(ms(10))
h:set("usb_host", "suspend", 1)
h:touch("pad0", { hold = ms(50) })
h:run_for(ms(200))
h:set("usb_host", "reset", 1)
h:expect_uart("approve: the host is gone\n", { within = ms(100) })
