/* sim/ui/ui_picture.h - the window's view as a PNG, with no display. */
#ifndef SIM_UI_UI_PICTURE_H
#define SIM_UI_UI_PICTURE_H

#include "sim/loader/sim_error.h"
#include "sim/ui/theme.h"
#include "sim/view/view_frame.h"

#define UI_PICTURE_SIDE_MIN 160U
#define UI_PICTURE_SIDE_MAX 8192U

struct ui_picture_options {
    const char *path;
    const char *pane;       /* NULL: the whole window */
    uint32_t width, height; /* pixels; 0: 1280 x 800, or what suits the pane */
    float scale;            /* pixels per point; 0: 1 */
    enum theme_kind theme;
    bool presenting;
};

struct ui_picture; /* opaque: the panes with what they remember */

struct ui_picture *ui_picture_create(const struct ui_picture_options *options,
                                     struct sim_error *error);
/* Every frame of the run, in order: panes remember what they need (the last seconds, the terminal).
 */
void ui_picture_take(struct ui_picture *picture, const struct view_frame *frame);
/* Draws the frame that was taken last and writes the file. */
bool ui_picture_write(struct ui_picture *picture, struct sim_error *error);
/* The same with another path, pane, size and scale. */
bool ui_picture_write_as(struct ui_picture *picture, const struct ui_picture_options *options,
                         struct sim_error *error);
void ui_picture_destroy(struct ui_picture *picture);

#endif
