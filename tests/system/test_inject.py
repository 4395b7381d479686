#!/usr/bin/env python3
"""`sandglass inject`: every instruction of a call has a verdict, the same each time and when it is played alone; a
kernel whose one check can be skipped is found out, one that checks twice is not."""
import fcntl
import json
import os
import pty
import struct
import subprocess
import tempfile
import termios
import unittest

import tbf
from sandglass import BUILD, PROGRAM, app, sandglass

WEAK = os.path.join(BUILD, "sim/faults/guests/weak.elf")
VERDICTS = ("no effect", "changed output", "hang", "app fault", "kernel panic", "isolation breach")


def inject(*arguments):
    return sandglass("inject", "skip", *arguments)


def as_json(result):
    return json.loads(result.stdout)


def symbol(name):
    """The address of a symbol of the weak kernel."""
    lines = subprocess.run(["arm-none-eabi-nm", WEAK], capture_output=True, text=True, check=True).stdout.splitlines()
    return next(int(line.split()[0], 16) for line in lines if line.split()[-1] == name)


def caller(folder, command):
    """An app that asks for a window to the kernel's RAM, again and again."""
    code = bytes([0x04, 0x4A,  # ldr r2, [pc, #16]
                  0x09, 0x20,  # loop: movs r0, #9
                  command, 0x21,  # movs r1, #command
                  0x02, 0xDF,  # svc 2
                  0x01, 0x35,  # adds r5, #1
                  0x01, 0x4A,  # ldr r2, [pc, #4]
                  0xF8, 0xE7,  # b loop
                  0x00, 0xBF]) + bytes.fromhex("00000020 00000020 00000020".replace(" ", ""))
    path = os.path.join(folder, f"caller{command}.tbf")
    with open(path, "wb") as file:
        file.write(tbf.image(code, minimum_ram=4096, name=b"caller"))
    return path


