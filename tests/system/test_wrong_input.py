#!/usr/bin/env python3
"""Wrong input gets one line on stderr that names the file and the remedy, nothing on stdout, and exit status 2."""
import os
import re
import struct
import subprocess
import tempfile
import unittest

import tbf
from sandglass import BUILD, app, guest, sandglass

APP_ELF = os.path.join(BUILD, "firmware/apps/blink.elf")
KERNEL_ELF = os.path.join(BUILD, "firmware/kernel/nrf52dk.elf")


def read(path):
    with open(path, "rb") as file:
        return file.read()


class WrongInput(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, name, data):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(data)
        return path

    def refused(self, says, *arguments, command="run"):
        head = ["--headless", "--for", "100ms"] if command == "run" else []
        result = sandglass(command, *head, *arguments)
        self.assertEqual(result.stdout, "")
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        self.assertRegex(result.stderr, rf"^sandglass {command}: .*({says})")
        self.assertEqual(result.status, 2)


class Files(WrongInput):
    def test_missing(self):
        for name in ("missing.tbf", "missing.elf", "missing.hex", "missing"):
            self.refused(f"{name}: No such file", os.path.join(self.folder, name))

    def test_not_ours(self):
        self.refused("is a 64-bit ELF", "/bin/true")
        self.refused("neither an ELF nor an Intel HEX", self.write("a.txt", b"hello\n"))
        self.refused("neither an ELF nor an Intel HEX", self.write("empty.elf", b""))
        self.refused("no TBF of version 2", self.write("true.tbf", read("/bin/true")))
        self.refused("is a folder without", self.folder)

    def test_elf_of_another_machine_or_not_linked(self):
        elf = bytearray(read(KERNEL_ELF))
        struct.pack_into("<H", elf, 18, 62)  # x86-64
        self.refused("machine 62", self.write("machine.elf", elf))
        elf = bytearray(read(KERNEL_ELF))
        struct.pack_into("<H", elf, 16, 1)  # ET_REL
        self.refused("not linked|link it first", self.write("object.elf", elf))

    def test_truncated_elf_of_every_length_class(self):
        for source, name in ((KERNEL_ELF, "kernel.elf"), (APP_ELF, "app.elf")):
            whole = read(source)
            for length in (1, 4, 16, 51, 52, 60, 100, 1000, len(whole) // 4):
                with self.subTest(f"{name} {length}"):
                    self.refused(name, self.write(name, whole[:length]))

    def test_damaged_hex(self):
        whole = read(guest("poll_absent.hex")).decode().splitlines()
        self.refused("no end record", self.write("cut.hex", "\n".join(whole[:3]).encode()))
        self.refused(":2: ", self.write("sum.hex", "\n".join([whole[0], whole[1][:-1] + "?", *whole[2:]]).encode()))
        self.refused(":1: ", self.write("short.hex", b":0300"))
        self.refused("damaged|nothing", self.write("empty.hex", b":00000001FF\n"))

    def test_two_kernels_or_too_many_apps(self):
        self.refused("is a second firmware image", KERNEL_ELF, KERNEL_ELF)
        self.refused("one app too many|more than", *[app("blink")] * 40)


class Tbf(WrongInput):
    def test_truncated_at_every_length(self):
        whole = read(app("blink"))
        header = struct.unpack_from("<H", whole, 2)[0]
        for length in sorted({0, 1, 3, 4, 8, 15, 16, 17, 40, header - 4, header - 1, header, header + 1, 500,
                              len(whole) - 4, len(whole) - 1}):
            with self.subTest(length):
                self.refused("cut.tbf is truncated", self.write("cut.tbf", whole[:length]))

    def test_damaged_header(self):
        whole = bytearray(read(app("blink")))
        for offset in range(struct.unpack_from("<H", whole, 2)[0]):
            damaged = bytearray(whole)
            damaged[offset] ^= 0x10
            with self.subTest(offset):
                self.refused("damaged.tbf", self.write("damaged.tbf", damaged))

    def test_sizes_that_cannot_be(self):
        good = tbf.image(tbf.LOOP)
        for offset, form, value in ((2, "<H", 12), (2, "<H", 18), (2, "<H", 0xFFFC), (4, "<I", 8), (4, "<I", 0xFFFFFFFF),
                                    (4, "<I", len(good) - 2)):
            image = bytearray(good)
            struct.pack_into(form, image, offset, value)
            with self.subTest(f"{offset} {value}"):
                self.refused("bad.tbf is (damaged|truncated)", self.write("bad.tbf", image))

    def test_elements_that_cannot_be(self):
        self.refused("entry point lies outside", self.write("entry.tbf", tbf.image(tbf.LOOP, entry=4096)))
        past = bytearray(tbf.image(tbf.LOOP))
        struct.pack_into("<H", past, 18, 400)  # the first element's length
        self.refused("ends past the header", self.write("past.tbf", tbf.with_checksum(past)))
        no_main = tbf.with_checksum(struct.pack("<HHIII", 2, 24, 512, 1, 0) + tbf.tlv(tbf.NAME, b"abcd") + bytes(488))
        self.refused("no Main or Program header", self.write("main.tbf", no_main))

    def test_an_app_that_does_not_fit(self):
        self.refused("does not fit: 524288 bytes", self.write("flash.tbf", tbf.image(tbf.LOOP, total=512 * 1024)))
        half = self.write("half.tbf", tbf.image(tbf.LOOP, total=256 * 1024))
        self.refused("half.tbf does not fit: 262144 bytes", half, half)
        for ram in (65_537, 65_000, 0xFFFFFFF0):
            self.refused(f"does not fit: it needs {ram} bytes of RAM", self.write("ram.tbf", tbf.image(tbf.LOOP, minimum_ram=ram)))
        most = self.write("most.tbf", tbf.image(tbf.LOOP, minimum_ram=40_000))
        self.refused("does not fit: it needs 40000 bytes of RAM", most, most)

    def test_an_app_that_only_the_kernel_can_refuse_fails_the_run(self):
        # It would fit, but for what the kernel keeps for each process.
        refused = sandglass("run", "--headless", self.write("most.tbf", tbf.image(tbf.LOOP, minimum_ram=65_000)))
        left = int(re.search(r"before it leave (\d+)", refused.stderr).group(1))
        blink = int(re.search(r"^blink +\d+ +(\d+) ", sandglass("apps").stdout, re.M).group(1))
        path = self.write("tight.tbf", tbf.image(tbf.LOOP, minimum_ram=left - blink - 50, name=b"tight"))
        result = sandglass("run", "--headless", "--for", "1500ms", path, app("blink"))
        self.assertEqual(result.status, 1)
        self.assertIn("not enough RAM", result.stdout)
        self.assertRegex(result.stderr, r"the kernel has not started app tight \(.*tight.tbf\): its console says why")
        self.assertNotIn("not started app blink", result.stderr)

    def test_a_fixed_address_that_the_board_does_not_have(self):
        fixed = tbf.tlv(tbf.FIXED, struct.pack("<II", 0xFFFFFFFF, 0x10000080))
        self.refused("does not fit", self.write("fixed.tbf", tbf.image(tbf.LOOP, more=fixed)))


class Options(WrongInput):
    def test_board(self):
        self.refused("there is no board nosuch: `sandglass boards`", "-b", "nosuch")
        self.refused("cannot open .*nosuch.dts", "-b", os.path.join(self.folder, "nosuch.dts"))
        broken = self.write("broken.dts", b"/dts-v1/; / { compatible")
        result = sandglass("run", "-b", broken)
        self.assertEqual((result.status, result.stdout), (2, ""))
        self.assertRegex(result.stderr, r"broken.dts:1.15-25(.*\n)+sandglass run: dtc refuses .*broken.dts")
        self.refused("broken.dtb", "-b", self.write("broken.dtb", b"\xd0\x0d\xfe\xed" + bytes(40)))

    def test_options(self):
        blink = app("blink")
        for says, *words in (("unknown option --bogus", "--bogus"), ("--for needs a value", blink, "--for"),
                             ("--for takes a time", "--for", "soon"), ("--speed is max, or a multiple", "--speed", "0"),
                             ("--seed takes a number", "--seed", "x"), ("--uart is stdio", "--uart", "bogus"),
                             ("cannot write /nonexistent/x", blink, "--uart", "file:/nonexistent/x"),
                             ("cannot write the trace /nonexistent/x", blink, "--trace", "/nonexistent/x"),
                             ("has no device button9", blink, "--press", "button9@1s"),
                             ("--press button0@1.5s", blink, "--press", "button0"),
                             ("--touch pad0@2s", blink, "--touch", "pad0@x"), ("--set ", blink, "--set", "temp@1s"),
                             ("--until takes a text", blink, "--until", ""), ("--gdb=PORT", blink, "--gdb=x")):
            with self.subTest(words):
                self.refused(says, *words)

    def test_values_beyond_what_a_device_takes(self):
        for says, board, *words in (
                ("temp.temperature takes a value of -4000 to 8500, not 8501", "nrf52dk", "--set", "temp.temperature=8501@1s"),
                ("sht3xd.humidity takes a value of 0 to 10000, not -1", "sensor_node", "--set", "sht3xd.humidity=-1@1s"),
                ("button0.press takes a value of 0 to 1, not 2", "nrf52dk", "--set", "button0.press=2@1s"),
                ("pad0 has no places: a touch of it is written --touch pad0@TIME", "nrf52dk", "--touch", "pad0:3,4@1s"),
                ("led0 does not take 'touch': it takes no inputs", "nrf52dk", "--touch", "led0:3,4@1s"),
                ("cst816s has 240 by 240 places, 0,0 to 239,239: 240,3 is none", "pinetime", "--touch", "cst816s:240,3@1s"),
                ("0,0 to 239,239: 0,4095 is none", "pinetime", "--touch", "cst816s:0,4095@1s"),
                ("0,0 to 239,239: 1,300 is none", "pinetime", "--set", f"cst816s.touch={1 + 4096 * 300}@1s"),
                ("flash_controller.worn-page takes a value of 1 to 128, or 0 to end it, not 200", "nrf52dk",
                 "--fault", "flash_controller.worn-page=200@1s"),
                ("gpio1.stuck-low takes a value of 1 to 16, or 0 to end it, not 20", "nrf52840dk", "--fault", "gpio1.stuck-low=20@1s"),
                ("timer0 has no fault 'x'", "nrf52dk", "--fault", "timer0.x@1s"),
                ("--flash-timing is cached, uncached, ideal or icache, not 'fast'", "nrf52dk", "--flash-timing", "fast")):
            with self.subTest(words):
                self.refused(re.escape(says), "-b", board, app("blink"), *words)

    def test_control_bytes_of_a_file_stay_in_it(self):
        """What a file holds is quoted, and a terminal would obey it."""
        self.refused(r"line 1: 'x\?\?y=1'", "--net", self.write("a.net", b"node a x\x1b\x9by=1\n"))
        self.refused(r"line 1: '\?]0;x\?'", "--net", self.write("b.net", b"\x1b]0;x\x07\n"))
        self.refused("line 1: '\u00fc'", "--net", self.write("c.net", "\u00fc\n".encode()))

    def test_commands(self):
        for says, command, *words in (("give one APP.elf", "pack"), ("missing", "pack", "missing.elf"),
                                      ("letters, digits", "new"), ("letters, digits", "new", "no spaces"),
                                      ("does not take", "boards", "x"), ("cannot open x", "apps", "x"),
                                      ("no option --all", "apps", "--all")):
            with self.subTest(command + str(words)):
                self.refused(says, *words, command=command)
        result = sandglass("bogus")
        self.assertEqual((result.status, result.stdout), (2, ""))
        self.assertEqual(result.stderr, "sandglass: there is no command bogus: `sandglass --help` lists them\n")


class Pack(WrongInput):
    """What cannot work is refused by name, also when `run` would have to pack it."""

    def compiled(self, source, *flags):
        c_file = self.write("app.c", source.encode())
        elf = os.path.join(self.folder, "app.elf")
        subprocess.run(["arm-none-eabi-gcc", "-mcpu=cortex-m4", "-mthumb", "-nostdlib", "-Wl,-Ttext=0x80000000",
                        "-Wl,--emit-relocs", *flags, c_file, "-o", elf], check=True, capture_output=True)
        return elf

    def test_absolute_relocations(self):
        elf = self.compiled("int shared[4];\nint *_start(void) { return &shared[1]; }\n", "-Wl,-Tbss=0x100")
        self.refused("not position-independent.*|shared", elf)
        self.refused("not position-independent.*|shared", elf, "-o", os.path.join(self.folder, "x.tbf"), command="pack")

    def test_no_text(self):
        self.refused("no .text", self.compiled("int x = 1;\n", "-Wl,-e,0x80000000"), command="pack")

    def test_more_ram_than_any_board_has(self):
        big = self.write("big.elf", read(APP_ELF))
        result = sandglass("pack", big, "-o", os.path.join(self.folder, "big.tbf"), "--app-heap", "70000")
        self.assertEqual(result.status, 2, result.stderr)
        self.assertEqual(result.stderr.count("\n"), 1)


if __name__ == "__main__":
    unittest.main()
