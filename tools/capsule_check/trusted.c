#include "tools/capsule_check/trusted.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tools/capsule_check/callgraph.h"
#include "tools/capsule_check/memory.h"

enum {
    LINE_BYTES = 4096,
    LINE_WIDTH = 110, /* of what is printed */
};

struct trusted_file {
    char *path; /* from the root on */
    unsigned lines;
};

struct base {
    const char *root;
    struct findings *findings;
    struct trusted_file *files;
    size_t count, room;
};

static bool begins_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* Headers of capsules are looked through for what they include, and not counted. */
static bool is_counted(const struct trusted_file *file)
{
    return !begins_with(file->path, "kernel/capsules/");
}

/* Adds it unless it is known. */
static void add(struct base *base, const char *path)
{
    for (size_t i = 0; i < base->count; i++) {
        if (strcmp(base->files[i].path, path) == 0) {
            return;
        }
    }
    base->files = memory_grown(base->files, base->count, &base->room, sizeof *base->files);
    base->files[base->count++] = (struct trusted_file){memory_text(path, strlen(path)), 0};
}

/* Whether there is code in the line; `*in_comment` goes on from one line to the next. */
static bool has_code(const char *line, bool *in_comment)
{
    bool code = false;
    for (const char *c = line; *c != '\0'; c++) {
        if (*in_comment) {
            *in_comment = !begins_with(c, "*/");
            c += *in_comment ? 0 : 1;
        } else if (begins_with(c, "/*")) {
            *in_comment = true;
            c++;
        } else if (begins_with(c, "//") || *c == '@') {
            break;
        } else if (strchr(" \t\r\n", *c) == NULL) {
            code = true;
        }
    }
    return code;
}

/* Counts its lines and adds what it includes. */
static void read_file(struct base *base, size_t index)
{
    char path[LINE_BYTES], line[LINE_BYTES], included[LINE_BYTES];
    (void)snprintf(path, sizeof path, "%s/%s", base->root, base->files[index].path);
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        findings_add(base->findings, "object-file", path, 0, "the file cannot be read");
        return;
    }
    bool in_comment = false;
    unsigned lines = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        lines += has_code(line, &in_comment);
        /* No longer than the line that it is from. */
        if (sscanf(line, " # include \"%[^\"]\"", included) == 1) {
            add(base, included);
        }
    }
    base->files[index].lines = lines;
    (void)fclose(file);
}

static void read_inputs(struct base *base, const char *inputs)
{
    char line[LINE_BYTES];
    FILE *file = fopen(inputs, "r");
    if (file == NULL) {
        findings_add(base->findings, "object-file", inputs, 0, "the file cannot be read");
        return;
    }
    while (fgets(line, sizeof line, file) != NULL) {
        char *rest = line;
        const char *what = strtok_r(line, " \n", &rest);
        const char *path = strtok_r(NULL, " \n", &rest);
        if (what != NULL && path != NULL &&
            (strcmp(what, "source") == 0 || strcmp(what, "assembly") == 0)) {
            add(base, callgraph_shown(path, base->root));
        }
    }
    (void)fclose(file);
}

/* kernel/core/x.c: 11; of kernel/chips/nrf52/x.c: 18 */
static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? (size_t)(slash - path) : 0;
}

static int compare_files(const void *left, const void *right)
{
    const struct trusted_file *a = left;
    const struct trusted_file *b = right;
    size_t length_a = folder_length(a->path), length_b = folder_length(b->path);
    size_t shorter = length_a < length_b ? length_a : length_b;
    int order = strncmp(a->path, b->path, shorter);
    if (order == 0 && length_a != length_b) {
        return length_a < length_b ? -1 : 1;
    }
    return order != 0 ? order : strcmp(a->path, b->path);
}

/* One folder: its sum, then its files, in lines of some width. Returns the end of the folder. */
static size_t print_folder(const struct base *base, size_t begin, FILE *to)
{
    size_t length = folder_length(base->files[begin].path);
    size_t end = begin;
    unsigned lines = 0;
    for (; end < base->count && folder_length(base->files[end].path) == length &&
           strncmp(base->files[end].path, base->files[begin].path, length) == 0;
         end++) {
        lines += base->files[end].lines;
    }
    (void)fprintf(to, "  %5u %.*s:", lines, (int)length, base->files[begin].path);
    int column = LINE_WIDTH;
    for (size_t i = begin; i < end; i++) {
        char item[LINE_BYTES];
        int bytes = snprintf(item, sizeof item, " %s %u%s", base->files[i].path + length + 1,
                             base->files[i].lines, i + 1 < end ? "," : "");
        if (column + bytes > LINE_WIDTH) {
            (void)fputs("\n       ", to);
            column = 7;
        }
        (void)fputs(item, to);
        column += bytes;
    }
    (void)fputc('\n', to);
    return end;
}

void trusted_print(const char *inputs, const char *root, FILE *to, struct findings *findings)
{
    struct base base = {.root = root, .findings = findings};
    unsigned lines = 0;
    read_inputs(&base, inputs);
    for (size_t i = 0; i < base.count; i++) {
        read_file(&base, i); /* may add more of them */
    }
    size_t kept = 0;
    for (size_t i = 0; i < base.count; i++) {
        if (is_counted(&base.files[i])) {
            lines += base.files[i].lines;
            base.files[kept++] = base.files[i];
        } else {
            free(base.files[i].path);
        }
    }
    base.count = kept;
    if (base.count > 0) {
        qsort(base.files, base.count, sizeof *base.files, compare_files);
    }
    (void)fprintf(to, "Trusted besides its capsules: %u lines of code in %zu files\n", lines,
                  base.count);
    for (size_t i = 0; i < base.count;) {
        i = print_folder(&base, i, to);
    }
    for (size_t i = 0; i < base.count; i++) {
        free(base.files[i].path);
    }
    free(base.files);
}
