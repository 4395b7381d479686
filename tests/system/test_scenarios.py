#!/usr/bin/env python3
"""`sandglass test`: what comes along passes, the examples of docs/scenarios.md do, results are told as they should be, and
no case leaves anything to another."""
import glob
import os
import re
import shutil
import unittest
import xml.etree.ElementTree as xml

from sandglass import app, sandglass, PROGRAM
from scenarios import APPS, ROOT, Folder, read_tap, run

PAGE = os.path.join(ROOT, "docs/scenarios.md")
BOOT = 'local m = sandglass.board("nrf52dk", { apps = { "blink", "buttons" } })\nm:expect_uart("Entering main loop")\nm:run_for(ms(5))\n'


def functions():
    """All that a scenario can call, by the tables in the sources: global functions, and those of machines."""
    found = {"functions": set(), "core_functions": set(), "methods": set()}
    for path in glob.glob(os.path.join(ROOT, "sim/script/*.c")):
        with open(path, encoding="utf-8") as file:
            for table, body in re.findall(r"struct script_function (\w+)\[\] = \{(.*?)\};", file.read(), re.DOTALL):
                found[table].update(re.findall(r'\{"(\w+)",', body))
    return found["functions"] | found["core_functions"], found["methods"]


class ComesAlong(unittest.TestCase):
    def test_the_scenarios_of_the_tree_pass(self):
        result = sandglass("test", "--path", APPS, *sorted(glob.glob(os.path.join(ROOT, "tests/scenarios/*.lua"))))
        self.assertEqual(result.status, 0, result.stdout + result.stderr)
        self.assertIn("first.lua: first", result.stdout)


class Page(unittest.TestCase):
    def blocks(self):
        with open(PAGE, encoding="utf-8") as file:
            blocks = re.findall(r"^```lua( \w+)?\n(.*?)^```$", file.read(), re.MULTILINE | re.DOTALL)
        prelude = next(text for kind, text in blocks if kind == " prelude")
        return [(kind, text if "sandglass.board" in text or "case(" in text else prelude + text) for kind, text in blocks]

    def test_every_example_runs(self):
        with Folder() as folder:
            shutil.copy(app("blink"), folder.path("lab1.tbf"))
            for number, (_, text) in enumerate(self.blocks()):
                folder.write(f"example_{number:02}.lua", text)
            result = sandglass("test", "--update", folder.folder.name)
            self.assertEqual(result.status, 0, result.stdout + result.stderr)
            result = sandglass("test", folder.folder.name)  # now with the golden files that were written
            self.assertEqual(result.status, 0, result.stdout + result.stderr)
            self.assertGreater(len(read_tap(result.stdout)), 25)

    def test_every_function_has_an_example(self):
        text = "".join(text for _, text in self.blocks())
        names, methods = functions()
        self.assertGreater(len(names) + len(methods), 40)
        for name in names:
            self.assertRegex(text, rf"\b{name}\s*[({{\"]", f"docs/scenarios.md has no example of {name}")
        for name in methods:
            self.assertRegex(text, rf":{name}\s*[({{\"]", f"docs/scenarios.md has no example of m:{name}")


