"""The host's side of the protocol that installs apps over the console (docs/installing-apps.md), as options for
`sandglass run`: frames at times, with pauses in which the board answers."""
import struct
import zlib


class Frames:
    """What a host types, as options for `sandglass run`."""

    def __init__(self, at_ms):
        self.at_ms, self.number, self.options = at_ms, 0, []
        self.type(b"\x03install\r", 60)

    def type(self, data, pause_ms):
        text = "".join(f"\\x{byte:02x}" for byte in data)
        self.options += ["--uart-in", f"{text}@{self.at_ms}ms"]
        self.at_ms += pause_ms + len(data) // 10

    def send(self, kind, payload=b"", pause_ms=30, spoil=False):
        self.number += 1
        body = kind + bytes([self.number, len(payload)]) + payload
        self.type(b"\x01S" + body + struct.pack("<I", zlib.crc32(body) ^ spoil), pause_ms)

    def image(self, path):
        with open(path, "rb") as file:
            data = file.read()
        self.send(b"B", struct.pack("<II", len(data), 0xFFFFFFFF), pause_ms=400)
        for at in range(0, len(data), 128):
            self.send(b"W", struct.pack("<I", at) + data[at:at + 128])
        return self
