/*
 * mpu_layout.h - chooses the MPU regions (PMSAv7, 8 of them) of one process. Arithmetic only: it
 * knows no register and no kernel; the same file runs on the host, where mpu_model judges it byte
 * by byte.
 *
 * A process may touch, unprivileged:
 *   its RAM      [ram_start, reach_end)     read, write, never execute
 *   its flash    [flash_start, flash_end)   read, execute
 *   extra ranges [start, end)               as added: memory that another process shares with it
 * and nothing else. The kernel runs privileged with PRIVDEFENA = 1 and HFNMIENA = 0; while this
 * process's regions are in place it may read and write the process's RAM, and read (not write) its
 * flash.
 *
 * The RAM block is [ram_start, ram_end): the app's part at the bottom, the kernel's (grants) at the
 * top. What the regions can express, reach_end says exactly: there is no byte above it that the app
 * reaches, and none below it that it does not. So a grant allocation compares with reach_end and
 * never asks the MPU.
 *
 * How a range is expressed: one region of 8 sub-regions of G bytes (G = 32, 64, 128 ...) covers a
 * run of whole sub-regions within an 8G-aligned block. RAM has three regions. The block is placed
 * so that a break at app_bytes fits best: to 32 bytes up to about 2 kB, else mostly to 1/64. Lower
 * breaks are as fine below 512 bytes, else they may round up farther, but never past where
 * app_bytes rounds to. Flash has two regions, for any range that one G divides: see
 * mpu_layout_flash_granule(). Extras share the rest.
 *
 * Every function either does all of what it says and returns true, or changes nothing and returns
 * false. Ends are exclusive; no range reaches the last 32 bytes of the 4 GiB.
 */
#ifndef KERNEL_CORE_MPU_LAYOUT_H
#define KERNEL_CORE_MPU_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

enum {
    MPU_LAYOUT_REGIONS = 8,
    MPU_LAYOUT_RAM_FIRST = 0,   /* regions 0..2 */
    MPU_LAYOUT_FLASH_FIRST = 3, /* regions 3..4; 4 goes to extras when flash does not need it */
    MPU_LAYOUT_EXTRA_FIRST = 4,
    MPU_LAYOUT_STEP_BYTES = 32, /* everything starts and ends at a multiple of this */
};

/* Ready to be stored to MPU_RBAR and MPU_RASR or an alias pair: rbar has VALID and the region's
 * number. */
struct mpu_layout_region {
    uint32_t rbar;
    uint32_t rasr;
};

struct mpu_layout {
    uint32_t ram_start, reach_end, ram_end; /* all 0 until placed */
    uint32_t flash_start, flash_end;        /* all 0 until set */
    uint8_t extra[MPU_LAYOUT_REGIONS];      /* handle of the extra that owns the region, 0: none */
    struct mpu_layout_region region[MPU_LAYOUT_REGIONS];
};

struct mpu_layout_ram_request {
    uint32_t available_start; /* free memory to place the block in */
    uint32_t available_bytes;
    bool fixed_start; /* the block must start at available_start (an app linked for that address) */
    uint32_t initial_bytes; /* the app reaches at least these at once; at most app_bytes */
    uint32_t app_bytes; /* the app can move its break to at least this, whatever the granularity */
    uint32_t kernel_bytes; /* above the app's part, at the block's top: never reachable */
};

/* As the field AP of MPU_RASR has it: what the app may do. It never executes there. */
enum mpu_layout_access {
    MPU_LAYOUT_READ = 2,
    MPU_LAYOUT_READ_WRITE = 3,
};

/* No region, nothing placed. */
void mpu_layout_init(struct mpu_layout *layout);

/*
 * Places the RAM block in the available memory so that it ends as low as possible (alignment hole,
 * rounding and all), sets ram_start, reach_end and ram_end, and the RAM regions. ram_start is a
 * multiple of 32, as is ram_end - ram_start. Fails when it does not fit, when a sum overflows, when
 * fixed_start is no multiple of 32, or when it would overlap flash or an extra. What the layout had
 * as RAM before is forgotten.
 */
bool mpu_layout_place_ram(struct mpu_layout *layout, const struct mpu_layout_ram_request *request);

/*
 * Moves the break to the lowest address at or above `wanted_break` that the regions can express,
 * and sets reach_end to it. Fails when wanted_break < ram_start or when that address is above
 * `kernel_break` (the lowest byte of the kernel's part; at most ram_end). wanted_break = ram_start
 * is legal: the app then reaches no RAM. Whether a lower break cuts an allowed buffer is the
 * caller's question.
 */
bool mpu_layout_set_break(struct mpu_layout *layout, uint32_t wanted_break, uint32_t kernel_break);

/*
 * The app's flash is exactly [flash_start, flash_end). Fails when two regions cannot express that,
 * or when it overlaps RAM or an extra. Sure to work: both ends multiples of
 * mpu_layout_flash_granule(size); that includes every naturally aligned power of two from 32 bytes
 * on.
 */
bool mpu_layout_set_flash(struct mpu_layout *layout, uint32_t flash_start, uint32_t flash_end);

/*
 * The rule for who makes images: pad an image to a multiple of G and put it at a multiple of G, G
 * being the smallest power of two, 32 or more, with 8 G >= total_bytes. (Images sorted by falling G
 * need no holes.)
 */
uint32_t mpu_layout_flash_granule(uint32_t total_bytes);

/*
 * Adds exactly [start, end), if the free regions can express it and it overlaps neither the whole
 * RAM block nor flash nor another extra. *handle (1..8) names it for removal.
 */
bool mpu_layout_add_extra(struct mpu_layout *layout, uint32_t start, uint32_t end,
                          enum mpu_layout_access access, uint8_t *handle);

/* Would [start, end) fit if there were no other extras? When not, no patience helps. */
bool mpu_layout_could_add_extra(const struct mpu_layout *layout, uint32_t start, uint32_t end);

/* False when there is no such extra. */
bool mpu_layout_remove_extra(struct mpu_layout *layout, uint32_t handle);

/* For a restart, and for the end of whoever owns the memory behind them. */
void mpu_layout_remove_extras(struct mpu_layout *layout);

/* The extra's range, false when there is none: who owned the memory can find its mappings and
 * revoke them. */
bool mpu_layout_find_extra(const struct mpu_layout *layout, uint32_t handle, uint32_t *start,
                           uint32_t *end);

#endif
