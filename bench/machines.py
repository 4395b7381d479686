"""Starts the simulator and QEMU, and says what a run took. Used by run.py and its cases."""
import os
import re
import shutil
import struct
import subprocess
import sys
import time

QEMU = "qemu-system-arm"
ROUNDS = "bench_rounds"
HOST_SECONDS = 600  # only against a hang


def fail(message):
    print(f"bench: {message}", file=sys.stderr)
    sys.exit(2)


def need(path, remedy):
    if not (os.path.exists(path) or shutil.which(path)):
        fail(f"{path} is not there; {remedy}")
    return path


class Run:
    """One run of a program. `seconds` is its CPU time, or wall time when that is less (several threads)."""

    def __init__(self, command, stdin=subprocess.DEVNULL):
        start = time.monotonic()
        process = subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            output = process.stdout.read()
            _, status, usage = os.wait4(process.pid, 0)
        except KeyboardInterrupt:
            process.kill()
            raise
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stdout.close()
        self.wall_seconds = time.monotonic() - start
        self.cpu_seconds = usage.ru_utime + usage.ru_stime
        self.seconds = min(self.wall_seconds, self.cpu_seconds)
        self.status = process.returncode
        self.output = output.decode("utf-8", "replace")
        self.command = command

    def number(self, pattern, what):
        found = re.search(pattern, self.output)
        if not found:
            fail(f"'{' '.join(self.command)}' does not say {what}; it ended with status {self.status} and: "
                 f"{self.output.strip().splitlines()[-1:]}")
        return int(found.group(1).replace(",", ""))

    def instructions(self):
        return self.number(r"([\d,]+) instructions", "how many instructions it was")


class GuestRun(Run):
    """A run of a benchmark guest, refused unless the guest found its own result right."""

    def __init__(self, command):
        super().__init__(command)
        found = re.search(r"^(right|wrong) ([0-9a-f]{8}) ([0-9a-f]{8})", self.output, re.M)
        if not found:
            fail(f"the guest of '{' '.join(command)}' did not come to its end (status {self.status}): "
                 f"{self.output.strip()[-200:]!r}")
        if found.group(1) != "right":
            fail(f"the guest of '{' '.join(command)}' found its own result wrong: {found.group(2)}")
        self.result, self.work = int(found.group(2), 16), int(found.group(3), 16)


def symbol_offset(elf, name):
    """Where in a 32-bit little-endian ELF file the bytes of a symbol lie."""
    header = struct.unpack_from("<16sHHIIIIIHHHHHH", elf)
    sections = [struct.unpack_from("<10I", elf, header[6] + i * header[11]) for i in range(header[12])]
    for _, kind, _, _, offset, size, link, _, _, entry in sections:
        if kind != 2:  # SHT_SYMTAB
            continue
        strings = sections[link][4]
        for at in range(offset, offset + size, entry):
            text, value, _, _, _, section = struct.unpack_from("<IIIBBH", elf, at)
            end = elf.index(b"\0", strings + text)
            if elf[strings + text:end].decode() == name and section < len(sections):
                return sections[section][4] + value - sections[section][3]
    return None


class Machines:
    """Both machines, for a build folder. `folder` is for ELFs with another number of rounds."""

    def __init__(self, build, folder):
        self.build, self.folder = build, folder
        self.program = need(os.path.join(build, "sim/sandglass"), "build first: sh tools/quickstart.sh")
        self.has_qemu = shutil.which(QEMU) is not None

    def file(self, *path):
        return need(os.path.join(self.build, *path), "build first: cmake --build")

    def has(self, *path):
        return os.path.exists(os.path.join(self.build, *path))

    def guest(self, name, rounds=None, factor=1):
        """The ELF of a guest, with `rounds` or `factor` times its own rounds. Returns the path and the rounds."""
        path = self.file("firmware/guests", name + ".elf")
        with open(path, "rb") as file:
            elf = bytearray(file.read())
        offset = symbol_offset(elf, ROUNDS)
        if offset is None:
            fail(f"{path} has no symbol {ROUNDS}; build it anew: cmake --build")
        own = struct.unpack_from("<I", elf, offset)[0]
        wanted = own * factor if rounds is None else rounds
        struct.pack_into("<I", elf, offset, wanted)
        path = os.path.join(self.folder, f"{name}-{wanted}.elf")
        with open(path, "wb") as file:
            file.write(elf)
        return path, wanted

    def sandglass_command(self, *arguments):
        return [self.program, "run", "--headless", *arguments]

    def sandglass(self, elf, *arguments):
        return GuestRun(self.sandglass_command("--for", "36000s", *arguments, elf))

    def qemu_command(self, elf, icount=True):
        options = ["-icount", "shift=0,sleep=off"] if icount else []
        return [QEMU, "-M", "mps2-an386", "-nographic", "-no-reboot", *options, "-kernel", elf]

    def qemu(self, elf, icount=True):
        return GuestRun(self.qemu_command(elf, icount))


def peak_memory_kb(command):
    """The most that a process had in memory (VmHWM). Asked while it runs: what wait4 says of a child is at least
    what this program itself needs."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = 0
    try:
        while process.poll() is None:
            with open(f"/proc/{process.pid}/status", encoding="ascii", errors="replace") as file:
                found = re.search(r"VmHWM:\s+(\d+) kB", file.read())
            peak = max(peak, int(found.group(1)) if found else 0)
            time.sleep(0.001)
    finally:
        process.kill()
        process.wait()
    return peak


def first_byte_seconds(command):
    """Wall time from before the process exists to its first byte on stdout."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        byte = process.stdout.read(1)
        seconds = time.monotonic() - start
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    if not byte:
        fail(f"'{' '.join(command)}' printed nothing")
    return seconds
