-- A moment to go back to, as often as one likes.

case("twice from one moment", function()
  local m = sandglass.board("nrf52dk", { apps = { "hello" } })
  m:expect_uart("greeting number 1", { within = s(1) })
  local moment, at = m:snapshot(), m:now_cycles()
  m:expect_uart("greeting number 2", { within = s(3) })
  local second = m:now_cycles()
  m:restore(moment)
  assert(m:now_cycles() == at)
  m:expect_uart("greeting number 2", { within = s(3) })
  assert(m:now_cycles() == second) -- to the cycle
end)

case("with and without a fault", function()
  local m = sandglass.board("nrf52dk", { apps = { "blink" } })
  m:run_for(ms(400))
  local moment = m:snapshot()
  m:fault{ at = ms(10), kind = "power.cut", lasts = s(1) }
  m:run_for(ms(200))
  assert(m:process("blink").state == "not started")
  m:restore(moment)
  m:run_for(s(1)) -- the fault was planned later: it is gone
  assert(m:process("blink").state ~= "not started" and m:process("blink").calls > 0)
end)

case("breaches go back, too", function()
  local m = sandglass.board("nrf52dk", { apps = { "blink" } })
  m:run_for(ms(600))
  local moment = m:snapshot()
  for _, bit in ipairs{ 0, 4, 24, 25 } do
    m:fault{ kind = "mpu.flip", register = "rasr", region = 4, bit = bit }
  end
  m:run_for(ms(600))
  assert(#m:breaches() > 0)
  m:restore(moment)
  m:run_for(ms(600))
  assert(#m:breaches() == 0)
end)
