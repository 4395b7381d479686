#include "sim/cli/test_report.h"

#include <stdlib.h>

#include "sim/cli/dma_report.h"
#include "sim/cli/fault_report.h"
#include "sim/cli/live_lines.h"

struct test_report {
    struct machine *machine;
    struct uart_link link; /* to nowhere: a scenario has the console's text elsewhere */
    struct live_lines lines;
    struct fault_report faults;
    struct dma_report dma;
    FILE *stream;
    char *text; /* of the stream */
    size_t size;
};

struct test_report *test_report_start(const struct script_built *built)
{
    struct test_report *report = calloc(1, sizeof *report);
    if (report == NULL) {
        return NULL;
    }
    report->machine = built->machine;
    report->link =
        (struct uart_link){.out_fd = -1, .in_fd = -1, .listen_fd = -1, .at_line_start = true};
    report->stream = open_memstream(&report->text, &report->size);
    if (report->stream == NULL ||
        !live_lines_start_into(&report->lines, built->machine, &report->link, report->stream) ||
        !fault_report_start(&report->faults, built->machine, &report->lines, built->symbols) ||
        !dma_report_start(&report->dma, built->machine, &report->lines, built->symbols)) {
        test_report_end(report);
        return NULL;
    }
    return report;
}

const char *test_report_text(struct test_report *report)
{
    dma_report_finish(&report->dma);
    live_lines_settle(&report->lines, true);
    return fflush(report->stream) == 0 ? report->text : "";
}

void test_report_end(struct test_report *report)
{
    if (report == NULL) {
        return;
    }
    machine_unobserve(report->machine, &report->dma);
    machine_unobserve(report->machine, &report->faults);
    machine_unobserve(report->machine, &report->lines);
    if (report->stream != NULL) {
        live_lines_close(&report->lines);
        fclose(report->stream);
    }
    free(report->text);
    free(report);
}
