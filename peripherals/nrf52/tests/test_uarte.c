/* UARTE: EasyDMA buffers, bit times, events and shortcuts, with no CPU. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "peripherals/iface/tests/io_bench.h"
#include "peripherals/nrf52/uarte.h"

#define STARTRX    0x000
#define STOPRX     0x004
#define STARTTX    0x008
#define STOPTX     0x00C
#define FLUSHRX    0x02C
#define RXDRDY     0x108
#define ENDRX      0x110
#define TXDRDY     0x11C
#define ENDTX      0x120
#define ERROR      0x124
#define RXTO       0x144
#define RXSTARTED  0x14C
#define TXSTARTED  0x150
#define TXSTOPPED  0x158
#define SHORTS     0x200
#define INTEN      0x300
#define INTENSET   0x304
#define INTENCLR   0x308
#define ERRORSRC   0x480
#define ENABLE     0x500
#define PSEL_TXD   0x50C
#define PSEL_RXD   0x514
#define BAUDRATE   0x524
#define RXD_PTR    0x534
#define RXD_MAXCNT 0x538
#define RXD_AMOUNT 0x53C
#define TXD_PTR    0x544
#define TXD_MAXCNT 0x548
#define TXD_AMOUNT 0x54C
#define CONFIG     0x56C

#define BAUD_115200 0x01D60000U
#define FRAME       5560U /* ten bits of 139 periods of 16 MHz: 115,108 baud */

#define TX_BUFFER (BENCH_RAM_BASE + 0x100)
#define RX_BUFFER (BENCH_RAM_BASE + 0x800)

static void configure(struct bench *b)
{
    bench_write(b, PSEL_TXD, 6);
    bench_write(b, PSEL_RXD, 8);
    bench_write(b, BAUDRATE, BAUD_115200);
    bench_write(b, ENABLE, 8);
}

static int setup(void **state)
{
    struct bench *b = bench_new();
    *state = b;
    assert_null(bench_start(b, &nrf52_uarte_class, 0x40002000));
    return 0;
}

static int setup_configured(void **state)
{
    setup(state);
    configure(*state);
    return 0;
}

static int teardown(void **state)
{
    bench_free(*state);
    return 0;
}

static uint32_t guest_errors(const struct bench *b)
{
    return b->diag.count[DIAG_GUEST_ERROR];
}

static void send(struct bench *b, const char *text, uint32_t length)
{
    memcpy(b->ram + 0x100, text, length);
    bench_write(b, TXD_PTR, TX_BUFFER);
    bench_write(b, TXD_MAXCNT, length);
    bench_write(b, STARTTX, 1);
}

static void receive_into(struct bench *b, uint32_t length)
{
    bench_write(b, RXD_PTR, RX_BUFFER);
    bench_write(b, RXD_MAXCNT, length);
    bench_write(b, STARTRX, 1);
}

static void type(struct bench *b, const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        assert_true(bench_input(b, "byte", *c));
    }
}

static void reset_values(void **state)
{
    struct bench *b = *state;
    static const uint16_t zero[] = {
        STARTRX,   STOPRX,  STARTTX,    STOPTX,     0x01C,    FLUSHRX,    0x100,      0x104,
        RXDRDY,    ENDRX,   TXDRDY,     ENDTX,      ERROR,    RXTO,       RXSTARTED,  TXSTARTED,
        TXSTOPPED, SHORTS,  INTEN,      INTENSET,   INTENCLR, ERRORSRC,   ENABLE,     0x518,
        0x51C,     RXD_PTR, RXD_MAXCNT, RXD_AMOUNT, TXD_PTR,  TXD_MAXCNT, TXD_AMOUNT, CONFIG};
    for (size_t i = 0; i < sizeof zero / sizeof zero[0]; i++) {
        assert_int_equal(bench_read(b, zero[i]), 0);
    }
    for (uint32_t offset = 0x508; offset <= 0x514; offset += 4) {
        assert_int_equal(bench_read(b, offset), 0xFFFFFFFF);
    }
    assert_int_equal(bench_read(b, BAUDRATE), 0x04000000);
    assert_int_equal(guest_errors(b), 0);
}

