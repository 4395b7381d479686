#include "sim/cli/summary.h"

#include <inttypes.h>
#include <stdio.h>

#include "sim/cli/duration.h"
#include "sim/cli/summary_mpu.h"
#include "sim/cli/text_format.h"
#include "sim/machine/machine_view.h"

/* A register that was read last so shortly before the end is still being polled. */
#define STILL_POLLING_NS 50000000U

static uint64_t process_calls(const struct watched_process *process)
{
    uint64_t sum = process->bad_calls;
    for (size_t i = 0; i < PROCESS_WATCH_CLASSES; i++) {
        sum += process->calls[i];
    }
    return sum;
}

static void print_work(FILE *stream, const struct machine_totals *totals)
{
    fprintf(
        stream, "  %s, %s, busy %s (%s)", text_count(totals->instructions, "instruction", "s").text,
        text_count(totals->now_cycles, "cycle", "s").text, text_grouped(totals->busy_cycles).text,
        text_percent(totals->busy_cycles, totals->now_cycles).text);
}

static void print_time(FILE *stream, const struct machine_totals *totals,
                       const struct summary_sources *sources)
{
    uint64_t now_cycles = totals->now_cycles - sources->begun.now_cycles;
    uint64_t instructions = totals->instructions - sources->begun.instructions;
    double virtual_s = (double)now_cycles / totals->cpu_hz;
    fprintf(stream, "\nsummary: %.6f s of virtual time", virtual_s);
    if (sources->wall_ns == 0) {
        fprintf(stream, "\n");
        print_work(stream, totals);
        fprintf(stream, "\n");
        return;
    }
    double wall_s = (double)sources->wall_ns / 1e9;
    double run_s = (double)sources->run_ns / 1e9;
    double mips = sources->run_ns == 0 ? 0.0 : (double)instructions / run_s / 1e6;
    double speed = sources->run_ns == 0 ? 0.0 : virtual_s / run_s;
    fprintf(stream, " in %.3f s; the machine ran for %.3f s of them (%.1f times real time)\n",
            wall_s, run_s, speed);
    print_work(stream, totals);
    fprintf(stream, ", %.1f MIPS\n", mips);
}

static void print_counts(FILE *stream, const struct machine_totals *totals,
                         const struct process_watch *watch)
{
    fprintf(stream, "  %s, %s, %s (%s)", text_count(watch->calls, "system call", "s").text,
            text_count(watch->context_switches, "context switch", "es").text,
            text_count(totals->exceptions, "exception", "s").text,
            text_count(totals->interrupts, "interrupt", "s").text);
    if (totals->resets > 0) {
        fprintf(stream, ", %s", text_count(totals->resets, "reset", "s").text);
    }
    fprintf(stream, "\n");
    if (totals->guest_errors > 0 || totals->unimplemented > 0) {
        fprintf(stream, "  messages about the guest: %s, %u not modelled",
                text_count(totals->guest_errors, "error", "s").text, totals->unimplemented);
        if (totals->suppressed_messages > 0) {
            fprintf(stream, "; %s too many to print",
                    text_count(totals->suppressed_messages, "different one", "s").text);
        }
        fprintf(stream, "\n");
    }
    if (totals->refused_inputs > 0) {
        fprintf(stream, "  %s refused by the device it was for\n",
                text_count(totals->refused_inputs, "input", "s").text);
    }
    if (totals->isolation_checks > 0) {
        fprintf(stream,
                "  isolation: RAM compared around %s in processes, %s a foreign byte changed\n",
                text_count(totals->isolation_checks, "stay", "s").text,
                text_count(totals->isolation_violations, "time", "s").text);
    }
}

static void print_processes(FILE *stream, const struct machine_totals *totals,
                            const struct process_watch *watch)
{
    if (watch->count == 0) {
        return;
    }
    fprintf(stream, "\n  %-20s %12s %8s %8s %8s\n", "process", "calls", "faults", "starts", "CPU");
    for (size_t i = 0; i < watch->count; i++) {
        const struct watched_process *process = &watch->process[i];
        fprintf(stream, "  %-20s %12s %8s %8u %8s\n", process->name,
                text_grouped(process_calls(process)).text, text_grouped(process->faults).text,
                process->starts, text_percent(process->cycles, totals->now_cycles).text);
    }
}

