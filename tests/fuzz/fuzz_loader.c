/* Hostile files: firmware images, apps, bundles, kernel information, symbols, board files.
 *
 * Input: a byte that picks the reader, then the file. What a reader accepts must be inside the file
 * and inside the address space; a board that is accepted must make a machine or be refused.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "peripherals/catalogue.h"
#include "sim/loader/image.h"
#include "sim/loader/kernel_info.h"
#include "sim/loader/little_endian.h"
#include "sim/loader/symbols.h"
#include "sim/loader/tab.h"
#include "sim/loader/tbf.h"
#include "sim/machine/machine.h"
#include "tests/fuzz/fuzz_board.h"

#define LIMIT_SECONDS       4U
#define APPS_MAX            4U
#define TBF_HEADER_BYTES    16U
#define TBF_CHECKSUM_OFFSET 12U

static void check_error(const struct sim_error *error)
{
    fuzz_check(error->status != SIM_OK && error->text[0] != '\0' &&
                   strchr(error->text, '\n') == NULL,
               "a refusal says nothing, or more than a line");
}

static void read_image(uint8_t *data, size_t size)
{
    struct image image;
    struct sim_error error = {.status = SIM_OK};
    if (!image_parse("input", data, size, &image, &error)) {
        check_error(&error);
        return;
    }
    uint32_t sum = 0;
    for (size_t i = 0; i < image.segment_count; i++) {
        const struct image_segment *segment = &image.segments[i];
        fuzz_check(segment->size_bytes > 0, "an empty segment");
        fuzz_check(segment->size_bytes - 1 <= UINT32_MAX - segment->address,
                   "a segment goes round the address space");
        for (uint32_t k = 0; k < segment->size_bytes; k++) {
            sum += image.bytes[segment->offset + k]; /* ASan judges */
        }
    }
    uint32_t used = image_used_bytes(&image, 0x20000000, 0x10000);
    fuzz_check(used <= 0x10000 && sum + 1 != 0, "more memory is used than there is");
    image_free(&image);
}

/* Makes the checksum right, so that what is behind that check is reached. */
static void mend_header(uint8_t *data, size_t size)
{
    uint32_t sum = 0;
    if (size < TBF_HEADER_BYTES) {
        return;
    }
    size_t header_bytes = little_endian_u16(data + 2);
    memset(data + TBF_CHECKSUM_OFFSET, 0, 4);
    for (size_t at = 0; at + 4 <= header_bytes && at + 4 <= size; at += 4) {
        sum ^= little_endian_u32(data + at);
    }
    memcpy(data + TBF_CHECKSUM_OFFSET, &sum, 4);
}

/* Files of equal length, cut from the input. */
static void read_apps(uint8_t *data, size_t size)
{
    struct tbf_app apps[APPS_MAX];
    size_t count = 0;
    size_t part = size / APPS_MAX;
    for (size_t i = 0; i < APPS_MAX; i++) {
        struct sim_error error = {.status = SIM_OK};
        const uint8_t *start = i == 0 ? data : data + i * part;
        size_t length = i == 0 ? size : part;
        struct tbf_app *app = &apps[count];
        *app = (struct tbf_app){.path = "input", .data = start};
        if (!tbf_parse("input", start, length, &app->info, &error)) {
            check_error(&error);
            continue;
        }
        fuzz_check(app->info.total_bytes <= length &&
                       app->info.header_bytes <= app->info.total_bytes,
                   "an app is longer than its file");
        fuzz_check(memchr(app->info.name, 0, TBF_NAME_BYTES) != NULL, "a name without an end");
        count++;
    }
    struct sim_error error = {.status = SIM_OK};
    if (!tbf_place(apps, count, 0x30000, 0x50000, &error)) {
        check_error(&error);
        return;
    }
    uint32_t end = 0x30000;
    for (size_t i = 0; i < count; i++) {
        fuzz_check(apps[i].address >= end, "two apps overlap");
        end = apps[i].address + apps[i].info.total_bytes;
        fuzz_check(end <= 0x80000, "an app lies outside of its area");
    }
}

static void read_apps_mended(uint8_t *data, size_t size)
{
    for (size_t i = 0; i < APPS_MAX; i++) {
        mend_header(data + i * (size / APPS_MAX), size / APPS_MAX);
    }
    read_apps(data, size);
}

static void read_bundle(uint8_t *data, size_t size)
{
    const uint8_t *found = NULL;
    size_t found_bytes = 0;
    struct sim_error error = {.status = SIM_OK};
    if (!tab_find("input", data, size, &found, &found_bytes, &error)) {
        check_error(&error);
        return;
    }
    fuzz_check(found >= data && found <= data + size &&
                   found_bytes <= (size_t)(data + size - found),
               "an app lies outside of its bundle");
}

static void read_info(uint8_t *data, size_t size)
{
    struct kernel_info info;
    if (kernel_info_parse(data, size, &info)) {
        for (size_t i = 0; i < info.count; i++) {
            fuzz_check(kernel_info_find(&info, info.records[i].name) != NULL,
                       "a record cannot be found");
        }
    }
    kernel_info_free(&info);
}

static void read_symbols(uint8_t *data, size_t size)
{
    char path[32];
    int file = memfd_create("input", 0);
    fuzz_check(file >= 0 && write(file, data, size) == (ssize_t)size, "no memory for a file");
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    struct symbols *symbols = symbols_open(path);
    for (uint32_t address = 0; symbols != NULL && address < 0x400; address += 32) {
        const char *text = NULL;
        uint32_t start = 0;
        unsigned line = 0;
        if (symbols_find_function(symbols, address, &text, &start)) {
            fuzz_check(strlen(text) < size && start <= address, "a symbol from nowhere");
        }
        (void)symbols_find_line(symbols, address, &text, &line);
    }
    symbols_close(symbols);
    struct kernel_info info;
    (void)kernel_info_read(path, &info);
    kernel_info_free(&info);
    (void)close(file);
}

static void read_board(uint8_t *data, size_t size)
{
    static struct board board;
    struct sim_error error = {.status = SIM_OK};
    if (!board_parse("input", data, size, catalogue_find, &board, &error)) {
        check_error(&error);
        return;
    }
    struct machine_config config = {
        .board = &board, .seed = 1, .quirk = catalogue_find_quirk(board.chip->name)};
    config.absent = catalogue_absent_entries(&config.absent_count);
    struct machine *machine = machine_create(&config, &error);
    if (machine == NULL) {
        check_error(&error);
    } else {
        machine_reset(machine, RESET_POWER_ON);
        (void)machine_run(machine, 1000);
        machine_destroy(machine);
    }
    board_free(&board);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const readers[])(uint8_t *, size_t) = {
        read_image, read_apps, read_apps_mended, read_info, read_symbols, read_board, read_bundle};
    if (size < 1) {
        return 0;
    }
    /* A copy that ends where the file does: ASan sees the first byte that is read past it. */
    size_t length = size - 1;
    uint8_t *exact = malloc(length == 0 ? 1 : length);
    fuzz_check(exact != NULL, "no memory");
    memcpy(exact, data + 1, length);
    fuzz_limit_seconds(LIMIT_SECONDS);
    readers[data[0] % (sizeof readers / sizeof readers[0])](exact, length);
    fuzz_limit_seconds(0);
    free(exact);
    return 0;
}
