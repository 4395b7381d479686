#!/usr/bin/env python3
"""Writes inputs for a fuzzer to begin with: small guests, device sequences, files, GDB packets, command lines.

Usage: make_seeds.py FOLDER      makes FOLDER/guest, FOLDER/devices, FOLDER/loader, FOLDER/app, FOLDER/gdb, FOLDER/values
Guests and symbols need arm-none-eabi-gcc, board files dtc; what is missing is left out with a line that says so.
Exit status: 0 done, 2 wrong use.
"""
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VECTORS = 64
MENDED, WRITTEN = 2, 0  # fuzz_guest.c: the kind of a guest
RAW = 3

# Guests: what runs at reset. `handler` serves every exception; symbols of PROLOGUE may be used.
PROLOGUE = """
    .syntax unified
    .cpu cortex-m4
    .fpu fpv4-sp-d16
    .thumb
    .text
    .word 0x20008000
    .word reset + 1
    .rept 62
    .word handler + 1
    .endr
    .macro put address, value
    ldr r0, =\\address
    ldr r1, =\\value
    str r1, [r0]
    .endm
"""
RETURN = "handler: bx lr\n"
SKIP = "handler: ldr r3, [sp, #24]\n adds r3, #2\n str r3, [sp, #24]\n bx lr\n"
END = "stop: wfi\n b stop\n .ltorg\n"
GUESTS = {
    "systick_pendsv": "reset: put 0xE000E014, 200\n put 0xE000E010, 7\n 1: put 0xE000ED04, 0x10000000\n b 1b\n" + RETURN,
    "mpu_faults": "reset: put 0xE000ED9C, 0x20000010\n put 0xE000EDA0, 0x0300A513\n put 0xE000ED9C, 0x00000011\n"
                  " put 0xE000EDA0, 0x06000025\n put 0xE000ED24, 0x70000\n put 0xE000ED94, 5\n isb\n"
                  " ldr r0, =0x20000100\n str r0, [r0]\n movs r1, #3\n msr control, r1\n isb\n"
                  " ldm r0, {r4-r9}\n str r0, [r0, #0x7F]\n svc 1\n" + END + SKIP,
    "float": "reset: put 0xE000ED88, 0xF00000\n dsb\n isb\n vmov.f32 s0, #1.0\n svc 0\n vadd.f32 s1, s0, s0\n"
             " put 0xE000E014, 99\n put 0xE000E010, 7\n 1: vdiv.f32 s2, s1, s0\n vsqrt.f32 s3, s2\n b 1b\n"
             "handler: vmul.f32 s4, s4, s4\n bx lr\n .ltorg\n",
    "self_change": "reset: ldr r4, =0x20001000\n ldr r5, =0x47702001\n 1: str r5, [r4]\n orr r6, r4, #1\n dsb\n isb\n"
                   " blx r6\n adds r5, #1\n b 1b\n .ltorg\n" + RETURN,
    "exc_return": "reset: svc 0\n" + END + "handler: ldr r1, =0xFFFFFFE1\n bx r1\n .ltorg\n",
    "sleep": "reset: put 0x4000B508, 0\n put 0x4000B540, 3\n put 0x4000B348, 0\n put 0x4000B344, 0x10000\n"
             " put 0x4000B304, 0x10000\n put 0xE000E100, 0x800\n put 0x4000B000, 1\n 1: wfe\n sev\n wfi\n b 1b\n"
             "handler: ldr r0, =0x4000B140\n movs r1, #0\n str r1, [r0]\n bx lr\n .ltorg\n",
    "sleep_on_exit": "reset: put 0xE000ED10, 2\n put 0xE000E014, 77\n put 0xE000E010, 7\n" + END + RETURN,
    "serial": "reset: put 0x40002500, 8\n put 0x4000250C, 6\n put 0x40002514, 8\n put 0x40002524, 0x01D7E000\n"
              " put 0x40002544, 0x200\n put 0x40002548, 16\n put 0x40002534, 0x20000100\n put 0x40002538, 4\n"
              " put 0x40002304, 0x110\n put 0xE000E100, 4\n put 0x40002000, 1\n put 0x40002008, 1\n" + END + RETURN,
    "timer_ppi": "reset: put 0x40008540, 1\n put 0x40008510, 0\n put 0x40008200, 1\n put 0x4001F510, 0x40008140\n"
                 " put 0x4001F514, 0x40006000\n put 0x40006510, 0x00031103\n put 0x4001F504, 1\n"
                 " put 0x40008304, 0x10000\n put 0xE000E100, 0x100\n put 0x40008000, 1\n" + END +
                 "handler: ldr r0, =0x40008140\n movs r1, #0\n str r1, [r0]\n bx lr\n .ltorg\n",
    "ppi_ring": "reset: put 0x40008504, 1\n put 0x40008540, 1\n put 0x40008200, 1\n put 0x40008000, 1\n"
                " put 0x4001F510, 0x40008140\n put 0x4001F514, 0x40008008\n put 0x4001F504, 1\n put 0x40008008, 1\n"
                + END + RETURN,
    "watchdog": "reset: put 0x40010504, 15\n put 0x40010304, 1\n put 0xE000E100, 0x10000\n put 0x40010000, 1\n"
                + END + RETURN,
    "flash": "reset: put 0x4001E504, 1\n put 0x1000, 0x1234\n put 0x100010C0, 7\n put 0x4001E504, 2\n"
             " put 0x4001E508, 0x1000\n put 0x4001E504, 1\n put 0x40, 0\n" + END + SKIP,
    "reset_loop": "reset: put 0xE000ED0C, 0x05FA0004\n" + END + RETURN,
    "power_off": "reset: put 0x50000744, 0x3000C\n put 0x40000500, 1\n" + END + RETURN,
    "random": "reset: put 0x4000D000, 1\n put 0x4000C000, 1\n 1: ldr r0, =0x4000D508\n ldr r1, [r0]\n b 1b\n .ltorg\n"
              + RETURN,
    "lockup": "reset: udf #0\n" + END + "handler: udf #1\n",
    "divide": "reset: put 0xE000ED14, 0x218\n movs r1, #0\n udiv r0, r0, r1\n ldr r2, =0x20000001\n ldr r3, [r2]\n"
              " ldrd r4, r5, [r2]\n" + END + SKIP,
    "exclusive": "reset: ldr r0, =0x20000000\n 1: ldrex r1, [r0]\n adds r1, #1\n strex r2, r1, [r0]\n svc 0\n b 1b\n"
                 " .ltorg\n" + RETURN,
    "masks": "reset: put 0xE000E014, 60\n put 0xE000E010, 7\n 1: cpsid i\n movs r1, #0x20\n msr basepri, r1\n nop\n"
             " cpsie i\n movs r1, #0\n msr basepri, r1\n cpsid f\n cpsie f\n b 1b\n" + RETURN,
    "dwt": "reset: put 0xE000EDFC, 0x01010000\n put 0xE0001000, 1\n put 0xE0001020, 0x20000000\n put 0xE0001028, 7\n"
           " ldr r0, =0x20000000\n ldr r1, [r0]\n ldr r2, =0xE0001004\n ldr r3, [r2]\n" + END + RETURN,
    "it_blocks": "reset: movs r0, #1\n 1: cmp r0, #1\n ittee eq\n moveq r1, #1\n ldreq r2, [r0]\n movne r1, #2\n"
                 " movne r2, #3\n b 1b\n" + SKIP,
    "vtor": "reset: ldr r0, =0x20002000\n movs r1, #0\n ldr r3, =0xE000ED08\n 1: ldr r2, [r1]\n str r2, [r0, r1]\n"
            " adds r1, #4\n cmp r1, #128\n bne 1b\n str r0, [r3]\n svc 3\n" + END + RETURN,
}


