"""The real window on a display of the test's own (Xvfb), used as a person would: mouse and keys by xdotool, pixels read back."""
import os
import signal
import struct
import subprocess
import tempfile
import unittest

from sandglass import HOST_SECONDS, PROGRAM, app, run
from x11 import Display, wait_for

LIT = 150  # of 255: a light that shines has a channel above; one that does not has none


class Shown:
    """`sandglass run` with its window on a display, in a folder of its own."""

    def __init__(self, display, folder, *arguments):
        self.display = display
        folder = tempfile.mkdtemp(dir=folder)
        self.report_path = os.path.join(folder, "report")
        self.out = open(os.path.join(folder, "out"), "w+b")  # files: a pipe that nobody empties would stop the guest
        self.err = open(os.path.join(folder, "err"), "w+b")
        self.process = subprocess.Popen([PROGRAM, "run", "--window", *arguments], stdin=subprocess.DEVNULL, stdout=self.out, stderr=self.err,
                                        env=display.environment(SANDGLASS_WINDOW_REPORT=self.report_path))
        self.window = wait_for("the window", self.find)

    def find(self):
        if self.process.poll() is not None:
            raise AssertionError(f"ended with {self.process.returncode} before its window was there: {self.text(self.err)}")
        return os.path.exists(self.report_path) and self.display.find("Sandglass")

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.out.close()
        self.err.close()

    @staticmethod
    def text(file):
        file.flush()
        with open(file.name, "rb") as again:
            return again.read().decode("utf-8", "replace")

    def report(self):
        with open(self.report_path, encoding="utf-8") as file:
            return [line.split() for line in file]

    def state(self):
        """How the machine runs, and since which cycle it stands."""
        words = next(words for words in self.report() if words[0] == "run")
        return words[1], int(words[2]) if len(words) > 2 else None

    def wait_state(self, wanted):
        wait_for(f"the run is {wanted}, not {self.state()}", lambda: self.state()[0] == wanted)
        return self.state()[1]

    def wait_moved(self, cycle):
        """Paused again, later."""
        return wait_for(f"paused after cycle {cycle}", lambda: self.state()[0] == "paused" and self.state()[1] > cycle and self.state()[1])

    def place(self, name):
        """Where something is in the window; waits until it is drawn."""
        def look():
            return [(int(words[2]), int(words[3])) for words in self.report() if words[0] == "place" and words[4:] == [name]]
        return wait_for(f"{name} is in the window", look)[0]

    def point(self, name):
        x, y = self.place(name)
        self.display.do("mousemove", "--window", self.window, x, y)

    def click(self, name):
        self.point(name)
        self.display.do("click", 1)

    def press_key(self, *keys):
        self.display.do("windowfocus", "--sync", self.window)
        self.display.do("key", *keys)

    def colour(self, name):
        x, y = self.place(name)
        return self.display.pixels(self.window, x, y, 1, 1)[0][0]

    def is_lit(self, name):
        return max(self.colour(name)) > LIT

    def wait_light(self, name, lit):
        wait_for(f"{name} is {'on' if lit else 'off'}", lambda: self.is_lit(name) == lit)

    def end(self):
        return self.process.wait(HOST_SECONDS)


