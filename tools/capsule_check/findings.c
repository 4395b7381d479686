#include "tools/capsule_check/findings.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "tools/capsule_check/memory.h"
#include "tools/capsule_check/rules.h"

enum {
    SEEN_BYTES = 400,
};

static bool is_known(const struct findings *findings, const char *rule, const char *file,
                     unsigned line, const char *seen)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        if (finding->line == line && strcmp(finding->rule, rule) == 0 &&
            strcmp(finding->file, file) == 0 && (line != 0 || strcmp(finding->seen, seen) == 0)) {
            return true;
        }
    }
    return false;
}

void findings_add(struct findings *findings, const char *rule, const char *file, unsigned line,
                  const char *format, ...)
{
    char seen[SEEN_BYTES];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(seen, sizeof seen, format, arguments);
    va_end(arguments);
    if (is_known(findings, rule, file, line, seen)) {
        return;
    }
    findings->items =
        memory_grown(findings->items, findings->count, &findings->room, sizeof *findings->items);
    findings->items[findings->count] = (struct finding){
        .file = memory_text(file, strlen(file)),
        .line = line,
        .rule = rule,
        .seen = memory_text(seen, strlen(seen)),
    };
    findings->count++;
}

static int compare_findings(const void *left, const void *right)
{
    const struct finding *a = left;
    const struct finding *b = right;
    int order = strcmp(a->file, b->file);
    if (order == 0 && a->line != b->line) {
        order = a->line < b->line ? -1 : 1;
    }
    if (order == 0) {
        /* What else there is in a line that does not parse is mostly a consequence. */
        order = (strcmp(b->rule, "parse") == 0) - (strcmp(a->rule, "parse") == 0);
    }
    return order != 0 ? order : strcmp(a->rule, b->rule);
}

static void print_json(const struct findings *findings, FILE *to)
{
    json_t *all = json_array();
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        const struct rule *rule = rules_find(finding->rule);
        json_t *one = json_object();
        /* Not "nocheck": a byte that is no UTF-8 drops the string, not the tool. */
        (void)json_object_set_new(one, "file", json_string(finding->file));
        (void)json_object_set_new(one, "line", json_integer(finding->line));
        (void)json_object_set_new(one, "rule", json_string(finding->rule));
        (void)json_object_set_new(one, "seen", json_string(finding->seen));
        (void)json_object_set_new(one, "instead", json_string(rule != NULL ? rule->instead : ""));
        (void)json_array_append_new(all, one);
    }
    (void)json_dumpf(all, to, JSON_INDENT(1));
    (void)fputc('\n', to);
    json_decref(all);
}

void findings_print(struct findings *findings, FILE *to, bool as_json)
{
    if (findings->count > 0) {
        qsort(findings->items, findings->count, sizeof *findings->items, compare_findings);
    }
    if (as_json) {
        print_json(findings, to);
        return;
    }
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        const struct rule *rule = rules_find(finding->rule);
        (void)fputs(finding->file, to);
        if (finding->line != 0) {
            (void)fprintf(to, ":%u", finding->line);
        }
        (void)fprintf(to, ": %s: %s; %s\n", finding->rule, finding->seen,
                      rule != NULL ? rule->instead : "");
    }
}

void findings_free(struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        free(findings->items[i].file);
        free(findings->items[i].seen);
    }
    free(findings->items);
    *findings = (struct findings){.count = 0};
}