static void print_ram_row(FILE *stream, const char *name, uint32_t bytes, const char *note)
{
    const char *gap = note[0] == '\0' ? "" : "   ";
    fprintf(stream, "  %-20s %12s%s%s\n", name, text_grouped(bytes).text, gap, note);
}

/* The bytes of a process's block that its grants take; all that is closed to it when that is not
 * known. */
static uint32_t grant_bytes(const struct kernel_view *kernel, const struct watched_process *process)
{
    uint32_t closed = process->ram_bytes - process->open_bytes;
    uint32_t start = 0;
    if (process->ram_bytes == 0 || !kernel_view_grant_start(kernel, process->ram_base, &start)) {
        return closed;
    }
    uint32_t bytes = process->ram_base + process->ram_bytes - start;
    return bytes < closed ? bytes : closed;
}

static void print_process_row(FILE *stream, const struct watched_process *process)
{
    char note[64] = "never ran";
    if (process->ram_bytes != 0) {
        snprintf(note, sizeof note, "of 0x%08x to 0x%08x, break 0x%08x", process->ram_base,
                 process->ram_base + process->ram_bytes - 1, process->break_address);
    }
    print_ram_row(stream, process->name, process->open_bytes, note);
}

static void print_ram(FILE *stream, const struct summary_sources *sources,
                      const struct process_watch *watch)
{
    const struct board_memory *ram = &machine_view_board(sources->machine)->ram;
    uint32_t kernel = image_used_bytes(sources->firmware, ram->base, ram->size_bytes);
    uint32_t used = kernel;
    uint32_t grants = 0;
    uint32_t spare = 0;
    if (watch->count == 0) {
        return;
    }
    fprintf(stream, "\n  %-20s %12s\n", "RAM", "bytes");
    print_ram_row(stream, "kernel", kernel, "data and stack");
    for (size_t i = 0; i < watch->count; i++) {
        const struct watched_process *process = &watch->process[i];
        uint32_t granted = grant_bytes(sources->kernel, process);
        used += process->ram_bytes;
        grants += granted;
        spare += process->ram_bytes - process->open_bytes - granted;
        print_process_row(stream, process);
    }
    print_ram_row(stream, "grants", grants, "of all processes, with the kernel's records of them");
    print_ram_row(stream, "reserved", spare, "in the processes' blocks, not asked for yet");
    print_ram_row(stream, "free", used < ram->size_bytes ? ram->size_bytes - used : 0, "");
    print_ram_row(stream, "total", ram->size_bytes, "");
}

static void print_polls(FILE *stream, struct machine *machine, const struct symbol_map *symbols,
                        const struct machine_totals *totals)
{
    const struct absent *absent = machine_view_absent(machine);
    const struct process_watch *watch = machine_view_processes(machine);
    uint64_t window = duration_to_cycles(STILL_POLLING_NS, totals->cpu_hz);
    char place[256];
    for (size_t i = 0; i < absent->poll_count; i++) {
        const struct absent_poll *poll = &absent->polls[i];
        if (poll->reads < ABSENT_POLL_READS || totals->now_cycles - poll->last_cycle > window) {
            continue;
        }
        fprintf(stream,
                "\n  polled for ever: %s reads %s register 0x%03x, which is not modelled and never "
                "changes: %s in %.3f s, last in %s\n",
                poll->process == PROCESS_NONE ? "privileged code"
                                              : watch->process[poll->process].name,
                poll->peripheral->name, poll->offset, text_count(poll->reads, "read", "s").text,
                (double)(poll->last_cycle - poll->first_cycle) / totals->cpu_hz,
                symbol_map_describe(symbols, poll->pc, place, sizeof place));
    }
}

void summary_print(FILE *stream, const struct summary_sources *sources)
{
    struct machine_totals totals;
    struct machine *machine = sources->machine;
    const struct process_watch *watch = machine_view_processes(machine);
    machine_view_totals(machine, &totals);
    print_time(stream, &totals, sources);
    print_counts(stream, &totals, watch);
    print_processes(stream, &totals, watch);
    summary_mpu_print(stream, machine, &totals, sources->mpu_account, sources->run_ns);
    print_ram(stream, sources, watch);
    print_polls(stream, machine, sources->symbols, &totals);
}
