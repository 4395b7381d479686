#include "sim/cli/net_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli/board_file.h"
#include "sim/cli/number.h"

#define LINE_BYTES     4096
#define EXPONENT_RESET 20U /* tenths: free space */
#define EXPONENT_MOST  100
#define METRES_MOST_MM 100000000 /* 100 km */
#define BLANKS         " \t\r\n"

/* Where in the file a mistake is. */
struct net_reader {
    const char *path;
    unsigned line;
    struct net_file *net;
    struct sim_error *error;
};

static bool refuse(const struct net_reader *reader, const char *word, const char *what)
{
    return sim_fail(reader->error, SIM_WRONG_USE, "%s, line %u: '%s': %s", reader->path,
                    reader->line, word, what);
}

/* A decimal number with at most `digits` digits behind the point, times 10^digits; *end is what
 * follows it. */
static bool parse_decimal(const char *text, unsigned digits, int64_t *value, const char **end)
{
    bool negative = *text == '-';
    bool any = false;
    text += negative ? 1 : 0;
    *value = 0;
    for (; *text >= '0' && *text <= '9' && *value < INT32_MAX; text++) {
        *value = 10 * *value + (*text - '0');
        any = true;
    }
    text += *text == '.' && any ? 1 : 0;
    bool point = any && text[-1] == '.';
    for (unsigned i = 0; i < digits; i++) {
        bool digit = point && *text >= '0' && *text <= '9';
        *value = 10 * *value + (digit ? *text - '0' : 0);
        text += digit ? 1 : 0;
    }
    *value = negative ? -*value : *value;
    *end = text;
    return any;
}

/* One number of its own within bounds. */
static bool take_decimal(const char *text, unsigned digits, int64_t most, int64_t *value)
{
    const char *end = NULL;
    return parse_decimal(text, digits, value, &end) && *end == '\0' && *value >= 0 &&
           *value <= most;
}

static bool take_position(const char *text, int32_t position_mm[3])
{
    for (unsigned i = 0; i < 3; i++) {
        int64_t value = 0;
        const char *end = NULL;
        if (!parse_decimal(text, 3, &value, &end) || value < -METRES_MOST_MM ||
            value > METRES_MOST_MM || *end != (i < 2 ? ',' : '\0')) {
            return false;
        }
        position_mm[i] = (int32_t)value;
        text = end + 1;
    }
    return true;
}

/* A path as the file's folder sees it; a copy that the caller owns. */
static char *copy_path(const struct net_reader *reader, const char *path)
{
    const char *slash = strrchr(reader->path, '/');
    size_t folder = slash == NULL || path[0] == '/' ? 0 : (size_t)(slash - reader->path) + 1;
    char *copy = malloc(folder + strlen(path) + 1);
    if (copy != NULL) {
        memcpy(copy, reader->path, folder);
        strcpy(copy + folder, path);
    }
    return copy;
}

static bool is_board_file(const char *board)
{
    const char *dot = strrchr(board, '.');
    return strchr(board, '/') != NULL ||
           (dot != NULL && (strcmp(dot, ".dts") == 0 || strcmp(dot, ".dtb") == 0));
}

static bool take_seed(const char *text, struct net_node *node)
{
    node->has_seed = true;
    return number_parse(text, 0, &node->seed);
}

static bool take_node_word(const struct net_reader *reader, struct net_node *node, const char *word)
{
    if (strncmp(word, "board=", 6) == 0 && word[6] != '\0') {
        const char *board = word + 6;
        free(node->board);
        node->board = is_board_file(board) ? copy_path(reader, board) : strdup(board);
        return node->board != NULL || refuse(reader, word, "no memory");
    }
    if (strncmp(word, "at=", 3) == 0) {
        return take_position(word + 3, node->position_mm) ||
               refuse(reader, word,
                      "a place is at=X,Y,Z in metres with up to three decimals, for example "
                      "at=12.5,0,1");
    }
    if (strncmp(word, "seed=", 5) == 0) {
        return take_seed(word + 5, node) || refuse(reader, word, "a seed is a number");
    }
    const char *equals = strchr(word, '=');
    if (equals != NULL && strcspn(word, "/.") > (size_t)(equals - word)) {
        return refuse(reader, word, "a node has board=, at=, seed= and files");
    }
    if (node->file_count == RUN_FILES_MAX) {
        return refuse(reader, word, "too many files for one node");
    }
    node->files[node->file_count] = copy_path(reader, word);
    return node->files[node->file_count++] != NULL || refuse(reader, word, "no memory");
}

