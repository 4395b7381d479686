#!/usr/bin/env python3
"""Hostile apps against the real kernel: whatever they do, the others go on and nothing of theirs is touched."""
import os
import tempfile
import unittest

from sandglass import BUILD, app, run, sandglass

PLACES, WAYS = 16, 7  # of apps/tests/attack_stack
AT_ONCE = 14


class Attack(unittest.TestCase):
    def survives(self, result):
        """The kernel has not panicked, and the app that watches itself has found nothing wrong."""
        self.assertEqual(result.status, 0, result.stdout[-2000:] + result.stderr)
        self.assertEqual(result.lines("panic"), [])
        self.assertEqual(result.lines("TOUCHED"), [])
        self.assertGreaterEqual(len(result.lines("^witness .*: untouched")), 2, result.stdout)
        if "isolation:" in result.stderr:
            self.assertIn(" 0 times a foreign byte changed", result.stderr)


class StackPointers(Attack):
    """The stack pointer anywhere at all, and then every way to stop there is."""

    def attack(self, numbers):
        with tempfile.TemporaryDirectory() as folder:
            images = []
            for number in numbers:
                images.append(os.path.join(folder, f"attack{number}.tbf"))
                elf = os.path.join(BUILD, "firmware/apps/tests/attack_stack.elf")
                packed = sandglass("pack", elf, "-o", images[-1], "-n", f"attack{number}")
                self.assertEqual(packed.status, 0, packed.stderr)
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


class Registers(Attack):
    def test_floating_point_registers_stay_private(self):
        result = run(app("tests/attack_float_secret"), app("tests/attack_float_peek"), app("tests/attack_float_peek"),
                     seconds=1)
        peeks, secrets = result.lines("^peek"), result.lines("^secret")
        self.assertGreater(len(peeks), 10)
        self.assertGreater(len(secrets), 0)
        self.assertEqual([line for line in peeks if not line.endswith(": 0 registers, FPSCR 00000000")], [])
        self.assertEqual([line for line in secrets if not line.endswith(": 0 lost")], [])


class Starvation(Attack):
    def test_alarms_set_all_the_time(self):
        self.survives(run(app("tests/witness"), app("tests/attack_alarm"), seconds=2))


if __name__ == "__main__":
    unittest.main()
