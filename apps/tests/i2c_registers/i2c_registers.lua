-- i2c_registers: an app speaks on the bus on which the kernel's drivers have sensors, and these go on.
local m = sandglass.board("sensor_node", { apps = { "i2c_registers", "weather" } })
m:run_for(s(2))
local text = m:uart_text()
local said = table.concat(lines(text, "^i2c:"), "; ")
assert(said == "i2c: 0 10; i2c: nobody: -13; i2c: temperature: 0 2500", said) -- the status after power-on; NOACK
local weather = lines(text, "^weather:")
assert(#weather > 0 and #lines(text, "^weather: 25.00 C") == #weather)
assert(#m:guest_errors() == 0)
