/* A whole machine with fake devices and a few hand-assembled instructions. */
#include "sim/machine/machine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "sim/machine/machine_input.h"
#include "sim/machine/machine_internal.h"
#include "sim/machine/machine_snapshot.h"
#include "sim/machine/machine_view.h"
#include "sim/machine/tests/fake_devices.h"

#define DEVICE 0x40000000U
#define RAM    0x20000000U

#define PROGRAM_WORDS 25

/* Stores `value` to `target`, then what DEVICE.NOW reads to RAM + 0x10, then sleeps for ever. */
static void make_program(uint32_t program[PROGRAM_WORDS], uint32_t target, uint32_t value)
{
    static const uint16_t code[] = {
        0x4804, /* 40 ldr r0, [pc, #16] -> 54 */
        0x4905, /* 42 ldr r1, [pc, #20] -> 58 */
        0x6001, /* 44 str r1, [r0] */
        0x4805, /* 46 ldr r0, [pc, #20] -> 5C */
        0x6842, /* 48 ldr r2, [r0, #4] */
        0x4b05, /* 4A ldr r3, [pc, #20] -> 60 */
        0x601a, /* 4C str r2, [r3] */
        0xbf30, /* 4E wfi */
        0xe7fd, /* 50 b 4E */
        0xbf00,
    };
    memset(program, 0, PROGRAM_WORDS * sizeof *program);
    program[0] = RAM + 0x1000;
    program[1] = 0x41;
    memcpy(&program[16], code, sizeof code);
    program[21] = target;
    program[22] = value;
    program[23] = DEVICE;
    program[24] = RAM + 0x10;
}

struct fixture {
    uint8_t blob[FAKE_BOARD_BYTES];
    struct board board;
    struct machine *machine;
    uint32_t program[PROGRAM_WORDS];
    unsigned sent, resets, diags;
    unsigned started, calls, trespasses;
    uint32_t trespassed_address, call_class, call_argument;
    unsigned falls_asleep, wakes;
    uint64_t asleep_since, asleep_cycles;
};

static void count_sleep(void *context, bool asleep)
{
    struct fixture *f = context;
    uint64_t now = clock_now(machine_clock(f->machine));
    f->falls_asleep += asleep;
    f->wakes += !asleep;
    f->asleep_cycles += asleep ? 0 : now - f->asleep_since;
    f->asleep_since = now;
}

static void count_sent(void *context, const char *device, uint8_t byte)
{
    struct fixture *f = context;
    assert_string_equal(device, "one");
    assert_int_equal(byte, 'x');
    f->sent++;
}

static void count_reset(void *context, uint32_t reasons)
{
    struct fixture *f = context;
    (void)reasons;
    f->resets++;
}

static void count_diag(void *context, const struct machine_diag *diag)
{
    struct fixture *f = context;
    assert_string_equal(diag->device, "SAADC");
    f->diags++;
}

static void count_started(void *context, int process)
{
    struct fixture *f = context;
    assert_int_equal(process, 0);
    f->started++;
}

static void count_call(void *context, const struct machine_syscall *call)
{
    struct fixture *f = context;
    f->calls++;
    f->call_class = call->call_class;
    f->call_argument = call->argument[1];
}

static void count_trespass(void *context, int process, uint32_t address)
{
    struct fixture *f = context;
    assert_int_equal(process, 0);
    f->trespasses++;
    f->trespassed_address = address;
}

static const struct catalogue_absent_register absent_registers[] = {{4, 0xABCD}};
static const struct catalogue_absent absent[] = {
    {"nrf52832", "SAADC", 0x40007000, 0x1000, absent_registers, 1},
    {"nrf52832", "HIDDEN", DEVICE, 0x1000, NULL, 0}, /* a device is there: not used */
    {"nrf52840", "OTHER", 0x40008000, 0x1000, NULL, 0}};

static bool quirk(uint32_t address, uint32_t *value)
{
    *value = 6;
    return address == 0xF0000FE0;
}

