#include "kernel/capsules/hmac.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/capsules/tests/digest_text.h"
#include "kernel/capsules/tests/fake_core.h"

#define JEFE_QUESTION "what do ya want for nothing?"
#define JEFE_CODE     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"

static struct hmac_driver hmac;
static uint8_t code[FAKE_PROCESSES][ABI_DIGEST_BYTES];

static int begin(void **state)
{
    (void)state;
    fake_core_reset();
    hmac_init(&hmac);
    memset(code, 0, sizeof code);
    return 0;
}

static command_return command(uint32_t process, uint32_t number)
{
    return fake_core_command(&hmac_driver_ops, &hmac, process, number, 0, 0);
}

static void lend(uint32_t process, uint32_t number, const void *bytes, size_t length)
{
    fake_core_allow(process, hmac_driver_ops.grant, ALLOW_READ_ONLY, number, (void *)bytes,
                    (uint32_t)length);
}

static void lend_key(uint32_t process, const void *bytes, size_t length)
{
    lend(process, ABI_HMAC_RO_KEY, bytes, length);
    fake_core_allow(process, hmac_driver_ops.grant, ALLOW_READ_WRITE, ABI_HMAC_RW_CODE,
                    code[process], sizeof code[process]);
    expect_success(command(process, ABI_HMAC_SET_ALGORITHM));
}

static void lend_data(uint32_t process, const char *text)
{
    lend(process, ABI_HMAC_RO_DATA, text, strlen(text));
}

static void jefe(uint32_t process)
{
    lend_key(process, "Jefe", 4);
    lend_data(process, JEFE_QUESTION);
}

static void expect_code(uint32_t process, const char *text)
{
    fake_core_run();
    expect_upcall(process, ABI_HMAC_UPCALL_DONE, 0, code[process][0], 0);
    expect_no_upcall(process);
    expect_digest(code[process], text);
}

