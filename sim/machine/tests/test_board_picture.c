/* The picture of a board: of every board that comes with the program, and of what cannot be. */
#include "sim/machine/board_picture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>

#include "peripherals/catalogue.h"
#include "sim/loader/file.h"
#include "sim/machine/board_tree.h"

static bool read_board(const char *name, struct board *board, struct sim_error *error)
{
    char path[512];
    struct file_bytes blob;
    snprintf(path, sizeof path, "%s/%s.dtb", BOARD_FOLDER, name);
    bool done = file_read(path, &blob, error) &&
                board_parse(name, blob.data, blob.size, catalogue_find, board, error);
    assert_string_equal(error->text, "");
    file_free(&blob);
    return done;
}

static const struct board_picture_item *find(const struct board_picture *picture, const char *name)
{
    for (size_t i = 0; i < picture->item_count; i++) {
        if (strcmp(picture->items[i].name, name) == 0) {
            return &picture->items[i];
        }
    }
    return NULL;
}

/* What one can see or reach: what hangs on a pin of its own, and what sits on a bus. */
static bool is_visible(const struct board *board, const struct board_device *device)
{
    return device->window_count == 0 &&
           (device->bus != BOARD_NO_BUS || tree_has(board->blob, device->node, "gpios"));
}

static void test_every_visible_part_has_a_place(void **state)
{
    (void)state;
    static const char *const boards[] = {"nrf52dk", "nrf52840dk", "security_key", "pinetime",
                                         "sensor_node"};
    for (size_t b = 0; b < sizeof boards / sizeof boards[0]; b++) {
        static struct board board;
        static struct board_picture picture;
        struct sim_error error = {.status = SIM_OK};
        unsigned visible = 0;
        assert_true(read_board(boards[b], &board, &error));
        assert_true(board_picture_read(&board, &picture, &error));
        assert_true(picture.corner_count >= 4);
        for (size_t i = 0; i < board.device_count; i++) {
            if (!is_visible(&board, &board.devices[i])) {
                continue;
            }
            const struct board_picture_item *item = find(&picture, board.devices[i].name);
            visible++;
            if (item == NULL) {
                fail_msg("%s: %s has no sandglass,at-um", boards[b], board.devices[i].name);
            }
            assert_int_equal(item->device, i);
        }
        assert_true(visible >= 3);
        /* Nothing hangs over the edge by more than a plug does. */
        for (size_t i = 0; i < picture.item_count; i++) {
            const struct board_picture_item *item = &picture.items[i];
            assert_true(item->centre.x_um + item->width_um / 2 <= picture.width_um + 1000);
            assert_true(item->centre.y_um + item->height_um / 2 <= picture.height_um + 1000);
            assert_true(item->centre.x_um - item->width_um / 2 >= -1000);
            assert_true(item->centre.y_um - item->height_um / 2 >= -1000);
        }
        board_free(&board);
    }
}

static void test_what_a_board_says(void **state)
{
    (void)state;
    static struct board board;
    static struct board_picture picture;
    struct sim_error error = {.status = SIM_OK};
    assert_true(read_board("security_key", &board, &error));
    assert_true(board_picture_read(&board, &picture, &error));
    assert_int_equal(picture.corner_count, 8);
    assert_int_equal(picture.width_um, 46040);
    assert_int_equal(picture.height_um, 15220);
    const struct board_picture_item *led = find(&picture, "led0");
    assert_string_equal(led->silk, "LD1");
    assert_string_equal(led->kind, "led");
    assert_int_equal(led->color, 0x20e040);
    const struct board_picture_item *usb = find(&picture, "usb");
    assert_int_equal(usb->device, BOARD_PICTURE_NO_DEVICE);
    assert_null(usb->silk);
    assert_int_equal(usb->width_um, 14400);
    board_free(&board);
}

static void test_inside_of_an_outline(void **state)
{
    (void)state;
    /* An L: the box without its upper right quarter. */
    static const struct board_picture l = {
        .corners = {{0, 0}, {50, 0}, {50, 50}, {100, 50}, {100, 100}, {0, 100}}, .corner_count = 6};
    static const struct {
        struct board_picture_point point;
        bool inside;
    } cases[] = {{{25, 25}, true},   {{75, 25}, false}, {{75, 75}, true},   {{0, 0}, true},
                 {{100, 100}, true}, {{50, 25}, true},  {{50, 50}, true},   {{100, 0}, false},
                 {{75, 50}, true},   {{75, 49}, false}, {{101, 75}, false}, {{25, 101}, false},
                 {{0, 50}, true},    {{25, 50}, true}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (board_picture_holds(&l, cases[i].point) != cases[i].inside) {
            fail_msg("(%d, %d)", cases[i].point.x_um, cases[i].point.y_um);
        }
    }
    static const struct board_picture nothing = {.corner_count = 0};
    assert_false(board_picture_holds(&nothing, cases[0].point));
}