static void bytes_leave_when_their_stop_bit_ends(void **state)
{
    struct bench *b = *state;
    bench_run_to(b, 1000);
    send(b, "Hey", 3);
    assert_int_equal(bench_event_cycle(b, TXSTARTED), 1000);
    bench_run_to(b, 1000 + FRAME - 1);
    assert_int_equal(b->tx.count, 0);
    bench_run_to(b, 100000);
    assert_int_equal(b->tx.count, 3);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(b->tx.entries[i].value, "Hey"[i]);
        assert_int_equal(b->tx.entries[i].cycles, 1000 + (i + 1) * FRAME);
    }
    assert_int_equal(bench_event_count(b, TXDRDY), 3);
    assert_int_equal(bench_event_count(b, ENDTX), 1);
    assert_int_equal(bench_event_cycle(b, ENDTX), 1000 + 3 * FRAME);
    assert_int_equal(bench_event_count(b, TXSTOPPED), 0);
    assert_int_equal(bench_read(b, TXD_AMOUNT), 3);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
}

static void the_actual_rates_are_the_vendors(void **state)
{
    /* BAUDRATE and the rate that the vendor's description calls actual. */
    static const struct {
        uint32_t baudrate, actual;
    } rates[] = {{0x0004F000, 1205},   {0x0009D000, 2396},   {0x0013B000, 4808},
                 {0x00275000, 9598},   {0x003AF000, 14401},  {0x004EA000, 19208},
                 {0x0075C000, 28777},  {0x00800000, 31250},  {0x009D0000, 38369},
                 {0x00E50000, 55944},  {0x00EB0000, 57554},  {0x013A9000, 76923},
                 {0x01D60000, 115108}, {0x03B00000, 231884}, {0x04000000, 250000},
                 {0x07400000, 457143}, {0x0F000000, 941176}, {0x10000000, 1000000}};
    struct bench *b = *state;
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        uint64_t start = clock_now(&b->clock);
        bench_write(b, BAUDRATE, rates[i].baudrate);
        send(b, "x", 1);
        bench_run_to(b, start + 64000000);
        uint64_t bit_cycles = (bench_event_cycle(b, ENDTX) - start) / 10;
        assert_int_equal((BENCH_CPU_HZ + bit_cycles / 2) / bit_cycles, rates[i].actual);
    }
}

static void parity_and_second_stop_bit_take_their_time(void **state)
{
    struct bench *b = *state;
    static const struct {
        uint32_t config, bits;
    } cases[] = {{0, 10}, {0xE, 11}, {0x10, 11}, {0x1E, 12}, {0x2, 10}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t start = clock_now(&b->clock);
        bench_write(b, CONFIG, cases[i].config);
        send(b, "x", 1);
        bench_run_to(b, start + 100000);
        assert_int_equal(bench_event_cycle(b, ENDTX) - start, cases[i].bits * 556);
    }
    assert_int_equal(b->diag.count[DIAG_UNIMPLEMENTED], 0);
}

#define CTS      0x100
#define NCTS     0x104
#define PSEL_RTS 0x508
#define PSEL_CTS 0x510

static void use_flow_control(struct bench *b)
{
    bench_write(b, PSEL_RTS, 5);
    bench_write(b, PSEL_CTS, 7);
    bench_write(b, CONFIG, 1);
}

