#include <stdio.h>
#include <string.h>

#include "sim/ui/tests/sample_frame.h"

/* RAM as an nRF52832 has it, three processes: a small one that runs, a large one that waits, one
 * that has just faulted. */
#define RAM        0x20000000U
#define RAM_BYTES  0x10000U
#define APPS       0x20002000U
#define FLASH_APPS 0x00030000U

struct piece {
    enum view_span_kind kind;
    uint32_t bytes;
    const char *label;
};

static void lay(struct view_span *spans, size_t *count, int process, uint32_t start,
                const struct piece *pieces)
{
    uint32_t at = start;
    for (*count = 0; pieces[*count].bytes != 0; (*count)++) {
        struct view_span *span = &spans[*count];
        *span = (struct view_span){.kind = pieces[*count].kind,
                                   .process = process,
                                   .address = at,
                                   .bytes = pieces[*count].bytes};
        snprintf(span->label, sizeof span->label, "%s", pieces[*count].label);
        at += span->bytes;
    }
}

static uint32_t sum(const struct piece *pieces)
{
    uint32_t bytes = 0;
    for (; pieces->bytes != 0; pieces++) {
        bytes += pieces->bytes;
    }
    return bytes;
}

/* `rasr`: rights, disabled sub-regions and size, without the enabling bit. */
static void set_region(struct mpu_state *mpu, uint32_t number, uint32_t address, uint32_t rasr)
{
    mpu_register_write(mpu, MPU_RNR, number);
    mpu_register_write(mpu, MPU_RBAR, address);
    mpu_register_write(mpu, MPU_RASR, rasr | 1);
}

#define RASR_RW        0x13000000U /* execute never, full access */
#define RASR_RX        0x02000000U /* the kernel reads and writes, a process reads */
#define RASR_SIZE(log) (((log)-1U) << 1)
#define RASR_OFF(mask) ((uint32_t)(mask) << 8)

static void set_place(struct view_process *process, int index, uint32_t ram,
                      const struct piece *map, uint32_t flash, const struct piece *flash_map)
{
    process->ram_start = ram;
    process->ram_bytes = sum(map);
    lay(process->ram, &process->ram_count, index, ram, map);
    process->flash_start = flash;
    process->flash_bytes = sum(flash_map);
    lay(process->flash, &process->flash_count, index, flash, flash_map);
    process->record_sane = true;
    process->slot = (uint32_t)index;
    process->starts = 1;
    process->mpu_known = true;
    mpu_reset(&process->mpu);
    mpu_register_write(&process->mpu, MPU_CTRL, MPU_CTRL_ENABLE | MPU_CTRL_PRIVDEFENA);
}

static const uint64_t blink_calls[VIEW_CLASSES] = {482, 3, 964, 0, 0, 4, 0, 0};
static const uint64_t logger_calls[VIEW_CLASSES] = {120, 12, 1310, 220, 240, 6, 0, 1};
static const uint64_t spy_calls[VIEW_CLASSES] = {3, 1, 17, 1, 2, 5, 0, 0};

static void take_calls(struct view_process *process, const uint64_t calls[VIEW_CLASSES])
{
    memcpy(process->calls_of_class, calls, VIEW_CLASSES * sizeof calls[0]);
    process->calls = 0;
    for (size_t i = 0; i < VIEW_CLASSES; i++) {
        process->calls += calls[i];
    }
}

static void make_blink(struct view_process *process)
{
    static const struct piece ram[] = {
        {VIEW_SPAN_STACK_FREE, 284, ""}, {VIEW_SPAN_STACK_DEEPEST, 92, ""},
        {VIEW_SPAN_STACK_USED, 136, ""}, {VIEW_SPAN_DATA, 120, ""},
        {VIEW_SPAN_HEAP, 40, ""},        {VIEW_SPAN_GAP, 136, ""},
        {VIEW_SPAN_GRANT, 24, "led"},    {VIEW_SPAN_GRANT, 40, "alarm"},
        {VIEW_SPAN_KERNEL, 536, ""},     {VIEW_SPAN_KERNEL, 0, ""},
    };
    static const struct piece flash[] = {{VIEW_SPAN_APP_HEADER, 80, ""},
                                         {VIEW_SPAN_APP_CODE, 1700, ""},
                                         {VIEW_SPAN_APP_FOOTER, 268, ""},
                                         {VIEW_SPAN_APP_CODE, 0, ""}};
    snprintf(process->name, sizeof process->name, "blink");
    snprintf(process->state, sizeof process->state, "Running");
    set_place(process, 0, APPS, ram, FLASH_APPS, flash);
    process->running = true;
    process->cpu_permille = 124;
    process->calls_per_second = 48;
    take_calls(process, blink_calls);
    process->last_call =
        (struct view_call){.known = true, .call_class = 2, .argument = {0, 5, 0x1234, 8192}};
    process->upcalls_waiting = 0;
    process->app_break = APPS + 672;
    process->stack_top = APPS + 512;
    process->stack_pointer = APPS + 376;
    process->stack_deepest = APPS + 284;
    set_region(&process->mpu, 0, APPS, RASR_RW | RASR_SIZE(9U));
    set_region(&process->mpu, 1, APPS + 512, RASR_RW | RASR_SIZE(8U) | RASR_OFF(0xE0));
    set_region(&process->mpu, 3, FLASH_APPS, RASR_RX | RASR_SIZE(11U));
}

