#include "sim/script/script_report.h"

#include <inttypes.h>
#include <string.h>

#include "sim/ui/utf8.h"

void script_report_tap_begin(FILE *stream, size_t count)
{
    fprintf(stream, "TAP version 14\n1..%zu\n", count);
}

/* Whatever a terminal or a reader of TAP or XML might take for something else is not plain: control
 * characters, other ends of lines, other directions of writing, what is no character. */
static bool is_plain(uint32_t character)
{
    return character == '\t' ||
           (character >= ' ' && character != 0x7F && (character < 0x80 || character > 0x9F) &&
            (character < 0x2028 || character > 0x202E) &&
            (character < 0x2066 || character > 0x2069) && character != UTF8_REPLACEMENT &&
            (character & 0xFFFE) != 0xFFFE);
}

/* Puts one character of the text, '?' for one that is not plain, and returns its bytes. */
static size_t put_character(FILE *stream, const char *text)
{
    const char *end = text;
    if (is_plain(utf8_next(&end))) {
        fwrite(text, 1, (size_t)(end - text), stream);
    } else {
        fputc('?', stream);
    }
    return (size_t)(end - text);
}

/* In the line of a test '#' begins a directive. */
static void put_description(FILE *stream, const char *text)
{
    while (*text != '\0') {
        if (*text == '#' || *text == '\\') {
            fputc('\\', stream);
        }
        text += put_character(stream, text);
    }
}

/* A YAML text in quotes: everything can be in it. */
static void put_quoted(FILE *stream, const char *text)
{
    fputc('"', stream);
    while (*text != '\0') {
        if (*text == '"' || *text == '\\') {
            fputc('\\', stream);
        }
        if (*text == '\n') {
            fputs("\\n", stream);
            text++;
        } else {
            text += put_character(stream, text);
        }
    }
    fputs("\"\n", stream);
}

static void put_field(FILE *stream, const char *name, const char *text)
{
    if (text[0] != '\0') {
        fprintf(stream, "  %s: ", name);
        put_quoted(stream, text);
    }
}

/* Each line of `text` after `prefix`. */
static void put_lines(FILE *stream, const char *prefix, const char *text)
{
    while (*text != '\0') {
        fputs(prefix, stream);
        while (*text != '\0' && *text != '\n') {
            text += *text == '\r' ? 1 : put_character(stream, text);
        }
        fputc('\n', stream);
        text += *text == '\n' ? 1 : 0;
    }
}

static const char *verdict_word(enum script_verdict verdict)
{
    switch (verdict) {
    case SCRIPT_PASSED:
        return "passed";
    case SCRIPT_FAILED:
        return "failed";
    case SCRIPT_BROKEN:
        return "broken script";
    case SCRIPT_TROUBLE:
        return "trouble of the simulator";
    }
    return "";
}

static void put_block(FILE *stream, const struct script_reported *reported)
{
    const struct script_result *result = reported->result;
    fputs("  ---\n", stream);
    put_field(stream, "message", result->message);
    put_field(stream, "severity", verdict_word(result->verdict));
    put_field(stream, "expected", result->expected);
    put_field(stream, "seen", result->seen);
    if (result->state[0] != '\0') {
        fputs("  state: |\n", stream);
        put_lines(stream, "    ", result->state);
    }
    put_field(stream, "screenshot", result->screenshot);
    put_field(stream, "replay", reported->replay);
    fputs("  ...\n", stream);
}

void script_report_tap(FILE *stream, size_t number, const struct script_reported *reported)
{
    const struct script_result *result = reported->result;
    put_lines(stream, "# ", result->output);
    fprintf(stream, "%s %zu - ", result->verdict == SCRIPT_PASSED ? "ok" : "not ok", number);
    put_description(stream, reported->file);
    fputs(": ", stream);
    put_description(stream, reported->name);
    fputc('\n', stream);
    if (result->verdict != SCRIPT_PASSED) {
        put_block(stream, reported);
    }
}

