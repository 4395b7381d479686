/* sim/view/view_builder.h - watches a machine and fills view_frame from it. All calls come from the
 * thread that runs the machine; frames may be read on another, and hold pointers (names, the board
 * and its picture) that live as long as the builder and its sources. */
#ifndef SIM_VIEW_VIEW_BUILDER_H
#define SIM_VIEW_VIEW_BUILDER_H

#include "sim/loader/sim_error.h"
#include "sim/loader/symbol_map.h"
#include "sim/machine/machine.h"
#include "sim/view/kernel_view.h"
#include "sim/view/view_frame.h"

struct view_builder; /* opaque */

/* All outlive the builder. */
struct view_sources {
    struct machine *machine;
    const struct kernel_view *kernel;
    const struct symbol_map *symbols; /* NULL: none */
};

/* Begins to observe. NULL with a message: no memory, or the machine has too many observers. */
struct view_builder *view_builder_create(const struct view_sources *sources,
                                         struct sim_error *error);
void view_builder_destroy(struct view_builder *builder);

/* Fills the whole frame, between runs; what is "since the frame before" begins anew. Does not
 * change the machine. */
void view_builder_fill(struct view_builder *builder, struct view_frame *frame);

#endif
