#include "tests/fuzz/fuzz_board.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "peripherals/catalogue.h"
#include "sim/loader/file.h"
#include "tests/fuzz/device_world.h"

#define SCS_BASE      0xE000E000U
#define REGISTERS_MAX 1024U
#define BOARD_DEFAULT "nrf52dk"

const struct board *fuzz_board(void)
{
    static struct board board;
    static bool read;
    struct file_bytes blob;
    struct sim_error error = {.status = SIM_OK};
    char path[4096];
    if (!read) {
        const char *name = getenv("FUZZ_BOARD");
        snprintf(path, sizeof path, "%s/%s.dtb", FUZZ_BOARD_FOLDER,
                 name == NULL ? BOARD_DEFAULT : name);
        if (!file_read(path, &blob, &error) ||
            !board_parse(path, blob.data, blob.size, catalogue_find, &board, &error)) {
            fuzz_fail("%s", error.text);
        }
        file_free(&blob);
        read = true;
    }
    return &board;
}

/* The registers that each device has: those that can be read without a word. */
struct registers {
    uint16_t offset[REGISTERS_MAX];
    uint32_t count;
};

static struct registers registers_of[BOARD_DEVICES_MAX];

void fuzz_prepare(void)
{
    static bool done;
    for (size_t i = 0; !done && i < fuzz_board()->device_count; i++) {
        const struct board_device *device = &fuzz_board()->devices[i];
        struct registers *registers = &registers_of[i];
        struct world *world = world_start();
        for (uint32_t offset = 0; offset < device->window_bytes; offset += 4) {
            uint32_t value = 0;
            uint32_t before = world->diag.count[DIAG_GUEST_ERROR];
            (void)world_read(world, device->base + offset, 4, &value);
            if (world->diag.count[DIAG_GUEST_ERROR] == before && registers->count < REGISTERS_MAX) {
                registers->offset[registers->count++] = (uint16_t)offset;
            }
        }
    }
    done = true;
}

uint32_t fuzz_address(uint8_t selector, struct fuzz_bytes *bytes)
{
    const struct board *board = fuzz_board();
    if (selector % 8 == 7) {
        return fuzz_u32(bytes);
    }
    if (selector % 8 == 6) {
        return SCS_BASE + (fuzz_u16(bytes) & 0xFFFU);
    }
    size_t index = fuzz_u8(bytes) % board->device_count;
    uint32_t base = board->devices[index].base;
    const struct registers *registers = &registers_of[index];
    if (selector % 8 == 5 || registers->count == 0) {
        return base + (fuzz_u16(bytes) & 0xFFFU);
    }
    return base + registers->offset[fuzz_u16(bytes) % registers->count];
}

uint32_t fuzz_value(struct fuzz_bytes *bytes)
{
    static const uint32_t likely[] = {0,          1,          2,          3,          4,
                                      8,          15,         0xFF,       0x100,      0x20000000,
                                      0x20000100, 0x2000FFF0, 0x20010000, 0x1FFFFFFF, 0xFFFFFFFF,
                                      0x80000000, 0x7FFFFFFF, 0x05FA0004, 0x01D7E000, 0x6E524635};
    const struct board *board = fuzz_board();
    uint8_t kind = fuzz_u8(bytes);
    if (kind < sizeof likely / sizeof likely[0]) {
        return likely[kind];
    }
    if (kind < 0x40) {
        return 1U << (kind & 31U);
    }
    if (kind < 0x58) {
        uint32_t base = board->devices[fuzz_u8(bytes) % board->device_count].base;
        return base + (kind & 8U) * 0x20U + fuzz_u8(bytes) % 32U * 4U; /* a task or an event */
    }
    if (kind < 0x68) {
        return board->ram.base + fuzz_u16(bytes);
    }
    return kind < 0xB0 ? fuzz_u8(bytes) : kind < 0xD0 ? fuzz_u16(bytes) : fuzz_u32(bytes);
}

/* For half of the codes one of the class's faults, if it has any. */
static const struct device_fault *fuzz_fault(const struct device_class *device_class, uint8_t code)
{
    size_t count = 0;
    while (device_class->faults != NULL && device_class->faults[count].name != NULL) {
        count++;
    }
    return (code & 0x80U) == 0 || count == 0 ? NULL : &device_class->faults[code % count];
}

/* One of the inputs that the class takes, if it takes any and not this one. */
static const char *fuzz_known(const struct device_class *device_class, const char *what,
                              uint8_t code)
{
    size_t count = 0;
    while (device_class->inputs != NULL && device_class->inputs[count].name != NULL) {
        if (strcmp(device_class->inputs[count].name, what) == 0) {
            return what;
        }
        count++;
    }
    return count == 0 || strcmp(what, "nonsense") == 0 ? what
                                                       : device_class->inputs[code % count].name;
}

struct fuzz_input fuzz_input(struct fuzz_bytes *bytes)
{
    static const char *const whats[] = {"press",       "release", "touch", "untouch", "byte",
                                        "temperature", "sleep",   "level", "nonsense"};
    struct fuzz_input input = {.device = fuzz_u8(bytes) % fuzz_board()->device_count};
    uint8_t code = fuzz_u8(bytes);
    input.what = fuzz_known(fuzz_board()->devices[input.device].device_class,
                            whats[code % (sizeof whats / sizeof whats[0])], code);
    input.value = (int32_t)fuzz_u32(bytes);
    const struct device_fault *fault =
        fuzz_fault(fuzz_board()->devices[input.device].device_class, code);
    if (fault != NULL) {
        input.what = fault->name;
        uint32_t range = (uint32_t)fault->value_max - (uint32_t)fault->value_min + 2U;
        input.value =
            (int32_t)((uint32_t)fault->value_min - 1U +
                      (range < 2U ? (uint32_t)input.value : (uint32_t)input.value % range));
    }
    return input;
}

#define KEPT_MAX 64U

static struct machine *kept[KEPT_MAX];
static size_t kept_count;

static void destroy_kept(void)
{
    while (kept_count > 0) {
        machine_destroy(kept[--kept_count]);
    }
}

void fuzz_keep_machine(struct machine *machine)
{
    fuzz_check(kept_count < KEPT_MAX, "more machines are kept than there is room for");
    if (kept_count == 0) {
        (void)atexit(destroy_kept);
    }
    kept[kept_count] = machine;
    kept_count++;
}
