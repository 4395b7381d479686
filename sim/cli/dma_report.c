#include "sim/cli/dma_report.h"

#include <string.h>

#include "sim/loader/little_endian.h"
#include "sim/loader/unwind.h"
#include "sim/machine/machine_view.h"

#define MARGIN   "               " /* as wide as the time in front of a line */
#define CAPSULES "/capsules/"      /* the folder whose files are capsules, in a source's path */

static bool read_word(void *context, uint32_t address, uint32_t *word)
{
    uint8_t bytes[4];
    if (machine_peek(context, address, bytes, sizeof bytes) != sizeof bytes) {
        return false;
    }
    *word = little_endian_u32(bytes);
    return true;
}

/* The stack of now is gone when the device gets to work: it is walked at the store. */
static void on_aimed(void *context, const struct machine_aim *aim)
{
    struct dma_report *report = context;
    const struct unwind_memory memory = {.read_word = read_word, .context = report->machine};
    struct cpu_regs regs;
    struct unwind_regs frame;
    cpu_get_regs(machine_cpu(report->machine), &regs);
    memcpy(frame.r, regs.r, sizeof regs.r); /* r0-r12 */
    frame.r[UNWIND_SP] = cpu_regs_sp(&regs);
    frame.r[UNWIND_LR] = regs.lr;
    frame.r[UNWIND_PC] = regs.pc;
    report->aim = (struct dma_aim){.device = aim->device};
    do {
        report->aim.pc[report->aim.count] = frame.r[UNWIND_PC];
        report->aim.count++;
    } while (report->aim.count < DMA_REPORT_FRAMES &&
             unwind_step(report->symbols, &frame, &memory));
}

/* The file of a capsule that was compiled into this code, from its folder on; NULL: it is none. */
static const char *capsule_file(const struct dma_report *report, uint32_t pc)
{
    const char *file = symbol_map_unit(report->symbols, pc);
    const char *folder = file == NULL ? NULL : strstr(file, CAPSULES);
    return folder == NULL ? NULL : folder + strlen(CAPSULES);
}

static void print_culprit(FILE *stream, const struct dma_report *report)
{
    const struct dma_aim *aim = &report->aim;
    char place[256];
    for (unsigned i = 0; i < aim->count; i++) {
        symbol_map_describe(report->symbols, aim->pc[i], place, sizeof place);
        fprintf(stream, MARGIN "%s %s", i == 0 ? "pointed there in" : "called from", place);
        const char *capsule = capsule_file(report, aim->pc[i]);
        if (capsule != NULL) { /* who called the capsule has nothing to do with it */
            fprintf(stream, ": capsule %.*s\n", (int)strcspn(capsule, "."), capsule);
            return;
        }
        fprintf(stream, "\n");
    }
}

static bool continues(const struct dma_range *range, const struct machine_dma *dma)
{
    return range->device == dma->device && range->process == dma->process &&
           range->is_write == dma->is_write && range->address + range->size_bytes == dma->address;
}

static const char *process_name(const struct dma_report *report, int process)
{
    return machine_view_processes(report->machine)->process[process].name;
}

void dma_report_finish(struct dma_report *report)
{
    const struct dma_range *range = &report->range;
    if (range->device == NULL) {
        return;
    }
    FILE *stream = live_lines_begin(report->lines);
    fprintf(stream, "device %s has %s %u %s of process %s, 0x%08x to 0x%08x\n", range->device,
            range->is_write ? "written" : "read", range->size_bytes,
            range->size_bytes == 1 ? "byte" : "bytes", process_name(report, range->process),
            range->address, range->address + range->size_bytes - 1);
    live_lines_end(report->lines);
    report->range.device = NULL;
}

static void on_dma_trespassed(void *context, const struct machine_dma *dma)
{
    struct dma_report *report = context;
    if (continues(&report->range, dma)) {
        report->range.size_bytes += dma->size_bytes;
        return;
    }
    dma_report_finish(report);
    report->range =
        (struct dma_range){dma->device, dma->process, dma->address, dma->size_bytes, dma->is_write};
    FILE *stream = live_lines_begin(report->lines);
    fprintf(stream,
            "DMA past the MPU: device %s %s memory of process %s at 0x%08x, which the process "
            "has not offered to the kernel\n",
            dma->device, dma->is_write ? "writes" : "reads", process_name(report, dma->process),
            dma->address);
    if (report->aim.device != NULL && strcmp(report->aim.device, dma->device) == 0) {
        print_culprit(stream, report);
    }
    live_lines_end(report->lines);
}

bool dma_report_start(struct dma_report *report, struct machine *machine, struct live_lines *lines,
                      const struct symbol_map *symbols)
{
    *report = (struct dma_report){.machine = machine, .lines = lines, .symbols = symbols};
    const struct machine_observer observer = {
        .dma_trespassed = on_dma_trespassed, .aimed = on_aimed, .context = report};
    return machine_observe(machine, &observer);
}
