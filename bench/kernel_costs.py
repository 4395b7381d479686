"""What the kernel takes for each kind of system call, for a switch of processes and for an interrupt: in cycles, read from the
event trace of apps that do nothing else."""
import os
import statistics
import tempfile

from machines import Run, fail
from report import Figure, Spread

APPS_START = 0x30000  # nRF52832: the kernel's code lies below
SYSTICK, RTC1 = "15", "33"
YIELD, SUBSCRIBE, COMMAND, ALLOW_READ_WRITE, ALLOW_READ_ONLY, MEMOP = "0", "1", "2", "3", "4", "5"
DIGITS, BYTE_JITTER = {f"{digit:02x}" for digit in b"0123456789"}, 16


def trace_of(bench, options, *apps):
    """The fields of each line of the event trace."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "trace")
        Run(bench.machines.sandglass_command("--trace", path, *options, *(bench.machines.file("firmware/apps", app) for app in apps)))
        if not os.path.exists(path):
            fail(f"no trace came of {' '.join(apps)}")
        with open(path, encoding="utf-8") as file:
            return [line.split() for line in file]


def in_app(fields):
    """The address at which an app goes on, or None."""
    if fields[1] != "resume":
        return None
    pc = int(fields[2][3:], 16)
    return pc if pc >= APPS_START else None


def calls(trace, call_class):
    """Cycles from each SVC of this class to where its app goes on, if nothing else went on meanwhile."""
    costs, called = [], None
    for fields in trace:
        if fields[1] == "call":
            called = int(fields[0]) if fields[3] == call_class else None
        elif fields[1] == "enter" and fields[2] not in ("11", "14"):
            called = None
        elif called is not None and in_app(fields) is not None:
            costs.append(int(fields[0]) - called)
            called = None
    return costs


def after_interrupt(trace, exception, asleep):
    """Cycles from the entry of each such interrupt to where an app goes on. `asleep`: only those that end a sleep."""
    costs, entered, yielded = [], None, False
    for fields in trace:
        if fields[1] == "call":
            yielded = fields[3] == YIELD
        elif fields[1] == "enter" and fields[2] == exception and (yielded or not asleep):
            entered = int(fields[0])
        elif in_app(fields) is not None:
            if entered is not None:
                costs.append(int(fields[0]) - entered)
            entered, yielded = None, False
    return costs


def pauses(trace):
    """What passes between two digits of one line more than a byte takes: there the kernel serves the UART's interrupt, fills the
    buffer anew and starts it. Between lines the app may have to come first."""
    sent = [(int(fields[0]), fields[3]) for fields in trace if fields[1] == "uart"]
    gaps = [later - earlier for (earlier, byte), (later, _) in zip(sent, sent[1:]) if byte in DIGITS]
    byte_cycles = statistics.mode(gaps)
    return [gap - byte_cycles for gap in gaps if gap > byte_cycles + BYTE_JITTER]


def spread(costs, least, what):
    if len(costs) < least:
        fail(f"only {len(costs)} times was seen: {what}")
    return Spread(costs)


def kernel_costs(bench):
    trace = trace_of(bench, ("--for", "2s"), "kernel_costs.tbf")
    for name, what, call_class in (("allow", "allow read-write, SVC to the app's next instruction", ALLOW_READ_WRITE),
                                   ("allow_read_only", "allow read-only, likewise", ALLOW_READ_ONLY),
                                   ("subscribe", "subscribe, likewise", SUBSCRIBE), ("memop", "memop, likewise", MEMOP),
                                   ("alarm_command", "a command that sets an alarm, likewise", COMMAND),
                                   ("yield_to_upcall", "yield-wait with an upcall queued: SVC to the callback's first instruction", YIELD)):
        yield Figure(name, what, "cycles", spread(calls(trace, call_class), 90, what))
    what = "asleep in yield-wait: entry of the alarm's interrupt to the callback's first instruction"
    yield Figure("interrupt_to_upcall", what, "cycles", spread(after_interrupt(trace, RTC1, True), 90, what))

    what = "end of a time slice (SysTick's entry) to the next process's instruction, its MPU regions loaded"
    trace = trace_of(bench, ("--for", "2s"), "tests/turns.tbf", "tests/turns.tbf")
    yield Figure("context_switch", what, "cycles", spread(after_interrupt(trace, SYSTICK, False), 50, what))

    what = "the UART's interrupt with five busy apps: last byte of a piece to the first of the next, more than a byte takes"
    trace = trace_of(bench, ("--for", "2s"), "long_write.tbf", "kernel_costs.tbf", "buttons.tbf", "tests/turns.tbf", "tests/turns.tbf")
    found = spread(pauses(trace), 50, what)
    yield Figure("interrupt_latency", what, "cycles", found)
