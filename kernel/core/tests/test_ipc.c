/* IPC: names, notifications, and mappings, which mpu_model judges to the byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/abi/tbf.h"
#include "kernel/capsule/process_control.h"
#include "kernel/core/tests/kernel_fixture.h"
#include "kernel/core/tests/layout_judge.h"

enum { CLIENT, SERVICE, OTHER, APPS };
static const char *const names[APPS] = {"client", "org.example.service", "other"};

/* Three apps with 512 bytes each. */
static int boot(void **state)
{
    fixture_setup(state);
    for (unsigned i = 0; i < APPS; i++) {
        fixture_add_app(&(struct fixture_app){.name = names[i]});
    }
    fixture_boot();
    for (unsigned i = 0; i < APPS; i++) {
        fixture_grow(kernel.process[i], 512);
    }
    return 0;
}

static struct process *at(unsigned index)
{
    return kernel.process[index];
}

static uint32_t buffer_of(const struct process *process, uint32_t offset)
{
    return process->layout.ram_start + offset;
}

static const struct arch_frame *command(unsigned who, uint32_t number, uint32_t argument)
{
    return fixture_call(at(who), ABI_CLASS_COMMAND, ABI_DRIVER_IPC, number, argument, 0);
}

static void expect_error(const struct arch_frame *frame, uint32_t error)
{
    assert_int_equal(frame->r0, ABI_FAILURE);
    assert_int_equal(frame->r1, error);
}

static const struct arch_frame *discover(unsigned who, const char *name)
{
    struct process *process = at(who);
    uint32_t text = buffer_of(process, 256); /* clear of its stack */
    memcpy(process_memory(text), name, strlen(name));
    const struct arch_frame *frame =
        fixture_call(process, ABI_CLASS_ALLOW_READ_ONLY, ABI_DRIVER_IPC, ABI_IPC_RO_NAME, text,
                     (uint32_t)strlen(name));
    assert_int_equal(frame->r0, ABI_SUCCESS_U32_U32);
    return command(who, ABI_IPC_DISCOVER, 0);
}

static void share(unsigned who, unsigned with, uint32_t offset, uint32_t length)
{
    struct process *process = at(who);
    const struct arch_frame *frame =
        fixture_call(process, ABI_CLASS_ALLOW_READ_WRITE, ABI_DRIVER_IPC, with,
                     buffer_of(process, offset), length);
    assert_int_equal(frame->r0, ABI_SUCCESS_U32_U32);
}

static void subscribe(unsigned who, uint32_t number, uint32_t userdata)
{
    struct process *process = at(who);
    const struct arch_frame *frame = fixture_call(process, ABI_CLASS_SUBSCRIBE, ABI_DRIVER_IPC,
                                                  number, fixture_function(process), userdata);
    assert_int_equal(frame->r0, ABI_SUCCESS_U32_U32);
}

static const struct arch_frame *yield(unsigned who)
{
    return fixture_call(at(who), ABI_CLASS_YIELD, ABI_YIELD_WAIT, 0, 0, 0);
}

/* The process has just been made to call its function with these. */
static void expect_upcall(unsigned who, uint32_t from, uint32_t length, uint32_t address)
{
    const struct arch_frame *frame = arch_context_frame(&at(who)->context);
    assert_int_equal(at(who)->state, ABI_PROCESS_RUNNING);
    assert_int_equal(frame->pc | 1u, fixture_function(at(who)));
    assert_int_equal(frame->r0, from);
    assert_int_equal(frame->r1, length);
    assert_int_equal(frame->r2, address);
}

/* All RAM outside of the receiver's own part: it reaches [start, end) and nothing else. */
static void expect_reach(unsigned who, uint32_t start, uint32_t end)
{
    const struct mpu_layout *own = &at(who)->layout;
    struct mpu_state mpu = judge_load(own);
    uint32_t ram_end = FIXTURE_RAM + FIXTURE_RAM_BYTES;
    if (start == end) {
        start = end = ram_end;
    }
    judge_range(&mpu, own->ram_start, own->reach_end, "rw", "its own");
    uint32_t edges[] = {FIXTURE_RAM, own->ram_start, own->reach_end, start, end, ram_end};
    if (start < own->ram_start) {
        uint32_t sorted[] = {FIXTURE_RAM, start, end, own->ram_start, own->reach_end, ram_end};
        memcpy(edges, sorted, sizeof(edges));
    }
    for (unsigned i = 0; i + 1 < 6; i++) {
        const char *may = edges[i] == start || edges[i] == own->ram_start ? "rw" : "";
        judge_range(&mpu, edges[i], edges[i + 1], edges[i] == ram_end ? "" : may, "RAM");
    }
}

