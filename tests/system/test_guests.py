#!/usr/bin/env python3
"""Bare guests: the MPU account against known counts, what is not there, what is not modelled, ELF and Intel HEX."""
import unittest

from sandglass import guest, run


class MpuAccount(unittest.TestCase):
    """tests/guests/mpu_counts.c says what it does: 10 reconfigurations, 4 + 1 + 2 refusals."""

    @classmethod
    def setUpClass(cls):
        cls.result = run(guest("mpu_counts.elf"), seconds=0.1)

    def test_the_guest_counted_its_refusals(self):
        self.assertEqual(self.result.status, 0, self.result.stderr)
        self.assertEqual(self.result.stdout, "refused 00000007\n")

    def test_switches(self):
        self.assertEqual(self.result.summary_number(r"MPU: ([\d,]+) switches"), 10)
        self.assertEqual(self.result.summary_number(r"refused: firmware (\d+)"), 7)

    def test_the_whole_account(self):
        errors = run("--mpu-stats", "account", guest("mpu_counts.elf"), seconds=0.1).stderr
        # CTRL once, then 10 times RNR, RBAR, RASR; reads + writes + fetches, unprivileged + privileged.
        self.assertRegex(errors, r"31 register writes; a switch takes \d+ to \d+ cycles")
        self.assertRegex(errors, r"region 3 +0 \+ 0 +0 \+ 4 +0 \+ 1\n")
        self.assertRegex(errors, r"region 4 +2 \+ 0 +0 \+ 0 +0 \+ 0\n")
        self.assertEqual(errors.count("unprivileged code faulted"), 2)

    def test_hits_are_counted_to_the_access(self):
        errors = run("--mpu-stats", "hits", guest("mpu_counts.elf"), seconds=0.1).stderr
        # Region 2 holds the peripherals: the guest's accesses there are its console's.
        self.assertRegex(errors, r"region 2 +[\d,]+ \+ 0 +38 \+ 0 +0 \+ 0\n")
        self.assertRegex(errors, r"cost of counting: [\d,]+ accesses asked one by one, [\d,]+ ns of host time each")

    def test_refusals_are_reported_with_region_and_line(self):
        self.assertEqual(self.result.stderr.count("refused by: MPU region 3"), 5)
        self.assertEqual(self.result.stderr.count("refused by: MPU region 4"), 2)
        self.assertEqual(self.result.stderr.count("mpu_counts.c:"), 7)
        self.assertIn("execute never", self.result.stderr)

    def test_the_trace_has_each_exact_address(self):
        addresses = [fields[2] for _, fields in self.result.events("fault")]
        self.assertEqual([int(a.split("=")[1], 16) for a in addresses],
                         [0x20004000, 0x20004004, 0x20004008, 0x2000400C, 0x20004000, 0x20005000, 0x20005004])


class NothingThere(unittest.TestCase):
    def test_reads_of_nothing_fault_precisely_and_a_fault_in_hardfault_locks_up(self):
        result = run(guest("nothing_there.elf"), seconds=0.1)
        precise = "00008200"  # BFARVALID, PRECISERR
        self.assertEqual(result.stdout.splitlines(),
                         [f"busfault {precise} 30000000", f"busfault {precise} 20010000",
                          f"busfault {precise} 60000000", "done", "hardfault"])
        self.assertEqual(result.status, 1)
        self.assertIn("locked up", result.stderr)


class NotModelled(unittest.TestCase):
    def check(self, result):
        self.assertEqual(result.stdout, "listening\n")
        self.assertEqual(result.stderr.count("PDM"), 2, result.stderr)  # named once, and reported at the end

    def test_a_guest_that_polls_what_is_not_modelled_is_reported(self):
        result = run(guest("poll_absent.elf"), seconds=0.5)
        self.check(result)
        self.assertIn("wait_for_samples", result.stderr)
        self.assertRegex(result.stderr, r"0x108")

    def test_intel_hex_runs_the_same(self):
        self.check(run(guest("poll_absent.hex"), seconds=0.5))


if __name__ == "__main__":
    unittest.main()
