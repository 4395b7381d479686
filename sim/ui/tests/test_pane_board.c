/* The Board pane: what mouse and keys send, that no release is lost, where things lie, and how
 * boards look. */
#include "sim/ui/board_hold.h"
#include "sim/ui/board_layout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/ui/tests/golden.h"
#include "sim/ui/tests/sample_frame.h"
#include "sim/view/tests/board_frames.h"

#define FRAME_CYCLES 1066667U

static struct pane_rig rig;
static struct view_frame *frame;
static struct board_layout layout;

static void lay_out(void)
{
    const struct board_camera camera = {.zoom = 1};
    board_layout_make(&layout, &rig.frame->parts, &camera, rig.area,
                      canvas_line_height(rig.canvas, CANVAS_SANS));
}

static void open_with(struct view_frame *shown)
{
    static const struct golden_options options = {.width = 720, .height = 480, .focused = true};
    pane_rig_open(&rig, &pane_board, &options);
    pane_rig_take(&rig, shown);
    pane_rig_draw(&rig);
    lay_out();
}

static int open_pane(void **state)
{
    (void)state;
    frame = sample_frame_new();
    assert_non_null(frame);
    frame->parts.parts[7].active = frame->parts.parts[9].active = false;
    open_with(frame);
    return 0;
}

static int close_pane(void **state)
{
    (void)state;
    pane_rig_close(&rig);
    free(frame);
    return 0;
}

static size_t find(const char *name)
{
    const struct view_parts *parts = &rig.frame->parts;
    size_t i = 0;
    while (i < parts->part_count && strcmp(parts->parts[i].name, name) != 0) {
        i++;
    }
    assert_true(i < parts->part_count);
    return i;
}

static void mouse(enum ui_event_kind kind, const char *part, int button, unsigned modifiers)
{
    int spot = board_layout_find_device(&layout, find(part));
    assert_true(spot >= 0);
    struct rect area = layout.spots[spot].area;
    pane_rig_event(&rig, &(struct ui_event){.kind = kind,
                                            .x = area.x + area.width / 2,
                                            .y = area.y + area.height / 2,
                                            .button = button,
                                            .modifiers = modifiers});
}

static void key(enum ui_event_kind kind, int code, unsigned modifiers)
{
    pane_rig_event(&rig, &(struct ui_event){.kind = kind, .key = code, .modifiers = modifiers});
}

/* All that was sent since the last time: "press button0, release button0". */
static void check_sent(const char *wanted)
{
    char sent[1024] = "";
    for (size_t i = 0; i < rig.command_count; i++) {
        const struct view_command *command = &rig.commands[i];
        size_t used = strlen(sent);
        assert_int_equal(command->kind, VIEW_COMMAND_INPUT);
        snprintf(sent + used, sizeof sent - used, "%s%s %s", used == 0 ? "" : ", ", command->input,
                 rig.frame->parts.parts[command->device].name);
    }
    assert_string_equal(sent, wanted);
    rig.command_count = 0;
}

static void test_pressing_with_the_mouse(void **state)
{
    (void)state;
    mouse(UI_MOUSE_DOWN, "button0", 1, 0);
    check_sent("press button0");
    mouse(UI_MOUSE_MOVE, "button2", 1, 0);
    check_sent("");
    /* Let go elsewhere. */
    pane_rig_event(&rig, &(struct ui_event){.kind = UI_MOUSE_UP, .x = -500, .y = 9000});
    check_sent("release button0");
    mouse(UI_MOUSE_UP, "button0", 1, 0);
    check_sent("");
    mouse(UI_MOUSE_DOWN, "pad0", 1, 0);
    mouse(UI_MOUSE_UP, "pad0", 1, 0);
    check_sent("touch pad0, untouch pad0");
    /* What cannot be pressed is not. */
    mouse(UI_MOUSE_DOWN, "led0", 1, 0);
    mouse(UI_MOUSE_UP, "led0", 1, 0);
    check_sent("");
}

