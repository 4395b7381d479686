-- Several machines on one air.

local function pair(options)
  local sender = sandglass.board("sensor_node", { apps = { "beacon" }, seed = 1 })
  local listener = sandglass.board("sensor_node", { apps = { "scanner" }, seed = 2 })
  options[1], options[2] = sender, listener
  sandglass.net(options)
  return sender, listener
end

case("one hears what the other sends", function()
  local sender, listener = pair{ positions = { { 0, 0 }, { 5, 0 } } }
  listener:expect_uart("'sandglass'", { within = s(3) })
  listener:run_for(ms(1))
  assert(sender:now() == listener:now()) -- they run together
end)

case("too far away", function()
  local _, listener = pair{ positions = { { 0, 0 }, { 90000, 0, 0 } } }
  listener:run_for(s(2))
  assert(not listener:uart_text():find("'sandglass'"))
end)

case("all frames are lost", function()
  local _, listener = pair{ loss = 100 }
  listener:run_for(s(2))
  assert(not listener:uart_text():find("'sandglass'"))
end)

case("a fault in one machine of a net", function()
  local sender, listener = pair{}
  listener:expect_uart("'sandglass'", { within = s(3) })
  local cut = sender:fault{ at = { call = true, instructions = 5 }, kind = "power.cut", lasts = s(60) }
  listener:run_for(s(2))
  assert(sender:fault_state(cut).state == "done")
  assert(sender:process("beacon").state == "not started")
end)
