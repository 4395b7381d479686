#!/usr/bin/env python3
"""Plants escapes in the real capsules and demands that capsule_check refuses each by the expected rule.

Usage: mutate.py --check CAPSULE_CHECK --root ROOT [--per-kind N] [--seed N] [--jobs N] [KIND...]

Every capsule is preprocessed as the build does it. Each kind of escape is planted in the text at a place where it
makes sense: behind a statement, at the end of the same line, so that the place of the refusal is known. Of all such
mutants (the number is printed) at most N of each kind are tried, chosen by the seed; 0 tries all.
Exit status: 0 all refused as expected, 1 not (each is shown with its text), 2 wrong use.
"""
import argparse
import concurrent.futures
import json
import os
import random
import re
import subprocess
import sys
import tempfile

import run_suites

MARKER = re.compile(r'^# (\d+) "([^"]*)"')
# What a macro of the compiler's headers left stands on a line of its own.
ASIDE = re.compile(r'\n# (\d+) "[^"]*" 3 4\n *([^\n#]*)\n# \1 "[^"]*"\n')
NULL = "((void *)0)"
SCOPE = re.compile(r"for \((\w+)_data \*(\w+) = grant_(?:open|visit).*\{$")
GRANT = re.compile(r"typedef struct (\w+) (\w+)_data; _Static_assert")
DMA = re.compile(r"\{ \((\w+)->(\w+)\), sizeof\(\1->\2\),")

