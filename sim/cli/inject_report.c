#include "sim/cli/inject_report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <sys/ioctl.h>
#include <unistd.h>

#include <capstone/capstone.h>

#include "sim/cli/duration.h"
#include "sim/cli/text_format.h"
#include "sim/loader/file.h"

#define PLACE_BYTES 160U
#define CODE_BYTES  200U
/* With fewer columns a place is its file and line alone. */
#define WIDE_COLUMNS  120U
#define CODE_COLUMNS  26
#define BEFORE_CODE   37 /* index, address, verdict and the blanks behind them */
#define DETAIL_INDENT 19U

struct row_text {
    char code[CODE_BYTES];
    char place[PLACE_BYTES];
    char about[PLACE_BYTES]; /* where the outcome's pc is; empty: it has none */
};

static void disassemble(const struct inject_report *report, const struct inject_point *point,
                        char *text, size_t size)
{
    cs_insn *insn = NULL;
    size_t count = report->disassembler == 0 ? 0
                                             : cs_disasm(report->disassembler, point->code,
                                                         point->size_bytes, point->pc, 1, &insn);
    if (count == 0) {
        snprintf(text, size, "?");
        return;
    }
    snprintf(text, size, "%s %s", insn->mnemonic, insn->op_str);
    cs_free(insn, count);
}

static void describe(const struct inject_report *report, size_t index,
                     const struct inject_outcome *outcome, struct row_text *text)
{
    const struct inject_point *point = inject_stage_point(report->stage, index);
    disassemble(report, point, text->code, sizeof text->code);
    (void)symbol_map_describe(report->symbols, point->pc, text->place, sizeof text->place);
    text->about[0] = '\0';
    if (outcome->pc != 0) {
        (void)symbol_map_describe(report->symbols, outcome->pc, text->about, sizeof text->about);
    }
}

static void print_replay(const struct inject_report *report, const char *index)
{
    const struct inject_options *options = report->options;
    printf("sandglass inject skip --svc %s -b %s", options->svc, options->board);
    if (options->window_ns != 0) {
        printf(" --for %" PRIu64 "ns", options->window_ns);
    }
    if (options->within_ns != INJECT_WITHIN_NS) {
        printf(" --within %" PRIu64 "ns", options->within_ns);
    }
    if (options->seed != 1) {
        printf(" --seed %" PRIu64, options->seed);
    }
    printf(" --only %s", index);
    for (int i = 0; i < options->file_count; i++) {
        printf(" %s", options->files[i]);
    }
}

/* ---- for people ---- */

static void print_head(const struct inject_report *report)
{
    const struct inject_stage *stage = report->stage;
    const struct machine_syscall *call = inject_stage_call(stage);
    uint64_t ns = duration_from_cycles(inject_stage_cycle(stage), report->cpu_hz);
    uint64_t window_ns = duration_from_cycles(inject_stage_window(stage), report->cpu_hz);
    printf("%s, %s(0x%x, 0x%x, 0x%x, 0x%x) at %" PRIu64 ".%06" PRIu64
           " s: %zu instructions until %s, watched for %" PRIu64 " ms\n\n",
           report->options->app, inject_class_name(call->call_class), call->argument[0],
           call->argument[1], call->argument[2], call->argument[3], ns / 1000000000U,
           ns / 1000U % 1000000U, inject_stage_count(stage),
           inject_stage_is_cut(stage) ? "the path is cut: the app did not go on" : "it goes on",
           window_ns / 1000000U);
    printf("%5s  %-10s  %-16s  %-*s  %s\n", "index", "address", "verdict", CODE_COLUMNS,
           "instruction", "where");
}

/* What is behind the row: its words in lines of the terminal's width. */
static void print_detail(const struct inject_report *report, const char *text)
{
    size_t width = report->columns > DETAIL_INDENT + 20U ? report->columns - DETAIL_INDENT : 0;
    while (*text != '\0') {
        size_t length = strlen(text);
        if (width != 0 && length > width) {
            length = width;
            while (length > 0 && text[length] != ' ') {
                length--;
            }
            length = length == 0 ? width : length;
        }
        printf("%*s%.*s\n", (int)DETAIL_INDENT, "", (int)length, text);
        text += length;
        text += strspn(text, " ");
    }
}

/* "switch.S:98" of "arch_svc_handler (kernel/arch/cortex_m/switch.S:98)"; the place itself when it
 * has no file. */
static const char *short_place(const char *place, int *length)
{
    const char *open = strchr(place, '(');
    const char *file = file_base_name(open == NULL ? place : open + 1);
    *length = (int)strcspn(file, ")");
    return file;
}

