/* Who runs; NULL: trusted code. */
struct capsule;
static const struct capsule *running;
#define GUARD_CALLER running

#include "kernel/hil/dma_buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct capsule mux, lower, stranger;

/* An owner's instance, with something behind its buffer that must not change. */
static struct {
    struct dma_buffer buffer;
    uint8_t bytes[8];
    uint8_t behind[8];
} owner;

static int set_up(void **state)
{
    (void)state;
    running = NULL;
    memset(&owner, 0xEE, sizeof owner);
    owner.buffer = (struct dma_buffer)DMA_BUFFER_OF(owner.bytes);
    memcpy(owner.bytes, "abcdefgh", sizeof owner.bytes);
    return 0;
}

static void expect_bytes(const char *expected)
{
    assert_memory_equal(owner.bytes, expected, sizeof owner.bytes);
    for (size_t i = 0; i < sizeof owner.behind; i++) {
        assert_int_equal(owner.behind[i], 0xEE);
    }
}

static void test_the_owner_reads_and_writes(void **state)
{
    (void)state;
    uint8_t copy[16] = {0};
    assert_int_equal(owner.buffer.length, 8);
    assert_false(dma_buffer_is_lent(&owner.buffer));
    assert_int_equal(dma_buffer_get(&owner.buffer, 7), 'h');
    assert_int_equal(dma_buffer_get(&owner.buffer, 8), 0);
    assert_int_equal(dma_buffer_get(&owner.buffer, UINT32_MAX), 0);
    assert_true(dma_buffer_put(&owner.buffer, 0, 'A'));
    assert_false(dma_buffer_put(&owner.buffer, 8, 'X'));
    assert_int_equal(dma_buffer_copy_in(&owner.buffer, 5, SLICE_OF_TEXT("12345")), 3);
    assert_int_equal(dma_buffer_copy_in(&owner.buffer, 8, SLICE_OF_TEXT("1")), 0);
    expect_bytes("Abcde123");
    assert_int_equal(dma_buffer_copy_out(&owner.buffer, 6, SLICE_OF(copy)), 2);
    assert_memory_equal(copy, "23", 3);
    assert_true(dma_buffer_put_u32(&owner.buffer, 4, 0x34333231));
    assert_false(dma_buffer_put_u32(&owner.buffer, 5, 0));
    expect_bytes("Abcd1234");
    assert_int_equal(dma_buffer_get_u32(&owner.buffer, 4), 0x34333231);
    assert_int_equal(dma_buffer_get_u32(&owner.buffer, 5), 0);
    dma_buffer_fill(&owner.buffer, 'f');
    expect_bytes("ffffffff");
    dma_buffer_clear(&owner.buffer);
    expect_bytes("\0\0\0\0\0\0\0");
}

