#!/usr/bin/env python3
"""What the build does with a capsule that is refused: test_pipeline.py CAPSULE_CHECK ROOT FIRMWARE_BUILD

In a copy of the kernel, with the firmware's own build, a capsule is made evil, and put right again.
"""
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

CHECKER, ROOT, FIRMWARE = sys.argv[1:4]
LED = "kernel/capsules/led.c"


class Pipeline(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.tree, cls.build = os.path.join(cls.folder.name, "tree"), os.path.join(cls.folder.name, "build")
        os.mkdir(cls.tree)
        for name in os.listdir(ROOT):
            if name not in (".git", "build", "kernel"):
                os.symlink(os.path.join(ROOT, name), os.path.join(cls.tree, name))
        shutil.copytree(os.path.join(ROOT, "kernel"), os.path.join(cls.tree, "kernel"))
        cls.settings = {}
        with open(os.path.join(FIRMWARE, "CMakeCache.txt"), encoding="utf-8") as file:
            for line in file:
                if line.startswith(("SANDGLASS_", "CMAKE_TOOLCHAIN_FILE")) and "=" in line:
                    name, value = line.rstrip("\n").split("=", 1)
                    cls.settings[name.split(":")[0]] = value
        cls.settings["SANDGLASS_CAPSULE_CHECK"] = CHECKER
        done = subprocess.run(["cmake", "-G", "Ninja", "-S", cls.tree, "-B", cls.build,
                               *(f"-D{name}={value}" for name, value in cls.settings.items())], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def ninja(self, *arguments):
        done = subprocess.run(["ninja", "-C", self.build, *arguments], capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def path(self, name):
        return os.path.join(self.tree, name)

    def edit(self, name, old, new):
        with open(self.path(name), encoding="utf-8") as file:
            text = file.read()
        self.assertIn(old, text)
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text.replace(old, new, 1))
        self.addCleanup(self.restore, name, text)

    def restore(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def capsule(self, name="led"):
        return os.path.join(self.build, "kernel/capsules", name + ".o")

    def assert_built(self):
        status, output = self.ninja("kernel/capsules/led.o")
        self.assertEqual(status, 0, output)
        self.assertTrue(os.path.exists(self.capsule()))

    def assert_refused(self, words):
        for _ in range(2):  # asked again, it does not take for good what is there
            status, output = self.ninja("kernel/capsules/led.o")
            self.assertNotEqual(status, 0)
            self.assertIn(words, output)
            self.assertFalse(os.path.exists(self.capsule()))

    def test_refuses_by_the_source(self):
        self.assert_built()
        self.edit(LED, "    (void)id;\n", "    (void)id;\n    uint32_t *p = (uint32_t *)0x40002000u;\n    *p = 1;\n")
        self.assert_refused("kernel/capsules/led.c:10: ")
        self.assert_refused(": int-pointer: ")

    def test_refuses_by_the_object_what_the_compiler_makes_of_it(self):
        self.assert_built()
        with open(os.path.join(self.build, "kernel/capsules/compile.options"), encoding="utf-8") as file:
            options = file.read()
        # With calls for a profiler: nothing that a header declares.
        with open(os.path.join(self.build, "kernel/capsules/compile.options"), "w", encoding="utf-8") as file:
            file.write(options.replace(" -g ", " -g -pg "))
        try:
            self.assert_refused("kernel/capsules/led.c: object-symbol: ")
        finally:
            with open(os.path.join(self.build, "kernel/capsules/compile.options"), "w", encoding="utf-8") as file:
                file.write(options)
        self.assert_built()

    def test_builds_again_what_a_header_changes(self):
        self.assert_built()
        self.assertIn("no work to do", self.ninja("kernel/capsules/led.o")[1])
        for header, again in (("kernel/hil/led.h", True), ("kernel/capsule/driver.h", True), ("kernel/hil/spi.h", False)):
            os.utime(self.path(header))
            status, output = self.ninja("kernel/capsules/led.o")
            self.assertEqual((status, "Capsule led" in output), (0, again), header)

    def test_hides_what_capsules_may_not_include(self):
        self.edit(LED, '#include "kernel/capsules/led.h"\n',
                  '#include "kernel/capsules/led.h"\n#include "kernel/core/kernel.h"\n')
        self.assert_refused("kernel/capsules/led.c:2: include: kernel/core/kernel.h: No such file or directory; a capsule includes")

    def test_refuses_the_way_around_by_the_file_system(self):
        self.edit(LED, '#include "kernel/capsules/led.h"\n',
                  '#include "kernel/capsules/led.h"\n#include "../core/memory.h"\n')
        self.assert_refused("kernel/capsules/led.c:2: include: ")

    def assert_board_refused(self, line, words):
        self.edit("kernel/boards/nrf52dk/capsules.manifest", "led: LED", line)
        kernel = os.path.join(self.build, "board.elf")
        shutil.copy(os.path.join(FIRMWARE, "kernel/nrf52dk.elf"), kernel)
        done = subprocess.run(["sh", os.path.join(ROOT, "tools/capsule_check/check_board.sh"), CHECKER, self.tree, kernel,
                               "nrf52dk"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("kernel/boards/nrf52dk/capsules.manifest" + words, done.stdout)
        self.assertFalse(os.path.exists(kernel))

    def test_refuses_the_board_that_does_not_grant(self):
        self.assert_board_refused("led:", ": board-grant: capsule 'led' needs LED, which is not granted to it; its line is 'led: LED'; ")

    def test_refuses_the_board_without_a_line_as_the_page_shows_it(self):
        with open(os.path.join(ROOT, "docs/adding-a-capsule.md"), encoding="utf-8") as file:
            shown = re.search(r"^    kernel/boards/nrf52dk/capsules.manifest(: board-grant: .*\n)", file.read(), re.M)
        self.assert_board_refused("", shown.group(1))

    def test_refuses_a_line_of_grants_that_cannot_be_read(self):
        self.assert_board_refused("led: LED LIGHT", ":8: grant-line: no need is called 'LIGHT'; ")

    def test_refuses_a_capsule_that_is_not_on_the_list(self):
        shutil.copy(self.path(LED), self.path("kernel/capsules/forgotten.c"))
        self.addCleanup(os.remove, self.path("kernel/capsules/forgotten.c"))
        status, output = self.ninja("kernel/capsules/led.o")
        self.assertNotEqual(status, 0)
        self.assertIn("kernel/capsules/CMakeLists.txt: forgotten.c: not in CAPSULE_SOURCES", output)

    def test_shows_the_index_as_the_page_does(self):
        with open(os.path.join(ROOT, "docs/adding-a-capsule.md"), encoding="utf-8") as file:
            shown = re.search(r"^    kernel/capsules/led.c:\d+(: index: .*\n)", file.read(), re.M)
        self.edit(LED, "    const struct hil_led *led = &LIST_AT(driver->leds, index);\n",
                  "    const struct hil_led *leds = &LIST_AT(driver->leds, 0);\n    const struct hil_led *led = &leds[index];\n")
        self.assert_refused(shown.group(1))

    def test_counts_the_trusted_lines_as_the_readme_says(self):
        done = subprocess.run([CHECKER, "trusted", "--root", ROOT, os.path.join(FIRMWARE, "kernel/nrf52dk.inputs")],
                              capture_output=True, text=True)
        lines = {folder: int(count) for count, folder in re.findall(r"^ +(\d+) (kernel/\S+):$", done.stdout, re.M)}
        with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
            said = re.search(r"about ([\d,]+) lines of code, ([\d,]+) of them the core and ([\d,]+) headers that capsules see",
                             file.read())
        counted = (sum(lines.values()), lines["kernel/core"], sum(lines["kernel/" + name] for name in ("abi", "capsule", "hil")))
        for words, number in zip(said.groups(), counted):
            self.assertAlmostEqual(int(words.replace(",", "")), number, delta=number // 20)  # "about"

    def stack(self, kernel, inputs):
        done = subprocess.run([CHECKER, "stack", "--root", ROOT, kernel, inputs], capture_output=True, text=True)
        return done.returncode, done.stdout

    def test_refuses_a_stack_that_does_not_suffice(self):
        kernel, inputs = (os.path.join(FIRMWARE, "kernel/nrf52dk" + end) for end in (".elf", ".inputs"))
        status, output = self.stack(kernel, inputs)
        self.assertEqual(status, 0, output)
        depth, handlers, room = map(int, re.findall(r"\d+", output)[:3])
        for left, wanted in ((0, 0), (1, 1)):
            small = os.path.join(self.build, "small.elf")
            with open(kernel, "rb") as file:
                image = bytearray(file.read())
            less = room - depth - handlers + left
            self.move_symbol(kernel, image, "kernel_stack_top", -less)
            with open(small, "wb") as file:
                file.write(image)
            status, output = self.stack(small, inputs)
            self.assertEqual(status, wanted, output)
            if wanted:
                self.assertIn(f"has {room - less}", output)
                self.assertIn(": stack: ", output)
                self.assertIn("\narch_reset_handler ", output)
                self.assertIn(" > kernel_run ", output)

    def move_symbol(self, path, image, name, by):
        """Adds to its value in the symbol table: the one entry with its value, of its name's place in the strings."""
        sections = subprocess.run(["arm-none-eabi-readelf", "-SW", path], capture_output=True, text=True, check=True).stdout
        place = {found[0]: (int(found[1], 16), int(found[2], 16)) for found in
                 re.findall(r"\] (\.\w+)\s+\w+\s+[0-9a-f]+ ([0-9a-f]+) ([0-9a-f]+)", sections)}
        symbols, strings = place[".symtab"], place[".strtab"]
        text = bytes(image[strings[0]:strings[0] + strings[1]])
        at = text.index(b"\0" + name.encode() + b"\0") + 1
        for entry in range(symbols[0], symbols[0] + symbols[1], 16):
            if struct.unpack_from("<I", image, entry)[0] == at:
                value = struct.unpack_from("<I", image, entry + 4)[0]
                struct.pack_into("<I", image, entry + 4, value + by)
                return
        self.fail(f"no symbol {name}")

    def test_refuses_a_pointer_that_comes_from_nowhere(self):
        with open(os.path.join(FIRMWARE, "kernel/nrf52dk.inputs"), encoding="utf-8") as file:
            text = file.read()
        kernel = os.path.join(FIRMWARE, "kernel/nrf52dk.elf")
        inputs = os.path.join(self.build, "inputs")
        with open(inputs, "w", encoding="utf-8") as file:  # the calls of deferred.c without its source
            file.write(text.replace("core/deferred.c ", "core/control.c "))
        status, output = self.stack(kernel, inputs)
        self.assertEqual(status, 1)
        self.assertIn("kernel/core/deferred.c:", output)
        self.assertIn("calls through a pointer that comes from nowhere", output)

    def test_follows_calls_of_handles_and_clients(self):
        """They go through assembly, which the compiler's record names instead of the op."""
        with open(os.path.join(FIRMWARE, "kernel/nrf52dk.calls.json"), encoding="utf-8") as file:
            calls = json.load(file)
        for caller, through, callee in (("led.c:led_command", "hil_op_5", "gpio.c:pin_read"),
                                        ("temperature_init", "guard_op_1", "temp.c:temp_set_client"),
                                        ("nrf52_rtc_serve", "guard_tell", "alarm.c:alarm_fired")):
            self.assertIn(callee, calls[caller][through])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
