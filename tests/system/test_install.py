#!/usr/bin/env python3
"""Apps that are installed, replaced and removed while others run: by an app (driver 0x10001), by `sandglass install`, and
with power that fails. The frames of the console's protocol are made here once more, from docs/installing-apps.md.
Takes half a minute, of which most is waiting for boards that run in real time."""
import os
import re
import socket
import struct
import subprocess
import tempfile
import threading
import unittest
import zlib

from install_frames import Frames, install_frames
from sandglass import PROGRAM, app, run, sandglass

GUEST = app("tests/guest_1")
LOADER = app("tests/loader")
CUT = "flash_controller.power-cut={}@40ms"  # before the loader begins


def starts(result):
    """The console's lines from each start of the kernel on."""
    return [part.splitlines() for part in result.stdout.split("Sandglass 0.1.0 on ")[1:]]


def guests(lines):
    return [int(line.split()[-1]) for line in lines if re.match(r"guest: version \d$", line)]


def loaded(lines):
    """The names of the apps that the loader made processes of before the main loop."""
    end = next((i for i, line in enumerate(lines) if line.startswith("Initialization complete")), len(lines))
    return sorted(m.group(1) for m in (re.match(r"App (\w+): slot", line) for line in lines[:end]) if m)


class ByAnApp(unittest.TestCase):
    def test_update(self):
        for board in ("nrf52dk", "nrf52840dk", "pinetime", "security_key", "sensor_node"):
            with self.subTest(board=board):
                result = run("-b", board, GUEST, LOADER, seconds=1)
                self.assertEqual(guests(result.stdout.splitlines()), [1, 2])
                self.assertEqual(result.lines("^loader: install"), ["loader: install 0"])
                # From the new one's beginning on, nothing of the old one.
                lines = result.stdout.splitlines()
                self.assertNotIn("guest: 1 goes on", lines[lines.index("guest: version 2"):])
                self.assertIn("guest: 2 goes on", lines)

    def test_it_stays(self):
        result = run("-b", "nrf52dk", GUEST, LOADER, "--fault", "power.power-cut=1@1s", seconds=1.5)
        self.assertEqual(guests(starts(result)[1])[:1], [2])
        self.assertEqual(loaded(starts(result)[1]), ["guest", "loader"])

    def test_what_is_refused(self):
        result = run("-b", "nrf52840dk", GUEST, app("tests/loader_tries"), seconds=1)
        self.assertEqual([line[len("loader: "):] for line in result.lines("^loader: ")][1:], [
            "write first -6", "finalize first -6", "load first -6", "abort first -6", "setup of too little -6",
            "setup of too much -7", "unload nobody -6", "setup 0", "another setup -2", "garbage -6", "half a header -6",
            "past the end -7", "the first part 0", "other bytes there -6", "load too early -6", "abort 0", "install 0"])

    def test_not_without_permission(self):
        result = run("-b", "nrf52dk", GUEST, app("tests/loader_unasked"), seconds=1)
        self.assertEqual(result.lines("^loader: install"), ["loader: install -11"])
        self.assertEqual(guests(result.stdout.splitlines()), [1])

    def cut(self, board, n):
        """Cuts power in the middle of the n-th write or erase; (what the next start finds, whether there was a cut)."""
        result = run("-b", board, GUEST, LOADER, "--fault", CUT.format(n), seconds=1.1)
        parts = starts(result)
        if len(parts) < 2:
            return None
        self.assertEqual(loaded(parts[1]), ["guest", "loader"], f"cut {n}")
        return guests(parts[1])[0]

    def check_cuts(self, board, step):
        low, high = 1, 4096  # the last that there is
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self.cut(board, middle) is not None else (low, middle - 1)
        self.assertGreater(low, 200)
        edges = list(range(1, 9)) + list(range(low - 9, low + 1))
        found = {n: self.cut(board, n) for n in sorted({*edges, *range(1, low, step)})}
        self.assertTrue(set(found.values()) == {1, 2}, found)
        self.assertEqual(list(found.values()), sorted(found.values()))  # the switch is one word

    def test_power_cut_at_flash_operations(self):
        """Around the ends each write of a word and each erase, of the image's words some. All: SANDGLASS_EVERY_CUT=1."""
        step = 1 if os.environ.get("SANDGLASS_EVERY_CUT") else 97
        self.check_cuts("nrf52dk", step)
        self.check_cuts("nrf52840dk", step)