def assemble(text, folder):
    source, binary = os.path.join(folder, "guest.s"), os.path.join(folder, "guest.bin")
    with open(source, "w", encoding="utf-8") as file:
        file.write(PROLOGUE + text)
    subprocess.run(["arm-none-eabi-as", "-o", source + ".o", source], check=True)
    subprocess.run(["arm-none-eabi-objcopy", "-O", "binary", "-j", ".text", source + ".o", binary], check=True)
    with open(binary, "rb") as file:
        return file.read()


def guests():
    """Assembled guests, each with and without a debugger, and programs for guest_writer.c."""
    chance = random.Random(1)
    for index in range(40):
        body = chance.randbytes(chance.choice([40, 200, 600, 1500]))
        yield f"written{index}", bytes([WRITTEN | chance.randrange(16) << 4, 0]) + body
    if shutil.which("arm-none-eabi-as") is None:
        print("make_seeds: no arm-none-eabi-as: no assembled guests")
        return
    with tempfile.TemporaryDirectory() as folder:
        for name, text in GUESTS.items():
            code = assemble(text, folder)
            yield name, bytes([MENDED, 0]) + code
            yield name + "_checked", bytes([RAW | 0x14, 0]) + code
            yield name + "_debugged", bytes([MENDED | 0x28, 1, 0, 8, 3, 4, 65, 0, 0, 0]) + code


