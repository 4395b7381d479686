#!/usr/bin/env python3
"""Floating point in apps: that the three float ABIs differ, which objdump and the ELF's header tell. The rest: float.lua."""
import os
import re
import subprocess
import unittest

from sandglass import BUILD


class FloatAbi(unittest.TestCase):
    def test_they_differ_in_their_instructions(self):
        """Otherwise the rest says nothing."""
        for abi, uses in (("soft", False), ("softfp", True), ("hard", True)):
            elf = os.path.join(BUILD, f"firmware/apps/tests/float_{abi}.elf")
            code = subprocess.run(["arm-none-eabi-objdump", "-d", elf], capture_output=True, text=True, check=True).stdout
            self.assertEqual(re.search(r"\svf?m[au]\w*\.f32\s", code) is not None, uses, abi)
            with open(elf, "rb") as file:
                flags = int.from_bytes(file.read(40)[36:], "little")
            self.assertEqual(bool(flags & 0x400), abi == "hard", abi)  # EF_ARM_ABI_FLOAT_HARD


if __name__ == "__main__":
    unittest.main()
