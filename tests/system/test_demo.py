#!/usr/bin/env python3
"""`sandglass run` with nothing else: the tour does what its captions say, and two runs are the same to the byte."""
import os
import re
import unittest

from faults import Layout, reports
from rhythm import PERIOD_TICKS, lateness
from sandglass import CPU_HZ, run

TRESPASSES = {
    "trespass-kernel": "MemManage DACCVIOL", "trespass-neighbour": "MemManage DACCVIOL",
    "trespass-grants": "MemManage DACCVIOL", "trespass-flash": "MemManage DACCVIOL",
    "trespass-peripheral": "MemManage DACCVIOL", "trespass-scs": "BusFault PRECISERR",
    "trespass-code": "MemManage IACCVIOL",
}
RAM_BYTES = 64 * 1024
DEMO_SECONDS = 12


def demo(seed):
    return run("--seed", str(seed), seconds=DEMO_SECONDS)


FIRST = demo(1)


def number(text):
    return int(text.replace(",", ""))


def table(stderr, title):
    """Rows of one of the summary's tables: name -> the first number."""
    rows = re.search(rf"^  {title} .*\n((?:  \S.*\n)+)", stderr, re.MULTILINE).group(1)
    found = {}
    for row in rows.splitlines():
        name, value = re.match(r"  (\S+) +([\d,]+)", row).groups()
        assert name not in found, name
        found[name] = number(value)
    return found


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
        layout = Layout(FIRST.stdout)
        self.assertGreaterEqual(len(layout.ram), 8)
        for name in layout.ram:
            self.assertEqual(len(FIRST.lines(rf"^ \d+ +Unique +{name} ")), 1, name)
            self.assertGreaterEqual(len(list(FIRST.events("start", name))), 1)

    def test_the_unruly_apps_act_and_the_others_answer(self):
        for line in ("buttons: button 0 pressed, 2 so far", "touch: pad touched", "hog: the CPU is mine from now on"):
            self.assertEqual(FIRST.lines("^" + line), [line])
        self.assertGreaterEqual(len(FIRST.lines("sensors: 25.00 C, random 0x")), 11)
        self.assertEqual(len(FIRST.lines("^hello: greeting number")), DEMO_SECONDS // 2)

    def test_glutton_gets_nomem_and_nobody_else_does(self):
        refused, = FIRST.lines("^glutton: .* then NOMEM")
        taken, drivers = re.search(r"(\d+) bytes, then NOMEM; (\d+) drivers out of memory", refused).groups()
        self.assertGreater(int(taken), 0)
        self.assertGreater(int(drivers), 0)
        self.assertEqual(len(FIRST.lines("^glutton: still here, asked again: 0 bytes")), 1)
        self.assertEqual([line for line in FIRST.lines("NOMEM") if not re.match("glutton: |App glutton ", line)], [])
        self.assertEqual(len(FIRST.lines("^App glutton .* gets NOMEM")), 1)  # the kernel says so once, and what would help
        self.assertEqual(len(list(FIRST.events("start", "glutton"))), 1)

    def test_trespassers_fault_and_nobody_else(self):
        found = reports(FIRST.stderr)
        self.assertEqual({report["process"]: report["fault"] for report in found}, TRESPASSES)
        self.assertEqual({fields[0] for _, fields in FIRST.events("fault")}, set(TRESPASSES))
        for report in found:
            self.assertEqual(report["file"], "apps/trespass/main.c")
            self.assertIsNotNone(report["refuser"])
            self.assertEqual(report["address"], report["owned"])

    def test_no_foreign_byte_changed(self):
        checked, changed = re.search(r"compared around ([\d,]+) stays in processes, ([\d,]+) times", FIRST.stderr).groups()
        self.assertGreater(number(checked), 500)
        self.assertEqual(number(changed), 0)


class Rhythm(unittest.TestCase):
    def test_blink_does_not_drift(self):
        late, ticks = lateness(FIRST)
        self.assertGreaterEqual(len(late), 22)
        self.assertEqual({after - before for before, after in zip(ticks, ticks[1:])}, {PERIOD_TICKS})
        self.assertGreater(min(late), 0)
        # Thirteen others may be served first, and hog has one slice at a time.
        self.assertLess(max(late), 2 * CPU_HZ // 100)


class Memory(unittest.TestCase):
    def test_the_table_adds_up_to_64_kb(self):
        rows = table(FIRST.stderr, "RAM")
        total = rows.pop("total")
        self.assertEqual(total, RAM_BYTES)
        self.assertEqual(sum(rows.values()), RAM_BYTES)
        for name in ("kernel", "grants", "free"):
            self.assertGreater(rows[name], 0)

    def test_its_rows_are_what_the_kernel_placed(self):
        rows = table(FIRST.stderr, "RAM")
        layout = Layout(FIRST.stdout)
        blocks = sum(end - start for start, end in layout.ram.values())
        apps = sum(rows[name] for name in layout.ram)
        self.assertEqual(apps + rows["grants"] + rows["reserved"], blocks)
        self.assertEqual(rows["kernel"], min(start for start, _ in layout.ram.values()) - 0x20000000)
        for name, (start, end) in layout.ram.items():
            self.assertTrue(0 < rows[name] < end - start, name)


class WithoutConsole(unittest.TestCase):
    def test_what_the_tour_types_is_left_out(self):
        result = run("--board", os.path.join(os.path.dirname(__file__), "../boards/analog.dts"), seconds=0.01)
        self.assertEqual(result.status, 0, result.stderr)


class Determinism(unittest.TestCase):
    def test_the_same_seed_gives_the_same_trace_to_the_byte(self):
        again = demo(1)
        self.assertEqual(len(FIRST.trace), len(again.trace))
        self.assertTrue(FIRST.trace == again.trace, "the traces differ")
        self.assertEqual(FIRST.stdout, again.stdout)

    def test_another_seed_gives_other_random_numbers_and_nothing_else(self):
        other = demo(2)
        mine, its = FIRST.lines("random 0x"), other.lines("random 0x")
        self.assertEqual(len(mine), len(its))
        self.assertEqual(set(mine) & set(its), set())
        hidden = [re.sub(r"random 0x\w{8}", "random", text) for text in (FIRST.stdout, other.stdout)]
        self.assertEqual(hidden[0], hidden[1])


if __name__ == "__main__":
    unittest.main()
