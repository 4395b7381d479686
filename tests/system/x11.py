"""A display of the test's own (Xvfb), and as much of the X11 protocol as it takes to look at a window as a person would."""
import os
import socket
import struct
import subprocess
import time

HOST_SECONDS = 60  # only against a hang
STEP_SECONDS = 0.02  # between two looks at what is waited for


def wait_for(what, look):
    """What `look` returns once that is true; `what` names it in the failure."""
    end = time.monotonic() + HOST_SECONDS
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"not within {HOST_SECONDS} s: {what}")
        time.sleep(STEP_SECONDS)


class Display:
    """Xvfb with one screen, and a connection to it."""

    def __init__(self, width, height):
        ours, theirs = os.pipe()
        self.server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(theirs), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp", "-ac", "-noreset"],
            pass_fds=[theirs], stderr=subprocess.DEVNULL)
        os.close(theirs)
        with os.fdopen(ours, encoding="ascii") as numbers:
            number = numbers.readline().strip()
        if not number:
            raise AssertionError("Xvfb does not start")
        self.name = f":{number}"
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(HOST_SECONDS)
        self.socket.connect(f"/tmp/.X11-unix/X{number}")
        self.socket.sendall(struct.pack("<BxHHHHxx", ord("l"), 11, 0, 0, 0))
        head = self.take(8)
        setup = self.take(struct.unpack_from("<H", head, 6)[0] * 4)
        vendor, formats = struct.unpack_from("<H", setup, 16)[0], setup[21]
        self.sequence = 0
        self.root = struct.unpack_from("<I", setup, 32 + (vendor + 3) // 4 * 4 + formats * 8)[0]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()
        self.server.terminate()
        self.server.wait()

    def environment(self, **more):
        """For a program that is to show its window here. Libraries below SDL leak a little, which is not ours to mend."""
        return {**os.environ, "DISPLAY": self.name, "SDL_VIDEODRIVER": "x11", "SDL_AUDIODRIVER": "dummy", "SANDGLASS_NO_CONFIG": "1", **more}

    def take(self, count):
        data = b""
        while len(data) < count:
            part = self.socket.recv(count - len(data))
            if not part:
                raise AssertionError("the X server has gone")
            data += part
        return data

    def send(self, opcode, data, body):
        self.sequence = (self.sequence + 1) & 0xFFFF
        self.socket.sendall(struct.pack("<BBH", opcode, data, 1 + len(body) // 4) + body)

    def ask(self, opcode, data, body):
        """The reply to a request, all of it; None for an error, as when a window is gone meanwhile."""
        self.send(opcode, data, body)
        while True:
            head = self.take(32)
            rest = self.take(struct.unpack_from("<I", head, 4)[0] * 4) if head[0] == 1 else b""
            if head[0] <= 1 and struct.unpack_from("<H", head, 2)[0] == self.sequence:
                return head + rest if head[0] == 1 else None  # else events, and errors of what has no reply

    def atom(self, name):
        text = name.encode("ascii")
        reply = self.ask(16, 0, struct.pack("<Hxx", len(text)) + text + bytes(-len(text) % 4))
        return struct.unpack_from("<I", reply, 8)[0]

    def windows(self):
        """Every window that the root has."""
        reply = self.ask(15, 0, struct.pack("<I", self.root))
        return struct.unpack_from(f"<{struct.unpack_from('<H', reply, 16)[0]}I", reply, 32)

    def title(self, window):
        reply = self.ask(20, 0, struct.pack("<IIIII", window, self.atom("WM_NAME"), 0, 0, 256))
        return "" if reply is None else reply[32:32 + struct.unpack_from("<I", reply, 16)[0]].decode("utf-8")

    def find(self, words):
        """The window that is shown and has these words in its title; None: there is none."""
        for window in self.windows():
            state = self.ask(3, 0, struct.pack("<I", window))
            if state is not None and state[26] == 2 and words in self.title(window):
                return window
        return None

    def geometry(self, window):
        """(x, y, width, height), or None when the window is gone."""
        reply = self.ask(14, 0, struct.pack("<I", window))
        return None if reply is None else struct.unpack_from("<hhHH", reply, 12)

    def pixels(self, window, x, y, width, height):
        """Rows of (red, green, blue)."""
        reply = self.ask(73, 2, struct.pack("<IhhHHI", window, x, y, width, height, 0xFFFFFFFF))
        if reply is None:
            return None
        points = [(reply[i + 2], reply[i + 1], reply[i]) for i in range(32, 32 + width * height * 4, 4)]
        return [points[row * width:(row + 1) * width] for row in range(height)]

    def ask_to_close(self, window):
        """As a window manager does when its close button is pressed."""
        message = struct.pack("<BBHII", 33, 32, 0, window, self.atom("WM_PROTOCOLS"))
        message += struct.pack("<IIIII", self.atom("WM_DELETE_WINDOW"), 0, 0, 0, 0)
        self.send(25, 0, struct.pack("<II", window, 0) + message)

    def do(self, *words):
        """xdotool, for hands and fingers."""
        subprocess.run(["xdotool", *map(str, words)], env=self.environment(), check=True, timeout=HOST_SECONDS)
