/* sim/cpu/tests/test_access_decode.c - every form of load and store, encoded by an assembler, with
 * the addresses worked out by hand from the register values below. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>

#include <cmocka.h>

#include "sim/cpu/access_decode.h"

/* r0 = 0x1000, r1 = 0x2000, ... r12 = 0xD000, sp, lr, and the instruction's own address: not a word
 * boundary, so that literals show their rounding. */
static const uint32_t registers[16] = {0x1000, 0x2000,     0x3000, 0x4000, 0x5000, 0x6000,
                                       0x7000, 0x8000,     0x9000, 0xA000, 0xB000, 0xC000,
                                       0xD000, 0x20008000, 0x77,   0x402};

static const struct {
    const char *text;
    uint16_t code[2];
    uint32_t address;
    uint8_t element_bytes, count;
    bool write, unprivileged, aligned_only;
} accesses[] = {
    {"ldr r1, [pc, #16]", {0x4904, 0x0000}, 0x00000414, 4, 1, false, false, false},
    {"str r1, [r2, r3]", {0x50D1, 0x0000}, 0x00007000, 4, 1, true, false, false},
    {"strh r1, [r2, r3]", {0x52D1, 0x0000}, 0x00007000, 2, 1, true, false, false},
    {"strb r1, [r2, r3]", {0x54D1, 0x0000}, 0x00007000, 1, 1, true, false, false},
    {"ldrsb r1, [r2, r3]", {0x56D1, 0x0000}, 0x00007000, 1, 1, false, false, false},
    {"ldr r1, [r2, r3]", {0x58D1, 0x0000}, 0x00007000, 4, 1, false, false, false},
    {"ldrh r1, [r2, r3]", {0x5AD1, 0x0000}, 0x00007000, 2, 1, false, false, false},
    {"ldrb r1, [r2, r3]", {0x5CD1, 0x0000}, 0x00007000, 1, 1, false, false, false},
    {"ldrsh r1, [r2, r3]", {0x5ED1, 0x0000}, 0x00007000, 2, 1, false, false, false},
    {"str r1, [r2, #124]", {0x67D1, 0x0000}, 0x0000307C, 4, 1, true, false, false},
    {"ldr r1, [r2, #4]", {0x6851, 0x0000}, 0x00003004, 4, 1, false, false, false},
    {"strb r1, [r2, #31]", {0x77D1, 0x0000}, 0x0000301F, 1, 1, true, false, false},
    {"ldrb r1, [r2, #1]", {0x7851, 0x0000}, 0x00003001, 1, 1, false, false, false},
    {"strh r1, [r2, #62]", {0x87D1, 0x0000}, 0x0000303E, 2, 1, true, false, false},
    {"ldrh r1, [r2, #2]", {0x8851, 0x0000}, 0x00003002, 2, 1, false, false, false},
    {"str r1, [sp, #1020]", {0x91FF, 0x0000}, 0x200083FC, 4, 1, true, false, false},
    {"ldr r1, [sp, #8]", {0x9902, 0x0000}, 0x20008008, 4, 1, false, false, false},
    {"push {r0, r3, lr}", {0xB509, 0x0000}, 0x20007FF4, 4, 3, true, false, true},
    {"push {r7}", {0xB480, 0x0000}, 0x20007FFC, 4, 1, true, false, true},
    {"pop {r0-r7, pc}", {0xBDFF, 0x0000}, 0x20008000, 4, 9, false, false, true},
    {"stm r4!, {r0, r5}", {0xC421, 0x0000}, 0x00005000, 4, 2, true, false, true},
    {"ldm r4, {r1, r4}", {0xCC12, 0x0000}, 0x00005000, 4, 2, false, false, true},
    {"ldmia.w r9, {r0, r8, r10}", {0xE899, 0x0501}, 0x0000A000, 4, 3, false, false, true},
    {"stmdb r9!, {r0, r8}", {0xE929, 0x0101}, 0x00009FF8, 4, 2, true, false, true},
    {"ldmdb r9, {r0-r3}", {0xE919, 0x000F}, 0x00009FF0, 4, 4, false, false, true},
    {"push.w {r0, r8, r9}", {0xE92D, 0x0301}, 0x20007FF4, 4, 3, true, false, true},
    {"pop.w {r4, r8, pc}", {0xE8BD, 0x8110}, 0x20008000, 4, 3, false, false, true},
    {"ldrd r0, r1, [r5, #8]", {0xE9D5, 0x0102}, 0x00006008, 4, 2, false, false, true},
    {"ldrd r0, r1, [r5, #-8]!", {0xE975, 0x0102}, 0x00005FF8, 4, 2, false, false, true},
    {"strd r0, r1, [r5], #16", {0xE8E5, 0x0104}, 0x00006000, 4, 2, true, false, true},
    {"ldrd r0, r1, [pc, #8]", {0xE9DF, 0x0102}, 0x0000040C, 4, 2, false, false, true},
    {"strd r0, r1, [r5, #-1020]", {0xE945, 0x01FF}, 0x00005C04, 4, 2, true, false, true},
    {"ldrex r0, [r6, #12]", {0xE856, 0x0F03}, 0x0000700C, 4, 1, false, false, true},
    {"strex r0, r1, [r6, #4]", {0xE846, 0x1001}, 0x00007004, 4, 1, true, false, true},
    {"ldrexb r0, [r6]", {0xE8D6, 0x0F4F}, 0x00007000, 1, 1, false, false, false},
    {"ldrexh r0, [r6]", {0xE8D6, 0x0F5F}, 0x00007000, 2, 1, false, false, true},
    {"strexb r0, r1, [r6]", {0xE8C6, 0x1F40}, 0x00007000, 1, 1, true, false, false},
    {"strexh r0, r1, [r6]", {0xE8C6, 0x1F50}, 0x00007000, 2, 1, true, false, true},
    {"tbb [r0, r1]", {0xE8D0, 0xF001}, 0x00003000, 1, 1, false, false, false},
    {"tbh [r0, r1, lsl #1]", {0xE8D0, 0xF011}, 0x00005000, 2, 1, false, false, false},
    {"tbb [pc, r2]", {0xE8DF, 0xF002}, 0x00003406, 1, 1, false, false, false},
    {"ldr.w r0, [r8, #4095]", {0xF8D8, 0x0FFF}, 0x00009FFF, 4, 1, false, false, false},
    {"str.w r0, [r8, #2]", {0xF8C8, 0x0002}, 0x00009002, 4, 1, true, false, false},
    {"ldr r0, [r8, #-255]", {0xF858, 0x0CFF}, 0x00008F01, 4, 1, false, false, false},
    {"ldr r0, [r8], #4", {0xF858, 0x0B04}, 0x00009000, 4, 1, false, false, false},
    {"ldr r0, [r8], #-4", {0xF858, 0x0904}, 0x00009000, 4, 1, false, false, false},
    {"str r0, [r8, #-4]!", {0xF848, 0x0D04}, 0x00008FFC, 4, 1, true, false, false},
    {"strb r0, [r8, #8]!", {0xF808, 0x0F08}, 0x00009008, 1, 1, true, false, false},
    {"ldrsh.w r0, [r8, #6]", {0xF9B8, 0x0006}, 0x00009006, 2, 1, false, false, false},
    {"ldr.w r0, [r8, r9, lsl #3]", {0xF858, 0x0039}, 0x00059000, 4, 1, false, false, false},
    {"strh.w r0, [r8, r9, lsl #1]", {0xF828, 0x0019}, 0x0001D000, 2, 1, true, false, false},
    {"ldr.w r0, [pc, #-8]", {0xF85F, 0x0008}, 0x000003FC, 4, 1, false, false, false},
    {"ldrb.w r0, [pc, #100]", {0xF89F, 0x0064}, 0x00000468, 1, 1, false, false, false},
    {"ldr.w pc, [r0, r1, lsl #2]", {0xF850, 0xF021}, 0x00009000, 4, 1, false, false, false},
    {"ldrt r0, [r7, #16]", {0xF857, 0x0E10}, 0x00008010, 4, 1, false, true, false},
    {"strbt r0, [r7, #1]", {0xF807, 0x0E01}, 0x00008001, 1, 1, true, true, false},
    {"ldrht r0, [r7]", {0xF837, 0x0E00}, 0x00008000, 2, 1, false, true, false},
    {"ldrsbt r0, [r7, #3]", {0xF917, 0x0E03}, 0x00008003, 1, 1, false, true, false},
    {"vldr s3, [r10, #8]", {0xEDDA, 0x1A02}, 0x0000B008, 4, 1, false, false, true},
    {"vstr s3, [r10, #-8]", {0xED4A, 0x1A02}, 0x0000AFF8, 4, 1, true, false, true},
    {"vldr d3, [r10, #16]", {0xED9A, 0x3B04}, 0x0000B010, 8, 1, false, false, true},
    {"vldr s1, [pc, #4]", {0xEDDF, 0x0A01}, 0x00000408, 4, 1, false, false, true},
    {"vldmia r11!, {s0-s7}", {0xECBB, 0x0A08}, 0x0000C000, 4, 8, false, false, true},
    {"vstmdb r11!, {d8-d15}", {0xED2B, 0x8B10}, 0x0000BFC0, 4, 16, true, false, true},
    {"vpush {s16-s31}", {0xED2D, 0x8A10}, 0x20007FC0, 4, 16, true, false, true},
    {"vpop {d0-d1}", {0xECBD, 0x0B04}, 0x20008000, 4, 4, false, false, true},
};

