#!/usr/bin/env python3
"""Advertisements of Bluetooth LE by our kernel's driver 0x30000, as tshark sees them. Who hears them is in ble.lua."""
import os
import tempfile
import unittest

from sandglass import app, sandglass
from test_radio import tshark

CHANNELS = [0, 12, 39]  # as the air counts them: 37, 38, 39


def run(text, *arguments, milliseconds=1000):
    """A net of such nodes; the result with what went over the air as result.packets."""
    with tempfile.TemporaryDirectory() as folder:
        path, packets = os.path.join(folder, "nodes.net"), os.path.join(folder, "packets")
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        result = sandglass("run", "--net", path, "--for", f"{milliseconds}ms", "--pcap", packets, *arguments)
        with open(packets, "rb") as file:
            result.packets = file.read()
        return result


class TwoMachines(unittest.TestCase):
    """A beacon on one board, a scanner on another."""

    def check(self, beacon, scanner):
        result = run(f"node far board={beacon} {app('beacon')}\nnode near board={scanner} at=3,4,0 {app('scanner')}\n",
                     milliseconds=2500)
        self.assertEqual(result.status, 0, result.stderr)
        rows = tshark(result.packets, "frame.interface_name", "btle_rf.channel", "btle.access_address",
                      "btle.advertising_header.pdu_type", "btle.advertising_header.randomized_tx", "btle.advertising_address",
                      "btcommon.eir_ad.entry.device_name", "frame.time_epoch", display="btle")
        self.assertEqual(tshark(result.packets, "frame.number", display="btle.crc.incorrect"), [])
        self.assertEqual([int(row[1], 0) for row in rows], CHANNELS * (len(rows) // 3))
        address = rows[0][5]
        self.assertEqual(int(address[:2], 16) >> 6, 3)  # a static random one
        for row in rows:
            self.assertEqual((row[0], row[2], int(row[3], 0), row[5], row[6]), ("far.radio", "0x8e89bed6", 2, address, "sandglass"))
            self.assertIn(row[4], ("1", "True"))
        begins = [float(row[7]) for row in rows[::3]]
        gaps = [after - before for before, after in zip(begins, begins[1:])]
        self.assertTrue(all(0.0999 < gap < 0.1105 for gap in gaps), gaps)
        self.assertGreater(max(gaps) - min(gaps), 0.002)  # at random
        heard = result.lines("^near: scanner: .* 'sandglass' ")
        self.assertEqual({line.split()[2] for line in heard}, {address})
        self.assertGreaterEqual(len(heard), len(begins) // 2)

    def test_nrf52dk_to_nrf52840dk(self):
        self.check("nrf52dk", "nrf52840dk")

    def test_sensor_node_to_pinetime(self):
        self.check("sensor_node", "pinetime")


class OneMachine(unittest.TestCase):
    def test_two_apps_advertise_at_once(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "packets")
            result = sandglass("run", "--headless", "-b", "nrf52dk", "--for", "3s", "--pcap", path, app("beacon"),
                               app("examples/30000_ble_advertising"), app("tests/ble_storm"))
            with open(path, "rb") as file:
                rows = tshark(file.read(), "btle.advertising_address", "btcommon.eir_ad.entry.device_name", "frame.time_epoch")
        self.assertEqual(result.status, 0, result.stderr)
        times = {}
        for address, name, time in rows:
            times.setdefault((address, name), []).append(float(time))
        beacon, hello = ([times[key] for key in times if key[1] == name] for name in ("sandglass", "hello"))
        self.assertEqual((len(beacon), len(hello)), (1, 1))  # an address each
        self.assertEqual(len({address for address, _ in times}), len(times))
        self.assertGreaterEqual(len(beacon[0]) // 3, 23)  # 2.6 s of at most 0.113
        self.assertIn(len(hello[0]) // 3, (4, 5))  # in 500 ms, then no more
        # The third app's storms change nothing of that.
        gaps = [after - before for before, after in zip(beacon[0][::3], beacon[0][3::3])]
        self.assertTrue(all(0.0985 < gap < 0.113 for gap in gaps), gaps)

    def test_an_app_that_ends_is_off_the_air(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "packets")
            result = sandglass("run", "--headless", "-b", "nrf52dk", "--for", "2s", "--pcap", path, "--uart-in",
                               r"terminate beacon\r@1s", app("beacon"))
            with open(path, "rb") as file:
                rows = tshark(file.read(), "frame.time_epoch")
        self.assertEqual(result.status, 0, result.stderr)
        times = [float(row[0]) % 10 for row in rows]
        self.assertIn(len(times) // 3, (6, 7, 8))
        self.assertLess(max(times), 1.05)


class SharedRadio(unittest.TestCase):
    """802.15.4 and Bluetooth LE on the one radio of a sensor node."""

    def test_both_on_one_board(self):
        result = run(f"node far board=sensor_node {app('weather')} {app('beacon')}\n", milliseconds=8500)
        self.assertEqual(result.status, 0, result.stderr)
        times = [float(row[0]) for row in tshark(result.packets, "frame.time_epoch", display="btle")][::3]
        gaps = [after - before for before, after in zip(times, times[1:])]
        self.assertTrue(all(0.0985 < gap < 0.135 for gap in gaps), gaps)


if __name__ == "__main__":
    unittest.main()