static void expect_shared(unsigned who, unsigned owner, uint32_t offset, uint32_t length)
{
    expect_reach(who, buffer_of(at(owner), offset), buffer_of(at(owner), offset) + length);
}

static void test_a_name_is_found(void **state)
{
    (void)state;
    assert_int_equal(command(CLIENT, ABI_COMMAND_EXISTS, 0)->r0, ABI_SUCCESS);
    const struct arch_frame *frame = discover(CLIENT, "org.example.service");
    assert_int_equal(frame->r0, ABI_SUCCESS_U32);
    assert_int_equal(frame->r1, SERVICE);
    assert_int_equal(discover(CLIENT, "client")->r1, CLIENT);
    expect_error(discover(CLIENT, "org.example.servic"), ABI_NODEVICE);
    expect_error(discover(CLIENT, "org.example.services"), ABI_NODEVICE);
    expect_error(command(CLIENT, 4, 0), ABI_NOSUPPORT);
}

static void test_no_name_no_answer(void **state)
{
    (void)state;
    expect_error(command(CLIENT, ABI_IPC_DISCOVER, 0), ABI_INVAL);
    /* The longest name that is looked for has 255 bytes. */
    struct process *client = at(CLIENT);
    fixture_call(client, ABI_CLASS_ALLOW_READ_ONLY, ABI_DRIVER_IPC, 0, buffer_of(client, 0), 256);
    expect_error(command(CLIENT, ABI_IPC_DISCOVER, 0), ABI_NODEVICE);
}

static void test_one_that_lives_is_found_first(void **state)
{
    fixture_setup(state);
    for (unsigned i = 0; i < 3; i++) {
        fixture_add_app(&(struct fixture_app){.name = i == 0 ? "client" : "twin"});
    }
    fixture_boot();
    fixture_grow(at(0), 512);
    assert_int_equal(discover(0, "twin")->r1, 1);
    process_end(at(1), ABI_PROCESS_TERMINATED);
    assert_int_equal(discover(0, "twin")->r1, 2);
    process_end(at(2), ABI_PROCESS_FAULTED);
    assert_int_equal(discover(0, "twin")->r1,
                     1); /* as in Tock; a notification says that it ended */
    expect_error(command(0, ABI_IPC_NOTIFY_SERVICE, 1), ABI_NODEVICE);
}

static void test_service_and_client_call_each_other(void **state)
{
    (void)state;
    subscribe(SERVICE, SERVICE, 77);
    subscribe(CLIENT, SERVICE, 88);
    yield(SERVICE);
    assert_int_equal(command(CLIENT, ABI_IPC_NOTIFY_SERVICE, SERVICE)->r0, ABI_SUCCESS);
    expect_upcall(SERVICE, CLIENT, 0, 0);
    assert_int_equal(arch_context_frame(&at(SERVICE)->context)->r3, 77);
    yield(CLIENT);
    assert_int_equal(command(SERVICE, ABI_IPC_NOTIFY_CLIENT, CLIENT)->r0, ABI_SUCCESS);
    expect_upcall(CLIENT, SERVICE, 0, 0);
    assert_int_equal(arch_context_frame(&at(CLIENT)->context)->r3, 88);
}

static void test_whom_one_cannot_notify(void **state)
{
    (void)state;
    expect_error(command(CLIENT, ABI_IPC_NOTIFY_SERVICE, APPS), ABI_INVAL); /* an empty slot */
    expect_error(command(CLIENT, ABI_IPC_NOTIFY_CLIENT, KERNEL_PROCESS_SLOTS), ABI_INVAL);
    expect_error(command(CLIENT, ABI_IPC_NOTIFY_CLIENT, UINT32_MAX), ABI_INVAL);
    process_end(at(SERVICE), ABI_PROCESS_TERMINATED);
    expect_error(command(CLIENT, ABI_IPC_NOTIFY_SERVICE, SERVICE), ABI_NODEVICE);
    subscribe(CLIENT, CLIENT, 0);
    assert_int_equal(command(CLIENT, ABI_IPC_NOTIFY_SERVICE, CLIENT)->r0, ABI_SUCCESS);
    assert_int_equal(at(CLIENT)->queue_count, 0);
    struct process *client = at(CLIENT);
    const struct arch_frame *frame =
        fixture_call(client, ABI_CLASS_SUBSCRIBE, ABI_DRIVER_IPC, KERNEL_PROCESS_SLOTS, 0, 0);
    assert_int_equal(frame->r1, ABI_NOSUPPORT);
    frame = fixture_call(client, ABI_CLASS_ALLOW_READ_WRITE, ABI_DRIVER_IPC, KERNEL_PROCESS_SLOTS,
                         buffer_of(client, 0), 32);
    assert_int_equal(frame->r1, ABI_NOSUPPORT);
}