static const struct {
    const char *text;
    uint16_t code[2];
} others[] = {
    {"adds r0, r1", {0x1840, 0x0000}},
    {"bx lr", {0x4770, 0x0000}},
    {"cbz r0, .+4", {0xB100, 0x0000}},
    {"nop", {0xBF00, 0x0000}},
    {"svc #1", {0xDF01, 0x0000}},
    {"add sp, #8", {0xB002, 0x0000}},
    {"cmp r0, r1", {0x4288, 0x0000}},
    {"b .", {0xE7FE, 0x0000}},
    {"bl .", {0xF7FF, 0xFFFE}},
    {"mul r0, r1, r2", {0xFB01, 0xF002}},
    {"udiv r0, r1, r2", {0xFBB1, 0xF0F2}},
    {"mrs r0, msp", {0xF3EF, 0x8008}},
    {"dsb", {0xF3BF, 0x8F4F}},
    {"pld [r0]", {0xF890, 0xF000}},
    {"pld [pc, #4]", {0xF89F, 0xF004}},
    {"vadd.f32 s0, s1, s2", {0xEE30, 0x0A81}},
    {"vmov r0, r1, d0", {0xEC51, 0x0B10}},
    {"vmov s0, r0", {0xEE00, 0x0A10}},
    {"vmrs r0, fpscr", {0xEEF1, 0x0A10}},
    {"movw r0, #1", {0xF240, 0x0001}},
    {"rev r0, r0", {0xBA00, 0x0000}},
    {"bkpt #1", {0xBE01, 0x0000}},
    {"uxtb r0, r1", {0xB2C8, 0x0000}},
    {"cpsid i", {0xB672, 0x0000}},
    {"it eq", {0xBF08, 0x0000}},
};

