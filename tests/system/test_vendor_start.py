#!/usr/bin/env python3
"""Firmware that starts as the vendor's SDKs and Zephyr do finds what it expects, on both chips, and nothing of it is a mistake.

tests/guests/vendor_start.c lists each address that such start-up code touches.
"""
import unittest

from sandglass import guest, sandglass

SAYS = """part {part}
revision {revision}
ficr {ficr}
reset reasons {reasons}
"""
REST = """pselreset 00000015
nfcpins fffffffe
regout0 {regout0}
nested 00000001
lfclkstat 00000000
rtc without lfclk 00000000
lfclkstat 00010001
cycle counter runs 00000001
ticks 00000001
spim amount 00000001
main
"""


class VendorStart(unittest.TestCase):
    def check(self, board, regout0, **chip):
        result = sandglass("run", "-b", board, guest("vendor_start.elf"), "--headless", "--for", "2s", "--until", "main\n")
        self.assertEqual(result.status, 0, result.stderr)
        first = SAYS.format(reasons="00000000", **chip) + "uicr is programmed\n"
        second = SAYS.format(reasons="00000004", **chip) + REST.format(regout0=regout0)
        self.assertEqual(result.stdout, first + second)
        self.assertNotIn("guest error", result.stderr)
        self.assertNotIn("not modelled: undocumented", result.stderr)
        self.assertEqual(result.stderr.count("] reset: software request"), 1)

    def test_nrf52832(self):
        self.check("nrf52dk", "ffffffff", part="00000006", revision="00000060", ficr="00060006")

    def test_nrf52840(self):
        self.check("nrf52840dk", "fffffffd", part="00000008", revision="00000030", ficr="00080003")


if __name__ == "__main__":
    unittest.main()
