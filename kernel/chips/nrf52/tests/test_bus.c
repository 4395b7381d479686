#include "kernel/chips/nrf52/bus.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static uint8_t out_bytes[8], in_bytes[8];
static struct dma_buffer out, in;
static struct nrf52_bus bus;
static struct nrf52_bus_transfer first, second, third;
static const int first_device, second_device, third_device;

static const struct capsule mortal = {7, "mortal"};
static bool died;

bool guard_is_dead(const struct capsule *owner)
{
    return died && owner == &mortal;
}

static int begin(void **state)
{
    (void)state;
    out = (struct dma_buffer)DMA_BUFFER_OF(out_bytes);
    in = (struct dma_buffer)DMA_BUFFER_OF(in_bytes);
    bus = (struct nrf52_bus){0};
    first = second = third = (struct nrf52_bus_transfer){0};
    died = false;
    return 0;
}

static void test_buffers_are_claimed_until_the_end(void **state)
{
    (void)state;
    assert_int_equal(nrf52_bus_prepare(&first, &out, 3, &in, 8), K_OK);
    assert_ptr_equal(first.write.bytes, out_bytes);
    assert_int_equal(first.write.length, 3);
    assert_ptr_equal(first.read.bytes, in_bytes);
    assert_int_equal(first.read.length, 8);
    assert_true(dma_buffer_is_lent(&out) && dma_buffer_is_lent(&in));
    assert_true(nrf52_bus_add(&bus, &first, &first_device, NULL));
    assert_true(first.pending);
    nrf52_bus_remove_first(&bus);
    assert_false(first.pending);
    assert_null(bus.first);
    assert_false(dma_buffer_is_lent(&out) || dma_buffer_is_lent(&in));
}

static void test_one_buffer_for_both(void **state)
{
    (void)state;
    assert_int_equal(nrf52_bus_prepare(&first, &in, 2, &in, 5), K_OK);
    assert_int_equal(first.write.length, 2);
    assert_int_equal(first.read.length, 5);
    assert_ptr_equal(first.write.bytes, first.read.bytes);
    assert_true(dma_buffer_is_lent(&in));
    assert_true(nrf52_bus_add(&bus, &first, &first_device, NULL));
    nrf52_bus_remove_first(&bus);
    assert_false(dma_buffer_is_lent(&in));
}

static void test_one_way(void **state)
{
    (void)state;
    assert_int_equal(nrf52_bus_prepare(&first, &out, 1, NULL, 0), K_OK);
    assert_int_equal(first.read.length, 0);
    assert_int_equal(nrf52_bus_prepare(&second, NULL, 0, &in, 1), K_OK);
    assert_int_equal(second.write.length, 0);
    assert_true(nrf52_bus_add(&bus, &first, &first_device, NULL));
    assert_false(nrf52_bus_add(&bus, &second, &second_device, NULL));
    nrf52_bus_remove_first(&bus);
    assert_false(dma_buffer_is_lent(&out));
    assert_true(dma_buffer_is_lent(&in));
    nrf52_bus_remove_first(&bus);
    assert_false(dma_buffer_is_lent(&in));
}

/* What is refused claims nothing. */
static void test_refusals(void **state)
{
    (void)state;
    assert_int_equal(nrf52_bus_prepare(&first, &out, 0, &in, 0), K_ESIZE);
    assert_int_equal(nrf52_bus_prepare(&first, NULL, 1, &in, 1), K_ESIZE);
    assert_int_equal(nrf52_bus_prepare(&first, &out, 1, NULL, 1), K_ESIZE);
    assert_int_equal(nrf52_bus_prepare(&first, &out, 9, &in, 8), K_ESIZE);
    assert_int_equal(nrf52_bus_prepare(&first, &out, 8, &in, UINT32_MAX), K_ESIZE);
    assert_int_equal(nrf52_bus_prepare(&first, &in, 9, &in, 1), K_ESIZE);
    assert_false(dma_buffer_is_lent(&out) || dma_buffer_is_lent(&in));

    assert_int_equal(nrf52_bus_prepare(&first, &out, 1, NULL, 0), K_OK);
    assert_true(nrf52_bus_add(&bus, &first, &first_device, NULL));
    assert_int_equal(nrf52_bus_prepare(&second, &out, 1, &in, 1), K_EBUSY);
    assert_false(dma_buffer_is_lent(&in));
    assert_int_equal(nrf52_bus_prepare(&second, &in, 1, &out, 1), K_EBUSY);
    assert_false(dma_buffer_is_lent(&in));
    assert_int_equal(nrf52_bus_prepare(&first, NULL, 0, &in, 1), K_EBUSY);
    assert_ptr_equal(first.write_buffer, &out);
}

