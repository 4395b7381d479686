/*
 * capsule_check - refuses a capsule that could reach what the board did not give it.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "tools/capsule_check/commands.h"
#include "tools/capsule_check/findings.h"
#include "tools/capsule_check/rules.h"
#include "tools/capsule_check/source.h"

static const char usage[] =
    "usage: capsule_check source [--root DIR] [--json] FILE.i...\n"
    "       capsule_check object [--root DIR] [--json] --text FILE.i OBJECT\n"
    "       capsule_check board [--json] KERNEL.elf GRANTS...\n"
    "       capsule_check stack [--root DIR] [--entries] [--facts FILE.json] KERNEL.elf INPUTS\n"
    "       capsule_check trusted [--root DIR] INPUTS\n"
    "       capsule_check --explain RULE | --rules | --help\n"
    "\n"
    "  source     checks preprocessed capsules against the rules of docs/capsule-c.md\n"
    "  object     checks what was compiled from FILE.i\n"
    "  board      checks that the files of grants allow what the kernel's capsules need\n"
    "  stack      adds up the most that the kernel's stack takes; --entries: for each entry of "
    "each\n"
    "             capsule, --facts: writes down who is behind which pointer\n"
    "  trusted    lists the files that the kernel consists of beside its capsules\n"
    "             (INPUTS: BOARD.inputs of the firmware's build)\n"
    "  --root     the project's directory, whose kernel/hil, kernel/capsule and kernel/abi are\n"
    "             trusted; default: the current one\n"
    "  --json     the findings as one JSON array\n"
    "  --explain  what a rule refuses, why, and what to write instead\n"
    "\n"
    "Exit status: 0 nothing to refuse, 1 refused, 2 wrong use.\n";

static int wrong_use(const char *what, const char *which)
{
    (void)fprintf(stderr, "capsule_check: %s%s\n%s", what, which, usage);
    return EXIT_WRONG_USE;
}

static int explain(const char *id)
{
    const struct rule *rule = rules_find(id);
    if (rule == NULL) {
        (void)fprintf(stderr, "capsule_check: no rule '%s'; the rules are:\n", id);
        rules_list(stderr);
        return EXIT_WRONG_USE;
    }
    rules_explain(rule, stdout);
    return EXIT_CLEAN;
}

static int check_sources(int count, char **arguments)
{
    const char *root = ".";
    bool as_json = false;
    int first = 0;
    for (; first < count && strncmp(arguments[first], "--", 2) == 0; first++) {
        if (strcmp(arguments[first], "--json") == 0) {
            as_json = true;
        } else if (strcmp(arguments[first], "--root") == 0 && first + 1 < count) {
            first++;
            root = arguments[first];
        } else {
            return wrong_use("no such option: ", arguments[first]);
        }
    }
    if (first == count) {
        return wrong_use("source: no file given", "");
    }
    struct findings findings = {.count = 0};
    bool all_read = true;
    for (int i = first; i < count; i++) {
        all_read = source_check(arguments[i], root, &findings) && all_read;
    }
    bool refused = findings.count > 0;
    findings_print(&findings, stdout, as_json);
    findings_free(&findings);
    if (!all_read) {
        return EXIT_WRONG_USE;
    }
    return refused ? EXIT_REFUSED : EXIT_CLEAN;
}

int main(int count, char **arguments)
{
    if (count < 2) {
        return wrong_use("no command given", "");
    }
    if (strcmp(arguments[1], "--help") == 0) {
        (void)fputs(usage, stdout);
        return EXIT_CLEAN;
    }
    if (strcmp(arguments[1], "--rules") == 0) {
        rules_list(stdout);
        return EXIT_CLEAN;
    }
    if (strcmp(arguments[1], "--explain") == 0) {
        return count == 3 ? explain(arguments[2]) : wrong_use("--explain wants one rule", "");
    }
    if (strcmp(arguments[1], "source") == 0) {
        return check_sources(count - 2, arguments + 2);
    }
    const struct command *command = commands_find(arguments[1]);
    if (command != NULL) {
        return command->run(count - 2, arguments + 2);
    }
    return wrong_use("no such command: ", arguments[1]);
}
