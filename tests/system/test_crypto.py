#!/usr/bin/env python3
"""Digests, ciphers and check sums through their drivers, beside an app that wants all of the CPU. Takes some seconds."""
import hashlib
import hmac
import subprocess
import unittest
import zlib

from sandglass import app, run

NIST_KEY = "2b7e151628aed2a6abf7158809cf4f3c"
COUNTING = bytes(range(16)).hex()


def openssl(cipher, bytes_in):
    """What the program openssl makes of the bytes, with NIST's key."""
    done = subprocess.run(["openssl", "enc", "-" + cipher, "-nopad", "-K", NIST_KEY] + ([] if cipher.endswith("ecb") else ["-iv", COUNTING]),
                          input=bytes_in, capture_output=True, check=True)
    return done.stdout


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

    def test_aes(self):
        text = bytes.fromhex("6bc1bee22e409f96e93d7e117393172a")
        lines = []
        for mode in ("ecb", "cbc", "ctr"):
            lines += [f"aes: {mode.upper()}: 0 {openssl('aes-128-' + mode, text).hex()}", "aes: and back: 0 the same"]
        lines += ["aes: CCM: 0 00010203040506077162015b4dac255d", "aes: and back: 1 the same", "aes: with other data: 0",
                  "aes: 4096 bytes: 0", f"aes: the last: 0 {openssl('aes-128-cbc', bytes(4096))[-16:].hex()}",
                  "aes: meanwhile the app had its turns", "aes: 1001 bytes: 0", "aes: 3095 bytes: 0",
                  f"aes: two parts: 0 {openssl('aes-128-ctr', bytes(4096))[-16:].hex()}"]
        self.says("aes", lines)

    def test_aes_with_a_block_that_fails(self):
        """The peripheral reports an error: one message is lost, what comes after it is right."""
        result = run("-b", "nrf52dk", "--fault", "ecb.error=1@0s", app("aes"), seconds=1)
        self.assertEqual([line.split()[1:3] for line in result.lines("^aes: (ECB|CBC)")], [["ECB:", "-1"], ["CBC:", "0"]])
        self.assertNotIn("trapped", result.stdout)

    def test_a_driver_that_the_board_has_not(self):
        self.assertEqual(run("-b", "nrf52dk", app("pulse"), seconds=1).lines("^pulse:"), ["pulse: no sensor, error -11"])


if __name__ == "__main__":
    unittest.main()