static void test_parts_are_cut(void **state)
{
    (void)state;
    static const struct {
        uint32_t offset, length, seen;
    } cases[] = {
        {0, 8, 8}, {0, 9, 8}, {3, 4, 4}, {7, UINT32_MAX, 1}, {8, 1, 0}, {UINT32_MAX, 2, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice part = dma_buffer_part(&owner.buffer, cases[i].offset, cases[i].length, NULL);
        assert_int_equal(part.length, cases[i].seen);
    }
    assert_ptr_equal(dma_buffer_part(&owner.buffer, 3, 4, NULL).bytes, owner.bytes + 3);
}

static void expect_owner_locked_out(void)
{
    uint8_t copy[8] = {0};
    assert_true(dma_buffer_is_lent(&owner.buffer));
    assert_int_equal(dma_buffer_get(&owner.buffer, 0), 0);
    assert_false(dma_buffer_put(&owner.buffer, 0, 'X'));
    assert_int_equal(dma_buffer_get_u32(&owner.buffer, 0), 0);
    assert_false(dma_buffer_put_u32(&owner.buffer, 0, 0));
    assert_int_equal(dma_buffer_copy_in(&owner.buffer, 0, SLICE_OF_TEXT("X")), 0);
    assert_int_equal(dma_buffer_copy_out(&owner.buffer, 0, SLICE_OF(copy)), 0);
    assert_int_equal(dma_buffer_part(&owner.buffer, 0, 8, NULL).length, 0);
    dma_buffer_clear(&owner.buffer);
}

static void test_a_device_has_it_alone(void **state)
{
    (void)state;
    struct slice part;
    struct slice other = {NULL, 99};
    assert_int_equal(dma_buffer_claim(&owner.buffer, 2, 3, &part), K_OK);
    assert_ptr_equal(part.bytes, owner.bytes + 2);
    assert_int_equal(part.length, 3);
    expect_owner_locked_out();
    /* Not even another part of it. */
    assert_int_equal(dma_buffer_claim(&owner.buffer, 6, 1, &other), K_EBUSY);
    assert_int_equal(dma_buffer_lend(&owner.buffer, 6, 1, &mux, running), K_EBUSY);
    assert_int_equal(other.length, 99);
    expect_bytes("abcdefgh");
    dma_buffer_release(&owner.buffer);
    assert_false(dma_buffer_is_lent(&owner.buffer));
    assert_int_equal(dma_buffer_get(&owner.buffer, 0), 'a');
}

static void test_who_knows_where_it_lies_has_nothing_of_it(void **state)
{
    (void)state;
    uint8_t copy[8] = {0};
    owner.buffer.owner = &mux;
    running = &stranger;
    assert_int_equal(dma_buffer_get(&owner.buffer, 0), 0);
    assert_false(dma_buffer_put(&owner.buffer, 0, 'X'));
    assert_int_equal(dma_buffer_get_u32(&owner.buffer, 0), 0);
    assert_false(dma_buffer_put_u32(&owner.buffer, 0, 0));
    assert_int_equal(dma_buffer_copy_in(&owner.buffer, 0, SLICE_OF_TEXT("X")), 0);
    assert_int_equal(dma_buffer_copy_out(&owner.buffer, 0, SLICE_OF(copy)), 0);
    dma_buffer_clear(&owner.buffer);
    assert_int_equal(dma_buffer_offer(&owner.buffer, running), K_EBUSY);
    assert_int_equal(dma_buffer_lend(&owner.buffer, 0, 8, &mux, running), K_EBUSY);
    assert_false(dma_buffer_is_lent(&owner.buffer));
    expect_bytes("abcdefgh");

    running = &mux;
    assert_int_equal(dma_buffer_offer(&owner.buffer, running), K_OK);
    assert_int_equal(dma_buffer_offer(NULL, running), K_OK); /* the op refuses it */
    assert_int_equal(dma_buffer_lend(&owner.buffer, 0, 8, &stranger, running), K_OK);
    assert_int_equal(dma_buffer_offer(&owner.buffer, running), K_EBUSY);
    running = &stranger;
    assert_int_equal(dma_buffer_offer(&owner.buffer, running), K_OK);
    dma_buffer_hand_back(&owner.buffer, &stranger);
    assert_int_equal(dma_buffer_offer(&owner.buffer, running), K_EBUSY);
}

static void test_only_what_is_there_can_be_had(void **state)
{
    (void)state;
    static const uint32_t wrong[][2] = {
        {0, 0}, {0, 9}, {8, 0}, {8, 1}, {1, 8}, {4, UINT32_MAX}, {UINT32_MAX, 1}, {UINT32_MAX, 2},
    };
    struct slice part;
    assert_int_equal(dma_buffer_claim(NULL, 0, 1, &part), K_ESIZE);
    assert_int_equal(dma_buffer_lend(NULL, 0, 1, &mux, running), K_ESIZE);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(dma_buffer_claim(&owner.buffer, wrong[i][0], wrong[i][1], &part), K_ESIZE);
        assert_int_equal(dma_buffer_lend(&owner.buffer, wrong[i][0], wrong[i][1], &mux, running),
                         K_ESIZE);
        assert_false(dma_buffer_is_lent(&owner.buffer));
    }
    assert_int_equal(dma_buffer_claim(&owner.buffer, 0, 8, &part), K_OK);
}

