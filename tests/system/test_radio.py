#!/usr/bin/env python3
"""`sandglass run --net`, and what tshark reads of the frames of bare guests and apps. What they hear is in radio.lua."""
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from sandglass import app, guest, sandglass

PAIR = """# two sensor nodes
air exponent=2.0
node listener board=sensor_node {listener}
node sender   board=sensor_node at=10,0,0 {sender}  # 10 m away
"""


def run_net(text, *arguments, milliseconds=400):
    """The run's result; its traces and packets by name in result.files."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "nodes.net")
        with open(path, "w", encoding="ascii") as file:
            file.write(text.format(listener=guest("radio_154_listener.elf"), sender=guest("radio_154_sender.elf"),
                                   scanner=guest("radio_ble_scanner.elf"),
                                   advertiser=guest("radio_ble_advertiser.elf"),
                                   weather=app("weather"), listen=app("listen")))
        result = sandglass("run", "--net", path, "--for", f"{milliseconds}ms", "--trace", os.path.join(folder, "trace"),
                           "--pcap", os.path.join(folder, "packets"), *arguments)
        result.files = {}
        for name in os.listdir(folder):
            with open(os.path.join(folder, name), "rb") as file:
                result.files[name] = file.read()
        return result


def tshark(packets, *fields, display=""):
    """One line for each packet: the fields, as an independent program reads them."""
    if shutil.which("tshark") is None:
        raise AssertionError("tshark is not there: sh tools/setup.sh --tests gets it")
    with tempfile.NamedTemporaryFile(suffix=".pcapng") as file:
        file.write(packets)
        file.flush()
        command = ["tshark", "-r", file.name, "-T", "fields", *(word for field in fields for word in ("-e", field))]
        done = subprocess.run(command + (["-Y", display] if display else []), capture_output=True, check=True)
    return [line.split("\t") for line in done.stdout.decode().splitlines()]


class Ieee802154(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.result = run_net(PAIR)

    def test_the_pace_of_the_real_world_changes_nothing(self):
        result = run_net(PAIR, "--speed", "1")
        self.assertEqual((self.result.status, result.status), (0, 0), self.result.stderr)
        # 10 m of free space: 60 dB.
        self.assertEqual(len(self.result.lines("^sender: acknowledged .* -0000003c$")), 10, self.result.stdout)
        self.assertEqual(result.stdout, self.result.stdout)
        self.assertEqual(sorted(result.files), ["nodes.net", "packets", "trace.listener", "trace.sender"])
        for name in result.files:
            self.assertTrue(result.files[name] == self.result.files[name], f"{name} differs")

    def test_tshark_finds_every_checksum_right(self):
        packets = tshark(self.result.files["packets"], "frame.interface_name", "wpan.fcs_ok", "wpan.seq_no",
                         "wpan.frame_type", "frame.time_epoch")
        self.assertEqual(len(packets), 20)
        for i, (interface, fcs_ok, sequence, frame_type, time) in enumerate(packets):
            self.assertEqual(interface, ["sender.radio", "listener.radio"][i % 2])
            self.assertIn(fcs_ok, ("1", "True"))
            self.assertEqual(int(sequence, 0), i // 2 + 1)
            self.assertEqual(int(frame_type, 0), [1, 2][i % 2])
            if i % 2 == 1:
                # The acknowledgement is 11 bytes of 32 us; before it 40 us of ramp-up and the software's time.
                gap = float(time) - float(packets[i - 1][4]) - 11 * 32e-6
                self.assertTrue(40e-6 < gap < 192e-6, gap)

    def test_until_ends_the_run(self):
        result = run_net(PAIR, "--until", "acknowledged 00000003")
        self.assertEqual(result.status, 0, result.stderr)
        self.assertNotIn("acknowledged 00000005", result.stdout)
        result = run_net(PAIR, "--until", "never said")
        self.assertEqual(result.status, 1)
        self.assertIn("no node has printed 'never said'", result.stderr)


    def test_what_the_file_and_the_options_say_of_air_and_nodes(self):
        lossy = PAIR.replace("exponent=2.0", "loss=40")
        for text, arguments, unanswered in ((PAIR.replace("at=10,0,0", "at=2000,0,0"), (), range(10, 11)),
                                            (lossy, ("--seed", "1"), range(1, 10)),
                                            (PAIR, ("--fault", "sender:radio.mute=1@100ms"), range(6, 7))):
            with self.subTest(text=text, arguments=arguments):
                result = run_net(text, *arguments)
                self.assertEqual(result.status, 0, result.stderr)
                self.assertIn(len(result.lines("no answer")), unanswered)
        self.assertTrue(any(run_net(lossy, "--seed", str(seed)).stdout != run_net(lossy, "--seed", "1").stdout
                            for seed in range(2, 6)))


class BluetoothLe(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # The scanner has the other chip.
        cls.result = run_net("node scanner board=nrf52dk {scanner}\nnode adv board=nrf52840dk at=3,4,0 {advertiser}\n")

    def test_tshark_reads_them(self):
        fields = tshark(self.result.files["packets"], "btle_rf.channel", "btle.access_address",
                        "btle.advertising_address", "btcommon.eir_ad.entry.device_name", "frame.time_epoch")
        self.assertEqual(len(fields), 30)
        self.assertEqual([int(row[0], 0) for row in fields[:3]], [0, 12, 39])  # channels 37, 38, 39
        for row in fields:
            self.assertEqual(row[1:4], ["0x8e89bed6", "c6:55:44:33:22:11", "sandglass"])
        # tshark computes the CRC itself; a wrong bit is found.
        self.assertEqual(tshark(self.result.files["packets"], "frame.number", display="btle.crc.incorrect"), [])
        name = self.result.files["packets"].index(b"sandglass")
        spoilt = self.result.files["packets"][:name] + b"S" + self.result.files["packets"][name + 1:]
        self.assertEqual(tshark(spoilt, "frame.number", display="btle.crc.incorrect"), [["1"]])


class WrongUse(unittest.TestCase):
    def refused(self, text, what, *arguments):
        result = run_net(text, *arguments)
        self.assertEqual(result.status, 2, result.stderr)
        self.assertRegex(result.stderr.splitlines()[-1], what)

    def test_mistakes_in_the_file(self):
        self.refused("node a board=nrf52dk\n", r"nodes.net, line 1: 'a': the node has no file")
        self.refused("\nnod a {sender}\n", r"line 2: 'nod': a line begins with 'node' or 'air'")
        self.refused("node a at=1,2 {sender}\n", r"line 1: 'at=1,2': a place is at=X,Y,Z")
        self.refused("node a {sender}\nnode a {sender}\n", r"line 2: 'a': there is a node of this name")
        self.refused("node a board=nowhere {sender}\n", r"nodes.net, node a: there is no board nowhere")
        self.refused("node a nothere.elf\n", r"nodes.net, node a: .*nothere.elf")
        self.refused("air loss=101\n", r"'loss=101': the air has")
        self.refused("# nothing\n", r"there is no node")
        self.refused("node a colour=red {sender}\n", r"'colour=red': a node has board=, at=, seed= and files")

    def test_options_that_do_not_go_together(self):
        self.refused(PAIR, r"NODE:DEVICE; 'radio' does not", "--fault", "radio.deaf=1@0s")
        self.refused(PAIR, r"cannot take --uart-in", "--uart-in", "x@1s")
        self.refused(PAIR, r"cannot take --gdb without a node: with --net write --gdb=NODE\[:PORT\]", "--gdb")
        self.refused(PAIR, r"cannot take --usb without a node: with --net write --usb NODE:tcp:PORT", "--usb", "tcp:0")
        self.refused(PAIR, r"nodes.net has no node 'nobody' for --gdb", "--gdb=nobody")
        self.refused(PAIR, r"nodes.net has no node 'x' for --usb", "--usb", "x:unix:/tmp/x")
        self.refused(PAIR, r"node sender: --usb: board sensor_node has no USB host", "--usb", "sender:tcp:0")
        self.refused(PAIR, r"cannot take --save-at: --net makes no snapshots", "--save-at", "0.1s=x.snap")
        self.refused(PAIR, r"cannot take files", guest("race.elf"))


class SensorNodes(unittest.TestCase):
    """Our kernel on both: an app broadcasts what its sensors say."""

    def test_tshark_finds_every_checksum_right(self):
        text = "node far board=sensor_node at=20,0,0 {weather}\nnode near board=sensor_node {listen}\n"
        result = run_net(text, "--set", "far:sht3xd.temperature=3050@0s", milliseconds=3500)
        self.assertEqual(result.status, 0, result.stderr)
        sent = result.lines("^far: weather: 30.50 C")
        self.assertGreaterEqual(len(sent), 3)
        rows = tshark(result.files["packets"], "frame.interface_name", "wpan.fcs_ok")
        self.assertEqual([row[0] for row in rows], ["far.radio"] * len(sent))
        self.assertTrue(all(row[1] in ("1", "True") for row in rows))


class OneMachine(unittest.TestCase):
    def test_its_packets_too(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "packets")
            result = sandglass("run", "--headless", "-b", "nrf52840dk", "--for", "50ms", "--pcap", path,
                               guest("radio_ble_advertiser.elf"))
            self.assertEqual(result.status, 0, result.stderr)
            with open(path, "rb") as file:
                rows = tshark(file.read(), "frame.interface_name")
        self.assertEqual(rows, [["radio"]] * 9)
        self.assertTrue(re.search("summary", result.stderr))


if __name__ == "__main__":
    unittest.main()