# Kinds: (name, rule, text). What a text needs is in its braces: {p} the pointer of a scope, {T} the type of its data,
# {own} a variable that points to a struct of the capsule, {call} a call of the function that it is planted in,
# {result} a return statement that fits, {array} an array behind a DMA buffer.
IN_FUNCTION = [
    ("asm", "asm", '__asm__("nop");'),
    ("goto", "goto", "goto mutant; mutant:;"),
    ("extern variable", "declaration", "{ extern unsigned mutant; mutant = 1; }"),
    ("extern function", "declaration", "{ void mutant(void); mutant(); }"),
    ("undeclared function", "parse", "mutant();"),
    ("register through volatile", "volatile", "*(volatile unsigned *)0x40002000 = 1;"),
    ("pointer from a number", "int-pointer", "{ unsigned *mutant = (unsigned *)0x20000000; *mutant = 1; }"),
    ("pointer from a number, implicit", "parse", "{ unsigned *mutant = 0x20000000; *mutant = 1; }"),
    ("number from a pointer", "int-pointer",
     "{ unsigned local = 1; unsigned *mutant = &local; local = (unsigned)mutant; }"),
    ("union", "union", "{ union { unsigned number; unsigned *pointer; } mutant = {1}; *mutant.pointer = 1; }"),
    ("builtin", "builtin", "__builtin_trap();"),
    ("vla", "vla", "{ unsigned count = 3; unsigned mutant[count]; (void)mutant; }"),
    ("huge object", "vla", "{ unsigned char mutant[70000]; mutant[0] = 1; }"),
    ("static", "global", "{ static unsigned mutant; mutant++; }"),
    ("statement expression", "statement-expression", "(void)({ 1; });"),
    ("generic", "generic", "(void)_Generic(1, int: 1, default: 2);"),
    ("void pointer", "void-pointer", "{ unsigned local = 1; void *mutant = &local; (void)mutant; }"),
    ("void pointer to another type", "void-pointer",
     "{ unsigned local = 1; void *mutant = &local; unsigned char *byte = mutant; *byte = 1; }"),
    ("call through a pointer", "function-pointer", "{ void (*mutant)(void) = " + NULL + "; mutant(); }"),
    ("cast to another type", "pointer-cast",
     "{ unsigned local = 1; unsigned char *mutant = (unsigned char *)&local; *mutant = 1; }"),
    ("pointer step", "pointer-arithmetic", "{ unsigned local = 1; unsigned *mutant = &local; mutant++; }"),
    ("pointer sum", "pointer-arithmetic", "{ unsigned local = 1; *(&local + 1) = 2; }"),
    ("pointer difference", "pointer-arithmetic", "{ unsigned a = 1; unsigned b = 2; (void)(&a - &b); }"),
    ("pointer order", "pointer-arithmetic", "{ unsigned a = 1; unsigned b = 2; (void)(&a < &b); }"),
    ("uninitialised pointer", "uninitialised", "{ unsigned *mutant; (void)&mutant; }"),
    ("label in a block", "switch", "switch (1) { default: if (0) { case 1:; } }"),
    ("subscript of a pointer", "index", "{ unsigned a[4] = {0}; unsigned *mutant = a; mutant[4] = 1; }"),
    ("address past the end", "index",
     "{ unsigned a[4] = {0}; unsigned k = 4; unsigned *mutant = &a[k]; *mutant = 1; }"),
    ("inner block", "escape", "{ unsigned *late = " + NULL + "; { unsigned inner = 1; late = &inner; } *late = 1; }"),
    ("compound literal", "escape",
     "{ unsigned *late = " + NULL + "; if (1) { late = (unsigned[2]){1, 2}; } *late = 1; }"),
    ("recursion", "recursion", "{call};"),
    ("local in the instance", "escape", "{ unsigned local = 1; {own}->mutant_number = &local; }"),
    ("DMA array written", "dma-buffer", "{own}->{array}[0] = 1;"),
    ("DMA array read", "dma-buffer", "{ unsigned char mutant = {own}->{array}[0]; (void)mutant; }"),
    ("DMA array as a pointer", "dma-buffer", "{ unsigned char *mutant = {own}->{array}; (void)mutant; }"),
]
WITH_SLICES = [
    ("slice length", "read-only", "{ struct slice mutant = {" + NULL + ", 0}; mutant.length = 9; }"),
    ("address of a slice's length", "read-only",
     "{ struct slice mutant = {" + NULL + ", 0}; unsigned long *length = &mutant.length; *length = 9; }"),
    ("slice bytes", "private", "{ struct slice mutant = {" + NULL + ", 0}; (void)mutant.bytes; }"),
    ("slice too long", "index", "{ uint8_t a[4] = {0}; struct slice mutant = {a, 5}; (void)mutant; }"),
    ("slice of any length", "index",
     "{ uint8_t a[4] = {0}; uint32_t k = 9; struct slice mutant = {a, k}; (void)mutant; }"),
    ("slice of a local in the instance", "escape",
     "{ uint8_t mutant[4] = {0}; struct slice lent = {mutant, 4}; {own}->mutant_slice = lent; }"),
]
IN_SCOPE = [
    ("grant in a static", "escape", "{ static {T} *mutant; mutant = {p}; }"),
    ("grant in the instance", "escape", "{own}->mutant_state = {p};"),
    ("grant in the instance, conditional", "escape", "{own}->mutant_state = 1 ? {p} : " + NULL + ";"),
    ("grant in the instance, by a copy", "escape", "{ {T} *copy = {p}; {own}->mutant_state = copy; }"),
    ("grant in the instance, by its address", "escape",
     "{ {T} **where = &{own}->mutant_state; *where = {p}; }"),
    ("grant in an outer variable", "escape", "mutant_outer = {p};"),
    ("grant to an unmarked parameter", "escape", "mutant_keep({p});"),
    ("grant as a number", "int-pointer", "{ unsigned mutant = (unsigned){p}; (void)mutant; }"),
    ("grant as bytes", "pointer-cast", "{ unsigned char *mutant = (unsigned char *){p}; *mutant = 1; }"),
    ("grant pointer stepped", "pointer-arithmetic", "{p}++;"),
    ("grant pointer subscripted", "index", "(void){p}[1];"),
    ("grant pointer assigned", "grant-scope", "{p} = " + NULL + ";"),
    ("address of the grant pointer", "grant-scope", "{ {T} **mutant = &{p}; (void)mutant; }"),
    ("scope closed by hand", "grant-scope", "(void){p}; grant_close();"),
    ("return out of a scope", "scope-exit", "if ({p} != " + NULL + ") { {result} }"),
    ("break out of a scope", "scope-exit", "if ({p} != " + NULL + ") { break; }"),
    ("continue out of a scope", "scope-exit", "if ({p} != " + NULL + ") { continue; }"),
    ("goto out of a scope", "goto", "if ({p} != " + NULL + ") { goto mutant; } mutant:;"),
]
AT_FILE_SCOPE = [
    ("file-scope variable", "global", "static unsigned mutant;"),
    ("file-scope asm", "asm", '__asm__(".word 0");'),
    ("function of another", "declaration", "unsigned mutant(void);"),
    ("constructor", "attribute", "__attribute__((constructor)) static void mutant(void) { }"),
    ("variadic function", "variadic", "static void mutant(int count, ...) { (void)count; }"),
    ("grant with a pointer", "grant-type",
     "struct mutant { unsigned *at; }; typedef struct mutant mutant_data; _Static_assert(sizeof(struct mutant) <= 4096 "
     '&& _Alignof(struct mutant) <= 8, "grant data too large"); static const struct grant mutant '
     '__attribute__((section("grants"), used)) = { sizeof(struct mutant), _Alignof(struct mutant), (0), (0), (0), 0};'),
    ("grant of its own making", "grant-type", "static const struct grant mutant = {4, 4, 0, 0, 0, 0};"),
]


