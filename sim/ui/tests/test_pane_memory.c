/* The memory pane: pictures of it, and what keys and clicks do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/ui/pane_memory_internal.h"
#include "sim/ui/tests/golden.h"
#include "sim/ui/tests/sample_frame.h"

struct look {
    const char *name;
    struct golden_options options;
    int process;
    bool flash;
};

static void test_pictures(void **state)
{
    (void)state;
    static const struct look looks[] = {
        {"memory_small_app", {.width = 760, .height = 560, .scale = 1}, 0, false},
        {"memory_large_app", {.width = 760, .height = 560, .scale = 1}, 1, false},
        {"memory_fault", {.width = 760, .height = 560, .scale = 1}, 2, false},
        {"memory_fault_light",
         {.width = 760, .height = 560, .scale = 1, .theme = THEME_LIGHT},
         2,
         false},
        {"memory_flash", {.width = 760, .height = 480, .scale = 1}, 2, true},
        {"memory_narrow", {.width = 320, .height = 420, .scale = 1}, 2, false},
        {"memory_middle", {.width = 420, .height = 316, .scale = 1}, 2, false},
        {"memory_dense", {.width = 1200, .height = 900, .scale = 2}, 1, false},
    };
    struct view_frame *frame = sample_frame_new();
    assert_non_null(frame);
    for (size_t i = 0; i < sizeof looks / sizeof looks[0]; i++) {
        struct pane_rig rig;
        pane_rig_open(&rig, &pane_memory, &looks[i].options);
        rig.selected_process = looks[i].process;
        ((struct memory_state *)rig.state)->flash = looks[i].flash;
        pane_rig_take(&rig, frame);
        golden_check_rig(looks[i].name, &rig);
        pane_rig_close(&rig);
    }
    free(frame);
}

/* The mouse points at a grant, and a part is selected. */
static void test_picture_of_pointing(void **state)
{
    (void)state;
    static const struct golden_options options = {
        .width = 760, .height = 560, .scale = 1, .theme = THEME_LIGHT, .focused = true};
    struct pane_rig rig;
    struct view_frame *frame = sample_frame_new();
    assert_non_null(frame);
    pane_rig_open(&rig, &pane_memory, &options);
    rig.selected_process = 1;
    pane_rig_take(&rig, frame);
    pane_rig_draw(&rig);
    struct memory_state *memory = rig.state;
    pane_rig_key(&rig, UI_KEY_HOME, 0);
    const struct memory_map_row *grant = &memory->map.rows[6];
    rig.context.mouse_x = memory->places.map.x + 40;
    rig.context.mouse_y = grant->y + grant->height / 2;
    golden_check_rig("memory_pointing", &rig);
    pane_rig_close(&rig);
    free(frame);
}

/* ---- keys and mouse ---- */

static struct memory_state *open_pane(struct pane_rig *rig, struct view_frame *frame)
{
    static const struct golden_options options = {
        .width = 900, .height = 600, .scale = 1, .focused = true};
    pane_rig_open(rig, &pane_memory, &options);
    pane_rig_take(rig, frame);
    pane_rig_draw(rig);
    return rig->state;
}

static void test_keys_select_parts(void **state)
{
    (void)state;
    struct pane_rig rig;
    struct view_frame *frame = sample_frame_new();
    struct memory_state *memory = open_pane(&rig, frame);
    int last = (int)frame->processes.processes[0].ram_count - 1;
    assert_true(pane_rig_key(&rig, UI_KEY_UP_ARROW, 0));
    assert_int_equal(memory->span, last);
    assert_true(memory->span_chosen);
    pane_rig_key(&rig, UI_KEY_DOWN_ARROW, 0);
    assert_int_equal(memory->span, last - 1);
    pane_rig_key(&rig, UI_KEY_END, 0);
    assert_int_equal(memory->span, 0);
    pane_rig_key(&rig, UI_KEY_DOWN_ARROW, 0);
    assert_int_equal(memory->span, 0);
    pane_rig_key(&rig, UI_KEY_HOME, 0);
    assert_int_equal(memory->span, last);
    assert_true(pane_rig_key(&rig, UI_KEY_ESCAPE, 0));
    assert_false(memory->span_chosen);
    assert_false(pane_rig_key(&rig, UI_KEY_ESCAPE, 0)); /* nothing left to undo */
    assert_false(pane_rig_key(&rig, 'r', UI_CTRL));
    rig.context.focused = false;
    assert_false(pane_rig_key(&rig, UI_KEY_HOME, 0));
    pane_rig_close(&rig);
    free(frame);
}