static void cts_holds_the_next_frame_back(void **state)
{
    struct bench *b = *state;
    use_flow_control(b);
    assert_int_equal(bench_event_count(b, CTS), 0); /* it floats: low, as it was */
    send(b, "abc", 3);
    bench_run_to(b, 100);
    wire_drive(&b->pins[7].in, WIRE_HIGH); /* in the first frame, which is sent to its end */
    assert_int_equal(bench_event_count(b, NCTS), 1);
    bench_run_to(b, 100000);
    assert_int_equal(b->tx.count, 1);
    wire_drive(&b->pins[7].in, WIRE_LOW);
    assert_int_equal(bench_event_count(b, CTS), 1);
    bench_run_to(b, 100000 + FRAME - 1);
    assert_int_equal(b->tx.count, 1);
    bench_run_to(b, 100000 + 2 * FRAME);
    assert_int_equal(b->tx.count, 3);
    assert_int_equal(bench_event_cycle(b, ENDTX), 100000 + 2 * FRAME);
    assert_true(bench_input(b, "cts", 0)); /* a part drives the pin: that counts */
    assert_int_equal(bench_event_count(b, NCTS), 1);
    wire_drive(&b->pins[7].in, WIRE_FLOATING);
    assert_int_equal(bench_event_count(b, NCTS), 2);
    send(b, "d", 1);
    bench_run_to(b, 200000);
    bench_write(b, STOPTX, 1); /* an aborted transfer forgets the byte */
    bench_write(b, ENABLE, 0);
    assert_true(bench_input(b, "cts", 1));
    bench_run_to(b, 300000);
    assert_int_equal(b->tx.count, 3);
}

static void without_hwfc_cts_is_only_told(void **state)
{
    struct bench *b = *state;
    bench_write(b, PSEL_CTS, 7);
    wire_drive(&b->pins[7].in, WIRE_HIGH);
    assert_int_equal(bench_event_count(b, NCTS), 1);
    send(b, "abc", 3);
    bench_run_to(b, 100000);
    assert_int_equal(b->tx.count, 3);
}

static void rts_follows_the_receiver_and_its_fifo(void **state)
{
    struct bench *b = *state;
    const struct wire *rts = &b->pins[5].claim;
    assert_int_equal(rts->level, WIRE_FLOATING);
    use_flow_control(b);
    assert_int_equal(rts->level, WIRE_HIGH);
    receive_into(b, 2);
    assert_int_equal(rts->level, WIRE_LOW);
    type(b, "abcdef");
    bench_run_to(b, 100 * FRAME); /* the buffer, one in the FIFO, and the sender waits */
    assert_int_equal(bench_event_count(b, RXDRDY), 3 + 1); /* one was on its way */
    assert_int_equal(rts->level, WIRE_HIGH);
    assert_int_equal(bench_event_count(b, ERROR), 0);
    receive_into(b, 4);
    bench_run_to(b, 200 * FRAME);
    assert_memory_equal(b->ram + 0x800, "cdef", 4);
    bench_write(b, STOPRX, 1);
    assert_int_equal(rts->level, WIRE_HIGH);
    bench_write(b, PSEL_RTS, 6);
    assert_int_equal(rts->level, WIRE_FLOATING);
    assert_int_equal(b->pins[6].claim.level, WIRE_HIGH);
    bench_reset(b, RESET_SREQ);
    assert_int_equal(b->pins[6].claim.level, WIRE_FLOATING);
}

/* What arrives after `fault` with value 3 was given, of six bytes. */
static void check_errors(struct bench *b, const char *fault, uint32_t errorsrc, const char *arrives)
{
    uint32_t errors = bench_event_count(b, ERROR);
    memset(b->ram + 0x800, 0, 8);
    bench_write(b, ERRORSRC, 0xF);
    assert_true(bench_input(b, fault, 3));
    receive_into(b, 8);
    type(b, "abcdef");
    bench_run_to(b, clock_now(&b->clock) + 20 * FRAME);
    assert_memory_equal(b->ram + 0x800, arrives, 6);
    assert_int_equal(bench_event_count(b, ERROR) - errors, errorsrc == 0 ? 0 : 2);
    assert_int_equal(bench_read(b, ERRORSRC), errorsrc);
    assert_true(bench_input(b, fault, 0));
    bench_write(b, STOPRX, 1);
    bench_run_to(b, clock_now(&b->clock) + 20 * FRAME);
}

