#!/usr/bin/env python3
"""The process console, and what becomes of a process that is stopped, faulted, terminated or started again through it:
nothing of it is left behind, and its neighbours do not notice."""
import os
import re
import struct
import subprocess
import tempfile
import unittest

from sandglass import BUILD, CPU_HZ, app, run, typed

BUTTONS = (app("buttons"), app("hello"), app("blink"))


def after(result, seconds, kind, *words):
    return [fields for cycle, fields in result.events(kind, *words) if cycle >= seconds * CPU_HZ]


class Life(unittest.TestCase):
    def live(self, *lines, presses=("1s", "3s"), seconds=4.5):
        words = [word for at in presses for word in ("--press", f"button0@{at}")]
        result = run("--check-isolation", *BUTTONS, *words, *typed(*lines), seconds=seconds)
        self.assertEqual(result.status, 0, result.stderr)
        self.assertIn(" 0 times a foreign byte changed", result.stderr)
        # The neighbours: one life, their rhythm kept.
        self.assertEqual(len(result.lines("hello: greeting number")), 3)
        self.assertGreaterEqual(len(list(result.events("note", "led0"))), 7)
        for name in ("hello", "blink"):
            self.assertEqual(len(list(result.events("start", name))), 1)
        return result

    def presses_seen(self, result):
        return [int(line.split()[-3]) for line in result.lines("buttons: button 0 pressed")]

    def state(self, result):
        """What `process buttons` said last: state, grants in use, start of the grants' region, its end."""
        heads = re.findall(r"^buttons: PID \d+, short ID Unique, (\w+), grants (\d+)/\d+", result.stdout, re.MULTILINE)
        ranges = re.findall(r"^  Grants +0x(\w+)  0x(\w+) +(\d+)", result.stdout, re.MULTILINE)
        self.assertGreater(len(heads), 0, result.stdout)
        return heads[-1][0], int(heads[-1][1]), int(ranges[-1][2])

    def test_undisturbed(self):
        result = self.live((2, "process buttons"))
        self.assertEqual(self.presses_seen(result), [1, 2])
        state, grants, size = self.state(result)
        self.assertEqual((state, grants), ("Yielded", 2))
        self.assertGreater(size, 400)

    def test_stopped_it_waits_and_started_it_goes_on(self):
        result = self.live((1.5, "stop buttons"), (2, "process buttons"), (3.5, "start buttons"))
        self.assertEqual(self.state(result)[0], "Stopped")
        self.assertEqual([fields[0] for fields in after(result, 1.6, "note", "led1")], ["led1"])  # only after start
        self.assertEqual(after(result, 3.5, "note", "led1") != [], True)
        self.assertEqual(self.presses_seen(result), [1, 2])  # the press meanwhile was kept for it
        self.assertEqual([f for f in after(result, 1.7, "call", "buttons") if f not in after(result, 3.5, "call", "buttons")], [])

    def test_terminated_it_leaves_nothing(self):
        whole = self.state(self.live((2, "process buttons")))
        result = self.live((1.5, "terminate buttons"), (2, "process buttons"), (4, "list"))
        state, grants, size = self.state(result)
        self.assertEqual((state, grants), ("Terminated", 0))
        self.assertLess(size, whole[2])  # the grants' memory is given back
        self.assertEqual(self.presses_seen(result), [1])
        self.assertEqual(after(result, 1.7, "call", "buttons"), [])  # no upcall, nothing runs
        self.assertEqual(after(result, 1.7, "note", "led1"), [])
        self.assertEqual(len(result.lines(r" buttons .* 0/ ?\d+ +Terminated")), 1)

    def test_faulted_it_is_restarted_fresh(self):
        result = self.live((1.5, "fault buttons"), (2, "process buttons"))
        self.assertEqual(len(list(result.events("start", "buttons"))), 2)
        self.assertEqual(self.presses_seen(result), [1, 1])  # its count begins anew
        self.assertEqual(len(result.lines("restarts 1,")), 1)
        self.assertEqual(len(result.lines("^(sandglass\\$ )?Process buttons .* faulted: ")), 1)

    def test_what_the_kernel_says_to_a_command_begins_a_line(self):
        result = run(app("hello"), *typed((1.5, "fault hello")), seconds=2)
        self.assertTrue(result.lines("^sandglass. fault hello$"), result.stdout)
        self.assertTrue(result.lines("^Process hello .* faulted: "), result.stdout)

    def test_faulted_too_often_it_stays_down(self):
        result = self.live(*[(1.5 + 0.2 * i, "fault buttons") for i in range(4)], (2.5, "process buttons"))
        self.assertEqual(len(list(result.events("start", "buttons"))), 4)  # three restarts
        self.assertEqual(self.state(result)[:2], ("Faulted", 0))
        self.assertEqual(self.presses_seen(result), [1])
        self.assertEqual(after(result, 2.5, "call", "buttons"), [])

    def test_policies_that_show_all_and_one_that_panics(self):
        """On kernel/boards/trap_test, whose rules are for some apps' names."""
        kernel = os.path.join(BUILD, "firmware/kernel/trap_test.elf")
        runs = {name: run(kernel, app("trespass-" + name), app("hello"), seconds=5) for name in ("kernel", "neighbour", "grants")}
        for name, starts in (("kernel", 1), ("neighbour", 2)):
            with self.subTest(name=name):
                said = runs[name].stdout
                self.assertRegex(said, rf"(?s)Process trespass-{name} .* faulted: .*App: trespass-{name} +- +\[Faulted\].*CFSR 0x0*82 .*"
                                 r"r0 0x.*lr 0x.*sp 0x.*region 0 .*region 7 ")
                self.assertEqual(len(list(runs[name].events("start", "trespass-" + name))), starts)
                if starts == 2:  # who is started again is so when all has been shown
                    self.assertLess(said.index("region 7 "), said.index("trespass: started again"))
                self.assertTrue(runs[name].lines("hello: greeting number 3"))  # the others go on meanwhile
        self.assertEqual(runs["grants"].status, 1)
        self.assertTrue(runs["grants"].lines("[Pp]anic"), runs["grants"].stdout)
        self.assertEqual(len(list(runs["grants"].events("start", "trespass-grants"))), 1)

    def test_terminated_and_booted_it_starts_fresh(self):
        result = self.live((1.5, "terminate buttons"), (2, "boot buttons"), (2.5, "process buttons"))
        self.assertEqual(self.presses_seen(result), [1, 1])
        self.assertEqual(self.state(result)[:2], ("Yielded", 1))  # no console yet: that is a grant of the life before

    def test_restarted_alive_or_not_it_starts_fresh(self):
        result = self.live((1.5, "restart buttons"), (2, "terminate buttons"), (2.3, "restart buttons"), (4, "process buttons"))
        self.assertEqual(self.presses_seen(result), [1, 1])
        self.assertEqual(len(list(result.events("start", "buttons"))), 3)
        self.assertEqual(self.state(result)[0], "Yielded")
        grants = re.findall(r"^  Grant of (0x\w+) (\w+) +(\d+)", result.stdout, re.MULTILINE)
        self.assertEqual([(number, name) for number, name, _ in grants], [("0x3", "button"), ("0x1", "console")])

    def test_a_terminated_reader_of_the_console_does_not_hold_it(self):
        # Terminated in the middle of its line: the bytes on their way end, the next writer is not blocked.
        result = run(app("hello"), app("sensors"), *typed((0.5, "terminate hello"), (1, "list")), seconds=3)
        self.assertGreaterEqual(len(result.lines("sensors: 25.00 C")), 2)
        self.assertEqual(len(result.lines(" hello .* Terminated")), 1)