static void test_a_buffer_is_mapped_to_the_byte(void **state)
{
    (void)state;
    subscribe(SERVICE, SERVICE, 0);
    for (uint32_t offset = 0; offset < 512; offset += 32) {
        for (uint32_t length = 32; offset + length <= 512; length += 32) {
            yield(SERVICE);
            share(CLIENT, SERVICE, offset, length);
            expect_reach(SERVICE, 0, 0); /* not before the notification */
            assert_int_equal(command(CLIENT, ABI_IPC_NOTIFY_SERVICE, SERVICE)->r0, ABI_SUCCESS);
            expect_upcall(SERVICE, CLIENT, length, buffer_of(at(CLIENT), offset));
            expect_shared(SERVICE, CLIENT, offset, length);
        }
    }
    expect_reach(CLIENT, 0, 0);
    expect_reach(OTHER, 0, 0);
}

static void test_no_rounding(void **state)
{
    (void)state;
    subscribe(SERVICE, SERVICE, 0);
    yield(SERVICE);
    static const uint32_t shapes[][2] = {{0, 1}, {0, 31}, {0, 33}, {4, 32}, {16, 64}, {1, 31}};
    for (unsigned i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
        share(CLIENT, SERVICE, shapes[i][0], shapes[i][1]);
        expect_error(command(CLIENT, ABI_IPC_NOTIFY_SERVICE, SERVICE), ABI_SIZE);
        assert_int_equal(at(SERVICE)->state, ABI_PROCESS_YIELDED); /* nothing has come */
        expect_reach(SERVICE, 0, 0);
    }
    /* No buffer at all is none. */
    share(CLIENT, SERVICE, 4, 0);
    assert_int_equal(command(CLIENT, ABI_IPC_NOTIFY_SERVICE, SERVICE)->r0, ABI_SUCCESS);
    expect_upcall(SERVICE, CLIENT, 0, 0);
}

static void map_one(void)
{
    subscribe(SERVICE, SERVICE, 0);
    yield(SERVICE);
    share(CLIENT, SERVICE, 64, 64);
    assert_int_equal(command(CLIENT, ABI_IPC_NOTIFY_SERVICE, SERVICE)->r0, ABI_SUCCESS);
    expect_shared(SERVICE, CLIENT, 64, 64);
    kernel.mpu_owner = at(SERVICE); /* it runs, and is interrupted */
}

static void expect_revoked(void)
{
    expect_reach(SERVICE, 0, 0);
    assert_ptr_not_equal(kernel.mpu_owner, at(SERVICE)); /* its regions will be loaded anew */
}

static void test_taken_back(void **state)
{
    (void)state;
    map_one();
    share(CLIENT, SERVICE, 64, 64); /* the same once more changes nothing */
    expect_shared(SERVICE, CLIENT, 64, 64);
    assert_ptr_equal(kernel.mpu_owner, at(SERVICE));
    share(CLIENT, SERVICE, 0, 0);
    expect_revoked();
}

static void test_another_buffer_takes_the_place(void **state)
{
    (void)state;
    map_one();
    share(CLIENT, SERVICE, 96, 64);
    expect_revoked();
    yield(SERVICE);
    assert_int_equal(command(CLIENT, ABI_IPC_NOTIFY_SERVICE, SERVICE)->r0, ABI_SUCCESS);
    expect_shared(SERVICE, CLIENT, 96, 64);
}

static void test_the_owner_ends(void **state)
{
    (void)state;
    map_one();
    process_end(at(CLIENT), ABI_PROCESS_TERMINATED);
    expect_revoked();
}

static void test_the_owner_faults(void **state)
{
    fixture.fault_rule = (struct kernel_fault_rule){NULL, KERNEL_FAULT_RESTART, 3};
    (void)state;
    map_one();
    process_fault(at(CLIENT), NULL, TEXT_FAULT_ASKED_FOR);
    expect_revoked();
}

