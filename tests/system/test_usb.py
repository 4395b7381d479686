#!/usr/bin/env python3
"""A bare USB device (tests/guests/usb_device.c) on the security key's board, and the host at its socket: enumeration as
tshark sees it, echoes over the socket, unplugging, suspend and wake-up, STALL, faults."""
import json
import os
import random
import shutil
import socket
import subprocess
import tempfile
import unittest

from sandglass import HOST_SECONDS, PROGRAM, app, guest, run
from usb_client import Client

DEVICE = guest("usb_device.elf")
BOARD = ("-b", "security_key")


def sent(endpoint, data, at_ms):
    """Arguments that send data to an endpoint at a time; 0: a SETUP packet with its data stage."""
    words = [int.from_bytes(data[i:i + 4].ljust(4, b"\0"), "little", signed=True) for i in range(0, len(data), 4)]
    what = f"control={len(data)}" if endpoint == 0 else f"out={len(data) << 8 | endpoint}"
    inputs = [f"data={word}" for word in words] + [what]
    return [argument for given in inputs for argument in ("--set", f"usb_host.{given}@{at_ms}ms")]


def at(what, at_ms):
    return ["--set", f"usb_host.{what}=1@{at_ms}ms"]


def notes(result):
    """What the host noted, without the values; faults are left out."""
    return [" ".join(fields[1:-1]) for _, fields in result.events("note", "usb_host") if fields[1] != "fault"]


# HID usage tables, page 7: what a keyboard of the US makes without and with shift.
KEYS = {usage: (chr(ord("a") + usage - 4), chr(ord("A") + usage - 4)) for usage in range(4, 30)}
KEYS |= {30 + i: pair for i, pair in enumerate(zip("1234567890", "!@#$%^&*()"))}
KEYS |= {40: "\n\n", 43: "\t\t", 44: "  ", 45: "-_", 46: "=+", 47: "[{", 48: "]}", 49: "\\|", 51: ";:", 52: "'\"", 53: "`~", 54: ",<",
         55: ".>", 56: "/?"}


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


class Bus(unittest.TestCase):
    """What the device and the host make of events on the bus; every test is a run of its own."""

    def test_it_is_unplugged_and_plugged_in_again(self):
        result = run(*BOARD, DEVICE, *at("unplug", 200), *at("plug", 220), seconds=0.4)
        self.assertEqual(result.stdout.split(), ["detected", "suspend", "reset", "configured", "removed", "detected",
                                                 "suspend", "reset", "configured"])
        self.assertEqual(notes(result).count("device configured"), 2)

    def test_it_is_suspended_and_resumed(self):
        result = run(*BOARD, DEVICE, *at("suspend", 200), *at("resume", 250), *sent(1, b"back", 300), seconds=0.4)
        self.assertEqual(result.stdout.split()[-2:], ["suspend", "resume"])
        self.assertEqual(notes(result)[-1], "HID report")

    def test_it_wakes_the_host(self):
        result = run(*BOARD, DEVICE, *sent(1, b"\xee\0\0\0", 200), *at("suspend", 250), seconds=0.4)
        self.assertEqual(result.stdout.split()[-2:], ["suspend", "resume"])
        self.assertEqual(notes(result)[-3:], ["bus suspended", "device asks for a resume", "bus resumed"])

    def test_a_halted_endpoint_works_again_when_the_halt_is_cleared(self):
        halt = bytes([0x40, 1, 0, 0, 0, 0, 0, 0])
        clear = bytes([2, 1, 0, 0, 0x81, 0, 0, 0])
        result = run(*BOARD, DEVICE, *sent(0, halt, 200), *sent(0, clear, 250), *sent(1, b"good", 300), seconds=0.4)
        self.assertEqual(notes(result)[-2:], ["endpoint halted", "HID report"])

    def test_damaged_packets_are_sent_again(self):
        result = run(*BOARD, DEVICE, "--fault", "usb_host.corrupt=2@199ms", *sent(1, b"good", 200), seconds=0.3)
        self.assertEqual(notes(result)[-1], "HID report")

    def test_a_host_that_does_not_poll_gets_nothing(self):
        result = run(*BOARD, DEVICE, "--fault", "usb_host.no-poll@199ms", *sent(1, b"good", 200), seconds=0.3)
        self.assertEqual(notes(result)[-1], "device configured")

    def test_a_device_that_answers_nak_is_waited_for(self):
        result = run(*BOARD, DEVICE, "--fault", "usbd.nak@199ms", "--fault", "usbd.nak=0@250ms",
                     *sent(1, b"good", 200), seconds=0.3)
        cycle = [cycle for cycle, fields in result.events("note", "usb_host", "HID")][0]
        self.assertGreater(cycle, 250 * 64000)

    def test_a_run_is_the_same_each_time(self):
        arguments = (*BOARD, DEVICE, *sent(2, bytes(range(200)), 200), *at("reset", 220))
        self.assertEqual(run(*arguments, seconds=0.4).trace, run(*arguments, seconds=0.4).trace)

    def test_vbus_wakes_nothing_that_is_awake_and_a_brown_out_starts_anew(self):
        result = run(*BOARD, DEVICE, "--fault", "power.supply-mv=1600@200ms", "--fault", "power.supply-mv=0@220ms",
                     seconds=0.5)
        self.assertEqual(result.stdout.split().count("configured"), 2)


