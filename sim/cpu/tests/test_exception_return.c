/* Returns from exceptions: which are refused, where they lead; sleep and events. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/cpu/tests/exception_fixture.h"

#define TO_HANDLER    0xFFFFFFF1U
#define TO_THREAD_MSP 0xFFFFFFF9U
#define TO_THREAD_PSP 0xFFFFFFFDU
#define INVPC         0x00040000U
#define FORCED        0x40000000U

/* EXC_RETURN values and frames, by situation. */
static const struct a_return {
    const char *name;
    uint32_t exc_return;
    bool nested, nonbase, inactive, handler_frame;
    bool refused;
} returns[] = {
    {.name = "MSP", .exc_return = TO_THREAD_MSP},
    {.name = "PSP", .exc_return = TO_THREAD_PSP},
    {.name = "pattern 0", .exc_return = 0xFFFFFFF0U, .refused = true},
    {.name = "pattern 3", .exc_return = 0xFFFFFFF3U, .refused = true},
    {.name = "pattern 5", .exc_return = 0xFFFFFFF5U, .refused = true},
    {.name = "pattern B", .exc_return = 0xFFFFFFFBU, .refused = true},
    {.name = "pattern F", .exc_return = 0xFFFFFFFFU, .refused = true},
    {.name = "reserved bit clear", .exc_return = 0xFFFFFEF9U, .refused = true},
    {.name = "to handler, frame of a thread", .exc_return = TO_HANDLER, .refused = true},
    {.name = "to thread, frame of a handler",
     .exc_return = TO_THREAD_MSP,
     .handler_frame = true,
     .refused = true},
    {.name = "to thread over a nested handler",
     .exc_return = TO_THREAD_MSP,
     .nested = true,
     .refused = true},
    {.name = "the same with NONBASETHRDENA, frame of a handler",
     .exc_return = TO_THREAD_MSP,
     .nested = true,
     .nonbase = true,
     .refused = true},
    {.name = "PSP over a nested handler with NONBASETHRDENA",
     .exc_return = TO_THREAD_PSP,
     .nested = true,
     .nonbase = true},
    {.name = "nested to handler", .exc_return = TO_HANDLER, .nested = true},
    {.name = "of an exception that is not active",
     .exc_return = TO_THREAD_MSP,
     .inactive = true,
     .refused = true},
    {.name = "nested, not active",
     .exc_return = TO_HANDLER,
     .nested = true,
     .inactive = true,
     .refused = true},
};

static void check_return(const struct a_return *r)
{
    struct fixture *f = fixture_new();
    faults_enable(f, 0);
    reg_write(f, CCR, 0x200U | (r->nonbase ? 1U : 0));
    irq_enable(f, 1, 0xC0);
    irq_enable(f, 2, 0x40);
    set_ram_word(f, PSP_START + 24, 0x00003000);
    set_ram_word(f, PSP_START + 28, XPSR_T);
    enter(f, IRQ(1));
    if (r->nested) {
        enter(f, IRQ(2));
    }
    if (r->handler_frame) {
        set_ram_word(f, f->regs.msp + 28, XPSR_T | IRQ(2));
    }
    if (r->inactive) {
        nvic_set_active(&f->core.nvic, r->nested ? IRQ(2) : IRQ(1), false);
    }
    uint32_t msp = f->regs.msp;
    enum exception_outcome outcome = leave(f, r->exc_return);
    if ((outcome == EXCEPTION_ENTERED) != r->refused) {
        fail_msg("%s", r->name);
    }
    assert_int_equal(reg_read(f, CFSR), r->refused ? INVPC : 0);
    if (r->refused) {
        assert_int_equal(ipsr(f), 6);
        assert_int_equal(f->regs.lr, r->exc_return);
        assert_int_equal(f->regs.msp, msp); /* nothing unstacked, nothing stacked */
        assert_false(nvic_is_active(&f->core.nvic, r->nested ? IRQ(2) : IRQ(1)));
    }
    fixture_free(f);
}

static void bad_returns_are_invpc(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof returns / sizeof returns[0]; i++) {
        check_return(&returns[i]);
    }
}

static void invpc_escalates_and_locks_up(void **state)
{
    (void)state;
    struct fixture *f = fixture_new();
    irq_enable(f, 1, 0x40);
    enter(f, IRQ(1));
    assert_int_equal(leave(f, 0xFFFFFFF3U), EXCEPTION_ENTERED);
    assert_int_equal(ipsr(f), 3);
    assert_int_equal(reg_read(f, HFSR), FORCED);
    reg_write(f, ICSR, 1U << 31);
    assert_int_equal(poll(f), EXCEPTION_ENTERED);
    assert_int_equal(leave(f, 0xFFFFFFF3U), EXCEPTION_LOCKUP); /* from NMI to HardFault's level */
    fixture_free(f);
}