static void test_the_owner_restarts(void **state)
{
    (void)state;
    map_one();
    fixture_call(at(CLIENT), ABI_CLASS_EXIT, ABI_EXIT_RESTART, 0, 0, 0);
    expect_revoked();
    /* What was the buffer may be the kernel's now. */
    fixture_grow(at(CLIENT), 32);
    assert_int_equal(command(CLIENT, ABI_IPC_NOTIFY_SERVICE, SERVICE)->r0, ABI_SUCCESS);
    expect_reach(SERVICE, 0, 0);
}

static void test_the_owner_is_stopped(void **state)
{
    (void)state;
    map_one();
    assert_int_equal(process_act(at(CLIENT)->id, ABI_PROCESS_STOP), K_OK);
    expect_revoked();
    assert_int_equal(process_act(at(CLIENT)->id, ABI_PROCESS_START), K_OK);
    expect_revoked();
    yield(SERVICE);
    assert_int_equal(command(CLIENT, ABI_IPC_NOTIFY_SERVICE, SERVICE)->r0, ABI_SUCCESS);
    expect_shared(SERVICE, CLIENT, 64, 64); /* what it had shared is shared still */
}

static void test_the_receiver_restarts(void **state)
{
    (void)state;
    map_one();
    process_restart(at(SERVICE));
    fixture_grow(at(SERVICE), 512);
    expect_revoked();
    subscribe(SERVICE, SERVICE, 0);
    yield(SERVICE);
    assert_int_equal(command(CLIENT, ABI_IPC_NOTIFY_SERVICE, SERVICE)->r0, ABI_SUCCESS);
    expect_shared(SERVICE, CLIENT, 64, 64);
}

static void fault_at(unsigned who, uint32_t address)
{
    const struct arch_fault fault = {.exception = 4, .cfsr = 0x82, .mmfar = address};
    process_fault(at(who), &fault, TEXT_NOTHING);
}

/* What a client can do to a service: it starts again, and again, and its own faults count as ever.
 */
static void test_a_fault_that_is_the_clients_doing(void **state)
{
    (void)state;
    static const enum kernel_fault_policy policies[] = {KERNEL_FAULT_STOP, KERNEL_FAULT_PANIC,
                                                        KERNEL_FAULT_THRESHOLD_RESTART};
    for (unsigned i = 0; i < 3; i++) {
        fixture.fault_rule = (struct kernel_fault_rule){NULL, policies[i], 0};
        for (unsigned times = 0; times < 3; times++) {
            fixture_grow(at(SERVICE), 512);
            map_one();
            share(CLIENT, SERVICE, 0, 0);
            fault_at(SERVICE, buffer_of(at(CLIENT), 127));
            assert_true(process_is_alive(at(SERVICE)));
            assert_int_equal(at(SERVICE)->lost_end, 0);
        }
    }
    fixture_grow(at(SERVICE), 512);
    map_one();
    share(CLIENT, SERVICE, 0, 0);
    fault_at(SERVICE, buffer_of(at(CLIENT), 128)); /* one of its own; may happen once */
    assert_true(process_is_alive(at(SERVICE)));
    fault_at(SERVICE, buffer_of(at(CLIENT), 64)); /* of this life nobody took anything */
    assert_false(process_is_alive(at(SERVICE)));
}

/* However many took their buffers away, in whichever order. */
static void test_a_fault_on_one_of_several(void **state)
{
    (void)state;
    static const unsigned owners[2] = {CLIENT, OTHER};
    fixture.fault_rule = (struct kernel_fault_rule){NULL, KERNEL_FAULT_STOP, 0};
    for (unsigned i = 0; i < 4; i++) {
        unsigned first = owners[i / 2];
        fixture_grow(at(SERVICE), 512);
        map_one();
        share(OTHER, SERVICE, 0, 64);
        assert_int_equal(command(OTHER, ABI_IPC_NOTIFY_SERVICE, SERVICE)->r0, ABI_SUCCESS);
        share(first, SERVICE, 0, 0);
        share(first == CLIENT ? OTHER : CLIENT, SERVICE, 0, 0);
        fault_at(SERVICE, buffer_of(at(owners[i % 2]), i % 2 == 0 ? 64 : 63));
        assert_true(process_is_alive(at(SERVICE)));
    }
    fixture_grow(at(SERVICE), 512);
    map_one();
    share(CLIENT, SERVICE, 0, 0);
    fault_at(SERVICE, buffer_of(at(CLIENT), 63)); /* below it: its own doing */
    assert_false(process_is_alive(at(SERVICE)));
}

