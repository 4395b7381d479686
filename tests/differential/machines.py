"""Packs guests into an ELF and runs it on both machines at the same time."""
import os
import re
import struct
import subprocess
import sys
import tempfile
import threading

from record import Stop, parse

HERE = os.path.dirname(os.path.abspath(__file__))
RUNTIME = ["runtime", "record"]
START_MARK = b"DIFFSTRT"  # in runtime.S, before the number of the first guest
CPU = ["-mcpu=cortex-m4", "-mfloat-abi=hard", "-mfpu=vfpv4-d16"]  # as for fpv4-sp-d16 does not know moves of a half of a double


def assemble(source, target):
    subprocess.run(["arm-none-eabi-as", *CPU, "-I", HERE, source, "-o", target], check=True)


def build(folder, texts):
    """texts: (tag, assembler text) of each guest. Returns the bytes of the ELF."""
    source, cases, elf = (os.path.join(folder, name) for name in ("guests.s", "guests.o", "guests.elf"))
    runtime = [os.path.join(folder, name + ".o") for name in RUNTIME]
    with open(source, "w", encoding="utf-8") as file:
        file.write(".syntax unified\n.thumb\n.text\n" + "\n".join(text for _, text in texts))
        file.write("\n.section .rodata\n.align 2\n.global case_table, case_count\ncase_table:\n")
        file.write("".join(f"    .word {tag}\n" for tag, _ in texts) + f"case_count: .word {len(texts)}\n")
    assemble(source, cases)
    for name, target in zip(RUNTIME, runtime):
        assemble(os.path.join(HERE, name + ".S"), target)
    subprocess.run(["arm-none-eabi-ld", "--no-warn-rwx-segments", "-T" + os.path.join(HERE, "guests.ld"), *runtime, cases, "-o", elf], check=True)
    with open(elf, "rb") as file:
        return file.read()


def processor_seconds(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            times = file.read().rsplit(")", 1)[1].split()[11:13]
    except OSError:
        return 0
    return sum(int(ticks) for ticks in times) / os.sysconf("SC_CLK_TCK")


class Machine:
    """One of the two: starts, and starts again behind a guest that stopped it."""

    def __init__(self, folder, image, count):
        self.folder, self.image, self.count = folder, image, count
        self.log, self.elf = os.path.join(folder, self.LOG), os.path.join(folder, self.LOG + ".elf")
        self.errors = os.path.join(folder, self.LOG + ".stderr")
        self.outcomes, self.failure = [], None

    def run(self):
        try:
            while len(self.outcomes) < self.count:
                self.start()
        except Exception as error:  # told by run_both: a thread has no other way
            self.failure = error

    def start(self):
        place = self.image.index(START_MARK) + len(START_MARK)
        with open(self.elf, "wb") as file:
            file.write(self.image[:place] + struct.pack("<I", len(self.outcomes)) + self.image[place + 4:])
        with open(self.log, "wb"):
            pass
        with open(self.errors, "wb") as errors:
            process = subprocess.Popen(self.command(), cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors)
            ended = self.wait(process)
        with open(self.log, "rb") as file:
            self.outcomes += parse(file.read())
        if len(self.outcomes) < self.count:
            with open(self.errors, encoding="utf-8", errors="replace") as file:
                self.outcomes.append(self.stopped(file.read(), process.returncode if ended else None))

    def wait(self, process):
        """False: it had to be killed. Nothing but this depends on host time."""
        size, since = -1, 0
        while True:
            try:
                process.wait(0.2)
                return True
            except subprocess.TimeoutExpired:
                pass
            if os.path.getsize(self.log) != size:
                size, since = os.path.getsize(self.log), processor_seconds(process.pid)
            elif processor_seconds(process.pid) - since > self.PATIENCE_SECONDS:
                process.kill()
                process.wait()
                return False


class Qemu(Machine):
    LOG = "qemu.log"
    PATIENCE_SECONDS = 1  # of processor time without a further record: a hang

    def command(self):
        return ["qemu-system-arm", "-M", "mps2-an386", "-kernel", self.elf, "-device", "loader,addr=0x2000FFF8,data=1,data-len=4",
                "-semihosting-config", "enable=on,target=native", "-display", "none", "-monitor", "none", "-serial", "none"]

    def stopped(self, errors, status):
        if "Lockup" in errors:
            registers = dict(re.findall(r"(R1[345])=([0-9a-f]{8})", errors))
            return Stop("lockup", {name: int(registers[r], 16) for name, r in (("lr", "R14"), ("msp", "R13")) if r in registers}, errors)
        return Stop("hang" if status is None else "crash", {}, errors)


class Ours(Machine):
    LOG = "ours.log"
    PATIENCE_SECONDS = 60  # --for ends a hang; the log is not written at once
    program = None

    def command(self):
        return [self.program, "run", "--headless", "--for", f"{4 + self.count // 20}s", "--uart", "file:" + self.log, self.elf]

    def stopped(self, errors, status):
        found = re.search(r"the core is locked up .*lr (0x[0-9a-f]+), msp (0x[0-9a-f]+)", errors)
        if found:
            return Stop("lockup", {"lr": int(found[1], 16), "msp": int(found[2], 16)}, errors)
        if status == 2 and not self.outcomes:
            raise RuntimeError(errors)  # not a guest's fault
        return Stop("hang" if status in (0, None) else "crash", {}, errors[-2000:])


def run_both(guests, program, keep=None):
    """Returns [(ours, theirs)] of the guests, each a Record or a Stop."""
    Ours.program = program
    with tempfile.TemporaryDirectory() as folder:
        folder = os.path.abspath(keep) if keep else folder
        image = build(folder, [(f"guest_{i}", guest.text(f"guest_{i}")) for i, guest in enumerate(guests)])
        machines = [Ours(folder, image, len(guests)), Qemu(folder, image, len(guests))]
        threads = [threading.Thread(target=machine.run) for machine in machines]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    for machine in machines:
        if machine.failure:
            raise machine.failure
        if len(machine.outcomes) > len(guests):
            sys.exit("a machine made more records than guests: a guest has written over the runtime's variables")
    return list(zip(machines[0].outcomes, machines[1].outcomes))
