#!/usr/bin/env python3
"""`sandglass run` with nothing else: the tour does what its captions say and ends with a summary. What the apps of the tour
do together is in together.lua."""
import os
import re
import unittest

from sandglass import run

DEMO_SECONDS = 12
FIRST = run("--seed", "1", seconds=DEMO_SECONDS)


class Tour(unittest.TestCase):
    def test_it_ends_well(self):
        self.assertEqual(FIRST.status, 0, FIRST.stderr)
        self.assertIn("Initialization complete. Entering main loop.", FIRST.stdout)
        self.assertRegex(FIRST.stderr, rf"summary: {DEMO_SECONDS}\.0\d+ s of virtual time")

    def test_each_caption_is_followed_by_what_it_says(self):
        captions = re.findall(r"^\[\s*([\d.]+)\] -- (.*)$", FIRST.stderr, re.MULTILINE)
        self.assertGreaterEqual(len(captions), 10)
        self.assertEqual([float(at) for at, _ in captions], sorted(float(at) for at, _ in captions))
        for word in ("blink", "buttons", "touch", "glutton", "MPU", "list", "hog"):
            self.assertTrue(any(word in text for _, text in captions), word)

    def test_at_least_eight_apps_run_and_the_kernel_lists_them_all(self):
        placed = re.findall(r"^App (\S+): slot", FIRST.stdout, re.MULTILINE)
        self.assertGreaterEqual(len(placed), 8)
        for name in placed:
            self.assertEqual(len(FIRST.lines(rf"^ \d+ +Unique +{name} ")), 1, name)
            self.assertGreaterEqual(len(list(FIRST.events("start", name))), 1)

    def test_what_the_captions_tell_of_happens(self):
        for line in ("buttons: button 0 pressed, 2 so far", "touch: pad touched", "hog: the CPU is mine from now on"):
            self.assertEqual(FIRST.lines("^" + line), [line])
        self.assertEqual(len(FIRST.lines("^glutton: .* then NOMEM")), 1)
        self.assertEqual(len({fields[0] for _, fields in FIRST.events("fault")}), 7)

    def test_no_foreign_byte_changed(self):
        checked, changed = re.search(r"compared around ([\d,]+) stays in processes, ([\d,]+) times", FIRST.stderr).groups()
        self.assertGreater(int(checked.replace(",", "")), 500)
        self.assertEqual(changed, "0")


class WithoutConsole(unittest.TestCase):
    def test_what_the_tour_types_is_left_out(self):
        result = run("--board", os.path.join(os.path.dirname(__file__), "../boards/analog.dts"), seconds=0.01)
        self.assertEqual(result.status, 0, result.stderr)


if __name__ == "__main__":
    unittest.main()