static void what_arrives_can_go_wrong(void **state)
{
    struct bench *b = *state;
    check_errors(b, "rx-drop", 0, "abde\0\0");
    check_errors(b, "rx-parity", 0, "abcdef"); /* parity is off */
    bench_write(b, CONFIG, 0xE);
    check_errors(b, "rx-parity", 2, "abcdef");
    check_errors(b, "rx-framing", 4, "abcdef");
    check_errors(b, "rx-break", 0xC, "ab\0de\0");
    check_errors(b, "rx-overrun", 1, "abde\0\0");
    receive_into(b, 1);
    assert_true(bench_input(b, "rx-corrupt", 1));
    type(b, "U");
    bench_run_to(b, clock_now(&b->clock) + 2 * FRAME);
    assert_int_equal(__builtin_popcount(b->ram[0x800] ^ 'U'), 1);
    assert_true(bench_input(b, "break", 0));
    assert_false(bench_input(b, "rx-drop", -1));
}

static void what_is_sent_can_go_wrong(void **state)
{
    struct bench *b = *state;
    assert_true(bench_input(b, "tx-drop", 2));
    bench_reset(b, RESET_SREQ);
    configure(b);
    send(b, "abcd", 4);
    bench_run_to(b, 10 * FRAME);
    assert_int_equal(b->tx.count, 2);
    assert_int_equal(b->tx.entries[1].value, 'c');
    assert_int_equal(bench_event_count(b, TXDRDY), 4);
    assert_true(bench_input(b, "tx-drop", 0));
    assert_true(bench_input(b, "tx-corrupt", 1));
    send(b, "U", 1);
    bench_run_to(b, 20 * FRAME);
    assert_int_equal(__builtin_popcount(b->tx.entries[2].value ^ 'U'), 1);
}

static void uarte1_has_no_uart(void **state)
{
    (void)state;
    struct bench *b = bench_new();
    assert_null(bench_start(b, &nrf52_uarte_class, 0x40028000));
    bench_write(b, ENABLE, 4);
    assert_int_equal(bench_read(b, ENABLE), 0);
    assert_int_equal(guest_errors(b), 1);
    (void)bench_read(b, 0x518);
    bench_write(b, 0x51C, 'x');
    bench_write(b, 0x01C, 1);
    assert_int_equal(guest_errors(b), 4);
    bench_free(b);
}

static void a_pointer_outside_ram_moves_nothing(void **state)
{
    struct bench *b = *state;
    bench_write(b, TXD_PTR, 0x1000); /* flash */
    bench_write(b, TXD_MAXCNT, 4);
    bench_write(b, STARTTX, 1);
    bench_write(b, RXD_PTR, 0x1000);
    bench_write(b, RXD_MAXCNT, 4);
    bench_write(b, STARTRX, 1);
    bench_run_to(b, 100000);
    assert_int_equal(b->events.count, 0);
    assert_int_equal(b->tx.count, 0);
    assert_int_equal(guest_errors(b), 2);
    /* It works again with a good one. */
    send(b, "x", 1);
    bench_run_to(b, 200000);
    assert_int_equal(b->tx.count, 1);
}

static void a_buffer_that_leaves_ram_stops_there(void **state)
{
    struct bench *b = *state;
    bench_write(b, TXD_PTR, BENCH_RAM_BASE + BENCH_RAM_BYTES - 2);
    bench_write(b, TXD_MAXCNT, 4);
    bench_write(b, STARTTX, 1);
    bench_run_to(b, 100000);
    assert_int_equal(b->tx.count, 2);
    assert_int_equal(bench_event_count(b, ENDTX), 0);
    assert_int_equal(guest_errors(b), 1);
}

static void stoptx_lets_the_frame_end(void **state)
{
    struct bench *b = *state;
    send(b, "abcd", 4);
    bench_run_to(b, FRAME + 100);
    bench_write(b, STOPTX, 1);
    assert_int_equal(bench_event_count(b, TXSTOPPED), 0);
    bench_run_to(b, 100000);
    assert_int_equal(b->tx.count, 2);
    assert_int_equal(bench_event_cycle(b, ENDTX), 2 * FRAME);
    assert_int_equal(bench_event_cycle(b, TXSTOPPED), 2 * FRAME);
    assert_int_equal(bench_read(b, TXD_AMOUNT), 2);
    bench_write(b, STOPTX, 1); /* idle: at once */
    assert_int_equal(bench_event_cycle(b, TXSTOPPED), 100000);
}