static void test_a_holder_uses_it_and_passes_it_on(void **state)
{
    (void)state;
    struct slice part;
    assert_int_equal(dma_buffer_lend(&owner.buffer, 0, 8, &mux, running), K_OK);
    expect_owner_locked_out();
    assert_int_equal(dma_buffer_lend(&owner.buffer, 0, 8, &stranger, running), K_EBUSY);
    assert_int_equal(dma_buffer_held_get(&owner.buffer, &mux, 7), 'h');
    assert_int_equal(dma_buffer_held_get(&owner.buffer, &mux, 8), 0);
    assert_true(dma_buffer_held_put(&owner.buffer, &mux, 1, 'B'));
    assert_int_equal(dma_buffer_held_get(&owner.buffer, &stranger, 7), 0);
    assert_false(dma_buffer_held_put(&owner.buffer, &stranger, 1, 'X'));

    assert_int_equal(dma_buffer_claim(&owner.buffer, 0, 8, &part), K_OK);
    assert_int_equal(dma_buffer_held_get(&owner.buffer, &mux, 7), 0);
    assert_false(dma_buffer_held_put(&owner.buffer, &mux, 1, 'X'));
    /* Handed back too early, it is still the device's. */
    dma_buffer_hand_back(&owner.buffer, &stranger);
    assert_int_equal(dma_buffer_lend(&owner.buffer, 0, 8, &stranger, running), K_EBUSY);
    dma_buffer_hand_back(&owner.buffer, &mux);
    expect_owner_locked_out();
    dma_buffer_release(&owner.buffer);
    assert_false(dma_buffer_is_lent(&owner.buffer));
    expect_bytes("aBcdefgh");
}

/* A capsule that offers a part of what another one offers. */
static void test_a_holder_passes_it_on_to_another(void **state)
{
    (void)state;
    struct slice part;
    owner.buffer.owner = &stranger;
    running = &stranger;
    assert_int_equal(dma_buffer_lend(&owner.buffer, 0, 8, &mux, running), K_OK);
    assert_int_equal(dma_buffer_lend(&owner.buffer, 0, 8, &stranger, running),
                     K_EBUSY); /* it is lent */
    running = &mux;
    assert_int_equal(dma_buffer_lend(&owner.buffer, 0, 8, &lower, running), K_OK);
    assert_int_equal(dma_buffer_held_get(&owner.buffer, &mux, 0), 0);
    assert_int_equal(dma_buffer_held_get(&owner.buffer, &lower, 0), 'a');
    assert_int_equal(dma_buffer_lend(&owner.buffer, 0, 8, &lower, running),
                     K_EBUSY); /* no longer his */
    dma_buffer_hand_back(&owner.buffer, &mux);
    running = &stranger;
    expect_owner_locked_out();
    running = &lower;
    assert_int_equal(dma_buffer_claim(&owner.buffer, 0, 8, &part), K_OK);
    assert_int_equal(dma_buffer_lend(&owner.buffer, 0, 8, &mux, running),
                     K_EBUSY); /* a device has it */
    dma_buffer_release(&owner.buffer);
    dma_buffer_hand_back(&owner.buffer, &lower);
    assert_false(dma_buffer_is_lent(&owner.buffer));
}

static void test_the_device_is_done_and_the_holder_is_not(void **state)
{
    (void)state;
    struct slice part;
    assert_int_equal(dma_buffer_lend(&owner.buffer, 0, 8, &mux, running), K_OK);
    assert_int_equal(dma_buffer_claim(&owner.buffer, 0, 8, &part), K_OK);
    dma_buffer_release(&owner.buffer);
    expect_owner_locked_out();
    assert_int_equal(dma_buffer_held_get(&owner.buffer, &mux, 0), 'a');
    dma_buffer_hand_back(&owner.buffer, &stranger);
    expect_owner_locked_out();
    dma_buffer_hand_back(&owner.buffer, &mux);
    assert_false(dma_buffer_is_lent(&owner.buffer));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_the_owner_reads_and_writes, set_up),
        cmocka_unit_test_setup(test_parts_are_cut, set_up),
        cmocka_unit_test_setup(test_a_device_has_it_alone, set_up),
        cmocka_unit_test_setup(test_who_knows_where_it_lies_has_nothing_of_it, set_up),
        cmocka_unit_test_setup(test_only_what_is_there_can_be_had, set_up),
        cmocka_unit_test_setup(test_a_holder_uses_it_and_passes_it_on, set_up),
        cmocka_unit_test_setup(test_a_holder_passes_it_on_to_another, set_up),
        cmocka_unit_test_setup(test_the_device_is_done_and_the_holder_is_not, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