static void test_latching(void **state)
{
    (void)state;
    mouse(UI_MOUSE_DOWN, "button0", 1, UI_SHIFT);
    mouse(UI_MOUSE_UP, "button0", 1, UI_SHIFT);
    check_sent("press button0");
    mouse(UI_MOUSE_DOWN, "button0", 1, 0);
    mouse(UI_MOUSE_UP, "button0", 1, 0);
    check_sent(""); /* it is held already, and stays so */
    mouse(UI_MOUSE_DOWN, "button1", 3, 0);
    mouse(UI_MOUSE_UP, "button1", 3, 0);
    check_sent("press button1");
    key(UI_LET_GO, 0, 0);
    check_sent(""); /* a latch outlives the focus */
    mouse(UI_MOUSE_DOWN, "button1", 3, 0);
    check_sent("release button1");
    key(UI_KEY_DOWN, '1', UI_SHIFT);
    key(UI_KEY_UP, '1', UI_SHIFT);
    check_sent("release button0");
}

static void test_pressing_with_keys(void **state)
{
    (void)state;
    key(UI_KEY_DOWN, '2', 0);
    pane_rig_event(&rig, &(struct ui_event){.kind = UI_KEY_DOWN, .key = '2', .repeated = true});
    check_sent("press button1");
    key(UI_KEY_DOWN, '3', 0);
    key(UI_KEY_UP, '2', UI_SHIFT); /* Shift came in between */
    key(UI_KEY_UP, '3', 0);
    check_sent("press button2, release button1, release button2");
    assert_false(pane_rig_key(&rig, '4', 0)); /* there are three */
    assert_false(pane_rig_key(&rig, '1', UI_ALT));
    check_sent("");
    key(UI_KEY_DOWN, 't', 0);
    key(UI_KEY_UP, 't', 0);
    check_sent("touch pad0, untouch pad0");
    key(UI_KEY_DOWN, 't', UI_SHIFT);
    key(UI_KEY_UP, 't', UI_SHIFT);
    check_sent("touch pad0");
    /* Digits press although another pane has the focus; the others' own keys are not taken. */
    rig.context.focused = false;
    assert_true(pane_rig_key(&rig, '1', 0));
    check_sent("press button0, release button0");
    assert_false(pane_rig_key(&rig, UI_KEY_LEFT, 0));
    assert_false(pane_rig_key(&rig, UI_KEY_ENTER, 0));
    assert_false(pane_rig_key(&rig, '0', 0));
}

static void test_several_hold_one(void **state)
{
    (void)state;
    key(UI_KEY_DOWN, '1', 0);
    mouse(UI_MOUSE_DOWN, "button0", 1, 0);
    key(UI_KEY_UP, '1', 0);
    check_sent("press button0");
    mouse(UI_MOUSE_UP, "button0", 1, 0);
    check_sent("release button0");
}

static void test_no_release_is_lost(void **state)
{
    (void)state;
    key(UI_KEY_DOWN, '1', 0);
    key(UI_KEY_DOWN, 't', 0);
    mouse(UI_MOUSE_DOWN, "button2", 1, 0);
    check_sent("press button0, touch pad0, press button2");
    key(UI_LET_GO, 0, 0);
    check_sent("release button2, release button0, untouch pad0");
    /* What comes afterwards is nothing new. */
    key(UI_KEY_UP, '1', 0);
    key(UI_KEY_UP, 't', 0);
    mouse(UI_MOUSE_UP, "button2", 1, 0);
    check_sent("");
}

static void test_arrows_and_enter(void **state)
{
    (void)state;
    key(UI_KEY_DOWN, UI_KEY_ENTER, 0);
    check_sent("");
    mouse(UI_MOUSE_DOWN, "button0", 1, 0);
    mouse(UI_MOUSE_UP, "button0", 1, 0);
    check_sent("press button0, release button0");
    pane_rig_key(&rig, UI_KEY_RIGHT, 0);
    pane_rig_key(&rig, UI_KEY_ENTER, 0);
    check_sent("press button1, release button1");
    pane_rig_key(&rig, UI_KEY_LEFT, 0);
    pane_rig_key(&rig, UI_KEY_DOWN_ARROW, 0);
    pane_rig_key(&rig, UI_KEY_ENTER, UI_SHIFT);
    check_sent("press button2");
    pane_rig_key(&rig, UI_KEY_ENTER, UI_SHIFT);
    check_sent("release button2");
    /* Every part is reached, and the ends are ends. */
    for (int i = 0; i < 40; i++) {
        pane_rig_key(&rig, i % 2 == 0 ? UI_KEY_RIGHT : UI_KEY_UP_ARROW, 0);
    }
    pane_rig_key(&rig, UI_KEY_ENTER, 0);
    check_sent("press button1, release button1");
}

/* ---- zoom ---- */