class Results(unittest.TestCase):
    THREE = ('case("good", function() print("said") end)\n'
             'case("bad # one", function()\n' + BOOT +
             '  m:expect_pin("led3", { on = true, within = ms(7) })\nend)\n'
             'case("broken", function() local x = nil; x.y = 1 end)\n')

    def test_tap(self):
        result, cases = run(self.THREE)
        self.assertEqual(result.status, 2)  # the worst of all
        self.assertEqual([case.passed for case in cases], [True, False, False])
        self.assertIn("# said\n", result.stdout)
        bad = cases[1].fields
        self.assertRegex(bad["message"], r"it\.lua:6: expected led3 on by 0\.\d+ s; seen: it stays off$")
        self.assertEqual(bad["severity"], "failed")
        self.assertEqual(bad["seen"], "it stays off")
        self.assertRegex(bad["replay"], r"^sandglass test --case 'bad # one' \S+it\.lua$")
        self.assertIn("process blink: yielded-for, 0 restarts", cases[1].state)
        self.assertIn("  Initialization complete. Entering main loop.\n", cases[1].state)
        self.assertIn("bad \\# one", cases[1].name)
        self.assertRegex(cases[2].fields["message"], r"it\.lua:8: attempt to index a nil value \(local 'x'\)")

    def test_junit(self):
        with Folder() as folder:
            path = folder.write("it.lua", self.THREE)
            sandglass("test", "--junit", folder.path("out.xml"), path)
            suite = xml.parse(folder.path("out.xml")).getroot().find("testsuite")
        self.assertEqual([suite.get(key) for key in ("name", "tests", "failures", "errors")], [path, "3", "1", "1"])
        cases = suite.findall("testcase")
        self.assertEqual([case.get("name") for case in cases], ["good", "bad # one", "broken"])
        self.assertEqual(cases[0].find("system-out").text, "said\n")
        self.assertIn("it stays off", cases[1].find("failure").get("message"))
        self.assertRegex(cases[1].find("failure").text, r"(?s)process blink: .*\n  Initialization complete.*\nreplay: sandglass test --case")
        self.assertIsNotNone(cases[2].find("error"))
        self.assertGreater(float(cases[1].get("time")), 0.25)

    def test_the_replay_command_brings_the_failure_back(self):
        with Folder() as folder:
            folder.write("it.lua", self.THREE)
            first = read_tap(sandglass("test", "--seed", "5", folder.path("it.lua")).stdout)[1]
            words = first.fields["replay"].replace("'bad # one'", "NAME").split()
            self.assertEqual(words[:4], ["sandglass", "test", "--seed", "5"])
            again = sandglass(*["bad # one" if word == "NAME" else word for word in words[1:]])
        self.assertEqual(again.status, 1)
        self.assertEqual(read_tap(again.stdout)[0].fields, first.fields)

    def test_statuses(self):
        for source, status in (("assert(true)", 0), ("assert(1 == 2)", 1), ('error("so")', 1), ("x()", 2), ("x = = 1", 2)):
            self.assertEqual(run(source)[0].status, status, source)

    def test_a_file_that_cannot_be_read_by_lua_is_one_result(self):
        result, cases = run("x = = 1")
        self.assertEqual(len(cases), 1)
        self.assertRegex(cases[0].fields["replay"], r"^sandglass test \S+it\.lua$")

    def test_list_and_chosen_cases(self):
        with Folder() as folder:
            path = folder.write("it.lua", self.THREE)
            one = folder.write("single.lua", BOOT)
            listed = sandglass("test", "--list", path, one)
            self.assertEqual(listed.stdout.splitlines(), [f"{path}: good", f"{path}: bad # one", f"{path}: broken", f"{one}: single"])
            chosen = sandglass("test", "--case", "good", "--case", "single", path, one)
            self.assertEqual((chosen.status, len(read_tap(chosen.stdout))), (0, 2))
            none = sandglass("test", "--case", "nobody", path)
            self.assertEqual(none.status, 2)
            self.assertIn("there is no case called nobody", none.stderr)

    def test_folders_are_gone_through_by_name(self):
        with Folder() as folder:
            os.mkdir(folder.path("b"))
            for name in ("c.lua", "b/z.lua", "b/a.lua", "a.lua", "b/not.txt"):
                folder.write(name, "")
            listed = sandglass("test", "--list", folder.folder.name).stdout
            self.assertEqual([os.path.relpath(line.split(":")[0], folder.folder.name) for line in listed.splitlines()],
                             ["a.lua", "b/a.lua", "b/z.lua", "c.lua"])

    def test_wrong_use(self):
        for arguments, told in ((["nowhere.lua"], "nowhere.lua"), ([], "which scenarios"), (["--jobs", "0", "x.lua"], "--jobs takes 1 to"),
                                (["--seed", "x", "x.lua"], "--seed takes"), (["--what", "x.lua"], "--what"),
                                (["--path", "nowhere", "x.lua"], "--path nowhere: there is no such folder")):
            result = sandglass("test", *arguments)
            self.assertEqual(result.status, 2, arguments)
            self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
            self.assertIn(told, result.stderr)


    def test_where_results_go_is_looked_at_first(self):
        with Folder() as folder:
            path = folder.write("it.lua", "assert(true)")
            for arguments, told in ((["--junit", folder.path("no/x.xml")], "cannot write"), (["--junit", folder.folder.name], "cannot write"),
                                    (["--screenshots", path], "it is no folder"), (["--screenshots", folder.path("no/no")], "No such file")):
                result = sandglass("test", *arguments, path)
                self.assertEqual((result.status, result.stdout), (2, ""), arguments)
                self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
                self.assertIn(told, result.stderr)

    def test_a_failure_names_the_fault_before_it(self):
        body = 'local m = sandglass.board("nrf52dk", { apps = { "trespass-kernel" } })\n'
        for line in ('m:expect_uart("never printed", { within = s(4) })', 'm:run_for(s(4)) assert(m:level("led0") == 1)'):
            result, cases = run(body + line)
            self.assertEqual(result.status, 1)
            self.assertRegex(cases[0].fields["message"], r"it\.lua:2: .*; before that: process trespass-kernel faulted: DACCVIOL at 0x20000100 in read_word")
            self.assertRegex(cases[0].state, r"process trespass-kernel: .*, CPU \d+\.\d{6} s\n")
        _, cases = run(body + 'm:allow_faults() m:expect_uart("never printed", { within = s(4) })')
        self.assertNotIn("before that", cases[0].fields["message"])

    def test_what_failures_say(self):
        for line, told in (('m:expect_period("led0", ms(400.5), { tolerance = us(1.5), over = s(4) })',
                            "expected led0 with a period of 400.5 ms, give or take 1.5 us; seen: 3 periods of 1 s$"),
                           ('m:expect_process("blink", { restarts = 1 })', "expected process blink with 1 restart; seen: yielded-for with 0 restarts"),
                           ('m:run_until(function() end, { within = ms(2) })', r"the condition of run_until to hold by 0\.\d+ s"),
                           ('m:expect_pin("P0.55", { on = true })', r"the chip has no pin P0\.55: they are P0\.00 to P0\.31"),
                           ('m:calls("blink", { driver = "lde" })', "the kernel knows none called lde: give its number, or one of .*led, "),
                           ('m:calls("blink", { driver = 2, command = "toggel" })', "the kernel knows none called toggel: give its number$")):
            self.assertRegex(run(BOOT + line)[1][0].fields["message"], told)


