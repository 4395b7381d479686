#include "tests/fuzz/fuzz_board.h"

#include "peripherals/catalogue.h"
#include "sim/loader/file.h"

#define SCS_BASE 0xE000E000U

const struct board *fuzz_board(void)
{
    static struct board board;
    static bool read;
    struct file_bytes blob;
    struct sim_error error = {.status = SIM_OK};
    if (!read) {
        if (!file_read(FUZZ_BOARD_BLOB, &blob, &error) ||
            !board_parse(FUZZ_BOARD_BLOB, blob.data, blob.size, catalogue_find, &board, &error)) {
            fuzz_fail("%s", error.text);
        }
        file_free(&blob);
        read = true;
    }
    return &board;
}

uint32_t fuzz_address(uint8_t selector, struct fuzz_bytes *bytes)
{
    const struct board *board = fuzz_board();
    switch (selector % 4) {
    case 0:
    case 1: {
        const struct board_device *device = &board->devices[fuzz_u8(bytes) % board->device_count];
        return device->base + (selector % 4 == 0 ? fuzz_u8(bytes) * 4U : fuzz_u16(bytes) & 0xFFFU);
    }
    case 2:
        return SCS_BASE + (fuzz_u16(bytes) & 0xFFFU);
    default:
        return fuzz_u32(bytes);
    }
}

struct fuzz_input fuzz_input(struct fuzz_bytes *bytes)
{
    static const char *const whats[] = {"press",       "release", "touch", "untouch", "byte",
                                        "temperature", "sleep",   "level", "nonsense"};
    struct fuzz_input input = {.device = fuzz_u8(bytes) % fuzz_board()->device_count,
                               .what = whats[fuzz_u8(bytes) % (sizeof whats / sizeof whats[0])]};
    input.value = (int32_t)fuzz_u32(bytes);
    return input;
}