static void no_bytes_end_at_once(void **state)
{
    struct bench *b = *state;
    send(b, "", 0);
    assert_int_equal(bench_event_count(b, TXSTARTED), 1);
    assert_int_equal(bench_event_count(b, ENDTX), 1);
    assert_int_equal(bench_read(b, TXD_AMOUNT), 0);
}

static void maxcnt_is_as_wide_as_the_chip_has_it(void **state)
{
    struct bench *b = *state;
    bench_write(b, TXD_MAXCNT, 0x1FF);
    bench_write(b, RXD_MAXCNT, 0x10F);
    assert_int_equal(bench_read(b, TXD_MAXCNT), 0xFF);
    assert_int_equal(bench_read(b, RXD_MAXCNT), 0x0F);
    struct bench *wide = bench_new();
    wide->props[0] = (struct bench_prop){"easydma-maxcnt-bits", 16};
    assert_null(bench_start(wide, &nrf52_uarte_class, 0x40002000));
    bench_write(wide, TXD_MAXCNT, 0x1FFFF);
    assert_int_equal(bench_read(wide, TXD_MAXCNT), 0xFFFF);
    bench_free(wide);
}

static void received_bytes_arrive_one_frame_apart(void **state)
{
    struct bench *b = *state;
    receive_into(b, 4);
    assert_int_equal(bench_event_count(b, RXSTARTED), 1);
    bench_run_to(b, 2000);
    type(b, "ping");
    bench_run_to(b, 2000 + FRAME - 1);
    assert_int_equal(bench_event_count(b, RXDRDY), 0);
    bench_run_to(b, 2000 + FRAME);
    assert_int_equal(bench_event_count(b, RXDRDY), 1);
    assert_int_equal(b->ram[0x800], 'p');
    bench_run_to(b, 100000);
    assert_memory_equal(b->ram + 0x800, "ping", 4);
    assert_int_equal(bench_event_cycle(b, ENDRX), 2000 + 4 * FRAME);
    assert_int_equal(bench_read(b, RXD_AMOUNT), 4);
    assert_int_equal(bench_event_count(b, RXTO), 0);
    type(b, "x"); /* no second frame while idle: from now on */
    bench_run_to(b, 200000);
    assert_int_equal(bench_event_cycle(b, RXDRDY), 100000 + FRAME);
}

static void the_pointer_is_taken_at_startrx(void **state)
{
    struct bench *b = *state;
    bench_write(b, SHORTS, 1U << 5); /* ENDRX_STARTRX */
    receive_into(b, 2);
    bench_write(b, RXD_PTR, RX_BUFFER + 0x10);
    type(b, "abcd");
    bench_run_to(b, 100000);
    assert_memory_equal(b->ram + 0x800, "ab", 2);
    assert_memory_equal(b->ram + 0x810, "cd", 2);
    assert_int_equal(bench_event_count(b, ENDRX), 2);
    assert_int_equal(bench_event_count(b, RXSTARTED), 3);
}

static void fifo_keeps_five_then_overruns(void **state)
{
    struct bench *b = *state;
    receive_into(b, 1);
    type(b, "a12345xy");
    bench_run_to(b, 100000);
    assert_int_equal(bench_event_count(b, ENDRX), 1);
    assert_int_equal(bench_event_count(b, ERROR), 2);
    assert_int_equal(bench_read(b, ERRORSRC), 1);
    bench_write(b, ERRORSRC, 1);
    assert_int_equal(bench_read(b, ERRORSRC), 0);
    receive_into(b, 4);
    assert_memory_equal(b->ram + 0x800, "1234", 4);
    assert_int_equal(bench_event_count(b, ENDRX), 2);
    receive_into(b, 4);
    type(b, "z");
    bench_run_to(b, 200000);
    assert_memory_equal(b->ram + 0x800, "5z", 2);
}

