#!/usr/bin/env python3
"""What scenarios can do wrong with faults, owners, snapshots, nets and parts of their own: a line with the place and the
remedy each time. What fails a case: breaches that nobody asked for, errors in a part's functions."""
import re
import unittest

from scenarios import run

BLINK = 'local m = sandglass.board("nrf52dk", { apps = { "blink" } })\n'
TWO = 'local m = sandglass.board("nrf52dk", {})\nlocal n = sandglass.board("nrf52dk", {})\n'
CHIP = 'local m = sandglass.board("nrf52dk", { apps = { "flash_id" } })\nm:allow_faults()\n' \
    'm:attach(sandglass.part("chip", { spi = { sck = "P0.25", mosi = "P0.22", miso = "P0.23" }, transfer = function(self, byte)\n' \
    '%s\nend }))\nm:run_for(s(1))'
KEY = 'local m = sandglass.board("nrf52dk", {})\nlocal key = m:attach(sandglass.part("key", { pins = { a = "P0.13" } }))\n'
OPEN = 'for _, bit in ipairs { 0, 4, 24, 25 } do m:fault { kind = "mpu.flip", register = "rasr", region = 4, bit = bit } end\n'

# What is done, and what is said about it: (line, text). Line 0: none.
WRONG = (
    (BLINK + 'm:fault()', 2, r'm:fault\{ at = ms\(10\), kind = "skip" \}'),
    (BLINK + 'm:fault { at = ms(1) }', 2, r'which kind\?'),
    (BLINK + 'm:fault { kind = "jump" }', 2, r"there is no kind 'jump': skip, reg.flip"),
    (BLINK + 'm:fault { kind = "skip", when = 1 }', 2, r"there is no option 'when'"),
    (BLINK + 'm:fault { kind = "reg.flip", register = "r99" }', 2, r"there is no register 'r99': r0 to r12"),
    (BLINK + 'm:fault { kind = "reg.flip", register = "r1", bit = 32 }', 2, r"bit is a whole number from 0 to 31"),
    (BLINK + 'm:fault { kind = "ram.flip" }', 2, r"an address is missing"),
    (BLINK + 'm:fault { kind = "ram.flip", address = 0 }', 2, r"0x00000000 is not in RAM"),
    (BLINK + 'm:fault { kind = "mpu.flip", register = "rasr", region = 9 }', 2, r"the MPU has no region 9"),
    (BLINK + 'm:fault { kind = "led9.stuck" }', 2, r"has no device led9"),
    (BLINK + 'm:fault { kind = "led0.melt" }', 2, r"led0 has no fault 'melt'"),
    (BLINK + 'm:fault { kind = "led0.stuck", value = 77 }', 2, r"not 77"),
    (BLINK + 'm:fault { kind = "power.cut", lasts = 0 }', 2, r"takes 0|not 0|1 to 60000|$"),
    (BLINK + 'm:fault { kind = "skip", at = "soon" }', 2, r"at is a time"),
    (BLINK + 'm:fault { kind = "skip", at = { address = 3 } }', 2, r"0x00000003 is odd"),
    (BLINK + 'm:fault { kind = "skip", at = { address = 4, call = true } }', 2, r"not several"),
    (BLINK + 'm:fault { kind = "skip", at = { call = "jump" } }', 2, r"there is no class jump"),
    (BLINK + 'm:fault { kind = "skip", at = { call = true, process = "nobody" } }', 2, r"there is no process nobody"),
    (BLINK + 'm:fault { kind = "skip", at = { exception = 0 } }', 2, r"exception is a whole number from 1"),
    (BLINK + 'for i = 1, 40 do m:fault { kind = "skip", at = s(1) } end', 2, r"at most 32 faults"),
    (BLINK + 'm:fault_state(1)', 2, r"takes what fault\(\) returned"),
    (BLINK + 'm:owner("x")', 2, r"an address is a number"),
    (BLINK + 'm:restore(7)', 2, r"takes what this machine's snapshot\(\) returned, not number"),
    (TWO + 'm:restore(n:snapshot())', 3, r"not another machine's"),
    (BLINK + 'for i = 1, 100 do m:snapshot() end', 2, r"at most 64"),
    (TWO + 'sandglass.net { m }', 3, r"2 to 16 machines"),
    (TWO + 'sandglass.net { m, m }', 3, r"machine 2 is there twice"),
    (TWO + 'sandglass.net { m, n } sandglass.net { m, n }', 3, r"in a net already"),
    (TWO + 'n:run_for(ms(1)) sandglass.net { m, n }', 3, r"has run already"),
    (TWO + 'sandglass.net { m, n, air = 1 }', 3, r"there is no option 'air'"),
    (TWO + 'sandglass.net { m, n, positions = { { 1e99, 0 }, { 0, 0 } } }', 3, r"within 100 km"),
    (TWO + 'sandglass.net { m, n, positions = { { 0, 0 } } }', 3, r"one for each machine"),
    (TWO + 'sandglass.net { m, n, loss = 101 }', 3, r"loss is a whole number from 0 to 100"),
    (TWO + 'sandglass.net { m, n } m:snapshot()', 3, r"the machine is in a net"),
    (TWO + 'sandglass.net { m, n } m:close()', 3, r"the machine is in a net"),
    (CHIP % 'error("broken on purpose")', 4, r"broken on purpose"),
    (CHIP % 'return self.x.y', 4, r"attempt to index a nil value"),
    (CHIP % 'return 256', 0, r"part chip: transfer returned a number, not a byte"),
    (CHIP % 'return {}', 0, r"part chip: transfer returned a table, not a byte"),
    (CHIP % 'coroutine.yield(1)', 0, r"attempt to yield"),
    (CHIP % 'm:run_for(ms(1))', 4, r"may not use it"),
    (CHIP % 'while true do end', 0, r"the script does not end"),
    (KEY + 'm:attach(key)', 3, r"was attached before"),
    (KEY + 'm:run_for(ms(1)) m:attach(sandglass.part("b", {}))', 3, r"comes before the machine runs"),
    (KEY + 'key:drive("b", 1)', 3, r"has no pin b"),
    (KEY + 'key:drive("a", 7)', 3, r"a level is 0, 1, or nil"),
    (KEY + 'key:after(ms(1), 7)', 3, r"function expected"),
    (KEY + 'key:after(ms(1), function() error("late") end) m:run_for(ms(5))', 3, r"late"),
    (KEY + 'for i = 1, 1000 do key:after(ms(i), function() end) end', 3, r"256 functions wait"),
    (KEY + 'm:snapshot()', 3, r"has no functions save and restore"),
    (KEY + 'm:close() key:drive("a", 1)', 3, r"is not attached"),
    ('sandglass.part("p")', 1, r"sandglass.part\("),
    ('sandglass.part("p", { transfr = 1 })', 1, r"there is no option 'transfr'"),
    ('sandglass.part("p", { read = 1 })', 1, r"read is a function"),
    ('sandglass.part("p", { i2c = 1 })', 1, r"i2c is a table"),
    (BLINK + 'm:attach(7)', 2, r"a part is what sandglass.part"),
    (BLINK + 'm:attach(sandglass.part("p", { pins = { a = "P0.99" } }))', 2, r"a is a pin of the chip, P0.00 to P0.31, not P0.99"),
    (BLINK + 'm:attach(sandglass.part("p", { i2c = { address = 0x44 } }))', 2, r"which bus\?"),
    (BLINK + 'm:attach(sandglass.part("p", { i2c = { bus = "i2c0", address = 0x44 } }))', 2, r"i2c0 has no pin for scl"),
    (BLINK + 'm:attach(sandglass.part("p", { i2c = { scl = "P0.27", sda = "P0.26" } }))', 2, r"an I2C part has an address"),
    ('local m = sandglass.board("sensor_node", {})\nm:attach(sandglass.part("p", { i2c = { bus = "i2c0", address = 0x44 } }))', 2,
     r"is sht3xd's on this bus"),
)


