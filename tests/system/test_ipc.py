#!/usr/bin/env python3
"""Hostile clients of a service that an honest one uses too. What IPC does for others: processes.lua."""
import os
import tempfile
import unittest

from sandglass import BUILD, app, run, sandglass, typed

ATTACKS = 10  # apps/tests/attack_ipc
SERVICE, CLIENT = "ipc10", "ipc11"


class Hostile(unittest.TestCase):
    """Whatever clients do to a service, it serves the honest one, and nobody reaches what was not shared."""

    def packed(self, folder, name):
        path = os.path.join(folder, name + ".tbf")
        result = sandglass("pack", os.path.join(BUILD, "firmware/apps/tests/attack_ipc.elf"), "-o", path, "-n", name)
        self.assertEqual(result.status, 0, result.stderr)
        return path

    def attack(self, *numbers, answers):
        with tempfile.TemporaryDirectory() as folder:
            images = [self.packed(folder, name) for name in (SERVICE, CLIENT, *(f"ipc{number}" for number in numbers))]
            result = run("--check-isolation", *images, app("tests/witness"), *typed((1.5, "list")), seconds=2)
        self.assertEqual(result.status, 0, result.stdout[-2000:] + result.stderr)
        for bad in ("panic", "WRONG", "TOUCHED"):
            self.assertEqual(result.lines(bad), [])
        self.assertIn(" 0 times a foreign byte changed", result.stderr)
        self.assertGreaterEqual(len(result.lines(r"witness \d+: untouched")), 2)
        self.assertEqual(len(result.lines("PID +ShortID")), 1)
        self.assertGreaterEqual(len(result.lines("^client: ")), answers, result.stdout[-3000:])

    def test_each_alone(self):
        for number in range(ATTACKS):
            with self.subTest(attack=number):
                self.attack(number, answers=5)

    def test_together(self):
        self.attack(0, 1, 2, 3, 6, 7, 8, 9, answers=1)


if __name__ == "__main__":
    unittest.main()