static void make_logger(struct view_process *process)
{
    static const struct piece ram[] = {
        {VIEW_SPAN_STACK_FREE, 5480, ""},
        {VIEW_SPAN_STACK_DEEPEST, 2304, ""},
        {VIEW_SPAN_STACK_USED, 408, ""},
        {VIEW_SPAN_DATA, 3640, ""},
        {VIEW_SPAN_HEAP, 26056, ""},
        {VIEW_SPAN_GAP, 8976, ""},
        {VIEW_SPAN_GRANT, 1104, "isolated"},
        {VIEW_SPAN_GRANT, 72, "free"},
        {VIEW_SPAN_GRANT, 96, "temperature"},
        {VIEW_SPAN_GRANT, 56, "console"},
        {VIEW_SPAN_GRANT, 40, "alarm"},
        {VIEW_SPAN_KERNEL, 536, ""},
        {VIEW_SPAN_KERNEL, 0, ""},
    };
    static const struct piece flash[] = {{VIEW_SPAN_APP_HEADER, 128, ""},
                                         {VIEW_SPAN_APP_CODE, 15488, ""},
                                         {VIEW_SPAN_APP_FOOTER, 768, ""},
                                         {VIEW_SPAN_APP_CODE, 0, ""}};
    snprintf(process->name, sizeof process->name, "logger");
    snprintf(process->state, sizeof process->state, "YieldedFor");
    set_place(process, 1, 0x20002800U, ram, FLASH_APPS + 0x4000U, flash);
    process->cpu_permille = 31;
    process->calls_per_second = 203;
    take_calls(process, logger_calls);
    process->last_call =
        (struct view_call){.known = true, .call_class = 0, .argument = {2, 1, 1, 0}};
    process->upcalls_waiting = 2;
    process->upcalls[0] = (struct view_upcall){.driver = "alarm", .number = 0};
    process->upcalls[1] = (struct view_upcall){.driver = "temperature", .number = 0};
    process->app_break = 0x20002800U + 37888;
    process->stack_top = 0x20002800U + 8192;
    process->stack_pointer = process->stack_top - 408;
    process->stack_deepest = process->stack_top - 2712;
    set_region(&process->mpu, 0, 0x20000000U, RASR_RW | RASR_SIZE(16U) | RASR_OFF(0xE3));
    set_region(&process->mpu, 1, 0x20002000U, RASR_RW | RASR_SIZE(13U) | RASR_OFF(0x03));
    set_region(&process->mpu, 2, 0x2000A000U, RASR_RW | RASR_SIZE(13U) | RASR_OFF(0x80));
    set_region(&process->mpu, 3, FLASH_APPS + 0x4000U, RASR_RX | RASR_SIZE(14U));
}

static void make_spy(struct view_process *process)
{
    static const struct piece ram[] = {
        {VIEW_SPAN_STACK_FREE, 640, ""},  {VIEW_SPAN_STACK_DEEPEST, 256, ""},
        {VIEW_SPAN_STACK_USED, 128, ""},  {VIEW_SPAN_DATA, 288, ""},
        {VIEW_SPAN_HEAP, 512, ""},        {VIEW_SPAN_GAP, 440, ""},
        {VIEW_SPAN_GRANT, 56, "console"}, {VIEW_SPAN_GRANT, 40, "alarm"},
        {VIEW_SPAN_KERNEL, 536, ""},      {VIEW_SPAN_KERNEL, 0, ""},
    };
    static const struct piece flash[] = {{VIEW_SPAN_APP_HEADER, 80, ""},
                                         {VIEW_SPAN_APP_CODE, 3248, ""},
                                         {VIEW_SPAN_APP_FOOTER, 768, ""},
                                         {VIEW_SPAN_APP_CODE, 0, ""}};
    snprintf(process->name, sizeof process->name, "spy");
    snprintf(process->state, sizeof process->state, "Faulted");
    set_place(process, 2, 0x2000F000U, ram, FLASH_APPS + 0x8000U, flash);
    process->cpu_permille = 2;
    process->calls_per_second = 4;
    take_calls(process, spy_calls);
    process->last_call =
        (struct view_call){.known = true, .call_class = 2, .argument = {1, 1, 12, 0}};
    process->restarts = 3;
    process->faults = 4;
    process->completion_code = 0;
    process->app_break = 0x2000F000U + 1824;
    process->stack_top = 0x2000F000U + 1024;
    process->stack_pointer = process->stack_top - 128;
    process->stack_deepest = process->stack_top - 384;
    set_region(&process->mpu, 0, 0x2000F000U, RASR_RW | RASR_SIZE(11U) | RASR_OFF(0x80));
    set_region(&process->mpu, 1, 0x2000F700U, RASR_RW | RASR_SIZE(8U) | RASR_OFF(0xFE));
    set_region(&process->mpu, 3, FLASH_APPS + 0x8000U, RASR_RX | RASR_SIZE(12U));
}

