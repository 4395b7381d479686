#!/usr/bin/env python3
"""The system call interface, seen by apps. Each app of apps/tests/abi_* checks one part of it from the inside and prints
a line for each rule; docs/abi-rules.md has the same lines, and neither may have one that the other lacks."""
import os
import re
import struct
import tempfile
import unittest

import tbf
from sandglass import app, run, typed

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../docs/abi-rules.md")
BOARDS = ("nrf52dk", "nrf52840dk", "pinetime", "security_key", "sensor_node")
LED, BUTTON, ALARM, CONSOLE, TOUCH = 2, 3, 0, 1, 0x90002
ALL_COMMANDS = (1 << 64) - 1


def rules_of_the_page():
    """{app: [rule, ...]}"""
    rules, name = {}, None
    with open(PAGE, encoding="utf-8") as file:
        for line in file.read().splitlines():
            heading = re.match(r"## .*`apps/tests/(abi_\w+)`$", line)
            if heading:
                name = heading.group(1)
                rules[name] = []
            elif line.startswith("#"):
                name = None
            elif line.startswith("- ") and name:
                rules[name].append(line[2:])
    return rules


RULES = rules_of_the_page()


class AppThatTests:
    def passes(self, name, *arguments, image=None, seconds=3):
        """The app ends, and all of its rules hold; `name` may be longer than the page's."""
        on_page = max((known for known in RULES if name.startswith(known)), key=len)
        result = run("--check-isolation", image or app("tests/" + name), *arguments, seconds=seconds)
        self.assertEqual(result.status, 0, result.stderr)
        self.assertEqual(result.lines("(^|[$] )(FAIL|WRONG) "), [])  # the process console's prompt may stand before
        # A rule may be said in two lives.
        said = list(dict.fromkeys(re.findall("(?:^|[$] )PASS (.*)$", result.stdout, re.MULTILINE)))
        self.assertEqual(said, RULES[on_page])
        self.assertEqual(result.lines("^done$"), ["done"], result.stdout)
        self.assertIn(" 0 times a foreign byte changed", result.stderr)
        return result

    def passes_with(self, name, element):
        """... of an app with one element more in its header."""
        with open(app("tests/" + name), "rb") as file:
            image = tbf.with_element(file.read(), element)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, name + ".tbf")
            with open(path, "wb") as file:
                file.write(image)
            self.passes(name, image=path)


class Rules(AppThatTests, unittest.TestCase):
    def test_every_app_of_the_page_is_run_here(self):
        with open(__file__, encoding="utf-8") as file:
            text = file.read()
        self.assertEqual([name for name in RULES if f'"{name}' not in text], [])
        self.assertNotIn([], RULES.values())

    def test_start(self):
        result = self.passes("abi_start")
        self.assertEqual(len(list(result.events("start", "abi_start"))), 2)

    def test_registers(self):
        self.passes("abi_registers")

    def test_places(self):
        self.passes("abi_places")

    def test_yield(self):
        self.passes("abi_yield")

    def test_queue(self):
        self.passes("abi_queue")

    def test_subscribe_and_allow(self):
        self.passes("abi_exchange")

    def test_buffers(self):
        self.passes("abi_buffers")

    def test_memop(self):
        self.passes("abi_memory")

    def test_memop_wherever_ram_begins(self):
        waits = struct.pack("<4H", 0x2001, 0xDF00, 0xE7FC, 0xBF00)  # yield-wait, for ever
        starts = set()
        with tempfile.TemporaryDirectory() as folder:
            for step in range(8):
                below = os.path.join(folder, f"below{step}.tbf")
                with open(below, "wb") as file:
                    file.write(tbf.image(waits, minimum_ram=512 + 32 * step, total=16384))  # the largest is the first
                result = self.passes("abi_memory", app("tests/abi_memory"), image=below, seconds=0.5)
                start, = re.findall("abi_memory .* of 0x([0-9a-f]+) to ", result.stderr)
                starts.add(int(start, 16) % 256)
        self.assertGreater(len(starts), 3)

    def test_writeable_flash_regions(self):
        self.passes_with("abi_writeable", tbf.tlv(tbf.WRITEABLE, struct.pack("<6I", 512, 256, 768, 0, 1024, 1 << 20)))

    def test_command(self):
        self.passes("abi_command")

    def test_drivers_that_are_not_there(self):
        for board in BOARDS:
            with self.subTest(board=board):
                self.passes("abi_absent", "-b", board)

    def test_permissions(self):
        records = (CONSOLE, 0, ALL_COMMANDS), (ALARM, 0, ALL_COMMANDS), (LED, 0, 0b11), (TOUCH, 1, 1 << 100 % 64)
        payload = struct.pack("<H", len(records)) + b"".join(struct.pack("<IIQ", *record) for record in records)
        self.passes_with("abi_permissions", tbf.tlv(tbf.PERMISSIONS, payload))

    def test_exit(self):
        result = self.passes("abi_exit", *typed((1, "process abi_exit")))
        self.assertEqual(len(result.lines("Terminated, .* completion code 42$")), 1, result.stdout)
        self.assertEqual(len(result.lines("restarts 5,")), 1, result.stdout)
        self.assertEqual(len(list(result.events("start", "abi_exit"))), 6)


