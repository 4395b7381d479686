-- A part at the other end of a serial line: it types to the kernel's process console, and the line may be bad.
local function board()
    return sandglass.board("../boards/uart_peer.dts", { kernel = "nrf52dk.elf", apps = { "hello" } })
end

local function type_list(m)
    m:run_for(s(1))
    m:set("peer0", "line", 0)
end

case("a line is typed and answered", function()
    local m = board()
    type_list(m)
    m:expect_uart({ pattern = "PID +ShortID", within = s(1) })
end)

case("a silent peer types nothing", function()
    local m = board()
    m:fault({ kind = "peer0.silent" })
    type_list(m)
    m:expect_no_uart("ShortID", { over = s(2) })
end)

case("a line that drops bytes", function()
    local m = board()
    m:fault({ kind = "uart0.rx-drop", value = 2 })
    type_list(m)
    m:expect_no_uart("ShortID", { over = s(2) })
end)
