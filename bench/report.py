"""What a measurement is, and how it is shown: lines of text, a Markdown table, JSON."""
import statistics


class Spread:
    """Values of one thing from several runs."""

    def __init__(self, values):
        self.values = list(values)
        self.median, self.low, self.high = statistics.median(self.values), min(self.values), max(self.values)

    def text(self):
        if len(self.values) == 1 or self.low == self.high:
            return number_text(self.median)
        return f"{number_text(self.median)} ({number_text(self.low)}-{number_text(self.high)})"

    def as_json(self):
        return {"median": self.median, "min": self.low, "max": self.high, "values": self.values}


def number_text(value):
    if isinstance(value, int) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


class Figure:
    """One line of the table. `ours`, `qemu`, `plain` and `ratio` are Spreads or None; `ratio` is how many times faster than
    qemu -icount, pair by pair. `met`: None where nothing is expected, or nothing is judged."""

    def __init__(self, name, what, unit, ours, qemu=None, plain=None, ratio=None, expected="", met=None, note=""):
        self.name, self.what, self.unit = name, what, unit
        self.ours, self.qemu, self.plain, self.ratio = ours, qemu, plain, ratio
        self.expected, self.met, self.note = expected, met, note

    def verdict(self):
        return "" if self.met is None else "met" if self.met else "not met"

    def lines(self):
        yield f"{self.name}: {self.what}"
        for title, values in (("sandglass", self.ours), ("qemu-system-arm -icount", self.qemu), ("qemu-system-arm", self.plain)):
            if values is not None:
                yield f"  {title:25} {values.text()} {self.unit}"
        if self.ratio is not None:
            yield f"  {'times qemu -icount':25} {self.ratio.text()}"
        if self.expected:
            yield f"  {'expected':25} {self.expected}{': ' + self.verdict() if self.met is not None else ''}"
        if self.note:
            yield f"  {self.note}"

    def as_json(self):
        spreads = {key: value.as_json() if value is not None else None
                   for key, value in (("sandglass", self.ours), ("qemu_icount", self.qemu), ("qemu", self.plain),
                                      ("times_qemu_icount", self.ratio))}
        return {"name": self.name, "what": self.what, "unit": self.unit, **spreads, "expected": self.expected or None,
                "met": self.met, "note": self.note or None}


def markdown(figures):
    yield "| work | sandglass | qemu -icount | times qemu | expected | |"
    yield "|---|---|---|---|---|---|"
    for figure in figures:
        ours = f"{figure.ours.text()} {figure.unit}" if figure.ours is not None else ""
        qemu = figure.qemu.text() if figure.qemu is not None else ""
        ratio = f"{figure.ratio.text()}" if figure.ratio is not None else ""
        yield f"| {figure.name}: {figure.what} | {ours} | {qemu} | {ratio} | {figure.expected} | {figure.verdict()} |"
