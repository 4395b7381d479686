#!/usr/bin/env python3
"""Nothing crashes the simulator, whatever the guest does: random firmware, random apps, wild stacks and vectors.

Seeds are fixed; a failure names its own. SANDGLASS_HOSTILE=N tries N of each kind instead of the few that a test run has time for.
"""
import os
import random
import signal
import struct
import subprocess
import tempfile
import unittest

import tbf
from sandglass import HOST_SECONDS, PROGRAM, app, guest, run, sandglass

ROUNDS = int(os.environ.get("SANDGLASS_HOSTILE", "5"))
RAM, FLASH = 0x20000000, 0
RAM_END = RAM + 64 * 1024
SANITIZER = ("AddressSanitizer", "runtime error:", "LeakSanitizer", "SUMMARY:")


def hex_file(data, address=0):
    """`data` as Intel HEX."""
    lines = []
    for start in range(0, len(data), 16):
        piece = data[start:start + 16]
        at = address + start
        if at % 0x10000 == 0 or start == 0:
            record = struct.pack(">BHBH", 2, 0, 4, at >> 16)
            lines.append(record)
        lines.append(struct.pack(">BHB", len(piece), at & 0xFFFF, 0) + piece)
    lines.append(b"\x00\x00\x00\x01")
    return "".join(f":{line.hex().upper()}{-sum(line) & 0xFF:02X}\n" for line in lines).encode()


def thumb(rng, halfwords):
    """Code that does more than fault at once: loads, stores, branches and system instructions prevail."""
    kinds = [lambda: 0x6000 | rng.getrandbits(12), lambda: 0x4800 | rng.getrandbits(11), lambda: 0xB400 | rng.getrandbits(9),
             lambda: 0xBC00 | rng.getrandbits(9), lambda: 0xD000 | rng.getrandbits(12), lambda: 0x4600 | rng.getrandbits(8),
             lambda: 0x2000 | rng.getrandbits(13), lambda: 0xDF00 | rng.getrandbits(8), lambda: 0xC000 | rng.getrandbits(12),
             lambda: 0xBF00 | rng.getrandbits(8), lambda: 0xE800 | rng.getrandbits(11), lambda: 0xF300 | rng.getrandbits(8),
             lambda: rng.getrandbits(16)]
    return b"".join(struct.pack("<H", rng.choice(kinds)()) for _ in range(halfwords))


