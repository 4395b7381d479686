"""When blink's LED should change and when it did, from an event trace."""

from sandglass import CPU_HZ

RTC_HZ = 32_768
PERIOD_TICKS = RTC_HZ // 2  # blink's 500 ms
ALARM_DRIVER, SET_ABSOLUTE = "0", "6"


def cycles_of_ticks(ticks):
    """How long so many ticks of the 32,768 Hz clock are, rounded up."""
    return -(-ticks * CPU_HZ // RTC_HZ)


def expiries(result):
    """For each alarm that blink set, the RTC's counter value at which it is due."""
    for _, fields in result.events("call", "blink", "2", ALARM_DRIVER, SET_ABSOLUTE):
        reference, dt = (int(word, 16) for word in fields[4:6])
        yield (reference + dt) // 256  # an app's ticks are the counter, shifted left by 8


def counter_start(result):
    """The cycle at which the RTC's counter was 0, which is when the clock was started: the first alarm ends a sleep,
    so its interrupt, entered at once, tells."""
    first = next(expiries(result))
    for cycle, fields in result.events("enter", "33"):  # RTC1
        if cycle >= cycles_of_ticks(first):
            return cycle - cycles_of_ticks(first)
    raise AssertionError("no alarm came")


def lateness(result):
    """For each change of led0, how many cycles after the interrupt for its alarm was due."""
    start = counter_start(result)
    edges = [cycle for cycle, _ in result.events("note", "led0")]
    due = [start + cycles_of_ticks(tick) for tick in expiries(result)]
    return [edge - cycle for edge, cycle in zip(edges, due)], list(expiries(result))
