#!/usr/bin/env python3
"""Users' board files: what Zephyr builds, and what cannot be a board. Takes some five seconds."""
import json
import os
import re
import subprocess
import tempfile
import unittest

from sandglass import app, guest, sandglass

BOARDS = os.path.join(os.path.dirname(__file__), "../boards")
SOURCES = os.path.join(os.path.dirname(__file__), "../../sim/boards")
ZEPHYR = ("zephyr_nrf52dk_nrf52832", "zephyr_nrf52840dk_nrf52840", "zephyr_pinetime_devkit0")


class Files(unittest.TestCase):
    def setUp(self):
        self.folder_object = tempfile.TemporaryDirectory()
        self.folder = self.folder_object.name

    def tearDown(self):
        self.folder_object.cleanup()

    def board(self, text):
        path = os.path.join(self.folder, "mine.dts")
        with open(path, "w", encoding="ascii") as file:
            file.write('/dts-v1/;\n/include/ "nrf52840.dtsi"\n/ { compatible = "nordic,nrf52840-dk-nrf52840"; };\n' + text)
        return path

    def compiled(self, name):
        """As a build leaves it: without the symbols that labels become."""
        blob = os.path.join(self.folder, name + ".dtb")
        subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", blob, os.path.join(BOARDS, name + ".dts")], check=True)
        return blob


class Listing(unittest.TestCase):
    def test_boards_and_what_is_on_them(self):
        result = sandglass("boards")
        self.assertEqual(result.status, 0, result.stderr)
        found = re.findall(r"^(\w+) +.*: (\d+ kB flash, \d+ kB RAM), .*\n +(.*)", result.stdout, re.M)
        self.assertNotIn("no model of", result.stdout)
        boards = {name: (sizes, parts) for name, sizes, parts in found}
        small, large = "512 kB flash, 64 kB RAM", "1024 kB flash, 256 kB RAM"
        self.assertEqual({name: sizes for name, (sizes, _) in boards.items()},
                         {"nrf52dk": small, "nrf52840dk": large, "security_key": large, "pinetime": small, "sensor_node": large})
        for name, parts in (("nrf52dk", ("4 led", "4 button", "touch-key")), ("nrf52840dk", ("4 led", "4 button", "nor-flash")),
                            ("security_key", ("4 led", "button", "touch-key", "usb-host")),
                            ("pinetime", ("st7789", "cst816s", "bma421", "hrs3300", "nor-flash", "vibration-motor", "battery")),
                            ("sensor_node", ("2 led", "button", "sht3x", "bh1750", "battery"))):
            for part in parts:
                self.assertIn(part, boards[name][1].split(", "), name)

    def test_json_with_the_picture(self):
        result = sandglass("devices", "-b", "security_key", "--json")
        self.assertEqual(result.status, 0, result.stderr)
        board = json.loads(result.stdout)
        self.assertEqual(board["board"], "Security key (nRF52840 dongle)")
        self.assertEqual(board["outline_um"][2], [31640, 1610])
        devices = {device["name"]: device for device in board["devices"]}
        self.assertEqual(devices["led0"], {"name": "led0", "class": "led", "place": "P0.06", "inputs": [], "at_um": [28400, 3400],
                                           "size_um": [1600, 800], "silk": "LD1", "color": 0x20E040})
        self.assertEqual(devices["uart1"]["irq"], 40)
        self.assertEqual(devices["button0"]["inputs"], ["press", "release"])

    def test_places(self):
        result = sandglass("devices", "-b", "pinetime").stdout
        for line in (r"st7789v +st7789 +spi1:0x1 ", r"cst816s +cst816s +i2c0:0x15 ", r"led0 +led +P0\.14 ", r"uart0 +\S+ +0x40002000 +2 ",
                     r"motor +vibration-motor +P0\.16 ", r"vbatt +battery +AIN7 "):
            self.assertRegex(result, line)

    def test_a_part_between_two_pins(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "mine.dts")
            with open(path, "w", encoding="ascii") as file:
                file.write('/dts-v1/;\n/include/ "nrf52840dk.dts"\n/ { wire: wire { compatible = "sandglass,jumper"; '
                           'gpios = <&gpio1 1 0>, <&gpio0 2 0>; }; };')
            self.assertRegex(sandglass("devices", "-b", path).stdout, r"wire +jumper +P1\.01, P0\.02 ")


