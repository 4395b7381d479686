#!/usr/bin/env python3
"""The checkers of tools/ find what they are for: each is shown a small tree with one fault in it."""
import os
import subprocess
import sys
import tempfile
import unittest

TOOLS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tools")


def run(tool, files, *arguments):
    with tempfile.TemporaryDirectory() as root:
        for name, text in files.items():
            path = os.path.join(root, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        done = subprocess.run([sys.executable, os.path.join(TOOLS, tool), root, *arguments],
                              capture_output=True, text=True, check=False)
        return done.returncode, done.stdout


class Layers(unittest.TestCase):
    def assert_refused(self, files, words):
        status, output = run("check_layers.py", files)
        self.assertEqual(status, 1, output)
        self.assertIn(words, output)

    def test_accepts_what_the_table_allows(self):
        status, output = run("check_layers.py", {
            "mpu_model/m.h": "", "sim/cpu/c.c": '#include "mpu_model/m.h"\n'})
        self.assertEqual((status, output), (0, ""))

    def test_refuses_an_upward_include(self):
        self.assert_refused({"mpu_model/m.c": '#include "sim/cpu/c.h"\n', "sim/cpu/c.h": ""},
                            "mpu_model may not include sim/cpu/c.h")

    def test_refuses_a_device_that_includes_another_unit(self):
        self.assert_refused({"peripherals/nrf52/a.c": '#include "peripherals/parts/led.h"\n',
                             "peripherals/parts/led.h": ""}, "peripherals/nrf52 may not include")

    def test_refuses_a_capsule_that_reaches_into_the_core(self):
        self.assert_refused({"kernel/capsules/a.c": '#include "kernel/core/process.h"\n',
                             "kernel/core/process.h": ""}, "kernel/capsules may not include")

    def test_refuses_a_register_header_shared_between_kernel_and_model(self):
        self.assert_refused({"kernel/chips/nrf52/u.c": '#include "peripherals/nrf52/uarte.h"\n',
                             "peripherals/nrf52/uarte.h": ""}, "kernel/chips may not include")

    def test_refuses_unicorn_outside_the_adapter(self):
        self.assert_refused({"sim/cpu/cpu.c": "#include <unicorn/unicorn.h>\n"}, "unicorn/unicorn.h")

    def test_refuses_a_c_library_in_the_kernel(self):
        self.assert_refused({"kernel/core/p.c": "#include <string.h>\n"}, "<string.h> belongs to a C library")

    def test_refuses_a_private_header_of_another_folder(self):
        self.assert_refused({"sim/machine/a.c": '#include "sim/cpu/b_internal.h"\n', "sim/cpu/b_internal.h": ""},
                            "is private to its folder")

    def test_refuses_an_include_cycle(self):
        self.assert_refused({"sim/cpu/a.h": '#include "sim/cpu/b.h"\n', "sim/cpu/b.h": '#include "sim/cpu/a.h"\n'},
                            "include cycle")


def ops(name):
    return f"CAPSULE(x);\nconst struct driver_ops x_driver_ops = {{\n    .number = ABI_DRIVER_{name},\n}};\n"


class Docs(unittest.TestCase):
    def test_finds_a_path_that_is_not_there(self):
        status, output = run("check_docs.py", {"README.md": "see `docs/gone.md` and `docs/here.md`", "docs/here.md": ""})
        self.assertEqual(status, 1)
        self.assertIn("docs/gone.md", output)
        self.assertNotIn("here", output)

    def test_finds_a_driver_without_a_page_and_a_page_that_is_not_listed(self):
        status, output = run("check_docs.py", {
            "README.md": "", "kernel/abi/drivers.h": "#define ABI_DRIVER_A 0x00001u\n#define ABI_DRIVER_B   0x00002u\n"
                                                     "#define ABI_DRIVER_C 0x00003u\n",
            "kernel/capsules/a.c": ops("A"), "kernel/capsules/b.c": ops("B"), "kernel/capsules/c.c": ops("C"),
            "kernel/capsules/mux.c": "CAPSULE(mux);\n",
            "docs/syscalls/00001_a.md": "", "docs/syscalls/00003_c.md": "", "docs/syscalls/README.md": "00001_a.md"})
        self.assertEqual(status, 1)
        self.assertEqual(output, "kernel/capsules/b.c: docs/syscalls/00002_*.md does not exist\n"
                                 "docs/syscalls/README.md: 00003_c.md is not listed\n")

    def test_notices_that_it_knows_no_driver_any_more(self):
        status, output = run("check_docs.py", {"README.md": "", "kernel/abi/drivers.h": "", "docs/syscalls/README.md": "",
                                               "kernel/capsules/a.c": "CAPSULE(a);\n"})
        self.assertEqual((status, output), (1, "kernel/capsules: no capsule with a driver number\n"))


class Format(unittest.TestCase):
    def test_finds_missing_braces_and_bad_indentation(self):
        status, output = run("check_format.py", {
            ".clang-format": "BasedOnStyle: LLVM\nIndentWidth: 4\n",
            "sim/a.c": "int f(int a);\nint f(int a) {\n    if (a)\n        return 1;\n    return 0;\n}\n",
            "sim/b.c": "int  g(void);\n"}, "clang-format")
        self.assertEqual(status, 1)
        self.assertIn("sim/a.c:3: braces are missing", output)
        self.assertIn("sim/b.c", output)


if __name__ == "__main__":
    unittest.main()
