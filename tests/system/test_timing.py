#!/usr/bin/env python3
"""Periodic alarms do not drift by a cycle, and a busy neighbour delays them by at most one slice."""
import unittest

from rhythm import PERIOD_TICKS, lateness
from sandglass import CPU_HZ, app, run

KERNEL_PATH_CYCLES = 3_000  # from the tick to the LED: interrupt, upcall, switch, the app's few instructions, the command
SLICE_CYCLES = CPU_HZ // 100  # 10 ms


class Blink(unittest.TestCase):
    def check_period(self, ticks):
        self.assertEqual({after - before for before, after in zip(ticks, ticks[1:])}, {PERIOD_TICKS})

    def test_alone_every_edge_is_at_the_same_distance_from_its_tick_for_a_minute(self):
        late, ticks = lateness(run(app("blink"), seconds=60))
        self.assertEqual(len(late), 119)
        self.check_period(ticks)
        self.assertEqual(min(late), max(late))
        self.assertGreater(min(late), 0)
        self.assertLess(max(late), KERNEL_PATH_CYCLES)

    def test_with_hog_busy_an_edge_is_late_by_at_most_one_slice_and_never_loses_a_tick(self):
        result = run(app("blink"), app("hog"), seconds=12.2)
        late, ticks = lateness(result)
        busy_from = next(cycle for cycle, _ in result.events("uart") if cycle > 8 * CPU_HZ)  # hog says so
        edges = [cycle for cycle, _ in result.events("note", "led0")]
        busy = [cycles for cycles, edge in zip(late, edges) if edge > busy_from + SLICE_CYCLES]
        self.assertGreaterEqual(len(busy), 6)
        self.check_period(ticks)
        self.assertGreater(max(busy), KERNEL_PATH_CYCLES)  # hog is felt ...
        self.assertLess(max(busy), SLICE_CYCLES + KERNEL_PATH_CYCLES)  # ... for no longer than its slice
        self.assertGreater(min(late), 0)


if __name__ == "__main__":
    unittest.main()
