#!/usr/bin/env python3
"""Digests and check sums through their drivers, beside an app that wants all of the CPU. Takes some seconds."""
import hashlib
import hmac
import unittest
import zlib

from sandglass import app, run


class Crypto(unittest.TestCase):
    def says(self, name, lines):
        """The app's lines: alone, and twice beside a hog."""
        for board, count, others in (("security_key", 1, []), ("nrf52840dk", 2, [app(name), app("hog")])):
            with self.subTest(board=board):
                result = run("-b", board, "--check-isolation", app(name), *others, seconds=1 if count == 1 else 2)
                self.assertEqual(result.status, 0, result.stderr)
                self.assertEqual(sorted(result.lines(f"^{name}:")), sorted(lines * count))
                self.assertNotIn("trapped", result.stdout)
                self.assertIn(" 0 times a foreign byte changed", result.stderr)

    def test_sha(self):
        self.says("sha", [f"sha: abc: 0 {hashlib.sha256(b'abc').hexdigest()}", "sha: the same: 1", "sha: another: 0",
                          f"sha: 8192 zeros: 0 {hashlib.sha256(bytes(8192)).hexdigest()}",
                          "sha: meanwhile the app had its turns"])

    def test_hmac(self):
        code = hmac.new(b"Jefe", b"what do ya want for nothing?", "sha256").hexdigest()
        self.says("hmac", [f"hmac: at once: 0 {code}", "hmac: its own code: 1", "hmac: with another key: 0",
                           f"hmac: in parts: 0 {code}"])

    def test_crc(self):
        self.says("crc", ["crc: CRC-32: 0 cbf43926", "crc: CRC-32C: 0 e3069283", "crc: CRC-16-CCITT: 0 89f6",
                          f"crc: 4096 zeros: 0 {zlib.crc32(bytes(4096)):x}"])

    def test_a_board_without_it(self):
        self.assertEqual(run("-b", "nrf52dk", app("sha"), seconds=1).lines("sha: the same"), ["sha: the same: -11"])


if __name__ == "__main__":
    unittest.main()
