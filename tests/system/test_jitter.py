#!/usr/bin/env python3
"""--jitter: interrupts come late irregularly, within the bound and reproducibly, and so a race shows that a fixed schedule hides."""
import unittest

from sandglass import app, guest, run

TIMER0 = "24"  # exception numbers, as the trace has them
SLACK = 100  # cycles that another handler may hold an interrupt up


def entries(result, exception):
    return [cycle for cycle, _ in result.events("enter", exception)]


class Race(unittest.TestCase):
    """The example of docs/timing.md."""

    def test_the_fixed_schedule_hides_it(self):
        for seed in ("1", "2"):
            self.assertEqual(run(guest("race.elf"), "--seed", seed, seconds=0.1).stdout, "the sum is right\n")

    def test_jitter_finds_it_with_any_seed(self):
        for seed in range(1, 6):
            result = run(guest("race.elf"), "--jitter", str(seed), seconds=0.1)
            self.assertRegex(result.stdout, r"^lost [0-9a-f]{8}\n$")


class Schedule(unittest.TestCase):
    def test_late_by_no_more_than_the_bound(self):
        fixed = entries(run(guest("race.elf"), seconds=0.1), TIMER0)
        self.assertEqual(len(fixed), 1000)
        for words, bound in ((["--jitter", "1"], 64), (["--jitter", "1:500"], 500)):
            moved = entries(run(guest("race.elf"), *words, seconds=0.1), TIMER0)
            self.assertEqual(len(moved), 1000)
            late = [b - a for a, b in zip(fixed, moved)]
            self.assertGreaterEqual(min(late), 0)
            self.assertLess(min(late), bound // 10)
            self.assertLessEqual(max(late), bound + SLACK)
            self.assertGreater(max(late), bound * 9 // 10)
            self.assertGreater(len(set(late)), bound // 2)

    def test_same_seed_same_trace(self):
        def whole(*words):
            return run(app("hello"), app("hog"), app("buttons"), "--press", "button0@200ms", *words, seconds=0.4)
        fixed, first, again, other = whole(), whole("--jitter", "1"), whole("--jitter", "1"), whole("--jitter", "2")
        self.assertEqual(first.trace, again.trace)
        self.assertNotEqual(first.trace, other.trace)
        self.assertNotEqual(first.trace, fixed.trace)
        for result in (fixed, first, other):
            self.assertEqual(result.status, 0, result.stderr)
            self.assertIn("hello: greeting number 1", result.stdout)
            self.assertIn("button0 pressed", result.stderr)


if __name__ == "__main__":
    unittest.main()