class Place:
    """The end of a line of the capsule's text, behind a statement."""

    def __init__(self, index, file, line, function, blocks):
        self.index, self.file, self.line, self.function, self.blocks = index, file, line, function, list(blocks)

    def scope(self):
        """The innermost grant scope around it: (line index, pointer, type), or None."""
        scopes = [block for block in self.blocks if isinstance(block, tuple)]
        return scopes[-1] if scopes else None

    def leaves_scope(self, word):
        """Would a break or continue here lead out of the scope?"""
        inner = self.blocks[self.blocks.index(self.scope()) + 1:]
        return "loop" not in inner and not (word == "break" and "switch" in inner)


class Function:
    """A definition: its signature, and variables that point to a struct of the capsule."""

    def __init__(self, signature, owners):
        self.signature = " ".join(signature)
        found = re.match(r"(?:static )?(.*?)(\w+)\((.*)\)$", self.signature)
        self.result, self.name, parameters = (part.strip() for part in found.groups()) if found else ("", "", "")
        self.parameters = [] if parameters == "void" else re.findall(r"(\w+)(?:,|$)", parameters)
        self.owned = {}
        self.learn(self.signature, owners)

    def learn(self, text, owners):
        for const, tag, name in re.findall(r"(const )?struct (\w+) \*(\w+)(?:,|\)| = self;)", text):
            if not const and tag in owners:
                self.owned[name] = tag

    def return_statement(self):
        if self.result == "void":
            return "return;"
        return f"return ({self.result}){{0}};" if self.result.startswith("struct") else "return 0;"


