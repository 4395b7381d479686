/* sim/ui/window_internal.h - between the files that make window_view. */
#ifndef SIM_UI_WINDOW_INTERNAL_H
#define SIM_UI_WINDOW_INTERNAL_H

#include "sim/ui/window_view.h"

#define WINDOW_FAR_OUTSIDE (-1.0e6F)
#define WINDOW_SAID_MS     6000U
#define WINDOW_WORDS_MAX   256

struct ui_context window_context(struct window_view *view, size_t pane);

/* The buttons in a title bar; `i` counts from the right. */
enum window_title_button { WINDOW_TITLE_HIDE, WINDOW_TITLE_MAXIMISE, WINDOW_TITLE_BUTTONS };
struct rect window_title_button(const struct layout_slot *slot, enum window_title_button button);
/* The tab of the pane, by its index in the slot. */
struct rect window_title_tab(const struct window_view *view, const struct layout_slot *slot,
                             size_t index);

void window_draw_status(struct window_view *view, struct canvas *canvas, struct rect area);
void window_draw_caption(struct window_view *view, struct canvas *canvas, struct rect area);
/* How high the two are now. */
float window_status_height(const struct canvas *canvas);
float window_caption_height(const struct canvas *canvas);
/* Takes as many whole words off the text as go into the width, at least one. */
void window_take_words(struct canvas *canvas, enum canvas_font font, const char **text, float width,
                       char words[WINDOW_WORDS_MAX]);
void window_draw_help(struct window_view *view, struct canvas *canvas);

/* The keys that are the same in all of the window, for F1; ended by a NULL name. */
extern const struct pane_key window_keys[];
/* True: it was one of them. `late`: after the panes did not want it. */
bool window_take_key(struct window_view *view, const struct ui_event *event, bool late);

#endif
