#!/usr/bin/env python3
"""The memory watch unit, by a bare guest (tests/guests/mwu.c): which accesses raise an event, on both chips."""
import unittest

from sandglass import guest, run

LINES = ["before it is on: 00000000", "beside it: 00000000", "a store: 00000010", "a load: 00000001", "a byte: 00000010",
         "interrupts: 0000000a", "off again: 0000000a", "a peripheral: 00012000", "done"]


class Mwu(unittest.TestCase):
    def test_every_access_raises_its_event_at_once(self):
        for board in ("nrf52dk", "nrf52840dk"):
            with self.subTest(board=board):
                result = run("-b", board, guest("mwu.elf"), seconds=0.05)
                self.assertEqual(result.stdout.splitlines(), LINES)


if __name__ == "__main__":
    unittest.main()
