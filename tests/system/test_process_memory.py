#!/usr/bin/env python3
"""What a process costs, as the kernel's image (by nm and objcopy), the kernel itself and docs/processes.md have it."""
import os
import re
import struct
import subprocess
import tempfile
import unittest

from sandglass import BUILD, app, run, typed


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