/* The break stays above what was shared, so that no grant comes to lie there. */
static void test_a_mapped_buffer_is_pinned(void **state)
{
    (void)state;
    map_one();
    struct process *client = at(CLIENT);
    uint32_t end = buffer_of(client, 128);
    const struct arch_frame *frame =
        fixture_call(client, ABI_CLASS_MEMOP, ABI_MEMOP_BRK, end - 1, 0, 0);
    assert_int_equal(frame->r0, ABI_FAILURE);
    frame = fixture_call(client, ABI_CLASS_MEMOP, ABI_MEMOP_BRK, end, 0, 0);
    assert_int_equal(frame->r0, ABI_SUCCESS);
    uint32_t value;
    (void)fixture_enter(client->id, &value, 1);
    assert_true(client->grant_start >= end);
    expect_shared(SERVICE, CLIENT, 64, 64);
}

static void test_notifications_wait_in_the_queue(void **state)
{
    (void)state;
    subscribe(SERVICE, SERVICE, 0);
    share(CLIENT, SERVICE, 64, 64);
    assert_int_equal(command(CLIENT, ABI_IPC_NOTIFY_SERVICE, SERVICE)->r0, ABI_SUCCESS);
    expect_shared(SERVICE, CLIENT, 64, 64);
    /* They tell of the buffer as it is when they are heard. */
    share(CLIENT, SERVICE, 128, 32);
    expect_reach(SERVICE, 0, 0);
    yield(SERVICE);
    expect_upcall(SERVICE, CLIENT, 32, buffer_of(at(CLIENT), 128));
    expect_shared(SERVICE, CLIENT, 128, 32);

    assert_int_equal(command(CLIENT, ABI_IPC_NOTIFY_SERVICE, SERVICE)->r0, ABI_SUCCESS);
    share(CLIENT, SERVICE, 0, 0);
    yield(SERVICE);
    expect_upcall(SERVICE, CLIENT, 0, 0);
    expect_reach(SERVICE, 0, 0);
}

/* In Tock, too: the client may well be there first. */
static void test_a_service_that_subscribes_later(void **state)
{
    (void)state;
    share(CLIENT, SERVICE, 64, 64);
    assert_int_equal(command(CLIENT, ABI_IPC_NOTIFY_SERVICE, SERVICE)->r0, ABI_SUCCESS);
    subscribe(SERVICE, SERVICE, 5);
    subscribe(SERVICE, SERVICE, 6);
    yield(SERVICE);
    expect_upcall(SERVICE, CLIENT, 64, buffer_of(at(CLIENT), 64));
    assert_int_equal(arch_context_frame(&at(SERVICE)->context)->r3, 6);

    assert_int_equal(command(CLIENT, ABI_IPC_NOTIFY_SERVICE, SERVICE)->r0, ABI_SUCCESS);
    fixture_call(at(SERVICE), ABI_CLASS_SUBSCRIBE, ABI_DRIVER_IPC, SERVICE, 0, 0);
    yield(SERVICE);
    assert_int_equal(at(SERVICE)->state, ABI_PROCESS_YIELDED);
}

static void test_waiting_for_a_notification(void **state)
{
    (void)state;
    share(CLIENT, SERVICE, 64, 32);
    struct process *service = at(SERVICE);
    const struct arch_frame *frame =
        fixture_call(service, ABI_CLASS_YIELD, ABI_YIELD_WAIT_FOR, ABI_DRIVER_IPC, SERVICE, 0);
    assert_int_equal(service->state, ABI_PROCESS_YIELDED_FOR);
    assert_int_equal(command(CLIENT, ABI_IPC_NOTIFY_SERVICE, SERVICE)->r0, ABI_SUCCESS);
    assert_int_equal(service->state, ABI_PROCESS_RUNNING);
    assert_int_equal(frame->r0, CLIENT);
    assert_int_equal(frame->r1, 32);
    assert_int_equal(frame->r2, buffer_of(at(CLIENT), 64));
    expect_shared(SERVICE, CLIENT, 64, 32);
    /* One that came before and waits. */
    assert_int_equal(command(CLIENT, ABI_IPC_NOTIFY_SERVICE, SERVICE)->r0, ABI_SUCCESS);
    share(CLIENT, SERVICE, 0, 0);
    frame = fixture_call(service, ABI_CLASS_YIELD, ABI_YIELD_WAIT_FOR, ABI_DRIVER_IPC, SERVICE, 0);
    assert_int_equal(service->state, ABI_PROCESS_RUNNING);
    assert_int_equal(frame->r0, CLIENT);
    assert_int_equal(frame->r1, 0);
    /* Nobody's memory was taken for it but the sender's own. */
    assert_int_equal(service->grant_start, service->layout.ram_end - process_block_bytes());
}