/* RFC 4231, 4.2 to 4.8 without the one that cuts the code. */
static void test_published(void **state)
{
    (void)state;
    uint8_t bs[20], as[131], ds[50], cds[50], counted[25];
    memset(bs, 0x0B, sizeof bs);
    memset(as, 0xAA, sizeof as);
    memset(ds, 0xDD, sizeof ds);
    memset(cds, 0xCD, sizeof cds);
    for (uint32_t i = 0; i < sizeof counted; i++) {
        counted[i] = (uint8_t)(i + 1u);
    }
    static const char long_key[] = "Test Using Larger Than Block-Size Key - Hash Key First";
    static const char both_long[] =
        "This is a test using a larger than block-size key and a larger than block-size data. "
        "The key needs to be hashed before being used by the HMAC algorithm.";
    const struct {
        const void *key;
        size_t key_length;
        const void *data;
        size_t data_length;
        const char *code;
    } cases[] = {
        {bs, 20, "Hi There", 8, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {"Jefe", 4, JEFE_QUESTION, strlen(JEFE_QUESTION), JEFE_CODE},
        {as, 20, ds, 50, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
        {counted, 25, cds, 50, "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
        {as, 131, long_key, strlen(long_key),
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
        {as, 131, both_long, strlen(both_long),
         "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        lend_key(0, cases[i].key, cases[i].key_length);
        lend(0, ABI_HMAC_RO_DATA, cases[i].data, cases[i].data_length);
        expect_success(command(0, ABI_HMAC_RUN));
        expect_no_upcall(0);
        expect_code(0, cases[i].code);
        size_t half = cases[i].data_length / 2;
        lend(0, ABI_HMAC_RO_DATA, cases[i].data, half);
        expect_success(command(0, ABI_HMAC_UPDATE));
        fake_core_run();
        expect_upcall(0, ABI_HMAC_UPCALL_DONE, 0, 0, 0);
        lend(0, ABI_HMAC_RO_KEY, "forgotten", 9);
        lend(0, ABI_HMAC_RO_DATA, (const uint8_t *)cases[i].data + half,
             cases[i].data_length - half);
        expect_success(command(0, ABI_HMAC_UPDATE));
        fake_core_run();
        expect_upcall(0, ABI_HMAC_UPCALL_DONE, 0, 0, 0);
        expect_success(command(0, ABI_HMAC_FINISH));
        expect_code(0, cases[i].code);
    }
}

static void test_verify(void **state)
{
    (void)state;
    uint8_t compare[ABI_DIGEST_BYTES];
    jefe(0);
    expect_success(command(0, ABI_HMAC_RUN));
    expect_code(0, JEFE_CODE);
    memcpy(compare, code[0], sizeof compare);
    for (uint32_t bit = 0; bit < 256; bit += 15) {
        for (uint32_t wrong = 0; wrong < 2; wrong++) {
            compare[bit / 8] ^= (uint8_t)(wrong << bit % 8);
            lend(0, ABI_HMAC_RO_COMPARE, compare, sizeof compare);
            expect_success(command(0, ABI_HMAC_VERIFY));
            fake_core_run();
            expect_upcall(0, ABI_HMAC_UPCALL_VERIFIED, 0, 1 - wrong, 0);
            expect_success(command(0, ABI_HMAC_UPDATE));
            fake_core_run();
            expect_upcall(0, ABI_HMAC_UPCALL_DONE, 0, 0, 0);
            expect_success(command(0, ABI_HMAC_VERIFY_FINISH));
            fake_core_run();
            expect_upcall(0, ABI_HMAC_UPCALL_VERIFIED, 0, 1 - wrong, 0);
        }
        compare[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    lend(0, ABI_HMAC_RO_COMPARE, compare, 31);
    expect_success(command(0, ABI_HMAC_VERIFY));
    fake_core_run();
    expect_upcall(0, ABI_HMAC_UPCALL_VERIFIED, ABI_NOMEM, 0, 0);
}

static void test_refusals(void **state)
{
    (void)state;
    expect_failure(command(0, 6), K_ENOSUPPORT);
    expect_failure(fake_core_command(&hmac_driver_ops, &hmac, 0, ABI_HMAC_SET_ALGORITHM, 1, 0),
                   K_ENOSUPPORT);
    lend(0, ABI_HMAC_RO_KEY, "Jefe", 4);
    expect_failure(command(0, ABI_HMAC_RUN), K_EINVAL); /* of what algorithm */
    expect_failure(command(0, ABI_HMAC_FINISH), K_EOFF);
    expect_failure(command(0, ABI_HMAC_VERIFY_FINISH), K_EOFF);
    jefe(0);
    expect_success(command(0, ABI_HMAC_RUN));
    for (uint32_t number = ABI_HMAC_RUN; number <= ABI_HMAC_VERIFY; number++) {
        expect_failure(command(0, number), number == ABI_HMAC_FINISH ? K_EOFF : K_ENOMEM);
    }
    expect_code(0, JEFE_CODE);
    expect_failure(command(0, ABI_HMAC_FINISH), K_EOFF); /* a run leaves nothing open */
    lend_key(0, NULL, 0);
    expect_failure(command(0, ABI_HMAC_RUN), K_ERESERVE);
    fake_core_exhaust(3);
    expect_failure(command(3, ABI_HMAC_SET_ALGORITHM), K_ENOMEM);
    expect_failure(command(3, ABI_HMAC_RUN), K_ENOMEM);
}

static void test_code_buffer_of_another_length(void **state)
{
    (void)state;
    jefe(0);
    fake_core_allow(0, hmac_driver_ops.grant, ALLOW_READ_WRITE, ABI_HMAC_RW_CODE, code[0], 4);
    expect_success(command(0, ABI_HMAC_RUN));
    fake_core_run();
    expect_upcall(0, ABI_HMAC_UPCALL_DONE, 0, 0x5B, 0);
    assert_memory_equal(code[0], "\x5B\xDC\xC1\x46\0", 5);
    fake_core_allow(0, hmac_driver_ops.grant, ALLOW_READ_WRITE, ABI_HMAC_RW_CODE, NULL, 0);
    expect_success(command(0, ABI_HMAC_RUN));
    fake_core_run();
    expect_upcall(0, ABI_HMAC_UPCALL_DONE, ABI_RESERVE, 0, 0);
}

static void test_two_processes_and_one_that_goes(void **state)
{
    (void)state;
    static const uint8_t zeros[1000];
    jefe(0);
    lend_key(1, zeros, 64);
    lend(1, ABI_HMAC_RO_DATA, zeros, sizeof zeros);
    jefe(2);
    expect_success(command(1, ABI_HMAC_RUN));
    expect_success(command(0, ABI_HMAC_RUN));
    expect_success(command(2, ABI_HMAC_RUN));
    (void)fake_core_run_one();
    (void)fake_core_run_one();
    expect_no_upcall(1);
    expect_code(2, JEFE_CODE); /* runs what is left */
    expect_code(0, JEFE_CODE);
    expect_upcall(1, ABI_HMAC_UPCALL_DONE, 0, code[1][0], 0);
    expect_success(command(1, ABI_HMAC_RUN));
    expect_success(command(0, ABI_HMAC_UPDATE));
    (void)fake_core_run_one();
    fake_core_restart(1);
    fake_core_run();
    expect_no_upcall(1);
    expect_upcall(0, ABI_HMAC_UPCALL_DONE, 0, 0, 0);
    fake_core_restart(0); /* its updates are its own life's */
    jefe(0);
    expect_failure(command(0, ABI_HMAC_FINISH), K_EOFF);
    expect_success(command(0, ABI_HMAC_RUN));
    expect_code(0, JEFE_CODE);
}

static void test_buffers_taken_back(void **state)
{
    (void)state;
    static const uint8_t zeros[1000];
    for (uint32_t number = ABI_HMAC_RO_KEY; number <= ABI_HMAC_RO_DATA; number++) {
        for (uint32_t steps = 0; steps < 3; steps++) {
            lend_key(0, zeros, number == ABI_HMAC_RO_KEY && steps > 0 ? sizeof zeros : 64);
            lend(0, ABI_HMAC_RO_DATA, zeros, sizeof zeros);
            expect_success(command(0, ABI_HMAC_RUN));
            for (uint32_t i = 0; i < steps; i++) {
                (void)fake_core_run_one();
            }
            lend(0, number, NULL, 0);
            fake_core_run();
            expect_upcall(0, ABI_HMAC_UPCALL_DONE, ABI_RESERVE, 0, 0);
            assert_int_equal(code[0][0], 0);
            expect_failure(command(0, ABI_HMAC_FINISH), K_EOFF);
        }
    }
}

#define TEST(function) cmocka_unit_test_setup(function, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_published),
        TEST(test_verify),
        TEST(test_refusals),
        TEST(test_code_buffer_of_another_length),
        TEST(test_two_processes_and_one_that_goes),
        TEST(test_buffers_taken_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
