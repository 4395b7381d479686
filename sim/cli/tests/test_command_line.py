#!/usr/bin/env python3
"""The program as a user has it: what each command does, and that every mistake gets one clear line and exit status 2.

Environment: SANDGLASS_BUILD, the build folder with the program and the firmware.
"""
import json
import os
import pty
import re
import select
import socket
import struct
import subprocess
import tempfile
import unittest

# Runs stay in the terminal, also on a desktop.
for name in ("DISPLAY", "WAYLAND_DISPLAY"):
    os.environ.pop(name, None)
BUILD = os.environ["SANDGLASS_BUILD"]
PROGRAM = os.path.join(BUILD, "sim", "sandglass")
APPS = os.path.join(BUILD, "firmware", "apps")
KERNEL = os.path.join(BUILD, "firmware", "kernel", "nrf52dk.elf")
GUESTS = os.path.join(BUILD, "firmware", "guests")


def app(name):
    return os.path.join(APPS, name)


def sandglass(*arguments, **options):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL,
                          **options)


def make_tbf(total, ram=1000, version=2):
    """A well-formed TBF without a program."""
    tlvs = struct.pack("<HHIII", 1, 12, 0, 0, ram) + struct.pack("<HHHH", 8, 4, 2, 0)
    header = bytearray(struct.pack("<HHIII", version, 16 + len(tlvs), total, 1, 0) + tlvs)
    checksum = 0
    for offset in range(0, len(header), 4):
        checksum ^= struct.unpack_from("<I", header, offset)[0]
    struct.pack_into("<I", header, 12, checksum)
    return bytes(header) + b"\xff" * (total - len(header))


class Base(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, data):
        with open(self.path(name), "wb") as file:
            file.write(data)
        return self.path(name)