static void test_a_sender_that_dies_is_not_heard(void **state)
{
    (void)state;
    subscribe(SERVICE, SERVICE, 0);
    share(CLIENT, SERVICE, 64, 32);
    command(CLIENT, ABI_IPC_NOTIFY_SERVICE, SERVICE);
    command(OTHER, ABI_IPC_NOTIFY_SERVICE, SERVICE);
    command(CLIENT, ABI_IPC_NOTIFY_SERVICE, SERVICE);
    assert_int_equal(at(SERVICE)->queue_count, 3);
    process_restart(at(CLIENT));
    assert_int_equal(at(SERVICE)->queue_count, 1);
    yield(SERVICE);
    expect_upcall(SERVICE, OTHER, 0, 0);
}

static void test_a_sender_that_was_stopped_meanwhile(void **state)
{
    (void)state;
    subscribe(SERVICE, SERVICE, 0);
    share(CLIENT, SERVICE, 64, 32);
    command(CLIENT, ABI_IPC_NOTIFY_SERVICE, SERVICE);
    assert_int_equal(process_act(at(CLIENT)->id, ABI_PROCESS_STOP), K_OK);
    yield(SERVICE);
    expect_upcall(SERVICE, CLIENT, 0, 0);
    expect_reach(SERVICE, 0, 0);
}

/* What was free when it was sent may be taken when it is heard. */
static void test_no_region_left_when_it_is_heard(void **state)
{
    fixture_setup(state);
    for (unsigned i = 0; i < 6; i++) {
        fixture_add_app(&(struct fixture_app){.name = "app"});
    }
    fixture_boot();
    for (unsigned i = 0; i < 6; i++) {
        fixture_grow(at(i), 512);
    }
    subscribe(0, 0, 0);
    share(1, 0, 64, 32);
    command(1, ABI_IPC_NOTIFY_SERVICE, 0);
    share(1, 0, 0, 0);
    for (unsigned i = 2; i < 6; i++) {
        share(i, 0, 64, 32);
        assert_int_equal(command(i, ABI_IPC_NOTIFY_SERVICE, 0)->r0, ABI_SUCCESS);
    }
    share(1, 0, 64, 32);
    yield(0);
    expect_upcall(0, 1, 0, 0);
    yield(0);
    expect_upcall(0, 2, 32, buffer_of(at(2), 64));
}

static void test_a_full_queue_says_so(void **state)
{
    (void)state;
    subscribe(SERVICE, SERVICE, 0);
    share(CLIENT, SERVICE, 64, 32);
    share(OTHER, SERVICE, 64, 32);
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(command(CLIENT, ABI_IPC_NOTIFY_SERVICE, SERVICE)->r0, ABI_SUCCESS);
    }
    expect_error(command(CLIENT, ABI_IPC_NOTIFY_SERVICE, SERVICE), ABI_NOMEM);
    for (unsigned i = 0; i < 4; i++) { /* one sender leaves room for the next */
        assert_int_equal(command(OTHER, ABI_IPC_NOTIFY_SERVICE, SERVICE)->r0, ABI_SUCCESS);
    }
    /* And all of them leave two places for the process's own drivers. */
    assert_int_equal(at(SERVICE)->queue_count, PROCESS_UPCALLS - 2);
    for (unsigned i = 0; i < 4; i++) {
        yield(SERVICE);
        expect_upcall(SERVICE, CLIENT, 32, buffer_of(at(CLIENT), 64));
    }
    assert_int_equal(command(CLIENT, ABI_IPC_NOTIFY_SERVICE, SERVICE)->r0, ABI_SUCCESS);
}