class Files(unittest.TestCase):
    def test_boards_kernels_and_apps_lie_beside_the_scenario_or_in_path(self):
        with Folder() as folder, Folder() as other:
            for name, where, source in (("mine.dts", folder, os.path.join(ROOT, "sim/boards/nrf52dk.dts")),
                                        ("apps/first.tbf", folder, app("blink")), ("second.tbf", other, app("buttons"))):
                os.makedirs(os.path.dirname(where.path(name)), exist_ok=True)
                shutil.copy(source, where.path(name))
            path = folder.write("it.lua", 'local m = sandglass.board("mine.dts", { kernel = "nrf52dk.elf", apps = { "apps/first.tbf", "second" } })\n'
                                          'm:expect_uart("App buttons") m:expect_uart("App blink") m:expect_uart("Entering main loop")')
            result = sandglass("test", "--path", other.folder.name, path)
            self.assertEqual(result.status, 0, result.stdout)
            self.assertEqual(sandglass("test", path).status, 2)  # without the other folder


class Judgement(unittest.TestCase):
    """What fails a case although every expectation was met."""

    CRASH = 'local m = sandglass.board("nrf52dk", { apps = { "trespass-kernel" } })\n'

    def crash_ns(self):
        result, _ = run(self.CRASH + "print(m:expect_fault{ within = s(5) }.time)")
        return int(re.search(r"^# (\d+)$", result.stdout, re.MULTILINE).group(1))

    def test_print_then_crash_fails(self):
        # The app crashes 10 ms after the last expectation.
        for settle, status in (("settle(ms(5))", 0), ("settle(ms(50))", 1)):
            result, cases = run(settle + "\n" + self.CRASH + f"m:run_for(ns({self.crash_ns()} - 10000000))")
            self.assertEqual(result.status, status, result.stdout)
        self.assertRegex(cases[0].fields["message"], "process trespass-kernel faulted: DACCVIOL at 0x20000100 in read_word")

    def test_a_fault_that_nobody_took_fails_at_the_end(self):
        self.assertEqual(run(self.CRASH + "m:run_for(s(4))")[0].status, 1)
        self.assertEqual(run(self.CRASH + 'm:run_for(s(4)) m:expect_fault{process="trespass-kernel"}')[0].status, 0)
        self.assertEqual(run(self.CRASH + "m:allow_faults() m:run_for(s(4))")[0].status, 0)
        self.assertEqual(run(self.CRASH + 'm:expect_fault{kind="IACCVIOL", within=s(4)}')[0].status, 1)

    def test_expectations_that_must_fail(self):
        for line in ('m:expect_pin("led0", { on = false }) m:expect_period("led0", ms(999), { over = s(4) })',
                     'm:expect_duty("led0", 400, { over = s(2) })',
                     'm:expect_process("blink", { restarts = 1 })',
                     'm:expect_calls("blink", { driver = "led" }, 99)',
                     'm:expect_calls("blink", { class = "exit" })',
                     'm:expect_memory(0x20000000, "\\1\\2\\3\\4\\5\\6\\7\\8")',
                     'm:expect_no_uart("1 so far", { over = ms(1) }) m:press("button0") m:expect_no_uart("1 so far")',
                     'm:expect_uart("Entering")',  # it has come already, and was passed
                     'm:run_until_event{ kind = "reset", within = ms(20) }',
                     'm:run_until(function() end, { within = ms(2) })',
                     'm:cycles_between({ kind = "reset" }, { kind = "reset" }, { within = ms(1) })',
                     'assert(m:may("blink", "write", m:symbol("kernel", "kernel")))'):
            result, cases = run(BOOT + line)
            self.assertEqual(result.status, 1, line + result.stdout)
            self.assertRegex(cases[0].fields["message"], r"it\.lua:4: ", line)

    PANIC = 'local m = sandglass.board("nrf52dk", { apps = { "hello" } })\nm:uart("panic\\n", { at = ms(500) })\n'

    def test_ends(self):
        for source, status in ((self.PANIC + 'm:expect_end("panic")', 0), (self.PANIC + 'm:run_for(s(1))', 1),
                               (self.PANIC + 'm:allow_faults() m:run_for(s(1))', 0),
                               (self.PANIC + 'm:allow_faults { panics = false } m:run_for(s(1))', 1),
                               (self.PANIC + 'm:allow_faults { panics = false } m:expect_end("panic")', 0),
                               (self.PANIC + 'm:expect_end("panic", { within = ms(400) })', 0),  # after the latest input
                               (BOOT + 'm:expect_end("panic")', 1), (BOOT + 'm:expect_end("lockup")', 1),
                               (BOOT + 'm:expect_end("asleep")', 1), (BOOT + 'm:expect_end("exit", { status = 0 })', 1)):
            self.assertEqual(run(source)[0].status, status, source)

    def test_what_isolation_finds_fails_whatever_is_allowed(self):
        source = ('local m = sandglass.board("nrf52dk", { apps = { "blink", "buttons" }, isolation = ISOLATION })\nm:allow_faults()\n'
                  'm:run_until_event { kind = "return", process = "blink" }\nlocal at = m:process("buttons").ram + 64\n'
                  'm:write(at, m:read(at) ~ 1) m:run_for(s(1))')
        self.assertEqual(run(source.replace("ISOLATION", "false"))[0].status, 0)
        result, cases = run(source.replace("ISOLATION", "true"))
        self.assertEqual(result.status, 1)
        self.assertRegex(cases[0].fields["message"], r"it\.lua: 0x2000\w{4} changed while process blink ran, whose it is not, seen at")

    def test_within_counts_from_the_latest_input(self):
        self.assertEqual(run(BOOT + 'm:press("button0", { at = ms(100), hold = ms(30) }) m:expect_pin("led1", { on = true, within = ms(5) })')[0].status, 0)
        self.assertEqual(run(BOOT + 'm:press("button1", { at = ms(100), hold = ms(30) }) m:expect_pin("led1", { on = true, within = ms(5) })')[0].status, 1)


