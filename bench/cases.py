"""What is measured: each case is a function that yields figures. run.py chooses among them by the names in CASES."""
import os
import statistics
import subprocess
import tempfile

from kernel_costs import kernel_costs
from machines import Run, fail, first_byte_seconds, need, peak_memory_kb
from report import Figure, Spread
from window_costs import window

CPU_MEDIAN, CPU_LEAST = 0.9, 0.7
MPU_RATIO, INTERRUPT_RATIO = 3.0, 1.5
NULL_CYCLES, PROCESS_BYTES, TRAPS_PERCENT = 250, 676, 10
FLASH_BYTES, RAM_BYTES = 65536, 8192
SLEEP_SECONDS, DEVICE_MILLIONS, MEMORY_MB, START_MS, RESTORE_US = 1.0, 12.0, 32.0, 100.0, 50.0
LINEAR_TOLERANCE = 0.10
FULL_BOARDS = ("nrf52dk", "nrf52840dk", "pinetime")
WORK_TOLERANCE = 0.05  # where the machines cannot do exactly the same

# guest, what it does, rounds with --quick
CPU_GUESTS = (("integer", "CRC-32, 64-bit products, filter, divisions", 2),
              ("branchy", "interpreter, searches, recursion, scanner", 2),
              ("stores", "fills, copies, records, histogram, ring", 2),
              ("floating", "filter, matrix, square roots, polynomial", 2))
MORE_CPU_GUESTS = (("cpu_bound", "sorting, sieve, checksums, matrices", 2), ("hashing", "SHA-256: long blocks", 2))


class Bench:
    """What every case is given."""

    def __init__(self, machines, runs, quick):
        self.machines, self.runs, self.quick = machines, runs, quick

    def judge(self, met):
        return None if self.quick else met

    def guest(self, name, quick_rounds, factor=1):
        return self.machines.guest(name, rounds=quick_rounds * factor if self.quick else None, factor=factor)

    def in_turn(self, elf, plain=False):
        """The same ELF on both in turn, so that a drifting machine hurts both alike: lists of runs."""
        ours, icount, without = [], [], []
        for _ in range(self.runs):
            ours.append(self.machines.sandglass(elf))
            if self.machines.has_qemu:
                icount.append(self.machines.qemu(elf))
                if plain:
                    without.append(self.machines.qemu(elf, icount=False))
        for run in icount + without:
            if run.result != ours[0].result:
                fail(f"{elf}: the machines disagree: {ours[0].result:08x}, QEMU {run.result:08x}")
        return ours, icount, without

    def figure(self, name, what, unit, runs, value, **more):
        """A figure whose values are value(run), more being better."""
        ours, icount, without = ([value(run) for run in some] for some in runs)
        ratio = Spread([a / b for a, b in zip(ours, icount)]) if icount else None
        return Figure(name, what, unit, Spread(ours), Spread(icount) if icount else None,
                      Spread(without) if without else None, ratio, **more)


def cpu(bench):
    ratios = []
    for name, what, quick_rounds in CPU_GUESTS + MORE_CPU_GUESTS:
        elf, _ = bench.guest(name, quick_rounds)
        runs = bench.in_turn(elf, plain=True)
        instructions = runs[0][0].instructions()
        figure = bench.figure(name, what, "MIPS", runs, lambda run: instructions / run.seconds / 1e6)
        if figure.ratio is not None and (name, what, quick_rounds) in CPU_GUESTS:
            ratios.append(figure.ratio.median)
            figure.expected = f">= {CPU_LEAST}x"
            figure.met = bench.judge(figure.ratio.median >= CPU_LEAST)
        yield figure
    if ratios:
        median = statistics.median(ratios)
        yield Figure("cpu", "median of integer, branchy, stores, floating", "times qemu -icount", Spread([median]),
                     expected=f">= {CPU_MEDIAN}x", met=bench.judge(median >= CPU_MEDIAN))


