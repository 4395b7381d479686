#!/usr/bin/env python3
"""What `sandglass pack` writes, read by Tock's rules with code that shares nothing with it; and what the kernel makes
of signatures, identifiers and versions (kernel/boards/signed_test wants a signature of keys/board.pem)."""
import hashlib
import io
import os
import re
import struct
import subprocess
import tarfile
import tempfile
import unittest

import tbf
from sandglass import BUILD, app, run, sandglass, typed

SIGNED = ("-b", "nrf52840dk", os.path.join(BUILD, "firmware/kernel/signed_test.elf"))
KEYS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "keys")
HELLO = os.path.join(BUILD, "firmware/apps/hello.elf")
MAIN, WRITEABLE, NAME, FIXED, PERMISSIONS, STORAGE, VERSION, PROGRAM, SHORT_ID, CREDENTIALS = 1, 2, 3, 5, 6, 7, 8, 9, 10, 128
CREDENTIAL_BYTES = {1: 768, 2: 1024, 3: 32, 4: 48, 5: 64, 6: 64}


def key(name):
    return os.path.join(KEYS, name + ".pem")


class App:
    """A TBF as Tock's kernel reads it: every length exact, names UTF-8, at most 8 of each list, the checksum right."""

    def __init__(self, image):
        version, header, self.total, self.flags, checksum = struct.unpack_from("<HHIII", image)
        assert version == 2 and 16 < header <= self.total <= len(image) and header % 4 == 0
        words = struct.unpack_from(f"<{header // 4}I", image)
        total = 0
        for i, word in enumerate(words):
            total ^= word if i != 3 else 0
        assert total == checksum
        self.image, self.header = image[:self.total], header
        self.tlvs = {}
        at = 16
        while at < header:
            kind, length = struct.unpack_from("<HH", image, at)
            payload = image[at + 4:at + 4 + length]
            assert len(payload) == length and at + 4 + length <= header
            self.tlvs[kind] = payload
            at += 4 + (length + 3) // 4 * 4
        assert at == header, "Tock's walk would leave the header"
        self.init, self.trailer, self.ram, self.end, self.version = struct.unpack("<5I", self.tlvs[PROGRAM])
        assert header + self.trailer <= header + self.init < self.end <= self.total
        assert struct.unpack("<HH", self.tlvs[VERSION])[0] == 2
        self.name = self.tlvs[NAME].decode("utf-8")

    def permissions(self):
        count, = struct.unpack_from("<H", self.tlvs[PERMISSIONS])
        assert count <= 8 and len(self.tlvs[PERMISSIONS]) == 2 + 16 * count
        allowed = {}
        for i in range(count):
            driver, block, mask = struct.unpack_from("<IIQ", self.tlvs[PERMISSIONS], 2 + 16 * i)
            allowed.setdefault(driver, set()).update(64 * block + bit for bit in range(64) if mask >> bit & 1)
        return allowed

    def storage(self):
        payload = io.BytesIO(self.tlvs[STORAGE])
        write_id, = struct.unpack("<I", payload.read(4))
        lists = []
        for _ in range(2):
            count, = struct.unpack("<H", payload.read(2))
            assert count <= 8
            lists.append(list(struct.unpack(f"<{count}I", payload.read(4 * count))))
        assert payload.read() == b""
        return write_id, *lists

    def footers(self):
        """(format, data) of each up to the end, as Tock walks them: nothing but credentials, no byte left."""
        found = []
        at = self.end
        while at < self.total:
            kind, length, form = struct.unpack_from("<HHI", self.image, at)
            assert kind == CREDENTIALS and at + 4 + length <= self.total and length % 4 == 0
            assert form == 0 or length == 4 + CREDENTIAL_BYTES[form]
            found.append((form, self.image[at + 8:at + 4 + length]))
            at += 4 + length
        return found


