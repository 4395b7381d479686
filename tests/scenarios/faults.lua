-- Disturbances of a run, what they do to an app, and who owns which byte: docs/faults.md.

case("the kernel lives with a skipped store", function()
  local m = sandglass.board("nrf52dk", { apps = { "blink" } })
  m:run_for(ms(300))
  local count = m:fault{ at = { call = "command", process = "blink", instructions = 3 }, kind = "skip" }
  assert(m:fault_state(count).state == "waits" and m:fault_state(count).pc == nil)
  m:allow_faults()
  m:run_for(ms(500))
  local done = m:fault_state(count)
  assert(done.state == "done" and done.at > ms(300) and done.pc > 0, done.text)
end)

case("the n-th execution of an address", function()
  local m = sandglass.board("nrf52dk", { apps = { "blink" } })
  local step = m:symbol("kernel", "arch_svc_handler") -- its address; odd: Thumb
  local third = m:fault{ at = { address = step & ~1, count = 3 }, kind = "reg.flip", register = "s31", bit = 0 }
  local handler = m:fault{ at = { exception = 11, count = 2 }, kind = "reg.flip", register = "s30", bit = 1 }
  m:run_for(ms(300))
  assert(m:fault_state(third).pc == step & ~1)
  assert(m:fault_state(third).before ~ m:fault_state(third).after == 1)
  assert(m:fault_state(handler).before ~ m:fault_state(handler).after == 2)
end)

case("a bit of an app's memory", function()
  local m = sandglass.board("nrf52dk", { apps = { "blink" } })
  m:run_for(ms(600))
  local p = m:process("blink")
  local at = p.ram + 4 -- the lowest words of its stack, which it has not used
  local before = m:read(at)
  m:fault{ kind = "ram.flip", address = at, bit = 9 }
  m:run_for(ms(1))
  assert(m:read(at) == before ~ (1 << 9))
  assert(#m:breaches() == 0) -- nobody in the machine has done it
end)

case("the supply fails, and the app starts again", function()
  local m = sandglass.board("nrf52dk", { apps = { "hello" } })
  m:expect_uart("greeting number 1", { within = s(1) })
  m:fault{ at = ms(10), kind = "power.cut", lasts = ms(50) }
  m:expect_uart("greeting number 1", { within = s(1) })
end)

case("a fault of a device", function()
  local m = sandglass.board("nrf52dk", { apps = { "blink" } })
  local led -- that this app blinks
  m:run_until(function()
    led = m:level("led0") == 1 and "led0" or m:level("led1") == 1 and "led1"
    return led
  end, { within = s(3) })
  m:fault{ kind = led .. ".stuck" }                        -- as `sandglass faults` lists it: dark
  m:fault{ kind = "stuck", device = "led3", value = 2 }    -- the same in two words: lit
  m:run_for(ms(1))
  assert(m:level(led) == 0 and m:level("led3") == 1)
  m:fault{ kind = led .. ".stuck", value = 0 }             -- ends
  m:expect_pin(led, { level = 1, within = s(3) })
end)

case("owners", function()
  local m = sandglass.board("nrf52dk", { apps = { "blink", "hello" } })
  m:run_for(ms(600))
  local p = m:process("blink")
  assert(m:owner(p.ram).kind == "app memory" and m:owner(p.ram).process == "blink")
  assert(m:owner(p.ram + p.ram_bytes - 4).kind == "grants")
  assert(m:owner(p.flash).kind == "app flash" and m:owner(p.flash).process == "blink")
  assert(m:owner(0).kind == "kernel flash" and m:owner(0).process == nil)
  assert(m:owner((m:symbol("kernel", "kernel"))).kind == "kernel memory")
  assert(m:owner(0x40000000).kind == "no memory")
  assert(m:owner(p.ram).shared == false and m:owner(p.ram).lent == nil)
  assert(#m:breaches() == 0)
end)

case("an MPU region that a glitch opens", function()
  local m = sandglass.board("nrf52dk", { apps = { "blink" } })
  m:run_for(ms(600))
  for _, bit in ipairs{ 0, 4, 24, 25 } do -- region 4: on, 512 bytes, for everybody
    m:fault{ kind = "mpu.flip", register = "rasr", region = 4, bit = bit }
  end
  m:run_for(ms(600))
  local breaches = m:breaches()
  assert(#breaches > 0 and breaches[1].kind == "open" and breaches[1].who == "blink", "no breach")
  assert(breaches[1].address == 0)
end)

case("whatever is disturbed, the simulator goes on", function()
  local m = sandglass.board("nrf52dk", { apps = { "blink", "hello" } })
  local kinds = { "skip", "reg.flip", "ram.flip", "mpu.flip", "flash.flip" }
  local bits = { 0, 1, 2, 3, 24, 25, 26, 28 } -- of RASR
  m:allow_faults()
  m:run_for(ms(300))
  local start = m:snapshot()
  for _ = 1, 12 do
    for _ = 1, 5 do
      local f = { kind = kinds[math.random(#kinds)], bit = math.random(0, 31) }
      f.at = { time = ms(math.random(0, 40)), instructions = math.random(0, 50) }
      if f.kind == "reg.flip" then f.register = "r" .. math.random(0, 12) end
      if f.kind == "mpu.flip" then f.register, f.region, f.bit = "rasr", math.random(0, 7), bits[math.random(#bits)] end
      if f.kind == "ram.flip" then f.address = 0x20000000 + math.random(0, 0xFFFB) end
      if f.kind == "flash.flip" then f.address = math.random(0, 0xFFFF) end
      m:fault(f)
    end
    pcall(m.run_for, m, ms(100)) -- the core may lock up
    m:breaches()
    m:restore(start)
  end
end)