def mpu_switch(bench):
    elf, rounds = bench.guest("mpu_switch", 130)
    runs = bench.in_turn(elf)
    figure = bench.figure("mpu_switch", "SVC switches between two unprivileged tasks, 8 MPU regions each", "thousand a second",
                          runs, lambda run: 2 * rounds / run.seconds / 1e3, expected=f">= {MPU_RATIO:.0f}x")
    figure.met = bench.judge(figure.ratio.median >= MPU_RATIO) if figure.ratio else None
    yield figure


def interrupts(bench):
    elf, rounds = bench.guest("interrupts", 50)
    runs = bench.in_turn(elf)
    figure = bench.figure("interrupts", "20 kHz timer interrupt and PendSV switch", "thousand a second", runs,
                          lambda run: rounds / run.seconds / 1e3, expected=f">= {INTERRUPT_RATIO}x")
    if runs[1]:
        work = runs[0][0].work / runs[1][0].work
        figure.note = f"work between two interrupts, sandglass to QEMU: {work:.3f}"
        if not bench.quick and abs(work - 1) > WORK_TOLERANCE:
            fail(f"interrupts: the machines do not do the same work between interrupts ({work:.3f}); choose STEPS anew")
        figure.met = bench.judge(figure.ratio.median >= INTERRUPT_RATIO)
    yield figure


def sleep(bench):
    app = bench.machines.file("firmware/apps/blink.tbf")
    seconds = 10 if bench.quick else 3600
    values = []
    for _ in range(bench.runs):
        run = Run(bench.machines.sandglass_command("--for", f"{seconds}s", app))
        if run.number(r"blink +([\d,]+) ", "how many calls blink made") < 5 * seconds:
            fail("blink did not blink")
        values.append(run.seconds)
    yield Figure("sleep", f"kernel and blink, {seconds} virtual seconds", "s", Spread(values),
                 expected=f"< {SLEEP_SECONDS:.0f} s", met=bench.judge(statistics.median(values) < SLEEP_SECONDS))
    elf, rounds = bench.guest("sleeper", 40)
    yield bench.figure("sleep_bare", f"a bare guest that wakes {rounds:,} times in {rounds // 4:,} virtual seconds", "wakes a second",
                       bench.in_turn(elf), lambda run: rounds / run.seconds)


def devices(bench):
    elf, rounds = bench.guest("devices", 2)
    figure = bench.figure("devices", "polling a GPIO and a UART register, each access at its cycle", "million a second",
                          bench.in_turn(elf), lambda run: 2000 * rounds / run.seconds / 1e6,
                          expected=f">= {DEVICE_MILLIONS:.0f} M/s")
    figure.met = bench.judge(figure.ours.median >= DEVICE_MILLIONS)
    yield figure


def memory(bench):
    machines = bench.machines
    seconds = "1s" if bench.quick else "12s"
    demo = [peak_memory_kb(machines.sandglass_command("--for", seconds)) / 1024 for _ in range(bench.runs)]
    yield Figure("memory", "resident at most, the demo (14 apps)", "MB", Spread(demo), expected=f"< {MEMORY_MB:.0f} MB",
                 met=bench.judge(statistics.median(demo) < MEMORY_MB))
    elf, _ = bench.guest("cpu_bound", 2)
    ours = [peak_memory_kb(machines.sandglass_command("--for", "36000s", elf)) / 1024 for _ in range(bench.runs)]
    qemu = [peak_memory_kb(machines.qemu_command(elf)) / 1024 for _ in range(bench.runs)] if machines.has_qemu else []
    yield Figure("memory_bare", "resident at most, cpu_bound", "MB", Spread(ours), Spread(qemu) if qemu else None)


