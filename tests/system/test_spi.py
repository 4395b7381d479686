#!/usr/bin/env python3
"""A flash and a display on one SPI bus, and a flash on QSPI, as guests drive them. Takes a few seconds."""
import os
import tempfile
import unittest

from sandglass import guest, run, sandglass

SECONDS = 0.2


class Guest:
    """A guest that says "WHAT VALUE" in lines, and "done"."""

    BOARD = GUEST = None

    @classmethod
    def setUpClass(cls):
        cls.result = cls.go()
        cls.said = dict(line.rsplit(" ", 1) for line in cls.result.stdout.splitlines() if " " in line)

    @classmethod
    def go(cls, *arguments):
        return run("-b", cls.BOARD, *arguments, guest(cls.GUEST), seconds=SECONDS)

    def test_everything_was_said(self):
        self.assertEqual(self.result.status, 0, self.result.stderr)
        self.assertTrue(self.result.stdout.endswith("done\n"), self.result.stdout)


class Watch(Guest, unittest.TestCase):
    """tests/guests/spi.c on the watch's board."""

    BOARD, GUEST = "pinetime", "spi.elf"

    def test_the_flash_says_who_it_is_and_keeps_what_it_is_given(self):
        self.assertEqual(self.said["flash"], "000b4016")
        self.assertEqual(self.said["holds"], "abcdefghijklmnop")
        self.assertEqual(self.said["beyond"], "000000ff")

    def test_an_erase_takes_70_ms_and_a_program_400_us(self):
        # Polled by transfers of 2 us and an interrupt each.
        self.assertIn(int(self.said["erase us"], 16), range(70_000, 70_020))
        self.assertIn(int(self.said["program us"], 16), range(400, 420))

    def test_anomaly_58_and_its_workaround(self):
        self.assertEqual(self.said["single bytes"], "ace")  # every second byte is lost
        self.assertEqual(self.said["with the workaround"], "abc")

    def test_the_display_takes_a_window(self):
        # 10 lines of 241 bytes at 8 MHz are 2410 us; the rest is the driver's.
        self.assertIn(int(self.said["drawn us"], 16), range(2410, 3500))
        self.assertRegex(self.result.stderr, r"st7789v on\n")
        self.assertRegex(self.result.stderr, r"st7789v frame\n")

    def test_the_same_again(self):
        again = self.go()
        self.assertEqual((again.stdout, again.trace), (self.result.stdout, self.result.trace))

    def test_in_two_parts(self):
        """Cut within the erase, within the program and within a line of the picture."""
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "snapshot")
            for milliseconds in (30, 70.5, 85.1):
                at = f"{round(milliseconds * 1000)}us"
                first = run("-b", "pinetime", "--save-at", f"{at}={file}", guest("spi.elf"), seconds=milliseconds / 1000)
                second = run("-b", "pinetime", "--restore", file, guest("spi.elf"), seconds=SECONDS)
                self.assertEqual(second.status, 0, second.stderr)
                self.assertEqual(first.stdout + second.stdout, self.result.stdout)
                self.assertIn("st7789v frame\n", second.stderr)

    def test_a_flash_that_does_not_answer(self):
        self.assertIn("flash 00000000\n", self.go("--fault", "xt25f32b.no-answer=1@0ms").stdout)

    def test_a_program_that_changes_nothing(self):
        result = self.go("--fault", "xt25f32b.write-drop=1@1ms")
        self.assertIn("beyond 000000ff\n", result.stdout)
        self.assertNotIn("holds abc", result.stdout)

    def test_a_display_that_is_dead(self):
        self.assertNotIn("st7789v on", self.go("--fault", "st7789v.no-answer=1@1ms").stderr)


class Kit(Guest, unittest.TestCase):
    """tests/guests/qspi.c on the development kit of nRF52840."""

    BOARD, GUEST = "nrf52840dk", "qspi.elf"

    def test_who_it_is(self):
        self.assertEqual((self.said["status"], self.said["id"]), ("00000008", "001728c2"))

    def test_what_was_written_is_read(self):
        self.assertEqual(self.said["read back"], self.said["sum"])
        self.assertEqual((self.said["window"], self.said["half word"]), ("12345678", "00001234"))

    def test_the_flash_takes_its_time(self):
        # Its status register 10 ms, a sector 40 ms, and two of three pages 850 us; waits are a 64th longer at most.
        self.assertIn(int(self.said["erase sent us"], 16), range(10_000, 10_200))
        self.assertIn(int(self.said["written us"], 16), range(51_700, 52_900))

    def test_the_window_of_a_sleeping_interface_is_a_bus_fault(self):
        self.assertIn("bus fault\n", self.result.stdout)
        self.assertIn("the flash's window is read while QSPI is not active", self.result.stderr)

    def test_a_torn_write_is_found(self):
        said = self.go("--fault", "mx25r64.write-torn=2@0ms").stdout
        self.assertNotIn("read back " + self.said["sum"], said)
        self.assertIn("done\n", said)


JUMPERS = """/dts-v1/;
/include/ "nrf52dk.dts"
/ {
    sck { compatible = "sandglass,jumper"; gpios = <&gpio0 2 0>, <&gpio0 28 0>; };
    mosi { compatible = "sandglass,jumper"; gpios = <&gpio0 3 0>, <&gpio0 29 0>; };
    miso { compatible = "sandglass,jumper"; gpios = <&gpio0 4 0>, <&gpio0 30 0>; };
    cs { compatible = "sandglass,jumper"; gpios = <&gpio0 5 0>, <&gpio0 31 0>; };
};
"""


class Loop(unittest.TestCase):
    def test_spim_and_spi_talk_to_spis_over_jumpers(self):
        with tempfile.TemporaryDirectory() as folder:
            board = os.path.join(folder, "loop.dts")
            with open(board, "w", encoding="ascii") as file:
                file.write(JUMPERS)
            result = run("-b", board, guest("spi_loop.elf"), seconds=0.1)
        exchange = "slave heard what?\nmaster heard echo.\nstatus 00000001\n"  # OVERREAD: one byte of ORC
        self.assertEqual(result.stdout, "semaphore 00000001\nmaster heard -----\n" + 2 * exchange + "done\n")


class Listing(unittest.TestCase):
    def test_faults_are_listed(self):
        faults = sandglass("faults", "-b", "pinetime").stdout
        for fault in ("no-answer", "write-drop", "write-torn", "erase-partial", "worn-page"):
            self.assertRegex(faults, "xt25f32b +" + fault)
        self.assertRegex(faults, "st7789v +no-answer")


if __name__ == "__main__":
    unittest.main()
