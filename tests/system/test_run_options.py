#!/usr/bin/env python3
"""The options of `sandglass run`, each as a user would use it."""
import os
import re
import select
import signal
import socket
import subprocess
import tempfile
import termios
import unittest

from sandglass import CPU_HZ, HOST_SECONDS, PROGRAM, app, guest, run, sandglass, typed


class Files(unittest.TestCase):
    def test_an_app_may_be_an_elf(self):
        result = sandglass("run", "--headless", "--for", "1s", app("hello").replace(".tbf", ".elf"))
        self.assertEqual(result.status, 0)
        self.assertIn("hello: greeting number 1\n", result.stdout)
        self.assertIn("is an app", result.stderr)

    def test_the_kernel_may_be_named(self):
        kernel = os.path.join(os.path.dirname(app("hello")), "../kernel/nrf52dk.elf")
        named, default = run(kernel, app("hello"), seconds=1), run(app("hello"), seconds=1)
        self.assertTrue(named.trace == default.trace)
        alone = run(kernel, seconds=1)
        self.assertEqual(alone.status, 0)
        self.assertIn("Entering main loop", alone.stdout)

    def test_bare_elf_and_hex_run_the_same(self):
        elf, image = run(guest("poll_absent.elf"), seconds=0.2), run(guest("poll_absent.hex"), seconds=0.2)
        self.assertEqual((elf.status, elf.stdout), (0, image.stdout))
        self.assertTrue(elf.trace == image.trace)


class Ends(unittest.TestCase):
    def test_for(self):
        for text, seconds in (("1500ms", 1.5), ("2s", 2)):
            result = sandglass("run", "--headless", "--for", text, app("blink"))
            self.assertEqual(result.status, 0)
            self.assertAlmostEqual(float(re.search(r"summary: ([\d.]+) s", result.stderr).group(1)), seconds, places=5)

    def test_until(self):
        result = sandglass("run", "--headless", "--until", "greeting number 3", app("hello"))
        self.assertEqual(result.status, 0)
        self.assertIn("greeting number 3", result.stdout)
        self.assertNotIn("greeting number 4", result.stdout)
        self.assertLess(float(re.search(r"summary: ([\d.]+) s", result.stderr).group(1)), 5)

    def test_until_in_vain(self):
        result = sandglass("run", "--headless", "--for", "1s", "--until", "never printed", app("hello"))
        self.assertEqual(result.status, 1)
        self.assertIn("the guest has not printed 'never printed'", result.stderr)

    def test_until_gives_up_after_a_minute(self):
        result = sandglass("run", "--headless", "--until", "never printed", app("blink"))
        self.assertEqual(result.status, 1)
        self.assertIn("summary: 60.0", result.stderr)

    def test_forever_goes_on_after_the_tour(self):
        result = sandglass("run", "--headless", "--forever", "--until", "hello: greeting number 8")
        self.assertEqual(result.status, 0, result.stderr)
        self.assertIn("hello: greeting number 8", result.stdout)

    def test_help_and_version(self):
        for words in (["--help"], ["run", "--help"], ["new", "--help"], ["pack", "--help"], ["boards", "--help"], ["version"]):
            result = sandglass(*words)
            self.assertEqual((result.status, result.stderr), (0, ""))
            self.assertNotEqual(result.stdout, "")


    def test_without_a_supply_nothing_panics(self):
        """What a cut of the supply leaves in RAM is no panic, however long it lasts and whatever the seed."""
        for seed in "1", "2", "3":
            result = sandglass("run", "--headless", "--for", "6s", "--seed", seed, "--fault", "power.supply-mv=1500@1s",
                               "--fault", "power.supply-mv=0@3s", app("hello"))
            self.assertEqual(result.status, 0, result.stderr)
            self.assertNotIn("panic", result.stderr)
            self.assertIn("6.000000 s of virtual time", result.stderr)
            self.assertEqual(result.stdout.count("greeting number 1"), 2)

    def test_what_the_guest_has_come_to_is_said(self):
        locked = run(guest("nothing_there.elf"), seconds=0.1)
        self.assertEqual(locked.status, 1)
        self.assertIn("the core is locked up", locked.stderr)
        panicked = run(app("hello"), *typed((0.5, "panic")), seconds=5)
        self.assertEqual(panicked.status, 1)
        self.assertIn("the kernel has panicked", panicked.stderr)
        self.assertEqual(len(panicked.lines("End of panic")), 1)
        self.assertLess(panicked.summary_number(r"([\d,]+) cycles"), 2 * CPU_HZ)  # and the run has ended
        off = sandglass("run", "--headless", "--for", "1s", guest("storm_off.elf"))
        self.assertEqual(off.status, 0)
        self.assertIn("the chip is off, and nothing is left that could wake it", off.stderr)

    def test_ctrl_c_is_heard_in_a_storm(self):
        process = subprocess.Popen([PROGRAM, "run", "--headless", guest("storm_ppi_fork.elf")], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.stderr.close)
        while "events trigger each other without end" not in process.stderr.readline():
            pass
        process.send_signal(signal.SIGINT)
        self.assertIn("summary: ", process.stderr.read())
        self.assertEqual(process.wait(timeout=HOST_SECONDS), 0)

    def test_a_kernel_that_sleeps_for_ever_has_not_started_the_app(self):
        result = sandglass("run", "--headless", "--for", "2s", "--fault", "power.lfxo-dead@0s", app("hello"))
        self.assertEqual(result.status, 1, result.stderr)
        self.assertIn("nothing is left that could wake it", result.stderr)
        self.assertIn("the kernel has not started app hello", result.stderr)


