#!/usr/bin/env python3
"""EasyDMA passes no MPU: the source of a capsule that points a device at a process's memory (kernel/boards/spy_test, which is
built unchecked) does not pass capsule_check. How the simulator names it: dma.lua."""
import os
import sys
import tempfile
import unittest

from sandglass import BUILD

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
sys.path.insert(0, os.path.join(ROOT, "tools/capsule_check/tests"))
import run_suites  # noqa: E402

SPY = "kernel/boards/spy_test/capsules/spy.c"
CHECK = os.path.join(BUILD, "tools/capsule_check/capsule_check")


class Dma(unittest.TestCase):
    def test_the_checker_refuses_the_spy(self):
        with tempfile.TemporaryDirectory() as folder:
            capsules = os.path.join(folder, "kernel/capsules")
            os.makedirs(capsules)
            for trusted in ("abi", "capsule", "hil"):
                os.symlink(os.path.join(ROOT, "kernel", trusted), os.path.join(folder, "kernel", trusted))
            for name in ("spy.c", "spy.h"):
                with open(os.path.join(ROOT, SPY[:-5] + name), encoding="utf-8") as file:
                    text = file.read().replace("kernel/boards/spy_test/capsules", "kernel/capsules")
                    text = text.replace("KERNEL_BOARDS_SPY_TEST_CAPSULES", "KERNEL_CAPSULES")
                with open(os.path.join(capsules, name), "w", encoding="utf-8") as file:
                    file.write(text)
            text = os.path.join(folder, "spy.i")
            self.assertEqual(run_suites.preprocess(os.path.join(capsules, "spy.c"), folder, text).returncode, 0)
            found, problem = run_suites.run_check(CHECK, ROOT, text)
        self.assertIsNone(problem)
        with open(os.path.join(ROOT, SPY), encoding="utf-8") as file:
            number = {line.strip(): at for at, line in enumerate(file, 1)}
        refused = {(one["line"], one["rule"]) for one in found}
        forged = number["uint8_t *secret = (uint8_t *)victim.ram_start;"]
        handed = number["spy->loot = (struct dma_buffer){.bytes = secret, .length = LOOT_BYTES};"]
        self.assertIn((forged, "int-pointer"), refused)
        self.assertTrue({(handed, "private"), (handed, "dma-buffer"), (handed, "pair")} & refused, refused)


if __name__ == "__main__":
    unittest.main()
