#!/usr/bin/env python3
"""A capsule that traps, in every place where it can be called: it is dead, and everybody else goes on. The board is
kernel/boards/trap_test, the apps are apps/tests/trap."""
import os
import re
import unittest

from sandglass import BUILD, app, run

KERNEL = os.path.join(BUILD, "firmware/kernel/trap_test.elf")
IN_COMMAND = ("index", "shift", "division", "null", "bus", "scope")
LATER = ("deferred", "interrupt", "told", "up_and_down", "storm")
UNDER_NEIGHBOUR = ("down_in_call", "up_and_down", "asked", "told")  # it went on once, the trapper never
DEAD = "0 11"  # failure, NODEVICE


class Traps(unittest.TestCase):
    def look(self, mistake, traps=1):
        """Runs it beside an app that says every 50 ms that its memory and registers are its own."""
        result = run("--check-isolation", KERNEL, app(f"tests/trap_{mistake}"), app("tests/witness"), seconds=0.6)
        self.assertEqual(result.status, 0, result.stdout + result.stderr)
        self.assertIn(" 0 times a foreign byte changed", result.stderr)
        self.assertGreaterEqual(len(result.lines(r"^witness \d+: untouched$")), 5, result.stdout)
        self.assertEqual(result.lines("TOUCHED|Kernel panic|faulted"), [])
        self.assertEqual(len(result.lines("^Capsule trapper trapped: ")), traps, result.stdout)
        self.assertEqual(len(result.lines("^trap: done$")), 1, result.stdout)
        self.assertEqual(len(list(result.events("start", f"trap_{mistake}"))), 1)  # the process lived one life
        said = {}
        for line in result.lines("^trap: "):
            what, _, rest = line[len("trap: "):].partition(": ")
            said.setdefault(what, []).append(rest)
        return result, said

    def check_dead(self, mistake):
        result, said = self.look(mistake)
        self.assertEqual(said["exists"], ["128 0", DEAD])
        self.assertEqual(said["subscribe"], ["2 11"])
        self.assertEqual(said["went on"], [DEAD])
        self.assertEqual(said["neighbour"], ["128 0"])
        self.assertEqual(said["neighbour went on"], ["129 1" if mistake in UNDER_NEIGHBOUR else "129 0"])
        self.assertEqual(said["neighbour's transfers"], ["129 1" if mistake == "busy" else "129 0"])
        self.assertEqual(said["neighbour again"], [DEAD])  # what it asks the dead for is refused
        self.assertEqual(said["led"], ["129 2"])
        self.assertRegex(said["memory"][0], r"^0 of [1-9]\d+ bytes left$")
        return result, said

    def test_in_a_command(self):
        for mistake in IN_COMMAND + ("down_in_call", "asked", "busy", "stopped"):
            with self.subTest(mistake=mistake):
                result, said = self.check_dead(mistake)
                self.assertEqual(said["answer"], [DEAD])
                self.assertEqual(len(result.lines(rf"in a command of trap_{mistake} \(slot 0\)$")), 1)

    def test_in_a_call_of_the_kernel(self):
        for mistake in LATER:
            with self.subTest(mistake=mistake):
                result, said = self.check_dead(mistake)
                self.assertTrue(said["answer"][0].startswith("128 "), said)
                self.assertEqual(result.lines("in a command of"), [])

    def test_its_device_is_quiet(self):
        """An edge every 200 cycles, which would leave nobody a single instruction: the first one is the last. And
        the bus, on which the dead one's transfer would have gone on for longer than everything that is looked at."""
        for mistake in ("storm", "busy"):
            with self.subTest(mistake=mistake):
                result, _ = self.check_dead(mistake)
                self.assertLess(result.summary_number(r"cycles, busy [\d,]+ \((\d+)"), 50)

    def test_a_command_that_ends_its_caller(self):
        """Whose command it was is known all the same."""
        for mistake, said_by, lives in ("terminated", [], 1), ("restarted", ["0 11", "0 11"], 2):
            with self.subTest(mistake=mistake):
                result = run("--check-isolation", KERNEL, app(f"tests/trap_{mistake}"), app("tests/witness"), seconds=0.6)
                self.assertEqual(result.status, 0, result.stdout + result.stderr)
                self.assertGreaterEqual(len(result.lines(r"^witness \d+: untouched$")), 5, result.stdout)
                self.assertEqual(result.lines("TOUCHED|Kernel panic|faulted"), [])
                trapped = result.lines("^Capsule trapper trapped: ")
                self.assertEqual([line.rsplit(", ", 1)[1] for line in trapped],
                                 [f"in a command of trap_{mistake} (slot 0)"])
                self.assertEqual(len(list(result.events("start", f"trap_{mistake}"))), lives)
                exists = [line.rsplit(": ", 1)[1] for line in result.lines("^trap: exists: ")]
                self.assertEqual(exists, ["128 0", *said_by])
                self.assertEqual(len(result.lines("^trap: done$")), lives - 1)

    def test_two_in_one_call(self):
        """The one between goes on, and then makes a mistake of its own."""
        result, said = self.look("both")
        self.assertEqual(len(result.lines("^Capsule neighbour trapped: ")), 1)
        self.assertEqual(said["answer"], [DEAD])
        self.assertEqual(said["went on"], [DEAD])
        self.assertEqual(said["neighbour"], [DEAD])
        self.assertEqual(said["led"], ["129 2"])

    def test_what_it_did(self):
        result, _ = self.look("bus")
        self.assertEqual(len(result.lines("BusFault PRECISERR at 0x30000000, pc 0x")), 1)
        result, _ = self.look("shift")
        self.assertEqual(len(result.lines("a check of its code failed, pc 0x")), 1)

    def test_without_a_mistake_it_lives(self):
        """The oracle of the others: until the neighbour asks for it at the very end, nothing is dead."""
        _, said = self.look("harmless")
        self.assertEqual(said["answer"], ["129 0"])
        self.assertEqual(said["exists"], ["128 0", "128 0"])
        self.assertEqual(said["subscribe"][0].split()[0], "130")
        self.assertNotRegex(said["memory"][0], r"^0 of ")  # the grant's bytes are still its own

    def test_trusted_code_panics(self):
        result = run(KERNEL, app("tests/trap_trusted"), seconds=0.5)
        self.assertEqual(result.status, 1, result.stderr)
        self.assertEqual(len(result.lines("the kernel faulted: UsageFault UNDEFINSTR")), 1)
        self.assertEqual(result.lines("^Capsule "), [])

    def test_memory_adds_up(self):
        """The summary's account of the RAM says the same whether the capsule died or was never asked to."""
        accounts = []
        for mistake in ("harmless", "index"):
            result, _ = self.look(mistake)
            accounts.append(re.findall(r"^  (?:free|total) +[\d,]+", result.stderr, re.MULTILINE))
        self.assertEqual(accounts[0], accounts[1])
        self.assertGreaterEqual(len(accounts[0]), 2)

    def test_the_same_again(self):
        first, second = (self.look("up_and_down")[0] for _ in range(2))
        self.assertEqual(first.trace, second.trace)


if __name__ == "__main__":
    unittest.main()
