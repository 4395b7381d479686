/* sim/view/tests/board_frames.h - frames of machines that have no firmware: the test
 * moves time and wires itself. */
#ifndef SIM_VIEW_TESTS_BOARD_FRAMES_H
#define SIM_VIEW_TESTS_BOARD_FRAMES_H

#include "sim/view/view_builder.h"

struct board_frames {
    struct board board;
    struct machine *machine;
    struct kernel_view kernel;
    struct view_builder *builder;
    struct view_frame *frame;
};

/* `path`: of a .dtb. Fails the test when that cannot be. */
void board_frames_open(struct board_frames *frames, const char *path, board_find_class *find_class);
void board_frames_close(struct board_frames *frames);

/* A frame, so many cycles later. */
void board_frames_fill(struct board_frames *frames, uint64_t cycles);
void board_frames_tell(struct board_frames *frames, const char *device, const char *what,
                       int32_t value);
struct pin *board_frames_pin(struct board_frames *frames, uint32_t pin);
/* The chip drives a pin. */
void board_frames_drive(struct board_frames *frames, uint32_t pin, bool high);
size_t board_frames_find(const struct board_frames *frames, const char *device);

#endif
