#!/usr/bin/env python3
"""The example of every page in docs/syscalls does what the page says.

A page has a section `## Example`: a ```c block, a whole app, whose first line is a comment with the command that runs it
(EXAMPLE stands for the built app, NAME.tbf for an app and NAME.elf for a kernel that come with the program, tests/... for
a file of the tree), and after it a ```text block, the
lines that the console then shows: in this order, others may come between. apps/examples/CMakeLists.txt builds the apps
at build time, with the sizes that a Makefile of `sandglass new` has. Where an example needs others, its next lines say
so: /* Makefile: KERNEL_HEAP_SIZE = 1024 */, the same for STACK_SIZE, APP_HEAP_SIZE and PACK_OPTIONS.
One page alone: test_examples.py Pages.test_00002_led
"""
import glob
import os
import re
import shlex
import unittest

from sandglass import BUILD, app, sandglass

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
PAGES = os.path.join(ROOT, "docs/syscalls")
LINES_OF_CODE = 25
SECONDS = 5  # virtual, for commands without a limit of their own

# Pages that still lack one. Take yours out of here with the change that writes its example.
WITHOUT = set()


def block(text, kind):
    """The first block of that kind in `text`, and what follows it; None when there is none."""
    found = re.search(rf"^```{kind}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return (found.group(1), text[found.end():]) if found else (None, text)


def missing_line(wanted, shown):
    """The first of the lines `wanted` that does not come, in order, in `shown`; None when all do."""
    rest = iter(shown)
    return next((line for line in wanted if line not in rest), None)


class Pages(unittest.TestCase):
    def example(self, name):
        """Command, source and expected lines of a page's example."""
        with open(os.path.join(PAGES, name + ".md"), encoding="utf-8") as file:
            _, heading, text = file.read().partition("\n## Example\n")
        self.assertTrue(heading, f"docs/syscalls/{name}.md has no section `## Example`")
        source, text = block(text, "c")
        self.assertIsNotNone(source, f"docs/syscalls/{name}.md: its example has no ```c block")
        command = re.match(r"/\* sandglass run (.*) \*/\n", source)
        self.assertIsNotNone(command, f"docs/syscalls/{name}.md: the example's first line is not /* sandglass run ... EXAMPLE */")
        expected, _ = block(text, "text")
        self.assertTrue(expected, f"docs/syscalls/{name}.md: no ```text block with what its example prints")
        return shlex.split(command.group(1)), source, expected.splitlines()

    def file(self, word, name):
        """What a word of the command stands for in this build; most stand for themselves."""
        if word == "EXAMPLE":
            return app("examples/" + name)
        if word.endswith(".tbf"):
            return app(word[:-len(".tbf")])
        if word.endswith(".elf"):
            return os.path.join(BUILD, "firmware/kernel", word)
        return os.path.join(ROOT, word) if word.startswith("tests/") else word

    def check(self, name):
        command, source, expected = self.example(name)
        code = [line for line in source.splitlines() if line.strip() and not line.startswith("/*")]
        self.assertLessEqual(len(code), LINES_OF_CODE, f"docs/syscalls/{name}.md: an example has {LINES_OF_CODE} lines of code at most")
        self.assertIn("EXAMPLE", command, f"docs/syscalls/{name}.md: the command does not run EXAMPLE")
        limit = [] if "--for" in command or "--until" in command else ["--for", f"{SECONDS}s"]
        result = sandglass("run", "--headless", *limit, *(self.file(word, name) for word in command))
        told = f"docs/syscalls/{name}.md: sandglass run {' '.join(command)}"
        self.assertEqual(result.status, 0, f"{told}\n{result.stdout}{result.stderr}")
        line = missing_line(expected, result.stdout.splitlines())
        self.assertIsNone(line, f"{told}\nthe console does not show, in its place, the line\n{line}\nbut\n{result.stdout}{result.stderr}")


class List(unittest.TestCase):
    def test_who_has_an_example_is_not_on_the_list_of_those_without(self):
        for name in sorted(WITHOUT):
            with open(os.path.join(PAGES, name + ".md"), encoding="utf-8") as file:
                self.assertNotIn("\n## Example\n", file.read(), f"take {name} out of WITHOUT")

    def test_a_line_must_come_and_in_its_place(self):
        self.assertIsNone(missing_line(["a", "b"], ["x", "a", "x", "b"]))
        self.assertEqual(missing_line(["a", "b"], ["b", "a"]), "b")
        self.assertEqual(missing_line(["a", "a"], ["a"]), "a")
        self.assertEqual(missing_line(["a"], ["aa"]), "a")


def test_of(name):
    return lambda self: self.check(name)


for page in sorted(glob.glob(os.path.join(PAGES, "*.md"))):
    page_name = os.path.splitext(os.path.basename(page))[0]
    if page_name != "README" and page_name not in WITHOUT:
        setattr(Pages, "test_" + page_name, test_of(page_name))


if __name__ == "__main__":
    unittest.main()
