#!/usr/bin/env python3
"""What the sensors of a bus list; how they work is in tests/system/i2c.lua."""
import unittest

from sandglass import sandglass


class Listing(unittest.TestCase):
    def test_faults_and_inputs_of_the_sensors_are_listed(self):
        faults = sandglass("faults", "-b", "sensor_node").stdout
        for line in ("sht3xd +wrong-crc", "sht3xd +nack", "bh1750 +sda-low", "bh1750 +stuck"):
            self.assertRegex(faults, line)
        self.assertRegex(sandglass("devices", "-b", "sensor_node").stdout, r"sht3xd +sht3x .* temperature, humidity")


if __name__ == "__main__":
    unittest.main()
