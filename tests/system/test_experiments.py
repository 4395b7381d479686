#!/usr/bin/env python3
"""Two experiments of different owners on one sensor node. One is installed anew, three times, at last into a place whose
pages have to be erased first, while the other one misses no sample. When each sample was taken is printed. Takes a second."""
import re
import unittest

from sandglass import app, run

PERIOD_US = 50_000
SAMPLE = re.compile(r"^climate: sample (\d+), (\d+) us late, ")
SECONDS = 5


class Experiments(unittest.TestCase):
    def test_one_is_installed_anew_while_the_other_misses_no_sample(self):
        result = run("-b", "sensor_node", app("experiment_climate"), app("experiment_light_1"), app("tests/reinstaller"),
                     seconds=SECONDS)
        lines = result.stdout.splitlines()
        self.assertEqual([line for line in lines if re.match(r"light: edition \d$", line)],
                         ["light: edition 1", "light: edition 2", "light: edition 1", "light: edition 2"])
        self.assertEqual(result.lines("status [^0]"), [])
        samples = []
        for line in lines:
            sample = SAMPLE.match(line)
            if sample:
                samples.append(tuple(map(int, sample.groups())))
                print(f"sample {samples[-1][0]:3} {samples[-1][1]:6} us late")
            elif line.startswith("reinstaller:") or re.match(r"light: edition \d$", line):
                print(f"    {line}")
        self.assertEqual([number for number, _ in samples], list(range(1, len(samples) + 1)))
        self.assertGreater(len(samples), (SECONDS - 0.5) * 1_000_000 / PERIOD_US)
        worst = max(late for _, late in samples)
        print(f"the latest: {worst} us")
        # An erase goes in pieces of 3 ms, a program in pieces of less than 1 ms: nothing comes near the next sample.
        self.assertLess(worst, PERIOD_US // 5)


if __name__ == "__main__":
    unittest.main()
