/* sim/script/script_host.h - how scenarios get their machines: boards, kernels and apps are files,
 * and which is meant by a name is the command line's knowledge. */
#ifndef SIM_SCRIPT_SCRIPT_HOST_H
#define SIM_SCRIPT_SCRIPT_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "sim/cpu/cpu.h"
#include "sim/loader/file.h"
#include "sim/loader/image.h"
#include "sim/loader/sim_error.h"
#include "sim/loader/symbol_map.h"
#include "sim/machine/board.h"
#include "sim/machine/machine.h"
#include "sim/view/kernel_view.h"

#define SCRIPT_APPS_MAX       16
#define SCRIPT_PACK_WORDS_MAX 32

/* A file by its name, or what it would contain. */
struct script_source {
    const char *name;     /* NULL: there is none, or it is `bytes` */
    const uint8_t *bytes; /* NULL: see `name` */
    size_t size;
};

/* A machine as a scenario asked for it. Texts are borrowed for the call. */
struct script_board_request {
    const char *folder; /* of the scenario's file: names with a slash or an ending are tried there
                           first */
    const char *board;  /* "nrf52dk", or a .dts or .dtb */
    struct script_source kernel; /* neither name nor bytes: the one of the board */
    struct script_source apps[SCRIPT_APPS_MAX];
    size_t app_count;
    uint64_t seed;
    bool has_flash_timing; /* false: what the board says */
    enum cpu_flash_timing flash_timing;
    uint32_t jitter_cycles; /* interrupts come late by up to so much; 0: not at all */
    bool check_isolation;   /* RAM is compared around each stay in a process */
    bool count_mpu_hits;
    bool semihosting;
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

/* An app to be packed, as `sandglass pack` does it. */
struct script_pack_request {
    const char *folder; /* of the scenario's file */
    const char *elf;
    struct script_pack_word {
        const char *option; /* as on the command line, without the dashes */
        const char *value;  /* NULL: the option has none */
    } words[SCRIPT_PACK_WORDS_MAX];
    size_t word_count;
};

struct script_host {
    /* False with SIM_WRONG_USE and one line when a name means nothing or a file is not good. */
    bool (*build)(void *context, const struct script_board_request *request,
                  struct script_built *built, struct sim_error *error);
    void (*destroy)(void *context, struct script_built *built);
    /* The bytes of a file that is beside the scenario (in `folder`), or where the host looks. */
    bool (*read)(void *context, const char *folder, const char *name, struct file_bytes *bytes,
                 struct sim_error *error);
    bool (*pack)(void *context, const struct script_pack_request *request, struct file_bytes *bytes,
                 struct sim_error *error);
    /* What the simulator says of a run, as text: from report_start on, which is NULL when there is
     * no memory. */
    void *(*report_start)(void *context, const struct script_built *built);
    const char *(*report_text)(void *report);
    void (*report_end)(void *report);
    /* What a run was, up to now: into the stream. */
    void (*summary)(void *context, const struct script_built *built, FILE *stream);
    void *context;
};

#endif
