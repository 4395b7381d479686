#!/usr/bin/env python3
"""Floating point in apps: by every float ABI, side by side, and nothing of one process in another's registers."""
import os
import re
import subprocess
import tempfile
import unittest

from sandglass import BUILD, app, run, sandglass, typed

KEPT, NOTHING = ": 0 lost", ": 0 registers, FPSCR 00000000"


def packed(folder, elf, name):
    path = os.path.join(folder, name + ".tbf")
    result = sandglass("pack", os.path.join(BUILD, f"firmware/apps/tests/{elf}.elf"), "-o", path, "-n", name)
    assert result.status == 0, result.stderr
    return path


def whole(result, pattern):
    """The lines of that pattern; the end of the run may cut one."""
    result.stdout = result.stdout[:result.stdout.rfind("\n") + 1]
    return result.lines(pattern)


class FloatAbi(unittest.TestCase):
    # 1/2 of the sum of (i/8)^2 for i < 64; 1*1 + 2*2 + ... + 10*10; square root of 2, sine of 0.5, 1.5^7, e; ...
    LINES = ["float: squares 666750", "float: arguments 385000", "float: library 1414 479 17086 2718", "float: text -12062",
             "float: upcalls 10891 5950", "float: printed 10.891"]

    def test_each_prints_the_same(self):
        for abi in ("soft", "softfp", "hard"):
            with self.subTest(abi=abi):
                self.assertEqual(run(app(f"tests/float_{abi}"), seconds=1).lines("^float"), self.LINES)

    def test_side_by_side(self):
        result = run("--check-isolation", *(app(f"tests/float_{abi}") for abi in ("soft", "softfp", "hard")), app("hog"), seconds=2)
        lines = result.lines("^float")
        self.assertEqual(sorted(lines), sorted(3 * self.LINES), result.stdout)
        self.assertIn(" 0 times a foreign byte changed", result.stderr)

    def test_they_differ_in_their_instructions(self):
        """Otherwise the rest says nothing."""
        for abi, uses in (("soft", False), ("softfp", True), ("hard", True)):
            elf = os.path.join(BUILD, f"firmware/apps/tests/float_{abi}.elf")
            code = subprocess.run(["arm-none-eabi-objdump", "-d", elf], capture_output=True, text=True, check=True).stdout
            self.assertEqual(re.search(r"\svf?m[au]\w*\.f32\s", code) is not None, uses, abi)
            with open(elf, "rb") as file:
                flags = int.from_bytes(file.read(40)[36:], "little")
            self.assertEqual(bool(flags & 0x400), abi == "hard", abi)  # EF_ARM_ABI_FLOAT_HARD


class Registers(unittest.TestCase):
    """All 32 and FPSCR."""

    def test_three_apps_keep_theirs_and_others_see_nothing(self):
        with tempfile.TemporaryDirectory() as folder:
            images = [packed(folder, "attack_float_secret", f"secret{i}") for i in (1, 2, 3)]
            images += [packed(folder, "attack_float_peek", f"peek{i}") for i in (1, 2)]
            result = run(*images, app("tests/attack_float_calls"), seconds=2)
        for pattern, end, least in (("^secret", KEPT, 9), ("^peek", NOTHING, 20), ("^calls", KEPT, 20)):
            lines = whole(result, pattern)
            self.assertGreaterEqual(len(lines), least, pattern)
            self.assertEqual([line for line in lines if not line.endswith(end)], [])

    def test_calls_and_upcalls_keep_them(self):
        lines = whole(run(app("tests/attack_float_calls"), seconds=1), "^calls")
        self.assertGreaterEqual(len(lines), 20)
        self.assertEqual([line for line in lines if not line.endswith(KEPT)], [])

    def test_a_new_life_begins_with_zeroes(self):
        result = run(app("tests/attack_float_restart"), app("tests/attack_float_peek"), seconds=0.5)
        lines = whole(result, "^(reborn|peek)")
        self.assertGreaterEqual(len(lines), 15)
        self.assertEqual([line for line in lines if not line.endswith(NOTHING)], [])

    def test_a_fault_in_the_middle(self):
        """It is started again three times; each life begins with zeroes, and the others see nothing of it."""
        result = run(app("tests/attack_float_fault"), app("tests/attack_float_peek"), app("tests/float_hard"),
                     *typed((0.5, "boot attack_float_fault")), seconds=1)
        self.assertEqual(len(result.lines(r"attack_float_fault \(slot \d\) faulted: MemManage DACCVIOL")), 5)
        lines = whole(result, "^(reborn|peek)")
        self.assertEqual(len([line for line in lines if line.startswith("reborn")]), 5)
        self.assertEqual([line for line in lines if not line.endswith(NOTHING)], [])
        self.assertEqual(result.lines("^float"), FloatAbi.LINES)


if __name__ == "__main__":
    unittest.main()