def pack(*options, ending="tbf"):
    """The file that pack writes, as bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "hello." + ending)
        result = sandglass("pack", HELLO, "-o", path, *options)
        if result.status != 0:
            raise AssertionError(result.stderr)
        with open(path, "rb") as file:
            return file.read()


def der(signature):
    def integer(number):
        number = number.lstrip(b"\0") or b"\0"
        number = b"\0" + number if number[0] >= 0x80 else number
        return b"\x02" + bytes([len(number)]) + number
    body = integer(signature[:32]) + integer(signature[32:])
    return b"\x30" + bytes([len(body)]) + body


def openssl_accepts(name, signature, signed):
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, part) for part in ("public", "signature", "signed")]
        subprocess.run(["openssl", "ec", "-in", key(name), "-pubout", "-out", paths[0]], check=True, capture_output=True)
        for path, content in zip(paths[1:], (der(signature), signed)):
            with open(path, "wb") as file:
                file.write(content)
        done = subprocess.run(["openssl", "dgst", "-sha256", "-verify", paths[0], "-signature", *paths[1:]], check=False,
                              capture_output=True)
        return done.returncode == 0


class Pack(unittest.TestCase):
    def test_plain(self):
        read = App(pack())
        self.assertEqual((read.name, read.flags, read.version), ("hello", 1, 0))
        self.assertEqual(set(read.tlvs), {PROGRAM, VERSION, NAME})
        self.assertEqual({form for form, _ in read.footers()}, {0})

    def test_everything(self):
        read = App(pack("-n", "all of it", "--permissions", "2:0,1,3-5", "--permissions", "0x60001:*", "--permissions",
                        "3:64,130", "--write-id", "7", "--read-ids", "7,0x12345678", "--modify-ids", "9", "--short-id",
                        "0xfffffffe", "--app-version", "12", "--sticky", "--sha256", "--sign", key("board"),
                        "--minimum-footer-size", "3000"))
        self.assertEqual((read.name, read.flags, read.version), ("all of it", 3, 12))
        self.assertEqual(read.permissions(), {2: {0, 1, 3, 4, 5}, 0x60001: set(range(64)), 3: {64, 130}})
        self.assertEqual(read.storage(), (7, [7, 0x12345678], [9]))
        self.assertEqual(struct.unpack("<I", read.tlvs[SHORT_ID]), (0xfffffffe,))
        self.assertGreaterEqual(read.total - read.end, 3000)
        (hash_form, digest), (sign_form, signature), (room, _) = read.footers()
        self.assertEqual((hash_form, sign_form, room), (3, 6, 0))
        self.assertEqual(digest, hashlib.sha256(read.image[:read.end]).digest())
        self.assertTrue(openssl_accepts("board", signature, read.image[:read.end]))
        self.assertFalse(openssl_accepts("stranger", signature, read.image[:read.end]))
        self.assertFalse(openssl_accepts("board", signature, read.image[:read.end - 1]))

    def test_sizes(self):
        """The footers fill the app whatever their sizes, down to the last word."""
        for size in range(0, 1200, 148):
            for options in ((), ("--sha256",), ("--sign", key("board")), ("--power-of-two", "--sha256")):
                read = App(pack("--minimum-footer-size", str(size), *options))
                footers = read.footers()
                self.assertGreaterEqual(read.total - read.end, size)
                self.assertEqual("--sha256" in options, 3 in dict(footers))
                if "--power-of-two" in options:
                    self.assertEqual(read.total & (read.total - 1), 0)

    def test_disabled(self):
        self.assertEqual(App(pack("--disabled")).flags, 0)

    def test_bundle(self):
        """As elf2tab makes them; read by Python's tar and by tar itself."""
        bundle = pack("--sign", key("board"), ending="tab")
        with tarfile.open(fileobj=io.BytesIO(bundle)) as tar:
            self.assertEqual(tar.getnames(), ["metadata.toml", "cortex-m4.tbf"])
            metadata = tar.extractfile("metadata.toml").read().decode()
            read = App(tar.extractfile("cortex-m4.tbf").read())
        self.assertRegex(metadata, r'^tab-version = 1\nname = "hello"\nonly-for-boards = ""\n')
        self.assertRegex(metadata, r'minimum-tock-kernel-version = "2\.\d+"')
        self.assertEqual(read.total & (read.total - 1), 0)  # as Tock's tools have it
        listed = subprocess.run(["tar", "-tf", "-"], input=bundle, capture_output=True, check=True)
        self.assertEqual((listed.stdout, listed.stderr), (b"metadata.toml\ncortex-m4.tbf\n", b""))

    def test_what_apps_says(self):
        with tempfile.TemporaryDirectory() as folder:
            paths = [os.path.join(folder, name) for name in ("all.tbf", "off.tab")]
            for path, options in zip(paths, (("--short-id", "7", "--app-version", "3", "--write-id", "9", "--permissions", "1:*", "--sha256",
                                              "--sign", key("board"), "--sticky"), ("-n", "off", "--disabled"))):
                self.assertEqual(sandglass("pack", HELLO, "-o", path, *options).status, 0)
            result = sandglass("apps", *paths)
            self.assertEqual(result.status, 0)
            self.assertEqual(len(result.lines(r"^hello +\d+ +\d+ .*all.tbf  sticky  version 3  short ID 0x7  write ID 0x9  permissions 1"
                                              r"  SHA-256  ECDSA P-256$")), 1, result.stdout)
            self.assertEqual(len(result.lines(r"^off .*off.tab  disabled$")), 1, result.stdout)
        for arguments in (("--all",), ("/nowhere.tbf",)):
            self.assertEqual(sandglass("apps", *arguments).status, 2)

    def test_apps_of_the_benchmarks_are_not_shown(self):
        names = [line.split()[0] for line in sandglass("apps").stdout.splitlines()]
        self.assertIn("hello", names)
        self.assertEqual({"kernel_costs", "long_write", "null_command"} & set(names), set())

    def test_a_name_that_promises_something_else(self):
        with tempfile.TemporaryDirectory() as folder:
            for ending in ("hex", "elf", "bin"):
                result = sandglass("pack", HELLO, "-o", os.path.join(folder, "x." + ending))
                self.assertEqual(result.status, 2)
                self.assertRegex(result.stderr, r"^[^\n]*x\." + ending + r": makes a TBF or a TAB: give -o a name that ends in \.tbf or \.tab\n$")
            self.assertEqual(os.listdir(folder), [])

    def test_wrong_use(self):
        for options, message in ((("--permissions", "2"), "takes DRIVER:COMMANDS"), (("--permissions", "2:5-3"), "low to high"),
                                 (("--permissions", "2:x"), "takes DRIVER:COMMANDS"), (("--permissions", "2:512"), "0 to 511"),
                                 (("--permissions", "2:0-511", "--permissions", "3:0"), "more than 8 records"),
                                 (("--write-id", "0"), "other than 0"), (("--read-ids", "1,,2"), "commas"),
                                 (("--read-ids", "1,2,3,4,5,6,7,8,9"), "at most 8"), (("--short-id", "0"), "other than 0"),
                                 (("--app-version", "new"), "takes a number"), (("--sign", "/nowhere.pem"), "nowhere.pem: No such"),
                                 (("--sign", HELLO), "is no private key"), (("--minimum-footer-size", "1000000"), "too many")):
            with self.subTest(options=options), tempfile.TemporaryDirectory() as folder:
                result = sandglass("pack", HELLO, "-o", os.path.join(folder, "x.tbf"), *options)
                self.assertEqual(result.status, 2)
                self.assertIn(message, result.stderr)
                self.assertEqual(os.listdir(folder), [])


