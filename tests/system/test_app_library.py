#!/usr/bin/env python3
"""The headers that apps outside of the tree are built with. What the wrappers do is in the scenario beside the apps that call them."""
import glob
import os
import re
import subprocess
import tempfile
import unittest

from sandglass import BUILD


class Headers(unittest.TestCase):
    def test_each_stands_alone_in_strict_c11(self):
        sdk = os.path.join(BUILD, "sdk")
        with open(os.path.join(sdk, "app.mk"), encoding="utf-8") as file:
            compiler = re.search("^CC = (.*)$", file.read(), re.MULTILINE).group(1)
        headers = sorted(glob.glob("include/**/*.h", root_dir=sdk, recursive=True))
        self.assertGreater(len(headers), 40)
        with tempfile.TemporaryDirectory() as folder:
            for header in headers:
                path = os.path.join(folder, header.replace("/", "_") + ".c")
                with open(path, "w", encoding="utf-8") as file:
                    file.write(f"#include <{header.removeprefix('include/')}>\n" * 2 + "extern int nothing;\n")
            done = subprocess.run([compiler, "-std=c11", "-pedantic-errors", "-Wall", "-Wextra", "-Wstrict-prototypes", "-Wundef",
                                   "-Werror", "-fsyntax-only", "-I" + os.path.join(sdk, "include"),
                                   *glob.glob(os.path.join(folder, "*.c"))], capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
