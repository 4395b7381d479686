#!/usr/bin/env python3
"""A user's own app, outside of the tree: new, run, edit, run again."""
import os
import re
import subprocess
import tempfile
import time
import unittest

from sandglass import HOST_SECONDS, PROGRAM, sandglass


class NewApp(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = os.path.join(folder.name, "myapp")
        made = sandglass("new", self.folder)
        self.assertEqual(made.status, 0, made.stderr)
        self.assertEqual(sorted(os.listdir(self.folder)), ["Makefile", "main.c", "test.lua"])

    def edit(self, old, new, name="main.c"):
        path = os.path.join(self.folder, name)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        self.assertIn(old, text)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace(old, new))

    def run_until(self, text):
        return sandglass("run", "--headless", "--for", "3s", "--until", text, self.folder)

    def test_it_builds_runs_and_follows_an_edit(self):
        first = self.run_until("myapp: 2")
        self.assertEqual(first.status, 0, first.stderr)
        self.assertIn("led0 on", first.stderr)
        self.edit("myapp: %u", "edited: %u")
        start = time.monotonic()
        second = self.run_until("edited: 1")
        print(f"from an edit to the app's first line: {time.monotonic() - start:.2f} s of this host's time")
        self.assertEqual(second.status, 0, second.stderr)
        self.assertNotIn("myapp: 1", second.stdout)

    def test_a_program_by_the_names_of_tock_s_c_library(self):
        with open(os.path.join(self.folder, "main.c"), "w", encoding="utf-8") as file:
            file.write("#include <libtock-sync/services/alarm.h>\n#include <libtock/interface/led.h>\n#include <stdio.h>\n"
                       "int main(void)\n{\n    int count;\n    int status = libtock_led_count(&count);\n"
                       "    for (int i = 1;; i++) {\n        libtock_led_toggle(0);\n        libtocksync_alarm_delay_ms(250);\n"
                       '        printf("%d %d %d\\n", status, count, i);\n    }\n}\n')
        result = self.run_until("0 4 3")
        self.assertEqual(result.status, 0, result.stderr)

    def test_its_scenario(self):
        """Refused before the app is built; passes then; fails when the app does another thing."""
        early = sandglass("test", self.folder)
        self.assertEqual(early.status, 2)
        self.assertIn("there is no file build/myapp.tbf", early.stdout)
        subprocess.run(["make", "-s", "-C", self.folder], check=True, capture_output=True, timeout=HOST_SECONDS)
        self.assertEqual(sandglass("test", self.folder).status, 0)
        self.edit("alarm_sleep_ms(1000)", "alarm_sleep_ms(900)")
        subprocess.run(["make", "-s", "-C", self.folder], check=True, capture_output=True, timeout=HOST_SECONDS)
        late = sandglass("test", self.folder)
        self.assertEqual(late.status, 1)
        self.assertRegex(late.stdout, r"test\.lua:6: expected led0 with a period of 2 s, give or take 10 ms; seen: \d periods? of 1\d\d\d\.")

    def test_only_what_changed_is_built(self):
        self.assertEqual(self.run_until("myapp: 1").status, 0)
        built = os.stat(os.path.join(self.folder, "build/myapp.tbf")).st_mtime_ns
        self.assertEqual(self.run_until("myapp: 1").status, 0)
        self.assertEqual(os.stat(os.path.join(self.folder, "build/myapp.tbf")).st_mtime_ns, built)

    def test_it_runs_by_a_relative_name_and_beside_others(self):
        done = subprocess.run([PROGRAM, "run", "--headless", "--for", "1s", "myapp", "myapp/build/myapp.tbf"],
                              cwd=os.path.dirname(self.folder), capture_output=True, text=True, timeout=HOST_SECONDS, check=False)
        # The second file is only there once the first argument has been built.
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(re.findall("^myapp: 1$", done.stdout, re.MULTILINE)), 2, done.stdout)

    def test_floating_point_by_each_abi(self):
        self.edit("int main(void)\n{", "#include <math.h>\nstatic volatile float two = 2.0f;\nint main(void)\n{\n"
                  "    printf(\"root %d\\n\", (int)(1000.0f * sqrtf(two) * expf(0.0f)));\n")
        self.edit("KERNEL_HEAP_SIZE = 512", "KERNEL_HEAP_SIZE = 512\nFLOAT = soft", "Makefile")
        for abi, next_abi in (("soft", "softfp"), ("softfp", "hard"), ("hard", "extended")):
            result = self.run_until("root 1414")
            self.assertEqual(result.status, 0, f"{abi}: {result.stderr}")
            with open(os.path.join(self.folder, "build/myapp.elf"), "rb") as file:
                flags = int.from_bytes(file.read(40)[36:], "little")
            self.assertEqual(bool(flags & 0x400), abi == "hard")  # EF_ARM_ABI_FLOAT_HARD
            self.edit(f"FLOAT = {abi}\n", f"FLOAT = {next_abi}\n", "Makefile")
        result = self.run_until("root")
        self.assertEqual(result.status, 2)
        self.assertIn("FLOAT is soft, softfp or hard, not extended", result.stderr)

    def test_an_error_in_the_source_is_shown_and_is_wrong_use(self):
        self.edit("printf(", "printf(nothing, ")
        result = self.run_until("myapp: 1")
        self.assertEqual((result.status, result.stdout), (2, ""))
        self.assertRegex(result.stderr, r"main\.c:\d+:\d+: error: .nothing. undeclared")
        self.assertRegex(result.stderr.splitlines()[-1], "^sandglass run: .*myapp does not build")

    def test_a_fault_in_it_is_reported_with_its_line(self):
        self.edit("led_toggle(0);", "*(volatile int *)0x20000010 = count;")
        result = self.run_until("never")
        self.assertRegex(result.stderr, r"process myapp faulted: MemManage DACCVIOL, write to 0x20000010\n\s+in main \(.*main\.c:12\)")

    def test_a_stack_that_runs_out_is_called_so(self):
        self.edit("int main(void)\n{", "static unsigned deep(volatile unsigned n)\n{\n    return n == 0 ? 0 : n + deep(n - 1);\n}\n\n"
                                       "int main(void)\n{\n    deep(1000);")
        result = self.run_until("never")
        written = re.search(r"process myapp faulted: MemManage DACCVIOL, write to (0x\w+)\n\s+in deep", result.stderr)
        begins = re.search(r"its stack has run out: sp is 0x\w+, the process's RAM begins at (0x\w+)", result.stderr)
        below = int(begins.group(1), 16) - int(written.group(1), 16)
        self.assertTrue(0 < below <= 64, result.stderr)  # no more than one frame of `deep`

    def test_a_wild_pointer_is_not_called_a_stack(self):
        self.edit("led_toggle(0);", "*(volatile int *)0x20000ffc = count;")
        result = self.run_until("never")
        self.assertIn("write to 0x20000ffc", result.stderr)
        self.assertNotIn("stack has run out", result.stderr)

    def test_a_run_in_which_nothing_can_happen_any_more_ends_and_says_so(self):
        self.edit("for (unsigned count = 1;; count++) {", "for (unsigned count = 1; count < 3; count++) {")
        result = sandglass("run", "--headless", "--for", "3600s", self.folder)
        self.assertEqual(result.status, 0, result.stderr)
        self.assertIn("the core sleeps, and nothing is left that could wake it: the run ends here", result.stderr)

    def test_an_existing_folder_is_left_alone(self):
        again = sandglass("new", self.folder)
        self.assertEqual((again.status, again.stdout), (2, ""))
        self.assertEqual(again.stderr.count("\n"), 1)


if __name__ == "__main__":
    unittest.main()
