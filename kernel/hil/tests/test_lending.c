/* The handles that a capsule may offer and that take a buffer: UART, AES, flash. */
struct capsule;
static const struct capsule *running; /* NULL: trusted code */
#define GUARD_CALLER running

#include "kernel/hil/aes.h"
#include "kernel/hil/flash.h"
#include "kernel/hil/uart.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct capsule user, provider;
static bool died;

bool guard_is_dead(const struct capsule *owner)
{
    return died && owner == &provider;
}

static uint8_t bytes[HIL_AES_REQUEST_BYTES];
static struct dma_buffer buffer;

/* What the provider was asked for, and what it answers. */
static const char *asked;
static int answer;

static int transmit(void *self, struct dma_buffer *given, uint32_t offset, uint32_t length)
{
    assert_ptr_equal(self, &answer);
    assert_ptr_equal(given, &buffer);
    assert_int_equal(offset, 1);
    assert_int_equal(length, 2);
    asked = "transmit";
    return answer;
}

static int receive(void *self, struct dma_buffer *given, uint32_t offset, uint32_t length)
{
    (void)transmit(self, given, offset, length);
    asked = "receive";
    return answer;
}

static int encrypt(void *self, struct dma_buffer *request)
{
    assert_ptr_equal(self, &answer);
    assert_ptr_equal(request, &buffer);
    asked = "encrypt";
    return answer;
}

static int program(void *self, uint32_t address, struct dma_buffer *given, uint32_t length)
{
    assert_ptr_equal(self, &answer);
    assert_int_equal(address, 4096);
    assert_ptr_equal(given, &buffer);
    assert_int_equal(length, 8);
    asked = "program";
    return answer;
}

static int read(void *self, uint32_t address, struct dma_buffer *given, uint32_t length)
{
    (void)program(self, address, given, length);
    asked = "read";
    return answer;
}

static const struct hil_uart_ops uart_ops = {.transmit = transmit, .receive = receive};
static const struct hil_aes_ops aes_ops = {.encrypt = encrypt};
static const struct hil_flash_ops flash_ops = {.read = read, .program = program};
static struct hil_uart uart;
static struct hil_aes aes;
static struct hil_flash flash;

static int do_transmit(void)
{
    return hil_uart_transmit(&uart, &buffer, 1, 2);
}

static int do_receive(void)
{
    return hil_uart_receive(&uart, &buffer, 1, 2);
}

static int do_encrypt(void)
{
    return hil_aes_encrypt(&aes, &buffer);
}

static int do_read(void)
{
    return hil_flash_read(&flash, 4096, &buffer, 8);
}

static int do_program(void)
{
    return hil_flash_program(&flash, 4096, &buffer, 8);
}

static const struct {
    int (*run)(void);
    const char *name;
} calls[] = {
    {do_transmit, "transmit"}, {do_receive, "receive"}, {do_encrypt, "encrypt"},
    {do_read, "read"},         {do_program, "program"},
};
#define CALLS (sizeof calls / sizeof calls[0])

static void offered_by(const struct capsule *owner)
{
    uart = (struct hil_uart){&uart_ops, &answer, owner};
    aes = (struct hil_aes){&aes_ops, &answer, owner};
    flash = (struct hil_flash){&flash_ops, &answer, owner, 65536};
}

static int set_up(void **state)
{
    (void)state;
    running = &user;
    buffer = (struct dma_buffer)DMA_BUFFER_OF(bytes);
    died = false;
    answer = K_OK;
    asked = "nothing";
    return 0;
}

static void test_a_capsule_holds_what_it_is_given(void **state)
{
    (void)state;
    offered_by(&provider);
    for (size_t i = 0; i < CALLS; i++) {
        answer = K_OK;
        assert_int_equal(calls[i].run(), K_OK);
        assert_string_equal(asked, calls[i].name);
        assert_ptr_equal(buffer.holder, &provider);
        asked = "nothing";
        assert_int_equal(calls[i].run(), K_EBUSY);
        assert_string_equal(asked, "nothing");
        dma_buffer_hand_back(&buffer, &provider);

        answer = K_EFAIL;
        assert_int_equal(calls[i].run(), K_EFAIL);
        assert_false(dma_buffer_is_lent(&buffer));
    }
}

static void test_a_chips_driver_claims_it_by_itself(void **state)
{
    (void)state;
    offered_by(NULL);
    for (size_t i = 0; i < CALLS; i++) {
        running = &user;
        assert_int_equal(calls[i].run(), K_OK);
        assert_string_equal(asked, calls[i].name);
        assert_false(dma_buffer_is_lent(&buffer));
        asked = "nothing";
        running = &provider; /* not his to give */
        assert_int_equal(calls[i].run(), K_EBUSY);
        assert_string_equal(asked, "nothing");
    }
}

static void test_the_dead_and_nobody_offer_nothing(void **state)
{
    (void)state;
    offered_by(&provider);
    died = true;
    for (size_t i = 0; i < CALLS; i++) {
        assert_int_equal(calls[i].run(), K_ENODEVICE);
        assert_false(dma_buffer_is_lent(&buffer));
    }
    uart = (struct hil_uart){0};
    aes = (struct hil_aes){0};
    flash = (struct hil_flash){0};
    for (size_t i = 0; i < CALLS; i++) {
        assert_int_equal(calls[i].run(), K_ENODEVICE);
        assert_false(dma_buffer_is_lent(&buffer));
    }
    assert_string_equal(asked, "nothing");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_a_capsule_holds_what_it_is_given, set_up),
        cmocka_unit_test_setup(test_a_chips_driver_claims_it_by_itself, set_up),
        cmocka_unit_test_setup(test_the_dead_and_nobody_offer_nothing, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