static void test_zoom(void **state)
{
    (void)state;
    struct ui_event wheel = {.kind = UI_WHEEL, .x = 500, .y = 120, .delta_y = 3};
    assert_true(pane_rig_event(&rig, &wheel));
    pane_rig_draw(&rig);
    golden_check_canvas("board_zoomed", rig.canvas);
    /* 0 fits again: as it was. */
    pane_rig_key(&rig, '0', 0);
    rig.context.mouse_x = -1.0e6F;
    pane_rig_draw(&rig);
    uint32_t width = 0, height = 0;
    const uint8_t *pixels = canvas_pixels(rig.canvas, &width, &height);
    uint8_t *before = malloc((size_t)width * height * 4);
    assert_non_null(before);
    memcpy(before, pixels, (size_t)width * height * 4);
    wheel.delta_y = -30;
    pane_rig_event(&rig, &wheel);
    rig.context.mouse_x = -1.0e6F;
    pane_rig_draw(&rig);
    pixels = canvas_pixels(rig.canvas, &width, &height);
    assert_memory_equal(before, pixels, (size_t)width * height * 4);
    free(before);
}

/* ---- boards ---- */

static struct board_frames frames;

static void open_board(const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s.dtb", BOARD_FOLDER, name);
    board_frames_open(&frames, path, catalogue_find);
    board_frames_fill(&frames, 0);
}

static void test_a_finger_on_a_touch_panel(void **state)
{
    (void)state;
    open_board("pinetime");
    open_with(frames.frame);
    int panel = board_layout_find_device(&layout, find("cst816s"));
    struct rect area = board_layout_touch_area(&layout, &rig.frame->parts, panel, 1);
    /* The picture of 240 x 240, pixel for pixel or more: each place under its own pixel. */
    float step = area.width / 240;
    struct ui_event finger = {.kind = UI_MOUSE_DOWN,
                              .button = 1,
                              .x = area.x + 10.5F * step,
                              .y = area.y + 200.5F * step};
    pane_rig_event(&rig, &finger);
    assert_int_equal(rig.commands[0].value, 10 + 200 * DEVICE_TOUCH_PLACES);
    finger.kind = UI_MOUSE_MOVE;
    finger.x += 5 * step;
    pane_rig_event(&rig, &finger);
    pane_rig_event(&rig, &finger);
    assert_int_equal(rig.command_count, 2); /* the same place is told once */
    assert_int_equal(rig.commands[1].value, 15 + 200 * DEVICE_TOUCH_PLACES);
    /* Beyond the edge the finger stays at it. */
    finger.x = area.x + 5000;
    finger.y = area.y - 5000;
    pane_rig_event(&rig, &finger);
    assert_int_equal(rig.commands[2].value, 239);
    finger.kind = UI_MOUSE_UP;
    pane_rig_event(&rig, &finger);
    check_sent("touch cst816s, touch cst816s, touch cst816s, untouch cst816s");
    key(UI_KEY_DOWN, 't', 0);
    assert_int_equal(rig.commands[0].value, 120 + 120 * DEVICE_TOUCH_PLACES);
    key(UI_LET_GO, 0, 0);
    check_sent("touch cst816s, untouch cst816s");
    pane_rig_close(&rig);
    board_frames_close(&frames);
}

static void test_every_part_has_a_spot(void **state)
{
    (void)state;
    static const char *const boards[] = {"nrf52dk", "nrf52840dk", "security_key", "pinetime",
                                         "sensor_node"};
    for (size_t b = 0; b < 5; b++) {
        open_board(boards[b]);
        open_with(frames.frame);
        const struct view_parts *parts = &frames.frame->parts;
        for (size_t i = 0; i < parts->part_count; i++) {
            int spot = board_layout_find_device(&layout, i);
            assert_int_equal(spot != BOARD_NO_SPOT, !parts->parts[i].on_chip);
            if (spot == BOARD_NO_SPOT) {
                continue;
            }
            struct rect area = layout.spots[spot].area;
            assert_true(area.x >= 0 && area.y >= 0 && area.x + area.width <= 720 &&
                        area.y + area.height <= 480);
            /* What can be pressed can be hit in its middle. */
            if (parts->parts[i].kind == VIEW_PART_BUTTON) {
                assert_int_equal(board_layout_find(&layout, parts, area.x + area.width / 2,
                                                   area.y + area.height / 2),
                                 spot);
            }
        }
        pane_rig_close(&rig);
        board_frames_close(&frames);
    }
}

