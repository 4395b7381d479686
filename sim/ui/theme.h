/* sim/ui/theme.h - every colour of the window by what it means; dark, light. Chosen so that people
 * with the common kinds of colour blindness can tell neighbours apart, and never the only sign. */
#ifndef SIM_UI_THEME_H
#define SIM_UI_THEME_H

#include <stdint.h>

/* 0xRRGGBBAA */
typedef uint32_t color;

enum theme_kind { THEME_DARK, THEME_LIGHT };

enum theme_color {
    THEME_BACKGROUND, /* behind the panes */
    THEME_PANE,
    THEME_PANE_RAISED, /* title bars, tool tips, buttons */
    THEME_BORDER,
    THEME_GRID,
    THEME_TEXT,
    THEME_TEXT_DIM,
    THEME_TEXT_ON_ACCENT,
    THEME_ACCENT, /* focus, selection, what can be acted on */
    THEME_GOOD,
    THEME_WARNING,
    THEME_BAD, /* faults, refusals */
    THEME_KERNEL,
    THEME_SLEEP,
    THEME_INTERRUPT,
    THEME_HIGH, /* pin levels */
    THEME_LOW,
    THEME_FLOATING,
    THEME_STACK,
    THEME_DATA,
    THEME_HEAP,
    THEME_GAP,
    THEME_GRANT,
    THEME_CODE,
    THEME_MPU,       /* the outline of what a region opens */
    THEME_PROCESS_0, /* processes by index, modulo 8 */
    THEME_PROCESS_7 = THEME_PROCESS_0 + 7,
    THEME_COLORS,
};

struct theme {
    enum theme_kind kind;
    color colors[THEME_COLORS];
};

const struct theme *theme_get(enum theme_kind kind);
color theme_process(const struct theme *theme, uint32_t index);
/* The same colour with this opacity, 0 to 255. */
color color_fade(color value, uint32_t alpha);
/* Between two colours: 0 is the first, 1000 the second. */
color color_mix(color first, color second, uint32_t permille);

#endif
