#!/usr/bin/env python3
"""IPC on the whole system: the examples, and hostile clients of a service that an honest one uses too."""
import os
import re
import tempfile
import unittest

from sandglass import BUILD, app, run, sandglass, typed

ATTACKS = 10  # apps/tests/attack_ipc
SERVICE, CLIENT = "ipc10", "ipc11"


class Rot13(unittest.TestCase):
    LINES = ["rot13: Uryyb Jbeyq!", "rot13: Hello World!", "rot13: done: 0"]

    def test_on_every_board(self):
        for board in ("nrf52dk", "nrf52840dk", "pinetime", "security_key", "sensor_node"):
            with self.subTest(board=board):
                result = run("--board", board, "--check-isolation", app("rot13_service"), app("rot13_client"), seconds=1)
                self.assertEqual(result.lines("^rot13"), self.LINES, result.stdout)
                self.assertIn(" 0 times a foreign byte changed", result.stderr)

    def test_the_service_is_not_there(self):
        result = run(app("rot13_client"), seconds=1)
        self.assertEqual(result.lines("^rot13"), ["rot13: no service: -11"])


class LibtockNames(unittest.TestCase):
    def test_a_client_written_for_it(self):
        result = run("--check-isolation", app("rot13_service"), app("tests/libtock_ipc"), seconds=1)
        index = next(re.search(r"slot (\d+)", line).group(1) for line in result.lines("^App rot13_service"))
        self.assertEqual(result.lines("^libtock"), [f"libtock: process {index} shares 0 bytes at 0",
                                                    "libtock: 0: Uryyb Jbeyq!", "libtock: too short: -7",
                                                    "libtock: state: 0, 0 pending, ticks run"])


class State(unittest.TestCase):
    def test_example(self):
        result = run(app("state"), seconds=2)
        lines = result.lines("^state")
        self.assertEqual(lines[0], "state: version 1: 0")
        self.assertEqual(lines[1:], ["state: after two calls: 2 switches", "state: a second has 32700 ticks",
                                     "state: 0 pending"])


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
