"""Where two outcomes of a guest differ, after the named deviations."""
from deviations import DEVIATIONS
from record import EVENT, FIELDS, Stop


def differences(guest, ours, theirs, counts=None):
    """[(what, line)]: what is the name of a field or kind of thing. counts {name of a deviation: how often} grows."""
    ours, theirs = ours.copy(), theirs.copy()
    if isinstance(ours, Stop) or isinstance(theirs, Stop):
        return stops(ours, theirs)
    if not records(ours, theirs):
        return []
    used = []
    for deviation in DEVIATIONS:
        if deviation(guest, ours, theirs):
            used.append(deviation.__name__)
    lines = records(ours, theirs)
    if counts is not None and not lines:
        for name in used:
            counts[name] = counts.get(name, 0) + 1
    return lines


def how(outcome):
    return outcome.how if isinstance(outcome, Stop) else "went on"


def stops(ours, theirs):
    if how(ours) != how(theirs) or how(ours) != "lockup":
        return [("outcome", f"  ours: {how(ours)}   qemu: {how(theirs)}{reason(ours)}{reason(theirs)}")] if how(theirs) != "hang" else []
    return [(f"lockup {name}", f"  lockup: {name} ours {ours.state.get(name, 0):08x}   qemu {theirs.state.get(name, 0):08x}")
            for name in ("lr", "msp") if ours.state.get(name) != theirs.state.get(name)]


def reason(outcome):
    if not isinstance(outcome, Stop) or outcome.how == "hang":
        return ""
    return "\n    " + "\n    ".join(outcome.text.strip().splitlines()[:12])


def records(ours, theirs):
    a, b = ours.fields, theirs.fields
    lines = [(name, f"  {name:10} ours {a[name]:08x}   qemu {b[name]:08x}") for name in FIELDS if a[name] != b[name]]
    for address in sorted(set(ours.changed) | set(theirs.changed)):
        x, y = ours.changed.get(address), theirs.changed.get(address)
        if x != y:
            lines.append(("memory", f"  [{address:08x}] ours {word(x)}   qemu {word(y)}"))
    for i in range(max(len(ours.events), len(theirs.events))):
        x, y = (events[i] if i < len(events) else None for events in (ours.events, theirs.events))
        if x != y:
            lines += [("event", f"  event {i} {who} {'none' if event is None else ' '.join(f'{n}={v:x}' for n, v in zip(EVENT, event))}")
                      for who, event in (("ours", x), ("qemu", y))]
    names = ["fpscr"] + [f"s{i}" for i in range(32)]
    lines += [("fp", f"  {name:10} ours {x:08x}   qemu {y:08x}") for name, x, y in zip(names, ours.fp, theirs.fp) if x != y]
    return lines


def word(value):
    return "as before" if value is None else f"{value:08x}"
