-- approve: waits for a report of the USB host; a touch alone does nothing.
local m = sandglass.board("security_key", { apps = { "approve" } })
m:run_for(s(1))
m:touch("pad0", { hold = ms(100) })
m:run_for(s(1))
m:expect_process("approve", { restarts = 0 })
