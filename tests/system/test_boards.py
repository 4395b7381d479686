#!/usr/bin/env python3
"""Each board boots its kernel with apps, and what is special on it works through its drivers."""
import os
import re
import subprocess
import tempfile
import unittest

from sandglass import BUILD, CPU_HZ, app, run, sandglass


HERE = os.path.dirname(__file__)


def boot(board, *words, seconds):
    return run("--board", board, *words, seconds=seconds)


class Board(unittest.TestCase):
    """Checks that boards share."""

    def assert_booted(self, result, name):
        self.assertEqual(result.status, 0, result.stderr)
        self.assertEqual(len(result.lines(f"^Sandglass .* on {name}$")), 1, result.stdout)
        self.assertIn("Initialization complete. Entering main loop.", result.stdout)
        self.assertNotIn("guest error", result.stderr)

    def check_basics(self, board, name):
        """Console, alarm, LEDs and the first button, two seconds long."""
        result = boot(board, app("hello"), app("blink"), app("buttons"), "--press", "button0@700ms..900ms",
                      "--press", "button0@1100ms..1200ms", seconds=2)
        self.assert_booted(result, name)
        self.assertEqual(len(result.lines("^hello: greeting number")), 1)
        self.assertIn(len(list(result.events("note", "led0"))), (2, 3))
        self.assertEqual(len(result.lines("^buttons: button 0 pressed")), 2)
        self.assertEqual(len(list(result.events("note", "led1"))), 2)


    def check_swell(self, board, part):
        """The app buzz on a part that is on or off: 200 Hz, a tenth longer at each step, and back."""
        result = boot(board, app("buzz"), seconds=1.3)
        self.assertEqual(result.lines("^buzz:"), ["buzz: done"])
        edges = [(cycle, fields) for cycle, fields in result.events("note", part)]
        ons = [cycle for cycle, _ in edges[0::2]]
        # In microseconds: an edge waits for the end of an instruction.
        self.assertEqual({round((later - earlier) * 1e6 / CPU_HZ) for earlier, later in zip(ons, ons[1:])
                          if later - earlier < CPU_HZ // 150}, {5000})
        shares = [round((off - on) * 200 * 10 / CPU_HZ) for (on, _), (off, _) in zip(edges[0::2], edges[1::2])]
        whole = [10] if max(shares) > 9 else []  # a pulse that never ends joins two
        steps = [share for share, before in zip(shares, [0, *shares]) if share != before and share < 10]
        self.assertEqual(steps, [*range(1, 10), *range(9 if whole else 8, 0, -1)])


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


class Nrf52dk(Board):
    def test_an_led_swells_and_fades(self):
        self.check_swell("nrf52dk", "led3")


class Nrf52840dk(Board):
    def test_leds_buttons_uart_and_alarm(self):
        self.check_basics("nrf52840dk", "nRF52840-DK")

    def test_a_flash_on_the_header_says_who_it_is(self):
        board, kernel = os.path.join(HERE, "../boards/header_spi.dts"), os.path.join(BUILD, "firmware/kernel/nrf52840dk.elf")
        result = boot(board, kernel, app("flash_id"), seconds=1)
        self.assert_booted(result, "nRF52840-DK")
        self.assertEqual(result.lines("^flash_id:"), ["flash_id: manufacturer 0xc2, type 0x28, capacity 8388608 bytes"])
        result = boot(board, kernel, app("flash_id"), "--fault", "header_flash.no-answer@1ms", seconds=1)
        self.assertEqual(result.lines("^flash_id:"), ["flash_id: no flash answers"])

    def test_long_transfers_have_one_chip_select(self):
        board, kernel = os.path.join(HERE, "../boards/header_spi_watched.dts"), os.path.join(BUILD, "firmware/kernel/nrf52840dk.elf")
        result = boot(board, kernel, app("tests/spi_long"), seconds=1)
        self.assert_booted(result, "nRF52840-DK")
        self.assertEqual(result.lines("^spi_long:"), ["spi_long: 0, program 0", "spi_long: read 0, 1000 bytes are right"])
        self.assertEqual([fields[1] for _, fields in result.events("note", "selected")], ["on", "off"] * 3)


    def test_a_voltage_that_rises_above_another(self):
        board, kernel = os.path.join(HERE, "../boards/header_analog.dts"), os.path.join(BUILD, "firmware/kernel/nrf52840dk.elf")
        knob = [word for at, percent in ((500, 75), (700, 80), (900, 20), (1100, 75), (1101, 10))
                for word in ("--set", f"knob.percent={percent}@{at}ms")]
        result = boot(board, kernel, app("threshold"), *knob, seconds=2)
        self.assert_booted(result, "nRF52840-DK")
        self.assertEqual(result.lines("^threshold:"), ["threshold: at first below", "threshold: rose, and is above",
                                                       "threshold: rose, and is above"])


class SecurityKey(Board):
    def test_leds_button_uart_and_alarm(self):
        self.check_basics("security_key", "security key")

    def test_touch_pad_and_colours(self):
        result = boot("security_key", app("touch"), "--touch", "pad0@700ms..900ms", seconds=1)
        self.assert_booted(result, "security key")
        self.assertEqual(len(result.lines("^touch: pad touched")), 1)
        self.assertEqual(len(result.lines("^touch: pad released")), 1)
        self.assertEqual(len(list(result.events("note", "led2"))), 2)  # on port 1

    def test_a_host_enumerates_it_and_gets_its_report_back_after_a_touch(self):
        result = boot("security_key", app("approve"), "--set", f"usb_host.data={0x44332211}@1s",
                      "--set", f"usb_host.out={4 * 256 + 1}@1001ms", "--touch", "pad0@1500ms..1600ms", seconds=2)
        self.assert_booted(result, "security key")
        self.assertIn("usb_host device configured", result.stderr)
        self.assertEqual(result.lines("^approve:"), ["approve: report 11 22 33 44", "approve: sent back"])
        report, = [cycle for cycle, fields in result.events("note", "usb_host") if "report" in fields]
        self.assertGreater(report, 15 * CPU_HZ // 10)
        blue = [cycle for cycle, _ in result.events("note", "led3")]
        self.assertEqual(len(blue), 2)  # on while it waits
        self.assertLess(blue[1], report)

    def test_the_cable_can_be_pulled(self):
        result = boot("security_key", app("approve"), "--set", "usb_host.unplug=1@1s", "--set", "usb_host.plug=1@1500ms",
                      "--set", "usb_host.data=5@2s", "--set", f"usb_host.out={4 * 256 + 1}@2001ms",
                      "--touch", "pad0@2100ms..2200ms", seconds=3)
        self.assert_booted(result, "security key")
        self.assertEqual(result.stderr.count("usb_host device configured"), 2)
        self.assertEqual(result.lines("^approve:"), ["approve: report 05 00 00 00", "approve: sent back"])

    def test_a_blank_chip_is_told_its_voltage_and_reset_once(self):
        result = boot("security_key", app("hello"), seconds=1)
        self.assert_booted(result, "security key")
        self.assertEqual(result.stderr.count("reset: software request"), 1)


class Pinetime(Board):
    def test_backlight_button_uart_and_alarm(self):
        self.check_basics("pinetime", "PineTime")


    def test_picture_and_touch(self):
        result = boot("pinetime", app("paint"), "--set", f"cst816s.touch={120 + 4096 * 100}@1s",
                      "--set", f"cst816s.touch={130 + 4096 * 100}@1100ms", "--set", "cst816s.untouch=1@1200ms", seconds=2)
        self.assert_booted(result, "PineTime")
        self.assertEqual(result.lines("^paint:"), [
            "paint: 240 x 240 pixels painted", "paint: touched at 120, 100", "paint: moved at 130, 100",
            "paint: released at 130, 100"])


    def test_acceleration(self):
        result = boot("pinetime", app("tilt"), "--set", "bma421.x=-250@600ms", "--set", "bma421.y=3000@600ms",
                      "--set", "bma421.z=-4500@600ms", seconds=1)
        self.assert_booted(result, "PineTime")
        # Twelve bits for 8 g; more than 4 g is 4 g.
        self.assertEqual(result.lines("^tilt:")[0], "tilt: 0 0 1000 mg")
        self.assertEqual(result.lines("^tilt:")[-1], "tilt: -250 3000 -4000 mg")

    def test_an_accelerometer_that_fails_is_an_error_and_comes_back(self):
        for fault in ("nack=-1", "data-nack=2", "sda-low=5", "scl-low=1"):
            name = fault.split("=")[0]
            with self.subTest(fault=fault):
                result = boot("pinetime", app("tilt"), "--fault", f"bma421.{fault}@600ms", "--fault", f"bma421.{name}=0@1s",
                              "--set", f"cst816s.touch={120 + 4096 * 100}@1300ms", seconds=2)
                self.assert_booted(result, "PineTime")
                said = result.lines("^tilt:")
                self.assertEqual(said[:2] + said[-1:], ["tilt: 0 0 1000 mg", "tilt: no reading, error -1", "tilt: 0 0 1000 mg"])

    def test_heart_rate(self):
        result = boot("pinetime", app("pulse"), "--set", "hrs3300.heart-rate=60@4200ms", "--set", "hrs3300.heart-rate=150@8200ms",
                      "--fault", "hrs3300.nack=-1@12300ms", "--fault", "hrs3300.nack=0@12600ms", seconds=17)
        self.assert_booted(result, "PineTime")
        self.assertEqual(result.lines("^pulse: (nobody|no sample)"), ["pulse: nobody"] + result.lines("^pulse: no sample"))
        self.assertEqual(set(result.lines("^pulse: no sample")), {"pulse: no sample, error -13"})
        rates = [int(line.split()[1]) for line in result.lines("beats a minute$")]
        # Samples are 40 ms apart.
        self.assertEqual([abs(rate - true) * 25 <= true for rate, true in zip(rates, (60, 150, 150))], [True] * 3, rates)

    def test_the_motor_swells_and_fades(self):
        self.check_swell("pinetime", "motor")

    def test_each_driver_is_for_all(self):
        result = boot("pinetime", app("tilt"), app("pulse"), app("diary"), app("paint"), seconds=5)
        self.assert_booted(result, "PineTime")
        self.assertEqual(result.lines("^diary: start"), ["diary: start number 1"])
        self.assertEqual(result.lines("^pulse:"), ["pulse: nobody"])
        self.assertGreater(len(result.lines("^tilt: 0 0 1000 mg$")), 8)
        self.assertEqual(len(result.lines("^paint: 240 x 240")), 1)


class SensorNode(Board):
    def test_climate_and_light(self):
        result = boot("sensor_node", app("weather"), "--set", "sht3xd.temperature=-725@1500ms",
                      "--set", "sht3xd.humidity=3340@1500ms", "--set", "bh1750.light=1200@1500ms",
                      "--set", "vbatt.millivolts=3100@1500ms", seconds=3)
        self.assert_booted(result, "sensor node")
        self.assertEqual(result.lines("^weather:"), ["weather: 25.00 C, 50.00 %, 100 lux, battery 3700 mV",
                                                     "weather: -7.25 C, 33.40 %, 1200 lux, battery 3100 mV"])
        self.assertIn("[   1.500000] vbatt millivolts 3100\n", result.stderr)

    def test_a_sensor_that_fails_is_an_error_and_comes_back(self):
        for fault, error in (("nack=-1", -13), ("data-nack=1", -13), ("wrong-crc=1", -1)):
            name = fault.split("=")[0]
            with self.subTest(fault=fault):
                result = boot("sensor_node", app("weather"), "--fault", f"sht3xd.{fault}@1500ms",
                              "--fault", f"sht3xd.{name}=0@2500ms", seconds=4)
                self.assert_booted(result, "sensor node")
                self.assertEqual([line[:14] for line in result.lines("^weather:")],
                                 ["weather: 25.00", "weather: no re", "weather: 25.00"])
                self.assertEqual(result.lines("no reading"), [f"weather: no reading, error {error}"])

    def test_a_bus_that_hangs_is_an_error_and_is_freed(self):
        """SDA held until so many clocks came, which only the kernel's recovery makes; a line held for a second."""
        for fault, until in (("sda-low=5", None), ("sda-low=1000000", "sda-low"), ("scl-low=1", "scl-low")):
            with self.subTest(fault=fault):
                end = ["--fault", f"sht3xd.{until}=0@2500ms"] if until else []
                result = boot("sensor_node", app("weather"), "--fault", f"sht3xd.{fault}@1500ms", *end, seconds=4)
                self.assert_booted(result, "sensor node")
                self.assertEqual([line[:35] for line in result.lines("^weather:")],
                                 ["weather: 25.00 C, 50.00 %, 100 lux,", "weather: no reading, error -1",
                                  "weather: 25.00 C, 50.00 %, 100 lux,"])

    def test_an_app_shares_the_bus_with_the_kernel(self):
        result = boot("sensor_node", app("tests/i2c_registers"), app("weather"), seconds=2)
        self.assert_booted(result, "sensor node")
        # The status register after power-on; NOACK; and the kernel's driver goes on.
        self.assertEqual(result.lines("^i2c:"), ["i2c: 0 10", "i2c: nobody: -13", "i2c: temperature: 0 2500"])
        self.assertEqual(len(result.lines("^weather: 25.00 C")), 1)

    def test_two_nodes_hear_each_other(self):
        apps = f"{os.path.join(BUILD, 'firmware/kernel/sensor_node.elf')} {app('weather')} {app('listen')}"
        with tempfile.TemporaryDirectory() as folder:
            net, packets = os.path.join(folder, "pair.net"), os.path.join(folder, "pair.pcapng")
            with open(net, "w", encoding="utf-8") as file:
                file.write(f"node house board=sensor_node {apps}\nnode garden board=sensor_node at=10,0,0 {apps}\n")
            result = sandglass("run", "--headless", "--net", net, "--for", "4s", "--pcap", packets,
                               "--set", "garden:sht3xd.temperature=-725@100ms")
            self.assertEqual(result.status, 0, result.stderr)
            read = subprocess.run(["tshark", "-r", packets, "-T", "fields", "-e", "wpan.dst16", "-e", "wpan.dst_pan",
                                   "-e", "wpan.seq_no", "-e", "wpan.fcs_ok"], capture_output=True, text=True, check=True)
        self.assertEqual(sorted(read.stdout.splitlines()),
                         [f"0xffff\t0x5a5a\t{i}\t1" for i in (0, 0, 1, 1, 2, 2)])
        for node, heard in (("house", "-7.25 C"), ("garden", "25.00 C")):
            self.assertEqual(len(result.lines(f"^{node}: listen: .*: {heard}, 50.00 %, 100 lux")), 3, result.stdout)

    def test_leds_button_uart_and_alarm(self):
        self.check_basics("sensor_node", "sensor node")


if __name__ == "__main__":
    unittest.main()