# Sequences for fuzz_devices: writes (address, value), waits in cycles, inputs (what, value).
UART = [(0x40002500, 8), (0x4000250C, 6), (0x40002514, 8), (0x40002524, 0x01D7E000), (0x40002544, 0x20000200),
        (0x40002548, 16), (0x40002534, 0x20000100), (0x40002538, 4), (0x40002304, 0x160350), (0x40002200, 0x60),
        (0x40002008, 1), (0x40002000, 1), 30000]
SEQUENCES = {
    "uarte": UART + [("byte", 65), 6000, ("byte", 66), 60000, (0x40002004, 1), (0x4000200C, 1), 90000, (0x4000202C, 1)],
    "uarte_everywhere": UART[:6] + [(0x40002534, 0x2000FFFE), (0x40002538, 255), (0x40002008, 1), 60000,
                                    (0x40002534, 0xFFFFFFF0), (0x40002008, 1), 60000],
    "uart": [(0x40002500, 4), (0x4000250C, 6), (0x40002514, 8), (0x40002524, 0x01D7E000), (0x40002000, 1),
             (0x40002008, 1), (0x4000251C, 65), 9000, ("byte", 1), ("byte", 2), 60000, (0x40002004, 1), 90000],
    "timer": [(0x40008508, 1), (0x40008510, 0), (0x40008540, 1), (0x40008544, 200), (0x40008200, 1), (0x40008304, 0x30000),
              (0x40008000, 1), 1000, (0x40008040, 1), (0x4000800C, 1), (0x40008540, 0), 3000, (0x40008004, 1)],
    "counter": [(0x40008504, 1), (0x40008540, 2), (0x40008000, 1), (0x40008008, 1), (0x40008008, 1), 10],
    "rtc": [(0x4000B508, 0), (0x4000B540, 2), (0x4000B344, 0x10003), (0x4000B304, 0x10001), (0x4000B000, 1), 9000,
            (0x4000B00C, 1), 50000, (0x4000B008, 1), (0x4000B540, 5), (0x4000B004, 1), 9000],
    "ppi": [(0x4001F510, 0x40008140), (0x4001F514, 0x40006000), (0x4001F910, 0x4000800C), (0x40006510, 0x00131103),
            (0x40008540, 3), (0x40008510, 0), (0x40008304, 0x10000), (0x4001F504, 1), (0x40008000, 1), 500],
    "ppi_ring": [(0x40008504, 1), (0x40008540, 1), (0x40008200, 1), (0x40008000, 1), (0x4001F510, 0x40008140),
                 (0x4001F514, 0x40008008), (0x4001F910, 0x40008008), (0x4001F504, 1), (0x40008008, 1), 500],
    "ppi_flood": [(0x40008504, 1), (0x40008540, 1), (0x40008200, 1), (0x40008000, 1)] +
                 [(0x4001F510 + 4 * k, 0x40008008 if k % 2 else 0x40008140) for k in range(40)] +
                 [(0x4001F910 + 4 * k, 0x40008008) for k in range(32)] + [(0x4001F504, 0xFFFFF), (0x40008008, 1), 5000],
    "ppi_groups": [(0x4001F800, 3), (0x4001F510, 0x40008140), (0x4001F514, 0x4001F004), (0x4001F000, 1),
                   (0x40008540, 3), (0x40008000, 1), 900],
    "gpiote": [(0x50000734, 3), (0x40006510, 0x00030D01), (0x40006304, 0x80000001), (0x50000738, 0x2000C), ("press", 1), 100,
               ("release", 0), 100, (0x50000508, 0xFFFF), (0x50000518, 0x20000), 10],
    "nvmc": [(0x4001E504, 1), (0x1000, 5), 9000, (0x4001E504, 2), (0x4001E508, 0x1000), 60000, (0x4001E514, 1), 60000,
             (0x4001E50C, 1), (0x4001E510, 0x7F000)],
    "wdt": [(0x40010504, 15), (0x40010508, 3), (0x4001050C, 9), (0x40010304, 1), (0x40010000, 1), 20000,
            (0x40010600, 0x6E524635), (0x40010604, 0x6E524635), 60000, 60000],
    "clock": [(0x40000518, 1), (0x40000008, 1), (0x40000000, 1), (0x40000304, 0x1F), 60000, (0x40000538, 1),
              (0x40000010, 1), (0x40000014, 1), 60000, (0x4000000C, 1), (0x40000004, 1)],
    "power": [(0x40000578, 1), (0x40000400, 0xFFFFFFFF), (0x50000744, 0x3000C), (0x40000500, 1), ("press", 1), 1000],
    "random": [(0x4000D200, 1), (0x4000D504, 1), (0x4000D304, 1), (0x4000D000, 1), 60000, (0x4000C000, 1), (0x4000C304, 1),
               9000, ("temperature", 0x7FFFFFFF), (0x4000C000, 1), 9000],
}
WHATS = ["press", "release", "touch", "untouch", "byte", "temperature"]  # as in fuzz_board.c
DEVICES = 40  # an input goes to this many of the board's devices: those that do not know it do not care