# --- The console ---

class ByFrames(unittest.TestCase):
    def go(self, frames, *arguments, board="nrf52dk", after=0.2):
        return run("-b", board, GUEST, *arguments, *frames.options, seconds=frames.at_ms / 1000 + after)

    def test_install(self):
        result = self.go(install_frames(app("blink")), after=1)
        self.assertRegex(result.stdout, "App blink: slot 1")
        self.assertTrue(any(result.events("note", "led0")), result.trace[-500:])

    def test_garbage_between_and_frames_that_are_spoilt(self):
        frames = Frames(400)
        frames.type(bytes(range(256)) + b"\x01\x01S\xff\xff\x01S", 10)
        frames.type(b"\0" * 300, 10)
        frames.send(b"B", struct.pack("<II", 1024, 0xFFFFFFFF), pause_ms=100, spoil=True)
        frames.send(b"X", b"what", pause_ms=20)
        frames.send(b"W", b"\0", pause_ms=20)
        frames.send(b"S", pause_ms=20)
        frames.image(app("blink"))
        frames.send(b"S", pause_ms=50)
        frames.send(b"Q")
        frames.type(b"list\n", 100)
        result = self.go(frames)
        self.assertRegex(result.stdout, "App blink: slot 1")
        self.assertRegex(result.stdout, r"\n 1 .*blink")  # the console is the process console's again

    def test_a_host_that_dies(self):
        """After five seconds the place is a hole again and the console everybody's."""
        frames = Frames(400).image(app("blink"))
        frames.at_ms += 6000
        frames.type(b"status\n", 100)
        result = self.go(frames)
        self.assertNotIn("App blink", result.stdout)
        self.assertIn("Total processes: 1", result.stdout)
        again = install_frames(app("blink"), frames.at_ms)
        frames.options += again.options
        frames.at_ms = again.at_ms
        self.assertRegex(self.go(frames).stdout, "App blink: slot 1")

    def test_power_cut(self):
        """An app that is new is there whole, or not at all; the other one always is."""
        seen = set()
        for n in [*range(1, 9), 60, 120, *range(150, 400, 50), 1000]:
            with self.subTest(n=n):
                result = self.go(install_frames(app("blink")), "--fault", f"flash_controller.power-cut={n}@90ms", after=0.6)
                parts = starts(result)
                if len(parts) == 2:
                    self.assertIn(loaded(parts[1]), (["guest"], ["blink", "guest"]))
                    seen.add(len(loaded(parts[1])))
        self.assertIn(1, seen)


# --- The host's tool ---