/* ---- JUnit ---- */

static void put_xml(FILE *stream, const char *text, const char *newline)
{
    while (*text != '\0') {
        const char *escape = *text == '<'    ? "&lt;"
                             : *text == '>'  ? "&gt;"
                             : *text == '&'  ? "&amp;"
                             : *text == '"'  ? "&quot;"
                             : *text == '\n' ? newline
                                             : NULL;
        if (escape != NULL) {
            fputs(escape, stream);
            text++;
        } else {
            text += put_character(stream, text);
        }
    }
}

static void put_attribute(FILE *stream, const char *name, const char *text)
{
    fprintf(stream, " %s=\"", name);
    put_xml(stream, text, "&#10;"); /* a newline itself would become a space there */
    fputc('"', stream);
}

/* Virtual seconds: the same in every run. */
static void put_seconds(FILE *stream, uint64_t ns)
{
    fprintf(stream, " time=\"%" PRIu64 ".%06u\"", ns / 1000000000,
            (unsigned)(ns % 1000000000 / 1000));
}

static void put_text_element(FILE *stream, const char *name, const char *text)
{
    if (text[0] != '\0') {
        fprintf(stream, "      <%s>", name);
        put_xml(stream, text, "\n");
        fprintf(stream, "</%s>\n", name);
    }
}

static void put_case(FILE *stream, const struct script_reported *reported)
{
    const struct script_result *result = reported->result;
    fputs("    <testcase", stream);
    put_attribute(stream, "classname", reported->file);
    put_attribute(stream, "name", reported->name);
    put_seconds(stream, result->virtual_ns);
    if (result->verdict == SCRIPT_PASSED && result->output[0] == '\0') {
        fputs("/>\n", stream);
        return;
    }
    fputs(">\n", stream);
    if (result->verdict != SCRIPT_PASSED) {
        const char *element = result->verdict == SCRIPT_FAILED ? "failure" : "error";
        fprintf(stream, "      <%s", element);
        put_attribute(stream, "message", result->message);
        put_attribute(stream, "type", verdict_word(result->verdict));
        fputc('>', stream);
        put_xml(stream, result->state, "\n");
        if (result->screenshot[0] != '\0') {
            fputs("screenshot: ", stream);
            put_xml(stream, result->screenshot, "\n");
            fputc('\n', stream);
        }
        fputs("replay: ", stream);
        put_xml(stream, reported->replay, "\n");
        fprintf(stream, "</%s>\n", element);
    }
    put_text_element(stream, "system-out", result->output);
    fputs("    </testcase>\n", stream);
}

static size_t count_verdicts(const struct script_reported *reported, size_t count, bool failures)
{
    size_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        enum script_verdict verdict = reported[i].result->verdict;
        sum += failures ? verdict == SCRIPT_FAILED
                        : verdict == SCRIPT_BROKEN || verdict == SCRIPT_TROUBLE;
    }
    return sum;
}

static void put_suite(FILE *stream, const struct script_reported *reported, size_t count)
{
    uint64_t ns = 0;
    for (size_t i = 0; i < count; i++) {
        ns += reported[i].result->virtual_ns;
    }
    fputs("  <testsuite", stream);
    put_attribute(stream, "name", reported->file);
    fprintf(stream, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\"", count,
            count_verdicts(reported, count, true), count_verdicts(reported, count, false));
    put_seconds(stream, ns);
    fputs(">\n", stream);
    for (size_t i = 0; i < count; i++) {
        put_case(stream, &reported[i]);
    }
    fputs("  </testsuite>\n", stream);
}

void script_report_junit(FILE *stream, const struct script_reported *reported, size_t count)
{
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n", stream);
    for (size_t i = 0; i < count;) {
        size_t same = 1;
        while (i + same < count && strcmp(reported[i + same].file, reported[i].file) == 0) {
            same++;
        }
        put_suite(stream, &reported[i], same);
        i += same;
    }
    fputs("</testsuites>\n", stream);
}
