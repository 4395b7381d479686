#include "sim/cli/board_kernel.h"

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
