#!/usr/bin/env python3
"""What `sandglass faults` and `sandglass devices` tell of parts on buses; how they work is in i2c.lua and spi.lua."""
import unittest

from sandglass import sandglass


class Listings(unittest.TestCase):
    def check(self, command, board, *patterns):
        listed = sandglass(command, "-b", board).stdout
        for pattern in patterns:
            self.assertRegex(listed, pattern)

    def test_faults_and_inputs_of_the_sensors(self):
        self.check("faults", "sensor_node", "sht3xd +wrong-crc", "sht3xd +nack", "bh1750 +sda-low", "bh1750 +stuck")
        self.check("devices", "sensor_node", r"sht3xd +sht3x .* temperature, humidity")

    def test_faults_of_flash_and_display(self):
        self.check("faults", "pinetime", *("xt25f32b +" + fault for fault in
                                           ("no-answer", "write-drop", "write-torn", "erase-partial", "worn-page")),
                   "st7789v +no-answer")


if __name__ == "__main__":
    unittest.main()
