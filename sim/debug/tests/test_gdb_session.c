/* The conversation with GDB over a fake target: bytes in, bytes out; then mutated input, which must
 * never do harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "sim/debug/gdb_registers.h"
#include "sim/debug/gdb_session.h"

#define RAM_BASE 0x20000000U

struct fake {
    struct gdb_session session;
    struct cpu_regs regs;
    uint8_t ram[256];
    char sent[20000];
    size_t sent_length;
    enum gdb_point point;
    uint32_t point_address, point_length;
    int points, resets;
};

static void get_regs(void *context, struct cpu_regs *regs)
{
    *regs = ((struct fake *)context)->regs;
}

static void set_regs(void *context, const struct cpu_regs *regs)
{
    ((struct fake *)context)->regs = *regs;
}

static bool in_ram(uint32_t address, size_t length)
{
    return address >= RAM_BASE && length <= 256 && address - RAM_BASE <= 256 - length;
}

static bool read_memory(void *context, uint32_t address, void *bytes, size_t length)
{
    struct fake *fake = context;
    if (!in_ram(address, length)) {
        return false;
    }
    memcpy(bytes, fake->ram + (address - RAM_BASE), length);
    return true;
}

static bool write_memory(void *context, uint32_t address, const void *bytes, size_t length)
{
    struct fake *fake = context;
    if (!in_ram(address, length)) {
        return false;
    }
    memcpy(fake->ram + (address - RAM_BASE), bytes, length);
    return true;
}

static bool point_add(void *context, enum gdb_point point, uint32_t address, uint32_t length)
{
    struct fake *fake = context;
    fake->point = point;
    fake->point_address = address;
    fake->point_length = length;
    fake->points++;
    return true;
}

static bool point_remove(void *context, enum gdb_point point, uint32_t address, uint32_t length)
{
    struct fake *fake = context;
    (void)point;
    (void)length;
    if (fake->points == 0 || fake->point_address != address) {
        return false;
    }
    fake->points--;
    return true;
}

static void reset(void *context)
{
    ((struct fake *)context)->resets++;
}

static void collect(void *context, const uint8_t *bytes, size_t length)
{
    struct fake *fake = context;
    if (length < sizeof(fake->sent) - fake->sent_length) {
        memcpy(fake->sent + fake->sent_length, bytes, length);
        fake->sent_length += length;
        fake->sent[fake->sent_length] = '\0';
    }
}

static void start(struct fake *fake)
{
    memset(fake, 0, sizeof(*fake));
    const struct gdb_target target = {.get_regs = get_regs,
                                      .set_regs = set_regs,
                                      .read_memory = read_memory,
                                      .write_memory = write_memory,
                                      .point_add = point_add,
                                      .point_remove = point_remove,
                                      .reset = reset,
                                      .memory_map = "<memory-map/>",
                                      .context = fake};
    gdb_session_init(&fake->session, &target, collect, fake);
}

/* Sends a payload in a frame; what came back is in fake->sent. */
static enum gdb_resume ask(struct fake *fake, const char *payload)
{
    struct gdb_reply reply;
    static uint8_t frame[GDB_FRAME_BYTES];
    size_t used;
    gdb_reply_clear(&reply);
    gdb_reply_text(&reply, payload);
    size_t length = gdb_frame(&reply, frame);
    fake->sent_length = 0;
    fake->sent[0] = '\0';
    enum gdb_resume resume = gdb_session_receive(&fake->session, frame, length, &used);
    assert_int_equal(used, length);
    return resume;
}

static void assert_answer(struct fake *fake, const char *question, const char *payload)
{
    struct gdb_reply reply;
    static uint8_t frame[GDB_FRAME_BYTES];
    assert_int_equal(ask(fake, question), GDB_RESUME_NONE);
    gdb_reply_clear(&reply);
    gdb_reply_text(&reply, payload);
    frame[gdb_frame(&reply, frame)] = '\0';
    assert_int_equal(fake->sent[0], '+');
    assert_string_equal(fake->sent + 1, (char *)frame);
}

