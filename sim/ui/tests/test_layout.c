/* Where panes go: whatever the size, nothing overlaps and everything that is shown can be reached;
 * splitters; and the file that keeps it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/ui/layout_file.h"
#include "sim/ui/pane_set.h"

static struct layout_room room_of(float width, float height, float grow)
{
    return (struct layout_room){{6, 6, width, height}, 24 * grow, grow};
}

static bool overlap(const struct rect *first, const struct rect *second)
{
    return first->x < second->x + second->width && second->x < first->x + first->width &&
           first->y < second->y + second->height && second->y < first->y + first->height;
}

static void check_inside(const struct rect *inner, const struct rect *outer)
{
    assert_true(inner->width >= 0 && inner->height >= 0);
    assert_true(inner->x >= outer->x - 0.51F && inner->y >= outer->y - 0.51F);
    assert_true(inner->x + inner->width <= fmaxf(outer->x + outer->width, inner->x) + 0.51F);
    assert_true(inner->y + inner->height <= fmaxf(outer->y + outer->height, inner->y) + 0.51F);
}

static void check_plan(const struct layout *layout, const struct layout_room *room)
{
    struct layout_plan plan;
    layout_make(layout, room, &plan);
    size_t places[PANES_MAX] = {0};
    for (size_t i = 0; i < plan.slot_count; i++) {
        const struct layout_slot *slot = &plan.slots[i];
        check_inside(&slot->whole, &room->area);
        assert_true(slot->front < slot->count);
        for (size_t pane = 0; pane < slot->count; pane++) {
            places[slot->panes[pane]]++;
        }
        for (size_t other = 0; other < i; other++) {
            assert_false(overlap(&slot->whole, &plan.slots[other].whole));
        }
        for (size_t other = 0; other < plan.splitter_count; other++) {
            assert_false(overlap(&slot->whole, &plan.splitters[other].handle));
        }
    }
    for (size_t pane = 0; pane < pane_list_count && !layout->maximised; pane++) {
        assert_int_equal(places[pane], layout->hidden[pane] ? 0 : 1);
    }
}

static void test_any_size_any_panes(void **state)
{
    (void)state;
    static const float sizes[] = {0, 1, 3, 50, 200, 333, 640, 800, 1268, 1908, 5000, 20000};
    const size_t count = sizeof sizes / sizeof sizes[0];
    uint32_t random = 1;
    for (unsigned set = 0; set < 1U << pane_list_count; set += set < 8 ? 1 : 5) {
        for (size_t i = 0; i < count * count; i++) {
            struct layout layout;
            layout_reset(&layout, i % 7 == 0);
            for (size_t pane = 0; pane < pane_list_count; pane++) {
                layout.hidden[pane] = (set >> pane & 1U) != 0;
            }
            random = random * 1664525U + 1013904223U;
            layout.shares[random % LAYOUT_SPLITS] = (float)(random >> 24) / 255;
            const struct layout_room room =
                room_of(sizes[i % count], sizes[i / count], i % 2 == 0 ? 1 : 1.4F);
            check_plan(&layout, &room);
        }
    }
}

static void test_minimum_sizes_are_kept_until_panes_fold(void **state)
{
    (void)state;
    struct layout layout;
    layout_reset(&layout, false);
    for (float width = 1900; width > 250; width -= 13) {
        const struct layout_room room = room_of(width, width * 0.6F, 1);
        struct layout_plan plan;
        layout_make(&layout, &room, &plan);
        for (size_t i = 0; i < plan.slot_count && plan.slot_count > 1; i++) {
            const struct layout_slot *slot = &plan.slots[i];
            const struct pane_class *pane = pane_list[slot->panes[slot->front]];
            assert_true(slot->body.width >= fminf(pane->minimum_width, width) - 13);
            assert_true(slot->body.width >= pane->minimum_width - 1 || plan.splitter_count == 0 ||
                        slot->whole.width >= width - 1);
        }
    }
    /* All of it at once where there is room; one place with all tabs where there is none. */
    struct layout_plan plan;
    const struct layout_room large = room_of(1268, 760, 1);
    layout_make(&layout, &large, &plan);
    assert_int_equal(plan.slot_count, pane_list_count);
    const struct layout_room tiny = room_of(100, 60, 1);
    layout_make(&layout, &tiny, &plan);
    assert_int_equal(plan.slot_count, 1);
    assert_int_equal(plan.slots[0].count, pane_list_count);
    /* The tab in front is the one that was used last. */
    size_t timeline = pane_set_index(&pane_timeline);
    layout_focus(&layout, timeline);
    layout_make(&layout, &tiny, &plan);
    assert_int_equal(plan.slots[0].panes[plan.slots[0].front], timeline);
}

