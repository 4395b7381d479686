#!/usr/bin/env python3
"""--save-at and --restore, which are the command line's own, and the files that they write: two runs that are one."""
import os
import tempfile
import unittest

from sandglass import app, guest, run, sandglass

APPS = [app(name) for name in ("blink", "buttons", "sensors", "hog")]
INPUTS = ["--press", "button0@1.2s", "--uart-in", "list\\n@1.6s", "--press", "button0@2.1s..2.3s"]


class Snapshot(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = os.path.join(folder.name, "x.snap")

    def save(self, seconds, *arguments):
        return run("--save-at", f"{seconds}s={self.file}", *arguments, seconds=seconds)

    def restore(self, *arguments, seconds=3):
        return sandglass("run", "--headless", "--for", f"{seconds}s", "--restore", self.file, *arguments)

    def expect_refused(self, result, *words):
        self.assertEqual(result.status, 2)
        self.assertEqual(len(result.stderr.strip().splitlines()), 1, result.stderr)
        for word in words:
            self.assertIn(word, result.stderr)

    def check_two_are_one(self, seconds, whole_seconds, *arguments):
        whole = run(*arguments, seconds=whole_seconds)
        first = self.save(seconds, *arguments)
        self.assertIn("saved to", first.stderr)
        files = [argument for argument in arguments if argument.endswith((".tbf", ".elf"))]
        second = run("--restore", self.file, *files, seconds=whole_seconds)
        self.assertEqual(second.status, 0, second.stderr)
        self.assertTrue(first.trace + second.trace == whole.trace)
        self.assertGreater(whole.trace.count(" uart "), 10)
        for pattern in (r"([\d,]+) instructions", r"([\d,]+) cycles", r"([\d,]+) system calls", r"([\d,]+) exceptions"):
            self.assertEqual(second.summary_number(pattern), whole.summary_number(pattern))

    def test_a_run_in_two_parts_is_the_run_in_one(self):
        self.check_two_are_one(1.7, 3, *INPUTS, *APPS)
        first, second = self.save(1.7, *APPS), self.restore(*APPS)
        self.assertEqual(first.stdout + second.stdout, run(*APPS, seconds=3).stdout)

    def test_a_bare_guest_in_two_parts(self):
        self.check_two_are_one(0.012, 0.03, guest("everything.elf"))

    def check_silent_end(self, save_at, save_late_at, *firmware):
        def cycles(result):
            return result.summary_number(r"([\d,]+) cycles")

        whole, first = run(*firmware, seconds=2), self.save(save_at, *firmware)
        second = run("--restore", self.file, *firmware, seconds=2)
        self.assertEqual(cycles(second), cycles(whole))
        self.assertTrue(first.trace + second.trace == whole.trace)
        # Saving in the silence ends nothing sooner.
        self.assertEqual(cycles(run("--save-at", f"{save_late_at}s={self.file}", *firmware, seconds=2)), cycles(whole))

    def test_a_guest_that_sleeps_for_ever_ends_at_the_same_cycle(self):
        self.check_silent_end(0.036, 0.27, "-b", "sensor_node", guest("radio_154_sender.elf"))

    def test_a_chip_that_stays_off_ends_at_the_same_cycle(self):
        self.check_silent_end(0.0051, 0.0584, guest("storm_off.elf"))

    def test_other_guests_are_refused_by_name(self):
        self.save(0.5, *APPS)
        self.expect_refused(self.restore(*APPS[:3]), self.file, "apps")
        self.expect_refused(self.restore(APPS[0], APPS[1], APPS[2], app("hello")), self.file, "hello.tbf")
        self.expect_refused(self.restore(guest("everything.elf")), self.file, "everything.elf")
        self.expect_refused(self.restore("--jitter", "1", *APPS), self.file, "--jitter")
        self.expect_refused(self.restore("--semihosting", *APPS), self.file, "--semihosting")
        self.expect_refused(self.restore("--flash-timing", "ideal", *APPS), self.file, "--flash-timing")

    def test_what_lies_before_the_snapshot(self):
        self.save(0.5, *APPS)
        for arguments in (["--press", "button0@0.4s"], ["--press", "button0@0.4s..0.6s"], ["--touch", "pad0@0s"],
                          ["--uart-in", "x@0.49s"], ["--set", "temp.temperature=1@0.1s"], ["--save-at", f"0.4s={self.file}2"]):
            self.expect_refused(self.restore(*arguments, *APPS), self.file, arguments[0], "before 0.5")
        done = self.restore("--press", "button0@0.5s", "--save-at", f"0.5s={self.file}2", *APPS, seconds=0.6)
        self.assertEqual(done.status, 0, done.stderr)
        self.assertIn("button0 pressed", done.stderr)

    def test_files_that_are_no_snapshots(self):
        self.save(0.5, app("blink"))
        with open(self.file, "rb") as stream:
            good = stream.read()
        self.expect_refused(self.restore(app("blink"), seconds=0.4), "--for")
        for bad, word in ((b"", "no snapshot"), (b"text" * 50, "no snapshot"), (good[:-1], "damaged"),
                          (good[:5000] + b"\x55" + good[5001:], "damaged")):
            with open(self.file, "wb") as stream:
                stream.write(bad)
            self.expect_refused(self.restore(app("blink")), self.file, word)
        os.remove(self.file)
        self.expect_refused(self.restore(app("blink")), self.file)

    def test_wrong_use(self):
        for arguments, word in ((["--save-at", "1s"], "TIME=FILE"), (["--save-at", "=x"], "TIME=FILE"),
                                (["--save-at", "3s=x", "--for", "2s"], "--for"),
                                (["--save-at", "1s=x", "--save-at", "2s=y"], "once"),
                                (["--save-at", "1s=x", "--gdb"], "--gdb"),
                                (["--restore="], "--restore takes a file"), (["--trace="], "--trace takes a file"),
                                (["--save-at", "0.1s=/nowhere/x", "--for", "1s"], "/nowhere/x")):
            self.expect_refused(sandglass("run", "--headless", *arguments, app("blink")), word)
        self.expect_refused(sandglass("run", "--headless", "--restore", "x"), "demo")

    def test_a_time_that_never_comes_is_told(self):
        result = sandglass("run", "--headless", "--until", "greeting number 1", "--save-at", f"9s={self.file}", app("hello"))
        self.assertIn("is not written", result.stderr)
        self.assertFalse(os.path.exists(self.file))


if __name__ == "__main__":
    unittest.main()