static int open_machine(void **state)
{
    static struct fixture fixture;
    fixture = (struct fixture){0};
    struct sim_error error = {.status = SIM_OK};
    fake_board_make(fixture.blob, sizeof fixture.blob);
    if (!board_parse("fake", fixture.blob, sizeof fixture.blob, fake_find_class, &fixture.board,
                     &error)) {
        return -1;
    }
    const struct machine_config config = {.board = &fixture.board,
                                          .seed = 1,
                                          .check_isolation = true,
                                          .absent = absent,
                                          .absent_count = 3,
                                          .quirk = quirk};
    const struct machine_observer observer = {.sent = count_sent,
                                              .slept = count_sleep,
                                              .reset = count_reset,
                                              .diag = count_diag,
                                              .started = count_started,
                                              .called = count_call,
                                              .trespassed = count_trespass,
                                              .context = &fixture};
    fixture.machine = machine_create(&config, &error);
    *state = &fixture;
    return fixture.machine != NULL && machine_observe(fixture.machine, &observer) ? 0 : -1;
}

static int close_machine(void **state)
{
    struct fixture *f = *state;
    machine_destroy(f->machine);
    board_free(&f->board);
    return 0;
}

static struct fake_device *device(struct fixture *f, const char *name)
{
    int index = machine_find_device(f->machine, name);
    assert_true(index >= 0);
    return f->machine->devices[index].self;
}

static void load(struct fixture *f, uint32_t target, uint32_t value)
{
    struct sim_error error = {.status = SIM_OK};
    make_program(f->program, target, value);
    assert_true(machine_load(f->machine, "program", 0, f->program, sizeof f->program, &error));
    machine_reset(f->machine, RESET_POWER_ON);
}

static uint32_t peek(struct fixture *f, uint32_t address)
{
    uint32_t word = 0;
    assert_int_equal(machine_peek(f->machine, address, &word, 4), 4);
    return word;
}

static void test_runs_and_sleeps(void **state)
{
    struct fixture *f = *state;
    load(f, DEVICE + FAKE_VALUE, 0x55);
    assert_int_equal(machine_run(f->machine, 1000), MACHINE_STOP_IDLE);
    assert_int_equal(clock_now(machine_clock(f->machine)), 1000);
    assert_int_equal(device(f, "one")->value, 0x55);
    assert_int_equal(peek(f, DEVICE), 0x55);
    assert_int_equal(device(f, "one")->sleeps, 1);
    assert_true(device(f, "one")->asleep);
    assert_false(device(f, "one")->seen_asleep);
    /* The device saw a time between the first instruction and the sleep. */
    uint32_t seen = peek(f, RAM + 0x10);
    assert_in_range(seen, 1, 30);
}

/* Told to the cycle: all time is sleep but what the core counts as busy. */
static void test_tells_of_sleep(void **state)
{
    struct fixture *f = *state;
    struct machine_totals totals;
    load(f, DEVICE + FAKE_VALUE, 0x55);
    machine_run(f->machine, 1000);
    machine_view_totals(f->machine, &totals);
    assert_int_equal(f->falls_asleep, 1);
    assert_int_equal(f->wakes, 0);
    assert_int_equal(f->asleep_since, totals.busy_cycles);
    machine_run(f->machine, 2000);
    machine_reset(f->machine, RESET_PIN);
    machine_run(f->machine, 3000);
    machine_view_totals(f->machine, &totals);
    assert_int_equal(f->falls_asleep, 2);
    assert_int_equal(f->wakes, 1);
    assert_int_equal(f->asleep_cycles + (3000 - f->asleep_since), 3000 - totals.busy_cycles);
}

static void test_reset_is_two_passes_over_all(void **state)
{
    struct fixture *f = *state;
    load(f, DEVICE + FAKE_VALUE, 1);
    machine_reset(f->machine, RESET_PIN);
    assert_int_equal(device(f, "one")->resets, 2);
    assert_int_equal(device(f, "one")->updates, 2);
    assert_int_equal(device(f, "red")->reset_reasons, RESET_PIN);
}

