#include "sim/cli/board_kernel.h"

#include <stdio.h>

#include "sim/cli/places.h"
#include "sim/machine/board_tree.h"

static const struct {
    const char *compatible, *kernel;
} kernels[] = {
    {"nordic,nrf52-dk-nrf52832", "nrf52dk"},
    {"nordic,nrf52840-dk-nrf52840", "nrf52840dk"},
    {"nordic,nrf52840-dongle-nrf52840", "security_key"},
    {"pine64,pinetime-devkit0", "pinetime"},
    {"adafruit,feather-nrf52840-sense-uf2", "sensor_node"},
};

const char *board_kernel_name(const struct board *board)
{
    for (size_t i = 0; i < sizeof kernels / sizeof kernels[0]; i++) {
        if (tree_is_compatible(board->blob, 0, kernels[i].compatible)) {
            return kernels[i].kernel;
        }
    }
    return NULL;
}

bool board_kernel_find(const struct board *board, const char *board_name, char *path, size_t size,
                       struct sim_error *error)
{
    char relative[128];
    const char *kernel = board_kernel_name(board);
    if (kernel == NULL) {
        return sim_fail(
            error, SIM_WRONG_USE,
            "there is no kernel for board %s, whose `compatible` none of ours has: give "
            "its .elf before the apps",
            board_name);
    }
    snprintf(relative, sizeof relative, "firmware/kernel/%s.elf", kernel);
    return places_find(relative, path, size) ||
           sim_fail(error, SIM_WRONG_USE,
                    "%s is not there: build it (cmake --build), or name a firmware .elf", path);
}
