/* sim/script/script_picture.h - pictures of the window, as far as a case wants some. */
#ifndef SIM_SCRIPT_SCRIPT_PICTURE_H
#define SIM_SCRIPT_SCRIPT_PICTURE_H

#include "sim/script/script_internal.h"

/* The cycle of the next frame, CLOCK_NEVER: there is none; and takes those that are due. */
uint64_t script_picture_next(const struct script_machine *machine);
void script_picture_take_due(struct script_machine *machine);

/* The case has failed: writes a picture of the machine into the folder of the options, and its path
 * into the result. Does nothing without a folder, or when the case was not watched. */
void script_picture_of_failure(struct script_machine *machine);

#endif
