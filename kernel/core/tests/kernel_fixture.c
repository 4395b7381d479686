#include "kernel/core/tests/kernel_fixture.h"

#include <setjmp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "kernel/abi/tbf.h"
#include "kernel/core/ipc.h"
#include "kernel/core/read_only_state.h"
#include "kernel/hil/alarm.h"

struct fixture fixture;
static jmp_buf panic_return;

GRANT(small_grant, struct fixture_data, FIXTURE_UPCALLS, FIXTURE_READ_ONLY, FIXTURE_READ_WRITE);
struct huge_data {
    uint8_t bytes[4000];
};
GRANT(huge_grant, struct huge_data, 1, 0, 0);
const struct grant *const fixture_grant = &small_grant;
const struct grant *const fixture_huge_grant = &huge_grant;

static command_return command(void *self, struct process_id id, uint32_t number, uint32_t argument0,
                              uint32_t argument1)
{
    (void)self;
    return fixture.command != NULL ? fixture.command(id, number, argument0, argument1)
                                   : command_success();
}

CAPSULE(small);
const struct capsule *const fixture_capsule = &this_capsule;
static const struct driver_ops small_ops = {FIXTURE_DRIVER, command, &small_grant, &this_capsule};
static const struct driver_ops huge_ops = {FIXTURE_DRIVER_HUGE, command, &huge_grant, NULL};
static const struct driver_ops plain_ops = {FIXTURE_DRIVER_PLAIN, command, NULL, NULL};
static uint32_t ticks_now(void *self)
{
    (void)self;
    return fixture.ticks;
}
static const struct hil_alarm_ops clock_ops = {.now = ticks_now};
static struct hil_alarm fixture_clock = {&clock_ops, NULL, 32768, 24};

static const struct driver drivers[] = {
    {&small_ops, NULL},
    {&huge_ops, NULL},
    {&plain_ops, NULL},
    {&ipc_driver_ops, NULL},
    {&read_only_state_driver_ops, &fixture_clock},
};

/* The chip. */
static void serve_interrupts(void)
{
    fixture.interrupts_served++;
    if (fixture.on_interrupt != NULL) {
        fixture.on_interrupt();
    }
}

static void stop_dead(void)
{
    fixture.stops_of_the_dead++;
}

static void write_now(struct const_slice bytes)
{
    size_t used = strlen(fixture.text);
    size_t room = sizeof(fixture.text) - 1 - used;
    size_t count = bytes.length < room ? bytes.length : room;
    memcpy(fixture.text + used, bytes.bytes, count);
    fixture.text[used + count] = '\0';
}

static const struct kernel_chip chip = {serve_interrupts, write_now, stop_dead};

/* The architecture. */
volatile union arch_signals arch_signals;
volatile struct arch_switch arch_switch;
struct arch_guard arch_guard;

void arch_landing_abandon(struct arch_landing *landing)
{
    landing->lr = FIXTURE_ABANDONED;
}

enum arch_stop arch_process_run(struct arch_context *context)
{
    fixture.runs++;
    struct process *process =
        (struct process *)(void *)((uint8_t *)context - offsetof(struct process, context));
    return fixture.run != NULL ? fixture.run(process) : ARCH_STOP_INTERRUPT;
}

void arch_mpu_load(const struct mpu_layout_region *regions)
{
    fixture.mpu_loads++;
    fixture.mpu_loaded = regions;
}

void arch_slice_start(uint32_t ticks)
{
    fixture.slices_started++;
    fixture.ticks_given = ticks;
    fixture.ticks_used = 0;
    arch_signals.is.slice_over = 0;
}

uint32_t arch_slice_pause(void)
{
    bool over = arch_slice_is_over() || fixture.ticks_used >= fixture.ticks_given;
    arch_signals.is.slice_over = 0;
    return over ? fixture.ticks_given : fixture.ticks_used;
}

void arch_sleep(void)
{
}

_Noreturn void arch_reset_system(void)
{
    abort();
}

_Noreturn void arch_halt(void)
{
    longjmp(panic_return, 1);
}

bool fixture_panics(void (*action)(void *), void *argument)
{
    if (setjmp(panic_return) != 0) {
        return true;
    }
    action(argument);
    return false;
}

