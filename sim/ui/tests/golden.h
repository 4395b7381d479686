/* sim/ui/tests/golden.h - compares what is drawn with a picture kept in sim/ui/tests/golden. A
 * difference fails the test, says where it begins, and leaves NAME.actual.png and NAME.diff.png in
 * the build folder. SANDGLASS_GOLDEN_UPDATE=1 writes the pictures anew: look at them then. */
#ifndef SIM_UI_TESTS_GOLDEN_H
#define SIM_UI_TESTS_GOLDEN_H

#include "sim/ui/tests/pane_rig.h"

void golden_check_canvas(const char *name, struct canvas *canvas);
/* Draws first. */
void golden_check_rig(const char *name, struct pane_rig *rig);
/* A pane that is given the frame and drawn; `options` may be NULL. */
void golden_check(const char *name, const struct pane_class *pane, const struct view_frame *frame,
                  const struct golden_options *options);

#endif