static void return_to_process_sets_control(void **state)
{
    (void)state;
    struct fixture *f = fixture_new();
    to_process(f);
    f->regs.pc = 0x30002;
    assert_int_equal(svc(f), EXCEPTION_ENTERED);
    assert_int_equal(f->regs.lr, TO_THREAD_PSP);
    assert_int_equal(f->regs.control, CONTROL_NPRIV);
    assert_int_equal(leave(f, f->regs.lr), EXCEPTION_RETURNED);
    assert_int_equal(f->regs.control, CONTROL_NPRIV | CONTROL_SPSEL);
    assert_int_equal(f->regs.pc, 0x30002);
    assert_int_equal(f->regs.psp, PSP_START);
    fixture_free(f);
}

static void waking(void **state)
{
    (void)state;
    static const struct row {
        uint32_t primask, basepri, event, scr;
        bool enabled, wfi, wfe;
    } rows[] = {
        {.enabled = true, .wfi = true, .wfe = true},
        {.enabled = false, .wfi = false, .wfe = false},
        {.enabled = true, .primask = 1, .wfi = true, .wfe = false},
        {.enabled = true, .basepri = 0x40, .wfi = false, .wfe = false},
        {.enabled = false, .event = 1, .wfi = false, .wfe = true},
        {.enabled = false, .scr = 0x10, .wfi = false, .wfe = true},
        {.enabled = true, .primask = 1, .scr = 0x10, .wfi = true, .wfe = true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i];
        struct fixture *f = fixture_new();
        reg_write(f, SCR, r->scr);
        if (r->enabled) {
            irq_enable(f, 1, 0x40);
        }
        f->regs.primask = r->primask;
        f->regs.basepri = r->basepri;
        assert_false(exception_would_wake(&f->unit, true));
        irq_pulse(f, 1);
        if (r->event != 0) {
            exception_send_event(&f->unit);
        }
        if (exception_would_wake(&f->unit, false) != r->wfi ||
            exception_would_wake(&f->unit, true) != r->wfe) {
            fail_msg("row %zu", i);
        }
        fixture_free(f);
    }
}

static void event_register_is_set_by_entry_and_return_and_taken_once(void **state)
{
    (void)state;
    struct fixture *f = fixture_new();
    assert_false(exception_take_event(&f->unit));
    assert_int_equal(svc(f), EXCEPTION_ENTERED);
    assert_true(exception_take_event(&f->unit));
    assert_false(exception_take_event(&f->unit));
    assert_int_equal(leave(f, f->regs.lr), EXCEPTION_RETURNED);
    assert_true(exception_take_event(&f->unit));
    assert_true(f->unit.clear_exclusive);
    fixture_free(f);
}

static void sleep_on_exit_only_to_thread(void **state)
{
    (void)state;
    struct fixture *f = fixture_new();
    irq_enable(f, 1, 0xC0);
    irq_enable(f, 2, 0x40);
    enter(f, IRQ(1));
    assert_int_equal(leave(f, f->regs.lr), EXCEPTION_RETURNED);
    assert_false(f->unit.sleep_on_exit);
    reg_write(f, SCR, 2);
    enter(f, IRQ(1));
    enter(f, IRQ(2));
    assert_int_equal(leave(f, f->regs.lr), EXCEPTION_RETURNED);
    assert_false(f->unit.sleep_on_exit);
    assert_int_equal(leave(f, f->regs.lr), EXCEPTION_RETURNED);
    assert_true(f->unit.sleep_on_exit);
    fixture_free(f);
}

/* A return to thread mode below an active handler is not the last one. */
static void no_sleep_on_exit_while_a_handler_is_active(void **state)
{
    (void)state;
    struct fixture *f = fixture_new();
    irq_enable(f, 1, 0xC0);
    irq_enable(f, 2, 0x40);
    reg_write(f, SCR, 2);
    reg_write(f, CCR, 0x201);                    /* NONBASETHRDENA */
    set_ram_word(f, PSP_START + 24, 0x00003001); /* bit 0 of a return address is dropped */
    set_ram_word(f, PSP_START + 28, XPSR_T);
    enter(f, IRQ(1));
    enter(f, IRQ(2));
    assert_int_equal(leave(f, TO_THREAD_PSP), EXCEPTION_RETURNED);
    assert_false(f->unit.sleep_on_exit);
    assert_int_equal(f->regs.pc, 0x3000);
    assert_int_equal(ipsr(f), 0);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_returns_are_invpc),
        cmocka_unit_test(invpc_escalates_and_locks_up),
        cmocka_unit_test(return_to_process_sets_control),
        cmocka_unit_test(waking),
        cmocka_unit_test(event_register_is_set_by_entry_and_return_and_taken_once),
        cmocka_unit_test(sleep_on_exit_only_to_thread),
        cmocka_unit_test(no_sleep_on_exit_while_a_handler_is_active),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
