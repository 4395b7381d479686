#!/usr/bin/env python3
"""`sandglass install`, which needs a running board at the other end of a socket, told that a board does not accept an app:
one that wants signatures (kernel/boards/signed_test), and one that has no place. Over the console, and power cuts:
install_refused.lua."""
import os
import tempfile
import unittest

import tbf
from sandglass import BUILD, app, sandglass
from test_install import Board

SIGNED = ("-b", "nrf52840dk", os.path.join(BUILD, "firmware/kernel/signed_test.elf"))
KEYS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "keys")
NONE = "it has no signature that this board accepts"


class Packs(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def pack(self, name, *options, key=None):
        """An app of the tests, packed once more; signed, if a key is given."""
        path = os.path.join(self.folder, f"{len(os.listdir(self.folder))}.tbf")
        sign = ("--sign", os.path.join(KEYS, key + ".pem")) if key else ()
        result = sandglass("pack", os.path.join(BUILD, f"firmware/apps/{name}.elf"), "-o", path, *options, *sign)
        self.assertEqual(result.status, 0, result.stderr)
        return path

    def guest(self, *options, **key):
        return self.pack("tests/guest_1", "-n", "guest", *options, **key)

    def other(self, *options, **key):
        """An app that passes for a new version of the guest: it says nothing, and lights an LED now and then."""
        return self.pack("blink", "-n", "guest", *options, **key)


class Credentials(Packs):
    def test_by_the_tool(self):
        board = Board(*SIGNED, self.guest(key="board"))
        self.addCleanup(board.close)
        refused = board.install(self.other())
        self.assertEqual((refused.status, refused.stdout), (1, ""))
        self.assertIn(NONE, refused.stderr)
        self.assertRegex(board.install("--list").stdout, r"guest .* a process")
        self.assertEqual(board.install(self.other(key="board")).status, 0)


class NoPlace(Packs):
    def test_no_slot(self):
        made = os.path.join(self.folder, "made.tbf")
        with open(made, "wb") as file:
            file.write(tbf.image(tbf.LOOP, minimum_ram=512))
        board = Board("-b", "nrf52840dk", *[made] * 16)
        self.addCleanup(board.close)
        refused = board.install(app("hello"))
        self.assertEqual((refused.status, refused.stdout), (1, ""))
        self.assertIn("all process slots are taken", refused.stderr)
        self.assertEqual(len(board.install("--list").stdout.splitlines()), 1 + 16)

    def test_too_large_for_the_flash(self):
        large = os.path.join(self.folder, "large.tbf")
        with open(large, "wb") as file:
            file.write(tbf.image(tbf.LOOP, total=0x80000, name=b"large"))
        board = Board("-b", "nrf52dk", app("blink"))
        self.addCleanup(board.close)
        refused = board.install(large)
        self.assertEqual((refused.status, refused.stdout), (1, ""))
        self.assertRegex(refused.stderr, "large: refused: (there is no room in flash|its length suits no place)")
        self.assertEqual(board.install(app("hello")).status, 0)


if __name__ == "__main__":
    unittest.main()
