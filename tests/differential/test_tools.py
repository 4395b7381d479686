#!/usr/bin/env python3
"""The differential tests' own tools: a difference is seen, whichever it is; a deviation leaves alone what it does not mean; shrinking shrinks."""
import random
import unittest

import compare
import deviations
import kinds
import layout
import shrink
from asm import ZONE
from guest import Guest
from record import EVENT, FIELDS, Record, Stop, parse


def words(fields=None, events=(), fp=()):
    """A record as record.S writes it, with nothing changed in memory."""
    values = {"xpsr": 1 << 24, "exc_return": 0xFFFFFFF9, "fpccr": 0xC0000000, **(fields or {})}
    body = [values.get(name, 0) for name in FIELDS] + [0, len(events)] + [word for event in events for word in event] + list(fp)
    return [0xCA5E0000, len(body) + 2] + body


def packed(list_of_words):
    return b"".join(word.to_bytes(4, "little") for word in list_of_words)


class Comparing(unittest.TestCase):
    def test_equal_records_are_equal_and_need_no_deviation(self):
        counts = {}
        a, b = Record(words(fp=[0] * 33)), Record(words(fp=[0] * 33))
        self.assertEqual(compare.differences(Guest("plain"), a, b, counts), [])
        self.assertEqual(counts, {})

    def test_one_bit_of_any_field_is_seen(self):
        for name in FIELDS:
            for bit in range(32):
                other = Record(words())
                other.fields[name] ^= 1 << bit
                if name == "fpccr" and bit == 10:
                    continue  # fpccr_of_armv8
                self.assertTrue(compare.differences(Guest("plain"), Record(words()), other), f"{name} bit {bit}")

    def test_one_bit_of_any_word_of_an_event_is_seen(self):
        event = [11, 0, 0, 0x1000, 0, 1 << 24, 0x80B, 0xFFFFFFF9]
        for index, name in enumerate(EVENT):
            changed = list(event)
            changed[index] ^= 1
            self.assertTrue(compare.differences(Guest("plain"), Record(words(events=[event])), Record(words(events=[changed]))), name)
        self.assertTrue(compare.differences(Guest("plain"), Record(words(events=[event])), Record(words())), "an event is missing")

    def test_memory_and_fp_registers_are_seen(self):
        other = Record(words())
        other.changed[ZONE] = 1
        self.assertTrue(compare.differences(Guest("plain"), Record(words()), other))
        for index in range(33):
            fp = [0] * 33
            fp[index] = 1
            self.assertTrue(compare.differences(Guest("plain"), Record(words(fp=[0] * 33)), Record(words(fp=fp))), f"fp word {index}")

    def test_a_lockup_of_one_alone_is_a_difference(self):
        self.assertTrue(compare.differences(Guest("plain"), Record(words()), Stop("lockup")))
        self.assertTrue(compare.differences(Guest("plain"), Stop("lockup"), Record(words())))
        self.assertTrue(compare.differences(Guest("plain"), Stop("hang"), Record(words())))
        self.assertTrue(compare.differences(Guest("plain"), Stop("lockup", {"lr": 1}), Stop("lockup", {"lr": 2})))

    def test_deviations_touch_nothing_where_nothing_differs(self):
        for deviation in deviations.DEVIATIONS:
            self.assertFalse(deviation(Guest("plain"), Record(words(fp=[0] * 33)), Record(words(fp=[0] * 33))), deviation.__name__)

    def test_a_log_ends_with_its_last_whole_record(self):
        data = packed(words()) + packed(words({"r4": 7}))
        self.assertEqual([record.fields["r4"] for record in parse(data)], [0, 7])
        self.assertEqual(len(parse(data[:-4])), 1)


class Shrinking(unittest.TestCase):
    def test_what_matters_stays(self):
        """With machines that differ wherever there is a UDIV, a UDIV is what is left."""
        shrink.run_both = lambda guests, _program: [self.outcome(guest) for guest in guests]
        shrunk = 0
        for seed in range(200):
            guest = kinds.plain_guest(random.Random(seed))
            if any("udiv" in line for op in guest.ops for line in op.lines):
                small, outcome = shrink.shrink(guest, self.outcome(guest), None)
                self.assertTrue(compare.differences(small, *outcome))
                self.assertEqual(len(small.ops), 1)
                self.assertEqual((small.config, small.fp, small.registers), ([], {}, [0] * 13))
                shrunk += 1
        self.assertGreater(shrunk, 2)

    @staticmethod
    def outcome(guest):
        other = Record(words())
        other.fields["r4"] = int("udiv" in guest.text("guest"))
        return Record(words()), other


class Layouts(unittest.TestCase):
    def test_the_manuals_rule(self):
        regions = [layout.Region(0, ZONE, 10, 3), layout.Region(1, ZONE + 0x100, 8, 5, disabled=0x02), layout.FLASH]
        allowed = lambda offset, write, privileged, ctrl=5: layout.allows(regions, ctrl, ZONE + offset, write, privileged)
        self.assertTrue(allowed(0, True, False))
        self.assertFalse(allowed(0x100, False, False))
        self.assertTrue(allowed(0x100, False, True))
        self.assertFalse(allowed(0x100, True, True))
        self.assertTrue(allowed(0x120, True, False))  # the disabled sub-region: region 0 decides
        self.assertFalse(allowed(0x140, True, False))
        self.assertFalse(allowed(0x400, True, False))
        self.assertTrue(allowed(0x400, True, True))
        self.assertFalse(allowed(0x400, True, True, ctrl=1))
        self.assertTrue(allowed(0x400, True, False, ctrl=0))


class Generating(unittest.TestCase):
    def test_a_seed_gives_the_same_guest(self):
        for kind in kinds.KINDS.values():
            self.assertEqual(kind(random.Random("x")).text("t"), kind(random.Random("x")).text("t"))


if __name__ == "__main__":
    unittest.main()
