#!/usr/bin/env python3
"""What of the boards is told by the program's own reports, or by others' tools; the rest is in boards.lua."""
import os
import re
import subprocess
import tempfile
import unittest

from sandglass import BUILD, app, run, sandglass


class Board(unittest.TestCase):
    """Checks that boards share."""

    def assert_booted(self, result, name):
        self.assertEqual(result.status, 0, result.stderr)
        self.assertEqual(len(result.lines(f"^Sandglass .* on {name}$")), 1, result.stdout)
        self.assertIn("Initialization complete. Entering main loop.", result.stdout)
        self.assertNotIn("guest error", result.stderr)


class Tours(Board):
    """Without files, each board shows what is on it."""

    def tour(self, board, name):
        result = sandglass("run", "--headless", "--board", board)
        self.assert_booted(result, name)
        captions = re.findall(r"^\[\s*[\d.]+\] -- (.*)$", result.stderr, re.MULTILINE)
        self.assertIn("That was the tour", result.stderr)
        return result, captions

    def test_nrf52840dk(self):
        result, captions = self.tour("nrf52840dk", "nRF52840-DK")
        self.assertEqual(result.lines("^diary:"), ["diary: a new diary of 30720 bytes", "diary: start number 1"])
        self.assertFalse([text for text in captions if "touch pad" in text])  # it has none

    def test_security_key(self):
        result, captions = self.tour("security_key", "security key")
        self.assertEqual(len(result.lines("^touch: pad touched")), 1)
        self.assertFalse([text for text in captions if "diary" in text])

    def test_pinetime(self):
        result, _ = self.tour("pinetime", "PineTime")
        self.assertEqual(len(result.lines("^paint: touched at (120, 60|60, 180)$")), 2)

    def test_sensor_node(self):
        result, _ = self.tour("sensor_node", "sensor node")
        self.assertTrue(result.lines("^weather: 25.00 C"))
        self.assertTrue(result.lines("^weather: 18.50 C, .* 20 lux"))


class SensorNode(Board):
    def test_tshark_reads_what_two_nodes_say(self):
        apps = f"{os.path.join(BUILD, 'firmware/kernel/sensor_node.elf')} {app('weather')} {app('listen')}"
        with tempfile.TemporaryDirectory() as folder:
            net, packets = os.path.join(folder, "pair.net"), os.path.join(folder, "pair.pcapng")
            with open(net, "w", encoding="utf-8") as file:
                file.write(f"node house board=sensor_node {apps}\nnode garden board=sensor_node at=10,0,0 {apps}\n")
            result = sandglass("run", "--headless", "--net", net, "--for", "4s", "--pcap", packets)
            self.assertEqual(result.status, 0, result.stderr)
            read = subprocess.run(["tshark", "-r", packets, "-T", "fields", "-e", "wpan.dst16", "-e", "wpan.dst_pan",
                                   "-e", "wpan.seq_no", "-e", "wpan.fcs_ok"], capture_output=True, text=True, check=True)
        self.assertEqual(sorted(read.stdout.splitlines()),
                         [f"0xffff\t0x5a5a\t{i}\t1" for i in (0, 0, 1, 1, 2, 2)])


if __name__ == "__main__":
    unittest.main()