class Power(unittest.TestCase):
    """tests/guests/power.c: supply, System OFF, VBUS."""

    def test_a_warning_and_a_plug(self):
        result = run(*BOARD, guest("power.elf"), *at("unplug", 1), "--fault", "power.supply-mv=2700@10ms",
                     "--fault", "power.supply-mv=0@20ms", *at("plug", 30), seconds=0.1)
        self.assertEqual(result.stdout.splitlines(),
                         ["reset 00000000 usb 00000001", "pofwarn", "reset 00100000 usb 00000001"])

    def test_a_brown_out_ends_even_system_off(self):
        result = run(*BOARD, guest("power.elf"), "--fault", "power.supply-mv=2700@10ms",
                     "--fault", "power.supply-mv=1600@20ms", "--fault", "power.supply-mv=0@30ms", seconds=0.1)
        self.assertEqual(result.stdout.splitlines(),
                         ["reset 00000000 usb 00000001", "pofwarn", "reset 00000000 usb 00000001"])


class Snapshots(unittest.TestCase):
    """A run that goes on from a snapshot is the run that made it."""

    def check(self, at_ms, *arguments):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "snap")
            whole = run(*BOARD, DEVICE, "--save-at", f"{at_ms}ms={path}", *arguments, seconds=0.4)
            rest = run(*BOARD, DEVICE, "--restore", path, seconds=0.4)
        cycle = at_ms * 64000
        wanted = [line for line in whole.trace.splitlines() if int(line.split()[0]) > cycle]
        got = [line for line in rest.trace.splitlines() if int(line.split()[0]) > cycle]
        self.assertGreater(len(wanted), 10)
        self.assertEqual(got, wanted)

    def test_within_the_enumeration(self):
        self.check(122, *sent(1, b"good", 200))

    def test_while_something_waits_and_the_bus_sleeps(self):
        self.check(210, *at("suspend", 200), *at("resume", 250), *sent(1, b"good", 300))

    def test_while_the_cable_is_out(self):
        self.check(215, *at("unplug", 200), *at("plug", 220))


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


@unittest.skipUnless(shutil.which("tshark"), "tshark is not installed")
class Keyboard(unittest.TestCase):
    """The nRF52840-DK as a keyboard, as a computer sees it."""

    def reports(self, name, *arguments):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "usb.pcapng")
            result = run("-b", "nrf52840dk", app(name), "--pcap", path, *arguments, seconds=4)
            fields = ["-T", "fields", "-e", "usbhid.data", "-Y", "usb.endpoint_address == 0x81 && usb.urb_type == 'C' && usb.urb_len == 8"]
            done = subprocess.run(["tshark", "-r", path, *fields], capture_output=True, check=True, text=True, timeout=HOST_SECONDS)
        return result, [bytes.fromhex(line.replace(":", "")) for line in done.stdout.split()]

    def test_what_is_typed_arrives(self):
        result, reports = self.reports("typist", "--press", "button0@2s")
        self.assertEqual(len(result.lines("typist: typed")), 1)
        typed = "".join(KEYS[report[2]][report[0] >> 1 & 1] for report in reports if report[2])
        self.assertEqual(typed, "Hello, sand-glass!\n")
        self.assertEqual([report[2] == 0 for report in reports], [False, True] * len(typed))

    def test_every_sign_and_the_lamps(self):
        result, reports = self.reports("tests/keyboard", *sent(1, b"\x02", 3500))
        self.assertEqual(result.lines("FAIL"), [])
        self.assertEqual(len(result.lines("lamps 2")), 1)
        typed = "".join(KEYS[report[2]][report[0] >> 1 & 1] for report in reports if report[2])
        self.assertEqual(typed, "".join(map(chr, range(32, 127))) + "\t\n")

    def test_without_a_computer(self):
        result = run("-b", "nrf52840dk", app("typist"), "--press", "button0@2s", *at("unplug", 1000), seconds=3)
        self.assertEqual(len(result.lines("typist: there is no computer")), 1)


if __name__ == "__main__":
    unittest.main()