class LivesBefore(AppThatTests, unittest.TestCase):
    """Nothing is left of a life when the next one begins, however it ended."""

    def test_exit_restart(self):
        self.passes("abi_reborn_restart", "--press", "button0@350ms")

    def test_fault_and_restart(self):
        result = self.passes("abi_reborn_fault", "--press", "button0@350ms")
        self.assertEqual(len(list(result.events("fault", "abi_reborn_fault"))), 1)

    def test_terminate_and_boot(self):
        self.passes("abi_reborn_wait", "--press", "button0@900ms",
                    *typed((0.5, "terminate abi_reborn_wait"), (0.8, "boot abi_reborn_wait")))

    def test_fault_from_outside(self):
        self.passes("abi_reborn_wait", "--press", "button0@900ms", *typed((0.5, "fault abi_reborn_wait")))


class Faults(unittest.TestCase):
    """What ends a process; it is started again three times, and the others go on."""

    def faults(self, name, why):
        result = run("--check-isolation", app("tests/" + name), app("hello"), seconds=3)
        self.assertEqual(result.status, 0, result.stderr)
        self.assertEqual(len(result.lines(f"^Process {name} .* faulted: {why}")), 4, result.stdout)
        self.assertEqual(result.lines("FAIL"), [])
        self.assertEqual(len(result.lines("^hello: greeting")), 2)
        self.assertIn(" 0 times a foreign byte changed", result.stderr)
        return result

    def test_class_189(self):
        result = self.faults("abi_bad_class_189", "unknown class of system call")
        self.assertGreaterEqual(len(list(result.events("call", "abi_bad_class_189", "189"))), 4)

    def test_class_8(self):
        result = self.faults("abi_bad_class_8", "unknown class of system call")
        self.assertGreaterEqual(len(list(result.events("call", "abi_bad_class_8", "8"))), 4)

    def test_yield_3(self):
        self.faults("abi_bad_yield_3", "unknown kind of yield")

    def test_the_byte_behind_the_first_break(self):
        result = self.faults("abi_start_beyond", "MemManage DACCVIOL")
        begins = int(re.search(r"^App abi_start_beyond: .* RAM 0x(\w+)-", result.stdout, re.MULTILINE).group(1), 16)
        self.assertIn(f"read of 0x{begins + 32:08x}\n", result.stderr)

    def test_a_function_in_ram(self):
        result = self.faults("abi_callback", "MemManage IACCVIOL")
        self.assertEqual(len(result.lines("^PASS subscribe takes a function in RAM")), 4)


if __name__ == "__main__":
    unittest.main()
