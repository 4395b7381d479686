#!/usr/bin/env python3
"""`sandglass fuzz`: hostile apps on every board's kernel find nothing, what was found once stays mended, and a kernel
with a mistake is found out, with a case that shows it again."""
import glob
import os
import tempfile
import unittest

from sandglass import BUILD, sandglass

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.join(HERE, "../fuzz/calls")
BOARDS = ("nrf52dk", "nrf52840dk", "pinetime", "security_key", "sensor_node")
TRAPS = os.path.join(BUILD, "firmware/kernel/trap_test.elf")


def fuzz(*arguments):
    return sandglass("fuzz", *arguments)


class Fuzz(unittest.TestCase):
    def test_nothing_on_any_board(self):
        for board in BOARDS:
            with self.subTest(board), tempfile.TemporaryDirectory() as folder:
                corpus = os.path.join(CASES, board)
                result = fuzz("-b", board, "--calls", "8000", "--seed", "1", "--corpus", corpus, "--save", folder)
                self.assertEqual((result.status, os.listdir(folder)), (0, []), result.stdout + result.stderr)
                self.assertRegex(result.stdout, r" calls in \d+ cases, \d+ drivers, \d+ bytes of the kernel's code ran, 0 findings")

    def test_what_was_found(self):
        for path in sorted(glob.glob(os.path.join(CASES, "found", "*", "*.case"))):
            with self.subTest(path):
                board = os.path.basename(os.path.dirname(path))
                result = fuzz("-b", board, "--replay", path)
                self.assertEqual(result.status, 0, result.stdout + result.stderr)
                self.assertIn("nothing found", result.stdout)

    def test_a_capsule_that_traps(self):
        with tempfile.TemporaryDirectory() as folder:
            result = fuzz(TRAPS, "--calls", "8000", "--save", folder)
            self.assertEqual(result.status, 1, result.stdout + result.stderr)
            self.assertIn("finding 1: the kernel took a fault", result.stdout)
            case = os.path.join(folder, "finding-1.case")
            with open(case, encoding="ascii") as file:
                steps = [line for line in file if line.startswith("  ")]
            self.assertEqual(len(steps), 1, steps)  # as small as can be: one command
            command = next(line for line in result.stdout.splitlines() if "--replay" in line)
            again = sandglass(*command.split()[1:])
            self.assertEqual((again.status, again.stderr), (1, ""))
            self.assertIn("the kernel took a fault", again.stdout)

    def test_the_seed_decides(self):
        with tempfile.TemporaryDirectory() as folder:
            runs = [fuzz("--calls", "3000", "--seed", seed, "--save", folder).stdout for seed in ("5", "5", "6")]
        self.assertEqual(runs[0], runs[1])
        self.assertNotEqual(runs[0], runs[2])

    def test_wrong_use(self):
        with tempfile.NamedTemporaryFile("w", suffix=".case") as file:
            file.write("app 0 rounds 1\n  dance x1 zero+0 zero+0 zero+0 zero+0\n")
            file.flush()
            for arguments, says in ((["--replay", file.name], "line 2"), (["--replay", "/nowhere"], "/nowhere"),
                                    (["--calls", "many"], "--calls takes a number"), (["--corpus", "/nowhere"], "/nowhere"),
                                    (["-b", "nothing"], "nothing")):
                result = fuzz(*arguments)
                self.assertEqual(result.status, 2, arguments)
                self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
                self.assertIn(says, result.stderr)


if __name__ == "__main__":
    unittest.main()