class Kernel(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.count = 0

    def file(self, content, ending="tbf"):
        self.count += 1
        path = os.path.join(self.folder.name, f"{self.count}.{ending}")
        with open(path, "wb") as file:
            file.write(content)
        return path

    def verdict(self, *images, where=SIGNED, seconds=1.0):
        """The name of each app and why it is not loaded (None: it is)."""
        result = run(*where, *(image if isinstance(image, str) else self.file(image) for image in images), seconds=seconds)
        self.assertNotIn("panic", result.stdout)
        found = [(name, None) for name in re.findall(r"^App (.*): slot", result.stdout, re.M)]
        found += re.findall(r"^App (?:(.*) )?at 0x[0-9a-f]+ not loaded: (.*?)\r?$", result.stdout, re.M)
        return dict(found), result

    def test_signatures(self):
        def broken(name, *options, place):
            """Signed, then changed: `place` says where, from what is read, and which value or bits."""
            image = bytearray(pack("-n", name, "--sign", key("board"), *options))
            at, change = place(App(bytes(image)))
            image[at] = change(image[at])
            return bytes(image)

        good = pack("-n", "good", "--sign", key("board"))
        bit = broken("bit", place=lambda read: (read.header + 100, lambda byte: byte ^ 1))
        short = broken("short", place=lambda read: (read.end + 2, lambda byte: byte - 4))  # the signature's length
        long = broken("long", place=lambda read: (read.end + 3, lambda _: 0xFF))  # past the app
        changed = broken("changed", place=lambda read: (read.end + 50, lambda byte: byte ^ 0x80))
        hashed = broken("hashed", "--sha256", place=lambda read: (read.end + 10, lambda byte: byte ^ 1))
        none = "it has no signature that this board accepts"
        wrong = "a hash or signature of it is wrong"
        verdict, result = self.verdict(good, bit, short, long, changed, hashed,
                                       pack("-n", "stranger", "--sign", key("stranger")), pack("-n", "bare"),
                                       pack("-n", "only hash", "--sha256"), pack("-n", "both", "--sha256", "--sign", key("board")),
                                       seconds=3)
        self.assertEqual(verdict, {"good": None, "both": None, "bit": none, "stranger": none, "bare": none, "only hash": none,
                                   "changed": none, "short": wrong, "hashed": wrong,
                                   "long": "its footers do not fit, and none before is accepted"})
        self.assertEqual(len(result.lines("greeting number 1$")), 2)

    def test_kept_for_the_console(self):
        _, result = self.verdict(pack("-n", "bare"), seconds=0.6)
        self.assertEqual(len(result.lines("bare at .* not loaded")), 1)
        result = run(*SIGNED, self.file(pack("-n", "bare")), *typed((0.6, "list")), seconds=0.8)
        self.assertEqual(len(result.lines(r"^ -      0x00040000 bare not loaded: it has no signature that this board accepts$")), 1)

    def test_others_are_not_held_up(self):
        """An app that is loaded already has the processor while the next one's signature is checked: the check takes
        some hundred pieces, and the app comes to its turn between any two of them."""
        _, result = self.verdict(pack("-n", "first", "--sign", key("board")), pack("-n", "second", "--sign", key("board")), seconds=2)
        starts = {fields[0]: cycle for cycle, fields in result.events("start")}
        greetings = [cycle for cycle, _ in result.events("call", "first")]
        self.assertIn("second", starts)
        self.assertTrue(any(starts["first"] < cycle < starts["second"] for cycle in greetings))
        self.assertGreater(starts["second"] - starts["first"], 1_000_000)

    def test_versions(self):
        """Of one ShortId the highest version, wherever it lies; apps without one never collide."""
        old, new, same = (pack("-n", name, "--short-id", "77", "--app-version", version)
                          for name, version in (("old", "1"), ("new", "2"), ("same", "2")))
        taken = "an app of the same ShortId is loaded"
        board = ("-b", "nrf52840dk")
        for order in ((old, new), (new, old)):
            verdict, _ = self.verdict(*order, where=board, seconds=0.6)
            self.assertEqual(verdict, {"new": None, "old": taken})
        verdict, _ = self.verdict(new, same, where=board, seconds=0.6)
        self.assertEqual(verdict, {"new": None, "same": taken})
        verdict, _ = self.verdict(pack("-n", "a"), pack("-n", "b"), where=board, seconds=0.6)
        self.assertEqual(verdict, {"a": None, "b": None})

    def test_a_forged_version_does_not_win(self):
        forged = pack("-n", "forged", "--short-id", "77", "--app-version", "9", "--sign", key("stranger"))
        real = pack("-n", "real", "--short-id", "77", "--app-version", "1", "--sign", key("board"))
        for order in ((forged, real), (real, forged)):
            verdict, _ = self.verdict(*order)
            self.assertEqual(verdict, {"real": None, "forged": "it has no signature that this board accepts"})

    def test_disabled_is_said(self):
        verdict, _ = self.verdict(pack("-n", "off", "--disabled"), where=("-b", "nrf52840dk"), seconds=0.6)
        self.assertEqual(verdict, {"off": "it is disabled (flags bit 0)"})

    def test_bundles(self):
        """One of ours, and one that tar itself wrote, with more in it."""
        ours = self.file(pack("-n", "ours", ending="tab"), "tab")
        for name, content in (("cortex-m0.tbf", b"not this one"), ("cortex-m4.tbf", pack("-n", "tars")), ("metadata.toml", b"")):
            with open(os.path.join(self.folder.name, name), "wb") as file:
                file.write(content)
        theirs = os.path.join(self.folder.name, "theirs.tab")
        subprocess.run(["tar", "-C", self.folder.name, "-cf", theirs, "metadata.toml", "cortex-m0.tbf", "cortex-m4.tbf"], check=True)
        verdict, _ = self.verdict(ours, theirs, where=("-b", "nrf52840dk"), seconds=0.6)
        self.assertEqual(verdict, {"ours": None, "tars": None})
        result = sandglass("run", "--headless", self.file(b"no tar" * 100, "tab"))
        self.assertEqual(result.status, 2)
        self.assertIn("is no tar archive", result.stderr)

    def test_permissions_of_pack_hold(self):
        """hello without the console does not greet."""
        for permissions, greets in (("2:*", False), ("1:*", True)):
            verdict, result = self.verdict(pack("-n", "hello", "--permissions", permissions), where=("-b", "nrf52840dk"))
            self.assertEqual(verdict, {"hello": None})
            self.assertEqual(len(result.lines("greeting")) > 0, greets)

    def test_unsigned_apps_run_elsewhere(self):
        verdict, _ = self.verdict(pack("-n", "stranger", "--sign", key("stranger")), app("hello"), where=("-b", "nrf52840dk"), seconds=0.6)
        self.assertEqual(verdict, {"stranger": None, "hello": None})
        self.assertEqual(tbf.MAIN, MAIN)


if __name__ == "__main__":
    unittest.main()
