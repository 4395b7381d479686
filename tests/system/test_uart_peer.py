#!/usr/bin/env python3
"""A part at the other end of a serial line: it types to the kernel's process console, holds it back, and echoes."""
import os
import tempfile
import unittest

from sandglass import BUILD, app, sandglass

KERNEL = os.path.join(BUILD, "firmware/kernel/nrf52dk.elf")
BOARDS = os.path.join(os.path.dirname(__file__), "../../sim/boards")
PEER = """
/include/ "%s/nrf52dk.dts"
&uart0 {
    peer0: peer {
        compatible = "sandglass,uart-peer";
        line-0 = "list\\r\\n";
        %s
    };
};
"""


class Peer(unittest.TestCase):
    def run_with(self, extra, *arguments):
        with tempfile.TemporaryDirectory() as folder:
            board = os.path.join(folder, "peer.dts")
            with open(board, "w", encoding="ascii") as file:
                file.write(PEER % (os.path.abspath(BOARDS), extra))
            result = sandglass("run", "-b", board, KERNEL, app("hello"), "--headless", "--for", "3s", *arguments)
        self.assertEqual(result.status, 0, result.stderr)
        return result

    def test_a_line_is_typed_and_answered(self):
        result = self.run_with("", "--set", "peer0.line=0@2s")
        self.assertRegex(result.stdout, r"PID +ShortID")

    def test_a_silent_peer_types_nothing(self):
        result = self.run_with("", "--fault", "peer0.silent@1s", "--set", "peer0.line=0@2s")
        self.assertNotIn("ShortID", result.stdout)

    def test_a_line_that_drops_bytes(self):
        result = self.run_with("", "--fault", "uart0.rx-drop=2@1s", "--set", "peer0.line=0@2s")
        self.assertNotIn("ShortID", result.stdout)


if __name__ == "__main__":
    unittest.main()
