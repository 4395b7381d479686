#!/usr/bin/env python3
"""Drivers of a command or two, and what the nRF52-DK has on its header. Takes a second or so."""
import os
import unittest

from sandglass import BUILD, CPU_HZ, app, run, sandglass

HEADER = os.path.join(os.path.dirname(__file__), "../boards/nrf52dk_header.dts")
KERNEL = os.path.join(BUILD, "firmware/kernel/nrf52dk.elf")
BOARDS = ("nrf52dk", "nrf52840dk", "security_key", "pinetime", "sensor_node")


class Buzzer(unittest.TestCase):
    def tones(self, result):
        return [(round(cycle / CPU_HZ, 2), fields[2]) for cycle, fields in result.events("note", "buzzer", "tone")]

    def test_tune(self):
        """Frequencies, and how long each lasts: 200 ms; then 100 ms of one, 100 ms of another and silence 50 ms later."""
        result = run("-b", "nrf52840dk", "--check-isolation", app("tune"), seconds=3)
        self.assertEqual(result.lines("^tune:"), ["tune: a longer one: 0", "tune: another instead: 0", "tune: stopped: 0", "tune: the end, -4"])
        tones = self.tones(result)
        self.assertEqual([hz for _, hz in tones], ["523", "659", "784", "1047", "2093"])
        self.assertEqual([round(after - before, 1) for (before, _), (after, _) in zip(tones, tones[1:])], [0.2, 0.2, 0.2, 0.1])
        off = [cycle / CPU_HZ for cycle, _ in result.events("note", "buzzer", "off")]
        self.assertAlmostEqual(off[-1] - tones[-1][0], 0.15, delta=0.01)
        self.assertIn(" 0 times a foreign byte changed", result.stderr)

    def test_two_take_turns(self):
        """Two apps with the same tune: what each waits for comes, and no tone is cut short by the other's wait."""
        result = run("-b", "nrf52840dk", app("tune"), app("tune"), seconds=30)
        self.assertEqual(len(result.lines("^tune: the end")), 2)
        self.assertEqual([hz for _, hz in self.tones(result)].count("523"), 1)  # the second follows at once: one tone
        self.assertNotIn("trapped", result.stdout)

    def test_without_one(self):
        self.assertEqual(run("-b", "nrf52dk", app("tune"), seconds=1).lines("^tune:"), ["tune: no sound, error -11"])


class Numbers(unittest.TestCase):
    def test_cycles_of_an_hour(self):
        result = sandglass("run", "--headless", "-b", "nrf52dk", "--for", "3700s", app("cycles"))
        self.assertEqual(result.lines("^cycles:"), [
            "cycles: a second has 64 million", "cycles: one reading takes hundreds", "cycles: stopped, it stands still",
            "cycles: an hour has 230 thousand million"])

    def test_every_board_has_them(self):
        for board in BOARDS:
            result = run("-b", board, app("examples/30006_eui64"), app("examples/90008_cycle_count"), app("crc"), seconds=1)
            self.assertEqual(len(result.lines("^0: a number, always the same$")), 1, board)
            self.assertEqual(len(result.lines("^a loop: thousands of cycles$")), 1, board)
            self.assertEqual(len(result.lines("^crc: CRC-32: 0 cbf43926$")), 1, board)


class Scope(unittest.TestCase):
    """The ADC at a rate: the battery's voltage, halved, changes between two samples."""

    def test_scope(self):
        """For 100 ms of 100 Hz, and for 200 ms of 10 Hz, it is higher: 10 samples and 2, wherever the first one falls."""
        sets = [option for change in ("3000@1ms", "4000@450ms", "3000@550ms", "4000@800ms", "3000@1000ms")
                for option in ("--set", "vbatt.millivolts=" + change)]
        result = run("-b", "sensor_node", "--check-isolation", *sets, app("scope"), seconds=2)
        lines = result.lines("^scope:")
        self.assertEqual(lines[:3], ["scope: a buffer: 0", "scope: one" + " 1500" * 8, "scope: buffers: 0, and meanwhile -2"])
        self.assertEqual([line.split()[1] for line in lines[3:7]], ["first", "second"] * 2)
        samples = [mv for line in lines[3:7] for mv in line.split()[2:]]
        at = samples.index("2000")
        self.assertEqual(samples, ["1500"] * at + ["2000"] * 10 + ["1500"] * (22 - at))
        self.assertEqual(lines[7], "scope: samples: 0")
        self.assertEqual(sorted(lines[8:12]), ["scope: 1, channel 0, 1500"] * 2 + ["scope: 1, channel 0, 2000"] * 2)
        self.assertEqual(lines[12:], ["scope: the end"])
        self.assertIn(" 0 times a foreign byte changed", result.stderr)

    def test_two_of_them(self):
        """While one samples at a rate the other is refused, NOMEM; both come to what they can."""
        result = run("-b", "nrf52840dk", app("scope"), app("scope"), seconds=2)
        self.assertIn("scope: a buffer: -9", result.lines("^scope:"))
        self.assertIn("scope: the end", result.lines("^scope:"))
        self.assertNotIn("trapped", result.stdout)


class Header(unittest.TestCase):
    """What the pages show on other boards."""

    def header(self, name, *more):
        return run("-b", HEADER, *more, KERNEL, app("examples/" + name), seconds=2)

    def test_adc(self):
        self.assertEqual(self.header("00005_adc").lines("channels|battery"), ["6 channels", "0: the battery has about 3000 mV"])

    def test_comparator(self):
        result = self.header("00007_analog_comparator", "--set", "knob.percent=90@500ms")
        self.assertEqual(result.lines("above:"), ["1 channel, above: 0", "channel 0 rose, above: 1"])

    def test_spi(self):
        self.assertEqual(self.header("20001_spi_controller").lines("^0: flash"), ["0: flash c2 28 17"])

    def test_i2c(self):
        result = self.header("20003_i2c_master", "--set", "bh1750.light=120@1ms")
        self.assertEqual(result.lines("lux|nobody"), ["0: 120 lux", "nobody at 0x50: -13"])


if __name__ == "__main__":
    unittest.main()