static void registers_are_read_and_written(void **state)
{
    (void)state;
    struct fake fake;
    start(&fake);
    fake.regs.r[1] = 0x11223344;
    fake.regs.psp = 0x20000100;
    fake.regs.msp = 0x20000200;
    fake.regs.control = CONTROL_SPSEL;
    assert_answer(&fake, "p1", "44332211");
    assert_answer(&fake, "pd", "00010020");
    assert_answer(&fake, "Pd=00020020", "OK");
    assert_int_equal(fake.regs.psp, 0x20000200);
    assert_answer(&fake, "Pf=01010000", "OK");
    assert_int_equal(fake.regs.pc, 0x100);
    assert_answer(&fake, "p99", "E01");
    assert_answer(&fake, "P1=123", "E01");

    /* 'g' and 'G' take each other's format: 24 words and 16 double words. */
    fake.regs.s[31] = 0xDEADBEEF;
    ask(&fake, "g");
    size_t digits = strlen(fake.sent) - strlen("+$#00");
    assert_int_equal(digits, 2 * (24 * 4 + 16 * 8));
    char write[2000] = "G";
    memcpy(write + 1, fake.sent + 2, digits);
    write[1 + digits] = '\0';
    memcpy(write + 1, "01000000", 8);
    assert_answer(&fake, write, "OK");
    assert_int_equal(fake.regs.r[0], 1);
    assert_int_equal(fake.regs.r[1], 0x11223344);
    assert_int_equal(fake.regs.s[31], 0xDEADBEEF);
}

static void the_description_has_every_register_number(void **state)
{
    (void)state;
    uint32_t count = 0;
    for (const char *at = gdb_target_xml; (at = strstr(at, "<reg ")) != NULL; at++) {
        count++;
    }
    assert_int_equal(count, GDB_REGISTER_COUNT);
    struct cpu_regs regs = {0};
    for (uint32_t number = 0; number < GDB_REGISTER_COUNT; number++) {
        gdb_register_set(&regs, number, 0x100U + 4U * number);
        assert_int_equal(gdb_register_get(&regs, number), 0x100U + 4U * number);
    }
}

static void memory_is_read_and_written(void **state)
{
    (void)state;
    struct fake fake;
    start(&fake);
    assert_answer(&fake, "M20000010,4:01020304", "OK");
    assert_answer(&fake, "m20000010,4", "01020304");
    assert_answer(&fake, "X20000010,2:xy", "OK");
    assert_answer(&fake, "m20000010,4", "78790304");
    assert_answer(&fake, "m10000000,4", "E14");
    assert_answer(&fake, "M10000000,1:00", "E01");
    assert_answer(&fake, "M20000010,4:0102", "E01");
    assert_answer(&fake, "X20000010,4:xy", "E01");
    assert_answer(&fake, "m200000fc,8", "00000000"); /* what there is before the end */
    assert_answer(&fake, "mzz,4", "E01");
}

static void points_reach_the_target(void **state)
{
    (void)state;
    struct fake fake;
    start(&fake);
    assert_answer(&fake, "Z0,20000000,2", "OK");
    assert_int_equal(fake.point, GDB_POINT_BREAK);
    assert_answer(&fake, "Z2,20000004,4", "OK");
    assert_int_equal(fake.point, GDB_POINT_WATCH_WRITE);
    assert_int_equal(fake.point_length, 4);
    assert_answer(&fake, "z2,20000004,4", "OK");
    assert_answer(&fake, "z0,30000000,2", "E01");
    assert_answer(&fake, "Z9,20000000,2", "");
    assert_answer(&fake, "Z0,2000", "E01");
}

static void run_control(void **state)
{
    (void)state;
    struct fake fake;
    size_t used;
    start(&fake);
    assert_answer(&fake, "?", "T05thread:1;");
    assert_answer(&fake, "vCont?", "vCont;c;C;s;S");
    assert_int_equal(ask(&fake, "vCont;s:1;c"), GDB_RESUME_STEP);
    gdb_session_stopped(&fake.session, &(struct gdb_stop_reason){.stop = GDB_STOP_TRAP});
    assert_non_null(strstr(fake.sent, "$T05thread:1;#"));
    assert_int_equal(ask(&fake, "c"), GDB_RESUME_CONTINUE);
    assert_int_equal(gdb_session_receive(&fake.session, (const uint8_t *)"\x03", 1, &used),
                     GDB_RESUME_INTERRUPT);
    gdb_session_stopped(&fake.session, &(struct gdb_stop_reason){.stop = GDB_STOP_INTERRUPT});
    assert_non_null(strstr(fake.sent, "$T02thread:1;#"));
    /* A late Ctrl-C finds it stopped already and must not stop it twice. */
    assert_int_equal(gdb_session_receive(&fake.session, (const uint8_t *)"\x03", 1, &used),
                     GDB_RESUME_NONE);
    assert_int_equal(ask(&fake, "vCont;c"), GDB_RESUME_CONTINUE);
    gdb_session_stopped(&fake.session, &(struct gdb_stop_reason){.stop = GDB_STOP_WATCHPOINT,
                                                                 .point = GDB_POINT_WATCH_WRITE,
                                                                 .address = 0x20000004});
    assert_non_null(strstr(fake.sent, "$T05watch:20000004;thread:1;#"));
    assert_int_equal(ask(&fake, "s20000100"), GDB_RESUME_STEP);
    assert_int_equal(fake.regs.pc, 0x20000100);
    gdb_session_stopped(&fake.session,
                        &(struct gdb_stop_reason){.stop = GDB_STOP_EXITED, .exit_status = 1});
    assert_non_null(strstr(fake.sent, "$W01#"));
    assert_int_equal(ask(&fake, "D"), GDB_RESUME_DETACH);
    assert_int_equal(ask(&fake, "k"), GDB_RESUME_KILL);
    assert_answer(&fake, "vCont;x", "E01");
}