static void test_device_asks_for_reset(void **state)
{
    struct fixture *f = *state;
    load(f, DEVICE + FAKE_RESET, 1);
    machine_run(f->machine, 5000);
    struct machine_totals totals;
    machine_view_totals(f->machine, &totals);
    assert_int_equal(totals.resets, 5); /* 16 us each, and a few instructions */
    assert_in_range(clock_now(machine_clock(f->machine)), 5 * 1024, 5 * 1024 + 200);
    assert_int_equal(f->resets, totals.resets);
    assert_int_equal(device(f, "part")->reset_reasons, RESET_DOG);
}

static void test_input_at_its_cycle(void **state)
{
    struct fixture *f = *state;
    load(f, DEVICE + FAKE_VALUE, 1);
    int part = machine_find_device(f->machine, "part");
    assert_true(machine_add_input(f->machine, part, 5000, "press", 7));
    assert_true(machine_add_input(f->machine, part, 6000, "unknown", 0));
    assert_int_equal(machine_run(f->machine, 5500), MACHINE_STOP_LIMIT);
    assert_int_equal(device(f, "part")->input_cycle, 5000);
    assert_int_equal(device(f, "part")->input_value, 7);
    machine_run(f->machine, 10000);
    assert_int_equal(device(f, "part")->inputs, 2);
    struct machine_totals totals;
    machine_view_totals(f->machine, &totals);
    assert_int_equal(totals.refused_inputs, 1);
    assert_false(machine_add_input(f->machine, 1000, 0, "press", 0));
    assert_int_equal(machine_find_device(f->machine, "absent"), -1);
}

static void test_text_takes_its_bit_times(void **state)
{
    struct fixture *f = *state;
    load(f, DEVICE + FAKE_VALUE, 1);
    int one = machine_find_device(f->machine, "one");
    assert_int_equal(machine_add_text(f->machine, one, 1000, "ab", 2), 2);
    assert_int_equal(machine_add_text(f->machine, one, 0, "c", 1), 1);
    machine_run(f->machine, 1001);
    assert_int_equal(device(f, "one")->inputs, 1);
    machine_run(f->machine, 100000);
    assert_int_equal(device(f, "one")->inputs, 3);
    assert_int_equal(device(f, "one")->input_cycle, 1000 + 2 * 5556);
}

static void test_system_off_and_wake(void **state)
{
    struct fixture *f = *state;
    load(f, DEVICE + FAKE_OFF, 1);
    int part = machine_find_device(f->machine, "part");
    assert_true(machine_add_input(f->machine, part, 2000, "press", 0));
    assert_true(machine_add_input(f->machine, part, 3000, "wake", 0));
    assert_int_equal(machine_run(f->machine, 2500), MACHINE_STOP_LIMIT);
    assert_int_equal(f->resets, 0);
    assert_int_equal(machine_run(f->machine, 3001), MACHINE_STOP_LIMIT);
    assert_int_equal(f->resets, 1);
    assert_int_equal(device(f, "one")->reset_reasons, RESET_OFF);
    /* It goes off again, and now nothing is left to wake it. */
    assert_int_equal(machine_run(f->machine, 10000), MACHINE_STOP_OFF);
    assert_int_equal(clock_now(machine_clock(f->machine)), 10000);
}

static void test_event_goes_through_ppi_to_a_task(void **state)
{
    struct fixture *f = *state;
    load(f, DEVICE + FAKE_RAISE, 1);
    machine_run(f->machine, 1000);
    assert_int_equal(device(f, "ppi")->events, 1);
    assert_int_equal(device(f, "ppi")->last_event, DEVICE + 0x100);
    assert_int_equal(device(f, "one")->value, 1);
}

