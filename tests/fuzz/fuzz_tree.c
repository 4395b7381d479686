/* Board files that are whole but wrong: one of the boards that come with the program, with changes.
 *
 * Input: a byte that picks the board, then changes of one node's property each: gone, another
 * length, another cell, the value of some other property, or the node gone. What is accepted must
 * make a machine or be refused with a line; what devices may ask of their nodes must have answers
 * inside the blob.
 */
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "peripherals/catalogue.h"
#include "sim/loader/file.h"
#include "sim/machine/board_picture.h"
#include "sim/machine/board_pins.h"
#include "sim/machine/machine.h"
#include "tests/fuzz/fuzz_bytes.h"

#define LIMIT_SECONDS 4U
#define CHANGES_MAX   24U
#define ROOM_BYTES    4096 /* that properties may grow by */
#define BLOB_MAX      (128 * 1024)

static const char *const board_names[] = {"nrf52dk", "nrf52840dk", "security_key", "pinetime",
                                          "sensor_node"};
#define BOARD_COUNT (sizeof board_names / sizeof board_names[0])

struct tree {
    uint8_t blob[BLOB_MAX];
};

/* The boards as they are, read once. */
static const void *board_blob(size_t index)
{
    static struct file_bytes blobs[BOARD_COUNT];
    struct sim_error error = {.status = SIM_OK};
    char path[512];
    if (blobs[index].data == NULL) {
        (void)snprintf(path, sizeof path, "%s/%s.dtb", FUZZ_BOARD_FOLDER, board_names[index]);
        fuzz_check(file_read(path, &blobs[index], &error), "a board's blob is missing");
    }
    return blobs[index].data;
}

static int pick_node(const void *blob, uint32_t number)
{
    int node = 0;
    uint32_t count = 0;
    for (int at = 0; at >= 0; at = fdt_next_node(blob, at, NULL)) {
        count++;
    }
    number %= count;
    for (uint32_t i = 0; i < number; i++) {
        node = fdt_next_node(blob, node, NULL);
    }
    return node;
}

static int pick_property(const void *blob, int node, uint32_t number)
{
    int property = 0;
    uint32_t count = 0;
    fdt_for_each_property_offset(property, blob, node)
    {
        count++;
    }
    if (count == 0) {
        return -1;
    }
    property = fdt_first_property_offset(blob, node);
    for (uint32_t i = 0; i < number % count; i++) {
        property = fdt_next_property_offset(blob, property);
    }
    return property;
}

/* Numbers that mean something in a board, and any. */
static uint32_t pick_cell(struct fuzz_bytes *bytes)
{
    static const uint32_t likely[] = {0,          1,          2,          31,         32,
                                      47,         48,         0x7F,       0x80,       0x1FF,
                                      0x1000,     0x40000000, 0x40003000, 0x50000000, 0x20000000,
                                      0xE000E000, 0xFFFFFFFF, 0x80000000, 0x0C00001A, 0x00040000};
    uint8_t kind = fuzz_u8(bytes);
    if (kind < sizeof likely / sizeof likely[0]) {
        return likely[kind];
    }
    return kind < 0x80 ? kind - 20U /* a phandle, a pin */ : fuzz_u32(bytes);
}

static void change_cell(void *blob, int node, int property, struct fuzz_bytes *bytes)
{
    const char *name = NULL;
    int length = 0;
    const void *value = fdt_getprop_by_offset(blob, property, &name, &length);
    uint32_t cell = fuzz_u8(bytes);
    fdt32_t big = cpu_to_fdt32(pick_cell(bytes));
    if (value != NULL && length >= 4) {
        uint32_t at = cell % ((uint32_t)length / 4) * 4;
        (void)fdt_setprop_inplace_namelen_partial(blob, node, name, (int)strlen(name), at, &big,
                                                  sizeof big);
    }
}

static void set_value(void *blob, int node, int property, const void *value, int length)
{
    char name[64] = "";
    uint8_t copy[1024];
    const char *known = NULL;
    if (fdt_getprop_by_offset(blob, property, &known, NULL) == NULL || strlen(known) > 63 ||
        length < 0 || (size_t)length > sizeof copy) {
        return;
    }
    /* What is in the blob moves while it is written to. */
    strcpy(name, known);
    memcpy(copy, value, (size_t)length);
    (void)fdt_setprop(blob, node, name, copy, length);
}

static void change(void *blob, struct fuzz_bytes *bytes)
{
    uint8_t kind = fuzz_u8(bytes) % 8;
    int node = pick_node(blob, fuzz_u16(bytes));
    int property = pick_property(blob, node, fuzz_u8(bytes));
    int length = 0;
    if (kind == 0 && node > 0) {
        (void)fdt_nop_node(blob, node);
    }
    if (kind == 0 || property < 0) {
        return;
    }
    const char *name = NULL;
    const void *value = fdt_getprop_by_offset(blob, property, &name, &length);
    if (kind == 1) {
        (void)fdt_nop_property(blob, node, name);
    } else if (kind == 2) { /* shorter, in bytes */
        set_value(blob, node, property, value, length == 0 ? 0 : fuzz_u8(bytes) % length);
    } else if (kind == 3) { /* what some other property says */
        int other = pick_node(blob, fuzz_u16(bytes));
        int from = pick_property(blob, other, fuzz_u8(bytes));
        if (from >= 0) {
            value = fdt_getprop_by_offset(blob, from, NULL, &length);
            set_value(blob, node, property, value, length);
        }
    } else {
        change_cell(blob, node, property, bytes);
    }
}

