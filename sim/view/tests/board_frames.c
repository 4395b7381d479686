#include "sim/view/tests/board_frames.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sim/loader/file.h"
#include "sim/machine/machine_view.h"

void board_frames_open(struct board_frames *frames, const char *path, board_find_class *find_class)
{
    struct sim_error error = {.status = SIM_OK};
    struct file_bytes blob;
    *frames = (struct board_frames){.frame = calloc(1, sizeof *frames->frame)};
    assert_non_null(frames->frame);
    if (!file_read(path, &blob, &error) ||
        !board_parse(path, blob.data, blob.size, find_class, &frames->board, &error)) {
        fail_msg("%s", error.text);
    }
    file_free(&blob);
    const struct machine_config config = {.board = &frames->board};
    frames->machine = machine_create(&config, &error);
    assert_non_null(frames->machine);
    machine_reset(frames->machine, 0);
    kernel_view_open(&frames->kernel, frames->machine, "/nonexistent");
    const struct view_sources sources = {.machine = frames->machine, .kernel = &frames->kernel};
    frames->builder = view_builder_create(&sources, &error);
    assert_non_null(frames->builder);
}

void board_frames_close(struct board_frames *frames)
{
    free(frames->frame);
    view_builder_destroy(frames->builder);
    kernel_view_close(&frames->kernel);
    machine_destroy(frames->machine);
    board_free(&frames->board);
}

void board_frames_fill(struct board_frames *frames, uint64_t cycles)
{
    struct clock *clock = machine_clock(frames->machine);
    clock_set_now(clock, clock_now(clock) + cycles);
    view_builder_fill(frames->builder, frames->frame);
}

size_t board_frames_find(const struct board_frames *frames, const char *device)
{
    int index = board_find_device(&frames->board, device);
    if (index < 0) {
        fail_msg("there is no %s", device);
    }
    return (size_t)index;
}

void board_frames_tell(struct board_frames *frames, const char *device, const char *what,
                       int32_t value)
{
    size_t index = board_frames_find(frames, device);
    const struct device_input input = {.what = what, .value = value};
    void *instance = (void *)(uintptr_t)machine_view_device(frames->machine, index);
    assert_true(frames->board.devices[index].device_class->input(instance, &input));
}

struct pin *board_frames_pin(struct board_frames *frames, uint32_t pin)
{
    return (struct pin *)(uintptr_t)&machine_view_pins(frames->machine)[pin];
}

void board_frames_drive(struct board_frames *frames, uint32_t pin, bool high)
{
    wire_drive(&board_frames_pin(frames, pin)->out, high ? WIRE_HIGH : WIRE_LOW);
    wire_drive(&board_frames_pin(frames, pin)->pad, high ? WIRE_HIGH : WIRE_LOW);
}