static void test_dma_reaches_ram_only(void **state)
{
    struct fixture *f = *state;
    load(f, DEVICE + FAKE_DMA, RAM + 0x3FFC);
    machine_run(f->machine, 1000);
    assert_int_equal(device(f, "one")->dma_result, BUS_OK);
    assert_int_equal(peek(f, RAM + 0x3FFC), 0x21414D44);
    static const uint32_t refused[] = {RAM + 0x3FFD, RAM - 1, 0, 0x10000000, 0xFFFFFFFE};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        load(f, DEVICE + FAKE_DMA, refused[i]);
        machine_run(f->machine, clock_now(machine_clock(f->machine)) + 1000);
        assert_int_equal(device(f, "one")->dma_result, BUS_FAULT);
    }
    assert_int_equal(peek(f, RAM + 0x3FFC), 0x21414D44);
}

static void test_store_to_flash_goes_to_its_controller(void **state)
{
    struct fixture *f = *state;
    load(f, 0x8000, 0x1234);
    machine_run(f->machine, 1000);
    assert_int_equal(device(f, "flash-controller")->nvm_address, 0x8000);
    assert_int_equal(device(f, "flash-controller")->nvm_value, 0x1234);
    assert_int_equal(peek(f, 0x8000), 0xFFFFFFFF);
}

static void test_sent_bytes_are_told(void **state)
{
    struct fixture *f = *state;
    load(f, DEVICE + FAKE_SEND, 'x');
    machine_run(f->machine, 1000);
    assert_int_equal(f->sent, 1);
}

static void test_absent_peripheral(void **state)
{
    struct fixture *f = *state;
    load(f, 0x40007000, 1);
    machine_run(f->machine, 1000);
    machine_reset(f->machine, 0);
    machine_run(f->machine, 2000);
    assert_int_equal(f->diags, 1);
    assert_int_equal(peek(f, 0x40007004), 0xABCD);
    assert_string_equal(machine_view_absent(f->machine)->named[0]->name, "SAADC");
}

static void test_nothing_there_faults_and_a_quirk_does_not(void **state)
{
    struct fixture *f = *state;
    struct cpu_bus bus = machine_bus_make(f->machine);
    uint32_t value = 0;
    assert_int_equal(bus.read(bus.context, 0x40008000, 4, true, &value), BUS_FAULT);
    assert_int_equal(bus.write(bus.context, 0x30000000, 4, true, 0), BUS_FAULT);
    assert_int_equal(bus.read(bus.context, DEVICE + 1, 2, true, &value), BUS_FAULT);
    assert_int_equal(bus.read(bus.context, 0xF0000FE0, 4, true, &value), BUS_OK);
    assert_int_equal(value, 6);
    assert_int_equal(bus.write(bus.context, 0xF0000FE0, 4, true, 0), BUS_OK);
    /* In a program: no handler is installed, so it ends in lockup. */
    load(f, 0x30000000, 1);
    assert_int_equal(machine_run(f->machine, 1000), MACHINE_STOP_LOCKUP);
}

static void test_load_refuses_what_is_not_there(void **state)
{
    struct fixture *f = *state;
    struct sim_error error = {.status = SIM_OK};
    assert_false(machine_load(f->machine, "big.hex", 0xFFFE, "1234", 4, &error));
    assert_int_equal(error.status, SIM_WRONG_USE);
    assert_non_null(strstr(error.text, "big.hex"));
    assert_non_null(strstr(error.text, "0x00010000"));
}

