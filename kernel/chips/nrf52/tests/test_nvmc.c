/* The windows over the chip's flash, on memory where registers and flash would be. READY reads 1
 * there, a store replaces a word, and an erase is a number in a register. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "kernel/chips/nrf52/nvmc.h"

#define NVMC        0x4001E000u
#define FLASH       0x30000000u /* flash begins at 0, which cannot be mapped here */
#define FLASH_BYTES 0x8000u
#define START       (FLASH + 0x2000u)
#define SIZE        0x3000u
#define NEVER       0xEEEEEEEEu

static const struct capsule mortal = {7, "mortal"};
static bool is_dead;
static struct deferred_call *now, *later;
static uint32_t told;
static struct nrf52_nvmc_window window;
static uint8_t bytes[HIL_FLASH_PAGE_BYTES] __attribute__((aligned(4)));
static struct dma_buffer buffer;

bool guard_is_dead(const struct capsule *owner)
{
    return owner != NULL && owner == &mortal && is_dead;
}

void deferred_call_request(struct deferred_call *deferred)
{
    assert_true(now == NULL && later == NULL);
    now = deferred;
}

void deferred_call_request_later(struct deferred_call *deferred)
{
    assert_true(now == NULL && later == NULL);
    later = deferred;
}

static volatile uint32_t *at(uint32_t address)
{
    return (volatile uint32_t *)(uintptr_t)address;
}

static void map(uint32_t address, uint32_t size)
{
    void *wanted = (void *)(uintptr_t)address;
    if (mmap(wanted, size, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != wanted) {
        abort();
    }
}

static void tell(void *self, int status)
{
    assert_ptr_equal(self, &window);
    assert_int_equal(status, K_OK);
    assert_false(dma_buffer_is_lent(&buffer)); /* it is the client's again */
    told++;
}
static const struct hil_flash_client client = {tell, &window, &mortal};

static int begin(void **state)
{
    static bool mapped;
    (void)state;
    if (!mapped) {
        map(NVMC, 0x1000);
        map(FLASH, FLASH_BYTES);
        mapped = true;
    }
    memset((void *)(uintptr_t)FLASH, 0xFF, FLASH_BYTES);
    *at(NVMC + 0x400) = 1; /* READY */
    *at(NVMC + 0x504) = 0; /* CONFIG */
    *at(NVMC + 0x508) = NEVER;
    *at(NVMC + 0x518) = NEVER;
    *at(NVMC + 0x51C) = 0;
    for (uint32_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i + 1u);
    }
    buffer = (struct dma_buffer)DMA_BUFFER_OF(bytes);
    is_dead = false;
    told = 0;
    now = NULL;
    later = NULL;
    nrf52_nvmc_window_init(&window, START, SIZE);
    nrf52_nvmc_ops.set_client(&window, &client);
    return 0;
}

/* The next deferred call; false: there is none. */
static bool go_on(bool *was_later)
{
    struct deferred_call *next = now != NULL ? now : later;
    *was_later = now == NULL;
    now = NULL;
    later = NULL;
    if (next != NULL) {
        next->call(next->self);
        assert_int_equal(*at(NVMC + 0x504), 0); /* read access only, between pieces */
    }
    return next != NULL;
}

static uint32_t run(void)
{
    uint32_t pieces = 0;
    bool was_later;
    while (go_on(&was_later)) {
        pieces++;
    }
    return pieces;
}

static void outside_is_as_it_was(void)
{
    for (uint32_t i = 0; i < FLASH_BYTES; i += 4) {
        if (FLASH + i < START || FLASH + i >= START + SIZE) {
            assert_int_equal(*at(FLASH + i), 0xFFFFFFFF);
        }
    }
}

static void a_program_goes_word_by_word_in_pieces(void **state)
{
    (void)state;
    memset(bytes + 8, 0xFF, 4);
    assert_int_equal(nrf52_nvmc_ops.program(&window, 0x1000, &buffer, 256), K_OK);
    assert_int_equal(told, 0);
    *at(START + 0x1008) = 0x55; /* would be lost if ones were written */
    assert_int_equal(run(), 256 / 4 / NRF52_NVMC_PIECE_WORDS);
    assert_int_equal(told, 1);
    assert_int_equal(*at(START + 0x1000), 0x04030201);
    assert_int_equal(*at(START + 0x1008), 0x55);
    assert_int_equal(*at(START + 0x10FC), 0x00FFFEFD);
    assert_int_equal(*at(START + 0x0FFC), 0xFFFFFFFF);
    assert_int_equal(*at(START + 0x1100), 0xFFFFFFFF);
    outside_is_as_it_was();
}

static void a_read_is_a_copy(void **state)
{
    (void)state;
    *at(START + SIZE - 8) = 0x11223344;
    *at(START + SIZE - 4) = 0x55667788;
    assert_int_equal(nrf52_nvmc_ops.read(&window, SIZE - 8, &buffer, 8), K_OK);
    assert_int_equal(told, 0);
    assert_int_equal(run(), 1);
    assert_int_equal(told, 1);
    const uint8_t expected[] = {0x44, 0x33, 0x22, 0x11, 0x88, 0x77, 0x66, 0x55, 9};
    assert_memory_equal(bytes, expected, sizeof expected);
}