static void golden(const char *name, const struct golden_options *options)
{
    board_frames_fill(&frames, FRAME_CYCLES);
    golden_check(name, &pane_board, frames.frame, options);
    board_frames_close(&frames);
}

static void test_looks_of_boards(void **state)
{
    (void)state;
    static const struct golden_options light = {.width = 560, .height = 400, .theme = THEME_LIGHT};
    static const struct golden_options sharp = {.width = 960, .height = 480, .scale = 2};
    open_board("nrf52dk");
    board_frames_drive(&frames, 17, false); /* LED1 on */
    board_frames_drive(&frames, 25, true);
    board_frames_tell(&frames, "button3", "press", 1);
    golden("board_nrf52dk", NULL);
    open_board("security_key");
    board_frames_drive(&frames, 8, false);  /* red */
    board_frames_drive(&frames, 12, false); /* and blue */
    golden("board_security_key", &sharp);
    open_board("sensor_node");
    golden("board_sensor_node", &light);
    open_board("nrf52840dk");
    golden("board_nrf52840dk", &light);
}

/* A picture that is easy to check by eye: a frame, and a gradient. */
static void paint_picture(struct view_display *display)
{
    display->width = display->height = 240;
    display->changes = 1;
    for (uint32_t i = 0; i < 240 * 240; i++) {
        uint32_t x = i % 240, y = i / 240;
        bool edge = x < 4 || y < 4 || x >= 236 || y >= 236;
        display->rgb[3 * i] = edge ? 255 : (uint8_t)x;
        display->rgb[3 * i + 1] = edge ? 255 : (uint8_t)y;
        display->rgb[3 * i + 2] = edge ? 255 : 90;
    }
}

static void test_looks_of_a_watch(void **state)
{
    (void)state;
    open_board("pinetime");
    board_frames_tell(&frames, "cst816s", "touch", 60 + 180 * DEVICE_TOUCH_PLACES);
    board_frames_drive(&frames, 16, false); /* the motor */
    board_frames_fill(&frames, FRAME_CYCLES);
    paint_picture(&frames.frame->parts.displays[0]);
    frames.frame->parts.parts[board_frames_find(&frames, "st7789v")].active = true;
    golden_check("board_pinetime", &pane_board, frames.frame, NULL);
    /* No places: a grid. */
    static struct board_picture nothing;
    nothing.color = BOARD_PICTURE_NO_COLOR;
    frames.frame->parts.picture = &nothing;
    golden_check("board_grid", &pane_board, frames.frame, NULL);
    board_frames_close(&frames);
}

static void test_looks_of_states(void **state)
{
    (void)state;
    pane_rig_take(&rig, frame);
    mouse(UI_MOUSE_DOWN, "button0", 1, UI_SHIFT);
    mouse(UI_MOUSE_DOWN, "button2", 1, 0);
    key(UI_KEY_DOWN, 't', 0);
    pane_rig_draw(&rig); /* latched, pressed, touched, with the card of the one under the mouse */
    golden_check_canvas("board_held", rig.canvas);
    key(UI_LET_GO, 0, 0);
    int header = 0;
    while (layout.spots[header].item == NULL || layout.spots[header].item->contact_count == 0) {
        header++;
    }
    struct board_contact_place contact = board_layout_contact(&layout.spots[header], 2);
    rig.context.mouse_x = contact.x;
    rig.context.mouse_y = contact.y;
    pane_rig_draw(&rig);
    golden_check_canvas("board_contact", rig.canvas);
    rig.context.mouse_x = -1.0e6F;
    pane_rig_key(&rig, UI_KEY_LEFT, 0);
    pane_rig_draw(&rig); /* the focus, and its card */
    golden_check_canvas("board_focus", rig.canvas);
}

/* ---- what no board looks like ---- */