class Zephyr(Files):
    def devices(self, path):
        result = sandglass("devices", "-b", path)
        self.assertEqual(result.status, 0, result.stderr)
        return {line.split()[0]: line.split()[1:] for line in result.stdout.splitlines() if not line.startswith("/")}

    def test_kernel_and_an_app_run_on_source_and_blob(self):
        for name, press in zip(ZEPHYR, ("sw0", "sw0", None)):
            for path in (os.path.join(BOARDS, name + ".dts"), self.compiled(name)):
                with self.subTest(path):
                    names = self.devices(path)
                    words = ["--press", f"{press if press in names else 'button0'}@700ms"] if press else []
                    result = sandglass("run", "--headless", "--for", "1s", "-b", path, *words, app("hello"), app("buttons"))
                    self.assertEqual(result.status, 0, result.stderr)
                    self.assertIn("hello: greeting number 1", result.stdout)
                    self.assertEqual("buttons: button 0 pressed" in result.stdout, press is not None)

    def test_aliases_name_what_has_no_label(self):
        names = self.devices(self.compiled("zephyr_nrf52dk_nrf52832"))
        self.assertEqual(names["led0"][:2], ["led", "P0.17"])
        self.assertEqual(names["sw3"][:2], ["button", "P0.16"])
        self.assertEqual(names["uart"][1], "0x40002000")
        self.assertEqual([names["timer"][1], names["timer_40009000"][1]], ["0x40008000", "0x40009000"])
        names = self.devices(os.path.join(BOARDS, "zephyr_nrf52dk_nrf52832.dts"))
        self.assertEqual(names["button3"][:2], ["button", "P0.16"])

    def test_parts_are_wired_as_on_our_board(self):
        """The watch's I2C guest hears the same from the sensors of Zephyr's tree as from those of ours."""
        words = ["--set", "cst816s.touch=69871@300ms", "--set", "bma421.x=-250@1ms", guest("i2c.elf")]
        said = [sandglass("run", "--headless", "--for", "1s", "-b", board, *words)
                for board in ("pinetime", self.compiled("zephyr_pinetime_devkit0"))]
        self.assertTrue(said[0].stdout.endswith("done\n"), said[0].stderr)
        # "bosch,bma4xx" does not say which of the family it is: ours is a BMA421, that one a BMA422.
        self.assertEqual(said[0].stdout, said[1].stdout.replace("chip 00000012", "chip 00000011"))

    def test_of_two_nodes_at_an_address_the_one_that_is_okay(self):
        names = self.devices(os.path.join(BOARDS, "zephyr_pinetime_devkit0.dts"))
        self.assertIn("i2c0", names)
        self.assertIn("spi1", names)
        self.assertNotIn("spi0", names)
        self.assertNotIn("i2c1", names)


LEDS = '/ { leds { compatible = "gpio-leds"; led_0 { %s }; }; };'
PART = 'compatible = "vendor,part"; '