class Inputs(unittest.TestCase):
    def notes(self, result, device):
        return [(round(cycle / CPU_HZ, 4), fields[1]) for cycle, fields in result.events("note", device)]

    def test_press(self):
        result = run(app("buttons"), "--press", "button0@1s", "--press", "button0@1500ms..1700ms", seconds=2)
        self.assertEqual(self.notes(result, "button0"), [(1, "pressed"), (1.1, "released"), (1.5, "pressed"), (1.7, "released")])
        self.assertEqual([at for at, _ in self.notes(result, "led1")], [1.0, 1.5])
        self.assertEqual(len(result.lines("button 0 pressed")), 2)

    def test_another_button_is_not_button_0(self):
        result = run(app("buttons"), "--press", "button1@1s", "--press", "button3@1s", seconds=2)
        self.assertEqual(self.notes(result, "button1"), [(1, "pressed"), (1.1, "released")])
        self.assertEqual(result.lines("pressed"), [])

    def test_touch(self):
        result = run(app("touch"), "--touch", "pad0@1s..1.4s", seconds=2)
        self.assertEqual([what for _, what in self.notes(result, "led2")], ["on", "off"])
        self.assertEqual([at for at, _ in self.notes(result, "led2")], [1.0, 1.4])

    def test_set(self):
        result = run(app("sensors"), "--set", "temp.temperature=-550@1500ms", "--set", "temp.temperature=3125@2500ms", seconds=4)
        self.assertEqual([line.split()[1] for line in result.lines("^sensors")], ["25.00", "-5.50", "31.25"])

    def test_an_input_that_a_device_does_not_know_is_said(self):
        result = run(app("blink"), "--set", "temp.colour=3@500ms", seconds=1)
        self.assertRegex(result.stderr, r"temp.*colour")

    def test_seed(self):
        numbers = {tuple(run(app("sensors"), "--seed", seed, seconds=2.5).lines("^sensors")) for seed in ("1", "2", "0x7fffffffffffffff")}
        self.assertEqual(len(numbers), 3)


