#!/usr/bin/env python3
"""EasyDMA passes no MPU. A capsule that points a UARTE at a process's memory (kernel/boards/spy_test, which is built
unchecked) is named by the simulator, with device, bytes and victim; the same source does not pass capsule_check; and
kernels whose capsules passed it never do that."""
import os
import re
import sys
import tempfile
import unittest

from sandglass import BUILD, app, run, sandglass

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
sys.path.insert(0, os.path.join(ROOT, "tools/capsule_check/tests"))
import run_suites  # noqa: E402

KERNEL = os.path.join(BUILD, "firmware/kernel/spy_test.elf")
SPY = "kernel/boards/spy_test/capsules/spy.c"
CHECK = os.path.join(BUILD, "tools/capsule_check/capsule_check")


class Dma(unittest.TestCase):
    def test_the_spy_is_named(self):
        result = run("-b", "nrf52840dk", KERNEL, app("tests/witness"), seconds=0.6)
        lines = result.stderr.splitlines()
        told = [i for i, line in enumerate(lines) if "DMA past the MPU" in line]
        self.assertEqual(len(told), 1, result.stderr)
        self.assertRegex(lines[told[0]], r"device uart1 reads memory of process witness at 0x2000[0-9a-f]{4}, which the "
                                         "process has not offered to the kernel$")
        chain = lines[told[0] + 1:told[0] + 6]
        self.assertRegex(chain[0], r"^ +pointed there in start_dma_tx\S* \(kernel/chips/nrf52/uarte.c:\d+\)$")
        # How many of the driver's functions are between, is the compiler's choice.
        capsule, = [i for i, line in enumerate(chain) if re.search(r"^ +called from spy_elapsed \(.*\): capsule spy$", line)]
        for line in chain[1:capsule]:
            self.assertRegex(line, r"^ +called from \w+ \(kernel/chips/nrf52/uarte.c:\d+\)$")
        self.assertRegex(chain[capsule - 1], r"^ +called from uarte_transmit ")
        moved = re.search(r"device uart1 has read (\d+) bytes of process witness, 0x(\w+) to 0x(\w+)", result.stderr)
        self.assertEqual((int(moved[1]), int(moved[3], 16) - int(moved[2], 16)), (24, 23))

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

    def test_kernels_of_checked_capsules_do_not(self):
        for board in ("nrf52dk", "pinetime"):
            with self.subTest(board):
                result = sandglass("run", "--headless", "-b", board, "--speed", "max", "--for", "2s")
                self.assertEqual(result.status, 0, result.stderr)
                self.assertNotIn("DMA past the MPU", result.stderr)


if __name__ == "__main__":
    unittest.main()