static bool take_node(const struct net_reader *reader, char **rest)
{
    struct net_file *net = reader->net;
    const char *name = strtok_r(NULL, BLANKS, rest);
    if (name == NULL || strpbrk(name, "=/:.") != NULL || strlen(name) > 31) {
        return refuse(reader, name == NULL ? "node" : name,
                      "after 'node' comes a name of at most 31 characters without = / : and .");
    }
    for (size_t i = 0; i < net->count; i++) {
        if (strcmp(net->nodes[i].name, name) == 0) {
            return refuse(reader, name, "there is a node of this name already");
        }
    }
    if (net->count == NET_FILE_NODES) {
        return refuse(reader, name, "too many nodes: 16 are possible");
    }
    struct net_node *node = &net->nodes[net->count];
    node->name = strdup(name);
    if (node->name == NULL) {
        return refuse(reader, name, "no memory");
    }
    net->count++;
    for (char *word; (word = strtok_r(NULL, BLANKS, rest)) != NULL;) {
        if (!take_node_word(reader, node, word)) {
            return false;
        }
    }
    return node->file_count > 0 || refuse(reader, name, "the node has no file: name its firmware");
}

static bool take_air(const struct net_reader *reader, char **rest)
{
    struct machine_net_air *air = &reader->net->air;
    for (char *word; (word = strtok_r(NULL, BLANKS, rest)) != NULL;) {
        int64_t value = 0;
        if (strncmp(word, "exponent=", 9) == 0 &&
            take_decimal(word + 9, 1, EXPONENT_MOST, &value)) {
            air->exponent_tenths = (uint32_t)value;
        } else if (strncmp(word, "loss=", 5) == 0 && take_decimal(word + 5, 0, 100, &value)) {
            air->loss_percent = (uint32_t)value;
        } else {
            return refuse(reader, word,
                          "the air has exponent=2.0 (of the path loss, at most 10) and loss=0 "
                          "(percent)");
        }
    }
    return true;
}

static bool take_line(const struct net_reader *reader, char *line)
{
    char *comment = strchr(line, '#');
    if (comment != NULL) {
        *comment = '\0';
    }
    char *rest = NULL;
    const char *word = strtok_r(line, BLANKS, &rest);
    if (word == NULL) {
        return true;
    }
    if (strcmp(word, "node") == 0) {
        return take_node(reader, &rest);
    }
    return strcmp(word, "air") == 0 ? take_air(reader, &rest)
                                    : refuse(reader, word, "a line begins with 'node' or 'air'");
}

bool net_file_read(const char *path, struct net_file *net, struct sim_error *error)
{
    struct net_reader reader = {.path = path, .net = net, .error = error};
    char line[LINE_BYTES];
    bool good = true;
    *net = (struct net_file){.air = {.exponent_tenths = EXPONENT_RESET}};
    FILE *stream = fopen(path, "r");
    if (stream == NULL) {
        return sim_fail(error, SIM_WRONG_USE, "cannot read %s: %s", path, strerror(errno));
    }
    while (good && fgets(line, sizeof line, stream) != NULL) {
        reader.line++;
        good = strlen(line) < sizeof line - 1 || refuse(&reader, "...", "the line is too long");
        good = good && take_line(&reader, line);
    }
    if (good && ferror(stream) != 0) {
        good = sim_fail(error, SIM_WRONG_USE, "cannot read %s: %s", path, strerror(errno));
    }
    fclose(stream);
    return good && (net->count > 0 ||
                    sim_fail(error, SIM_WRONG_USE,
                             "%s: there is no node: write 'node NAME board=BOARD FILE...'", path));
}

void net_file_free(struct net_file *net)
{
    for (size_t i = 0; i < net->count; i++) {
        free(net->nodes[i].name);
        free(net->nodes[i].board);
        for (size_t k = 0; k < net->nodes[i].file_count; k++) {
            free(net->nodes[i].files[k]);
        }
    }
    *net = (struct net_file){0};
}