class Summary(unittest.TestCase):
    def test_mpu_hits(self):
        result = sandglass("run", "--headless", "--for", "500ms", "--mpu-stats", "hits", app("hello"))
        self.assertEqual(result.status, 0)
        rows = re.findall(r"^  (region \d|background|default map)((?: +[\d,]+ \+ [\d,]+){3})$", result.stderr, re.MULTILINE)
        self.assertGreaterEqual(len(rows), 3, result.stderr)
        self.assertRegex(result.stderr, r"cost of counting: [\d,]+ accesses asked one by one, [\d,]+ ns of host time each")

    def test_isolation(self):
        checked = run("--check-isolation", app("hello"), seconds=0.5)
        self.assertRegex(checked.stderr, r"isolation: RAM compared around [\d,]+ stays in processes, 0 times a foreign byte changed")
        self.assertNotIn("isolation", run(app("hello"), seconds=0.5).stderr)

    def test_it_counts_what_the_trace_shows(self):
        result = run(app("hello"), app("buttons"), "--press", "button0@1s", seconds=2)
        calls = len(list(result.events("call")))
        self.assertEqual(result.summary_number(r"([\d,]+) system calls"), calls)
        self.assertEqual(result.summary_number(r"([\d,]+) exceptions"), len(list(result.events("enter"))))
        for name in ("hello", "buttons"):
            self.assertEqual(result.summary_number(rf"  {name} +([\d,]+) "), len(list(result.events("call", name))))


class Timing(unittest.TestCase):
    """That the options reach the machine; what they do there: flash_timing.lua, jitter.lua."""

    def test_flash_timing(self):
        cached, uncached = (run("--flash-timing", mode, guest("flash_timing.elf"), seconds=0.1).stdout for mode in ("cached", "uncached"))
        self.assertEqual(cached, run(guest("flash_timing.elf"), seconds=0.1).stdout)
        self.assertNotEqual(cached, uncached)

    def test_jitter(self):
        self.assertEqual(run(guest("race.elf"), "--seed", "1", seconds=0.1).stdout, "the sum is right\n")
        self.assertRegex(run(guest("race.elf"), "--jitter", "1:64", seconds=0.1).stdout, r"^lost [0-9a-f]{8}\n$")


class Uart(unittest.TestCase):
    """Where the console goes. What is waited for is text, not time; the program is ended when it was seen."""

    def test_file(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "uart")
            result = sandglass("run", "--headless", "--for", "3s", "--uart", "file:" + path, app("hello"))
            self.assertEqual((result.status, result.stdout), (0, ""))
            with open(path, encoding="utf-8", newline="") as file:
                text = file.read()
        self.assertEqual(text, sandglass("run", "--headless", "--for", "3s", app("hello")).stdout)

    def start(self, where, seconds):
        process = subprocess.Popen([PROGRAM, "run", "--headless", "--speed", "1", "--for", f"{seconds}s", "--uart", where, app("hello")],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        for line in process.stderr:
            found = re.search(r"the console is at (\S+)", line)
            if found:
                return found.group(1)
        self.fail("the program did not say where the console is")

    def converse(self, descriptor):
        """Types `list` until hello's row comes."""
        seen = b""
        while b"hello  " not in seen:
            os.write(descriptor, b"list\r")
            while select.select([descriptor], [], [], 1)[0]:
                piece = os.read(descriptor, 4096)
                self.assertNotEqual(piece, b"", "the program hung up")
                seen += piece
        self.assertIn(b" PID ", seen)

    def test_tcp(self):
        host, port = self.start("tcp:0", HOST_SECONDS).split(":")
        with socket.create_connection((host, int(port)), timeout=HOST_SECONDS) as console:
            self.converse(console.fileno())
        with socket.create_connection((host, int(port)), timeout=HOST_SECONDS) as console:
            self.converse(console.fileno())  # a second caller is served too

    def test_pty(self):
        path = self.start("pty", HOST_SECONDS)
        terminal = os.open(path, os.O_RDWR | os.O_NOCTTY)
        self.addCleanup(os.close, terminal)
        self.assertEqual(termios.tcgetattr(terminal)[3] & (termios.ECHO | termios.ICANON), 0)  # what is printed is not typed
        self.converse(terminal)

    def test_standard_input_by_name(self):
        process = subprocess.Popen([PROGRAM, "run", "--speed", "1", "--for", f"{HOST_SECONDS}s", "--uart", "stdio", app("hello")],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        self.assertTrue(any("greeting number 1" in line for line in process.stdout))  # the port is open
        process.stdin.write("list\n")
        process.stdin.flush()
        self.assertTrue(any(re.match(" 0 .* hello ", line) for line in process.stdout))


if __name__ == "__main__":
    unittest.main()
