#!/usr/bin/env python3
"""The README's first picture is what the command beside it makes, and its scenario passes. Takes two seconds."""
import os
import re
import shlex
import struct
import subprocess
import tempfile
import unittest

from sandglass import HOST_SECONDS, PROGRAM

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")


def readme():
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
        return file.read()


def header(path):
    """(width, height, bytes of the file) of a PNG."""
    with open(path, "rb") as file:
        data = file.read()
    return *struct.unpack(">II", data[16:24]), len(data)


class Readme(unittest.TestCase):
    def test_picture(self):
        """As large, and with as much to see: what the pixels must be is for the panes' golden images."""
        command, = re.findall(r"^sandglass (run .*--screenshot window\.png)$", readme(), re.M)
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([PROGRAM, *shlex.split(command)], cwd=folder, capture_output=True, text=True,
                                  timeout=HOST_SECONDS, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            made = header(os.path.join(folder, "window.png"))
        shown = header(os.path.join(ROOT, "docs/window.png"))
        self.assertEqual(made[:2], shown[:2])
        self.assertLess(max(made[2], shown[2]), 1.5 * min(made[2], shown[2]))

    def test_scenario(self):
        script, = re.findall(r"^```lua\n(.*?)^```$", readme(), re.M | re.S)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "readme.lua")
            with open(path, "w", encoding="utf-8") as file:
                file.write(script)
            done = subprocess.run([PROGRAM, "test", path], capture_output=True, text=True, timeout=HOST_SECONDS, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