static void test_turns(void **state)
{
    (void)state;
    struct nrf52_bus_transfer *all[] = {&first, &second, &third};
    const int *devices[] = {&first_device, &second_device, &third_device};
    uint8_t bytes[3][1];
    struct dma_buffer buffers[3] = {DMA_BUFFER_OF(bytes[0]), DMA_BUFFER_OF(bytes[1]),
                                    DMA_BUFFER_OF(bytes[2])};
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(nrf52_bus_prepare(all[i], &buffers[i], 1, NULL, 0), K_OK);
        assert_int_equal(nrf52_bus_add(&bus, all[i], devices[i], NULL), i == 0);
    }
    /* One that has just been served comes again: behind the others. */
    assert_ptr_equal(bus.first->device, &first_device);
    nrf52_bus_remove_first(&bus);
    assert_int_equal(nrf52_bus_prepare(&first, &buffers[0], 1, NULL, 0), K_OK);
    assert_false(nrf52_bus_add(&bus, &first, &first_device, NULL));
    for (uint32_t i = 1; i <= 3; i++) {
        assert_ptr_equal(bus.first->device, devices[i % 3]);
        nrf52_bus_remove_first(&bus);
    }
    assert_null(bus.first);
}

/* Of four, those that wait for the dead go; the first, which is under way, is for its driver. */
static void check_drop(uint32_t of_the_dead, uint32_t left)
{
    struct nrf52_bus_transfer transfers[4] = {{0}};
    uint8_t bytes[4][1];
    struct dma_buffer buffers[4] = {DMA_BUFFER_OF(bytes[0]), DMA_BUFFER_OF(bytes[1]),
                                    DMA_BUFFER_OF(bytes[2]), DMA_BUFFER_OF(bytes[3])};
    bus = (struct nrf52_bus){0};
    died = false;
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(nrf52_bus_prepare(&transfers[i], &buffers[i], 1, NULL, 0), K_OK);
        bool is_dead = (of_the_dead >> i & 1u) != 0;
        nrf52_bus_add(&bus, &transfers[i], NULL, is_dead ? &mortal : NULL);
    }
    assert_false(nrf52_bus_drop_dead(&bus));
    died = true;
    assert_int_equal(nrf52_bus_drop_dead(&bus), of_the_dead & 1u);
    const struct nrf52_bus_transfer *last = NULL, *each = bus.first;
    for (uint32_t i = 0; i < 4; i++) {
        bool stays = (left >> i & 1u) != 0;
        assert_int_equal(transfers[i].pending, stays);
        assert_int_equal(dma_buffer_is_lent(&buffers[i]), stays);
        if (stays) {
            assert_ptr_equal(each, &transfers[i]);
            last = each;
            each = each->next;
        }
    }
    assert_null(each);
    assert_ptr_equal(bus.last, last);
}

static void test_the_dead_wait_no_more(void **state)
{
    (void)state;
    assert_false(nrf52_bus_drop_dead(&bus));
    for (uint32_t of_the_dead = 0; of_the_dead < 16; of_the_dead++) {
        check_drop(of_the_dead, (~of_the_dead & 0xFu) | 1u);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_buffers_are_claimed_until_the_end, begin),
        cmocka_unit_test_setup(test_one_buffer_for_both, begin),
        cmocka_unit_test_setup(test_one_way, begin),
        cmocka_unit_test_setup(test_refusals, begin),
        cmocka_unit_test_setup(test_turns, begin),
        cmocka_unit_test_setup(test_the_dead_wait_no_more, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
