#!/usr/bin/env python3
"""What docs/adding-a-board.md walks through, as it stands there, and that the tables of parts and faults leave out
nothing. Takes a second."""
import json
import os
import re
import shlex
import tempfile
import unittest

from sandglass import guest, sandglass

DOCS = os.path.join(os.path.dirname(__file__), "../../docs")
PAGE = os.path.join(DOCS, "adding-a-board.md")
BOARDS = ("nrf52dk", "nrf52840dk", "security_key", "pinetime", "sensor_node")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)


class Page(unittest.TestCase):
    def test_the_walk(self):
        with open(PAGE, encoding="utf-8") as file:
            blocks = BLOCK.findall(file.read())
        self.assertEqual([kind for kind, _ in blocks], ["dts", "sh", "text", "sh", "text"])
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "my.dts")
            with open(path, "w", encoding="ascii") as file:
                file.write(blocks[0][1])
            places = {"my.dts": path, "light.elf": guest("light.elf")}
            for (_, command), (_, output) in zip(blocks[1::2], blocks[2::2]):
                with self.subTest(command):
                    words = shlex.split(command)
                    self.assertEqual(words[0], "sandglass")
                    result = sandglass(*[places.get(word, word) for word in words[1:]])
                    self.assertEqual(result.status, 0, result.stderr)
                    said = (result.stdout + result.stderr).splitlines()
                    for line in output.splitlines():
                        self.assertTrue(any(other.startswith(line) for other in said), f"{line}\n" + "\n".join(said))


class Tables(unittest.TestCase):
    def assert_named(self, page, names):
        with open(os.path.join(DOCS, page), encoding="utf-8") as file:
            text = file.read()
        self.assertGreater(len(names), 10)
        self.assertEqual([name for name in sorted(names) if f"`{name}`" not in text], [], page)

    def test_every_part_has_a_row(self):
        lines = sandglass("devices", "--all").stdout.splitlines()
        self.assert_named("fidelity.md", {line.split()[0] for line in lines if "nrf52-" not in line})

    def test_every_fault_of_a_board_has_a_row(self):
        faults = [json.loads(sandglass("faults", "-b", board, "--json").stdout) for board in BOARDS]
        self.assert_named("faults.md", {fault["fault"] for listed in faults for fault in listed})


if __name__ == "__main__":
    unittest.main()