def start(bench):
    command = bench.machines.sandglass_command()
    values = [first_byte_seconds(command) * 1e3 for _ in range(bench.runs)]
    own = [Run(bench.machines.sandglass_command("--until", "Sandglass")).cpu_seconds * 1e3 for _ in range(bench.runs)]
    yield Figure("start", "from nothing to the first UART byte of the demo, wall time", "ms", Spread(values),
                 expected=f"< {START_MS:.0f} ms", met=bench.judge(statistics.median(values) < START_MS),
                 note=f"CPU time of a run up to that line: {Spread(own).text()} ms")
    elf, _ = bench.machines.guest("integer", rounds=0)
    first, others = bench.machines.sandglass_command("--for", "1s", elf), []
    ours = [first_byte_seconds(first) * 1e3 for _ in range(bench.runs)]
    if bench.machines.has_qemu:
        others = [first_byte_seconds(bench.machines.qemu_command(elf)) * 1e3 for _ in range(bench.runs)]
    yield Figure("start_bare", "the same, a bare guest", "ms", Spread(ours), Spread(others) if others else None)


def snapshot(bench):
    program = os.path.join(bench.machines.build, "bench/bench_snapshot")
    what = "restore of a snapshot of a 64 kB machine"
    expected = f"< {RESTORE_US:.0f} us"
    if not os.path.exists(program):
        yield Figure("snapshot", what, "us", None, expected=expected, note="not built")
        return
    values = [float(Run([program]).number(r"restore_ns (\d+)", "how long a restore takes")) / 1e3 for _ in range(bench.runs)]
    yield Figure("snapshot", what, "us", Spread(values), expected=expected,
                 met=bench.judge(statistics.median(values) < RESTORE_US))


def linear(bench):
    """Cost per round at 2 and 4 times the rounds, and on a board with next to no devices; 1 is as it should be."""
    machines = bench.machines
    for name, quick_rounds in (("integer", 2), ("mpu_switch", 130), ("interrupts", 50)):
        elfs = [bench.guest(name, quick_rounds, factor)[0] for factor in (1, 2, 4)]
        empty, _ = machines.guest("integer", rounds=0)
        twice, four = [], []
        for _ in range(bench.runs):
            base = machines.sandglass(empty).seconds
            one, two, more = (max(machines.sandglass(elf).seconds - base, 1e-6) for elf in elfs)
            twice.append(two / one / 2)
            four.append(more / one / 4)
        for factor, values in ((2, twice), (4, four)):
            median = statistics.median(values)
            yield Figure(f"linear_{name}_{factor}", f"{name}: cost of {factor} times the work, divided by {factor}", "",
                         Spread(values), expected=f"1 +- {LINEAR_TOLERANCE}", met=bench.judge(abs(median - 1) <= LINEAR_TOLERANCE))
    board = minimal_board(machines)
    for name, quick_rounds in (("branchy", 2), ("interrupts", 50)):
        elf, _ = bench.guest(name, quick_rounds)
        values = {full: [] for full in FULL_BOARDS}
        for _ in range(bench.runs):
            few = machines.sandglass(elf, "-b", board).seconds
            for full in FULL_BOARDS:
                values[full].append(machines.sandglass(elf, "-b", full).seconds / few)
        for full in FULL_BOARDS:
            median = statistics.median(values[full])
            yield Figure(f"idle_devices_{name}_{full}", f"{name}: cost with all devices and parts of {full}, divided by that with one UART",
                         "", Spread(values[full]), expected=f"<= {1 + LINEAR_TOLERANCE}",
                         met=bench.judge(median <= 1 + LINEAR_TOLERANCE))