class Memory(unittest.TestCase):
    """What a process costs: the built kernel's own sizes, what it says at run time, and docs/processes.md agree."""

    TOCK = {"a process, no driver used": 1352, "alarm": 24, "console": 76, "a process that uses both": 1452}

    def grants_of_the_image(self):
        """Bytes of each grant by its name, from the section that all of them lie in."""
        elf = os.path.join(BUILD, "firmware/kernel/nrf52dk.elf")
        lines = subprocess.run(["arm-none-eabi-nm", elf], capture_output=True, text=True, check=True).stdout.splitlines()
        symbols = {name: int(address, 16) for address, _, name in (line.split() for line in lines if len(line.split()) == 3)}
        with tempfile.NamedTemporaryFile() as flat:
            subprocess.run(["arm-none-eabi-objcopy", "-O", "binary", "-j", ".text", elf, flat.name], check=True)
            text = flat.read()
        found = {}
        for name, address in symbols.items():
            if symbols["__start_grants"] <= address < symbols["__stop_grants"] and name.endswith("_grant"):
                data, alignment, *numbers, custom = struct.unpack_from("<HBBBBBB", text, address - symbols["kernel_text_start"])
                pairs = (8 * sum(numbers) + alignment - 1) // alignment * alignment
                found[name.removesuffix("_grant")] = (pairs + data + 4 + 7) // 8 * 8
        return found

    def table(self):
        path = os.path.join(os.path.dirname(__file__), "../../docs/processes.md")
        with open(path, encoding="utf-8") as file:
            rows = re.findall(r"^\| ([\w ,]+) \| ([\d,]+) \| ([\d,]+) \|$", file.read(), re.MULTILINE)
        return {what: (int(ours.replace(",", "")), int(tock.replace(",", ""))) for what, ours, tock in rows}

    def test_the_table(self):
        grants = self.grants_of_the_image()
        result = run(app("hello"), *typed((0.5, "process hello")), seconds=0.8)
        whole = int(re.search(r"^  Grants +0x\w+  0x\w+ +(\d+)", result.stdout, re.MULTILINE)[1])
        told = {name: int(size) for name, size in re.findall(r"^  Grant of 0x\w+ (\w+) +(\d+)", result.stdout, re.MULTILINE)}
        self.assertEqual(told, {name: grants[name] for name in ("alarm", "console")})
        record = whole - sum(told.values())
        table = self.table()
        self.assertEqual({what: tock for what, (_, tock) in table.items()}, self.TOCK)
        for what, size in (("alarm", told["alarm"]), ("console", told["console"])):
            self.assertEqual(table[what][0], size, what)
        # A board with one driver more has 4 bytes more in each record. Promised: half of Tock's.
        for what, size in (("a process, no driver used", record), ("a process that uses both", whole)):
            self.assertAlmostEqual(table[what][0], size, delta=size // 20, msg=what)
            self.assertLessEqual(2 * size, self.TOCK[what])


class Commands(unittest.TestCase):
    def console(self, *lines, apps=("hello", "blink"), seconds=None):
        at = [(0.5 + 0.3 * i, line) for i, line in enumerate(lines)]
        result = run(*(app(name) for name in apps), *typed(*at), seconds=seconds or 1 + 0.3 * len(lines))
        return result

    def test_help_names_every_command(self):
        result = self.console("help")
        for command in ("list", "status", "process", "kernel", "stop", "start", "fault", "terminate", "boot", "reset", "panic", "help"):
            self.assertEqual(len(result.lines(rf"^{command} ")), 1, command)

    def test_list_and_status(self):
        result = self.console("list", "status")
        self.assertEqual(len(result.lines(r"^ [01] +Unique +(hello|blink) +0 +\d+ +0 +\d/ ?\d+ +Yielded")), 2)
        self.assertEqual(len(result.lines("^Total processes: 2")), 1)
        self.assertEqual(len(result.lines("^Active processes: 2")), 1)

    def test_kernel_tells_where_all_lies(self):
        result = self.console("kernel")
        ranges = {name: (int(start, 16), int(end, 16), int(size)) for name, start, end, size in
                  re.findall(r"^  (Code|App flash|Stack|Data|App RAM) +0x(\w+)  0x(\w+) +(\d+)", result.stdout, re.MULTILINE)}
        self.assertEqual(set(ranges), {"Code", "App flash", "Stack", "Data", "App RAM"})
        for start, end, size in ranges.values():
            self.assertEqual(end - start, size)
        self.assertEqual(ranges["Code"][0], 0)
        self.assertEqual(ranges["App flash"][:2], (0x30000, 0x80000))
        self.assertEqual(ranges["Stack"][0], 0x20000000)  # at the bottom: an overflow faults
        self.assertEqual(ranges["App RAM"][1], 0x20010000)

    def test_process_memory_adds_up(self):
        result = self.console("process hello")
        ranges = re.findall(r"^  (Grants|Free|Heap|Data|Stack|App) +0x(\w+)  0x(\w+) +(\d+)", result.stdout, re.MULTILINE)
        placed = re.search(r"^App hello: .* RAM 0x(\w+)-0x(\w+)", result.stdout, re.MULTILINE).groups()
        self.assertEqual(ranges[0][2], placed[1])
        self.assertEqual(ranges[-1][1], placed[0])
        for above, below in zip(ranges, ranges[1:]):
            self.assertEqual(above[1], below[2])

    def test_what_is_not_there_is_said(self):
        result = self.console("bogus", "stop nobody", "stop", "stop hello", "stop hello", "boot blink")
        self.assertEqual(len(result.lines("^no such command, try help")), 1)
        self.assertEqual(len(result.lines("^no process of that name")), 1)
        self.assertEqual(len(result.lines("^stop wants the name of a process")), 1)
        self.assertEqual(len(result.lines("^hello is so already")), 1)
        self.assertEqual(len(result.lines("^blink(: refused| is so already)")), 1)

    def test_silence(self):
        result = self.console("console-stop", "list", "console-start", "status")
        self.assertEqual(result.lines("PID"), [])
        self.assertEqual(len(result.lines("^Total processes")), 1)

    def test_line_editing_and_history(self):
        result = run(app("hello"), "--uart-in", "stxt\x7f\x7fatus\\r@500ms", "--uart-in", "\x1b[A\\r@900ms", seconds=1.5)
        self.assertEqual(len(result.lines("^Total processes: 1")), 2)

    def test_reset_boots_again(self):
        result = self.console("reset", seconds=1.5)
        self.assertEqual(result.status, 0, result.stderr)
        self.assertEqual(len(result.lines("Entering main loop")), 2)
        self.assertIn("reset: software request", result.stderr)
        self.assertEqual(len(list(result.events("start", "hello"))), 2)

    def test_panic_says_all_and_ends_the_run(self):
        result = self.console("panic", seconds=5)
        self.assertEqual(result.status, 1)
        self.assertIn("the kernel has panicked", result.stderr)
        for text in ("Kernel panic", "asked for at the process console", "App: hello", "App: blink", "region 0  RBAR",
                     "app break", "r4 ", "End of panic"):
            self.assertEqual(len(result.lines(re.escape(text))) > 0, True, text)


if __name__ == "__main__":
    unittest.main()
