#!/usr/bin/env python3
"""The benchmarks themselves: every guest comes to the right end on the simulator (and on QEMU, where it is), the JSON is
complete, a wrong result is not counted. No time is judged. ctest sets SANDGLASS_BUILD to the build folder."""
import json
import os
import stat
import subprocess
import sys
import tempfile
import unittest

BUILD = os.environ.get("SANDGLASS_BUILD", "build/check")
RUN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "run.py")
HOST_SECONDS = 300  # only against a hang


def run(*arguments):
    return subprocess.run([sys.executable, RUN, *arguments], capture_output=True, text=True, timeout=HOST_SECONDS, check=False)


class Quick(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "figures.json")
            cls.done = run("--build", BUILD, "--quick", "--json", path)
            if cls.done.returncode == 0:
                with open(path, encoding="utf-8") as file:
                    cls.content = json.load(file)

    def figure(self, name):
        return next(figure for figure in self.content["figures"] if figure["name"] == name)

    def test_every_case_comes_to_its_end(self):
        self.assertEqual(self.done.returncode, 0, self.done.stderr)
        self.assertEqual(self.done.stderr, "")
        names = [figure["name"] for figure in self.content["figures"]]
        self.assertEqual(len(names), len(set(names)))
        for name in ("integer", "branchy", "stores", "floating", "cpu_bound", "hashing", "mpu_switch", "interrupts", "sleep",
                     "sleep_bare", "devices", "memory", "start", "snapshot", "kernel_flash", "null_command", "allow", "subscribe",
                     "window_demo", "window_interrupts", "window_apart", "yield_to_upcall", "interrupt_to_upcall", "context_switch", "interrupt_latency"):
            self.assertIn(name, names)

    def test_figures_are_numbers_and_nothing_is_judged(self):
        for figure in self.content["figures"]:
            self.assertIsNone(figure["met"], figure)
            if figure["note"] != "not built":
                self.assertGreater(figure["sandglass"]["median"], 0, figure)

    def test_the_kernel_is_the_one_that_was_built(self):
        """The linker's own word on where the RAM of the apps begins."""
        elf = os.path.join(BUILD, "firmware/kernel/nrf52dk.elf")
        symbols = subprocess.run(["arm-none-eabi-nm", elf], capture_output=True, text=True, check=True).stdout
        start = next(int(line.split()[0], 16) for line in symbols.splitlines() if line.endswith(" app_ram_start"))
        self.assertEqual(self.figure("kernel_ram")["sandglass"]["median"], start - 0x20000000)
        self.assertEqual(len(self.figure("null_command")["sandglass"]["values"]), 1000)

    def test_the_kernel_leaves_the_apps_their_ram(self):
        self.assertLessEqual(self.figure("kernel_ram")["sandglass"]["median"], 8192)

    def test_the_kernel_fits_its_flash(self):
        self.assertLess(self.figure("kernel_flash")["sandglass"]["median"], 65536)

    def test_the_text_has_every_figure(self):
        for figure in self.content["figures"]:
            self.assertIn(f"\n{figure['name']}: {figure['what']}\n", self.done.stdout)


class Refusals(unittest.TestCase):
    def assert_refused(self, done, *words):
        self.assertEqual(done.returncode, 2)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)

    def test_options(self):
        self.assert_refused(run("--build", BUILD, "--only", "nonsense"), "nonsense", "mpu_switch")
        self.assert_refused(run("--build", BUILD, "--runs", "0"), "--runs 0")
        self.assert_refused(run("--build", "/nowhere"), "/nowhere/sim/sandglass", "build first")
        self.assert_refused(run("--build", BUILD, "--json", "/nowhere/x.json"), "/nowhere/x.json")

    def refuse_output(self, text, *words):
        """A simulator that prints this instead."""
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(os.path.join(folder, "sim"))
            os.symlink(os.path.join(os.path.abspath(BUILD), "firmware"), os.path.join(folder, "firmware"))
            program = os.path.join(folder, "sim/sandglass")
            with open(program, "w", encoding="ascii") as file:
                file.write(f"#!/bin/sh\nprintf '{text}'\n")
            os.chmod(program, stat.S_IRWXU)
            self.assert_refused(run("--build", folder, "--quick", "--only", "devices"), *words)

    def test_a_wrong_result_is_not_counted(self):
        self.refuse_output("wrong 0000abcd 00000002\\n", "wrong", "0000abcd")
        self.refuse_output("the guest crashed\\n", "did not come to its end", "crashed")

    def test_machines_that_disagree_are_not_compared(self):
        if subprocess.run(["which", "qemu-system-arm"], capture_output=True, check=False).returncode == 0:
            self.refuse_output("right 0000abcd 00000002\\n", "disagree", "0000abcd")


if __name__ == "__main__":
    unittest.main()
