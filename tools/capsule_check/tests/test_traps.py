#!/usr/bin/env python3
"""What the rule `index` leaves to run time is in the object: each function below that indexes by a number it is given
has the compiler's trap in it, and one that cannot go wrong has none.

Usage: test_traps.py ROOT COMPILE.OPTIONS
Exit status: 0 as said, 1 not.
"""
import os
import re
import subprocess
import sys
import tempfile

COMPILER = "arm-none-eabi-gcc"
SOURCE = """
#include "kernel/hil/led.h"
#include "kernel/hil/list.h"
#include "kernel/hil/slice.h"
struct item { uint32_t value; uint8_t name[4]; };
struct own { struct hil_led_list leds; struct item items[4]; uint8_t rows[2][4]; uint32_t chosen; };
static const uint32_t table[3] = {1, 2, 3};
"""
TRAPS = {
    "reads": "uint32_t reads(const struct own *own, uint32_t k) { return own->items[k].value; }",
    "writes": "void writes(struct own *own, uint32_t k) { own->items[k].value = 1; }",
    "adds": "void adds(struct own *own, uint32_t k) { own->items[k].value += k; }",
    "copies": "void copies(struct own *own, uint32_t k) { own->items[k] = own->items[0]; }",
    "row": "uint8_t row(const struct own *own, uint32_t k) { return own->rows[k][0]; }",
    "column": "uint8_t column(const struct own *own, uint32_t k) { return own->rows[0][k]; }",
    "inner": "uint8_t inner(const struct own *own, uint32_t k) { return own->items[1].name[k]; }",
    "signed_index": "uint8_t signed_index(const struct own *own, int8_t k) { return own->rows[1][k]; }",
    "wide_index": "uint8_t wide_index(const struct own *own, uint64_t k) { return own->rows[1][k]; }",
    "own_index": "uint32_t own_index(const struct own *own) { return own->items[own->chosen].value; }",
    "constants": "uint32_t constants(uint32_t k) { return table[k]; }",
    "text": 'char text(uint32_t k) { return "0123456789abcdef"[k]; }',
    "local": "uint32_t local(uint32_t k) { uint32_t a[4] = {k, 2, 3, 4}; return a[k]; }",
    "checked_then_moved": "uint32_t checked_then_moved(const struct own *own, uint32_t k)"
                          " { if (k < 4) { k += own->chosen; return own->items[k].value; } return 0; }",
    "changed_on_the_way": "void changed_on_the_way(struct own *own, uint32_t k)"
                          " { own->rows[0][k] = (uint8_t)(k = own->chosen, 1); }",
    "address": "struct item *address(struct own *own, uint32_t k) { return &ARRAY_AT(own->items, k); }",
    "list": "const struct hil_led *list(const struct own *own, uint32_t k) { return &LIST_AT(own->leds, k); }",
    "through_null": "uint32_t through_null(const struct item *item) { return item->value; }",
    "shift": "uint32_t shift(uint32_t value, uint32_t by) { return value << by; }",
    "division": "uint32_t division(uint32_t value, uint32_t by) { return value / by; }",
}
NO_TRAPS = {
    "constant": "uint32_t constant(void) { return table[2]; }",
    "masked": 'char masked(uint32_t k) { return "0123456789abcdef"[k & 15u]; }',
}


def main():
    if len(sys.argv) != 3:
        print("usage: test_traps.py ROOT COMPILE.OPTIONS", file=sys.stderr)
        return 1
    root, options = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        source, made = os.path.join(folder, "traps.c"), os.path.join(folder, "traps.o")
        with open(source, "w", encoding="utf-8") as file:
            file.write(SOURCE + "\n".join([*TRAPS.values(), *NO_TRAPS.values()]) + "\n")
        subprocess.run([COMPILER, "@" + os.path.abspath(options), "-DCAPSULE_C", "-w", "-I", os.path.abspath(root),
                        "-c", source, "-o", made], check=True, cwd=folder)
        dump = subprocess.run(["arm-none-eabi-objdump", "-d", made], capture_output=True, text=True, check=True).stdout
    bodies = {name: body for name, body in re.findall(r"^[0-9a-f]+ <(\w+)>:\n((?:.+\n?)*)", dump, re.M)}
    bad = 0
    for name in [*TRAPS, *NO_TRAPS]:
        has_trap = "udf\t#255" in bodies.get(name, "")
        if name not in bodies or has_trap != (name in TRAPS):
            bad += 1
            print(f"{name}: {'a trap' if has_trap else 'no trap'}\n{bodies.get(name, 'not in the object')}")
    print(f"{len(TRAPS) + len(NO_TRAPS) - bad} of {len(TRAPS) + len(NO_TRAPS)} functions have the traps they should have")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