class Window(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.display = Display(1400, 1000)
        cls.addClassCleanup(cls.display.close)

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def show(self, *arguments):
        shown = Shown(self.display, self.folder, *arguments)
        self.addCleanup(shown.close)
        return shown

    def show_buttons(self):
        """Once the app listens."""
        shown = self.show(app("buttons"))
        wait_for("the app", lambda: "Entering main loop" in shown.text(shown.out))
        return shown

    def test_button_lights_led(self):
        shown = self.show_buttons()
        self.assertIn("nrf52dk", self.display.title(shown.window))
        shown.wait_light("led1", False)
        shown.point("button0")
        self.display.do("mousedown", 1)
        shown.wait_light("led1", True)
        self.display.do("mouseup", 1)
        shown.press_key("1")
        shown.wait_light("led1", False)
        before = shown.place("led1")
        self.display.do("windowsize", shown.window, 1000, 640)
        wait_for("a smaller window", lambda: self.display.geometry(shown.window)[2:] == (1000, 640) and shown.place("led1") != before)
        shown.click("button0")
        shown.wait_light("led1", True)
        self.display.ask_to_close(shown.window)
        self.assertEqual(shown.end(), 0)
        errors = shown.text(shown.err)
        self.assertIn("button0 pressed", errors)
        self.assertIn("summary:", errors)

    def test_pause_steps_and_keys(self):
        shown = self.show_buttons()
        self.assertEqual(shown.state(), ("going", None))
        shown.click("pause")
        cycle = shown.wait_state("paused")
        shown.click("step-event")
        later = shown.wait_moved(cycle)
        shown.click("step")
        after_step = shown.wait_moved(later)
        shown.click("run-10-ms")
        self.assertEqual(shown.wait_moved(after_step), after_step + 640000)
        shown.press_key("space")
        shown.wait_state("going")
        shown.press_key("ctrl+q")
        self.assertEqual(shown.end(), 0)

    def test_typed_text_goes_to_the_console(self):
        shown = self.show(app("hello"))
        wait_for("the kernel's first words", lambda: "Entering main loop" in shown.text(shown.out))
        x, y, width, height = next(map(int, words[2:]) for words in shown.report() if words[:2] == ["pane", "console"])
        self.display.do("mousemove", "--window", shown.window, x + width // 2, y + height // 2, "click", 1)
        self.display.do("windowfocus", "--sync", shown.window)
        self.display.do("type", "--delay", 20, "list")
        self.display.do("key", "Return")
        wait_for("the process console's answer", lambda: " hello" in shown.text(shown.out).split("main loop", 1)[1])
        shown.press_key("ctrl+q")
        self.assertEqual(shown.end(), 0)

    def test_same_trace_as_without(self):
        """Also with pauses, steps and another speed: nobody touches the machine."""
        paths = [os.path.join(self.folder, name) for name in ("window.trace", "fast.trace")]
        shown = self.show("--for", "3s", "--trace", paths[0], app("blink"), app("hello"))
        shown.click("pause")
        cycle = shown.wait_state("paused")
        for name in ("step-event", "step", "step", "step-event", "run-1-ms"):
            shown.click(name)
            cycle = shown.wait_moved(cycle)
        self.assertLess(cycle, 3 * 64_000_000)
        shown.click("0.1×")
        shown.click("pause")
        shown.wait_state("going")
        shown.click("max")
        self.assertEqual(shown.end(), 0)
        self.show("--for", "3s", "--speed", "max", "--trace", paths[1], app("blink"), app("hello")).end()
        without = run(app("blink"), app("hello"), seconds=3).trace
        self.assertGreater(len(without.splitlines()), 50)
        for path in paths:
            with open(path, encoding="ascii") as file:
                self.assertEqual(file.read(), without)

    def test_run_that_ends_stays_to_be_looked_at(self):
        """Unless it was told when to end."""
        shown = self.show("--until", "greeting number 1", "--for", "10s", app("hello"))
        self.assertEqual(shown.end(), 0)
        stays = self.show("--speed", "max", "--semihosting", os.path.join(os.path.dirname(app("x")), "../guests/semihosting.elf"))
        stays.wait_state("finished")
        status = stays.process.poll()
        self.assertIsNone(status)
        self.assertIn("summary:", stays.text(stays.err))
        self.display.ask_to_close(stays.window)
        self.assertIn(stays.end(), (0, 1))

    def test_closed_in_mid_run(self):
        shown = self.show("--for", "1000s", app("hello"))
        self.display.ask_to_close(shown.window)
        self.assertEqual(shown.end(), 0)
        missed = self.show("--until", "what nobody prints", app("hello"))
        self.display.ask_to_close(missed.window)
        self.assertEqual(missed.end(), 1)
        self.assertIn("has not printed", missed.text(missed.err))

    def test_signals_close_it(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            for paused in (False, True):
                with self.subTest(number=number, paused=paused):
                    shown = self.show(app("hello"))
                    if paused:
                        shown.press_key("space")
                        shown.wait_state("paused")
                    shown.process.send_signal(number)
                    self.assertEqual(shown.end(), 0)
                    self.assertIn("summary:", shown.text(shown.err))

    def test_display_that_goes_away(self):
        with Display(1000, 800) as display:
            shown = Shown(display, self.folder, app("hello"))
            self.addCleanup(shown.close)
            display.server.terminate()
            self.assertEqual(shown.end(), 3)
            errors = shown.text(shown.err)
            self.assertIn("the display is gone", errors)
            self.assertIn("summary:", errors)

    def test_no_fonts(self):
        done = subprocess.run([PROGRAM, "run", "--window", app("hello")], env=self.display.environment(SANDGLASS_FONTS=self.folder), capture_output=True,
                              text=True, timeout=HOST_SECONDS, check=False)
        self.assertEqual((done.returncode, len(done.stderr.splitlines())), (2, 1), done.stderr)
        self.assertIn("font", done.stderr)

    def test_demo_goes_on(self):
        shown = self.show("--speed", "max")
        wait_for("the tour's end", lambda: "That was the tour" in shown.text(shown.err))
        shown.click("pause")
        self.assertGreater(shown.wait_state("paused"), 10 * 64_000_000)
        self.display.ask_to_close(shown.window)
        self.assertEqual(shown.end(), 0)


class NoWindow(unittest.TestCase):
    def run_it(self, *arguments, **environment):
        env = {key: value for key, value in os.environ.items() if not key.startswith("SDL_")}
        return subprocess.run([PROGRAM, "run", *arguments], env={**env, **environment}, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=HOST_SECONDS, check=False)

    def refused(self, words, *arguments, **environment):
        done = self.run_it(*arguments, **environment)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertIn(words, done.stderr)

    def test_insisting_without_a_display(self):
        self.refused("no display", "--window", app("hello"))
        self.refused("--no-window", "--window", app("hello"), DISPLAY=":4242")

    def test_the_terminal_does_without_a_display(self):
        short = ("--for", "20ms", "--speed", "max", app("hello"))
        done = self.run_it(*short)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("sandglass:", done.stderr)
        done = self.run_it(*short, DISPLAY=":4242")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len([line for line in done.stderr.splitlines() if "stays in the terminal" in line]), 1)

    def test_picture_needs_no_display(self):
        """The same run gives the same picture, and is the same run as one without."""
        with tempfile.TemporaryDirectory() as folder:
            pictures, traces = [], []
            for name in ("one.png", "two.png"):
                path = os.path.join(folder, name)
                result = run("--screenshot", path, "--size", "800x500", app("blink"), app("hello"), seconds=1.2)
                self.assertEqual(result.status, 0, result.stderr)
                with open(path, "rb") as file:
                    pictures.append(file.read())
                traces.append(result.trace)
        self.assertEqual(pictures[0][:8], b"\x89PNG\r\n\x1a\n")
        self.assertEqual(struct.unpack(">II", pictures[0][16:24]), (800, 500))
        self.assertEqual(pictures[0], pictures[1])
        self.assertEqual(traces, [run(app("blink"), app("hello"), seconds=1.2).trace] * 2)
        for words, *arguments in (("there are board,", "--pane", "bored", "--screenshot", "x.png"), ("cannot write", "--screenshot", "/nowhere/x.png"),
                                  ("--pane", "--pane", "board"), ("--gdb", "--gdb", "--screenshot", "x.png")):
            self.refused(words, "--headless", *arguments, app("hello"))

    def test_what_cannot_be(self):
        self.refused("--size", "--window", "--size", "100x100", app("hello"))
        self.refused("--scale", "--window", "--scale", "99", app("hello"))
        self.refused("--net", "--window", "--net", "x.net")
        self.refused("--headless", "--window", "--headless", app("hello"))
        self.refused("there are board,", "--window", "--pane", "bored", app("hello"), DISPLAY=":4242")


if __name__ == "__main__":
    unittest.main()
