"""Makes a guest that the machines differ about smaller for as long as they still differ in the same thing."""
from compare import differences
from machines import run_both

AT_ONCE = 60


def changes(guest):
    """Guests with one thing less, the boldest changes first."""
    found = []

    def changed(action):
        other = guest.copy()
        action(other)
        found.append(other)

    lists = [lambda g: g.ops, lambda g: g.config] + [lambda g, n=n: g.bodies[n].ops for n in guest.bodies]
    for which in lists:
        size = len(which(guest))
        step = size
        while step >= 1:
            for start in range(0, size, step):
                changed(lambda g, w=which, s=start, n=step: w(g).__delitem__(slice(s, s + n)))
            step //= 2
    for number in guest.bodies:
        changed(lambda g, n=number: g.bodies.pop(n))
    for which in lists:
        for i, op in enumerate(which(guest)):
            for smaller in op.smaller:
                changed(lambda g, w=which, i=i, s=smaller: w(g).__setitem__(i, s))
    if guest.fp:
        changed(lambda g: g.fp.clear())
    for number in guest.fp:
        changed(lambda g, n=number: g.fp.pop(n))
    for name in ("apsr", "control", "mpu_ctrl", "fpscr"):
        if getattr(guest, name):
            changed(lambda g, n=name: setattr(g, n, 0))
    if any(guest.registers):
        changed(lambda g: setattr(g, "registers", [0] * 13))
    for i, value in enumerate(guest.registers):
        if value:
            changed(lambda g, i=i: g.registers.__setitem__(i, 0))
    return [other for other in found if other.weight() < guest.weight()]


def shrink(guest, outcome, program):
    """The smallest guest found, and its pair of outcomes."""
    kinds = {what for what, _ in differences(guest, *outcome)}
    while True:
        candidates = changes(guest)
        better = None
        for start in range(0, len(candidates), AT_ONCE):
            some = candidates[start:start + AT_ONCE]
            still = [(other, pair) for other, pair in zip(some, run_both(some, program))
                     if kinds & {what for what, _ in differences(other, *pair)}]
            if still:
                better = min(still, key=lambda one: one[0].weight())
                break
        if better is None:
            return guest, outcome
        guest, outcome = better