static void make_hits(struct view_processes *processes, uint64_t now)
{
    static const struct view_hit hits[] = {
        {.process = 2,
         .number = 4,
         .address = 0x2000F92CU,
         .pc = 0x00038212U,
         .address_valid = true,
         .what = "write to 0x2000f92c",
         .whose = "grant of alarm in spy",
         .why = "no MPU region maps it",
         .where = "poke (apps/spy/main.c:31)"},
        {.process = 2,
         .number = 3,
         .address = 0x20004810U,
         .pc = 0x000381F0U,
         .address_valid = true,
         .what = "read of 0x20004810",
         .whose = "stack, data or heap of logger",
         .why = "no MPU region maps it",
         .where = "peek (apps/spy/main.c:22)"},
        {.process = 2,
         .number = 2,
         .address = 0x00038014U,
         .pc = 0x000381A4U,
         .address_valid = true,
         .what = "write to 0x00038014",
         .whose = "flash of spy",
         .why = "MPU region 3 forbids writing",
         .where = "scribble (apps/spy/main.c:14)"},
    };
    processes->hit_count = sizeof hits / sizeof hits[0];
    processes->hits_ever = 4;
    for (size_t i = 0; i < processes->hit_count; i++) {
        processes->hits[i] = hits[i];
        processes->hits[i].cycle = now - 64000ULL * 400 * (1 + i * i * 5);
    }
}

void sample_processes(struct view_frame *frame)
{
    struct view_processes *processes = &frame->processes;
    static const struct piece ram[] = {
        {VIEW_SPAN_KERNEL, 0x2000, "kernel"},
        {VIEW_SPAN_PROCESS, 1408, "blink"},
        {VIEW_SPAN_FREE, 640, ""},
        {VIEW_SPAN_PROCESS, 48768, "logger"},
        {VIEW_SPAN_FREE, 2432, ""},
        {VIEW_SPAN_PROCESS, 2896, "spy"},
        {VIEW_SPAN_FREE, 1200, ""},
        {VIEW_SPAN_FREE, 0, ""},
    };
    static const struct piece flash[] = {
        {VIEW_SPAN_KERNEL, FLASH_APPS, "kernel"},
        {VIEW_SPAN_PROCESS, 2048, "blink"},
        {VIEW_SPAN_FREE, 0x3800, ""},
        {VIEW_SPAN_PROCESS, 16384, "logger"},
        {VIEW_SPAN_PROCESS, 4096, "spy"},
        {VIEW_SPAN_FREE, 0x47000, ""},
        {VIEW_SPAN_FREE, 0, ""},
    };
    static const int ram_owner[] = {-1, 0, -1, 1, -1, 2, -1};
    static const int flash_owner[] = {-1, 0, -1, 1, 2, -1};
    memset(processes, 0, sizeof *processes);
    processes->count = 3;
    make_blink(&processes->processes[0]);
    make_logger(&processes->processes[1]);
    make_spy(&processes->processes[2]);
    processes->running = 0;
    processes->kernel_known = true;
    processes->kernel_permille = 87;
    processes->interrupts_permille = 12;
    processes->sleep_permille = 744;
    processes->calls_per_second = 255;
    processes->mpu = processes->processes[0].mpu;
    processes->ram_base = RAM;
    processes->ram_bytes = RAM_BYTES;
    processes->flash_base = 0;
    processes->flash_bytes = 0x80000U;
    lay(processes->ram, &processes->ram_count, VIEW_SPAN_NOBODY, RAM, ram);
    lay(processes->flash, &processes->flash_count, VIEW_SPAN_NOBODY, 0, flash);
    for (size_t i = 0; i < processes->ram_count; i++) {
        processes->ram[i].process = ram_owner[i];
    }
    for (size_t i = 0; i < processes->flash_count; i++) {
        processes->flash[i].process = flash_owner[i];
    }
    make_hits(processes, frame->clock.now_cycles);
}