static void test_owner_text(void **state)
{
    struct fixture *f = *state;
    char text[128];
    static const struct {
        uint32_t address;
        const char *text;
    } cases[] = {{0x100, "the firmware, flash"}, /* nobody has said that it is a kernel */
                 {RAM, "the firmware, RAM"},     {DEVICE, "device one"},
                 {0x40007000, "device SAADC"},   {0xE000ED00, "the core (System Control Space)"},
                 {0x30000000, "nobody"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_string_equal(
            machine_view_owner_text(f->machine, cases[i].address, text, sizeof text),
            cases[i].text);
    }
}

/* A kernel of nine instructions that enters a process through an exception return, with the MPU
 * off; the process writes to `target` and calls. */
static void run_process_that_writes(struct fixture *f, uint32_t target)
{
    const uint32_t image[36] = {[0] = RAM + 0x1000, [1] = 0x41, [11] = 0x61,
                                [16] = 0x2020F04F, /* 40 mov.w r0, #0x20002000 */
                                [17] = 0x8809F380, /* 44 msr psp, r0 */
                                [18] = 0xE7FEDF00, /* 48 svc 0; b . */
                                [24] = 0xF3812101, /* 60 movs r1, #1; msr control, r1 */
                                [25] = 0xF3BF8814, /* 66 isb */
                                [26] = 0xF06F8F6F, /* 6A mvn r2, #2 */
                                [27] = 0x47100202, /* 6E bx r2 */
                                [32] = 0x60204C01, /* 80 ldr r4, [pc, #4]; str r0, [r4] */
                                [33] = 0xE7FEDF01, /* 84 svc 1; b . */
                                [34] = target};
    const uint32_t frame[8] = {0x40, RAM + 0x2000, 0x400, 0, 0, 0, 0x80, XPSR_T};
    const struct tbf_app app = {
        .path = "a.tbf",
        .info = {.name = "a", .total_bytes = 0x100, .entry_offset = 0x81, .app_offset = 0x40}};
    struct sim_error error = {.status = SIM_OK};
    assert_true(machine_load(f->machine, "image", 0, image, sizeof image, &error));
    assert_true(machine_load(f->machine, "frame", RAM + 0x2000, frame, sizeof frame, &error));
    machine_add_app(f->machine, &app);
    machine_reset(f->machine, RESET_POWER_ON);
    machine_run(f->machine, 2000);
}

static void test_process_that_keeps_to_itself(void **state)
{
    struct fixture *f = *state;
    run_process_that_writes(f, RAM + 0x23FC);
    assert_int_equal(f->started, 1);
    assert_int_equal(f->calls, 1);
    assert_int_equal(f->call_class, 1);
    assert_int_equal(f->call_argument, RAM + 0x2000);
    assert_int_equal(f->trespasses, 0);
    assert_int_equal(peek(f, RAM + 0x23FC), 0x40);
    assert_string_equal(machine_view_processes(f->machine)->process[0].name, "a");
}

static void test_foreign_byte_that_changes_is_seen(void **state)
{
    struct fixture *f = *state;
    run_process_that_writes(f, RAM + 0x2400);
    assert_int_equal(f->trespasses, 1);
    assert_int_equal(f->trespassed_address, RAM + 0x2400);
    struct machine_totals totals;
    machine_view_totals(f->machine, &totals);
    assert_int_equal(totals.isolation_violations, 1);
}

static void test_step(void **state)
{
    struct fixture *f = *state;
    struct cpu_regs regs;
    load(f, DEVICE + FAKE_VALUE, 0x55);
    assert_int_equal(machine_step(f->machine, CLOCK_NEVER - 1), MACHINE_STOP_STEP);
    cpu_get_regs(machine_cpu(f->machine), &regs);
    assert_int_equal(regs.pc, 0x42);
    assert_int_equal(regs.r[0], DEVICE);
}

/* Something that goes on while the core sleeps and does not wake it. */
struct ticker {
    struct event event;
    struct clock *clock;
};

static void tick(void *owner, uint64_t late_cycles)
{
    struct ticker *ticker = owner;
    (void)late_cycles;
    clock_schedule(ticker->clock, &ticker->event, clock_now(ticker->clock) + 100);
}

static void test_step_of_a_sleeper_ends(void **state)
{
    struct fixture *f = *state;
    struct ticker ticker = {.clock = machine_clock(f->machine)};
    load(f, DEVICE + FAKE_VALUE, 0x55);
    assert_int_equal(machine_run(f->machine, 1000), MACHINE_STOP_IDLE);
    assert_int_equal(machine_step(f->machine, 2000), MACHINE_STOP_IDLE);
    assert_int_equal(clock_now(ticker.clock), 2000);
    event_init(&ticker.event, tick, &ticker);
    clock_schedule(ticker.clock, &ticker.event, 2050);
    assert_int_equal(machine_step(f->machine, 3000), MACHINE_STOP_LIMIT);
    assert_int_equal(clock_now(ticker.clock), 3000);
    clock_cancel(ticker.clock, &ticker.event);
}

/* Each event once, at its cycle, whether the core sleeps or runs; what lies behind the limit waits.
 */
static void test_runs_to_an_event(void **state)
{
    struct fixture *f = *state;
    struct ticker ticker = {.clock = machine_clock(f->machine)};
    load(f, DEVICE + FAKE_VALUE, 0x55);
    event_init(&ticker.event, tick, &ticker);
    clock_schedule(ticker.clock, &ticker.event, 3);
    assert_int_equal(machine_run_event(f->machine, 1000), MACHINE_STOP_STEP);
    assert_in_range(clock_now(ticker.clock), 3, 13); /* the instruction ends */
    assert_false(device(f, "one")->asleep);
    clock_schedule(ticker.clock, &ticker.event, 500);
    assert_int_equal(machine_run_event(f->machine, 1000), MACHINE_STOP_STEP);
    assert_int_equal(clock_now(ticker.clock), 500);
    assert_int_equal(machine_run_event(f->machine, 1000), MACHINE_STOP_STEP);
    assert_int_equal(clock_now(ticker.clock), 600);
    assert_int_equal(machine_run_event(f->machine, 650), MACHINE_STOP_LIMIT);
    assert_int_equal(clock_now(ticker.clock), 650);
    clock_cancel(ticker.clock, &ticker.event);
    assert_int_equal(machine_run_event(f->machine, 1000), MACHINE_STOP_IDLE);
    int part = machine_find_device(f->machine, "part");
    assert_true(machine_add_input(f->machine, part, 1200, "press", 7));
    assert_int_equal(machine_run_event(f->machine, 2000), MACHINE_STOP_STEP);
    assert_int_equal(clock_now(ticker.clock), 1200);
    assert_int_equal(device(f, "part")->inputs, 1);
}

/* Without a clock, only what wakes the chip is an event. */
static void test_runs_to_an_event_when_off(void **state)
{
    struct fixture *f = *state;
    load(f, DEVICE + FAKE_OFF, 1);
    int part = machine_find_device(f->machine, "part");
    assert_true(machine_add_input(f->machine, part, 3000, "wake", 0));
    assert_int_equal(machine_run_event(f->machine, 2500), MACHINE_STOP_LIMIT);
    assert_int_equal(f->resets, 0);
    assert_int_equal(machine_run_event(f->machine, 9000), MACHINE_STOP_STEP);
    assert_int_equal(f->resets, 1);
    assert_int_equal(machine_run_event(f->machine, 10000), MACHINE_STOP_OFF);
}

static void test_reset_pin(void **state)
{
    struct fixture *f = *state;
    struct machine_totals totals;
    load(f, DEVICE + FAKE_VALUE, 1);
    machine_run(f->machine, 1000);
    machine_pull_reset(f->machine);
    assert_int_equal(device(f, "one")->resets, 1); /* power-on; the machine stands still */
    machine_run(f->machine, 5000);
    machine_view_totals(f->machine, &totals);
    assert_int_equal(totals.resets, 1);
    assert_int_equal(f->resets, 1);
    assert_int_equal(device(f, "one")->resets, 2);
    assert_int_equal(device(f, "one")->reset_reasons, RESET_PIN);
}

static void ignore_text(void *context, const char *bytes, size_t count)
{
    (void)context;
    (void)bytes;
    (void)count;
}

/* A guest that has left through semihosting has not left in the snapshot from before. */
static void test_exit_is_part_of_a_snapshot(void **state)
{
    struct fixture *f = *state;
    static const uint16_t leaves[] = {0x2020,  /* 40 movs r0, #0x20: SYS_EXIT_EXTENDED */
                                      0x2101,  /* 42 movs r1, #1 */
                                      0x0749,  /* 44 lsls r1, r1, #29 */
                                      0xbeab,  /* 46 bkpt 0xab */
                                      0xe7fe}; /* 48 b . */
    static const uint16_t asks = 0x2013;       /* 40 movs r0, #0x13: SYS_ERRNO */
    static const uint32_t block[] = {0x20026, 3};
    const struct semihosting_config host = {.print = ignore_text};
    struct machine_snapshot before = {0};
    struct sim_error error = {.status = SIM_OK};
    load(f, DEVICE + FAKE_VALUE, 1);
    machine_set_semihosting(f->machine, &host);
    machine_poke(f->machine, 0x40, leaves, sizeof leaves);
    machine_poke(f->machine, RAM, block, sizeof block);
    assert_true(machine_snapshot_save(f->machine, &before, &error));
    assert_int_equal(machine_run(f->machine, 1000), MACHINE_STOP_EXIT);
    assert_int_equal(machine_exit_status(f->machine), 3);
    assert_true(machine_snapshot_restore(f->machine, &before, "before", &error));
    assert_int_equal(machine_exit_status(f->machine), 0);
    machine_poke(f->machine, 0x40, &asks, sizeof asks);
    assert_int_equal(machine_run(f->machine, 1000), MACHINE_STOP_LIMIT);
    machine_snapshot_free(&before);
}

static void test_an_observer_is_taken_off(void **state)
{
    struct fixture *f = *state;
    struct fixture other = {0};
    const struct machine_observer observer = {.reset = count_reset, .context = &other};
    load(f, DEVICE + FAKE_VALUE, 1);
    assert_true(machine_observe(f->machine, &observer));
    assert_true(machine_observe(f->machine, &observer));
    machine_pull_reset(f->machine);
    machine_run(f->machine, 10);
    assert_int_equal(other.resets, 2);
    machine_unobserve(f->machine, &other);
    machine_unobserve(f->machine, &observer); /* nobody's */
    machine_pull_reset(f->machine);
    machine_run(f->machine, 5000);
    assert_int_equal(other.resets, 2);
    assert_int_equal(f->resets, 2);
    for (int i = 1; i < MACHINE_OBSERVERS_MAX; i++) { /* there is room again */
        assert_true(machine_observe(f->machine, &observer));
    }
    assert_false(machine_observe(f->machine, &observer));
}

#define MACHINE_TEST(name) cmocka_unit_test_setup_teardown(name, open_machine, close_machine)

int main(void)
{
    const struct CMUnitTest tests[] = {
        MACHINE_TEST(test_runs_and_sleeps),
        MACHINE_TEST(test_tells_of_sleep),
        MACHINE_TEST(test_reset_is_two_passes_over_all),
        MACHINE_TEST(test_device_asks_for_reset),
        MACHINE_TEST(test_input_at_its_cycle),
        MACHINE_TEST(test_text_takes_its_bit_times),
        MACHINE_TEST(test_system_off_and_wake),
        MACHINE_TEST(test_event_goes_through_ppi_to_a_task),
        MACHINE_TEST(test_dma_reaches_ram_only),
        MACHINE_TEST(test_store_to_flash_goes_to_its_controller),
        MACHINE_TEST(test_sent_bytes_are_told),
        MACHINE_TEST(test_absent_peripheral),
        MACHINE_TEST(test_nothing_there_faults_and_a_quirk_does_not),
        MACHINE_TEST(test_load_refuses_what_is_not_there),
        MACHINE_TEST(test_owner_text),
        MACHINE_TEST(test_process_that_keeps_to_itself),
        MACHINE_TEST(test_foreign_byte_that_changes_is_seen),
        MACHINE_TEST(test_step),
        MACHINE_TEST(test_step_of_a_sleeper_ends),
        MACHINE_TEST(test_runs_to_an_event),
        MACHINE_TEST(test_runs_to_an_event_when_off),
        MACHINE_TEST(test_reset_pin),
        MACHINE_TEST(test_exit_is_part_of_a_snapshot),
        MACHINE_TEST(test_an_observer_is_taken_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
