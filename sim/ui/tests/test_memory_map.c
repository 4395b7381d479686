/* Where bytes are drawn: to scale, whole, and never too small to be seen. */
#include "sim/ui/memory_map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define SEEDS   2000U
#define TOP     37.0F
#define ROW_MIN 15.0F

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525U + 1013904223U;
    return *seed >> 8;
}

static bool is_close(float one, float other)
{
    float away = one - other;
    return away < 0.05F && away > -0.05F;
}

static size_t make_spans(struct view_span *spans, uint32_t *random)
{
    size_t count = next_random(random) % VIEW_SPANS_MAX + 1;
    uint32_t at = 0x20000000U + next_random(random) % 4096;
    for (size_t i = 0; i < count; i++) {
        uint32_t bytes = next_random(random) % 64 + 1;
        bytes = next_random(random) % 3 == 0 ? bytes * 300 : bytes;
        spans[i] = (struct view_span){.address = at, .bytes = bytes};
        at += bytes;
    }
    return count;
}

static void expect_sound(const struct memory_map *map, const struct view_span *spans, float height,
                         float smallest)
{
    float y = TOP + height;
    float scale = 0;
    for (size_t i = 0; i < map->count; i++) {
        const struct memory_map_row *row = &map->rows[i];
        assert_int_equal(row->address, spans[i].address);
        assert_int_equal(row->bytes, spans[i].bytes);
        assert_true(is_close(row->y + row->height, y));
        assert_true(row->height >= smallest - 0.01F);
        if (!row->enlarged) { /* all of these have the same scale */
            float own = row->height / (float)row->bytes;
            assert_true(scale == 0 || (own < scale * 1.001F && own > scale * 0.999F));
            scale = own;
        }
        y = row->y;
    }
    for (size_t i = 0; i < map->count; i++) {
        const struct memory_map_row *row = &map->rows[i];
        assert_true(!row->enlarged || (float)row->bytes * scale <= row->height + 0.01F);
    }
    assert_true(is_close(y, TOP));
}

static void test_random_maps(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= SEEDS; seed++) {
        uint32_t random = seed;
        struct view_span spans[VIEW_SPANS_MAX];
        struct memory_map map;
        size_t count = make_spans(spans, &random);
        float height = (float)(next_random(&random) % 1000 + 60);
        memory_map_lay_out(&map, spans, count, TOP, height, ROW_MIN);
        assert_int_equal(map.count, count);
        float most = height * 0.75F / (float)count;
        expect_sound(&map, spans, height, most < ROW_MIN ? most : ROW_MIN);
        for (unsigned i = 0; i < 20; i++) { /* there and back */
            size_t at = next_random(&random) % count;
            uint32_t address = spans[at].address + next_random(&random) % spans[at].bytes;
            assert_int_equal(memory_map_find(&map, address), at);
            float lower = memory_map_y(&map, address);
            float upper = memory_map_y(&map, (uint64_t)address + 1);
            assert_true(lower > upper);
            float middle = (lower + upper) / 2;
            if (map.rows[at].height / (float)spans[at].bytes > 0.01F) { /* what a float can tell */
                uint32_t found = memory_map_address_at(&map, middle);
                assert_in_range(found, address > 0 ? address - 1 : 0, address + 1);
                assert_int_equal(memory_map_row_at(&map, middle), at);
            }
        }
    }
}

static void test_outside_and_nothing(void **state)
{
    (void)state;
    const struct view_span span = {.address = 0x1000, .bytes = 0x100};
    struct memory_map map;
    memory_map_lay_out(&map, &span, 1, TOP, 100, ROW_MIN);
    assert_true(is_close(memory_map_y(&map, 0), TOP + 100));
    assert_true(is_close(memory_map_y(&map, 0x5000), TOP));
    assert_true(is_close(memory_map_y(&map, 0x1100), TOP));
    assert_int_equal(memory_map_row_at(&map, TOP - 1), -1);
    assert_int_equal(memory_map_address_at(&map, TOP - 1), 0x10ff);
    assert_int_equal(memory_map_address_at(&map, TOP), 0x10ff);
    assert_int_equal(memory_map_address_at(&map, TOP + 500), 0x1000);
    assert_int_equal(memory_map_find(&map, 0x1100), -1);
    memory_map_lay_out(&map, &span, 0, TOP, 100, ROW_MIN);
    assert_int_equal(map.count, 0);
    assert_int_equal(memory_map_row_at(&map, TOP + 5), -1);
    assert_int_equal(memory_map_address_at(&map, TOP + 5), 0);
    assert_true(is_close(memory_map_y(&map, 7), TOP + 100));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_maps),
        cmocka_unit_test(test_outside_and_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
