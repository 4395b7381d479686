"""Makes and breaks TBFs, byte by byte, without any of the project's own code."""
import struct

MAIN, WRITEABLE, NAME, FIXED, PERMISSIONS, KERNEL_VERSION, PROGRAM = 1, 2, 3, 5, 6, 8, 9


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


def elements(image):
    """The header's elements: (type, offset of the payload, length)."""
    size, offset = struct.unpack_from("<H", image, 2)[0], 16
    while offset < size:
        kind, length = struct.unpack_from("<HH", image, offset)
        yield kind, offset + 4, length
        offset += 4 + length + -length % 4


def with_element(image, element):
    """The same app with one element more in its header, and twice as large."""
    size, total = struct.unpack_from("<HI", image, 2)
    made = bytearray(image)
    for kind, offset, _ in elements(image):
        if kind == PROGRAM:  # the binary ends later now
            struct.pack_into("<I", made, offset + 12, struct.unpack_from("<I", image, offset + 12)[0] + len(element))
    made[size:size] = element
    struct.pack_into("<HI", made, 2, size + len(element), 2 * total)
    return with_checksum(bytes(made) + bytes(2 * total - len(made)))


# Loops for ever: b .
LOOP = b"\xfe\xe7"