class WrongUse(Base):
    def refused(self, words, *arguments):
        result = sandglass(*arguments)
        lines = result.stderr.strip().splitlines()
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertEqual(len(lines), 1, result.stderr)
        self.assertRegex(lines[0], "^sandglass")
        self.assertIn(words, lines[0])
        self.assertEqual(result.stdout, "")

    def test_files(self):
        with open(app("hello.tbf"), "rb") as file:
            hello = file.read()
        self.refused("cannot open", "run", "/nonexistent.elf")
        self.refused("no app of that name comes along", "run", "nonexistent")
        self.refused("64-bit ELF", "run", "/proc/self/exe")
        self.refused("truncated", "run", self.write("cut.tbf", hello[:700]))
        self.refused("truncated", "run", self.write("cut2.tbf", hello[:7]))
        self.refused("checksum", "run", self.write("bad.tbf", hello[:20] + b"\xa5" + hello[21:]))
        self.refused("version 2", "run", self.write("old.tbf", make_tbf(1024, version=1)))
        self.refused("neither an ELF nor an Intel HEX", "run", self.write("x.elf", b"hello"))
        self.refused("neither an ELF nor an Intel HEX", "run", self.write("empty.hex", b""))
        self.refused("truncated", "run", self.write("cut.hex", b":0400000001020304F2\n"))
        self.refused("is a folder without", "run", self.folder)
        self.refused("second firmware", "run", KERNEL, KERNEL)

    def test_what_does_not_fit(self):
        self.refused("does not fit", "run", self.write("big.tbf", make_tbf(512 * 1024)))
        self.refused("needs 70000 bytes of RAM", "run", self.write("ram.tbf", make_tbf(1024, ram=70000)))
        self.refused("has no memory at 0x00080000", "run", self.write("far.hex", b":020000040008F2\n:0400000001020304F2\n:00000001FF\n"))
        self.refused("overlap", "run", self.write("over.hex", b":020000040003F7\n:0400000001020304F2\n:00000001FF\n"), app("hello.tbf"))
        self.refused("one app too many", "run", *[app("blink.tbf")] * 17)

    def test_boards(self):
        self.refused("no board nosuch", "run", "-b", "nosuch")
        self.refused("cannot open", "run", "-b", self.path("nosuch.dtb"))
        self.refused("cannot open", "run", "-b", self.path("nosuch.dts"))
        self.refused("no devicetree blob", "devices", "-b", self.write("junk.dtb", b"junk" * 100))
        own = self.write("own.dts", b'/dts-v1/; /include/ "nrf52dk.dts" / { compatible = "me,mine"; };')
        self.refused("no kernel for board", "run", "-b", own, app("hello.tbf"))

    def test_a_board_that_includes_ours_has_its_kernel(self):
        own = self.write("own.dts", b'/dts-v1/; /include/ "nrf52840dk.dts" / { model = "Mine"; };')
        result = sandglass("run", "-b", own, app("hello.tbf"), "--headless", "--until", "greeting number 1")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("on nRF52840-DK", result.stdout)

    def test_a_dts_that_does_not_compile_is_explained_by_dtc(self):
        result = sandglass("devices", "-b", self.write("bad.dts", b"/dts-v1/; / { x = <&nothing>; "))
        self.assertEqual(result.returncode, 2)
        self.assertIn("dtc refuses", result.stderr.splitlines()[-1])

    def test_inputs_and_outputs(self):
        self.refused("no device button9", "run", "--press", "button9@1s")
        for says, *words in (("button0 does not take 'touch': it takes press, release", "--touch", "button0@1s"),
                             ("pad0 does not take 'press': it takes touch, untouch", "--press", "pad0@1s..2s"),
                             ("temp does not take 'foo': it takes temperature", "--set", "temp.foo=1@1s"),
                             ("led0 does not take 'on': it takes no inputs", "--set", "led0.on=1@1s"),
                             ("wdt does not take 'sleep': it takes no inputs", "--set", "wdt.sleep=1@1s"),
                             ("no device nothing", "--fault", "nothing.stuck@1s"),
                             ("rng has no fault 'drop': it has stuck, bias", "--fault", "rng.drop@1s"),
                             ("ficr has no fault 'stuck': it has no faults", "--fault", "ficr.stuck@1s"),
                             ("rng.stuck takes a value of 1 to 256, or 0 to end it, not 257", "--fault", "rng.stuck=257@1s"),
                             (r"'\q' is no escape: \n, \r, \t, \\ and \xNN are", "--uart-in", r"a\q@1s"),
                             (r"'\' is no escape", "--uart-in", "list\\@1s"),
                             ("a file name is empty", "")):
            self.refused(says, "run", *words)
        self.refused("cannot write", "run", "--uart", "file:/nonexistent/x")
        self.refused("cannot write", "run", "--trace", "/nonexistent/x")
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            self.refused("cannot listen", "run", "--uart", f"tcp:{taken.getsockname()[1]}")

    def test_other_commands(self):
        self.refused("no command frobnicate", "frobnicate")
        self.refused("64-bit", "pack", "/proc/self/exe")
        self.refused("not at 0x80000000", "pack", KERNEL)
        self.refused("one APP.elf", "pack")
        self.refused("letters, digits", "new", self.path("my app"))
        self.refused("letters, digits", "new")
        self.refused("cannot make the folder", "new", "/nonexistent/x")
        self.refused("unknown option --bogus", "devices", "--bogus")
        self.refused("unknown option -j", "test", "-j2", "x.lua")
        self.refused("unknown option -x", "test", "--list", "-x", "x.lua")
        self.refused("--update takes no value", "test", "--update=3", "x.lua")
        self.refused("does not take", "boards", "x")
        self.refused("does not take", "faults", "x")
        self.refused("no board nosuch", "faults", "-b", "nosuch")
        self.assertEqual(sandglass().returncode, 2)


