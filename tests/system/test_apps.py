#!/usr/bin/env python3
"""An app that a permissions TLV keeps from a driver; what the example apps show otherwise is in the scenarios beside them."""
import os
import tempfile
import unittest

from sandglass import BUILD, app, run, sandglass


class Apps(unittest.TestCase):
    def test_ps_without_permission(self):
        """A permissions TLV that names other drivers only, and none at all."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "ps.tbf")
            for options in ((), ("--permissions", "0x0:*", "--permissions", "0x1:*")):
                packed = sandglass("pack", "-n", "ps", *options, "-o", path, os.path.join(BUILD, "firmware/apps/ps.elf"))
                self.assertEqual(packed.status, 0, packed.stderr)
                result = run(path, app("hello"), seconds=0.5)
                self.assertEqual(result.lines("^ps: "), ["ps: not permitted, error -11"])


if __name__ == "__main__":
    unittest.main()
