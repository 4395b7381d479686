#!/usr/bin/env python3
"""Example apps of apps/ that no other test has: each prints what it is there to show."""
import os
import re
import tempfile
import unittest

from sandglass import BUILD, app, keys, run, sandglass


class Apps(unittest.TestCase):
    def lines(self, name, *arguments, seconds=1, what=None):
        result = run("--check-isolation", *arguments, app(what or name), seconds=seconds)
        self.assertEqual(result.status, 0, result.stderr)
        self.assertIn(" 0 times a foreign byte changed", result.stderr)
        return re.findall(f"^(?:sandglass[$] )?{name}: (.*)$", result.stdout, re.MULTILINE)

    def test_pins(self):
        self.assertEqual(self.lines("pins"), ["8 of them", "an output is high", "an output is low", "an output is high",
                                              "an output is low", "pulled up it is high", "pulled down it is low"])

    def test_probe(self):
        said = self.lines("probe", "-b", "sensor_node", "--set", "sht3xd.temperature=-1250@1ms",
                          "--set", "sht3xd.humidity=3000@1ms", seconds=2)
        self.assertEqual(len(said), 2)
        degrees, percent = re.match("(-?[0-9]+) hundredths of a degree, ([0-9]+) %$", said[0]).groups()
        self.assertLessEqual(abs(int(degrees) + 1250), 1)
        self.assertIn(int(percent), (29, 30))
        self.assertEqual(self.lines("probe", "-b", "nrf52840dk"), ["nobody at 0x44, error -13"])

    def test_echo(self):
        self.assertEqual(self.lines("echo", *keys(0.5, r"hello, World\r"), *keys(0.8, r"x\n")), ["say something", "HELLO, WORLD", "X"])

    def test_pasted(self):
        """500 characters without a pause, of which each line has an answer of the process console's, too: a read of the
        app's has no gap. A command behind 480 characters of dropped lines is whole."""
        for board in ("nrf52dk", "nrf52840dk"):
            with self.subTest(board=board):
                pasted = "abcdefghijklmnopqrstuvwxyz\\n" * 22
                self.assertEqual(self.lines("paste", "-b", board, "--uart-in", pasted + "@500ms", what="tests/paste"),
                                 ["500 bytes, 0 gaps"])
                dropped = "0123456789" * 6 + "\\x03"
                result = run("-b", board, app("blink"), "--uart-in", dropped * 8 + "list\\n@500ms", seconds=1)
                self.assertEqual(len(result.lines("^ 0 .* blink ")), 1, result.stdout)

    def test_bare(self):
        result = run(app("bare"), seconds=1)
        self.assertEqual([line.split("LowLevelDebug: App 0x0 ")[1] for line in result.lines("LowLevelDebug")],
                         [f"prints 0x{i:x} 0x{i * i:x}" for i in range(1, 6)] + ["status code 0x600d"])

    def test_battery(self):
        said = self.lines("battery", "-b", "sensor_node", "--set", "vbatt.millivolts=3600@1ms",
                          "--set", "vbatt.millivolts=3000@1s", seconds=2)
        first, second = (int(line.removesuffix(" mV")) for line in said)
        self.assertLess(abs(first - 3600), 10)
        self.assertLess(abs(second - 3000), 10)

    def test_ps(self):
        said = self.lines("ps", "-b", "nrf52dk", app("hello"), app("blink"))
        self.assertEqual(sorted(said[:3]), ["blink: waits, 0 restarts, has made calls",
                                            "hello: waits, 0 restarts, has made calls",
                                            "ps: running, 0 restarts, has made calls"])
        self.assertEqual(said[3:], ["stop: 0", "hello: stopped, 0 restarts, has made calls",
                                    "start: 0", "hello: waits, 0 restarts, has made calls",
                                    "terminate: 0", "hello: ended, 0 restarts, has made calls",
                                    "boot: 0", "hello: waits, 1 restarts, has made calls"])

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