static void spoil(struct board_picture *picture, unsigned how)
{
    for (size_t i = 0; i < BOARD_PICTURE_ITEMS_MAX; i++) {
        struct board_picture_item *item = &picture->items[i];
        if (i >= picture->item_count) {
            *item = picture->items[i % picture->item_count];
            item->device = BOARD_PICTURE_NO_DEVICE;
        }
        item->width_um = how == 0 ? 0 : how == 1 ? BOARD_PICTURE_LENGTH_MAX : 1;
        item->height_um = how == 2 ? 0 : BOARD_PICTURE_LENGTH_MAX;
        item->contact_rows = how == 1 ? 1 : BOARD_PICTURE_PINS_MAX;
        item->contact_count = BOARD_PICTURE_PINS_MAX;
        item->silk = "a very long text that somebody has printed beside the part, for fun";
    }
    picture->item_count = BOARD_PICTURE_ITEMS_MAX;
    if (how == 2) { /* an outline without an area */
        memset(picture->corners, 0, sizeof picture->corners);
        picture->corner_count = BOARD_PICTURE_CORNERS_MAX;
        picture->width_um = picture->height_um = 0;
        picture->corner_radius_um = BOARD_PICTURE_LENGTH_MAX;
    } else if (how == 3) { /* one that crosses itself */
        picture->corner_count = 7;
        for (int32_t i = 0; i < 7; i++) {
            picture->corners[i] =
                (struct board_picture_point){i * 37000 % 101600, i * 23 % 7 * 9000};
        }
    }
}

static void test_hostile_pictures(void **state)
{
    (void)state;
    for (unsigned how = 0; how < 4; how++) {
        struct board_picture *picture = malloc(sizeof *picture);
        assert_non_null(picture);
        *picture = *frame->parts.picture;
        spoil(picture, how);
        frame->parts.picture = picture;
        pane_rig_take(&rig, frame);
        for (float x = 0; x < 720; x += 90) {
            struct ui_event move = {.kind = UI_MOUSE_MOVE, .x = x, .y = x * 0.6F};
            pane_rig_event(&rig, &move);
            pane_rig_draw(&rig);
            pane_rig_click(&rig, x, x * 0.6F);
            pane_rig_key(&rig, UI_KEY_DOWN_ARROW, 0);
            pane_rig_key(&rig, '+', 0);
        }
        sample_frame(frame); /* also sets its picture */
        free(picture);
    }
}

static void test_crowds_and_small_panes(void **state)
{
    (void)state;
    /* As many parts as there may be, none with a place. */
    static struct board_picture nothing;
    struct view_parts *parts = &frame->parts;
    nothing.color = BOARD_PICTURE_NO_COLOR;
    parts->picture = &nothing;
    for (size_t i = parts->part_count; i < VIEW_PARTS_MAX; i++) {
        parts->parts[i] = parts->parts[i % 10];
        ((struct board *)(uintptr_t)parts->board)->devices[i] = parts->board->devices[i % 10];
    }
    parts->part_count = VIEW_PARTS_MAX;
    pane_rig_take(&rig, frame);
    pane_rig_draw(&rig);
    /* The keyboard goes through all of them, and brings them into sight. */
    for (int i = 0; i < 60; i++) {
        pane_rig_key(&rig, UI_KEY_DOWN_ARROW, 0);
        pane_rig_draw(&rig);
    }
    golden_check_canvas("board_crowd", rig.canvas);
    static const float sides[] = {0, 1, 30, 3000};
    for (unsigned i = 0; i < 16; i++) {
        rig.area.width = sides[i % 4];
        rig.area.height = sides[i / 4];
        pane_rig_draw(&rig);
        pane_rig_click(&rig, rig.area.x + rig.area.width / 2, rig.area.y + rig.area.height / 2);
        pane_rig_key(&rig, UI_KEY_RIGHT, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_pressing_with_the_mouse, open_pane, close_pane),
        cmocka_unit_test_setup_teardown(test_latching, open_pane, close_pane),
        cmocka_unit_test_setup_teardown(test_pressing_with_keys, open_pane, close_pane),
        cmocka_unit_test_setup_teardown(test_several_hold_one, open_pane, close_pane),
        cmocka_unit_test_setup_teardown(test_no_release_is_lost, open_pane, close_pane),
        cmocka_unit_test_setup_teardown(test_arrows_and_enter, open_pane, close_pane),
        cmocka_unit_test_setup_teardown(test_zoom, open_pane, close_pane),
        cmocka_unit_test(test_a_finger_on_a_touch_panel),
        cmocka_unit_test(test_every_part_has_a_spot),
        cmocka_unit_test(test_looks_of_boards),
        cmocka_unit_test(test_looks_of_a_watch),
        cmocka_unit_test_setup_teardown(test_looks_of_states, open_pane, close_pane),
        cmocka_unit_test_setup_teardown(test_hostile_pictures, open_pane, close_pane),
        cmocka_unit_test_setup_teardown(test_crowds_and_small_panes, open_pane, close_pane),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
