#!/usr/bin/env python3
"""Each way to trespass ends in the fault that the architecture wants, is reported to the byte, and harms nobody."""
import os
import re
import unittest

from faults import Layout, reports
from sandglass import app, run, sandglass

SOURCE = os.path.join(os.path.dirname(__file__), "../../apps/trespass/main.c")
TARGETS = ["kernel", "neighbour", "grants", "flash", "peripheral", "scs", "code"]
NO_REGION = r"the MPU: no region of the process maps the address|MPU region \d: its sub-region \d, which holds the address, is disabled"


def source_line(number):
    with open(SOURCE, encoding="utf-8") as file:
        return file.read().splitlines()[number - 1]


class Trespass:
    """What the report about each target must say. `result` is a run with check of isolation in which all of
    self.targets acted, with a neighbour behind each."""

    targets = []

    def report(self, target):
        found = [r for r in reports(self.result.stderr) if r["process"] == "trespass-" + target]
        self.assertEqual(len(found), 1, self.result.stderr)
        report = found[0]
        self.assertEqual(report["file"], "apps/trespass/main.c")
        self.assertEqual(report["owned"], report["address"])
        traced = [fields for _, fields in self.result.events("fault", "trespass-" + target)]
        self.assertEqual([fields[2] for fields in traced], [f"address={report['address']:08x}"])
        return report

    def check(self, target, fault, access, owner, refuser):
        report = self.report(target)
        self.assertEqual(report["fault"], fault)
        self.assertEqual(report["access"], access)
        self.assertEqual(report["owner"], owner)
        self.assertRegex(report["refuser"], "^(" + refuser + ")$")
        layout = Layout(self.result.stdout)
        if access != "fetch from":
            line = source_line(int(report["line"]))
            self.assertIn("volatile", line)  # the access itself
            self.assertEqual(report["function"], "read_word" if access == "read of" else "write_word")
            self.assertTrue(layout.flash["trespass-" + target][0] < report["pc"] < layout.flash["trespass-" + target][1])
        return report["address"], layout

    def test_the_fault(self):
        for target in self.targets:
            with self.subTest(target):
                getattr(self, "fault_of_" + target)()

    def fault_of_kernel(self):
        address, _ = self.check("kernel", "MemManage DACCVIOL", "read of", "the kernel, RAM", NO_REGION)
        self.assertEqual(address, 0x20000100)

    def fault_of_neighbour(self):
        layout = Layout(self.result.stdout)
        neighbour = layout.next_in_ram("trespass-neighbour")
        self.assertIsNotNone(neighbour)
        address, _ = self.check("neighbour", "MemManage DACCVIOL", "write to",
                                f"process {neighbour}, RAM (its stack, data and heap)", NO_REGION)
        self.assertEqual(address, layout.ram[neighbour][0])

    def fault_of_grants(self):
        address, layout = self.check("grants", "MemManage DACCVIOL", "write to",
                                     "process trespass-grants, RAM (above its break: its grants, kept by the kernel)",
                                     NO_REGION)
        start, end = layout.ram["trespass-grants"]
        self.assertTrue(start < address < end)

    def fault_of_flash(self):
        address, layout = self.check("flash", "MemManage DACCVIOL", "write to", "process trespass-flash, flash",
                                     r"MPU region \d \(0x\w+ to 0x\w+\): its permissions")
        start = layout.flash["trespass-flash"][0]
        self.assertEqual(address, start)
        first, last = (int(word, 16) for word in re.search(r"\(0x(\w+) to 0x(\w+)\)", self.report("flash")["refuser"]).groups())
        self.assertTrue(first <= start <= last)

    def fault_of_peripheral(self):
        address, _ = self.check("peripheral", "MemManage DACCVIOL", "write to", "device gpio0", NO_REGION)
        self.assertEqual(address, 0x50000508)
        self.assertEqual([f for _, f in self.result.events("note") if f[0] in ("led1", "led2")], [])

    def fault_of_scs(self):
        address, _ = self.check("scs", "BusFault PRECISERR", "read of", "the core (System Control Space)",
                                "the core: its registers are for privileged code only")
        self.assertEqual(address, 0xE000ED94)

    def fault_of_code(self):
        address, layout = self.check("code", "MemManage IACCVIOL", "fetch from",
                                     "process trespass-code, RAM (its stack, data and heap)",
                                     r"MPU region \d \(0x\w+ to 0x\w+\): execute never")
        start, end = layout.ram["trespass-code"]
        report = self.report("code")
        self.assertTrue(start <= address < end)
        self.assertEqual(report["pc"], address)
        first, last = (int(word, 16) for word in re.search(r"\(0x(\w+) to 0x(\w+)\)", report["refuser"]).groups())
        self.assertTrue(first <= address <= last)
        self.assertRegex(source_line(int(report["line"])), "code")  # where it was called from

    def test_nobody_got_through_and_no_foreign_byte_changed(self):
        self.assertEqual(self.result.status, 0)
        self.assertNotIn("NOBODY STOPPED ME", self.result.stdout)
        self.assertNotIn("isolation broken", self.result.stderr)
        self.assertRegex(self.result.stderr, r"RAM compared around [\d,]+ stays in processes, 0 times a foreign byte changed")
        for target in self.targets:
            self.assertEqual(len(self.result.lines(f"^Process trespass-{target} .* faulted: ")), 1)  # the kernel's report

    def test_the_kernel_says_the_same(self):
        for target in self.targets:
            report = self.report(target)
            line, = self.result.lines(f"^Process trespass-{target} ")
            self.assertIn(report["fault"], line)
            self.assertIn(f"pc 0x{report['pc']:08x}", line)
            if report["access"] != "fetch from":
                self.assertIn(f"at 0x{report['address']:08x}", line)


def alone_with_neighbours(target):
    """hello lies before the image in RAM, blink behind it."""
    class Alone(Trespass, unittest.TestCase):
        targets = [target]

        @classmethod
        def setUpClass(cls):
            cls.result = run("--check-isolation", app("hello"), app("trespass-" + target), app("blink"), seconds=9)

        def test_the_neighbours_go_on(self):
            self.assertEqual(len(self.result.lines("^hello: greeting")), 5)
            self.assertGreaterEqual(len(list(self.result.events("note", "led0"))), 16)
            self.assertEqual(len(list(self.result.events("start", "hello"))), 1)
            self.assertEqual(len(list(self.result.events("start", "blink"))), 1)
            self.assertEqual(len(list(self.result.events("start", "trespass-" + target))), 2)
    Alone.__qualname__ = Alone.__name__ = "Alone_" + target
    return Alone


for each in TARGETS:
    globals()["Alone_" + each] = alone_with_neighbours(each)


class Together(Trespass, unittest.TestCase):
    """All of them, one after the other, with nobody else but blink."""

    targets = TARGETS

    @classmethod
    def setUpClass(cls):
        cls.result = run("--check-isolation", *(app("trespass-" + target) for target in TARGETS), app("blink"), seconds=9)

    def test_the_summary_counts_the_refusals(self):
        line = re.search(r"MPU: .*; refused:((?:.|\n       )*)", self.result.stderr).group(1)
        refused = dict(re.findall(r"trespass-(\w+) (\d+)", line))
        self.assertEqual(refused, {target: "1" for target in TARGETS if target != "scs"})  # there it is the bus that refuses


class TheCheckItself(unittest.TestCase):
    def test_isolation_is_checked_only_when_asked_for(self):
        result = sandglass("run", "--headless", "--for", "1s", app("blink"))
        self.assertNotIn("isolation", result.stderr)


if __name__ == "__main__":
    unittest.main()