static void test_loads_and_stores(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof(accesses) / sizeof(accesses[0]); i++) {
        struct access_span span;
        bool found = access_decode(accesses[i].code, registers, &span);
        if (!found || span.address != accesses[i].address ||
            span.element_bytes != accesses[i].element_bytes || span.count != accesses[i].count ||
            span.write != accesses[i].write || span.unprivileged != accesses[i].unprivileged ||
            span.aligned_only != accesses[i].aligned_only) {
            fail_msg(
                "%s: found %d, 0x%x, %u bytes, %u times, write %d, unprivileged %d, aligned %d",
                accesses[i].text, found, (unsigned)span.address, span.element_bytes, span.count,
                span.write, span.unprivileged, span.aligned_only);
        }
        assert_int_equal(access_is_unprivileged(accesses[i].code), accesses[i].unprivileged);
    }
}

static void test_the_rest_touches_nothing(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        struct access_span span;
        if (access_decode(others[i].code, registers, &span)) {
            fail_msg("%s: an access to 0x%x", others[i].text, (unsigned)span.address);
        }
    }
}

/* No encoding, however odd, gives a span that callers cannot work with. */
static void test_all_encodings_are_safe(void **state)
{
    (void)state;
    for (uint32_t first = 0; first < 0x10000; first++) {
        for (uint32_t second = 0; second < 0x10000; second += 0x2F1) {
            uint16_t code[2] = {(uint16_t)first, (uint16_t)second};
            struct access_span span;
            if (access_decode(code, registers, &span)) {
                bool power = span.element_bytes == 1 || span.element_bytes == 2 ||
                             span.element_bytes == 4 || span.element_bytes == 8;
                assert_true(power && span.count >= 1 && span.count <= 32);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_loads_and_stores),
        cmocka_unit_test(test_the_rest_touches_nothing),
        cmocka_unit_test(test_all_encodings_are_safe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
