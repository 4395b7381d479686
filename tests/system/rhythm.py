"""When blink's LED should change and when it did, from an event trace."""

from sandglass import CPU_HZ

RTC_HZ = 32_768
PERIOD_TICKS = RTC_HZ // 2  # blink's 500 ms
ALARM_DRIVER, SET_ABSOLUTE = "0", "6"


def cycle_of_tick(tick):
    """The cycle at which the 32,768 Hz clock has made so many ticks: exact, rounded up."""
    return -(-tick * CPU_HZ // RTC_HZ)


def tick_of_cycle(cycle):
    return cycle * RTC_HZ // CPU_HZ


def expiries(result):
    """For each alarm that blink set, the RTC's counter value at which it is due."""
    for _, fields in result.events("call", "blink", "2", ALARM_DRIVER, SET_ABSOLUTE):
        reference, dt = (int(word, 16) for word in fields[4:6])
        yield (reference + dt) // 256  # an app's ticks are the counter, shifted left by 8


def counter_start(result):
    """The tick of the 32,768 Hz clock at which the RTC's counter was 0: the first alarm ends a sleep, so its
    interrupt, entered at once, tells."""
    first = next(expiries(result))
    for cycle, fields in result.events("enter", "33"):  # RTC1
        if tick_of_cycle(cycle) >= first:
            return tick_of_cycle(cycle) - first
    raise AssertionError("no alarm came")


def lateness(result, start=None):
    """For each change of led0, how many cycles after the tick at which its alarm was due."""
    if start is None:
        start = counter_start(result)
    edges = [cycle for cycle, _ in result.events("note", "led0")]
    due = [cycle_of_tick(tick + start) for tick in expiries(result)]
    return [edge - cycle for edge, cycle in zip(edges, due)], list(expiries(result))