class Board:
    """A simulator that runs in real time, its console on a port or a pseudo-terminal."""

    def __init__(self, *arguments, uart="tcp:0"):
        command = [PROGRAM, "run", "--headless", "--speed", "1", "--for", "60s", "--uart", uart, *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.said, self.ready, self.where = [], threading.Event(), None
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        self.ready.wait(30)

    def read(self):
        for line in self.process.stderr:
            self.said.append(line)
            found = re.search(r"console is (?:at|on) (?:127\.0\.0\.1:(\d+)|(/dev/\S+))", line)
            if found:
                self.where = f"tcp:{found.group(1)}" if found.group(1) else found.group(2)
                self.ready.set()

    def install(self, *arguments):
        return sandglass("install", "--uart", self.where, *arguments)

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.reader.join()
        self.process.stderr.close()


class FakeBoard(threading.Thread):
    """Whatever answers at the port, an app that has found out the protocol for instance: a list without end."""

    def __init__(self, next_place):
        super().__init__(daemon=True)
        self.next_place, self.asked = next_place, 0
        self.server = socket.create_server(("127.0.0.1", 0))
        self.where = f"tcp:{self.server.getsockname()[1]}"

    def run(self):
        line, _ = self.server.accept()
        data = b""
        with line:
            while received := line.recv(4096):
                data += received
                while (found := re.search(rb"\x01S(.)(.)\x00....|\x01SL(.)\x04(....)....", data, re.DOTALL)):
                    data = data[found.end():]
                    kind, number, of_list, place = found.groups()
                    body = b"\0\x01\x80\x05"
                    if of_list:
                        self.asked += 1
                        after = self.next_place(struct.unpack("<I", place)[0])
                        kind, number, body = b"L", of_list, b"\0" + struct.pack("<5I", after, 0, 512, 0, 1) + b"\x03app"
                    answer = kind + number + bytes([len(body)]) + body
                    line.sendall(b"\x01S" + answer + struct.pack("<I", zlib.crc32(answer)))


class HostileBoard(unittest.TestCase):
    def test_a_list_without_end(self):
        for next_place in (lambda place: 0, lambda place: place, lambda place: max(place - 4, 0), lambda place: place + 1):
            for words in (("--list",), ("--remove", "nobody")):
                board = FakeBoard(next_place)
                board.start()
                result = sandglass("install", "--uart", board.where, *words)
                self.assertEqual(result.status, 1)
                self.assertIn("the board's list of apps does not end", result.stderr)
                self.assertLess(board.asked, 5000)
                board.server.close()


class ByTheTool(unittest.TestCase):
    def board(self, *arguments, **options):
        board = Board(*arguments, **options)
        self.addCleanup(board.close)
        return board

    def names(self, board):
        result = board.install("--list")
        self.assertEqual(result.status, 0, result.stderr)
        return [line.split()[0] for line in result.stdout.splitlines()[1:]]

    def test_install_list_remove(self):
        for uart in ("tcp:0", "pty"):
            with self.subTest(uart=uart):
                board = self.board("-b", "nrf52840dk", app("blink"), uart=uart)
                result = board.install(app("hello"))
                self.assertEqual((result.status, result.stdout), (0, "hello installed and started: 4096 bytes\n"),
                                 result.stderr)
                self.assertEqual(self.names(board), ["blink", "hello"])
                again = board.install(app("hello"))
                self.assertEqual(again.status, 0, again.stderr)
                self.assertEqual(self.names(board), ["blink", "hello"])
                self.assertEqual(board.install("--remove", "hello").stdout, "hello removed\n")
                self.assertEqual(self.names(board), ["blink"])
                gone = board.install("--remove", "hello")
                self.assertEqual(gone.status, 1)
                self.assertIn("there is no app 'hello' on the board", gone.stderr)

    def test_what_the_board_refuses(self):
        board = self.board("-b", "nrf52dk", app("blink"))
        with tempfile.TemporaryDirectory() as folder:
            with open(app("hello"), "rb") as file:
                hello = bytearray(file.read())
            wants_too_much = os.path.join(folder, "greedy.tbf")
            words = list(struct.unpack_from("<4I", hello))
            header = words[0] >> 16
            at = 16
            while struct.unpack_from("<H", hello, at)[0] not in (1, 9):
                at += 4 + (struct.unpack_from("<H", hello, at + 2)[0] + 3) // 4 * 4
            struct.pack_into("<I", hello, at + 12, 0x40000)
            struct.pack_into("<I", hello, 12, 0)
            total = 0
            for word in struct.unpack_from(f"<{header // 4}I", hello):
                total ^= word
            struct.pack_into("<I", hello, 12, total)
            with open(wants_too_much, "wb") as file:
                file.write(hello)
            result = board.install(wants_too_much)
            self.assertEqual(result.status, 1)
            self.assertIn("not enough RAM", result.stderr)
            self.assertEqual(self.names(board), ["blink"])
            # One that is there, and whose new version cannot run, stays.
            self.assertEqual(board.install(app("hello")).status, 0)
            self.assertEqual(board.install(wants_too_much).status, 1)
            listed = board.install("--list").stdout
            self.assertRegex(listed, r"hello .* a process")
        self.assertEqual(board.process.poll(), None)

    def test_wrong_use(self):
        for words, message in (((app("hello"),), "where the board's console is"),
                               (("--uart", "tcp:1"), "takes one app"),
                               (("--uart", "tcp:1", __file__), "test_install.py"),
                               (("--uart", "/dev/null", app("hello")), "no serial device"),
                               (("--uart", "/nowhere", app("hello")), "No such file"),
                               (("--uart", "tcp:1", app("hello")), "cannot connect")):
            with self.subTest(words=words):
                result = sandglass("install", *words)
                self.assertEqual(result.status, 2)
                self.assertIn(message, result.stderr)


if __name__ == "__main__":
    unittest.main()