class Capsule:
    """A preprocessed capsule and the places in it."""

    def __init__(self, name, path):
        self.name = name
        with open(path, encoding="utf-8") as file:
            self.lines = ASIDE.sub(r" \2 ", file.read()).split("\n")
        self.places, self.owners, self.arrays = [], {}, {}
        self.grant = None
        self.places_of_lines()
        self.find_owners()
        self.read()
        self.slices = next((i for i, line in enumerate(self.lines) if line == "struct slice {"), None)

    def places_of_lines(self):
        self.where = []
        file, line = None, 0
        for text in self.lines:
            found = MARKER.match(text)
            if found:
                line, file = int(found[1]) - 1, found[2]
            self.where.append((file, line))
            line += 1

    def is_own(self, index):
        file = self.where[index][0]
        return file is not None and "kernel/capsules/" in file and not MARKER.match(self.lines[index])

    def find_owners(self):
        """Structs that fields can be added to, and their arrays behind DMA buffers."""
        for index, line in enumerate(self.lines):
            found = re.match(r"struct (\w+) \{$", line)
            if found and self.is_own(index):
                self.owners[found[1]] = next(i for i in range(index, len(self.lines)) if self.lines[i][:1] == "}")
            grant = GRANT.search(line)
            if grant and self.is_own(index):
                end = next(i for i in range(index, len(self.lines)) if self.lines[i].endswith(";"))
                self.grant = (end, grant[1])

    def read(self):
        function, signature, blocks, parentheses = None, [], [], 0
        for index, line in enumerate(self.lines):
            if not self.is_own(index):
                continue
            if function is None:
                signature = self.read_outside(line, signature)
                if line == "{":
                    function, blocks, parentheses = Function(signature, self.owners), [], 0
                continue
            if line == "}":
                function, signature = None, []
                continue
            function.learn(line, self.owners)
            self.read_dma(line, function)
            parentheses += line.count("(") - line.count(")")
            opened = self.block_of(index, line)
            if re.match(r"\s*\}", line) and blocks:
                blocks.pop()
            if line.endswith("{"):
                blocks.append(opened)
            if parentheses == 0 and "list" not in blocks and line.endswith((";", "{")):
                self.places.append(Place(index, *self.where[index], function, blocks))

    def read_outside(self, line, signature):
        if line == "}" or line.endswith(";") or not line:
            return []
        return signature + [line.strip()] if line != "{" else signature

    def block_of(self, index, line):
        scope = SCOPE.search(line)
        if scope:
            return (index, scope[2], scope[1] + "_data")
        if re.search(r"(=|\)|\{|,)\{$|= \{$|return \(struct \w+\)\{$", line) or re.match(r"\s*(\{|\.\w+ = )", line):
            return "list"
        word = re.match(r"\s*(?:\} )?(\w+)", line)
        return {"for": "loop", "while": "loop", "do": "loop", "switch": "switch"}.get(word[1] if word else "", "block")

    def read_dma(self, line, function):
        for owner, array in DMA.findall(line):
            if owner in function.owned:
                self.arrays.setdefault(function.owned[owner], set()).add(array)

    # --- Mutants ---

    def planted(self, place, text, needs):
        lines = list(self.lines)
        lines[place.index] += " " + text
        tag = place.function.owned.get(needs.get("own"))
        state = needs.get("T")
        fields = " unsigned *mutant_number;" if "mutant_number" in text else ""
        fields += f" {state} *mutant_state;" if "mutant_state" in text else ""
        fields += " struct slice mutant_slice;" if "mutant_slice" in text else ""
        if fields:
            lines[self.owners[tag]] = fields + lines[self.owners[tag]]
        if "mutant_outer" in text:
            lines[place.scope()[0]] = f"{state} *mutant_outer = {NULL}; " + lines[place.scope()[0]].lstrip()
        if "mutant_keep" in text:
            lines[self.grant[0]] += f" static void mutant_keep({state} *q) {{ (void)q; }}"
        return "\n".join(lines)

    def needs_of(self, text, place, choose):
        """What the text's braces stand for here; None when something is not there."""
        needs = {}
        scope = place.scope()
        if "{p}" in text:
            if scope is None or self.grant is None:
                return None
            needs["p"], needs["T"] = scope[1], "struct " + self.grant[1]
        owned = place.function.owned
        if "{array}" in text:
            owned = {name: tag for name, tag in owned.items() if tag in self.arrays}
        if "mutant_slice" in text:
            owned = {name: tag for name, tag in owned.items() if self.owners[tag] > self.slices}
        if "{own}" in text:
            if not owned:
                return None
            needs["own"] = choose.choice(sorted(owned))
            before = self.lines[:self.owners.get(owned[needs["own"]], 0)]
            if "mutant_slice" in text and "struct slice {" not in before:
                return None
        if "{array}" in text:
            needs["array"] = choose.choice(sorted(self.arrays[owned[needs["own"]]]))
        if "{call}" in text:
            if not place.function.name:
                return None
            needs["call"] = f"(void){place.function.name}({', '.join(place.function.parameters)})"
        needs["result"] = place.function.return_statement()
        return needs

    def mutants(self, kinds, choose):
        for kind, rule, text in kinds:
            for place in self.places:
                word = re.search(r"\b(break|continue);", text)
                if "{p}" in text and place.scope() and word and not place.leaves_scope(word[1]):
                    continue
                needs = self.needs_of(text, place, choose)
                if needs is not None:
                    filled = text
                    for name, value in needs.items():
                        filled = filled.replace("{" + name + "}", value)
                    yield kind, rule, filled, place, needs