class Sameness(unittest.TestCase):
    QUIET = 'local m = sandglass.board("nrf52dk", { apps = { "blink", "buttons" } })\nm:run_for(s(1))\n'
    WILD = ('local m = sandglass.board("nrf52dk", { apps = { "blink", "buttons" } })\nm:allow_faults()\n'
            'm:set("temp", "temperature", function(t) return t // ms(1) end)\nm:press("button0", { at = ms(400) })\n'
            'm:pin("P0.03", 1)\nm:run_for(ms(800)) m:uart("x")\nfor a = 0x20000000, 0x20003000, 4 do m:write(a, a) end\n'
            'm:write(0x31000, "gone") m:set_reg("psp", 0) m:step(100) pcall(m.run_for, m, ms(300))\nm:power_off() m:run_for(ms(10))\n')

    def test_no_case_leaves_anything_to_the_next(self):
        with Folder() as folder:
            path = folder.write("it.lua", "".join(
                f'case("{name}", function()\n{body}{golden}end)\n' for name, body, golden in
                (("a", self.QUIET, 'm:expect_trace("a.trace")\n'), ("wild", self.WILD, ""),
                 ("b", self.QUIET, 'm:expect_trace("b.trace")\n'), ("c", self.WILD, 'm:expect_trace("wild.trace")\n'),
                 ("d", self.QUIET, 'm:expect_trace("d.trace")\n'))))
            result = sandglass("test", "--update", "--jobs", "1", path)
            self.assertEqual(result.status, 0, result.stdout)
            self.assertGreater(len(folder.read("a.trace").splitlines()), 100)
            self.assertEqual(folder.read("a.trace"), folder.read("b.trace"))
            self.assertEqual(folder.read("a.trace"), folder.read("d.trace"))
            for jobs in ("1", "4"):
                self.assertEqual(sandglass("test", "--jobs", jobs, path).status, 0)

    def test_a_machine_that_a_scenario_watches_does_what_a_run_does(self):
        with Folder() as folder:
            path = folder.write("it.lua", self.QUIET + 'm:expect_trace("it.trace")')
            self.assertEqual(sandglass("test", "--update", path).status, 0)
            sandglass("run", "--headless", "--seed", "1", "--for", "1s", "--trace", folder.path("run.trace"), app("blink"), app("buttons"))
            self.assertEqual(folder.read("it.trace"), folder.read("run.trace"))

    def test_a_golden_trace_shows_the_first_line_that_differs(self):
        with Folder() as folder:
            path = folder.write("it.lua", self.QUIET + 'm:expect_trace("it.trace", { events = { "note", "start" }, cycles = false })')
            self.assertEqual(sandglass("test", path).status, 1)
            self.assertEqual(sandglass("test", "--update", path).status, 0)
            lines = folder.read("it.trace").decode().splitlines()
            self.assertEqual(lines, ["start buttons", "start blink", "note led0 on 1"])
            folder.write("it.trace", "start buttons\nstart blinker\nnote led0 on 1\n")
            result = sandglass("test", path)
            case = read_tap(result.stdout)[0]
            self.assertRegex(case.fields["expected"], r"line 2 of \S+it\.trace: start blinker")
            self.assertEqual(case.fields["seen"], "start blink")
            self.assertIn("#   start buttons\n# - start blinker\n# + start blink\n", result.stdout)

    def test_pictures(self):
        body = self.QUIET + 'm:screenshot("one", { pane = "board" })\nm:expect_picture("it.png", { pane = "processes", width = 400, height = 300 })\n'
        with Folder() as folder:
            path = folder.write("it.lua", body)
            self.assertEqual(sandglass("test", path).status, 1)  # there is none yet
            self.assertEqual(sandglass("test", "--update", path).status, 0)
            self.assertEqual(folder.read("it.png")[:24], b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (400).to_bytes(4, "big") + (300).to_bytes(4, "big"))
            self.assertEqual(sandglass("test", "--screenshots", folder.path("out"), path).status, 0)
            self.assertEqual(os.listdir(folder.path("out")), ["it-it-one.png"])
            folder.write("it.lua", body.replace("s(1)", "s(2)"))  # another picture, as its times are others
            result = sandglass("test", "--screenshots", folder.path("out"), path)
            case = read_tap(result.stdout)[0]
            self.assertRegex(case.fields["seen"], r"\d+ pixels differ, in \(\d+, \d+\) to")
            self.assertIn(f"# wrote {folder.path('out/it-it-it-diff.png')}\n", result.stdout)
            self.assertEqual(case.fields["screenshot"], folder.path("out/it-it.png"))
            self.assertEqual(sorted(os.listdir(folder.path("out"))),
                             ["it-it-it-actual.png", "it-it-it-diff.png", "it-it-one.png", "it-it.png"])

    def test_golden_pictures_that_are_none(self):
        body = self.QUIET + 'm:expect_picture("it.png", { pane = "clock", width = 300, height = 200 })\n'
        with Folder() as folder:
            path = folder.write("it.lua", body)
            folder.write("it.png", "no picture")
            self.assertIn("that file is no PNG picture", sandglass("test", path).stdout)
            sandglass("test", "--update", path)
            folder.write("it.lua", body.replace("300", "310"))
            self.assertIn("the file has another size, 300x200", sandglass("test", path).stdout)

    def test_a_picture_changes_nothing(self):
        with Folder() as folder:
            path = folder.write("it.lua", self.QUIET + 'm:expect_trace("it.trace")')
            sandglass("test", "--update", path)
            folder.write("it.lua", self.QUIET + 'm:screenshot("one") m:expect_trace("it.trace")')
            self.assertEqual(sandglass("test", "--screenshots", folder.path("out"), path).status, 0)

    def test_order_and_chance_are_the_same_each_time(self):
        source = ('local t = {} for i = 1, 50 do t["k" .. i] = i end t[3] = 0 t[1.5] = 0 t[true] = 0\n'
                  'for k in pairs(t) do print(k) end print(math.random(1000000), {}, print)\n')
        first, second, other = ([line for line in run(source, *options)[0].stdout.splitlines() if line.startswith("# ")]
                                for options in ((), (), ("--seed", "2")))
        self.assertEqual(first, second)
        self.assertEqual(first[:5], ["# true", "# 1.5", "# 3", "# k1", "# k10"])
        self.assertNotEqual(first, other)

    def test_two_hundred_cases_on_machines_that_were_built_once_for_each_worker(self):
        source = ('for i = 1, 200 do case("press " .. i, function()\n' + BOOT +
                  'm:press("button0", { at = us(37 * i), hold = ms(10) })\nm:expect_uart("1 so far")\nend) end\n')
        result, cases = run(source, "--jobs", "2")
        self.assertEqual((result.status, len(cases)), (0, 200), result.stdout[-2000:])
        self.assertTrue(all(case.passed for case in cases))


if __name__ == "__main__":
    unittest.main()
