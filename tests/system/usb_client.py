"""A program at the socket of `sandglass run --usb`."""
import socket
import struct


class Client:
    """Sends to endpoints and waits for what comes back; messages as sim/cli/usb_link.h has them."""

    def __init__(self, path, seconds):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)  # waits while others are in the queue
        self.socket.settimeout(seconds)

    def close(self):
        self.socket.close()

    def send(self, endpoint, data):
        self.socket.sendall(struct.pack("<HBBh", len(data), endpoint, 0, 0) + data)

    def control(self, request_type, request, value, index, data=b"", length=None):
        """Sends a control request; (status, data) of its end."""
        wanted = len(data) if length is None else length
        self.send(0, struct.pack("<BBHHH", request_type, request, value, index, wanted) + data)
        return self.wait_for(request_type & 0x80)

    def wait_for(self, endpoint):
        """(status, data) of the next message of an endpoint; others are dropped."""
        while True:
            count, which, _, status = struct.unpack("<HBBh", self.take(6))
            data = self.take(count)
            if which == endpoint:
                return status, data

    def take(self, count):
        data = b""
        while len(data) < count:
            more = self.socket.recv(count - len(data))
            if not more:
                raise EOFError("the simulator has closed the connection")
            data += more
        return data
