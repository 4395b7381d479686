#!/usr/bin/env python3
"""Apps as Tock's own tools make them: apps/tests/tock_layout has its own start-up and linker script, and is packed here,
byte by byte from the format's description, in each of the ways that Tock's packer has had."""
import hashlib
import os
import struct
import tempfile
import unittest

import tbf
from sandglass import BUILD, app, run

ELF = os.path.join(BUILD, "firmware/apps/tests/tock_layout.elf")
FLASH, PT_LOAD = 0x80000000, 1
CREDENTIALS, RESERVED, SHA256 = 128, 0, 3
LINES = ["tock: a function by its address in data", "tock: an address of RAM in data", "tock: an address of flash in data",
         "tock: zeros", "tock: a heap"]


class Elf:
    """What a packer takes from an app's ELF."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.bytes = file.read()
        self.entry, segments, sections = struct.unpack_from("<III", self.bytes, 24)
        segment_count, section_size, section_count, names = (self.half(at) for at in (44, 46, 48, 50))
        self.segments = [struct.unpack_from("<8I", self.bytes, segments + 32 * i) for i in range(segment_count)]
        headers = [struct.unpack_from("<10I", self.bytes, sections + section_size * i) for i in range(section_count)]
        at = headers[names][4]
        self.sections = {self.bytes[at + h[0]:self.bytes.index(0, at + h[0])].decode(): h for h in headers}

    def half(self, at):
        return struct.unpack_from("<H", self.bytes, at)[0]

    def section(self, name):
        header = self.sections.get(name)
        return self.bytes[header[4]:header[4] + header[5]] if header else b""

    def binary(self):
        """All that lies in flash, then the length of data's relocations, and these."""
        image = b""
        for kind, offset, _, physical, in_file, *_ in sorted(self.segments, key=lambda segment: segment[3]):
            if kind == PT_LOAD and in_file:
                image += bytes(physical - FLASH - len(image)) + self.bytes[offset:offset + in_file]
        relocations = self.section(".rel.data")
        return image + struct.pack("<I", len(relocations)) + relocations

    def ram(self):
        return max(header[3] + header[5] for header in self.sections.values() if header[2] & 2 and header[3] < FLASH)


def power_of_two(count):
    return 1 << max(9, (count - 1).bit_length())


def packed(elf, program=False, trailer=0, footers=lambda region: b"", version=(2, 0), total=None):
    """Main (or Program), name, kernel version; `trailer` protected bytes behind the header."""
    binary = bytes(trailer) + elf.binary()
    numbers = struct.pack("<III", trailer + elf.entry - 1 - FLASH, trailer, elf.ram() + 1024 + 1024)
    more = tbf.tlv(tbf.NAME, b"tock_layout") + tbf.tlv(tbf.KERNEL_VERSION, struct.pack("<HH", *version))
    if not program:
        body = tbf.tlv(tbf.MAIN, numbers) + more
    else:
        size = 16 + 4 + 20 + len(more)
        body = tbf.tlv(tbf.PROGRAM, numbers + struct.pack("<II", size + len(binary), 7)) + more
    size = 16 + len(body)
    total = total or power_of_two(size + len(binary) + len(footers(b"")))
    image = tbf.with_checksum(struct.pack("<HHIII", 2, size, total, 1, 0) + body + binary)
    image += footers(image)
    return image + bytes(total - len(image))


def credential(kind, data):
    return tbf.tlv(CREDENTIALS, struct.pack("<I", kind) + data)


def digest_and_room(region):
    """A SHA-256 of header and binary, and room for what may come later, as the packer leaves it."""
    return credential(SHA256, hashlib.sha256(region).digest()) + credential(RESERVED, bytes(3000 - 44))


class TockFormat(unittest.TestCase):
    def runs(self, image, *others):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "tock_layout.tbf")
            with open(path, "wb") as file:
                file.write(image)
            result = run("--check-isolation", path, *others, seconds=2.5)
        self.assertEqual(result.status, 0, result.stderr)
        self.assertEqual(result.lines("^tock:"), LINES)
        self.assertEqual(list(result.events("fault", "tock_layout")), [])
        self.assertIn(" 0 times a foreign byte changed", result.stderr)
        return result

    @classmethod
    def setUpClass(cls):
        cls.elf = Elf(ELF)

    def test_main_only_and_a_power_of_two(self):
        image = packed(self.elf)
        self.assertEqual(len(image) & len(image) - 1, 0)
        self.runs(image)

    def test_program_with_footers(self):
        self.runs(packed(self.elf, program=True, footers=digest_and_room))

    def test_a_protected_trailer(self):
        self.runs(packed(self.elf, trailer=64))
        self.runs(packed(self.elf, program=True, trailer=128, footers=digest_and_room))

    def test_what_later_packers_ask_for(self):
        self.runs(packed(self.elf, version=(2, 2)))

    def test_beside_apps_of_ours(self):
        result = self.runs(packed(self.elf, program=True, footers=digest_and_room), app("hello"), app("blink"))
        self.assertEqual(len(result.lines("^hello: greeting")), 2)

    def test_another_major_version_is_refused_by_name(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "old.tbf")
            with open(path, "wb") as file:
                file.write(packed(self.elf, version=(1, 0)))
            result = run(path, app("hello"), seconds=1)
        self.assertEqual(len(result.lines("kernel version")), 1, result.stdout)
        self.assertEqual(result.lines("^tock:"), [])


if __name__ == "__main__":
    unittest.main()
