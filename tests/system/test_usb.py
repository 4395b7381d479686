#!/usr/bin/env python3
"""A USB device as others' programs see it: a bare one (tests/guests/usb_device.c) on the security key's board as tshark reads
its packets, and programs at the host's socket. The rest is in usb.lua."""
import json
import os
import random
import shutil
import socket
import subprocess
import tempfile
import unittest

from sandglass import HOST_SECONDS, PROGRAM, guest, run
from usb_client import Client

DEVICE = guest("usb_device.elf")
BOARD = ("-b", "security_key")


def sent(endpoint, data, at_ms):
    """Arguments that send data to an endpoint at a time; 0: a SETUP packet with its data stage."""
    words = [int.from_bytes(data[i:i + 4].ljust(4, b"\0"), "little", signed=True) for i in range(0, len(data), 4)]
    what = f"control={len(data)}" if endpoint == 0 else f"out={len(data) << 8 | endpoint}"
    inputs = [f"data={word}" for word in words] + [what]
    return [argument for given in inputs for argument in ("--set", f"usb_host.{given}@{at_ms}ms")]


@unittest.skipUnless(shutil.which("tshark"), "tshark is not installed")
class Packets(unittest.TestCase):
    """The capture, read by somebody else's dissectors."""

    def capture(self, *arguments, seconds=0.3):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "usb.pcapng")
            run(*BOARD, DEVICE, "--pcap", path, *arguments, seconds=seconds)
            done = subprocess.run(["tshark", "-r", path, "-T", "json"], capture_output=True, check=True,
                                  timeout=HOST_SECONDS)
        return json.loads(done.stdout, object_pairs_hook=list)  # a key may come more than once

    def fields(self, pairs, name):
        """Every value of a field, however deep."""
        found = []
        for pair in pairs:
            if isinstance(pair, list):
                found += self.fields(pair, name)
            elif isinstance(pair, tuple) and pair[0] == name:
                found.append(pair[1])
            elif isinstance(pair, tuple) and isinstance(pair[1], list):
                found += self.fields(pair[1], name)
        return found

    def test_the_enumeration_is_what_it_should_be(self):
        packets = self.capture()
        self.assertIn("0x1209", self.fields(packets, "usb.idVendor"))
        self.assertIn("0x0001", self.fields(packets, "usb.idProduct"))
        self.assertTrue({"Sandglass", "Echo", "42"} <= set(self.fields(packets, "usb.bString")))
        self.assertEqual(set(self.fields(packets, "usb.bEndpointAddress")), {"0x81", "0x01", "0x82", "0x02"})
        requests = [int(value, 0) for value in self.fields(packets, "usb.setup.bRequest")]
        self.assertEqual(requests, [6, 5, 6, 6, 6, 6, 6, 6, 6, 9])
        self.assertEqual(self.fields(packets, "usbhid.item.global.report_count"), ["64", "64"])
        self.assertEqual(self.fields(packets, "_ws.malformed"), [])

    def test_reports_and_stalls_are_in_it(self):
        unknown = bytes([0xC0, 0x77, 0, 0, 0, 0, 8, 0])
        packets = self.capture(*sent(1, bytes(range(64)), 200), *sent(0, unknown, 220))
        back = bytes([1]) + bytes(range(1, 64))
        captured = self.fields(packets, "usbhid.data") + self.fields(packets, "usb.capdata")
        self.assertIn(back.hex(":"), captured)
        self.assertIn("-32", self.fields(packets, "usb.urb_status"))


class Socket(unittest.TestCase):
    """Programs at the socket: those that behave, and those that do not."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = os.path.join(self.folder.name, "usb")
        self.start("--usb", "unix:" + self.path, *BOARD, DEVICE)

    def start(self, *arguments):
        self.program = subprocess.Popen([PROGRAM, "run", "--headless", "--speed", "1", *arguments],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        while b"device configured" not in self.program.stderr.readline():
            self.assertIsNone(self.program.poll())

    def tearDown(self):
        self.program.terminate()
        self.program.communicate(timeout=HOST_SECONDS)
        self.folder.cleanup()

    def test_one_of_several_machines(self):
        self.program.terminate()
        self.program.communicate(timeout=HOST_SECONDS)
        path = os.path.join(self.folder.name, "keys.net")
        with open(path, "w", encoding="utf-8") as file:
            file.write("".join(f"node {name} board={BOARD[1]} {DEVICE}\n" for name in ("left", "right")))
        self.start("--net", path, "--usb", "right:unix:" + self.path)
        client = Client(self.path, HOST_SECONDS)
        client.send(1, bytes(64))
        self.assertEqual(client.wait_for(0x81), (0, bytes([1]) + bytes(63)))
        client.close()

    def test_packets_come_back(self):
        client = Client(self.path, HOST_SECONDS)
        for i in range(5):
            report = bytes([i]) + bytes(63)
            client.send(1, report)
            self.assertEqual(client.wait_for(0x81), (0, bytes([i + 1]) + bytes(63)))
        data = random.Random(1).randbytes(200)
        client.send(2, data)
        back = b"".join(client.wait_for(0x82)[1] for _ in range(4))
        self.assertEqual(back, data)
        status, device = client.control(0x80, 6, 0x0100, 0, length=18)
        self.assertEqual((status, device[8:12]), (0, b"\x09\x12\x01\x00"))
        self.assertEqual(client.control(0xC0, 0x77, 0, 0, length=4), (-32, b""))
        client.close()

    def test_hostile_clients_do_no_harm(self):
        source = random.Random(2)
        for _ in range(20):
            with socket.socket(socket.AF_UNIX) as enemy:
                enemy.connect(self.path)
                try:
                    enemy.sendall(source.randbytes(source.randrange(1, 5000)))
                except OSError:
                    pass  # it was thrown out
        self.test_packets_come_back()


if __name__ == "__main__":
    unittest.main()