static void read_notes(const struct board *board)
{
    for (size_t i = 0; i < board->note_count; i++) {
        char text[256];
        board_note_text(board, i, text, sizeof text);
        fuzz_check(text[0] != '\0' && strchr(text, '\n') == NULL, "a note of more than a line");
    }
}

static void ask_for_properties(const struct board *board)
{
    static struct pin pins[BOARD_PINS_MAX];
    for (size_t i = 0; i < board->device_count; i++) {
        struct board_props view;
        struct props_gpio gpio;
        char place[64];
        struct props props = board_props_make(&view, board, board->devices[i].node, pins);
        for (uint32_t k = 0; k < 3; k++) {
            if (props.gpio(props.node, "gpios", k, &gpio) ||
                props_bus_gpio(&props, "cs-gpios", k, &gpio)) {
                fuzz_check(gpio.number < board->pin_count, "a pin that the chip does not have");
            }
        }
        for (int function = PROPS_SPI_SCK; function <= PROPS_UART_CTS; function++) {
            if (props_bus_pin(&props, NULL, (enum props_function)function, &gpio) ||
                props_bus_pin(&props, "pwms", (enum props_function)function, &gpio)) {
                fuzz_check(gpio.number < board->pin_count, "a pin that the chip does not have");
            }
        }
        board_device_place(board, i, place, sizeof place);
        fuzz_check(strchr(place, '\n') == NULL, "a place of more than a line");
    }
}

static void check_error(const struct sim_error *error)
{
    fuzz_check(error->status == SIM_WRONG_USE && error->text[0] != '\0' &&
                   strchr(error->text, '\n') == NULL,
               "a refusal says nothing, or more than a line");
}

static void check_contacts(const struct board *board, const struct board_picture_item *item)
{
    fuzz_check(item->contact_count <= BOARD_PICTURE_PINS_MAX && item->contact_rows > 0 &&
                   item->contact_count % item->contact_rows == 0,
               "contacts that are no rows");
    for (size_t i = 0; i < item->contact_count; i++) {
        const struct board_picture_contact *contact = &item->contacts[i];
        fuzz_check(contact->pin < board->pin_count || contact->pin == BOARD_PICTURE_NO_PIN,
                   "a contact of a pin that there is not");
        fuzz_check(contact->name == NULL || strlen(contact->name) < BOARD_BLOB_MAX, "no name");
    }
}

static void read_picture(const struct board *board)
{
    static struct board_picture picture;
    struct sim_error error = {.status = SIM_OK};
    if (!board_picture_read(board, &picture, &error)) {
        check_error(&error);
        return;
    }
    for (size_t i = 0; i < picture.item_count; i++) {
        check_contacts(board, &picture.items[i]);
    }
}

static void check_pin(void *context, uint32_t pin, const char *role)
{
    const struct board *board = context;
    fuzz_check(pin < board->pin_count && strlen(role) < 32, "a device on a pin that there is not");
}

static void visit_pins(struct board *board)
{
    for (size_t i = 0; i < board->device_count; i++) {
        board_pins_visit(board, board->devices[i].node, check_pin, board);
    }
}

static void use_board(struct board *board, bool run)
{
    struct sim_error error = {.status = SIM_OK};
    read_picture(board);
    visit_pins(board);
    ask_for_properties(board);
    read_notes(board);
    struct machine_config config = {
        .board = board, .seed = 1, .quirk = catalogue_find_quirk(board->chip->name)};
    config.absent = catalogue_absent_entries(&config.absent_count);
    struct machine *machine = run ? machine_create(&config, &error) : NULL;
    if (machine != NULL) {
        machine_reset(machine, RESET_POWER_ON);
        (void)machine_run(machine, 1000);
        machine_destroy(machine);
    } else if (run) {
        check_error(&error);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct board board;
    static struct tree tree;
    struct fuzz_bytes bytes = {.data = data, .size = size};
    struct sim_error error = {.status = SIM_OK};
    uint8_t first = fuzz_u8(&bytes);
    const void *blob = board_blob(first % BOARD_COUNT);
    int room = (int)fdt_totalsize(blob) + ROOM_BYTES;
    fuzz_check(room <= BLOB_MAX && fdt_open_into(blob, tree.blob, room) == 0, "no room");
    for (unsigned i = 0; i < CHANGES_MAX && fuzz_more(&bytes); i++) {
        change(tree.blob, &bytes);
    }
    (void)fdt_pack(tree.blob);
    /* A copy that ends where the blob does: ASan sees the first byte that is read past it. */
    size_t length = fdt_totalsize(tree.blob);
    uint8_t *exact = malloc(length);
    fuzz_check(exact != NULL, "no memory");
    memcpy(exact, tree.blob, length);
    fuzz_limit_seconds(LIMIT_SECONDS);
    if (board_parse("input", exact, length, catalogue_find, &board, &error)) {
        use_board(&board, first / BOARD_COUNT % 4 == 0);
        board_free(&board);
    } else {
        check_error(&error);
    }
    fuzz_limit_seconds(0);
    free(exact);
    return 0;
}
