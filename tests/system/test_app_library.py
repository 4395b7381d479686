#!/usr/bin/env python3
"""The app library's wrappers against the real kernel: apps/tests/lib_wrappers calls each and prints a line for what must
hold; what only the outside sees (LEDs, lines on the console) is judged here."""
import glob
import os
import re
import subprocess
import tempfile
import unittest

from sandglass import BUILD, app, keys, run

BOARD = os.path.join(os.path.dirname(__file__), "../../sim/boards/nrf52dk.dts")
BOARDS = os.path.join(os.path.dirname(__file__), "../boards")
KERNEL = os.path.join(os.path.dirname(app("hello")), "../kernel/nrf52dk.elf")


class AppLibrary(unittest.TestCase):
    def passes(self, name, rules, *arguments):
        result = run("--check-isolation", *arguments, app("tests/" + name), seconds=4)
        self.assertEqual(result.status, 0, result.stderr)
        self.assertEqual(result.lines("FAIL|WRONG"), [])
        self.assertEqual(len(result.lines("PASS ")), rules, result.stdout)
        self.assertEqual(len(result.lines("done$")), 1, result.stdout)
        self.assertIn(" 0 times a foreign byte changed", result.stderr)
        return result

    def lights(self, result, name):
        return [fields[1] for _, fields in result.events("note", name)]

    def inputs(self, kind, *pulses):
        return [word for name, begin, end in pulses for word in (kind, f"{name}@{begin}ms..{end}ms")]

    def test_led_button_touch_alarm_and_sensors(self):
        presses = self.inputs("--press", ("button1", 500, 600), ("button3", 700, 800), ("button2", 900, 1000),
                              ("button2", 1200, 1300), ("button2", 1500, 1600))
        touches = self.inputs("--touch", ("pad0", 2000, 2100), ("pad0", 2300, 2400), ("pad0", 2600, 2700))
        result = self.passes("lib_inputs", 34, *presses, *touches, "--set", "temp.temperature=-550@1ms")
        self.assertEqual(self.lights(result, "led1"), ["on", "off", "on", "off"])
        for other in ("led0", "led2", "led3"):
            self.assertEqual(self.lights(result, other), [])

    def test_console_and_low_level_debug(self):
        typed = [word for text, at in (("hello", 500), ("abcd", 800), ("xy", 1100), ("wxyz", 1600))
                 for word in ("--uart-in", f"{text}@{at}ms")]
        result = self.passes("lib_console", 16, *typed)
        for line in ("by console_write", "by console_print", "short",
                     "written without waiting, in more than one piece of 64 bytes: end"):
            self.assertEqual(len(result.lines(f"^{line}$")), 1, result.stdout)
        said = [line.split("LowLevelDebug: ")[1] for line in result.lines("LowLevelDebug: ")]
        self.assertEqual(said, ["App 0x0 status code 0x1 (panic)", "App 0x0 status code 0x2 (could not start up)",
                                "App 0x0 status code 0x1234", "App 0x0 prints 0xdeadbeef", "App 0x0 prints 0x0",
                                "App 0x0 prints 0x10 0xffffffff"])

    def test_requests_that_nobody_waits_for(self):
        kernel = os.path.join(BUILD, "firmware/kernel/nrf52840dk.elf")
        self.passes("lib_async_dk", 13, "-b", os.path.join(BOARDS, "header_spi.dts"), kernel)
        self.passes("lib_async_node", 9, "-b", "sensor_node")

    def test_the_watch_s_wrappers(self):
        finger = (("touch", 200, 120, 1000), ("touch", 60, 120, 1060), ("untouch", 0, 0, 1120),
                  ("touch", 120, 200, 1600), ("touch", 120, 60, 1660), ("untouch", 0, 0, 1720))
        moves = [word for what, x, y, at in finger for word in ("--set", f"cst816s.{what}={x + 4096 * y}@{at}ms")]
        self.passes("lib_async_watch", 12, "-b", "pinetime", *moves)

    def test_ctap_hid(self):
        reports = [word for first, at in ((42, 1500), (7, 2500)) for word in
                   ("--set", f"usb_host.data={first}@{at}ms", "--set", f"usb_host.out={4 << 8 | 1}@{at + 1}ms")]
        self.passes("lib_async_key", 5, "-b", "security_key", *reports)

    def test_the_names_of_tock_s_c_library(self):
        result = self.passes("libtock_c", 15, *self.inputs("--press", ("button2", 3000, 3100)))
        self.assertEqual(self.lights(result, "led0"), ["on"])

    def test_heap(self):
        self.passes("lib_memory", 11)

    def test_stdio(self):
        result = self.passes("lib_stdio", 8, *keys(1, r"42 x\r"), *keys(2, r"a line\n"))
        self.assertEqual(len(result.lines("^by stderr$")), 1)
        self.assertEqual(len(result.lines("^0{149}7$")), 1)

    def test_gpio(self):
        """On the board with a button and an LED more, at the pins 0 and 1 of those that are left to apps."""
        with open(BOARD, encoding="utf-8") as file:
            board = file.read()
        for after, node in (("compatible = \"gpio-leds\";", "led4: led_4 { gpios = <&gpio0 4 0>; };"),
                           ("compatible = \"gpio-keys\";", "button4: button_4 { gpios = <&gpio0 3 0x20>; };")):
            self.assertEqual(board.count(after), 1)
            board = board.replace(after, f"{after} {node}")
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "wired.dts")
            with open(path, "w", encoding="utf-8") as file:
                file.write(board)
            presses = self.inputs("--press", ("button4", 500, 600), ("button4", 800, 900), ("button4", 1100, 1200),
                                  ("button4", 1400, 1600))
            result = self.passes("lib_gpio", 21, "-b", path, *presses, KERNEL)
        self.assertEqual(self.lights(result, "led4"), ["on", "off", "on", "off", "on", "off"])


class Headers(unittest.TestCase):
    """Those of the folder that apps outside of the tree are built with."""

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
