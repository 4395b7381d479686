#!/usr/bin/env python3
"""`sandglass install` with boards that run in real time, and with one that only passes for a board. How apps get onto a
board otherwise, and power that fails meanwhile: install.lua."""
import os
import re
import socket
import struct
import subprocess
import tempfile
import threading
import unittest
import zlib

from sandglass import PROGRAM, app, sandglass


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