static void stoprx_gives_endrx_then_rxto(void **state)
{
    struct bench *b = *state;
    receive_into(b, 8);
    type(b, "ab");
    bench_run_to(b, 20000);
    bench_write(b, STOPRX, 1);
    type(b, "c"); /* on its way: still received */
    bench_run_to(b, 100000);
    assert_int_equal(bench_read(b, RXD_AMOUNT), 3);
    assert_memory_equal(b->ram + 0x800, "abc", 3);
    assert_int_equal(bench_event_count(b, ENDRX), 1);
    assert_int_equal(bench_event_count(b, RXTO), 1);
    assert_int_equal(bench_event_cycle(b, RXTO), 20000 + 5 * FRAME);
    assert_int_equal(b->events.entries[b->events.count - 1].value, 0x40002000 + RXTO);
    type(b, "d"); /* nobody listens any more */
    bench_run_to(b, 200000);
    assert_int_equal(bench_event_count(b, RXDRDY), 3);
    assert_string_equal(b->notes.entries[0].what, "byte lost");
    assert_int_equal(b->notes.entries[0].value, 'd');
}

static void flushrx_moves_the_fifo(void **state)
{
    struct bench *b = *state;
    bench_write(b, SHORTS, 1U << 6); /* ENDRX_STOPRX */
    receive_into(b, 1);
    type(b, "a12");
    bench_run_to(b, 100000);
    assert_int_equal(bench_event_count(b, RXTO), 1);
    assert_int_equal(bench_read(b, RXD_AMOUNT), 1);
    bench_write(b, RXD_MAXCNT, 5);
    bench_write(b, FLUSHRX, 1);
    assert_int_equal(bench_event_count(b, ENDRX), 2);
    assert_int_equal(bench_read(b, RXD_AMOUNT), 2);
    assert_memory_equal(b->ram + 0x800, "12", 2);
    bench_write(b, FLUSHRX, 1); /* empty: the event, and AMOUNT as it was */
    assert_int_equal(bench_event_count(b, ENDRX), 3);
    assert_int_equal(bench_read(b, RXD_AMOUNT), 2);
}

static void interrupt_level_follows_events_and_inten(void **state)
{
    struct bench *b = *state;
    static const uint16_t events[] = {RXDRDY, ENDRX,     TXDRDY,    ENDTX,    RXTO,
                                      ERROR,  RXSTARTED, TXSTARTED, TXSTOPPED};
    bench_write(b, INTEN, 0xFFFFFFFF);
    assert_int_equal(bench_read(b, INTEN), 0x005A0397);
    bench_write(b, INTEN, 0);
    receive_into(b, 1);
    send(b, "x", 1);
    type(b, "a1234567");
    bench_run_to(b, 100000);
    bench_write(b, STOPTX, 1);
    bench_write(b, STOPRX, 1);
    bench_run_to(b, 200000);
    assert_false(b->irq);
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
        assert_int_equal(bench_read(b, events[i]), 1);
        bench_write(b, INTENSET, 1U << ((events[i] - 0x100) / 4));
        assert_true(b->irq);
        bench_write(b, events[i], 0);
        assert_false(b->irq);
        bench_write(b, INTENCLR, 0xFFFFFFFF);
    }
}

static void disabling_aborts(void **state)
{
    struct bench *b = *state;
    receive_into(b, 4);
    send(b, "abc", 3);
    type(b, "x");
    bench_run_to(b, FRAME / 2);
    bench_write(b, ENABLE, 0);
    bench_run_to(b, 100000);
    assert_int_equal(b->tx.count, 0);
    assert_int_equal(bench_event_count(b, ENDTX), 0);
    assert_int_equal(bench_event_count(b, RXDRDY), 0);
    bench_write(b, STARTTX, 1); /* a task while disabled */
    assert_int_equal(guest_errors(b), 1);
    bench_write(b, ENABLE, 3);
    assert_int_equal(guest_errors(b), 2);
}

static void unconnected_pins_carry_nothing(void **state)
{
    struct bench *b = *state;
    bench_write(b, PSEL_TXD, 0xFFFFFFFF);
    bench_write(b, PSEL_RXD, 0xFFFFFFFF);
    receive_into(b, 4);
    send(b, "a", 1);
    type(b, "x");
    bench_run_to(b, 100000);
    assert_int_equal(b->tx.count, 0);
    assert_int_equal(bench_event_count(b, ENDTX), 1);
    assert_int_equal(bench_event_count(b, RXDRDY), 0);
    assert_int_equal(guest_errors(b), 1);
}