class Experiments(unittest.TestCase):
    def test_what_is_wrong_is_said(self):
        source = "".join(f'case("{i}", function() {text}\nend)\n' for i, (text, _, _) in enumerate(WRONG))
        result, cases = run(source)
        self.assertEqual(result.status, 2, result.stdout + result.stderr)
        self.assertEqual(len(cases), len(WRONG))
        begins = 1
        for case, (text, line, said) in zip(cases, WRONG):
            with self.subTest(text):
                if not case.passed:
                    self.assertRegex(case.fields["message"], said)
                    self.assertEqual(len(case.fields["message"].splitlines()), 1)
                    if line:
                        self.assertRegex(case.fields["message"], rf"it\.lua:{begins + line - 1}: ")
                else:
                    self.assertTrue(re.search(said, ""), "passed")
            begins += text.count("\n") + 2

    def test_a_breach_fails_a_case_that_has_not_been_told(self):
        boot = BLINK + "m:run_for(ms(600))\n"
        for last, status in (("m:owner(0)\n" + OPEN + "m:run_for(ms(600))", 1),
                             (OPEN + "m:run_for(ms(600))\nassert(#m:breaches() > 0)", 0),
                             (OPEN + "m:run_for(ms(600))", 0)):  # nobody has asked: nobody watches
            with self.subTest(last):
                result, cases = run(boot + last)
                self.assertEqual(result.status, status, result.stdout + result.stderr)
                if status == 1:
                    self.assertIn("blink may touch what is not its own: 0x00000000", cases[0].fields["message"])

    def test_the_same_each_time(self):
        source = CHIP % 'print("byte", byte, self:now()) return 0'
        first, _ = run(source)
        self.assertEqual(first.status, 0, first.stdout + first.stderr)
        self.assertIn("# byte\t159\t", first.stdout)
        self.assertEqual(re.sub(r"/\S+/it", "it", run(source)[0].stdout), re.sub(r"/\S+/it", "it", first.stdout))


if __name__ == "__main__":
    unittest.main()
