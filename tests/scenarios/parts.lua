-- Parts that a scenario writes itself: a key on two pins, a sensor on I2C, a chip on SPI.

local function crc8(high, low) -- polynomial 0x31, begins with ones
  local crc = 0xFF
  for _, byte in ipairs{ high, low } do
    crc = crc ~ byte
    for _ = 1, 8 do crc = crc & 0x80 ~= 0 and (crc << 1 ~ 0x131) or crc << 1 end
  end
  return crc & 0xFF
end

local function word(value)
  return { value >> 8, value & 0xFF, crc8(value >> 8, value & 0xFF) }
end

-- What answers to the command "measure" as an SHT3x does.
local function climate(options)
  return sandglass.part("climate", {
    i2c = options,
    start = function(self, read) self.at = 0 end,
    write = function(self, byte)
      self.command = ((self.command or 0) << 8 | byte) & 0xFFFF
      self.measured = (self.measured or 0) + 1
    end,
    read = function(self)
      local answer = word(((self.celsius or 20) + 45) * 65535 // 175)
      for _, byte in ipairs(word(0x8000)) do answer[#answer + 1] = byte end
      self.at = self.at + 1
      return answer[self.at]
    end,
    stop = function(self) self.command = 0 end,
    save = function(self) return { self.celsius, self.measured } end,
    restore = function(self, saved) self.celsius, self.measured = saved[1], saved[2] end,
  })
end

case("a key that presses itself", function()
  local m = sandglass.board("nrf52dk", { apps = { "buttons" } })
  local key = m:attach(sandglass.part("key", {
    pins = { contact = "P0.13", led = "P0.17" }, -- button0 and led0 of the board
    changed = function(self, pin, level) self.seen = (self.seen or 0) + 1 end,
  }))
  m:expect_uart("Entering main loop")
  m:run_for(ms(20))
  key:drive("contact", 0)
  key:after(ms(50), function(self) self:drive("contact", nil) end)
  m:run_until_event { kind = "call", process = "buttons", within = ms(40) } -- the app has heard of it
  m:run_for(ms(100))
  assert(key:now() == m:now())
end)

case("a climate sensor for an app that has a driver for it", function()
  local m = sandglass.board("nrf52dk", { apps = { "probe" } })
  local sensor = m:attach(climate{ scl = "P0.27", sda = "P0.26", address = 0x44 })
  m:expect_uart("probe: 19", { within = s(2) }) -- 20 degrees, less the rounding of 16 bits
  sensor.celsius = -10
  m:expect_uart("probe: -10", { within = s(2) })
  assert(sensor.measured >= 2)
end)

case("a part in a snapshot", function()
  local m = sandglass.board("nrf52dk", { apps = { "probe" } })
  local sensor = m:attach(climate{ scl = "P0.27", sda = "P0.26", address = 0x44 })
  m:expect_uart("probe: 19", { within = s(2) })
  local moment, count = m:snapshot(), sensor.measured
  sensor.celsius = 40
  m:expect_uart("probe: 39", { within = s(2) })
  m:restore(moment)
  assert(sensor.measured == count and sensor.celsius == nil)
  m:expect_uart("probe: 19", { within = s(2) })
end)

case("a chip on SPI that says who it is", function()
  local m = sandglass.board("nrf52dk", { apps = { "flash_id" } })
  local chip = m:attach(sandglass.part("chip", {
    spi = { sck = "P0.25", mosi = "P0.22", miso = "P0.23", cs = "P0.02" },
    select = function(self, selected) self.answer = selected and {} or nil end,
    transfer = function(self, byte)
      local answer = table.remove(self.answer, 1)
      if byte == 0x9F then self.answer = { 0xEF, 0x40, 0x15 } end
      return answer
    end,
  }))
  m:expect_uart("flash_id: manufacturer 0xef, type 0x40, capacity 2097152 bytes")
end)

case("a part on a bus of the board", function()
  local m = sandglass.board("sensor_node", { apps = { "weather" } })
  local starts = {}
  m:attach(sandglass.part("listener", {
    i2c = { bus = "i2c0", address = 0x50 },
    start = function(self, read) starts[#starts + 1] = read end,
  }))
  m:run_for(ms(100))
  assert(#starts == 0) -- nobody asks for that address
end)