def minimal_board(machines):
    """Compiled once: the compiler's time is not the simulator's."""
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "minimal.dts")
    blob = os.path.join(machines.folder, "minimal.dtb")
    done = subprocess.run(["dtc", "-q", "-O", "dtb", "-o", blob, source], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        fail(f"dtc does not take {source}: {done.stderr.strip()}")
    return blob


def kernel_sizes(bench, elf):
    """(flash, RAM, its stack) of a kernel, in bytes."""
    found = {}
    listing = Run([need("arm-none-eabi-size", "run: sh tools/setup.sh"), "-A", elf]).output
    for line in listing.splitlines():
        fields = line.split()
        if len(fields) == 3 and fields[0].startswith(".") and fields[1].isdigit():
            found[fields[0]] = (int(fields[1]), int(fields[2]))
    ram = max(address + size for size, address in found.values() if 0x20000000 <= address < 0x20010000) - 0x20000000
    flash = sum(size for name, (size, address) in found.items() if address < 0x30000 and not name.startswith(".debug")
                and name not in (".comment", ".ARM.attributes", ".sandglass.info", ".capsule.manifest"))
    flash += found.get(".data", (0, 0))[0]
    return flash, ram, found.get(".stack", (0, 0))[0]


def sizes(bench):
    flash, ram, stack = kernel_sizes(bench, bench.machines.file("firmware/kernel/nrf52dk.elf"))
    yield Figure("kernel_flash", "the kernel's flash", "bytes", Spread([flash]), expected=f"< {FLASH_BYTES:,}",
                 met=bench.judge(flash < FLASH_BYTES))
    yield Figure("kernel_ram", "the kernel's RAM", "bytes", Spread([ram]), expected=f"<= {RAM_BYTES:,}", met=bench.judge(ram <= RAM_BYTES),
                 note=f"of which the stack {stack:,}")


def run_null_command(bench, *kernel):
    """The run, and the cycles of each of its calls."""
    app = bench.machines.file("firmware/apps/null_command.tbf")
    with tempfile.NamedTemporaryFile(mode="r", suffix=".trace") as trace:
        run = Run(bench.machines.sandglass_command("--for", "2s", "--trace", trace.name, *kernel, app))
        lines = trace.read().splitlines()
    costs, called, back = [], None, None
    for line in lines:
        fields = line.split()
        if fields[1] == "call" and fields[3] == "2":
            called, back = int(fields[0]), fields[-1]
        elif fields[1] == "resume" and called is not None and fields[2] == back:
            costs.append(int(fields[0]) - called)
            called = None
    if len(costs) < 900:
        fail(f"only {len(costs)} null commands were seen in the trace; the app did not run")
    return run, Spread(costs)


def null_command(bench):
    run, costs = run_null_command(bench)
    kept = run.number(r"grants +([\d,]+) ", "what the kernel keeps for a process")
    yield Figure("process_ram", "the kernel's RAM for a process, no grant entered (Tock 2.1 with 14 grants: 1,352 published)", "bytes",
                 Spread([kept]), expected=f"<= {PROCESS_BYTES}", met=bench.judge(kept <= PROCESS_BYTES))
    yield Figure("null_command", f"LED command 0, SVC to the app's next instruction, {len(costs.values):,} calls", "cycles", costs,
                 expected=f"< {NULL_CYCLES}", met=bench.judge(costs.median < NULL_CYCLES))


def traps(bench):
    """Nothing where nobody has built the other kernels: they serve this comparison alone."""
    if not bench.machines.has("firmware_without_traps/kernel/pinetime.elf"):
        return
    for board in FULL_BOARDS:
        elf, other = (bench.machines.file(f"{folder}/kernel/{board}.elf") for folder in ("firmware", "firmware_without_traps"))
        flash, without = (kernel_sizes(bench, path)[0] for path in (elf, other))
        share = 100.0 * (flash - without) / without
        yield Figure(f"traps_flash_{board}", f"the checks in capsules at run time: flash of {board}, with {flash:,} bytes", "%", Spread([share]),
                     expected=f"< {TRAPS_PERCENT}", met=bench.judge(share < TRAPS_PERCENT))
    other = bench.machines.file("firmware_without_traps/kernel/nrf52dk.elf")
    _, with_traps = run_null_command(bench)
    _, without = run_null_command(bench, other)
    share = 100.0 * (with_traps.median - without.median) / without.median
    yield Figure("traps_cycles", f"the same: null command, {with_traps.median:.0f} cycles against {without.median:.0f}", "%", Spread([share]),
                 expected=f"< {TRAPS_PERCENT}", met=bench.judge(share < TRAPS_PERCENT))


CASES = {"sizes": sizes, "null_command": null_command, "kernel_costs": kernel_costs, "traps": traps, "cpu": cpu, "mpu_switch": mpu_switch, "interrupts": interrupts,
         "sleep": sleep, "devices": devices, "memory": memory, "start": start, "snapshot": snapshot, "window": window, "linear": linear}
