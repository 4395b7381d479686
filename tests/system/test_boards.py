#!/usr/bin/env python3
"""Each board boots its kernel with apps, and what is special on it works through its drivers."""
import os
import unittest

from sandglass import BUILD, app, run


def boot(board, *words, seconds):
    kernel = os.path.join(BUILD, "firmware/kernel", board + ".elf")
    return run("--board", board, kernel, *words, seconds=seconds)


class Board(unittest.TestCase):
    """Checks that boards share."""

    def assert_booted(self, result, name):
        self.assertEqual(result.status, 0, result.stderr)
        self.assertEqual(len(result.lines(f"^Sandglass .* on {name}$")), 1, result.stdout)
        self.assertIn("Initialization complete. Entering main loop.", result.stdout)

    def assert_blinks(self, result, part, seconds):
        changes = [cycle for cycle, _ in result.events("note", part)]
        self.assertIn(len(changes), (2 * seconds - 1, 2 * seconds, 2 * seconds + 1))


class Nrf52840dk(Board):
    def test_leds_buttons_uart_and_alarm(self):
        result = boot("nrf52840dk", app("hello"), app("blink"), app("buttons"),
                      "--press", "button0@700ms..900ms", "--press", "button0@1100ms..1200ms", seconds=3)
        self.assert_booted(result, "nRF52840-DK")
        self.assertEqual(len(result.lines("^hello: greeting number")), 2)
        self.assert_blinks(result, "led0", 3)
        self.assertEqual(len(result.lines("^buttons: button 0 pressed")), 2)
        self.assertEqual(len(list(result.events("note", "led1"))), 2)


if __name__ == "__main__":
    unittest.main()