static void test_a_queue_full_of_others(void **state)
{
    (void)state;
    struct process *service = at(SERVICE);
    subscribe(SERVICE, SERVICE, 0);
    fixture_call(service, ABI_CLASS_SUBSCRIBE, FIXTURE_DRIVER, 0, fixture_function(service), 0);
    for (unsigned i = 0; i < PROCESS_UPCALLS; i++) {
        assert_int_equal(upcall_schedule(fixture_grant, service->id, 0, 0, 0, 0), K_OK);
    }
    share(CLIENT, SERVICE, 64, 32);
    expect_error(command(CLIENT, ABI_IPC_NOTIFY_SERVICE, SERVICE), ABI_NOMEM);
    expect_reach(SERVICE, 0, 0); /* nobody was told, so nothing is mapped */
}

static void test_more_buffers_than_regions(void **state)
{
    fixture_setup(state);
    for (unsigned i = 0; i < 8; i++) {
        fixture_add_app(&(struct fixture_app){.name = "app"});
    }
    fixture_boot();
    unsigned mapped = 0;
    for (unsigned i = 1; i < 8; i++) {
        fixture_grow(at(i), 512);
        share(i, 0, 64, 32); /* takes one, wherever it lies */
        const struct arch_frame *frame = command(i, ABI_IPC_NOTIFY_SERVICE, 0);
        if (frame->r0 == ABI_SUCCESS) {
            mapped++;
        } else {
            expect_error(frame, ABI_BUSY);
        }
    }
    assert_int_equal(mapped, 4);
    expect_error(command(7, ABI_IPC_NOTIFY_SERVICE, 0), ABI_BUSY);
    share(2, 0, 0, 0);
    assert_int_equal(command(7, ABI_IPC_NOTIFY_SERVICE, 0)->r0, ABI_SUCCESS);
    expect_error(command(6, ABI_IPC_NOTIFY_SERVICE, 0), ABI_BUSY);
    process_end(at(1), ABI_PROCESS_TERMINATED);
    assert_int_equal(command(6, ABI_IPC_NOTIFY_SERVICE, 0)->r0, ABI_SUCCESS);
    process_restart(at(0));
    for (unsigned n = MPU_LAYOUT_EXTRA_FIRST; n < MPU_LAYOUT_REGIONS; n++) {
        assert_int_equal(at(0)->layout.extra[n], 0);
    }
}

/* Another app in the slot of one that is gone: nothing that was meant for that one reaches it. */
static void test_a_slot_that_is_used_again(void **state)
{
    (void)state;
    subscribe(CLIENT, SERVICE, 0);
    assert_int_equal(discover(CLIENT, "org.example.service")->r0, ABI_SUCCESS_U32);
    share(CLIENT, SERVICE, 64, 64);
    struct tbf_app app = at(SERVICE)->app;
    uint32_t flash = at(SERVICE)->layout.flash_start;
    assert_int_equal(process_remove(at(SERVICE)), K_OK);
    expect_error(command(CLIENT, ABI_IPC_NOTIFY_SERVICE, SERVICE), ABI_INVAL);
    share(CLIENT, SERVICE, 64, 64); /* nobody there to share it with, and no harm */
    share(CLIENT, SERVICE, 64, 32);

    assert_int_equal(process_create(flash, &app), APP_LOADED);
    fixture_grow(at(SERVICE), 512);
    subscribe(SERVICE, SERVICE, 0);
    yield(SERVICE);
    share(CLIENT, SERVICE, 64, 64); /* it does not know yet */
    expect_error(command(CLIENT, ABI_IPC_NOTIFY_SERVICE, SERVICE), ABI_INVAL);
    expect_reach(SERVICE, 0, 0);
    yield(CLIENT);
    assert_int_equal(command(SERVICE, ABI_IPC_NOTIFY_CLIENT, CLIENT)->r0, ABI_SUCCESS);
    assert_int_equal(at(CLIENT)->state, ABI_PROCESS_YIELDED); /* its function was another one's */

    assert_int_equal(discover(CLIENT, "org.example.service")->r1, SERVICE);
    yield(SERVICE);
    assert_int_equal(command(CLIENT, ABI_IPC_NOTIFY_SERVICE, SERVICE)->r0, ABI_SUCCESS);
    expect_upcall(SERVICE, CLIENT, 64, buffer_of(at(CLIENT), 64));
}