class Refused(Files):
    """One line with file and node, status 2: (what is said, what the board says). The part in these is the
    LED, the button or the touch pad: the checks are the reader's, whatever the part."""

    def refused(self, node, says, path):
        result = sandglass("run", "--headless", "--for", "1ms", "-b", path, app("hello"))
        self.assertEqual(result.status, 2, result.stderr)
        last = result.stderr.splitlines()[-1]
        self.assertEqual(result.stderr.count("sandglass run: "), 1, result.stderr)
        self.assertRegex(last, f"^sandglass run: {re.escape(path)}: {node}")
        self.assertIn(says, last)

    def check(self, *cases):
        for node, says, text in cases:
            with self.subTest(says):
                self.refused(node, says, self.board(text))

    def test_pins(self):
        self.check(
            ("/leds/led_0: `gpios`", "a pin that the chip does not have", LEDS % "gpios = <&gpio1 16 0>;"),
            ("/leds/led_0: `gpios`", "a pin that the chip does not have", LEDS % "gpios = <&gpio0 32 0>;"),
            ("/leds/led_0: `gpios`", "names no GPIO port", LEDS % "gpios = <&uart0 1 0>;"),
            ("/leds/led_0: `gpios`", "names no GPIO port", LEDS % "gpios = <0x777 1 0>;"),
            ("/leds/led_0: `gpios`", "is no list of", LEDS % "gpios = <&gpio0 1>;"),
            ("/leds/led_0: `gpios`", "is no list of", LEDS % "gpios = <&gpio0 1 0>, <&gpio0 3>;"),
            ("/leds/led_0: `gpios`", "is no list of", LEDS % 'gpios = "P0.17";'),
            ("/leds/led_0: `gpios`", "is no list of", "&gpio0 { #gpio-cells = <3>; }; " + LEDS % "gpios = <&gpio0 1 0>;"),
            ("/leds/led_0: `io-channels`", "names no node", LEDS % "gpios = <&gpio0 1 0>; io-channels = <0x777 1>;"),
            ("/leds/led_0: ", "gpios", LEDS % 'label = "no pin";'),
            ("/soc/uart@40002000: `pinctrl-0`", "names no node", "&uart0 { status = \"okay\"; pinctrl-0 = <0x777>; };"),
            ("/soc/uart@40002000: `pinctrl-0`", "a node without a group", "&uart0 { status = \"okay\"; pinctrl-0 = <&gpio0>; };"),
            ("/soc/uart@40002000: `pinctrl-0`", "a pin that the chip does not have",
             "/ { p: p { group1 { psels = <(1 << 24 | 48)>; }; }; }; &uart0 { status = \"okay\"; pinctrl-0 = <&p>; };"))

    def test_two_signals_on_one_pin(self):
        pins = "/ { p: p { group1 { psels = <%s>; }; group2 { psels = <%s>; }; }; }; "
        okay = '{ status = "okay"; pinctrl-0 = <&p>; };'
        one = "two of its signals are on one pin: give each a pin of its own"
        spi = '&spi1 { status = "okay"; cs-gpios = <&gpio0 2 1>, <&gpio1 3 1>, <&gpio0 2 0>; %s };'
        part = 'a@%d { compatible = "gpio-leds"; reg = <%d>; gpios = <&gpio0 1 0>; };'
        self.check(
            ("/soc/i2c@40003000: ", one, pins % ("(11 << 24 | 27)", "(12 << 24 | 27)") + "&i2c0 " + okay),
            ("/soc/spi@40004000: ", one, pins % ("(4 << 24 | 5) (5 << 24 | 6)", "(6 << 24 | 5)") + "&spi1 " + okay),
            ("/soc/uart@40002000: ", one, "&uart0 { status = \"okay\"; tx-pin = <6>; rx-pin = <6>; };"),
            ("/soc/spi@40004000: ", "`cs-gpios` names P0.02 twice: give each target its own", spi % (part % (0, 0))))
        path = self.board(pins % ("(11 << 24 | 27)", "(12 << 24 | 26) (12 << 24 | 26)") + "&i2c0 " + okay)
        self.assertEqual(sandglass("devices", "-b", path).status, 0)

    def test_a_name_that_a_terminal_would_obey(self):
        blob = os.path.join(self.folder, "a.dtb")
        subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", blob, "-i", SOURCES,
                        self.board(LEDS % 'label = "no pin";')], check=True)
        with open(blob, "rb") as file:
            data = file.read()
        with open(blob, "wb") as file:
            file.write(data.replace(b"led_0\0", b"l\x1b[\x9b\x07\0"))
        self.refused(r"/leds/l\?\[\?\?: ", "gpios", blob)

    def test_two_usb_hosts_at_one_socket(self):
        self.check(("/b: ", "another USB host", '/ { a { compatible = "sandglass,usb-host"; }; b { compatible = "sandglass,usb-host"; }; };'))

    def test_a_connector_leads_to_the_chip_or_nowhere(self):
        header = '/ { h: h { #gpio-cells = <2>; gpio-map = <0 0 %s 3 0>; }; };' + LEDS % "gpios = <&h %s 0>;"
        self.check(("/leds/led_0: `gpios`", "the connector's gpio-map", header % ("&gpio0", "1")),
                   ("/leds/led_0: `gpios`", "names no GPIO port", header % ("&h", "0")))

    def test_addresses(self):
        soc = "/ { soc { %s }; };"
        timer = 'x@%x { compatible = "nordic,nrf-timer"; reg = <0x%x 0x%x>; };'
        self.check(
            ("/soc/x@40008800: ", "overlap those of /soc/timer@40008000", soc % (timer % (0x40008800, 0x40008800, 0x1000))),
            ("/soc/x@20000000: ", "overlap flash or RAM", soc % (timer % (0x20000000, 0x20000000, 0x1000))),
            ("/soc/x@e0001000: ", "the core's own", soc % (timer % (0xE0001000, 0xE0001000, 0x1000))),
            ("/soc/x@60000002: ", "no usable window", soc % (timer % (0x60000002, 0x60000002, 0x1000))),
            ("/soc/x@60000000: ", "no usable window", soc % (timer % (0x60000000, 0x60000000, 0))),
            ("/soc/x@60000000: ", "`reg` is one to 4 pairs", soc % 'x@60000000 { compatible = "nordic,nrf-timer"; reg = <0x60000000>; };'),
            ("/soc/x@60000000: ", "`reg` is one to 4 pairs", soc % 'x@60000000 { compatible = "nordic,nrf-timer"; };'),
            ("/w/x@60000000: ", "#address-cells", '/ { w { #address-cells = <2>; #size-cells = <2>; x@60000000 '
             '{ compatible = "nordic,nrf-timer"; reg = <0 0x60000000 0 0x1000>; }; }; };'),
            ("/soc/timer@40008000: ", "interrupt 99: the chip has 0 to 47", "&timer0 { interrupts = <99 1>; };"),
            ("/soc/timer@40008000: ", "`interrupts`", "&timer0 { interrupts; };"),
            ("/soc/memory@20000000: ", "no usable memory", "&sram0 { reg = <0x20000000 0x10001>; };"),
            ("/soc/memory@20000000: ", "`reg` is no", "&sram0 { reg = <0x20000000>; };"),
            ("/soc/gpio@50000300: ", "`port` is 0 or 1", "&gpio1 { port = <2>; };"))
        self.refused("flash ", "overlap", self.board("&sram0 { reg = <0 0x10000>; };"))

    def test_buses(self):
        part = '%s@%x { compatible = "gpio-leds"; reg = <0x%x>; gpios = <&gpio0 1 0>; }; '
        okay = 'status = "okay"; '
        mipi = '/ { m { compatible = "zephyr,mipi-dbi-spi"; spi-dev = <&%s>; #address-cells = <1>; #size-cells = <0>; ' + \
            part % ("d", 1, 1) + '}; };'
        self.check(
            ("/soc/i2c@40003000/b@44: ", "I2C address 0x44 is taken by /soc/i2c@40003000/a@44",
             "&i2c0 { " + okay + part % ("a", 0x44, 0x44) + part % ("b", 0x44, 0x44) + "};"),
            ("/soc/i2c@40003000/a@88: ", "`reg` is 0 to 0x7f", "&i2c0 { " + okay + part % ("a", 0x88, 0x88) + "};"),
            ("/soc/i2c@40003000/a: ", "has no `reg`", "&i2c0 { " + okay + 'a { compatible = "gpio-leds"; }; };'),
            ("/soc/spi@40004000/b@1: ", "chip select 0x1 is taken by /soc/spi@40004000/a@1",
             "&spi1 { " + okay + part % ("a", 1, 1) + part % ("b", 1, 1) + "};"),
            ("/soc/spi@40004000/a@1: ", "`cs-gpios` of its bus has no such entry",
             "&spi1 { " + okay + "cs-gpios = <&gpio0 2 1>; " + part % ("a", 1, 1) + "};"),
            ("/soc/spi@40004000: `cs-gpios`", "a pin that the chip does not have",
             "&spi1 { " + okay + "cs-gpios = <&gpio1 20 1>; " + part % ("a", 0, 0) + "};"),
            ("/m/d@1: ", "chip select 0x1 is taken by /soc/spi@40004000/a@1",
             mipi % "spi1" + "&spi1 { " + okay + part % ("a", 1, 1) + "};"),
            ("/m: ", "`spi-dev` names a bus that is disabled", mipi % "spi1"),
            ("/m: ", "`spi-dev` names no SPI bus", mipi % "timer0"),
            ("/m: ", "`spi-dev` names no SPI bus", mipi.replace("m {", "mm: m {") % "mm"))

    def test_what_nobody_knows(self):
        self.check(("/x: ", 'there is no part "sandglass,touchpad": `sandglass devices --all`',
                    '/ { x { compatible = "sandglass,touchpad"; gpios = <&gpio0 1 0>; }; };'),
                   ("/x: `pwms`", "names no node", '/ { x { compatible = "gpio-leds"; pwms = <0x777 0 0 0>; }; };'),
                   ("/x: `pwms`", "names a node without `#pwm-cells`", '/ { x { compatible = "gpio-leds"; pwms = <&adc 0 0 0>; }; };'),
                   ("/x: `io-channels`", "names a node without `#io-channel-cells`",
                    '/ { x { compatible = "voltage-divider"; io-channels = <&i2c0 1>; output-ohms = <1>; }; };'))
        other = self.board("&i2c0 { status = \"okay\"; x@20 { " + PART + "reg = <0x20>; }; }; / { y { " + PART + "a-gpios = <&gpio0 1 0>; }; "
                           "z { " + PART + "}; off { " + PART + 'gpios = <&gpio0 1 0>; status = "disabled"; }; };')
        result = sandglass("devices", "-b", other)
        self.assertEqual(result.status, 0, result.stderr)
        notes = [line for line in result.stdout.splitlines() if "no model of" in line]
        self.assertEqual(notes, ['/soc/i2c@40003000/x@20: no model of "vendor,part": nothing is there',
                                 '/y: no model of "vendor,part": nothing is there'])

    def test_a_part_whose_bus_is_disabled_is_told(self):
        result = sandglass("devices", "-b", self.board('&i2c0 { x@23 { compatible = "rohm,bh1750"; reg = <0x23>; }; };'))
        self.assertEqual(result.status, 0, result.stderr)
        self.assertIn('/soc/i2c@40003000/x@23: its bus is disabled: give that status = "okay"\n', result.stdout)

    def test_no_board_at_all(self):
        path = self.board('/ { soc { compatible = "nordic,nrf52833"; }; };')
        self.refused("/soc: ", "not compatible with a chip that is modelled", path)
        path = os.path.join(self.folder, "bare.dts")
        with open(path, "w", encoding="ascii") as file:
            file.write("/dts-v1/; / { };")
        self.refused("/soc: ", "no such node", path)
        deep = "x { " * 40 + "}; " * 40
        self.refused("nodes lie more than", "32 deep", self.board("/ { " + deep + "};"))

    def test_a_picture_that_cannot_be(self):
        path = self.board("/ { sandglass,outline-um = <0 0>, <9 0>, <9 9>; leds { compatible = \"gpio-leds\"; "
                          "led_0 { gpios = <&gpio0 1 0>; sandglass,at-um = <3 8>; }; }; };")
        result = sandglass("devices", "-b", path, "--json")
        self.assertEqual((result.status, result.stdout), (2, ""))
        self.assertEqual(result.stderr, f"sandglass devices: {path}: /leds/led_0: `sandglass,at-um` <3 8> lies outside of "
                         "the board's sandglass,outline-um\n")

    def test_damaged_blobs(self):
        with open(self.compiled(ZEPHYR[0]), "rb") as file:
            blob = file.read()
        for name, damaged in (("empty", b""), ("short", blob[:1000]), ("noise", bytes(range(256)) * 8),
                              ("huge", blob + bytes(300_000)), ("strings", blob[:-40])):
            with self.subTest(name):
                path = os.path.join(self.folder, name + ".dtb")
                with open(path, "wb") as file:
                    file.write(damaged)
                result = sandglass("devices", "-b", path)
                self.assertEqual(result.status, 2, result.stderr)
                self.assertRegex(result.stderr, f"^sandglass devices: {re.escape(path)} .*\n$")


if __name__ == "__main__":
    unittest.main()