static void map(uint32_t address, uint32_t bytes)
{
    void *wanted = process_memory(address);
    void *got = mmap(wanted, bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (got != wanted) {
        abort();
    }
}

int fixture_setup(void **state)
{
    static bool mapped;
    (void)state;
    if (!mapped) {
        map(FIXTURE_FLASH, FIXTURE_FLASH_BYTES);
        map(FIXTURE_RAM, FIXTURE_RAM_BYTES);
        mapped = true;
    }
    memset(process_memory(FIXTURE_FLASH), 0xFF, FIXTURE_FLASH_BYTES);
    memset(process_memory(FIXTURE_RAM), 0xA5, FIXTURE_RAM_BYTES);
    fixture = (struct fixture){0};
    arch_signals.any = 0;
    fixture.fault_rule = (struct kernel_fault_rule){NULL, KERNEL_FAULT_STOP, 0};
    fixture.config = (struct kernel_config){
        .board_name = SLICE_OF_TEXT("host"),
        .bounds =
            {
                .capsules_start = process_memory(FIXTURE_CAPSULES),
                .capsules_end = process_memory(FIXTURE_CAPSULES + FIXTURE_CAPSULES_BYTES),
                .app_flash_start = process_memory(FIXTURE_FLASH),
                .app_flash_end = process_memory(FIXTURE_FLASH + FIXTURE_FLASH_BYTES),
                .app_ram_start = process_memory(FIXTURE_RAM),
                .app_ram_end = process_memory(FIXTURE_RAM + FIXTURE_RAM_BYTES),
            },
        .chip = &chip,
        .drivers = drivers,
        .driver_count = sizeof(drivers) / sizeof(drivers[0]),
        .fault_rules = &fixture.fault_rule,
        .fault_rule_count = 1,
        .slice_us = 10000,
        .enforce_permissions = true,
    };
    return 0;
}

static uint8_t *put(uint8_t *at, const void *bytes, size_t count)
{
    if (count > 0) {
        memcpy(at, bytes, count);
    }
    return at + count;
}

uint32_t fixture_add_app(const struct fixture_app *app)
{
    const char *name = app->name != NULL ? app->name : "app";
    uint32_t address = FIXTURE_FLASH + fixture.flash_used;
    uint8_t *image = process_memory(address);
    uint8_t *at = image + sizeof(struct tbf_header);

    uint32_t total = app->total_size != 0 ? app->total_size : 1024;
    struct tbf_program program = {
        .minimum_ram_size = app->minimum_ram != 0 ? app->minimum_ram : 1024,
        .binary_end_offset = total - app->footer_bytes,
        .version = app->version,
    };
    if (app->version != 0) {
        at = put(at, &(struct tbf_tlv){TBF_TYPE_PROGRAM, sizeof(program)}, 4);
        at = put(at, &program, sizeof(program));
        put(image + program.binary_end_offset, app->footers, app->footer_bytes);
    } else {
        at = put(at, &(struct tbf_tlv){TBF_TYPE_MAIN, sizeof(struct tbf_main)}, 4);
        at = put(at, &program, sizeof(struct tbf_main)); /* begins like it */
    }
    if (app->short_id != 0) {
        at = put(at, &(struct tbf_tlv){TBF_TYPE_SHORT_ID, 4}, 4);
        at = put(at, &app->short_id, 4);
    }
    at = put(at, &(struct tbf_tlv){TBF_TYPE_KERNEL_VERSION, 4}, 4);
    at = put(at, &(struct tbf_kernel_version){2, 0}, 4);
    at = put(at, &(struct tbf_tlv){TBF_TYPE_PACKAGE_NAME, (unsigned short)strlen(name)}, 4);
    memset(at, 0, 4 + strlen(name));
    put(at, name, strlen(name));
    at += (strlen(name) + 3u) & ~3u;
    if (app->extra_bytes != 0) {
        at = put(at, app->extra, app->extra_bytes);
    }

    struct tbf_header header = {
        .version = TBF_VERSION,
        .header_size = (unsigned short)(at - image),
        .total_size = total,
        .flags = TBF_FLAG_ENABLED,
    };
    put(image, &header, sizeof(header));
    for (uint32_t offset = 0; offset < header.header_size; offset += 4) {
        uint32_t word;
        memcpy(&word, image + offset, 4);
        header.checksum ^= word;
    }
    put(image, &header, sizeof(header));
    /* The code: one SVC instruction per class. */
    for (uint32_t class = 0;
         class < 256 && header.header_size + 2 * class < program.binary_end_offset; class ++) {
        uint16_t instruction = (uint16_t)(0xDF00u | class);
        put(image + header.header_size + 2 * class, &instruction, 2);
    }
    fixture.flash_used += header.total_size;
    fixture.apps++;
    return address;
}

void fixture_boot(void)
{
    kernel_init(&fixture.config);
    kernel_load_processes();
}

struct process *fixture_boot_one(void)
{
    fixture_add_app(&(struct fixture_app){0});
    fixture_boot();
    return kernel.process[0];
}

struct process *fixture_boot_to_main_loop(void)
{
    struct process *process = fixture_boot_one();
    kernel.in_main_loop = true;
    return process;
}

void fixture_begin_command(struct process *process, uint32_t driver)
{
    kernel.current = process;
    arch_context_frame(&process->context)->r0 = driver;
}

bool fixture_take_trap(uint32_t pc, uint32_t cfsr, uint32_t hfsr)
{
    struct arch_frame frame = {.pc = pc};
    struct arch_kernel_fault fault = {.fault = {.exception = 6, .cfsr = cfsr, .hfsr = hfsr},
                                      .frame = &frame};
    return kernel_take_trap(&fault);
}

struct arch_frame *fixture_call(struct process *process, uint32_t class, uint32_t r0, uint32_t r1,
                                uint32_t r2, uint32_t r3)
{
    struct arch_frame *frame = arch_context_frame(&process->context);
    frame->r0 = r0;
    frame->r1 = r1;
    frame->r2 = r2;
    frame->r3 = r3;
    frame->pc = process->code_start + 2 * class + 2;
    syscall_handle(process);
    return frame;
}

uint32_t fixture_function(const struct process *process)
{
    return (process->code_start + 16) | 1u;
}

void fixture_grow(struct process *process, uint32_t bytes)
{
    if (process_set_break(process, process->layout.ram_start + bytes) != K_OK) {
        abort();
    }
}

int fixture_enter(struct process_id id, uint32_t *value, uint32_t new_value)
{
    grant_enter (small_grant, id, p) {
        *value = p->value;
        p->value = new_value;
    }
    return grant_error();
}
