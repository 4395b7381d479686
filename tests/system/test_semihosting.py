#!/usr/bin/env python3
"""Arm semihosting: what a bare guest prints and how it exits, beside QEMU on the same ELF; and hostile parameters."""
import os
import shutil
import subprocess
import unittest

from sandglass import guest, run

QEMU = shutil.which("qemu-system-arm")


class Semihosting(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.result = run("--semihosting", guest("semihosting.elf"), seconds=1)

    def test_output_and_exit_status(self):
        self.assertIn("hello by WRITE0\nhello by WRITE\nleft of WRITE 0x00000000\nc\n", self.result.stdout)
        self.assertIn("magic 0x53484642\nexit extended 0x00000001\n", self.result.stdout)
        self.assertNotIn("never", self.result.stdout)
        self.assertEqual(self.result.status, 1)
        self.assertIn("the guest exits with status 7", self.result.stderr)

    @unittest.skipUnless(QEMU, "needs qemu-system-arm")
    def test_qemu_says_the_same(self):
        qemu = subprocess.run([QEMU, "-M", "mps2-an386", "-nographic", "-monitor", "none", "-serial", "none",
                               "-semihosting-config", "enable=on,target=native", "-kernel",
                               os.fspath(guest("semihosting.elf"))],
                              capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
        # QEMU prints WRITE0 and WRITEC on its standard error.
        self.assertEqual(sorted((qemu.stdout + qemu.stderr).splitlines()), sorted(self.result.stdout.splitlines()))
        self.assertEqual(qemu.returncode, 7)

    def test_hostile_parameters(self):
        result = run("--semihosting", guest("semihosting_hostile.elf"), seconds=5)
        self.assertTrue(result.stdout.endswith("!alive\n"), result.stdout[-100:])
        self.assertEqual(result.status, 1)
        self.assertIn("the guest exits with status 1", result.stderr)

    def test_without_the_option_it_faults_and_the_report_says_what_it_was(self):
        result = run(guest("semihosting.elf"), seconds=0.1)
        self.assertEqual(result.stdout, "")
        self.assertIn("--semihosting", result.stderr)


if __name__ == "__main__":
    unittest.main()
