-- libtock_c: the names of Tock's C library, each used once; a line for what must hold.
local m = sandglass.board("nrf52dk", { apps = { "libtock_c" } })
m:breaches() -- the map of owners is there from the beginning
m:press("button2", { at = s(3), hold = ms(100) })
m:expect_uart("done\n", { within = s(8) })
m:run_for(math.max(s(4) - m:now(), ms(100)))
local text, lit = m:uart_text(), m:notes("led0")
assert(not text:find("FAIL") and not text:find("WRONG"), text:match("FAIL[^\n]*") or "WRONG")
assert(#lines(text, "^PASS .") == 15 and #lines(text, "^done$") == 1)
assert(#lit == 1 and lit[1].what == "on")
assert(#m:breaches() == 0) -- nobody touched what is not its own