static void print_row(const struct inject_report *report, size_t index,
                      const struct inject_outcome *outcome, const struct row_text *text)
{
    bool narrow = report->columns != 0 && report->columns < WIDE_COLUMNS;
    char detail[sizeof outcome->text + PLACE_BYTES + 8];
    const char *place = text->place;
    int length = (int)strlen(place);
    int code = CODE_COLUMNS;
    if (narrow) {
        place = short_place(place, &length);
        /* A long one takes from the instruction. */
        int left = (int)report->columns - BEFORE_CODE - 2 - length;
        code = left < 0 ? 0 : left < CODE_COLUMNS ? left : CODE_COLUMNS;
    }
    printf("%5zu  0x%08x  %-16s  %-*.*s  %.*s\n", index,
           (unsigned)inject_stage_point(report->stage, index)->pc,
           inject_verdict_name(outcome->verdict), code, narrow ? code : (int)CODE_BYTES, text->code,
           length, place);
    snprintf(detail, sizeof detail, "%s%s%s", outcome->text, text->about[0] == '\0' ? "" : ", at ",
             text->about);
    print_detail(report, detail);
}

static void print_totals(const struct inject_report *report)
{
    printf("\n%zu skipped:", report->rows);
    for (int i = 0; i < INJECT_VERDICTS; i++) {
        printf("%s %zu %s", i == 0 ? "" : ",", report->totals[i],
               inject_verdict_name((enum inject_verdict)i));
    }
    printf("\n");
    if (!report->options->has_only) {
        printf("one of them again, and told at length: ");
        print_replay(report, "INDEX");
        printf("\n");
    }
}

/* ---- for programs ---- */

static void print_json_head(const struct inject_report *report)
{
    const struct inject_stage *stage = report->stage;
    const struct machine_syscall *call = inject_stage_call(stage);
    printf("{\"experiment\": \"skip\", \"board\": ");
    text_format_json(stdout, report->options->board);
    printf(", \"app\": ");
    text_format_json(stdout, report->options->app);
    printf(", \"class\": \"%s\", \"arguments\": [%u, %u, %u, %u], \"count\": %" PRIu64
           ", \"cycle\": %" PRIu64 ", \"window_cycles\": %" PRIu64
           ", \"instructions\": %zu, \"cut\": %s,\n \"points\": [",
           inject_class_name(call->call_class), call->argument[0], call->argument[1],
           call->argument[2], call->argument[3], report->options->count, inject_stage_cycle(stage),
           inject_stage_window(stage), inject_stage_count(stage),
           inject_stage_is_cut(stage) ? "true" : "false");
}

static void print_json_row(const struct inject_report *report, size_t index,
                           const struct inject_outcome *outcome, const struct row_text *text)
{
    printf(
        "%s\n  {\"index\": %zu, \"address\": %u, \"instruction\": ", report->rows == 0 ? "" : ",",
        index, (unsigned)inject_stage_point(report->stage, index)->pc);
    text_format_json(stdout, text->code);
    printf(", \"where\": ");
    text_format_json(stdout, text->place);
    printf(", \"verdict\": \"%s\", \"detail\": ", inject_verdict_name(outcome->verdict));
    text_format_json(stdout, outcome->text);
    printf(", \"detail_where\": ");
    text_format_json(stdout, text->about);
    printf("}");
}

static void print_json_end(const struct inject_report *report)
{
    printf("\n ],\n \"totals\": {");
    for (int i = 0; i < INJECT_VERDICTS; i++) {
        printf("%s\"%s\": %zu", i == 0 ? "" : ", ", inject_verdict_name((enum inject_verdict)i),
               report->totals[i]);
    }
    printf("}}\n");
}

/* ---- both ---- */

bool inject_report_open(struct inject_report *report, struct sim_error *error)
{
    csh handle = 0;
    if (cs_open(CS_ARCH_ARM, CS_MODE_THUMB | CS_MODE_MCLASS, &handle) != CS_ERR_OK) {
        return sim_fail(error, SIM_INTERNAL, "there is no disassembler");
    }
    report->disassembler = handle;
    struct winsize window = {0};
    report->columns = isatty(STDOUT_FILENO) == 1 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0
                          ? window.ws_col
                          : 0;
    (report->options->json ? print_json_head : print_head)(report);
    return true;
}

void inject_report_row(struct inject_report *report, size_t index,
                       const struct inject_outcome *outcome)
{
    struct row_text text;
    describe(report, index, outcome, &text);
    (report->options->json ? print_json_row : print_row)(report, index, outcome, &text);
    report->rows++;
    report->totals[outcome->verdict]++;
}

void inject_report_end(const struct inject_report *report)
{
    (report->options->json ? print_json_end : print_totals)(report);
}

void inject_report_close(struct inject_report *report)
{
    csh handle = report->disassembler;
    if (handle != 0) {
        cs_close(&handle);
    }
    report->disassembler = 0;
}
