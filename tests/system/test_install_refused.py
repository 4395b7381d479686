#!/usr/bin/env python3
"""Installing what a board does not accept: on one that wants signatures (kernel/boards/signed_test), and where there is no
place. Whoever installs is told why, and the app that was to be replaced runs on. Takes some seconds."""
import os
import re
import tempfile
import unittest

import tbf
from install_frames import Frames
from sandglass import BUILD, app, run, sandglass
from test_install import Board

SIGNED = ("-b", "nrf52840dk", os.path.join(BUILD, "firmware/kernel/signed_test.elf"))
KEYS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "keys")
CHECK_MS = 1500  # of a signature
NONE, WRONG = "it has no signature that this board accepts", "a hash or signature of it is wrong"
LOADER_MAY = [word for record in ("0x0:1-6", "0x1:1", "0x10001:0-6") for word in ("--permissions", record)]


def starts(result):
    """The console's lines from each start of the kernel on."""
    return [part.splitlines() for part in result.stdout.split("Sandglass 0.1.0 on ")[1:]]


def guests(lines):
    return [int(line.split()[-1]) for line in lines if re.match(r"guest: version \d$", line)]


def loaded(lines):
    """The names of the apps that the loader made processes of before the main loop."""
    end = next((i for i, line in enumerate(lines) if line.startswith("Initialization complete")), len(lines))
    return sorted(m.group(1) for m in (re.match(r"App (\w+): slot", line) for line in lines[:end]) if m)


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

    def install(self, path, *arguments, old=None, where=SIGNED):
        """What becomes of it when it is installed over the console while the guest runs."""
        frames = Frames(1500).image(path)
        frames.send(b"S", pause_ms=CHECK_MS)
        frames.send(b"Q")
        return run(*where, old or self.guest(key="board"), *frames.options, *arguments, seconds=frames.at_ms / 1000 + 1)


class Credentials(Packs):
    def spoilt(self, path, at):
        with open(path, "r+b") as file:
            file.seek(at, os.SEEK_END if at < 0 else os.SEEK_SET)
            byte = file.read(1)[0]
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([byte ^ 1]))
        return path

    def test_what_is_signed_replaces_it(self):
        result = self.install(self.other(key="board"))
        self.assertEqual(guests(result.stdout.splitlines()), [1])
        self.assertTrue(any(result.events("note", "led0")), result.trace[-500:])

    def test_what_is_not_signed_is_refused_and_the_old_one_runs_on(self):
        for what, path, why in (("bare", self.other(), NONE), ("a stranger's", self.other(key="stranger"), NONE),
                                ("only a hash", self.other("--sha256"), NONE),
                                ("changed", self.spoilt(self.other(key="board"), 200), NONE),
                                ("its hash is wrong", self.spoilt(self.other("--sha256", key="board"), 200), WRONG)):
            with self.subTest(what=what):
                result = self.install(path)
                self.assertIn(why, result.stdout)
                self.assertFalse(any(result.events("note", "led0")))
                self.assertEqual(set(guests(result.stdout.splitlines())), {1})
                self.assertEqual(result.lines("goes on")[-1], "guest: 1 goes on")
                after = result.stdout[result.stdout.rindex(why):]
                self.assertGreaterEqual(len(re.findall("^guest: 1 goes on", after, re.M)), 5)

    def test_by_an_app(self):
        """The loader has the second version without a signature in it."""
        loader = self.pack("tests/loader", *LOADER_MAY, key="board")
        result = run(*SIGNED, self.guest(key="board"), loader, seconds=4)
        self.assertEqual(result.lines("^loader: install"), ["loader: install -1"])
        self.assertEqual(set(guests(result.stdout.splitlines())), {1})
        self.assertEqual(result.lines("goes on")[-1], "guest: 1 goes on")
        self.assertGreaterEqual(len(result.lines("goes on")), 10)

    def test_by_the_tool(self):
        board = Board(*SIGNED, self.guest(key="board"))
        self.addCleanup(board.close)
        refused = board.install(self.other())
        self.assertEqual((refused.status, refused.stdout), (1, ""))
        self.assertIn(NONE, refused.stderr)
        self.assertRegex(board.install("--list").stdout, r"guest .* a process")
        self.assertEqual(board.install(self.other(key="board")).status, 0)


class PowerCut(Packs):
    def test_update_over_the_console(self):
        """Whatever write or erase the power fails at, the old one runs afterwards, or the new one."""
        seen = set()
        for n in [*range(1, 6), 40, 200, *range(258, 290, 2)]:
            with self.subTest(n=n):
                result = self.install(self.other(), "--fault", f"flash_controller.power-cut={n}@1400ms", where=("-b", "nrf52dk"),
                                      old=self.guest())
                parts = starts(result)
                if len(parts) == 2:
                    self.assertEqual(loaded(parts[1]), ["guest"])
                    seen.add("old" if guests(parts[1]) else "new")
        self.assertEqual(seen, {"old", "new"})


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
