#!/usr/bin/env python3
"""What docs/adding-a-board.md walks through, as it stands there. Takes a second."""
import os
import re
import shlex
import tempfile
import unittest

from sandglass import guest, sandglass

PAGE = os.path.join(os.path.dirname(__file__), "../../docs/adding-a-board.md")
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


if __name__ == "__main__":
    unittest.main()
