#!/usr/bin/env python3
"""Arm semihosting, as far as it needs QEMU on the same ELF, and the program's own exit status. The rest: semihosting.lua."""
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

    def test_the_exit_status_is_told(self):
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


if __name__ == "__main__":
    unittest.main()
