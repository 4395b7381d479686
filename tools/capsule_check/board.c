#include "tools/capsule_check/board.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/capsule/manifest.h"
#include "tools/capsule_check/memory.h"
#include "tools/capsule_check/object_file.h"

enum {
    LINE_BYTES = 512,
    CAPSULES_MAX = 256,
};

#define NEED_NAME(name, header) [name] = #name,
static const char *const need_names[CAPSULE_NEED_COUNT] = {CAPSULE_NEEDS(NEED_NAME)};

/* What the files grant to one capsule: a bit for each need. */
struct grant_line {
    char *capsule;
    uint64_t needs;
};
_Static_assert(CAPSULE_NEED_COUNT <= 64, "a bit for each need");

struct grants {
    struct grant_line *items;
    size_t count, room;
};

/* CAPSULE_NEEDS_END when there is no such need. */
static unsigned need_of(const char *name)
{
    for (unsigned need = CAPSULE_NEEDS_END + 1; need < CAPSULE_NEED_COUNT; need++) {
        if (strcmp(need_names[need], name) == 0) {
            return need;
        }
    }
    return CAPSULE_NEEDS_END;
}

static struct grant_line *line_of(struct grants *grants, const char *capsule, bool make)
{
    for (size_t i = 0; i < grants->count; i++) {
        if (strcmp(grants->items[i].capsule, capsule) == 0) {
            return &grants->items[i];
        }
    }
    if (!make) {
        return NULL;
    }
    grants->items =
        memory_grown(grants->items, grants->count, &grants->room, sizeof *grants->items);
    grants->items[grants->count] =
        (struct grant_line){.capsule = memory_text(capsule, strlen(capsule))};
    return &grants->items[grants->count++];
}

/* "capsule: NEED NEED" */
static void read_line(char *line, const char *path, unsigned number, struct grants *grants,
                      struct findings *findings)
{
    static const char blanks[] = " \t\r\n";
    line[strcspn(line, "#")] = '\0';
    char *rest = line;
    char *capsule = strtok_r(line, blanks, &rest);
    if (capsule == NULL) {
        return;
    }
    size_t length = strlen(capsule);
    if (length < 2 || capsule[length - 1] != ':') {
        findings_add(findings, "grant-line", path, number, "'%s' where 'capsule:' is expected",
                     capsule);
        return;
    }
    capsule[length - 1] = '\0';
    struct grant_line *granted = line_of(grants, capsule, true);
    for (char *word; (word = strtok_r(NULL, blanks, &rest)) != NULL;) {
        unsigned need = need_of(word);
        if (need == CAPSULE_NEEDS_END) {
            findings_add(findings, "grant-line", path, number, "no need is called '%s'", word);
        }
        granted->needs |= need != CAPSULE_NEEDS_END ? UINT64_C(1) << need : 0;
    }
}

static void read_grants(const char *path, struct grants *grants, struct findings *findings)
{
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        findings_add(findings, "grant-line", path, 0, "the file cannot be read");
        return;
    }
    char line[LINE_BYTES];
    for (unsigned number = 1; fgets(line, sizeof line, file) != NULL; number++) {
        if (strchr(line, '\n') == NULL && feof(file) == 0) {
            findings_add(findings, "grant-line", path, number, "a line of more than %d bytes",
                         LINE_BYTES - 2);
            break;
        }
        read_line(line, path, number, grants, findings);
    }
    (void)fclose(file);
}

/* Calls `each` for every manifest. False when they cannot be read. */
typedef void manifest_reader(const struct capsule_manifest *manifest, void *context);

static bool read_manifests(const char *kernel, manifest_reader *each, void *context,
                           struct findings *findings)
{
    struct object_file object;
    const char *why = "has no section .capsule.manifest, or one of another layout";
    const struct object_section *section = NULL;
    if (object_open(&object, kernel, OBJECT_PROGRAM, &why)) {
        section = object_find_section(&object, ".capsule.manifest");
    }
    struct capsule_manifest manifest;
    size_t bytes = section != NULL ? (size_t)section->header.sh_size : 1;
    bool sound = bytes % sizeof manifest == 0 && bytes / sizeof manifest <= CAPSULES_MAX;
    for (size_t at = 0; sound && at < bytes; at += sizeof manifest) {
        memcpy(&manifest, section->bytes + at, sizeof manifest);
        sound = memchr(manifest.name, '\0', sizeof manifest.name) != NULL &&
                memchr(manifest.needs, CAPSULE_NEEDS_END, sizeof manifest.needs) != NULL;
        if (sound) {
            each(&manifest, context);
        }
    }
    if (!sound) {
        findings_add(findings, "object-file", kernel, 0, "%s", why);
    }
    object_close(&object);
    return sound;
}

struct judge {
    struct grants grants;
    const char *file;
    struct findings *findings;
};

/* "capsule: NEED NEED", as it would have to stand in a file of grants. */
static void write_line(const struct capsule_manifest *manifest, char *line, size_t room)
{
    int at = snprintf(line, room, "%s:", manifest->name);
    for (size_t i = 0; manifest->needs[i] != CAPSULE_NEEDS_END && (size_t)at < room; i++) {
        unsigned need = manifest->needs[i];
        at += snprintf(line + at, room - (size_t)at, " %s",
                       need < CAPSULE_NEED_COUNT ? need_names[need] : "?");
    }
}

static void judge_capsule(const struct capsule_manifest *manifest, void *context)
{
    struct judge *judge = context;
    const struct grant_line *granted = line_of(&judge->grants, manifest->name, false);
    char line[LINE_BYTES];
    write_line(manifest, line, sizeof line);
    if (granted == NULL) {
        findings_add(judge->findings, "board-grant", judge->file, 0,
                     "capsule '%s' is linked and has no line; its line is '%s'", manifest->name,
                     line);
        return;
    }
    for (size_t i = 0; manifest->needs[i] != CAPSULE_NEEDS_END; i++) {
        unsigned need = manifest->needs[i];
        if (need >= CAPSULE_NEED_COUNT || (granted->needs & UINT64_C(1) << need) == 0) {
            findings_add(judge->findings, "board-grant", judge->file, 0,
                         "capsule '%s' needs %s, which is not granted to it; its line is '%s'",
                         manifest->name,
                         need < CAPSULE_NEED_COUNT ? need_names[need] : "what does not exist",
                         line);
        }
    }
}

void board_check(const char *kernel, const char *const *grants, size_t grant_count,
                 struct findings *findings)
{
    struct judge judge = {.file = grants[grant_count - 1], .findings = findings};
    for (size_t i = 0; i < grant_count; i++) {
        read_grants(grants[i], &judge.grants, findings);
    }
    (void)read_manifests(kernel, judge_capsule, &judge, findings);
    for (size_t i = 0; i < judge.grants.count; i++) {
        free(judge.grants.items[i].capsule);
    }
    free(judge.grants.items);
}

struct name_list {
    char **items;
    size_t count, room;
};

static void note_name(const struct capsule_manifest *manifest, void *context)
{
    struct name_list *list = context;
    list->items = memory_grown(list->items, list->count, &list->room, sizeof *list->items);
    list->items[list->count++] = memory_text(manifest->name, strlen(manifest->name));
}

static int compare_names(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

bool board_capsules(const char *kernel, char ***names, size_t *count, struct findings *findings)
{
    struct name_list list = {.count = 0};
    bool read = read_manifests(kernel, note_name, &list, findings);
    if (list.count > 1) {
        qsort(list.items, list.count, sizeof *list.items, compare_names);
    }
    *names = list.items;
    *count = list.count;
    return read;
}