static void queries(void **state)
{
    (void)state;
    struct fake fake;
    start(&fake);
    assert_answer(&fake, "qXfer:memory-map:read::0,100", "l<memory-map/>");
    assert_answer(&fake, "qXfer:memory-map:read::3,4", "mmory");
    assert_answer(&fake, "qXfer:memory-map:read::ffff,4", "l");
    assert_answer(&fake, "qfThreadInfo", "m1");
    assert_answer(&fake, "qRcmd,7265736574", "7468652063686970207761732072657365740a");
    assert_int_equal(fake.resets, 1);
    assert_answer(&fake, "qUnknown", "");
    assert_answer(&fake, "vMustReplyEmpty", "");
    assert_answer(&fake, "QStartNoAckMode", "OK");
    ask(&fake, "qC");
    assert_string_equal(fake.sent, "$QC1#c5"); /* no '+' any more */
}

static void a_lost_frame_is_sent_again(void **state)
{
    (void)state;
    struct fake fake;
    size_t used;
    start(&fake);
    ask(&fake, "qC");
    fake.sent_length = 0;
    gdb_session_receive(&fake.session, (const uint8_t *)"-", 1, &used);
    assert_string_equal(fake.sent, "$QC1#c5");
}

/* Seeds are fixed: a failure is found again by its round number, which a debugger shows. */
static void mutated_conversations_do_no_harm(void **state)
{
    (void)state;
    static const char *const seeds[] = {"g",
                                        "m20000000,40",
                                        "M20000000,4:01020304",
                                        "Z2,20000000,4",
                                        "X20000010,3:abc",
                                        "qXfer:features:read:target.xml:0,fff",
                                        "P11=0102030405060708",
                                        "vCont;s:1",
                                        "qRcmd,7265",
                                        "c20000000"};
    struct fake fake;
    start(&fake);
    uint32_t random = 1;
    for (uint32_t round = 0; round < 200000; round++) {
        struct gdb_reply reply;
        uint8_t frame[512];
        gdb_reply_clear(&reply);
        gdb_reply_text(&reply, seeds[round % (sizeof(seeds) / sizeof(seeds[0]))]);
        size_t length = gdb_frame(&reply, frame);
        for (uint32_t changes = round % 3; changes > 0; changes--) {
            random = random * 1664525U + 1013904223U;
            frame[(random >> 8) % length] = (uint8_t)(random >> 24);
            if (changes == 2) { /* make the sum right again, so that the change gets through */
                uint8_t sum = 0;
                for (size_t i = 1; i + 3 < length; i++) {
                    sum = (uint8_t)(sum + frame[i]);
                }
                char text[3];
                snprintf(text, sizeof(text), "%02x", sum);
                memcpy(frame + length - 2, text, 2);
            }
        }
        for (size_t used, at = 0; at < length; at += used) {
            gdb_session_receive(&fake.session, frame + at, length - at, &used);
            assert_true(used > 0);
        }
        fake.sent_length = 0;
    }
    assert_true(fake.points >= 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registers_are_read_and_written),
        cmocka_unit_test(the_description_has_every_register_number),
        cmocka_unit_test(memory_is_read_and_written),
        cmocka_unit_test(points_reach_the_target),
        cmocka_unit_test(run_control),
        cmocka_unit_test(queries),
        cmocka_unit_test(a_lost_frame_is_sent_again),
        cmocka_unit_test(mutated_conversations_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
