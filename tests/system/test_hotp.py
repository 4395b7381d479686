#!/usr/bin/env python3
"""The product `hotp`: a touch gives a one-time password that oathtool knows, also after losses of power; no power cut
shows one twice; and what another app can do to learn the key. Takes some seconds."""
import hashlib
import hmac
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from sandglass import BUILD, app, run, sandglass

KEY = "3132333435363738393031323334353637383930"
TYPED = ["--uart-in", KEY + "\\n@450ms"]
SHOWN = re.compile(r"hotp: (\d+): (\d{6})$")


def password(counter):
    """RFC 4226 with SHA-256 in place of SHA-1."""
    code = hmac.new(bytes.fromhex(KEY), counter.to_bytes(8, "big"), hashlib.sha256).digest()
    at = code[-1] & 15
    return f"{(int.from_bytes(code[at:at + 4], 'big') & 0x7FFFFFFF) % 1000000:06}"


def of_oathtool(counter):
    """oathtool has SHA-256 for passwords of time only (RFC 6238), whose counter is that of its steps since 1970."""
    return subprocess.run(["oathtool", "--totp=sha256", "-s", "30s", "-N", f"@{30 * counter}", "-d", "6", KEY],
                          capture_output=True, check=True, text=True).stdout.strip()


def touches(*times_ms):
    return [word for ms in times_ms for word in ("--touch", f"pad0@{ms}ms")]


def cuts(*times_ms):
    return [word for ms in times_ms for word in ("--fault", f"power.power-cut=1@{ms}ms")]


def shown(result):
    return [(int(m.group(1)), m.group(2)) for m in map(SHOWN.search, result.stdout.splitlines()) if m]


class Passwords(unittest.TestCase):
    def test_a_touch_gives_the_next_one_over_losses_of_power(self):
        result = run(app("hotp"), *TYPED, *touches(1000, 1500, 3000, 3500, 5500), *cuts(2000, 4500), seconds=6.5)
        self.assertEqual(shown(result), [(n, password(n)) for n in range(5)])
        self.assertEqual(re.findall(r"touch for password (\d+)", result.stdout), ["0", "2", "4"])

    @unittest.skipUnless(shutil.which("oathtool"), "oathtool is not installed: sh tools/setup.sh --tests")
    def test_they_are_oathtools(self):
        result = run(app("hotp"), *TYPED, *touches(*range(1000, 6000, 500)), seconds=6.5)
        self.assertEqual([word for _, word in shown(result)], [of_oathtool(n) for n in range(10)])

    def test_a_key_is_taken_once(self):
        result = run(app("hotp"), "--uart-in", "no key, for there are letters in it: abc\\n@450ms", "--uart-in", KEY + "\\n@1s",
                     "--uart-in", "00" * 20 + "\\n@2500ms", *cuts(2000), *touches(1500, 3000), seconds=4)
        self.assertEqual(len(result.lines("this is no key")), 1)
        self.assertEqual(len(result.lines("no key yet")), 1)
        self.assertEqual(shown(result), [(0, password(0)), (1, password(1))])

    def test_no_power_cut_shows_one_twice(self):
        """The first touch stores and shows; the second is cut at each write and erase; the third goes on."""
        nexts = set()
        for n in range(1, 100):
            fault = ["--fault", f"flash_controller.power-cut={n}@1400ms"]
            result = run(app("hotp"), *TYPED, *touches(1000, 1500, 3500), *fault, seconds=4.2)
            words = shown(result)
            if len(result.lines("^Initialization")) == 1:
                break
            with self.subTest(n=n):
                self.assertEqual(words, [(c, password(c)) for c, _ in words])
                counters = [c for c, _ in words]
                self.assertEqual(counters[0], 0)
                self.assertEqual(counters, sorted(set(counters)))
                self.assertIn(counters[-1], (1, 2))
                nexts.add(counters[-1])
        self.assertEqual(nexts, {1, 2})
        self.assertGreater(n, 25)


class Thief(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def test_another_app_learns_nothing(self):
        times = range(1000, 12000, 700)
        result = run(app("hotp"), app("tests/hotp_thief"), *TYPED, *touches(*times), seconds=14)
        rounds = result.lines("thief: round")
        self.assertEqual(set(result.lines("what to look for")), {"thief: knows what to look for"})
        self.assertGreaterEqual(len(rounds), 2)
        for line in rounds:
            self.assertIn("found 0 in", line)
        self.assertEqual(result.lines("thief: found"), [])
        # Its last attempt, at an address of hotp's.
        self.assertTrue(result.lines("Process hotp_thief .* faulted"))
        # The victim went on meanwhile.
        words = shown(result)
        self.assertEqual(words, [(n, password(n)) for n in range(len(times))])

    def pack(self, name, *options):
        path = os.path.join(self.folder, os.path.basename(name) + ".tbf")
        packed = sandglass("pack", *options, "-o", path, os.path.join(BUILD, f"firmware/apps/{name}.elf"))
        self.assertEqual(packed.status, 0, packed.stderr)
        return path

    def test_one_that_passes_for_hotp_does(self):
        """What the attempts above are worth: the same program, installed under hotp's name, finds the key."""
        result = run(app("hotp"), self.pack("tests/hotp_thief", "--name", "hotp"), *TYPED, seconds=8)
        self.assertTrue(result.lines("thief: found by an offset of driver 0x50004"), result.stdout)

    def test_storage_permissions(self):
        """hotp's number in the thief's lists opens nothing; as its own it is hotp's region."""
        numbers = [str(number) for number in (0x486F7470, 0x5448)]
        hotp = self.pack("hotp", "--write-id", numbers[0], "--read-ids", numbers[0], "--modify-ids", numbers[0])
        for own, finds in ((1, False), (0, True)):
            with self.subTest(finds=finds):
                thief = self.pack("tests/hotp_thief", "--write-id", numbers[own], "--read-ids", ",".join(numbers),
                                  "--modify-ids", ",".join(numbers))
                result = run(hotp, thief, *TYPED, *touches(1000, 1500), seconds=8)
                self.assertEqual(bool(result.lines("thief: found by an offset of driver 0x50004")), finds, result.stdout)
                self.assertEqual(bool(result.lines("thief: round 0, found 0 in")), not finds)
                self.assertEqual(shown(result), [(0, password(0)), (1, password(1))])


if __name__ == "__main__":
    unittest.main()