static void test_keys_choose_what_is_shown(void **state)
{
    (void)state;
    struct pane_rig rig;
    struct view_frame *frame = sample_frame_new();
    struct memory_state *memory = open_pane(&rig, frame);
    assert_true(pane_rig_key(&rig, 'f', 0));
    assert_true(memory->flash);
    assert_true(pane_rig_key(&rig, 'r', 0));
    assert_false(memory->flash);
    pane_rig_key(&rig, UI_KEY_RIGHT, 0);
    assert_int_equal(rig.selected_process, 1);
    pane_rig_key(&rig, UI_KEY_LEFT, 0);
    pane_rig_key(&rig, UI_KEY_LEFT, 0);
    assert_int_equal(rig.selected_process, 2); /* around the end */
    pane_rig_key(&rig, 'm', 0);
    assert_true(memory->in_force);
    assert_non_null(strstr(rig.said, "in force now"));
    pane_rig_key(&rig, 'm', 0);
    assert_false(memory->in_force);
    /* While nobody has chosen, it is the process that faulted last. */
    rig.selected_process = -1;
    frame->processes.hits[0].process = 1;
    pane_rig_take(&rig, frame);
    assert_int_equal(process_selected(&rig.context, &memory->own_selected), 1);
    frame->processes.hit_count = 0;
    pane_rig_take(&rig, frame);
    assert_int_equal(process_selected(&rig.context, &memory->own_selected), 0);
    pane_rig_close(&rig);
    free(frame);
}

static void test_zoom_and_scroll(void **state)
{
    (void)state;
    struct pane_rig rig;
    struct view_frame *frame = sample_frame_new();
    struct memory_state *memory = open_pane(&rig, frame);
    struct rect map = memory->places.map;
    pane_rig_key(&rig, '+', 0);
    pane_rig_key(&rig, '+', 0);
    pane_rig_draw(&rig);
    assert_true(memory->zoom > 2);
    assert_true(memory->scroll > 0);
    pane_rig_key(&rig, UI_KEY_HOME, 0); /* what is selected comes into view */
    pane_rig_draw(&rig);
    const struct memory_map_row *top = &memory->map.rows[memory->map.count - 1];
    assert_true(top->y >= map.y - 1 && top->y + top->height <= map.y + map.height + 1);
    pane_rig_key(&rig, UI_KEY_END, 0);
    pane_rig_draw(&rig);
    assert_true(memory->map.rows[0].y + memory->map.rows[0].height <= map.y + map.height + 1);
    /* The place under the mouse stays where it is. */
    float x = map.x + 5;
    float y = map.y + map.height / 2;
    uint32_t before = memory_map_address_at(&memory->map, y);
    const struct ui_event wheel = {
        .kind = UI_WHEEL, .x = x, .y = y, .delta_y = 1, .modifiers = UI_CTRL};
    rig.context.mouse_x = x;
    rig.context.mouse_y = y;
    assert_true(pane_rig_event(&rig, &wheel));
    pane_rig_draw(&rig);
    uint32_t after = memory_map_address_at(&memory->map, y);
    assert_in_range(after, before - 40, before + 40);
    for (int i = 0; i < 20; i++) {
        pane_rig_key(&rig, '-', 0);
    }
    pane_rig_draw(&rig);
    assert_true(memory->zoom <= 1 && memory->scroll <= 0);
    pane_rig_close(&rig);
    free(frame);
}

static void click_middle(struct pane_rig *rig, struct rect place)
{
    pane_rig_click(rig, place.x + place.width / 2, place.y + place.height / 2);
}

static void test_clicks(void **state)
{
    (void)state;
    struct pane_rig rig;
    struct view_frame *frame = sample_frame_new();
    struct memory_state *memory = open_pane(&rig, frame);
    click_middle(&rig, memory->places.flash_button);
    assert_true(memory->flash);
    pane_rig_draw(&rig);
    click_middle(&rig, memory->places.ram_button);
    assert_false(memory->flash);
    pane_rig_draw(&rig);
    const struct memory_map_row *logger = &memory->overview.rows[3];
    pane_rig_click(&rig, memory->places.overview.x + 4, logger->y + logger->height / 2);
    assert_int_equal(rig.selected_process, 1);
    pane_rig_draw(&rig);
    const struct memory_map_row *heap = &memory->map.rows[4];
    pane_rig_click(&rig, memory->places.map.x + 30, heap->y + heap->height / 2);
    assert_true(memory->span_chosen);
    assert_int_equal(memory->span, 4);
    pane_rig_click(&rig, memory->places.map.x + 30, heap->y + heap->height / 2);
    assert_false(memory->span_chosen);
    pane_rig_close(&rig);
    free(frame);
}