static void test_focus_and_hiding(void **state)
{
    (void)state;
    struct layout layout;
    layout_reset(&layout, false);
    size_t board = pane_set_index(&pane_board);
    size_t console = pane_set_index(&pane_console);
    assert_int_equal(layout.focus, board);
    layout_focus_next(&layout, false);
    assert_int_equal(layout.focus, console);
    layout_focus_next(&layout, true);
    assert_int_equal(layout.focus, board);
    layout_hide(&layout, board);
    assert_true(layout.focus != board);
    for (size_t i = 0; i < pane_list_count; i++) {
        layout_hide(&layout, i);
    }
    assert_int_equal(layout_shown_count(&layout), 0);
    layout_focus_next(&layout, false);
    layout_focus(&layout, console);
    assert_int_equal(layout_shown_count(&layout), 1);
    assert_int_equal(layout.focus, console);
}

static void test_splitters(void **state)
{
    (void)state;
    struct layout layout;
    layout_reset(&layout, false);
    const struct layout_room room = room_of(1268, 760, 1);
    struct layout_plan plan;
    layout_make(&layout, &room, &plan);
    assert_int_equal(plan.splitter_count, LAYOUT_SPLITS);
    for (size_t i = 0; i < LAYOUT_SPLITS; i++) {
        layout_make(&layout, &room, &plan);
        struct layout_splitter before = plan.splitters[i];
        float x = before.handle.x + before.handle.width / 2;
        float y = before.handle.y + before.handle.height / 2;
        assert_ptr_equal(layout_splitter_at(&plan, x, y), &plan.splitters[i]);
        for (int side = -1; side <= 1;
             side += 2) { /* a little beside the gap it can be taken, too */
            float away = (float)side * (LAYOUT_GAP / 2 + 2);
            assert_ptr_equal(layout_splitter_at(&plan, before.beside ? x + away : x,
                                                before.beside ? y : y + away),
                             &plan.splitters[i]);
        }
        layout_drag(&layout, &before, &room, x + 10, y + 10);
        layout_make(&layout, &room, &plan);
        struct rect after = plan.splitters[i].handle;
        float moved = before.beside ? after.x - before.handle.x : after.y - before.handle.y;
        /* By as much, or as far as the panes' least sizes let it. */
        assert_true(moved >= 0 && moved <= 11);
        layout_drag(&layout, &before, &room, 1e9F, 1e9F);
        check_plan(&layout, &room);
        layout_drag(&layout, &before, &room, -1e9F, NAN);
        check_plan(&layout, &room);
        layout_reset(&layout, false);
    }
    layout_make(&layout, &room, &plan);
    float height = layout_slot_of(&plan, pane_set_index(&pane_timeline))->whole.height;
    layout_focus(&layout, pane_set_index(&pane_timeline));
    layout_nudge(&layout, &plan, &room, 0, -16);
    layout_make(&layout, &room, &plan);
    assert_float_equal(layout_slot_of(&plan, pane_set_index(&pane_timeline))->whole.height,
                       height + 16, 1.01);
    layout_nudge(&layout, &plan, &room, 16, 0); /* nothing is beside it */
    layout_reset(&layout, false);
    layout_make(&layout, &room, &plan);
    struct rect board = layout_slot_of(&plan, pane_set_index(&pane_board))->whole;
    layout_focus(&layout, pane_set_index(&pane_board));
    layout_nudge(&layout, &plan, &room, 0, 16); /* of its two splitters the nearer */
    layout_make(&layout, &room, &plan);
    assert_float_equal(layout_slot_of(&plan, pane_set_index(&pane_board))->whole.height,
                       board.height + 16, 1.01);
    assert_float_equal(layout_slot_of(&plan, pane_set_index(&pane_timeline))->whole.height, height,
                       1.01);
}

static unsigned parse(const char *text, struct layout_kept *kept)
{
    *kept = (struct layout_kept){.zoom = 1};
    layout_reset(&kept->layout, false);
    FILE *file = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
    assert_non_null(file);
    unsigned wrong = layout_file_parse(file, kept);
    fclose(file);
    return wrong;
}