class Commands(Base):
    def test_every_command_has_help(self):
        help_text = sandglass("--help")
        self.assertEqual(help_text.returncode, 0)
        for command in re.findall(r"^  (\w+) ", help_text.stdout, re.M):
            if command != "version":
                result = sandglass(command, "--help")
                self.assertEqual((result.returncode, result.stderr), (0, ""), command)
                self.assertTrue(result.stdout.startswith(f"usage: sandglass {command}"), command)

    def test_lists(self):
        self.assertRegex(sandglass("version").stdout, r"^sandglass \d+\.\d+\.\d+\n$")
        self.assertIn("nrf52dk ", sandglass("boards").stdout)
        devices = sandglass("devices").stdout
        self.assertRegex(devices, r"(?m)^uart0 +nrf52-uarte +0x40002000 +2  byte, break, cts$")
        self.assertRegex(devices, r"(?m)^button0 .*  press, release$")
        self.assertRegex(devices, r"(?m)^wdt .*  -$")
        self.assertRegex(sandglass("devices", "--all").stdout, r"(?m)^gpio-leds ")
        self.assertRegex(sandglass("faults").stdout, r"(?m)^rng +stuck +1\.\.256 +every byte is ")
        listed = json.loads(sandglass("faults", "-b", "nrf52dk", "--json").stdout)
        stuck = [fault for fault in listed if (fault["device"], fault["fault"]) == ("rng", "stuck")]
        self.assertEqual([(fault["class"], fault["min"], fault["max"]) for fault in stuck], [("nrf52-rng", 1, 256)])
        self.assertRegex(sandglass("apps").stdout, r"(?m)^blink +\d+ +\d+ ")

    def test_pack_makes_what_the_build_makes(self):
        result = sandglass("pack", app("blink.elf"), "-o", self.path("blink.tbf"))
        self.assertEqual(result.returncode, 0, result.stderr)
        with open(self.path("blink.tbf"), "rb") as ours, open(app("blink.tbf"), "rb") as built:
            self.assertEqual(ours.read(), built.read())

    def test_new_app_builds_and_runs(self):
        folder = self.path("my-app_1")
        self.assertEqual(sandglass("new", folder).returncode, 0)
        result = sandglass("run", folder, "--headless", "--until", "my-app_1: 2")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(sandglass("new", folder).returncode, 2)

    def test_new_app_that_does_not_compile(self):
        folder = self.path("broken")
        self.assertEqual(sandglass("new", folder).returncode, 0)
        self.write("broken/main.c", b"int main(void) { return nothing; }\n")
        result = sandglass("run", folder, "--headless")
        self.assertEqual(result.returncode, 2)
        self.assertIn("main.c:1", result.stderr)
        self.assertIn("does not build", result.stderr.splitlines()[-1])