def steps(sequence):
    """The bytes of fuzz_devices.c's steps."""
    data = b""
    for item in sequence:
        if isinstance(item, int):
            data += struct.pack("<BH", 0x0D, min(item // 16, 0xFFFF))
        elif isinstance(item[0], str):
            data += b"".join(struct.pack("<BBBI", 0x0E, device, WHATS.index(item[0]), item[1]) for device in range(DEVICES))
        else:
            data += struct.pack("<BIBI", 0xE0, item[0], 0xFF, item[1])
    return data


def devices():
    for name, sequence in SEQUENCES.items():
        yield name, steps(sequence)
    chance = random.Random(2)
    for index in range(60):
        yield f"steps{index}", chance.randbytes(chance.choice([50, 200, 800]))


def tiny_elf():
    """One PT_LOAD with code, one of RAM, a symbol."""
    code = struct.pack("<4I", 0x20001000, 0x41, 0xE7FEE7FE, 0x12345678)
    names = b"\0.symtab\0.strtab\0.names\0.sandglass.info\0"
    strings = b"\0main\0"
    info = b"SGLI" + struct.pack("<3I", 1, 48, 1) + b"processes".ljust(40, b"\0") + struct.pack("<IHH", 0x20000000, 4, 8)
    start = 52 + 2 * 32
    symbols = bytes(16) + struct.pack("<3IBBH", 1, 0x41, 8, 0x12, 0, 0xFFF1)
    parts, offsets, at = [code, symbols, strings, names, info], [], start
    for part in parts:
        offsets.append(at)
        at += len(part) + -len(part) % 4
    header = b"\x7fELF\x01\x01\x01" + bytes(9)
    header += struct.pack("<HHIIIIIHHHHHH", 2, 40, 1, 0x41, 52, at, 0x5000200, 52, 32, 2, 40, 5, 3)
    segments = struct.pack("<8I", 1, offsets[0], 0, 0, len(code), len(code), 5, 4)
    segments += struct.pack("<8I", 1, 0, 0x20000000, 0x20000000, 0, 0x100, 6, 4)
    body = b"".join(part + bytes(-len(part) % 4) for part in parts)
    section = struct.Struct("<10I")
    table = section.pack(*[0] * 10)
    table += section.pack(1, 2, 0, 0, offsets[1], len(symbols), 2, 1, 4, 16)
    table += section.pack(9, 3, 0, 0, offsets[2], len(strings), 0, 0, 1, 0)
    table += section.pack(17, 3, 0, 0, offsets[3], len(names), 0, 0, 1, 0)
    table += section.pack(24, 1, 0, 0, offsets[4], len(info), 0, 0, 4, 0)
    return header + segments + body + table, info


def hex_record(kind, address, data):
    record = bytes([len(data)]) + struct.pack(">H", address) + bytes([kind]) + data
    return (":" + (record + bytes([-sum(record) & 0xFF])).hex().upper() + "\n").encode()


def tbf():
    main = struct.pack("<HH3I", 1, 12, 1, 0, 1024)
    program = struct.pack("<HH5I", 9, 20, 41, 0, 2048, 240, 1)
    name = struct.pack("<HH", 3, 5) + b"blink\0\0\0"
    fixed = struct.pack("<HH2I", 5, 8, 0x20004000, 0x30080)
    tlvs = main + program + name + fixed
    head = struct.pack("<HHII", 2, 16 + len(tlvs), 256, 1)
    total = 0
    for word in struct.unpack(f"<{(len(head) + len(tlvs)) // 4}I", head + tlvs):
        total ^= word
    return (head + struct.pack("<I", total) + tlvs).ljust(256, b"\xAA")


SMALL_BOARD = """/dts-v1/;
/ { #address-cells = <1>; #size-cells = <1>; model = "small";
  chosen { zephyr,console = &u; sandglass,apps = &apps; };
  soc { compatible = "nordic,nrf52832"; #address-cells = <1>; #size-cells = <1>;
    memory@20000000 { compatible = "mmio-sram"; reg = <0x20000000 0x4000>; };
    flash@0 { compatible = "soc-nv-flash"; reg = <0 0x10000>; #address-cells = <1>; #size-cells = <1>;
      apps: partition@8000 { reg = <0x8000 0x4000>; }; };
    u: uart@40002000 { compatible = "nordic,nrf-uarte"; reg = <0x40002000 0x1000>; interrupts = <2 1>; };
    g: gpio@50000000 { compatible = "nordic,nrf-gpio"; reg = <0x50000000 0x1000>; port = <0>; };
    timer@40008000 { compatible = "nordic,nrf-timer"; reg = <0x40008000 0x1000>; cc-num = <4>; interrupts = <8 1>; }; };
  leds { compatible = "gpio-leds"; led { gpios = <&g 17 1>; }; };
  keys { compatible = "gpio-keys"; key { gpios = <&g 13 17>; }; };
  pad { compatible = "sandglass,touch-pad"; gpios = <&g 24 0>; }; };
"""


def compiled(command, text, ending, output):
    with tempfile.TemporaryDirectory() as folder:
        source, target = os.path.join(folder, "in" + ending), os.path.join(folder, "out")
        with open(source, "w", encoding="utf-8") as file:
            file.write(text)
        subprocess.run(command + ["-o", target, source], check=True, cwd=folder)
        with open(target, "rb") as file:
            return output + file.read()


def loader():
    """The first byte picks the reader, as in fuzz_loader.c."""
    elf, info = tiny_elf()
    image = hex_record(4, 0, b"\0\0") + hex_record(0, 0, bytes(range(16))) + hex_record(5, 0, b"\0\0\0\x41")
    image += hex_record(2, 0, b"\x10\0") + hex_record(3, 0, b"\0\0\0\0") + hex_record(1, 0, b"")
    yield "elf", b"\0" + elf
    yield "hex", b"\0" + image
    yield "tbf", b"\1" + tbf()
    yield "tbf_four", b"\2" + tbf() * 4
    yield "info", b"\3" + info
    yield "symbols", b"\4" + elf
    if shutil.which("arm-none-eabi-gcc") is None:
        print("make_seeds: no arm-none-eabi-gcc: no symbols with lines")
    else:
        command = ["arm-none-eabi-gcc", "-mcpu=cortex-m4", "-mthumb", "-g", "-Os", "-nostdlib", "-Wl,-Ttext=0x100,-emain"]
        yield "lines", compiled(command, "static int twice(int n)\n{\n    return 2 * n;\n}\nint main(void)\n{\n"
                                "    return twice(21);\n}\n", ".c", b"\4")
    if shutil.which("dtc") is None:
        print("make_seeds: no dtc: no board files")
    else:
        yield "board", compiled(["dtc", "-q", "-@", "-I", "dts", "-O", "dtb"], SMALL_BOARD, ".dts", b"\5")


def app():
    """Every element and footer there is, as fuzz_app.c takes them."""
    def tlv(kind, payload):
        return struct.pack("<HH", kind, len(payload)) + payload + bytes(-len(payload) % 4)
    elements = (tlv(8, struct.pack("<HH", 2, 0)) + tlv(3, b"name") + tlv(2, struct.pack("<II", 0, 32)) + tlv(5, b"\xff" * 8) +
                tlv(6, struct.pack("<HIIQ", 1, 1, 1, 3)) + tlv(10, b"\7\0\0\0") + tlv(0x77, b"new") +
                tlv(7, struct.pack("<IHIIHI", 5, 2, 5, 6, 1, 7)))
    footers = (tlv(128, struct.pack("<I", 3) + bytes(32)) + tlv(128, struct.pack("<I", 6) + bytes(64)) + tlv(9, b"other") +
               tlv(128, struct.pack("<I", 0) + bytes(20)))
    for name, program in (("program", True), ("main", False)):
        header_size = 16 + len(elements) + (24 if program else 16)
        end = header_size + 16
        total = end + len(footers)
        fields = struct.pack("<IIIII", 4, 0, 1024, end, 3) if program else struct.pack("<III", 4, 0, 1024)
        yield name, (struct.pack("<HHIII", 2, header_size, total, 1, 0) + tlv(9 if program else 1, fields) + elements +
                     bytes(16) + footers)


def gdb():
    packets = [b"qSupported:multiprocess+;swbreak+", b"QStartNoAckMode", b"?", b"g", b"p0", b"pf", b"P0=78563412",
               b"m0,40", b"me000ed00,40", b"m40000000,20", b"M20000000,4:01020304", b"X20000000,4:abcd", b"Z0,44,2",
               b"Z1,44,2", b"Z2,20000100,4", b"Z3,20000100,4", b"Z4,20000100,4", b"c", b"s", b"vCont?", b"vCont;c",
               b"vCont;s:1", b"z0,44,2", b"z2,20000100,4", b"qXfer:features:read:target.xml:0,ffb",
               b"qXfer:memory-map:read::0,ffb", b"qRcmd,7265736574", b"Hg0", b"T1", b"qfThreadInfo", b"qsThreadInfo",
               b"qC", b"qAttached", b"D", b"k", b"G" + b"00" * 168, b"vMustReplyEmpty", b"R00", b"s44", b"C05;40"]
    for index, packet in enumerate(packets):
        yield f"packet{index}", bytes([0, len(packet) & 0xFF]) + packet[:255]
    session = b"".join(bytes([0, len(p)]) + p for p in packets if len(p) < 256 and p[:1] not in (b"D", b"k"))
    yield "session", session
    yield "raw", bytes([7, 12]) + b"$g#67+-\x03$}#" + b"xx"


def values():
    lines = ["--for\n2s\n--headless", "--for=1.5s\n--seed\n0x10", "-b\nnrf52dk\na.elf\nb.tbf", "--uart-in\nlist\\n@1s",
             "--press\nbutton0@1s..2s", "--touch=pad0@200ms", "--set\ntemp.temperature=-3050@2us", "--uart\ntcp:99",
             "--gdb=3333\n--trace\nx", "--mpu-stats\nhits", "--until\nhello\n--speed\nmax", "1000000s\n0.000000001s\n7ns",
             "--uart=file:x\n--check-isolation\n--forever\n--help"]
    for index, line in enumerate(lines):
        yield f"line{index}", line.encode()


def main():
    if len(sys.argv) != 2:
        print("usage: make_seeds.py FOLDER", file=sys.stderr)
        return 2
    for target in (guests, devices, loader, app, gdb, values):
        folder = os.path.join(sys.argv[1], {"guests": "guest"}.get(target.__name__, target.__name__))
        os.makedirs(folder, exist_ok=True)
        for name, data in target():
            with open(os.path.join(folder, name), "wb") as file:
                file.write(data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
