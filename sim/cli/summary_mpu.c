#include "sim/cli/summary_mpu.h"

#include <inttypes.h>
#include <stdio.h>

#include "sim/cli/text_format.h"
#include "sim/machine/machine.h"

#define RASR_ENABLE  1U
#define LINE_COLUMNS 100
#define INDENT       "       "

static const char *const region_names[MPU_ACCOUNT_REGIONS] = {
    "region 0", "region 1", "region 2", "region 3",   "region 4",   "region 5",
    "region 6", "region 7", "none",     "background", "default map"};

static uint64_t all_refusals(const struct mpu_account *account)
{
    return mpu_account_refusals_of(account, MPU_ACCESS_READ) +
           mpu_account_refusals_of(account, MPU_ACCESS_WRITE) +
           mpu_account_refusals_of(account, MPU_ACCESS_FETCH);
}

/* One entry of the list, on a new line where this one would become too long. */
static void print_refusals(FILE *stream, int *column, const char *separator, const char *name,
                           uint64_t refusals)
{
    char entry[TBF_NAME_BYTES + TEXT_NUMBER_BYTES];
    int length = snprintf(entry, sizeof entry, " %s %s", name, text_grouped(refusals).text);
    if (*column + length >= LINE_COLUMNS) {
        fprintf(stream, "%s\n" INDENT "%s", separator, entry + 1);
        *column = (int)sizeof INDENT + length;
    } else {
        *column += fprintf(stream, "%s%s", separator, entry);
    }
}

/* Each process, and what is left for code that is no process's. */
static void print_refused(FILE *stream, const struct mpu_account *account,
                          const struct process_watch *watch, int column)
{
    uint64_t rest = all_refusals(account);
    const char *separator = "";
    for (size_t i = 0; i < watch->count; i++) {
        uint64_t refusals = watch->process[i].refusals;
        if (refusals > 0) {
            print_refusals(stream, &column, separator, watch->process[i].name, refusals);
            separator = ",";
            rest -= refusals < rest ? refusals : rest;
        }
    }
    if (rest > 0) {
        print_refusals(stream, &column, separator, "firmware", rest);
        separator = ",";
    }
    fprintf(stream, "%s\n", separator[0] == '\0' ? " nothing" : "");
}

/* Reads, writes, fetches, unprivileged and privileged apart, of every region that has any. */
static void print_counts(FILE *stream, const char *title, const struct mpu_account_counts *counts)
{
    fprintf(stream, "  %-12s %14s %14s %14s   (unprivileged + privileged)\n", title, "reads",
            "writes", "fetches");
    for (size_t region = 0; region < MPU_ACCOUNT_REGIONS; region++) {
        const uint64_t(*count)[3] = counts->count[region];
        char cell[3][TEXT_NUMBER_BYTES * 2 + 4];
        uint64_t sum = 0;
        for (size_t access = 0; access < 3; access++) {
            snprintf(cell[access], sizeof cell[access], "%s + %s",
                     text_grouped(count[0][access]).text, text_grouped(count[1][access]).text);
            sum += count[0][access] + count[1][access];
        }
        if (sum > 0) {
            fprintf(stream, "  %-12s %14s %14s %14s\n", region_names[region], cell[0], cell[1],
                    cell[2]);
        }
    }
}

static bool same_regions(const struct mpu_state *a, const struct mpu_state *b)
{
    for (size_t i = 0; i < 8; i++) {
        bool on = (a->rasr[i] & RASR_ENABLE) != 0;
        if (on != ((b->rasr[i] & RASR_ENABLE) != 0) ||
            (on && (a->rbar[i] != b->rbar[i] || a->rasr[i] != b->rasr[i]))) {
            return false;
        }
    }
    return true;
}

/* The process that was last entered under these registers, or what else they are. */
static const char *configuration_owner(const struct mpu_state *registers,
                                       const struct process_watch *watch)
{
    for (size_t i = 0; i < watch->count; i++) {
        if (watch->process[i].ram_bytes > 0 && same_regions(registers, &watch->process[i].mpu)) {
            return watch->process[i].name;
        }
    }
    return registers->ctrl == 0 ? "MPU off" : "";
}

static void print_configurations(FILE *stream, const struct mpu_account *account,
                                 const struct machine_totals *totals,
                                 const struct process_watch *watch)
{
    fprintf(stream, "  configuration         entered         cycles  of the time   whose\n");
    for (uint32_t i = 0; i < account->configuration_count; i++) {
        const struct mpu_account_configuration *row = &account->configuration[i];
        fprintf(stream, "  %08" PRIx32 "       %14s %14s      %7s   %s\n", row->hash,
                text_grouped(row->entries).text, text_grouped(row->cycles).text,
                text_percent(row->cycles, totals->now_cycles).text,
                configuration_owner(&row->registers, watch));
    }
    if (account->other_cycles > 0) {
        fprintf(stream, "  others         %14s %14s\n", "",
                text_grouped(account->other_cycles).text);
    }
}

static void print_account(FILE *stream, const struct mpu_account *account,
                          const struct machine_totals *totals, const struct process_watch *watch)
{
    fprintf(stream, "  %s register writes; a switch takes %s to %s cycles\n",
            text_grouped(account->register_writes).text,
            text_grouped(account->switch_cycles_min).text,
            text_grouped(account->switch_cycles_max).text);
    print_configurations(stream, account, totals, watch);
    if (all_refusals(account) > 0) {
        print_counts(stream, "refused by", &account->refusals);
    }
}

static uint64_t all_hits(const struct mpu_account *account)
{
    uint64_t sum = 0;
    for (size_t region = 0; region < MPU_ACCOUNT_REGIONS; region++) {
        for (size_t access = 0; access < 3; access++) {
            sum += account->hits.count[region][0][access] + account->hits.count[region][1][access];
        }
    }
    return sum;
}

void summary_mpu_print(FILE *stream, struct machine *machine, const struct machine_totals *totals,
                       bool whole_account, uint64_t run_ns)
{
    const struct mpu_account *account = cpu_mpu_account(machine_cpu(machine));
    const struct process_watch *watch = machine_view_processes(machine);
    if (account->reconfigurations == 0) {
        return;
    }
    int column = fprintf(stream, "\n  MPU: %s, %s each, %s of busy time; refused:",
                         text_count(account->reconfigurations, "switch", "es").text,
                         text_count(mpu_account_mean_switch_cycles(account), "cycle", "s").text,
                         text_percent(account->switch_cycles_sum, totals->busy_cycles).text);
    print_refused(stream, account, watch, column);
    if (whole_account) {
        print_account(stream, account, totals, watch);
    }
    uint64_t hits = all_hits(account);
    if (account->count_hits && hits > 0) {
        print_counts(stream, "MPU hits", &account->hits);
    }
    if (account->count_hits && hits > 0 && run_ns > 0) {
        /* Every access left the engine and was asked for: all of the host's time is put down to
         * them. */
        fprintf(stream,
                "  cost of counting: %s accesses asked one by one, %s ns of host time each\n",
                text_grouped(hits).text, text_grouped(run_ns / hits).text);
    }
}
