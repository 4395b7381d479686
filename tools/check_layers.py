#!/usr/bin/env python3
"""Checks who includes whom: the layers of docs/architecture.md, private headers, include cycles.

Usage: check_layers.py ROOT
Exit status: 0 all layers hold, 1 a file breaks one (each is named), 2 wrong use.
"""
import os
import re
import sys

# unit -> the units it may include besides itself. The unit of a file is the longest prefix that matches.
# "X:file" allows one file only. Tests (a folder named `tests`) may include what they test and the units in TEST_EXTRA.
ALLOWED = {
    "mpu_model": [],
    "peripherals/iface": [],
    "peripherals/armv7m": ["peripherals/iface", "mpu_model"],
    "peripherals/nrf52": ["peripherals/iface"],
    "peripherals/parts": ["peripherals/iface"],
    "peripherals": ["peripherals/iface"],  # catalogue: sees ONLY_CATALOGUE below as well
    "sim/cpu": ["peripherals/iface", "peripherals/armv7m", "mpu_model"],
    "sim/loader": ["tools/pack", "kernel/abi"],
    "sim/machine": ["peripherals", "peripherals/iface", "peripherals/armv7m", "mpu_model", "sim/cpu", "sim/loader",
                    "kernel/abi"],
    "sim/view": ["sim/machine", "sim/loader", "sim/cpu", "mpu_model", "peripherals/iface", "kernel/abi"],
    "sim/ui": ["sim/view", "sim/machine/board_picture.h", "sim/machine/board.h", "sim/loader/sim_error.h"],
    "sim/debug": ["sim/machine", "sim/loader", "sim/cpu", "mpu_model"],
    "sim/trace": ["sim/machine", "sim/loader"],
    "sim/script": ["sim/machine", "sim/loader", "sim/view", "sim/ui", "sim/trace", "sim/faults", "sim/cpu", "mpu_model",
                   "peripherals", "peripherals/iface", "kernel/abi"],
    "sim/faults": ["sim/machine", "sim/loader", "sim/cpu", "mpu_model", "kernel/abi", "apps/tests/fuzz/program.h"],
    "sim/cli": ["sim/machine", "sim/loader", "sim/view", "sim/ui", "sim/script", "sim/debug", "sim/faults", "sim/trace", "sim/cpu", "tools/pack", "peripherals",
                "peripherals/iface", "mpu_model", "kernel/abi"],
    "kernel/abi": [],
    "kernel/hil": ["kernel/abi"],
    "kernel/capsule": ["kernel/abi", "kernel/hil"],
    "kernel/capsules": ["kernel/capsule", "kernel/hil", "kernel/abi"],
    "kernel/core": ["kernel/abi", "kernel/hil", "kernel/capsule", "kernel/arch/arch.h"],
    "kernel/arch": ["kernel/hil", "kernel/core/mpu_layout.h"],
    "kernel/chips": ["kernel/hil", "kernel/arch", "kernel/abi", "kernel/capsule/deferred.h"],
    "kernel/boards": ["kernel"],
    "apps": ["apps/lib", "kernel/abi"],
    "tools/capsule_check": ["kernel/capsule/manifest.h"],
    "tools/text_pack": ["kernel/capsule/texts.h", "kernel/core/text_codes.h"],
    "tools/pack": ["kernel/abi", "kernel/core/mpu_layout.h"],
    "bench": ["sim/machine", "sim/loader", "sim/cpu", "mpu_model", "peripherals/iface", "tests", "apps", "kernel/abi"],
    "tests": ["sim/machine", "sim/cli", "sim/loader", "sim/cpu", "mpu_model", "kernel/abi"],
    "tests/fuzz": ["sim/machine", "sim/debug", "sim/cli", "sim/loader", "sim/cpu", "peripherals", "peripherals/iface", "kernel/core", "kernel/abi"],
}
TEST_EXTRA = {
    "peripherals": ["peripherals/nrf52", "peripherals/parts"],
    "kernel/core": ["mpu_model", "kernel/core"],
    "kernel/capsules": ["kernel/core", "kernel/arch"],
    "sim/machine": ["peripherals/nrf52", "peripherals/parts"],
    "sim/view": ["sim/faults"],
    "tools/capsule_check": ["kernel/capsules", "kernel/capsule", "kernel/hil", "kernel/abi"],
}
# Written to break rules, this one too.
EVIL = "tools/capsule_check/tests/refused"
# Third-party headers that one place alone may include.
ONLY_IN = {
    "unicorn/unicorn.h": r"sim/cpu/(unicorn_\w+\.c|unicorn_internal\.h|tests/test_unicorn_contract\.c)$",
    "SDL.h": r"sim/ui/",
    "SDL2/SDL.h": r"sim/ui/",
    "SDL_ttf.h": r"sim/ui/",
    "png.h": r"sim/ui/",
    "lua.h": r"sim/script/",
    "lauxlib.h": r"sim/script/",
    "lualib.h": r"sim/script/",
    "clang-c/Index.h": r"tools/capsule_check/",
    "libfdt.h": r"(sim/machine/|tests/fuzz/fuzz_tree\.c$)",
}
# The kernel has no C library below it: these are the compiler's own headers.
FREESTANDING = {"stdbool.h", "stddef.h", "stdint.h", "limits.h", "stdarg.h"}
ROOTS = ["mpu_model", "peripherals", "sim", "kernel", "apps", "tools", "bench", "tests"]
INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]', re.M)