static void test_what_was_shared_with_the_one_before(void **state)
{
    (void)state;
    share(CLIENT, SERVICE, 64, 64);
    struct tbf_app app = at(SERVICE)->app;
    uint32_t flash = at(SERVICE)->layout.flash_start;
    assert_int_equal(process_remove(at(SERVICE)), K_OK);
    assert_int_equal(process_create(flash, &app), APP_LOADED);
    assert_int_equal(discover(CLIENT, "org.example.service")->r1, SERVICE);
    assert_int_equal(command(CLIENT, ABI_IPC_NOTIFY_SERVICE, SERVICE)->r0, ABI_SUCCESS);
    expect_reach(SERVICE, 0, 0); /* the buffer was meant for another */
}

static void test_permissions(void **state)
{
    fixture_setup(state);
    /* Permissions: the fixture's driver, and of IPC to discover and nothing else. */
    uint8_t extra[40] = {TBF_TYPE_PERMISSIONS, 0, 34, 0, 2, 0};
    const uint32_t driver = FIXTURE_DRIVER;
    const uint32_t ipc = ABI_DRIVER_IPC;
    memcpy(extra + 6, &driver, 4);
    memset(extra + 14, 0xFF, 8);
    memcpy(extra + 22, &ipc, 4);
    extra[30] = 1u << ABI_IPC_DISCOVER;
    fixture_add_app(&(struct fixture_app){.name = "seeker", .extra = extra, .extra_bytes = 40});
    memcpy(extra + 22, &driver, 4);
    fixture_add_app(&(struct fixture_app){.name = "none", .extra = extra, .extra_bytes = 40});
    fixture_boot();
    fixture_grow(at(0), 512);
    assert_int_equal(discover(0, "none")->r0, ABI_SUCCESS_U32);
    expect_error(command(0, ABI_IPC_NOTIFY_SERVICE, 1), ABI_NODEVICE);
    expect_error(command(1, ABI_IPC_DISCOVER, 0), ABI_NODEVICE);
    const struct arch_frame *frame =
        fixture_call(at(1), ABI_CLASS_SUBSCRIBE, ABI_DRIVER_IPC, 1, 0, 0);
    assert_int_equal(frame->r1, ABI_NODEVICE);
    frame = fixture_call(at(1), ABI_CLASS_ALLOW_READ_WRITE, ABI_DRIVER_IPC, 0, 0, 0);
    assert_int_equal(frame->r1, ABI_NODEVICE);
}

static void test_no_memory_for_it(void **state)
{
    (void)state;
    struct process *client = at(CLIENT);
    client->grant_start = client->layout.reach_end + 64;
    fixture_call(client, ABI_CLASS_ALLOW_READ_ONLY, ABI_DRIVER_IPC, 0, buffer_of(client, 0), 8);
    expect_error(command(CLIENT, ABI_IPC_DISCOVER, 0), ABI_NOMEM);
    /* A notification without a buffer needs none. */
    subscribe(SERVICE, SERVICE, 0);
    yield(SERVICE);
    assert_int_equal(command(CLIENT, ABI_IPC_NOTIFY_SERVICE, SERVICE)->r0, ABI_SUCCESS);
    expect_upcall(SERVICE, CLIENT, 0, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, boot)
    const struct CMUnitTest tests[] = {
        TEST(test_a_name_is_found),
        TEST(test_no_name_no_answer),
        TEST(test_one_that_lives_is_found_first),
        TEST(test_service_and_client_call_each_other),
        TEST(test_whom_one_cannot_notify),
        TEST(test_a_buffer_is_mapped_to_the_byte),
        TEST(test_no_rounding),
        TEST(test_taken_back),
        TEST(test_another_buffer_takes_the_place),
        TEST(test_the_owner_ends),
        TEST(test_the_owner_faults),
        TEST(test_the_owner_restarts),
        TEST(test_the_owner_is_stopped),
        TEST(test_the_receiver_restarts),
        TEST(test_a_fault_that_is_the_clients_doing),
        TEST(test_a_fault_on_one_of_several),
        TEST(test_a_mapped_buffer_is_pinned),
        TEST(test_notifications_wait_in_the_queue),
        TEST(test_a_service_that_subscribes_later),
        TEST(test_waiting_for_a_notification),
        TEST(test_a_sender_that_dies_is_not_heard),
        TEST(test_a_sender_that_was_stopped_meanwhile),
        TEST(test_no_region_left_when_it_is_heard),
        TEST(test_a_full_queue_says_so),
        TEST(test_a_queue_full_of_others),
        TEST(test_more_buffers_than_regions),
        TEST(test_a_slot_that_is_used_again),
        TEST(test_what_was_shared_with_the_one_before),
        TEST(test_permissions),
        TEST(test_no_memory_for_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