class Inject(unittest.TestCase):
    def check_counts(self, found):
        points = found["points"]
        self.assertEqual([point["index"] for point in points], list(range(found["instructions"])))
        for verdict in VERDICTS:
            self.assertEqual(sum(point["verdict"] == verdict for point in points), found["totals"][verdict], verdict)
        self.assertEqual(sum(found["totals"].values()), found["instructions"])

    def test_a_call_of_the_library(self):
        """The break of an app as it starts: every verdict comes, and what comes is the same by jobs and alone."""
        arguments = ("--svc", "blink,memop", "blink", "--json")
        first = inject(*arguments)
        found = as_json(first)
        self.check_counts(found)
        self.assertEqual(first.status, 1 if found["totals"]["isolation breach"] else 0, first.stderr)
        self.assertGreater(found["totals"]["no effect"], 0)
        self.assertGreater(found["totals"]["app fault"], 0)
        self.assertEqual(found["points"][0]["instruction"].split()[0], "svc")
        for verdict, detail in (("changed output", "another call or other data at its call"),
                                ("app fault", "took blink for faulty and started it again")):
            self.assertTrue(any(point["verdict"] == verdict and detail in point["detail"] for point in found["points"]), detail)
        self.assertEqual(inject(*arguments, "--jobs", "3").stdout, first.stdout)
        for verdict in VERDICTS:
            for point in [p for p in found["points"] if p["verdict"] == verdict][:2]:
                with self.subTest(verdict=verdict, index=point["index"]):
                    alone = as_json(inject(*arguments, "--only", str(point["index"])))
                    self.assertEqual(alone["points"], [point])

    def test_the_report(self):
        result = inject("--svc", "blink,command:0", "blink")
        lines = result.stdout.splitlines()
        self.assertRegex(lines[0], r"^blink, command\(0x0, 0x1, 0x0, 0x0\) at 0\.\d{6} s: \d+ instructions until it goes on")
        count = int(lines[0].split(": ")[1].split()[0])
        rows = [line for line in lines if line.lstrip()[:1].isdigit() and "  0x" in line]
        self.assertEqual(len(rows), count)
        self.assertLess(count, 400)
        self.assertRegex(rows[0], r"svc #2 .*syscall.*\(apps/lib/syscall\.c:\d+\)")
        self.assertIn(f"{count} skipped: ", result.stdout)
        self.assertIn("sandglass inject skip --svc blink,command:0 -b nrf52dk --only INDEX blink", lines[-1])
        self.assertLess(max(len(line) for line in lines), 160)
        self.assertNotIn(" (/", result.stdout)  # places are those of the tree, of assembler, too

    def test_the_report_on_a_narrow_terminal(self):
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 80, 0, 0))
        program = subprocess.Popen([PROGRAM, "inject", "skip", "--svc", "blink,command", "blink"], stdout=theirs, stderr=subprocess.DEVNULL)
        os.close(theirs)
        text = b""
        try:
            while piece := os.read(ours, 65536):
                text += piece
        except OSError:  # the other end is closed
            pass
        program.wait()
        os.close(ours)
        rows = text.decode().splitlines()[2:-3]
        self.assertRegex(rows[1], r"^ +0  0x\w{8}  changed output    svc #2 +syscall\.c:\d+$")
        self.assertLessEqual(max(len(row) for row in rows), 80)

    def test_at_length(self):
        """The command that plays one again tells of the fault."""
        found = as_json(inject("--svc", "blink,memop", "blink", "--json"))
        point = next(p for p in found["points"] if p["verdict"] == "app fault")
        result = inject("--svc", "blink,memop", "--only", str(point["index"]), "blink")
        self.assertIn("process blink", result.stderr)
        self.assertIn(point["detail"], result.stdout)
        self.assertIn("1 skipped: 0 no effect", result.stdout)
        self.assertRegex(result.stdout, r"(?m)\A(.*\n)?blink, memop\(")  # the console's last line is ended
        self.assertNotIn("one of them again", result.stdout)

    def test_a_weak_kernel(self):
        with tempfile.TemporaryDirectory() as folder:
            for command, label, verdict in ((1, "weak", "isolation breach"), (2, "strong", "no effect")):
                with self.subTest(label):
                    result = inject("--svc", f"caller,command:9:{command},3", "--json", WEAK, caller(folder, command))
                    found = as_json(result)
                    self.check_counts(found)
                    point = next(p for p in found["points"] if p["address"] == symbol(label))
                    self.assertEqual(point["verdict"], verdict, point)
                    if label == "weak":
                        self.assertEqual(result.status, 1)
                        self.assertIn("may touch what is not its own", point["detail"])

    def test_wrong_use(self):
        for arguments, words in (
                ((), "needs --svc"),
                (("--svc", "blink", "blink"), "--svc takes APP,CLASS"),
                (("--svc", ",command", "blink"), "--svc takes APP,CLASS"),
                (("--svc", "blink,command,0", "blink"), "--svc takes APP,CLASS"),
                (("--svc", "blink,command:x", "blink"), "--svc takes APP,CLASS"),
                (("--svc", "blink,command:1:2:3", "blink"), "--svc takes APP,CLASS"),
                (("--svc", "b" * 500 + ",command", "blink"), "--svc takes APP,CLASS"),
                (("--svc", "blink,jump", "blink"), "there is no class 'jump'"),
                (("--svc", "nobody,command", "blink"), "there is no app nobody: there is blink"),
                (("--svc", "blink,command",), "there is no app blink: none was given"),
                (("--svc", "blink,exit", "blink"), "blink makes only 0 such calls"),
                (("--svc", "blink,command,9", "--within", "300ms", "blink"), "such calls in the time given"),
                (("--svc", "blink,command", "--only", "9999", "blink"), "the last is"),
                (("--svc", "blink,command", "--only", "x", "blink"), "--only takes a number"),
                (("--svc", "blink,command", "--jobs", "0", "blink"), "--jobs takes a number"),
                (("--svc", "blink,command", "--for", "soon", "blink"), "--for takes a time"),
                (("--svc", "blink,command", "--what", "blink"), "unknown option --what")):
            with self.subTest(arguments):
                result = inject(*arguments)
                self.assertEqual((result.status, result.stdout), (2, ""), result.stderr)
                self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
                self.assertIn(words, result.stderr)
        for arguments in ((), ("jump",)):
            result = sandglass("inject", *arguments)
            self.assertEqual(result.status, 2)
            self.assertIn("sandglass inject skip", result.stderr)
        self.assertEqual(sandglass("inject", "--help").status, 0)


if __name__ == "__main__":
    unittest.main()
