-- threshold: the comparator tells when a knob's voltage rises above another one.
local m = sandglass.board("../../tests/boards/header_analog.dts", { kernel = "nrf52840dk.elf", apps = { "threshold" } })
m:expect_uart("threshold: at first below", { within = s(1) })
m:run_for(ms(100))
m:set("knob", "percent", 90)
m:expect_uart("threshold: rose, and is above", { within = s(1) })