static void test_file_round_trip(void **state)
{
    (void)state;
    struct layout_kept kept;
    parse("#\n", &kept);
    kept.layout.shares[2] = 0.123F;
    kept.layout.shares[5] = 0.5F;
    layout_hide(&kept.layout, pane_set_index(&pane_memory));
    layout_focus(&kept.layout, pane_set_index(&pane_timers));
    kept.layout.maximised = true;
    kept.theme = THEME_LIGHT;
    kept.zoom = 1.21F;
    kept.width = 1111;
    kept.height = 777;
    char text[4096] = "";
    FILE *file = fmemopen(text, sizeof text, "w");
    assert_true(layout_file_print(file, &kept));
    fclose(file);
    struct layout_kept again;
    assert_int_equal(parse(text, &again), 0);
    assert_memory_equal(again.layout.hidden, kept.layout.hidden, sizeof kept.layout.hidden);
    for (size_t i = 0; i < LAYOUT_SPLITS; i++) {
        assert_float_equal(again.layout.shares[i], kept.layout.shares[i], 0.0001);
    }
    assert_int_equal(again.layout.focus, kept.layout.focus);
    assert_true(again.layout.maximised);
    assert_int_equal(again.theme, THEME_LIGHT);
    assert_float_equal(again.zoom, 1.21, 0.001);
    assert_int_equal(again.width, 1111);
    assert_int_equal(again.height, 777);
}

static void test_file_damaged(void **state)
{
    (void)state;
    struct layout_kept kept;
    assert_int_equal(parse("theme dark\nshare left 7\n", &kept), 2);
    assert_int_equal(parse("share left nan\n", &kept), 1);
    assert_int_equal(parse("share left 0.5x\n", &kept), 1);
    assert_int_equal(parse("share nothing 0.5\n", &kept), 1);
    assert_int_equal(parse("hidden kitchen\n", &kept), 1);
    assert_int_equal(parse("size 1 1\n", &kept), 1);
    assert_int_equal(parse("size -5 99999999999999999999\n", &kept), 1);
    assert_int_equal(parse("zoom 1e30\n", &kept), 1);
    assert_int_equal(parse("theme pink\n", &kept), 1);
    assert_int_equal(parse("maximised 1\n", &kept), 1);
    assert_int_equal(parse("a b c d\n", &kept), 1);
    assert_int_equal(parse("\xff\xfe\x01\n", &kept), 1);
    /* Good lines around bad ones count. */
    assert_int_equal(parse("zoom 2\n????\nfocus memory\n", &kept), 2);
    assert_float_equal(kept.zoom, 2, 0.01);
    assert_int_equal(kept.layout.focus, pane_set_index(&pane_memory));
    /* The focus on what is hidden goes elsewhere. */
    assert_int_equal(parse("hidden board\nfocus board\n", &kept), 0);
    assert_true(kept.layout.focus != pane_set_index(&pane_board));
    char *noise = malloc(100000);
    assert_non_null(noise);
    for (size_t i = 0; i < 99999; i++) {
        noise[i] = (char)(i * 31 % 255 + 1);
    }
    noise[99999] = 0;
    assert_int_not_equal(parse(noise, &kept), 0);
    free(noise);
}

static void test_file_in_its_place(void **state)
{
    (void)state;
    char folder[] = "/tmp/sandglass_layout_XXXXXX";
    assert_non_null(mkdtemp(folder));
    char path[100];
    snprintf(path, sizeof path, "%s/deeper", folder);
    setenv("XDG_CONFIG_HOME", path, 1);
    unsetenv("SANDGLASS_NO_CONFIG");
    struct layout_kept kept;
    parse("zoom 1.5\n", &kept);
    layout_file_save(&kept);
    struct layout_kept again = {.zoom = 1};
    layout_file_load(&again);
    assert_float_equal(again.zoom, 1.5, 0.001);
    setenv("SANDGLASS_NO_CONFIG", "1", 1);
    again.zoom = 1;
    layout_file_load(&again);
    assert_float_equal(again.zoom, 1, 0.001);
    snprintf(path, sizeof path, "%s/deeper/sandglass/window", folder);
    assert_int_equal(unlink(path), 0);
    layout_file_save(&kept);
    assert_int_not_equal(access(path, F_OK), 0);
    unsetenv("SANDGLASS_NO_CONFIG");
    assert_int_equal(mkfifo(path, 0600), 0); /* nobody waits for a pipe's other end */
    layout_file_load(&again);
    layout_file_save(&kept);
    assert_float_equal(again.zoom, 1, 0.001);
    assert_int_equal(unlink(path), 0);
    snprintf(path, sizeof path, "%s/deeper/sandglass", folder);
    rmdir(path);
    snprintf(path, sizeof path, "%s/deeper", folder);
    rmdir(path);
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_size_any_panes),
        cmocka_unit_test(test_minimum_sizes_are_kept_until_panes_fold),
        cmocka_unit_test(test_focus_and_hiding),
        cmocka_unit_test(test_splitters),
        cmocka_unit_test(test_file_round_trip),
        cmocka_unit_test(test_file_damaged),
        cmocka_unit_test(test_file_in_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
