-- ble_storm: calls of all kinds to the driver of Bluetooth LE, beside two apps that advertise.
local m = sandglass.board("nrf52dk", { apps = { "beacon", "../examples/30000_ble_advertising.tbf", "ble_storm" } })
m:run_for(s(3))
local told = lines(m:uart_text(), "^ble_storm: ")
assert(#told == 1 and told[1] == "ble_storm: nothing was wrong", told[1])