/* Sets a property of one node of a board that is read already. The blob has room to grow. */
static bool read_changed(bool of_led, const char *name, const uint32_t *cells, int count,
                         struct sim_error *error)
{
    static struct board board;
    static struct board_picture picture;
    *error = (struct sim_error){.status = SIM_OK};
    assert_true(read_board("nrf52dk", &board, error));
    int size = (int)fdt_totalsize(board.blob) + 1024;
    board.blob = realloc(board.blob, (size_t)size);
    assert_int_equal(fdt_open_into(board.blob, board.blob, size), 0);
    int node = fdt_path_offset(board.blob, of_led ? "/leds/led_0" : "/");
    fdt32_t big[80];
    for (int i = 0; i < count; i++) {
        big[i] = cpu_to_fdt32(cells[i]);
    }
    assert_int_equal(fdt_setprop(board.blob, node, name, big, count * 4), 0);
    /* Offsets of nodes are other ones now: keep one device, and that right. */
    board.devices[0].node = node;
    board.device_count = of_led ? 1 : 0;
    bool done = board_picture_read(&board, &picture, error);
    board_free(&board);
    return done;
}

static void test_what_cannot_be(void **state)
{
    (void)state;
    static const uint32_t line[] = {0, 0, 1, 1};
    static const uint32_t odd[] = {0, 0, 9, 0, 9, 9, 1};
    static const uint32_t far[] = {0, 0, 9, 0, 1000001, 9};
    static const uint32_t off_board[] = {101601, 5};
    static const uint32_t one[] = {5};
    static const uint32_t many[70] = {0};
    struct sim_error error;
    assert_false(read_changed(false, "sandglass,outline-um", line, 4, &error));
    assert_non_null(strstr(error.text, "nrf52dk: /: `sandglass,outline-um` is 3 to 32 corners"));
    assert_false(read_changed(false, "sandglass,outline-um", odd, 7, &error));
    assert_false(read_changed(false, "sandglass,outline-um", many, 70, &error));
    assert_false(read_changed(false, "sandglass,outline-um", far, 6, &error));
    assert_non_null(strstr(error.text, "corner 2 lies more than a metre off"));
    assert_false(read_changed(true, "sandglass,at-um", off_board, 2, &error));
    assert_non_null(strstr(error.text, "/leds/led_0: `sandglass,at-um` <101601 5> lies outside"));
    assert_false(read_changed(true, "sandglass,at-um", one, 1, &error));
    assert_non_null(strstr(error.text, "is no <X Y>"));
    assert_int_equal(error.status, SIM_WRONG_USE);
    static const uint32_t absent_pin[] = {3, BOARD_PICTURE_NO_PIN, 32};
    static const uint32_t rows[] = {3};
    assert_false(read_changed(true, "sandglass,pins", absent_pin, 3, &error));
    assert_non_null(strstr(error.text, "`sandglass,pins` names pin 32, which the chip does not"));
    assert_true(read_changed(true, "sandglass,pins", absent_pin, 2, &error));
    assert_false(read_changed(true, "sandglass,pins", many, 65, &error));
    assert_non_null(strstr(error.text, "is a list of 1 to 64 pins"));
    assert_false(read_changed(true, "sandglass,pins", many, 0, &error));
    assert_false(read_changed(true, "sandglass,pin-rows", many, 1, &error));
    assert_non_null(strstr(error.text, "`sandglass,pin-rows` does not divide the pins"));
    assert_true(read_changed(true, "sandglass,pin-rows", rows, 1, &error)); /* of nothing */
}

static void test_contacts(void **state)
{
    (void)state;
    static struct board board;
    static struct board_picture picture;
    struct sim_error error = {.status = SIM_OK};
    assert_true(read_board("nrf52dk", &board, &error));
    assert_true(board_picture_read(&board, &picture, &error));
    const struct board_picture_item *header = find(&picture, "p4");
    assert_string_equal(header->shape, "header");
    assert_int_equal(header->contact_count, 10);
    assert_int_equal(header->contact_rows, 1);
    assert_int_equal(header->contacts[0].pin, 27);
    assert_string_equal(header->contacts[0].name, "SCL");
    assert_int_equal(header->contacts[3].pin, BOARD_PICTURE_NO_PIN);
    assert_string_equal(header->contacts[3].name, "GND");
    assert_int_equal(header->contacts[9].pin, 19);
    board_free(&board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_visible_part_has_a_place),
        cmocka_unit_test(test_what_a_board_says),
        cmocka_unit_test(test_contacts),
        cmocka_unit_test(test_inside_of_an_outline),
        cmocka_unit_test(test_what_cannot_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