static void an_erase(void **state)
{
    (void)state;
    assert_int_equal(nrf52_nvmc_ops.erase(&window, 0x2000), K_OK);
    assert_int_equal(*at(NVMC + 0x508), NEVER); /* the caller goes on first */
    uint32_t pieces = run();
    assert_int_equal(told, 1);
    if (NRF52_PARTIAL_ERASE) {
        assert_int_equal(*at(NVMC + 0x508), NEVER);
        assert_int_equal(*at(NVMC + 0x518), START + 0x2000);
        assert_int_equal(*at(NVMC + 0x51C), NRF52_NVMC_PIECE_MS);
        assert_true(pieces * NRF52_NVMC_PIECE_MS >= 85);
    } else {
        assert_int_equal(*at(NVMC + 0x508), START + 0x2000);
        assert_int_equal(*at(NVMC + 0x518), NEVER);
        assert_int_equal(pieces, 1);
    }
}

static void processes_run_between_the_pieces_of_an_erase(void **state)
{
    (void)state;
    bool was_later = true;
    uint32_t calls = 0, laters = 0;
    assert_int_equal(nrf52_nvmc_ops.erase(&window, 0), K_OK);
    while (go_on(&was_later)) {
        calls++;
        laters += was_later;
    }
    assert_int_equal(laters, calls - 1);
}

static void what_is_outside_is_refused(void **state)
{
    (void)state;
    const struct hil_flash_ops *ops = &nrf52_nvmc_ops;
    const uint32_t addresses[] = {SIZE, SIZE + 4,   0xFFFFFFFC, 0u - START,
                                  2,    SIZE - 254, 0x80,       0x0u - 256u};
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        assert_int_equal(ops->program(&window, addresses[i], &buffer, 256), K_EINVAL);
        assert_int_equal(ops->read(&window, addresses[i], &buffer, 256), K_EINVAL);
        assert_int_equal(ops->erase(&window, addresses[i]), K_EINVAL);
    }
    assert_int_equal(ops->program(&window, 0, &buffer, 260), K_EINVAL);
    assert_int_equal(ops->program(&window, 0, &buffer, 3), K_EINVAL);
    assert_int_equal(ops->program(&window, 0, &buffer, 0), K_ESIZE);
    assert_int_equal(ops->program(&window, 0, NULL, 4), K_ESIZE);
    assert_int_equal(run(), 0);
    assert_int_equal(*at(NVMC + 0x508), NEVER);
    assert_int_equal(*at(NVMC + 0x518), NEVER);
    outside_is_as_it_was();
}

static void one_at_a_time(void **state)
{
    (void)state;
    uint8_t other_bytes[4];
    struct dma_buffer other = DMA_BUFFER_OF(other_bytes);
    assert_int_equal(nrf52_nvmc_ops.erase(&window, 0), K_OK);
    assert_int_equal(nrf52_nvmc_ops.erase(&window, 0), K_EBUSY);
    assert_int_equal(nrf52_nvmc_ops.read(&window, 0, &other, 4), K_EBUSY);
    assert_int_equal(nrf52_nvmc_ops.program(&window, 0, &other, 4), K_EBUSY);
    assert_false(dma_buffer_is_lent(&other));
    (void)run();
    assert_int_equal(told, 1);
    /* A buffer that another device has. */
    struct slice part;
    assert_int_equal(dma_buffer_claim(&buffer, 0, 4, &part), K_OK);
    assert_int_equal(nrf52_nvmc_ops.read(&window, 0, &buffer, 4), K_EBUSY);
    dma_buffer_release(&buffer);
    assert_int_equal(nrf52_nvmc_ops.read(&window, 0, &buffer, 4), K_OK);
    (void)run();
    assert_int_equal(told, 2);
}

static void for_the_dead_no_more_is_done(void **state)
{
    (void)state;
    bool was_later;
    assert_int_equal(nrf52_nvmc_ops.program(&window, 0, &buffer, 256), K_OK);
    (void)go_on(&was_later);
    assert_int_equal(*at(START + 4), 0x08070605);
    is_dead = true;
    assert_int_equal(run(), 1);
    assert_int_equal(*at(START + 4 * NRF52_NVMC_PIECE_WORDS), 0xFFFFFFFF);
    assert_false(dma_buffer_is_lent(&buffer));
    assert_int_equal(nrf52_nvmc_ops.erase(&window, 0), K_OK);
    assert_int_equal(run(), 1);
    assert_int_equal(*at(NVMC + 0x508), NEVER);
    assert_int_equal(*at(NVMC + 0x518), NEVER);
    assert_int_equal(told, 0);
}

static void bounds_that_are_no_pages_are_no_window(void **state)
{
    (void)state;
    nrf52_nvmc_window_init(&window, START + 256, SIZE);
    assert_int_equal(nrf52_nvmc_ops.erase(&window, 0), K_EINVAL);
    nrf52_nvmc_window_init(&window, START, SIZE + 256);
    assert_int_equal(nrf52_nvmc_ops.program(&window, 0, &buffer, 4), K_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_program_goes_word_by_word_in_pieces, begin),
        cmocka_unit_test_setup(a_read_is_a_copy, begin),
        cmocka_unit_test_setup(an_erase, begin),
        cmocka_unit_test_setup(processes_run_between_the_pieces_of_an_erase, begin),
        cmocka_unit_test_setup(what_is_outside_is_refused, begin),
        cmocka_unit_test_setup(one_at_a_time, begin),
        cmocka_unit_test_setup(for_the_dead_no_more_is_done, begin),
        cmocka_unit_test_setup(bounds_that_are_no_pages_are_no_window, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
