"""Makes and breaks TBFs, byte by byte, without any of the project's own code."""
import struct

MAIN, NAME, KERNEL_VERSION, PROGRAM, FIXED = 1, 3, 8, 9, 5


def tlv(kind, payload):
    return struct.pack("<HH", kind, len(payload)) + payload + bytes(-len(payload) % 4)


def with_checksum(image):
    """The same image with the checksum that its header needs."""
    size = struct.unpack_from("<H", image, 2)[0]
    image = bytearray(image)
    image[12:16] = bytes(4)
    words = struct.unpack_from(f"<{size // 4}I", image)
    total = 0
    for word in words:
        total ^= word
    struct.pack_into("<I", image, 12, total)
    return bytes(image)


def image(code, minimum_ram=1024, total=None, name=b"made", entry=0, more=b""):
    """A TBF whose binary is `code`, entered at its start plus `entry`."""
    elements = tlv(MAIN, struct.pack("<III", entry, 0, minimum_ram)) + tlv(NAME, name) + \
        tlv(KERNEL_VERSION, struct.pack("<HH", 2, 0)) + more
    header_size = 16 + len(elements)
    if total is None:
        total = 512
        while total < header_size + len(code):
            total *= 2
    body = code + bytes(total - header_size - len(code))
    return with_checksum(struct.pack("<HHIII", 2, header_size, total, 1, 0) + elements + body)


# Loops for ever: b .
LOOP = b"\xfe\xe7"