def unit_of(path):
    best = ""
    for unit in ALLOWED:
        if (path == unit or path.startswith(unit + "/")) and len(unit) > len(best):
            best = unit
    return best or path.split("/")[0]


def under(path, prefix):
    return path == prefix or path.startswith(prefix + "/")


def may_include(source, target):
    unit, other = unit_of(source), unit_of(target)
    if unit == other:
        return True
    if source == "peripherals/catalogue.c":
        return other.startswith("peripherals")
    if unit == "kernel/boards":
        return target.startswith("kernel/")
    allowed = list(ALLOWED.get(unit, []))
    if "/tests/" in source:
        allowed += TEST_EXTRA.get(unit, [])
    return other in allowed or target in allowed


def source_files(root):
    for top in ROOTS:
        for folder, folders, files in os.walk(os.path.join(root, top)):
            folders.sort()
            if os.path.relpath(folder, root) == EVIL:
                continue
            for name in sorted(files):
                if name.endswith((".c", ".h", ".S")):
                    yield os.path.relpath(os.path.join(folder, name), root)


def check(root):
    problems, graph = [], {}
    for source in source_files(root):
        with open(os.path.join(root, source), encoding="utf-8") as file:
            text = file.read()
        graph[source] = []
        for kind, target in INCLUDE.findall(text):
            if target in ONLY_IN and not re.match(ONLY_IN[target], source):
                problems.append(f"{source}: <{target}> may be included only in {ONLY_IN[target]}")
            if kind == "<":
                if source.startswith("kernel/") and "/tests/" not in source and target not in FREESTANDING:
                    problems.append(f"{source}: <{target}> belongs to a C library; the kernel has none")
                continue
            if not os.path.exists(os.path.join(root, target)):
                if not os.path.exists(os.path.join(root, os.path.dirname(source), target)):
                    continue  # generated, or an app's own header outside the tree
                problems.append(f'{source}: "{target}" is not written as a path from the root')
                continue
            graph[source].append(target)
            if not may_include(source, target):
                problems.append(f"{source}: {unit_of(source)} may not include {target}")
            if target.endswith("_internal.h") and not under(source, os.path.dirname(target)):
                problems.append(f"{source}: {target} is private to its folder")
    return problems + cycles(graph)


def cycles(graph):
    state, stack, found = {}, [], []

    def visit(node):
        state[node] = "open"
        stack.append(node)
        for target in graph.get(node, []):
            if state.get(target) == "open":
                found.append("include cycle: " + " -> ".join(stack[stack.index(target):] + [target]))
            elif target not in state:
                visit(target)
        stack.pop()
        state[node] = "done"

    for node in sorted(graph):
        if node not in state:
            visit(node)
    return found


def main():
    if len(sys.argv) != 2 or not os.path.isdir(sys.argv[1]):
        print("usage: check_layers.py ROOT", file=sys.stderr)
        return 2
    problems = check(sys.argv[1])
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
