/* Headers with a good checksum that lie about everything else: sizes, offsets, addresses, names.
 * What becomes a process is confined to what is its own, and nothing else changes. A failure names
 * the seed that repeats it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "kernel/abi/tbf.h"
#include "kernel/core/tests/kernel_fixture.h"
#include "kernel/core/tests/layout_judge.h"

#define SEEDS     3000u
#define APPS      4u
#define FLASH_END (FIXTURE_FLASH + FIXTURE_FLASH_BYTES)
#define RAM_END   (FIXTURE_RAM + FIXTURE_RAM_BYTES)

static uint32_t random_state;

static uint32_t random_below(uint32_t limit)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % limit;
}

static uint32_t lie(uint32_t honest)
{
    const uint32_t lies[] = {0,
                             1,
                             4,
                             16,
                             honest + 1,
                             honest - 1,
                             honest + 32,
                             0x7FFFFFFF,
                             0x80000000,
                             0xFFFFFFFF,
                             0xFFFFFFE0,
                             0xFFFF,
                             FIXTURE_RAM,
                             FIXTURE_RAM + 4096,
                             RAM_END - 32,
                             RAM_END,
                             FIXTURE_FLASH,
                             FLASH_END - 4,
                             0 - honest,
                             random_below(0x20000)};
    return random_below(20) != 0 ? honest : lies[random_below(sizeof(lies) / sizeof(lies[0]))];
}

static uint8_t *put_u16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
    return at + 2;
}

static uint8_t *put_u32(uint8_t *at, uint32_t value)
{
    return put_u16(put_u16(at, value & 0xFFFFu), value >> 16);
}

static uint8_t *put_tlv(uint8_t *at, uint32_t type, uint32_t length, const uint32_t *words,
                        uint32_t count)
{
    at = put_u16(put_u16(at, type), length);
    for (uint32_t i = 0; i < count; i++) {
        at = put_u32(at, words[i]);
    }
    return at;
}

/* An image of `total` bytes at `address`; its header says what it likes. */
static void put_app(uint32_t address, uint32_t total)
{
    uint8_t *image = process_memory(address);
    uint8_t *at = image + sizeof(struct tbf_header);
    uint32_t header = (uint32_t)sizeof(struct tbf_header) + 24 + 8 + 12 + 12 + 12 + 24;
    const uint32_t program[] = {lie(16), lie(0), lie(1024 + random_below(8192)), lie(total), 1};
    const uint32_t version[] = {2};
    const uint32_t name[] = {0x1B414141, 0x0A0D4242};
    const uint32_t writeable[] = {lie(header), lie(32)};
    const uint32_t fixed[] = {lie(TBF_ADDRESS_ANY), lie(TBF_ADDRESS_ANY)};
    const uint32_t permissions[] = {lie(1), 0, 0, 0, 0};
    at = put_tlv(at, TBF_TYPE_PROGRAM, lie(20), program, 5);
    at = put_tlv(at, TBF_TYPE_KERNEL_VERSION, lie(4), version, 1);
    at = put_tlv(at, TBF_TYPE_PACKAGE_NAME, lie(8), name, 2);
    at = put_tlv(at, TBF_TYPE_WRITEABLE_FLASH, lie(8), writeable, 2);
    at = put_tlv(at, TBF_TYPE_FIXED_ADDRESSES, lie(8), fixed, 2);
    (void)put_tlv(at, TBF_TYPE_PERMISSIONS, lie(20), permissions, 5);

    uint32_t said_header = lie(header) & 0xFFFFu;
    at = put_u16(put_u16(image, TBF_VERSION), said_header);
    at = put_u32(put_u32(at, lie(total)), random_below(8) != 0 ? TBF_FLAG_ENABLED : 0);
    put_u32(at, 0);
    uint32_t sum = 0;
    for (uint32_t i = 0; i + 4 <= said_header && address + i + 4 <= FLASH_END; i += 4) {
        uint32_t word;
        memcpy(&word, image + i, 4);
        sum ^= word;
    }
    put_u32(at, sum);
}

static void check_process(const struct process *p, uint32_t seed)
{
    bool sound =
        p->layout.flash_start >= FIXTURE_FLASH && p->layout.flash_start < FLASH_END &&
        p->app.total_size <= FLASH_END - p->layout.flash_start &&
        p->app.entry < p->app.total_size && p->app.binary <= p->app.entry &&
        (uint32_t)p->app.name + p->app.name_length <= p->app.total_size &&
        (uint32_t)p->app.writeable + 8u * p->app.writeable_count <= p->app.total_size &&
        (uint32_t)p->app.permissions + 16u * p->app.permission_count <= p->app.total_size &&
        p->layout.ram_start >= FIXTURE_RAM && p->layout.ram_end <= RAM_END &&
        p->grant_start + process_block_bytes() == p->layout.ram_end &&
        p->app_break <= p->layout.reach_end && p->layout.reach_end <= p->grant_start &&
        process_frame_is_valid(p);
    if (!sound) {
        fail_msg("seed %u: process in slot %u", seed, p->slot);
    }
    judge_ram(&p->layout);
    struct mpu_state mpu = judge_load(&p->layout);
    uint32_t flash_end = p->layout.flash_start + p->app.total_size;
    judge_range(&mpu, p->layout.flash_start, flash_end, "rx", "its flash");
    judge_range(&mpu, p->layout.flash_start - 0x10000, p->layout.flash_start, "",
                "below its flash");
    judge_range(&mpu, flash_end, flash_end + 0x10000, "", "above its flash");
}

static void test_lies(void **state)
{
    uint32_t loaded = 0;
    for (uint32_t seed = 1; seed <= SEEDS; seed++) {
        random_state = seed;
        (void)fixture_setup(state);
        uint32_t address = FIXTURE_FLASH;
        for (uint32_t i = 0; i < APPS; i++) {
            uint32_t total = 4096u >> i; /* each lies where its size divides */
            put_app(address, total);
            address += total;
        }
        fixture_boot();
        for (uint32_t slot = 0; slot < KERNEL_PROCESS_SLOTS && kernel.process[slot] != NULL;
             slot++) {
            const struct process *p = kernel.process[slot];
            check_process(p, seed);
            for (uint32_t other = 0; other < slot; other++) {
                const struct mpu_layout *o = &kernel.process[other]->layout;
                assert_true(o->ram_end <= p->layout.ram_start || p->layout.ram_end <= o->ram_start);
            }
            /* What its header says is looked at again while it runs. */
            for (uint32_t i = 0; i < p->app.writeable_count; i++) {
                fixture_call(kernel.process[slot], ABI_CLASS_MEMOP, ABI_MEMOP_WRITEABLE_END, i, 0,
                             0);
            }
            fixture_call(kernel.process[slot], ABI_CLASS_COMMAND, FIXTURE_DRIVER, 1, 2, 3);
            loaded++;
        }
        uint32_t end = FIXTURE_RAM; /* of the highest process */
        for (uint32_t slot = 0; slot < KERNEL_PROCESS_SLOTS; slot++) {
            const struct process *process = kernel.process[slot];
            end = process != NULL && process->layout.ram_end > end ? process->layout.ram_end : end;
        }
        const uint8_t *behind = process_memory(end);
        for (uint32_t i = 0; i < RAM_END - end; i++) {
            assert_int_equal(behind[i], 0xA5);
        }
    }
    assert_true(loaded > SEEDS / 2); /* not all lies are refused, or this tests nothing */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_lies)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