class Top:
    """A place at file scope, behind the grant or the manifest."""

    def __init__(self, index, file, line):
        self.index, self.file, self.line = index, file, line
        self.function = Function(["void none(void)"], {})


def all_mutants(capsules, choose):
    by_kind = {}
    for capsule in capsules:
        kinds = IN_FUNCTION + IN_SCOPE + (WITH_SLICES if capsule.slices is not None else [])
        for kind, rule, text, place, needs in capsule.mutants(kinds, choose):
            by_kind.setdefault((kind, rule), []).append((capsule, place, text, needs))
        if capsule.grant is not None:
            index = capsule.grant[0]
            for kind, rule, text in AT_FILE_SCOPE:
                top = Top(index, *capsule.where[index])
                by_kind.setdefault((kind, rule), []).append((capsule, top, text, {}))
    return by_kind


def judge(arguments, folder, number, rule, mutant):
    capsule, place, text, needs = mutant
    path = os.path.join(folder, f"{number}.i")
    with open(path, "w", encoding="utf-8") as file:
        file.write(capsule.planted(place, text, needs))
    found, problem = run_suites.run_check(arguments.check, arguments.root, path)
    os.remove(path)
    if problem:
        return f"{capsule.name}:{place.line}: {problem}"
    if any(one["rule"] == rule and one["line"] == place.line for one in found):
        return None
    said = ", ".join(f"{one['line']}: {one['rule']}: {one['seen']}" for one in found) or "nothing"
    return f"{capsule.name}:{place.line}: `{text}` is not refused by {rule}, but by {said}"


def read_capsules(arguments, folder):
    sources = os.path.join(arguments.root, "kernel", "capsules")
    for name in sorted(os.listdir(sources)):
        if name.endswith(".c"):
            path = os.path.join(folder, name[:-1] + "i")
            made = run_suites.preprocess(os.path.join(sources, name), arguments.root, path)
            if made.returncode != 0:
                sys.exit(f"mutate: {made.stderr}")
            found, problem = run_suites.run_check(arguments.check, arguments.root, path)
            if problem or found:
                sys.exit(f"mutate: {name} is refused as it is: {problem or found}")
            yield Capsule(name, path)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", required=True)
    parser.add_argument("--root", required=True)
    parser.add_argument("--per-kind", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("kinds", nargs="*")
    arguments = parser.parse_args()
    choose = random.Random(arguments.seed)
    failures, tried, there = [], 0, 0
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        capsules = list(read_capsules(arguments, folder))
        by_kind = all_mutants(capsules, choose)
        for kind, rule, _ in IN_FUNCTION + WITH_SLICES + IN_SCOPE + AT_FILE_SCOPE:
            mutants = by_kind.get((kind, rule), [])
            there += len(mutants)
            if arguments.kinds and kind not in arguments.kinds:
                continue
            chosen = mutants
            if 0 < arguments.per_kind < len(mutants):
                chosen = choose.sample(mutants, arguments.per_kind)
            results = list(pool.map(lambda one, rule=rule: judge(arguments, folder, one[0], rule, one[1]),
                                    enumerate(chosen)))
            failed = [result for result in results if result]
            failures += failed if mutants else [f"no place for the kind '{kind}'"]
            tried += len(chosen)
            print(f"{len(chosen) - len(failed):5} of {len(chosen):4} refused ({len(mutants):5} places)  "
                  f"{rule:22} {kind}")
    print("\n".join(failures))
    print(f"{tried - len(failures)} of {tried} mutants are refused as they should be; {there} can be made")
    return 1 if failures or tried == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