static void reset_ends_all_and_what_is_typed_goes_on(void **state)
{
    struct bench *b = *state;
    send(b, "abc", 3);
    type(b, "xy");
    bench_run_to(b, 100);
    bench_reset(b, RESET_SREQ);
    assert_int_equal(bench_read(b, ENABLE), 0);
    assert_int_equal(bench_read(b, BAUDRATE), 0x04000000);
    configure(b);
    bench_run_to(b, FRAME + 100);
    receive_into(b, 1);
    bench_run_to(b, 100000);
    assert_int_equal(b->tx.count, 0);
    assert_int_equal(b->ram[0x800], 'y');
}

static void what_does_not_exist_is_reported(void **state)
{
    struct bench *b = *state;
    assert_int_equal(bench_read(b, 0x570), 0);
    bench_write(b, 0x010, 1);
    bench_write(b, RXD_AMOUNT, 1);
    assert_int_equal(guest_errors(b), 3);
    assert_false(bench_input(b, "press", 0));
    bench_write(b, BAUDRATE, 0);
    send(b, "x", 1);
    bench_run_to(b, 100000);
    assert_int_equal(b->tx.count, 0);
    assert_int_equal(guest_errors(b), 4);
}

/* ENDRX starts the receiver and stops it again: even without a rate each turn takes time. */
static void a_receiver_that_stops_itself_lets_time_move(void **state)
{
    struct bench *b = *state;
    bench_write(b, BAUDRATE, 0);
    bench_write(b, SHORTS, 0x60);
    bench_write(b, RXD_PTR, RX_BUFFER);
    bench_write(b, RXD_MAXCNT, 4);
    bench_write(b, STARTRX, 1);
    bench_write(b, STOPRX, 1);
    bench_run_to(b, clock_now(&b->clock) + 100 * FRAME);
    assert_in_range(bench_event_count(b, RXTO), 1, 100);
}

#define WITH_UARTE(test)      cmocka_unit_test_setup_teardown(test, setup, teardown)
#define WITH_CONFIGURED(test) cmocka_unit_test_setup_teardown(test, setup_configured, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_UARTE(reset_values),
        WITH_CONFIGURED(bytes_leave_when_their_stop_bit_ends),
        WITH_CONFIGURED(the_actual_rates_are_the_vendors),
        WITH_CONFIGURED(parity_and_second_stop_bit_take_their_time),
        WITH_CONFIGURED(a_pointer_outside_ram_moves_nothing),
        WITH_CONFIGURED(a_buffer_that_leaves_ram_stops_there),
        WITH_CONFIGURED(stoptx_lets_the_frame_end),
        WITH_CONFIGURED(no_bytes_end_at_once),
        WITH_CONFIGURED(maxcnt_is_as_wide_as_the_chip_has_it),
        WITH_CONFIGURED(received_bytes_arrive_one_frame_apart),
        WITH_CONFIGURED(the_pointer_is_taken_at_startrx),
        WITH_CONFIGURED(fifo_keeps_five_then_overruns),
        WITH_CONFIGURED(stoprx_gives_endrx_then_rxto),
        WITH_CONFIGURED(flushrx_moves_the_fifo),
        WITH_CONFIGURED(interrupt_level_follows_events_and_inten),
        WITH_CONFIGURED(disabling_aborts),
        WITH_CONFIGURED(unconnected_pins_carry_nothing),
        WITH_CONFIGURED(reset_ends_all_and_what_is_typed_goes_on),
        WITH_CONFIGURED(a_receiver_that_stops_itself_lets_time_move),
        WITH_CONFIGURED(what_does_not_exist_is_reported),
        WITH_CONFIGURED(cts_holds_the_next_frame_back),
        WITH_CONFIGURED(without_hwfc_cts_is_only_told),
        WITH_CONFIGURED(rts_follows_the_receiver_and_its_fifo),
        WITH_CONFIGURED(what_arrives_can_go_wrong),
        WITH_CONFIGURED(what_is_sent_can_go_wrong),
        cmocka_unit_test(uarte1_has_no_uart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
