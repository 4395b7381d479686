"""What the window costs the machine, and how closely virtual time follows the wall's."""
import os
import re
import statistics
import subprocess
import time

from machines import Run, fail
from report import Figure, Spread

COST, APART_MS = 1.10, 20.0
PAIRS = 7  # at least: the two runs of a pair differ by what else the host does
LOOK_SECONDS = 0.002
THREAD = "machine"  # sim/cli/run_window.c


def command(machines, window, *arguments):
    """A run whose window is drawn but not seen, so that no display is needed; or one without."""
    os.environ.update(SDL_VIDEODRIVER="dummy", SANDGLASS_NO_CONFIG="1")
    return [machines.program, "run", "--window" if window else "--no-window", *arguments]


def thread_seconds(pid, window):
    """CPU time so far of the thread that runs the machine; None: it is not there."""
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/comm", encoding="ascii", errors="replace") as file:
                found = file.read().strip() == THREAD if window else int(thread) == pid
            if found:
                with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="ascii") as file:
                    return int(file.read().split()[0]) / 1e9
    except (OSError, IndexError, ValueError):  # it has just ended
        pass
    return None


def machine_seconds(machines, window, *arguments):
    """CPU time of the machine's thread; the one who draws has another. Without a window start-up is in it."""
    words = command(machines, window, *arguments)
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    seconds = None
    while process.poll() is None:
        seconds = thread_seconds(process.pid, window) or seconds
        time.sleep(LOOK_SECONDS)
    if process.returncode != 0 or seconds is None:
        fail(f"'{' '.join(words)}' ended with status {process.returncode}, or too soon to be measured")
    return seconds


def cost(bench, name, what, seconds, *files):
    """As fast as it can, with 60 pictures a second and without, in turn."""
    machines = bench.machines
    pairs = 1 if bench.quick else max(bench.runs, PAIRS)
    start = statistics.median(Run(command(machines, False, "--for", "1us", *files)).cpu_seconds for _ in range(pairs))
    ratios = []
    for _ in range(pairs):
        shown, alone = (machine_seconds(machines, window, "--speed", "max", "--for", f"{seconds}s", *files) for window in (True, False))
        ratios.append(shown / max(alone - start, LOOK_SECONDS))
    return Figure(f"window_{name}", f"{what}: CPU time of the machine's thread with a window, divided by that without", "", Spread(ratios),
                  expected=f"<= {COST}", met=bench.judge(statistics.median(ratios) <= COST))


def apart_ms(machines, seconds):
    """How far the lines of blink's LED come from when they should, in host time, at the worst."""
    words = command(machines, True, "--speed", "1", "--for", f"{seconds}s", machines.file("firmware/apps/blink.tbf"))
    offsets = []
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        found = re.match(r"\[ *([\d.]+)\] led", line)
        if found:
            offsets.append(time.monotonic() - float(found.group(1)))
    if process.wait() != 0 or len(offsets) < seconds:
        fail(f"'{' '.join(words)}' ended with status {process.returncode} and {len(offsets)} changes of its LED")
    middle = statistics.median(offsets)
    return 1000 * max(abs(offset - middle) for offset in offsets)


def window(bench):
    seconds = 2 if bench.quick else 30
    guest = bench.guest("interrupts", 20)[0]
    yield cost(bench, "demo", f"the demo (14 apps), {seconds} virtual seconds", seconds)
    yield cost(bench, "interrupts", "20 kHz timer interrupt and PendSV switch", seconds, guest)
    minute = 2 if bench.quick else 60
    apart = apart_ms(bench.machines, minute)
    yield Figure("window_apart", f"virtual from wall time at --speed 1, the worst of {minute} s", "ms", Spread([apart]), expected=f"< {APART_MS:.0f} ms",
                 met=bench.judge(apart < APART_MS))
