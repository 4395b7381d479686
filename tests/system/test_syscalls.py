#!/usr/bin/env python3
"""The system call interface, seen by apps: apps/tests/abi_* print a line for each rule, here they are read."""
import unittest

from sandglass import app, run, typed


class AppThatTests:
    def passes(self, name, rules, *arguments, seconds=3):
        """The app ends, and all of its `rules` rules hold."""
        result = run("--check-isolation", app("tests/" + name), *arguments, seconds=seconds)
        self.assertEqual(result.status, 0, result.stderr)
        self.assertEqual(result.lines("^FAIL"), [])
        self.assertEqual(len(result.lines("PASS ")), rules, result.stdout)
        self.assertEqual(result.lines("^done$"), ["done"], result.stdout)
        self.assertIn(" 0 times a foreign byte changed", result.stderr)
        return result


class Rules(AppThatTests, unittest.TestCase):
    def test_yield(self):
        self.passes("abi_yield", 20)

    def test_subscribe_and_allow(self):
        self.passes("abi_exchange", 31)

    def test_memop(self):
        self.passes("abi_memory", 24)

    def test_command(self):
        self.passes("abi_command", 20)

    def test_exit(self):
        result = self.passes("abi_exit", 2, *typed((1, "process abi_exit")))
        self.assertEqual(len(result.lines("Terminated, .* completion code 42$")), 1, result.stdout)
        self.assertEqual(len(result.lines("restarts 1,")), 1, result.stdout)
        self.assertEqual(len(list(result.events("start", "abi_exit"))), 2)


class LivesBefore(AppThatTests, unittest.TestCase):
    """Nothing is left of a life when the next one begins, however it ended."""

    def test_exit_restart(self):
        self.passes("abi_reborn_restart", 7, "--press", "button0@350ms")

    def test_fault_and_restart(self):
        result = self.passes("abi_reborn_fault", 7, "--press", "button0@350ms")
        self.assertEqual(len(list(result.events("fault", "abi_reborn_fault"))), 1)

    def test_terminate_and_boot(self):
        self.passes("abi_reborn_wait", 7, "--press", "button0@900ms",
                    *typed((0.5, "terminate abi_reborn_wait"), (0.8, "boot abi_reborn_wait")))

    def test_fault_from_outside(self):
        self.passes("abi_reborn_wait", 7, "--press", "button0@900ms", *typed((0.5, "fault abi_reborn_wait")))


class CallsThatDoNotExist(unittest.TestCase):
    def faults(self, name, call_class, why):
        result = run(app("tests/" + name), app("hello"), seconds=3)
        self.assertEqual(result.status, 0, result.stderr)
        self.assertEqual(len(result.lines(f"^Process {name} .* faulted: {why}")), 4)  # and three restarts
        self.assertEqual(result.lines("FAIL"), [])
        self.assertGreaterEqual(len(list(result.events("call", name, str(call_class)))), 4)
        self.assertEqual(len(result.lines("^hello: greeting")), 2)

    def test_class_189(self):
        self.faults("abi_bad_class_189", 189, "unknown class of system call")

    def test_class_8(self):
        self.faults("abi_bad_class_8", 8, "unknown class of system call")

    def test_yield_3(self):
        self.faults("abi_bad_yield_3", 0, "unknown kind of yield")


if __name__ == "__main__":
    unittest.main()
