#!/usr/bin/env python3
"""Hostile apps against the real kernel: whatever they do, the others go on and nothing of theirs is touched."""
import os
import tempfile
import unittest

from sandglass import BUILD, app, run, sandglass, typed

PLACES, WAYS = 16, 7  # of apps/tests/attack_stack
AT_ONCE = 14
FLOODS = 11  # of apps/tests/attack_flood


class Attack(unittest.TestCase):
    def survives(self, result):
        """The kernel has not panicked, and the app that watches itself has found nothing wrong."""
        self.assertEqual(result.status, 0, result.stdout[-2000:] + result.stderr)
        self.assertEqual(result.lines("Kernel panic"), [])
        self.assertEqual(result.lines("TOUCHED"), [])
        self.assertGreaterEqual(len(result.lines(r"witness \d+: untouched")), 2)
        if "isolation:" in result.stderr:
            self.assertIn(" 0 times a foreign byte changed", result.stderr)


    def packed(self, folder, elf, name):
        """One ELF under many names: the app reads the number at the end of its own."""
        path = os.path.join(folder, name + ".tbf")
        result = sandglass("pack", os.path.join(BUILD, f"firmware/apps/tests/{elf}.elf"), "-o", path, "-n", name)
        self.assertEqual(result.status, 0, result.stderr)
        return path


class StackPointers(Attack):
    """The stack pointer anywhere at all, and then every way to stop there is."""

    def attack(self, numbers):
        with tempfile.TemporaryDirectory() as folder:
            images = [self.packed(folder, "attack_stack", f"attack{number}") for number in numbers]
            result = run("--check-isolation", app("tests/witness"), *images, seconds=1.5)
        self.survives(result)
        for number in numbers:
            # Every fault restarts it, three times; those that have a stack after all go on for ever.
            starts = len(list(result.events("start", f"attack{number}")))
            self.assertIn(starts, (1, 4) if number % WAYS in (0, 1, 3) else (4,), number)

    def test_all(self):
        everything = list(range(PLACES * WAYS))
        for start in range(0, len(everything), AT_ONCE):
            with self.subTest(first=start):
                self.attack(everything[start:start + AT_ONCE])


class Work(Attack):
    """What the kernel and its drivers do in one go on an app's behalf, as an app sees it that asks for much: a
    millisecond at most, whatever is asked for. Flash that holds the core is no part of that (docs/security.md)."""

    def test_at_most_a_millisecond(self):
        with tempfile.TemporaryDirectory() as folder:
            for number in (1, 2, 4, 5, 6, 7, 8, 9, 11):
                image = self.packed(folder, "attack_work", f"work{number}")
                result = run("-b", "nrf52840dk", image, seconds=1.5)
                lines = result.lines(rf"work {number}: at most \d+ us")
                self.assertEqual(len(lines), 1, result.stdout)
                self.assertLessEqual(int(lines[0].split()[-2]), 1000, lines[0])


class Frames(Attack):
    """What the return from an exception reads, written by the kernel on the process's own order; EXC_RETURN values."""

    def test_all(self):
        numbers = [24, 25, 26, 31, *range(36, 56), 80, 81, 82, 83, 84, 85, *range(90, 98)]
        with tempfile.TemporaryDirectory() as folder:
            images = {n: self.packed(folder, "attack_frame", f"frame{n}") for n in numbers}
            for start in range(0, len(numbers), AT_ONCE):
                now = numbers[start:start + AT_ONCE]
                result = run("--check-isolation", app("tests/witness"), *(images[n] for n in now), seconds=1.2)
                self.survives(result)
                for number in now:
                    if number not in range(32, 40):  # random
                        self.assertEqual(len(list(result.events("start", f"frame{number}"))), 4, number)


class Calls(Attack):
    def test_random(self):
        for seed in (10, 20):
            with self.subTest(seed=seed), tempfile.TemporaryDirectory() as folder:
                images = [self.packed(folder, "attack_random", f"random{seed + i}") for i in range(5)]
                self.survives(run("--check-isolation", app("tests/witness"), *images, "--press", "button0@900ms",
                                  *typed((0.6, "list")), seconds=1.2))


    def test_random_on_the_other_boards(self):
        """The drivers of buses, display, radio and USB; with a host, a finger and the air to answer them."""
        inputs = {"nrf52840dk": [], "sensor_node": [],
                  "pinetime": ["--set", f"cst816s.touch={100 + 4096 * 100}@500ms", "--set", "cst816s.untouch=1@900ms"],
                  "security_key": ["--set", "usb_host.data=1@500ms", "--set", f"usb_host.out={4 * 256 + 1}@600ms"]}
        for board, words in inputs.items():
            with self.subTest(board=board), tempfile.TemporaryDirectory() as folder:
                images = [self.packed(folder, "attack_random", f"random{30 + i}") for i in range(4)]
                self.survives(run("--board", board, "--check-isolation", app("tests/witness"), *images, *words,
                                  seconds=1.2))


class Starvation(Attack):
    """Half of the time belongs to the others, whatever one asks for. Alarms: processes.lua."""

    def test_floods(self):
        for number in range(FLOODS):
            with self.subTest(flood=number), tempfile.TemporaryDirectory() as folder:
                flood = self.packed(folder, "attack_flood", f"flood{number}")
                result = run(app("tests/witness"), flood, *typed((1, "list")), seconds=2)
                self.survives(result)
                self.assertGreaterEqual(len(result.lines(r"witness \d+: untouched")), 4)
                self.assertEqual(len(result.lines("PID +ShortID")), 1)

    def test_reports_of_faults(self):
        """Nobody hides a fault behind lines of low-level debug."""
        with tempfile.TemporaryDirectory() as folder:
            result = run(app("tests/abi_bad_class_8"), self.packed(folder, "attack_flood", "flood2"), seconds=2)
        self.assertEqual(len(result.lines(r"Process abi_bad_class_8 \(slot \d\) faulted: unknown class")), 4)

    def test_edge_detectors(self):
        with tempfile.TemporaryDirectory() as folder:
            result = run(self.packed(folder, "attack_flood", "flood9"), seconds=1)
        self.assertEqual(len(result.lines("^PASS a detector")), 5, result.stdout)


if __name__ == "__main__":
    unittest.main()
