#!/usr/bin/env python3
"""Several machines in one run: bare guests talk by 802.15.4 and Bluetooth LE, and tshark reads what they said."""
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

    def test_ten_frames_are_received_and_acknowledged(self):
        self.assertEqual(self.result.status, 0, self.result.stderr)
        listener = [line for line in self.result.stdout.splitlines() if line.startswith("listener: ")]
        sender = [line for line in self.result.stdout.splitlines() if line.startswith("sender: ")]
        # 10 m of free space: 60 dB.
        self.assertEqual(listener, [f"listener: received {i:08x} -0000003c" for i in range(1, 11)])
        self.assertEqual(sender, [f"sender: acknowledged {i:08x} -0000003c" for i in range(1, 11)] + ["sender: done"])

    def test_the_pace_of_the_real_world_changes_nothing(self):
        result = run_net(PAIR, "--speed", "1")
        self.assertEqual((result.stdout, result.files), (self.result.stdout, self.result.files))

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

    def test_the_same_again_is_the_same_to_the_byte(self):
        again = run_net(PAIR)
        self.assertEqual(again.stdout, self.result.stdout)
        self.assertEqual(sorted(again.files), ["nodes.net", "packets", "trace.listener", "trace.sender"])
        for name in again.files:
            self.assertTrue(again.files[name] == self.result.files[name], f"{name} differs")

    def test_until_ends_the_run(self):
        result = run_net(PAIR, "--until", "acknowledged 00000003")
        self.assertEqual(result.status, 0, result.stderr)
        self.assertNotIn("acknowledged 00000005", result.stdout)
        result = run_net(PAIR, "--until", "never said")
        self.assertEqual(result.status, 1)
        self.assertIn("no node has printed 'never said'", result.stderr)


class Troubles(unittest.TestCase):
    def answers(self, text, *arguments):
        result = run_net(text, *arguments)
        self.assertEqual(result.status, 0, result.stderr)
        return len(result.lines("acknowledged")), len(result.lines("no answer"))

    def test_too_far(self):
        self.assertEqual(self.answers(PAIR.replace("at=10,0,0", "at=2000,0,0")), (0, 10))

    def test_the_air_loses_some_frames_by_the_seed(self):
        lossy = PAIR.replace("exponent=2.0", "loss=40")
        first = self.answers(lossy, "--seed", "1")
        self.assertEqual(sum(first), 10)
        self.assertTrue(0 < first[0] < 10, first)
        self.assertEqual(first, self.answers(lossy, "--seed", "1"))
        self.assertTrue(any(self.answers(lossy, "--seed", str(seed)) != first for seed in range(2, 6)))

    def test_faults_of_one_node(self):
        self.assertEqual(self.answers(PAIR, "--fault", "sender:radio.mute=1@100ms"), (4, 6))
        result = run_net(PAIR, "--fault", "listener:radio.crc-error=100@0s")
        self.assertEqual(len(result.lines("wrong checksum")), 10)


class BluetoothLe(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # The scanner has the other chip.
        cls.result = run_net("node scanner board=nrf52dk {scanner}\nnode adv board=nrf52840dk at=3,4,0 {advertiser}\n")

    def test_advertisements_are_heard(self):
        self.assertEqual(self.result.status, 0, self.result.stderr)
        self.assertEqual(len(self.result.lines("scanner: heard sandglass")), 10)
        self.assertIn("adv: done", self.result.stdout)

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


PEER = """
/include/ "%s/sensor_node.dts"
/ {
    peer0: peer {
        compatible = "sandglass,radio-peer";
        sandglass,position-mm = <3000 4000 0>;
        acknowledges;
        frame-0 = "618801cdab010002007361";
    };
};
"""


class SensorNodes(unittest.TestCase):
    """Our kernel on both: an app broadcasts what its sensors say, an app on the other node prints it."""

    def test_an_app_hears_the_other_nodes_sensors(self):
        text = "node far board=sensor_node at=20,0,0 {weather}\nnode near board=sensor_node {listen}\n"
        result = run_net(text, "--set", "far:sht3xd.temperature=3050@0s", milliseconds=3500)
        self.assertEqual(result.status, 0, result.stderr)
        sent = result.lines("^far: weather: 30.50 C")
        heard = result.lines("^near: listen: .* 30.50 C")
        self.assertGreaterEqual(len(sent), 3)
        self.assertEqual(len(heard), len(sent))
        rows = tshark(result.files["packets"], "frame.interface_name", "wpan.fcs_ok")
        self.assertEqual([row[0] for row in rows], ["far.radio"] * len(sent))
        self.assertTrue(all(row[1] in ("1", "True") for row in rows))


class Peer(unittest.TestCase):
    """A part of one machine's board answers, and sends what the input queue brings."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.board = os.path.join(cls.folder.name, "peer.dts")
        with open(cls.board, "w", encoding="ascii") as file:
            file.write(PEER % os.path.abspath(os.path.join(os.path.dirname(__file__), "../../sim/boards")))

    def run_with(self, name, *arguments):
        result = sandglass("run", "-b", self.board, "--headless", "--for", "400ms", guest(name), *arguments)
        self.assertEqual(result.status, 0, result.stderr)
        return result

    def test_it_acknowledges(self):
        self.assertEqual(len(self.run_with("radio_154_sender.elf").lines("acknowledged [0-9a-f]{8} -00000036")), 10)
        result = self.run_with("radio_154_sender.elf", "--fault", "peer0.mute=1@100ms")
        self.assertEqual(len(result.lines("no answer")), 6)

    def test_frames_from_the_input_queue(self):
        result = self.run_with("radio_154_listener.elf", "--set", "peer0.frame=0@10ms", "--set", "peer0.byte=0x41@20ms",
                               "--set", "peer0.byte=0x88@20ms", "--set", "peer0.byte=0x77@20ms",
                               "--set", "peer0.send=11@20ms", "--set", "peer0.send=12@30ms")
        self.assertEqual(result.stdout.splitlines(), ["received 00000001 -00000036", "received 00000077 -00000036"])
        self.assertIn("peer0 not sent", result.stderr)


    def test_a_snapshot_in_the_middle_of_a_frame(self):
        # The first frame is on the air from 20.57 to 21.25 ms, its acknowledgement from 21.44 to 21.79 ms.
        for save in ("20500us", "21000us", "21600us"):
            with tempfile.TemporaryDirectory() as folder:
                file = os.path.join(folder, "snapshot")
                whole = self.run_with("radio_154_sender.elf", "--save-at", f"{save}={file}")
                rest = self.run_with("radio_154_sender.elf", "--restore", file)
            self.assertEqual(len(whole.lines("acknowledged")), 10)
            self.assertEqual(rest.stdout, whole.stdout)


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
