/* sim/cli/dma_report.h - tells of DMA past the MPU: a device that moves bytes of a process's own
 * memory which the process has not offered to the kernel, and whose code pointed it there. On
 * stderr, as it happens. */
#ifndef SIM_CLI_DMA_REPORT_H
#define SIM_CLI_DMA_REPORT_H

#include "sim/cli/live_lines.h"
#include "sim/loader/symbol_map.h"
#include "sim/machine/machine.h"

#define DMA_REPORT_FRAMES 12

/* The latest store of such an address to a register, with its callers, innermost first. */
struct dma_aim {
    const char *device; /* NULL: none */
    uint32_t pc[DMA_REPORT_FRAMES];
    unsigned count;
};

/* Neighbouring bytes that a device has moved one after the other. */
struct dma_range {
    const char *device; /* NULL: none */
    int process;
    uint32_t address, size_bytes;
    bool is_write;
};

struct dma_report {
    struct machine *machine;
    struct live_lines *lines;
    const struct symbol_map *symbols;
    struct dma_aim aim;
    struct dma_range range;
};

/* Starts to observe; false when the machine has too many observers. All must outlive the machine.
 */
bool dma_report_start(struct dma_report *report, struct machine *machine, struct live_lines *lines,
                      const struct symbol_map *symbols);

/* Tells how many bytes the latest range had. Once, at the end of the run. */
void dma_report_finish(struct dma_report *report);

#endif
