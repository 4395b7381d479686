#!/usr/bin/env python3
"""What becomes of processes where the program's own report, its exit status or the kernel's image tells it: policies,
panic, reset, and what a process costs. The rest is in life.lua."""
import os
import re
import struct
import subprocess
import tempfile
import unittest

from sandglass import BUILD, app, run, typed


class Ends(unittest.TestCase):
    def console(self, line, seconds):
        return run(app("hello"), app("blink"), *typed((0.5, line)), seconds=seconds)

    def test_policies_that_show_all_and_one_that_panics(self):
        """On kernel/boards/trap_test, whose rules are for some apps' names."""
        kernel = os.path.join(BUILD, "firmware/kernel/trap_test.elf")
        runs = {name: run(kernel, app("trespass-" + name), app("hello"), seconds=5) for name in ("kernel", "neighbour", "grants")}
        for name, starts in (("kernel", 1), ("neighbour", 2)):
            with self.subTest(name=name):
                said = runs[name].stdout
                self.assertRegex(said, rf"(?s)Process trespass-{name} .* faulted: .*App: trespass-{name} +- +\[Faulted\].*CFSR 0x0*82 .*"
                                 r"r0 0x.*lr 0x.*sp 0x.*region 0 .*region 7 ")
                self.assertEqual(len(list(runs[name].events("start", "trespass-" + name))), starts)
                if starts == 2:  # who is started again is so when all has been shown
                    self.assertLess(said.index("region 7 "), said.index("trespass: started again"))
                self.assertTrue(runs[name].lines("hello: greeting number 3"))  # the others go on meanwhile
        self.assertEqual(runs["grants"].status, 1)
        self.assertTrue(runs["grants"].lines("[Pp]anic"), runs["grants"].stdout)
        self.assertEqual(len(list(runs["grants"].events("start", "trespass-grants"))), 1)

    def test_reset_boots_again(self):
        result = self.console("reset", 1.5)
        self.assertEqual(result.status, 0, result.stderr)
        self.assertEqual(len(result.lines("Entering main loop")), 2)
        self.assertIn("reset: software request", result.stderr)
        self.assertEqual(len(list(result.events("start", "hello"))), 2)

    def test_panic_says_all_and_ends_the_run(self):
        result = self.console("panic", 5)
        self.assertEqual(result.status, 1)
        self.assertIn("the kernel has panicked", result.stderr)
        for text in ("Kernel panic", "asked for at the process console", "App: hello", "App: blink", "region 0  RBAR",
                     "app break", "r4 ", "End of panic"):
            self.assertEqual(len(result.lines(re.escape(text))) > 0, True, text)


class Memory(unittest.TestCase):
    """What a process costs: the built kernel's own sizes, what it says at run time, and docs/processes.md agree."""

    TOCK = {"a process, no driver used": 1352, "alarm": 24, "console": 76, "a process that uses both": 1452}

    def grants_of_the_image(self):
        """Bytes of each grant by its name, from the section that all of them lie in."""
        elf = os.path.join(BUILD, "firmware/kernel/nrf52dk.elf")
        lines = subprocess.run(["arm-none-eabi-nm", elf], capture_output=True, text=True, check=True).stdout.splitlines()
        symbols = {name: int(address, 16) for address, _, name in (line.split() for line in lines if len(line.split()) == 3)}
        with tempfile.NamedTemporaryFile() as flat:
            subprocess.run(["arm-none-eabi-objcopy", "-O", "binary", "-j", ".text", elf, flat.name], check=True)
            text = flat.read()
        found = {}
        for name, address in symbols.items():
            if symbols["__start_grants"] <= address < symbols["__stop_grants"] and name.endswith("_grant"):
                data, alignment, *numbers, custom = struct.unpack_from("<HBBBBBB", text, address - symbols["kernel_text_start"])
                pairs = (8 * sum(numbers) + alignment - 1) // alignment * alignment
                found[name.removesuffix("_grant")] = (pairs + data + 4 + 7) // 8 * 8
        return found

    def table(self):
        path = os.path.join(os.path.dirname(__file__), "../../docs/processes.md")
        with open(path, encoding="utf-8") as file:
            rows = re.findall(r"^\| ([\w ,]+) \| ([\d,]+) \| ([\d,]+) \|$", file.read(), re.MULTILINE)
        return {what: (int(ours.replace(",", "")), int(tock.replace(",", ""))) for what, ours, tock in rows}

    def test_the_table(self):
        grants = self.grants_of_the_image()
        result = run(app("hello"), *typed((0.5, "process hello")), seconds=0.8)
        whole = int(re.search(r"^  Grants +0x\w+  0x\w+ +(\d+)", result.stdout, re.MULTILINE)[1])
        told = {name: int(size) for name, size in re.findall(r"^  Grant of 0x\w+ (\w+) +(\d+)", result.stdout, re.MULTILINE)}
        self.assertEqual(told, {name: grants[name] for name in ("alarm", "console")})
        record = whole - sum(told.values())
        table = self.table()
        self.assertEqual({what: tock for what, (_, tock) in table.items()}, self.TOCK)
        for what, size in (("alarm", told["alarm"]), ("console", told["console"])):
            self.assertEqual(table[what][0], size, what)
        # A board with one driver more has 4 bytes more in each record. Promised: half of Tock's.
        for what, size in (("a process, no driver used", record), ("a process that uses both", whole)):
            self.assertAlmostEqual(table[what][0], size, delta=size // 20, msg=what)
            self.assertLessEqual(2 * size, self.TOCK[what])


if __name__ == "__main__":
    unittest.main()
