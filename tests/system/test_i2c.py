#!/usr/bin/env python3
"""A bus of sensors, as a guest's drivers use it: tests/guests/i2c.c on the watch's board. Takes a second."""
import unittest

from sandglass import guest, run, sandglass

TOUCH = 239 + 4096 * 17


class Watch(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.result = cls.go("--fault", "bma421.sda-low=5@400ms")
        cls.said = dict(line.rsplit(" ", 1) for line in cls.result.stdout.splitlines() if " " in line)

    @staticmethod
    def go(*arguments):
        return run("-b", "pinetime", "--set", f"cst816s.touch={TOUCH}@300ms", "--set", "bma421.x=-250@1ms", *arguments,
                   guest("i2c.elf"), seconds=1)

    def test_everything_was_said(self):
        self.assertEqual(self.result.status, 0, self.result.stderr)
        self.assertTrue(self.result.stdout.endswith("done\n"), self.result.stdout)

    def test_the_accelerometer_over_twim(self):
        lines = self.result.stdout.splitlines()
        # 2 g in 2048 steps, left-justified in 16 bits: -250 mg, 0, 1 g.
        self.assertEqual(lines[:5], ["accelerometer error 00000000", "chip 00000011", "axis 0000f000", "axis 00000000",
                                     "axis 00004000"])

    def test_an_address_that_nobody_has_is_refused(self):
        self.assertEqual(self.said["nobody at 19:"], "00000002")

    def test_timer_and_ppi_read_without_the_core(self):
        # From 1000 on: START and address 10 bits, a byte 9, STOP 1, of 40 periods of 16 MHz each.
        self.assertEqual(int(self.said["chain"], 16), 1000 + 20 * 40)

    def test_the_touch_controller_over_twi(self):
        self.assertEqual(self.said["touch answers early"], "00000000")  # just out of reset
        self.assertEqual(self.said["touch answers"], "00000001")
        self.assertIn("chip 000000b4", self.result.stdout)
        self.assertEqual([self.said[name] for name in ("touched", "fingers", "x", "y")],
                         ["00000001", "00000001", "000000ef", "00000011"])

    def test_a_stuck_bus_is_freed_by_hand(self):
        lines = self.result.stdout.splitlines()
        at = lines.index("stuck ffffffff")
        self.assertEqual(lines[at:at + 6], ["stuck ffffffff", "sda 00000000", "clocks 00000005", "sda 00000001",
                                            "recovered 00000000", "chip 00000011"])

    def test_without_the_fault_nothing_is_stuck(self):
        self.assertIn("stuck 00000000\nsda 00000001\nclocks 00000000\n", self.go().stdout)

    def test_a_controller_that_does_not_answer(self):
        self.assertIn("touch answers 00000000", self.go("--fault", "cst816s.no-answer=1@1ms").stdout)
        self.assertIn("accelerometer error 00000002", self.go("--fault", "bma421.nack=-1@0ms").stdout)

    def test_the_same_again(self):
        again = self.go("--fault", "bma421.sda-low=5@400ms")
        self.assertEqual((again.stdout, again.trace), (self.result.stdout, self.result.trace))


class Listing(unittest.TestCase):
    def test_faults_and_inputs_of_the_sensors_are_listed(self):
        faults = sandglass("faults", "-b", "sensor_node").stdout
        for line in ("sht3xd +wrong-crc", "sht3xd +nack", "bh1750 +sda-low", "bh1750 +stuck"):
            self.assertRegex(faults, line)
        self.assertRegex(sandglass("devices", "-b", "sensor_node").stdout, r"sht3xd +sht3x .* temperature, humidity")


if __name__ == "__main__":
    unittest.main()