/* A hit stands out when it has come, and fades; another one stands out again. */
static void test_a_hit_fades(void **state)
{
    (void)state;
    struct pane_rig rig;
    struct view_frame *frame = sample_frame_new();
    frame->processes.hits_ever = 0;
    frame->processes.hit_count = 0;
    struct memory_state *memory = open_pane(&rig, frame);
    assert_int_equal(memory->hits_seen, 0);
    sample_processes(frame);
    rig.selected_process = 2;
    rig.context.wall_ms = 5000;
    pane_rig_take(&rig, frame);
    pane_rig_draw(&rig);
    assert_int_equal(memory->hits_seen, 4);
    assert_int_equal(memory->hit_ms, 5000);
    uint32_t width = 0;
    uint32_t height = 0;
    const uint8_t *pixels = canvas_pixels(rig.canvas, &width, &height);
    float y = memory_map_y(&memory->map, frame->processes.hits[0].address);
    size_t at = ((size_t)y * width + (size_t)(memory->places.map.x + memory->places.map.width)) * 4;
    uint8_t fresh = pixels[at];
    rig.context.wall_ms = 9000;
    pane_rig_draw(&rig);
    pixels = canvas_pixels(rig.canvas, &width, &height);
    assert_true(fresh > pixels[at]);
    pane_rig_close(&rig);
    free(frame);
}

/* ---- whatever comes ---- */

static void fill_up(struct view_processes *processes)
{
    for (size_t i = 3; i < VIEW_PROCESSES_MAX; i++) {
        processes->processes[i] = processes->processes[i % 3];
    }
    processes->count = VIEW_PROCESSES_MAX;
    struct view_process *first = &processes->processes[0];
    first->ram_count = VIEW_SPANS_MAX;
    for (size_t i = 0; i < VIEW_SPANS_MAX; i++) {
        first->ram[i] = (struct view_span){.kind = (enum view_span_kind)(i % 16),
                                           .address = 0xFFFFF000U + (uint32_t)i * 64,
                                           .bytes = 64,
                                           .label = "twenty-three letters.."};
    }
    processes->hit_count = VIEW_HITS_MAX;
    for (size_t i = 0; i < VIEW_HITS_MAX; i++) {
        struct view_hit *hit = &processes->hits[i];
        *hit = processes->hits[0];
        hit->process = (int)i - 1;
        hit->number = VIEW_HITS_MAX - i;
        hit->cycle = UINT64_MAX;
        hit->address = 0xFFFFFFFFU - (uint32_t)i;
        memset(hit->where, 'w', sizeof hit->where - 1);
    }
}

static void test_any_size_and_content(void **state)
{
    (void)state;
    static const float sizes[][2] = {{1, 1}, {30, 500}, {500, 20}, {260, 160}, {1900, 1100}};
    struct view_frame *frame = sample_frame_new();
    for (int content = 0; content < 4; content++) {
        if (content == 1) {
            fill_up(&frame->processes);
        } else if (content == 2) { /* firmware without processes */
            sample_processes(frame);
            frame->processes.count = 0;
            frame->processes.hits[0].process = VIEW_SPAN_NOBODY;
        } else if (content == 3) {
            memset(&frame->processes, 0, sizeof frame->processes);
        }
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            static const int keys[] = {'f', UI_KEY_UP_ARROW, 'm',          '+', UI_KEY_RIGHT,
                                       'r', UI_KEY_END,      UI_KEY_RIGHT, '-', UI_KEY_HOME};
            struct pane_rig rig;
            open_pane(&rig, frame);
            rig.area = (struct rect){4, 4, sizes[i][0], sizes[i][1]};
            for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
                pane_rig_draw(&rig);
                pane_rig_key(&rig, keys[k], 0);
                pane_rig_click(&rig, 5 + (float)(k * 7), 6 + (float)(k * 11));
            }
            pane_rig_draw(&rig);
            pane_rig_close(&rig);
        }
    }
    free(frame);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pictures),          cmocka_unit_test(test_picture_of_pointing),
        cmocka_unit_test(test_keys_select_parts), cmocka_unit_test(test_keys_choose_what_is_shown),
        cmocka_unit_test(test_zoom_and_scroll),   cmocka_unit_test(test_clicks),
        cmocka_unit_test(test_a_hit_fades),       cmocka_unit_test(test_any_size_and_content),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