class Run(Base):
    def test_elf_of_an_app_is_packed_on_the_way(self):
        result = sandglass("run", app("hello.elf"), "--headless", "--until", "greeting number 1")
        self.assertEqual(result.returncode, 0)
        self.assertIn("is an app (linked at 0x80000000)", result.stderr)

    def test_apps_and_kernels_that_come_along_are_known_by_name(self):
        for words in (["hello"], ["hello.tbf"], ["nrf52dk.elf", "hello"]):
            result = sandglass("run", *words, "--headless", "--until", "greeting number 1", cwd=self.folder)
            self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(sandglass("apps", "hello", cwd=self.folder).stdout, r"(?m)^hello +\d")
        self.write("hello", b"mine")
        result = sandglass("run", "hello", "--headless", cwd=self.folder)
        self.assertIn("neither an ELF nor", result.stderr)

    def test_what_is_typed_comes_at_its_time_in_whatever_order_it_is_given(self):
        result = sandglass("run", "hello", "--headless", "--for", "2s", "--uart-in", "panic\\n@1s", "--uart-in", "status\\n@500ms")
        self.assertIn("Total processes: 1", result.stdout)

    def test_hex_runs_as_the_elf_does(self):
        image = self.path("guest.hex")
        subprocess.run(["arm-none-eabi-objcopy", "-O", "ihex", os.path.join(GUESTS, "nothing_there.elf"), image], check=True)
        from_elf = sandglass("run", os.path.join(GUESTS, "nothing_there.elf"), "--headless", "--for", "10ms")
        from_hex = sandglass("run", image, "--headless", "--for", "10ms")
        self.assertIn("busfault", from_elf.stdout)
        self.assertEqual(from_elf.stdout, from_hex.stdout)

    def test_a_fault_comes_at_its_time(self):
        result = sandglass("run", app("hello.tbf"), "--headless", "--for", "20ms", "--fault", "rng.bias=-7@2.5ms",
                           "--fault", "rng.bias=0@3ms")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("[   0.002500] rng fault bias=-7\n[   0.003000] rng fault bias ends\n", result.stderr)

    def test_the_supply_is_cut(self):
        result = sandglass("run", app("hello.tbf"), "--headless", "--for", "3s", "--fault", "power.power-cut=100@1.2s")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("[   1.200000] power fault power-cut=100\n", result.stderr)
        self.assertIn("[   1.300000] reset: power-on\n", result.stderr)
        self.assertEqual(result.stdout.count("greeting number 1"), 2)

    def test_board_source(self):
        source = os.path.join(os.path.dirname(__file__), "..", "..", "boards", "nrf52dk.dts")
        result = sandglass("run", "-b", source, KERNEL, app("hello.tbf"), "--headless", "--until", "greeting number 1")
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_until(self):
        arguments = ["run", app("hello.tbf"), "--headless", "--until", "greeting number 2"]
        self.assertEqual(sandglass(*arguments).returncode, 0)
        result = sandglass(*arguments, "--for", "1s")
        self.assertEqual(result.returncode, 1)
        self.assertIn("has not printed 'greeting number 2'", result.stderr)

    def test_panic_is_exit_status_1(self):
        result = sandglass("run", app("hello.tbf"), "--headless", "--uart-in", r"panic\n@500ms", "--for", "3s")
        self.assertEqual(result.returncode, 1)
        self.assertIn("the kernel has panicked", result.stderr)

    def test_same_seed_same_trace(self):
        traces = {}
        for name, seed in (("a", "7"), ("b", "7"), ("c", "8")):
            result = sandglass("run", app("sensors.tbf"), app("hog.tbf"), "--headless", "--for", "2500ms", "--seed", seed,
                               "--press", "button1@1s", "--trace", self.path(name))
            self.assertEqual(result.returncode, 0)
            with open(self.path(name), "rb") as file:
                traces[name] = file.read()
        self.assertGreater(len(traces["a"]), 1000)
        self.assertEqual(traces["a"], traces["b"])
        self.assertNotEqual(traces["a"], traces["c"])

    def test_inputs_have_their_time(self):
        result = sandglass("run", app("buttons.tbf"), app("sensors.tbf"), "--headless", "--for", "3s", "--press", "button0@1.5s..1.6s",
                           "--touch", "pad0@2s", "--set", "temp.temperature=3050@1500ms")
        for line in ("[   1.500000] button0 pressed", "[   1.600000] button0 released", "[   2.000000] pad0 touched",
                     "[   2.100000] pad0 untouched"):
            self.assertIn(line, result.stderr.splitlines())
        self.assertIn("sensors: 25.00 C", result.stdout)
        self.assertIn("sensors: 30.50 C", result.stdout)

    def test_uart_to_a_file(self):
        result = sandglass("run", app("hello.tbf"), "--headless", "--for", "1s", "--uart", "file:" + self.path("log"))
        self.assertEqual(result.stdout, "")
        with open(self.path("log"), encoding="ascii") as file:
            self.assertIn("greeting number 1", file.read())

    def test_uart_over_tcp_goes_both_ways(self):
        process = subprocess.Popen([PROGRAM, "run", app("hello.tbf"), "--speed", "1", "--for", "30s", "--uart", "tcp:0"],
                                   stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        self.addCleanup(process.stderr.close)
        port = int(re.search(r"127\.0\.0\.1:(\d+)", process.stderr.readline()).group(1))
        with socket.create_connection(("127.0.0.1", port), timeout=30) as console:
            seen = b""
            while b"greeting" not in seen:
                seen += console.recv(1000)
            console.sendall(b"list\r")
            while b"YieldedFor" not in seen:
                seen += console.recv(1000)
        process.terminate()
        process.stderr.read()
        self.assertEqual(process.wait(timeout=60), 0)

    def test_keyboard_of_a_terminal(self):
        controller, terminal = pty.openpty()
        process = subprocess.Popen([PROGRAM, "run", app("hello.tbf"), "--for", "30s"], stdin=terminal, stdout=terminal, stderr=terminal,
                                   start_new_session=True, preexec_fn=lambda: __import__("fcntl").ioctl(0, 0x540E, 0))
        # `terminal` stays open here: when the last one who has it closes it, what was not read yet can be lost.
        seen = b""

        def wait_for(text):
            nonlocal seen
            while text not in seen:
                self.assertTrue(select.select([controller], [], [], 60)[0], seen)
                seen += os.read(controller, 1000)

        try:
            wait_for(b"greeting")
            os.write(controller, b"list\r")
            wait_for(b"YieldedFor")
            os.write(controller, b"\x03")
            wait_for(b"summary")
            self.assertEqual(process.wait(timeout=60), 0)
        finally:
            process.kill()
            process.wait()
            os.close(terminal)
            os.close(controller)


if __name__ == "__main__":
    unittest.main()
