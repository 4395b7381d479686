#!/usr/bin/env python3
"""Isolated storage: what a package permits. The rest is in storage.lua and storage_cuts.lua."""
import os
import re
import tempfile
import unittest

from install_frames import install_frames
from sandglass import BUILD, run, sandglass


class Permissions(unittest.TestCase):
    """What sandglass pack puts into TLV 7 decides what an app may, and whose region it has."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def pack(self, *options, who="A", name="app"):
        path = os.path.join(self.folder, f"{len(os.listdir(self.folder))}.tbf")
        result = sandglass("pack", "-n", name, *options, "-o", path, os.path.join(BUILD, f"firmware/apps/tests/isolated_{who}.elf"))
        self.assertEqual(result.status, 0, result.stderr)
        return path

    def both(self, first, second):
        """What they say, the second one installed a second after the first has begun."""
        frames = install_frames(second, 1000)
        result = run("-b", "nrf52840dk", first, *frames.options, seconds=frames.at_ms / 1000 + 1)
        return re.findall(r"A: (?:head|wrote|error) .*", result.stdout)  # answers to the frames may stand before

    def test_the_number_is_what_counts(self):
        seven = ("--write-id", "7", "--read-ids", "7", "--modify-ids", "7")
        first = self.pack(*seven)
        wrote = ["A: head missing, generation 0", "A: wrote generation 1, 24"]
        for options, name, said in ((seven, "another", ["A: head there, generation 1", "A: wrote generation 2, 24"]),
                                    (("--write-id", "8", "--read-ids", "7,8", "--modify-ids", "7,8"), "another", wrote),
                                    (("--write-id", "8", "--read-ids", "7", "--modify-ids", "7"), "another", ["A: error -10"]),
                                    ((), "app", wrote)):
            with self.subTest(options=options, name=name):
                self.assertEqual(self.both(first, self.pack(*options, name=name)), wrote + said)

    def test_an_app_installed_anew_keeps_its_region(self):
        """By its write identifier, by its ShortId under another name, by its name; not under another name alone."""
        wrote = ["A: head missing, generation 0", "A: wrote generation 1, 24"]
        kept = ["A: head there, generation 1", "A: wrote generation 2, 24"]
        seven = ("--write-id", "7", "--read-ids", "7", "--modify-ids", "7")
        for old, new, said in (((*seven, "--app-version", "1"), (*seven, "--app-version", "2"), kept),
                               (("--short-id", "77", "-n", "old"), ("--short-id", "77", "-n", "new"), kept),
                               (("-n", "same"), ("-n", "same", "--app-version", "2"), kept),
                               (("-n", "old"), ("-n", "new"), wrote)):
            with self.subTest(old=old, new=new):
                self.assertEqual(self.both(self.pack(*old), self.pack(*new)), wrote + said)


if __name__ == "__main__":
    unittest.main()
