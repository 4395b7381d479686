#!/usr/bin/env python3
"""The memory watch unit and flash that may not be read, by bare guests (tests/guests/mwu.c, acl.c): which accesses raise an event,
an NMI or a fault."""
import unittest

from sandglass import guest, run

LINES = ["before it is on: 00000000", "beside it: 00000000", "a store: 00000010", "a load: 00000001", "a byte: 00000010",
         "interrupts: 0000000a", "off again: 0000000a", "a peripheral: 00012000", "not masked: 000a000a",
         "done"]


class Mwu(unittest.TestCase):
    def test_every_access_raises_its_event_at_once(self):
        for board in ("nrf52dk", "nrf52840dk"):
            with self.subTest(board=board):
                result = run("-b", board, guest("mwu.elf"), seconds=0.05)
                self.assertEqual(result.stdout.splitlines(), LINES)

    def test_flash_that_acl_protects_is_neither_read_nor_run(self):
        result = run("-b", "nrf52840dk", guest("acl.elf"), seconds=0.05)
        self.assertEqual(result.stdout.splitlines(), [
            "free load: 00000000 00000000", "free run: 00000000 00000000", "load: 00008200 00040008",
            "its last word: 00008200 00040ffc", "behind it: 00000000 00000000", "run: 00000100 00040000",
            "run behind it: 00000000 00000000", "done"])


if __name__ == "__main__":
    unittest.main()
