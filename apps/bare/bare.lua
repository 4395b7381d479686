-- bare: no C library, no buffers, no memory of the kernel's.
local m = sandglass.board("nrf52dk", { apps = { "bare" } })
for i = 1, 5 do
    m:expect_uart(("LowLevelDebug: App 0x0 prints 0x%x 0x%x\r\n"):format(i, i * i))
end
m:expect_uart("LowLevelDebug: App 0x0 status code 0x600d")
