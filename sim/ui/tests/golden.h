/* sim/ui/tests/golden.h - compares what is drawn with a picture kept in sim/ui/tests/golden. A
 * difference fails the test, says where it begins, and leaves NAME.actual.png and NAME.diff.png in
 * the build folder. SANDGLASS_GOLDEN_UPDATE=1 writes the pictures anew: look at them then. */
#ifndef SIM_UI_TESTS_GOLDEN_H
#define SIM_UI_TESTS_GOLDEN_H

#include "sim/ui/tests/pane_rig.h"

/* How one picture differs from another of the same size. */
struct golden_difference {
    uint32_t pixels;                   /* that differ by more than a shade nobody sees */
    uint32_t left, top, right, bottom; /* of the box around them */
};

/* Rows of 4 bytes a pixel. `difference` (may be NULL) gets the pixels that differ in red over a
 * pale copy. */
struct golden_difference golden_compare(const uint8_t *wanted, const uint8_t *actual,
                                        uint32_t width, uint32_t height, uint8_t *difference);
/* More than fonts of another release and rounding of another compiler explain. */
bool golden_differs(const struct golden_difference *found, uint32_t width, uint32_t height);

void golden_check_canvas(const char *name, struct canvas *canvas);
/* Draws first. */
void golden_check_rig(const char *name, struct pane_rig *rig);
/* A pane that is given the frame and drawn; `options` may be NULL. */
void golden_check(const char *name, const struct pane_class *pane, const struct view_frame *frame,
                  const struct golden_options *options);

#endif
