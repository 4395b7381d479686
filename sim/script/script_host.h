/* sim/script/script_host.h - how scenarios get their machines: boards, kernels and apps are files,
 * and which is meant by a name is the command line's knowledge. */
#ifndef SIM_SCRIPT_SCRIPT_HOST_H
#define SIM_SCRIPT_SCRIPT_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/cpu/cpu.h"
#include "sim/loader/image.h"
#include "sim/loader/sim_error.h"
#include "sim/loader/symbol_map.h"
#include "sim/machine/board.h"
#include "sim/machine/machine.h"
#include "sim/view/kernel_view.h"

#define SCRIPT_APPS_MAX 16

/* A machine as a scenario asked for it. Texts are borrowed for the call. */
struct script_board_request {
    const char *folder; /* of the scenario's file: names with a slash or an ending are tried there
                           first */
    const char *board;  /* "nrf52dk", or a .dts or .dtb */
    const char *kernel; /* NULL: the one of the board */
    const char *apps[SCRIPT_APPS_MAX];
    size_t app_count;
    uint64_t seed;
    bool has_flash_timing; /* false: what the board says */
    enum cpu_flash_timing flash_timing;
    uint32_t jitter_cycles; /* interrupts come late by up to so much; 0: not at all */
};

/* What was built: loaded and after its power-on reset, at cycle 0. All but `host` is for reading
 * and lives until the host's destroy. */
struct script_built {
    struct machine *machine;
    const struct board *board;
    const struct kernel_view *kernel;
    const struct symbol_map *symbols;
    const struct image *firmware;
    const char *firmware_path;
    void *host; /* the host's own record */
};

struct script_host {
    /* False with SIM_WRONG_USE and one line when a name means nothing or a file is not good. */
    bool (*build)(void *context, const struct script_board_request *request,
                  struct script_built *built, struct sim_error *error);
    void (*destroy)(void *context, struct script_built *built);
    void *context;
};

#endif