class Hostile(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def survives(self, name, data, *arguments, statuses=(0, 1), seconds=0.05):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(data)
        result = run("--check-isolation", path, *arguments, seconds=seconds)
        self.assertIn(result.status, statuses, result.stderr[-2000:])
        for word in SANITIZER:
            self.assertNotIn(word, result.stderr)
        self.assertNotIn("isolation broken", result.stderr)
        return result

    def each(self, kind, attempt):
        for seed in range(ROUNDS):
            with self.subTest(f"{kind} {seed}"):
                attempt(random.Random(f"{kind} {seed}"))


class Firmware(Hostile):
    def test_random_bytes(self):
        def attempt(rng):
            self.survives("a.hex", hex_file(rng.randbytes(4096)))
        self.each("bytes", attempt)

    def test_random_code_with_sane_vectors(self):
        def attempt(rng):
            handlers = [struct.pack("<I", 0x200 + 2 * rng.randrange(1900) | 1) for _ in range(63)]
            vectors = struct.pack("<I", RAM_END) + b"".join(handlers)
            self.survives("a.hex", hex_file(vectors + thumb(rng, 1920)))
        self.each("code", attempt)

    def test_wild_stack_pointers(self):
        # Pushes, then a system call: stacking faults, the handler's stacking faults too.
        code = struct.pack("<HHH", 0xB5FF, 0xDF00, 0xE7FC)
        for stack in (0, 4, 0x20, RAM, RAM + 8, RAM_END + 8, 0x40000000, 0xE000ED00, 0xE000E000, 0xFFFFFFFC, 0x10001000, 0x80000000):
            with self.subTest(f"{stack:#x}"):
                vectors = struct.pack("<I", stack) + struct.pack("<I", 0x101) * 63
                self.survives("a.hex", hex_file(vectors + code))

    def test_wild_vectors_and_vtor(self):
        # ldr r0, =VTOR; ldr r1, =where; str r1, [r0]; svc 0
        code = struct.pack("<HHHH", 0x4802, 0x4902, 0x6001, 0xDF00) + struct.pack("<HH", 0xE7FE, 0xBF00)
        for where in (0, RAM, RAM_END - 128, RAM_END, 0x40000000, 0x60000000, 0xE0000000, 0xFFFFFF80):
            with self.subTest(f"{where:#x}"):
                vectors = struct.pack("<I", RAM_END) + struct.pack("<I", 0x101) * 63
                self.survives("a.hex", hex_file(vectors + code + struct.pack("<II", 0xE000ED08, where)))
        for reset in (0, 1, 0x100, RAM | 1, 0x40000001, 0xE000ED01, 0xFFFFFFFF, 0xFFFFFFF1, 0xFFFFFFFD):
            with self.subTest(f"reset {reset:#x}"):
                self.survives("a.hex", hex_file(struct.pack("<I", RAM_END) + struct.pack("<I", reset) * 63 + code))

    def test_forged_exception_returns(self):
        # ldr lr, =value; bx lr from a handler that SVC entered, with random frames.
        def attempt(rng):
            value = rng.choice([0xFFFFFF00, 0xFFFFFFE0]) | rng.getrandbits(8)
            code = struct.pack("<HHHHHH", 0xDF00, 0xE7FE, 0xF8DF, 0xE004, 0x4770, 0xBF00) + struct.pack("<I", value)
            vectors = struct.pack("<II", RAM_END - rng.randrange(0, 64, 4), 0x101) + struct.pack("<I", 0x105) * 62
            self.survives("a.hex", hex_file(vectors + code + rng.randbytes(64)))
        self.each("return", attempt)

    def test_all_peripherals_poked(self):
        # Writes and reads random words all over the peripherals and the System Control Space, from a table.
        def attempt(rng):
            table = b""
            for _ in range(200):
                base = rng.choice([0x40000000, 0x50000000, 0xE000E000, 0x10000000, 0x10001000, 0x4001E000, 0x40002000, 0x40006000])
                span = rng.choice([0x1000, 0x40000]) if base == 0x40000000 else 0x1000
                value = rng.choice([0, 1, 0xFFFFFFFF, rng.getrandbits(32), RAM + rng.randrange(0x10000)])
                table += struct.pack("<II", base + 4 * rng.randrange(span // 4), value)
            # r4 = table; loop: ldmia r4!, {r0, r1}; cbz r0, end; str r1, [r0]; ldr r2, [r0]; b loop; end: b .
            code = struct.pack("<HHHHHHHH", 0x4C03, 0xCC03, 0xB110, 0x6001, 0x6802, 0xE7FA, 0xE7FE, 0xBF00)
            # Faults go on behind the access: add 2 to the stacked pc; for every exception.
            handler = struct.pack("<HHHH", 0x9806, 0x3002, 0x9006, 0x4770)
            start = 0x100 + len(handler)
            head = struct.pack("<II", RAM_END, start | 1) + struct.pack("<I", 0x101) * 62
            body = handler + code
            literal = 0x100 + len(body) + 8
            image = head + body + struct.pack("<II", literal, 0) + table + bytes(8)
            self.survives("a.hex", hex_file(image), seconds=0.02)
        self.each("poke", attempt)


class Storms(unittest.TestCase):
    """Guests that keep the simulator busy without end: virtual time goes on, and who is to blame is told in one line."""

    ENDLESS = "events trigger each other without end"

    def storm(self, name, milliseconds=2, status=0):
        result = sandglass("run", "--headless", "--for", f"{milliseconds}ms", guest(f"storm_{name}.elf"))
        self.assertEqual(result.status, status, result.stderr)
        for word in SANITIZER:
            self.assertNotIn(word, result.stderr)
        self.assertIn("summary: ", result.stderr)
        return result

    def test_events_that_trigger_themselves(self):
        for name in ("ppi_ring", "ppi_fork", "gpiote_ring", "uarte_tx", "uarte_rx", "twim_ring"):
            with self.subTest(name):
                self.assertEqual(self.storm(name).stderr.count(self.ENDLESS), 1)

    def test_a_flickering_led_is_told_two_hundred_times_a_second(self):
        result = self.storm("gpiote_ring")
        self.assertEqual(len([line for line in result.stderr.splitlines() if "] led0 " in line]), 200)
        self.assertEqual(result.stderr.count("no more such lines in this second"), 1)

    def test_busy_is_not_endless(self):
        for name in ("ppi_timer", "all_timers", "rtc"):
            with self.subTest(name):
                self.assertNotIn(self.ENDLESS, self.storm(name).stderr)

    def test_interrupts_and_sleep(self):
        for name in ("timer", "systick", "pendsv", "wfi", "wfe", "sleeponexit"):
            with self.subTest(name):
                self.assertLess(len(self.storm(name).stderr.splitlines()), 10)

    def test_faults_resets_and_messages(self):
        for name, milliseconds, says, lines in (("faults", 2, "further faults are only counted", 130), ("svc_nest", 2, "summary", 10),
                                                ("reset", 2, "further resets are only counted", 30),
                                                ("watchdog", 20, "further resets are only counted", 30),
                                                ("diagnostics", 2, "too many to print", 200), ("off", 2, "chip is off", 10)):
            with self.subTest(name):
                result = self.storm(name, milliseconds)
                self.assertIn(says, result.stderr)
                self.assertLess(len(result.stderr.splitlines()), lines)

    def test_ctrl_c_is_heard_in_a_storm(self):
        process = subprocess.Popen([PROGRAM, "run", "--headless", guest("storm_ppi_fork.elf")], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.stderr.close)
        while self.ENDLESS not in process.stderr.readline():
            pass
        process.send_signal(signal.SIGINT)
        self.assertIn("summary: ", process.stderr.read())
        self.assertEqual(process.wait(timeout=HOST_SECONDS), 0)


class Apps(Hostile):
    def test_random_code_in_an_app_beside_a_neighbour(self):
        def attempt(rng):
            image = tbf.image(thumb(rng, 900), minimum_ram=rng.choice([0, 32, 512, 3000]), entry=2 * rng.randrange(400))
            result = self.survives("a.tbf", image, app("hello"), seconds=0.6)
            self.assertEqual(result.status, 0, result.stderr[-2000:])
            self.assertIn("hello: greeting number 1", result.stdout)
        self.each("app", attempt)

    def test_random_bytes_as_an_app(self):
        def attempt(rng):
            self.survives("a.tbf", tbf.image(rng.randbytes(1500)), app("blink"), seconds=0.3)
        self.each("appbytes", attempt)

    def test_random_headers_with_a_good_checksum(self):
        def attempt(rng):
            image = bytearray(tbf.image(thumb(rng, 100)))
            for _ in range(rng.randrange(1, 6)):
                image[rng.randrange(4, 60)] = rng.getrandbits(8)
            self.survives("a.tbf", tbf.with_checksum(image), app("blink"), statuses=(0, 1, 2), seconds=0.3)
        self.each("header", attempt)

    def test_wild_process_stacks(self):
        # mov sp, r0 (a value from the code); svc 2; push {r0-r7}; b .
        for stack in (0, 0x20, RAM, RAM + 0x800, RAM_END, RAM_END + 64, 0x40000000, 0xE000ED00, 0xFFFFFFF8):
            with self.subTest(f"{stack:#x}"):
                code = struct.pack("<HHHHHH", 0x4802, 0x4685, 0xDF02, 0xB4FF, 0xE7FE, 0xBF00) + struct.pack("<I", stack)
                result = self.survives("a.tbf", tbf.image(code), app("hello"), seconds=0.5)
                self.assertEqual(result.status, 0)
                self.assertIn("hello: greeting number 1", result.stdout)


if __name__ == "__main__":
    unittest.main()
