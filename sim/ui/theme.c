#include "sim/ui/theme.h"

/* Processes: the eight hues of Okabe and Ito, made for colour-blind readers, lightened or darkened
 * for the background. */
static const struct theme dark = {
    .kind = THEME_DARK,
    .colors = {[THEME_BACKGROUND] = 0x0e1116ff,    [THEME_PANE] = 0x161b22ff,
               [THEME_PANE_RAISED] = 0x1f2630ff,   [THEME_BORDER] = 0x2f3947ff,
               [THEME_GRID] = 0x232b36ff,          [THEME_TEXT] = 0xe6ebf2ff,
               [THEME_TEXT_DIM] = 0x93a0b2ff,      [THEME_TEXT_ON_ACCENT] = 0x0b1016ff,
               [THEME_ACCENT] = 0x5cb3ffff,        [THEME_GOOD] = 0x2fc79bff,
               [THEME_WARNING] = 0xf0b429ff,       [THEME_BAD] = 0xff6a4dff,
               [THEME_KERNEL] = 0xb7c1cfff,        [THEME_SLEEP] = 0x2a3340ff,
               [THEME_INTERRUPT] = 0xf0e442ff,     [THEME_HIGH] = 0xf0b429ff,
               [THEME_LOW] = 0x4a6484ff,           [THEME_FLOATING] = 0x5a6472ff,
               [THEME_STACK] = 0x56b4e9ff,         [THEME_DATA] = 0x2fc79bff,
               [THEME_HEAP] = 0xf0e442ff,          [THEME_GAP] = 0x1c232dff,
               [THEME_GRANT] = 0xcc79a7ff,         [THEME_CODE] = 0x8fa4c4ff,
               [THEME_MPU] = 0xffffffff,           [THEME_PROCESS_0] = 0x56b4e9ff,
               [THEME_PROCESS_0 + 1] = 0xe69f00ff, [THEME_PROCESS_0 + 2] = 0x2fc79bff,
               [THEME_PROCESS_0 + 3] = 0xcc79a7ff, [THEME_PROCESS_0 + 4] = 0xf0e442ff,
               [THEME_PROCESS_0 + 5] = 0x6f8dffff, [THEME_PROCESS_0 + 6] = 0xff7a4dff,
               [THEME_PROCESS_0 + 7] = 0xb5bdc9ff},
};

static const struct theme light = {
    .kind = THEME_LIGHT,
    .colors = {[THEME_BACKGROUND] = 0xe7ebf0ff,    [THEME_PANE] = 0xffffffff,
               [THEME_PANE_RAISED] = 0xf2f5f8ff,   [THEME_BORDER] = 0xc7d0daff,
               [THEME_GRID] = 0xe3e8eeff,          [THEME_TEXT] = 0x18202aff,
               [THEME_TEXT_DIM] = 0x566476ff,      [THEME_TEXT_ON_ACCENT] = 0xffffffff,
               [THEME_ACCENT] = 0x0b63b5ff,        [THEME_GOOD] = 0x007a58ff,
               [THEME_WARNING] = 0x9a6700ff,       [THEME_BAD] = 0xc03a12ff,
               [THEME_KERNEL] = 0x5a6675ff,        [THEME_SLEEP] = 0xdde3eaff,
               [THEME_INTERRUPT] = 0x8a7d00ff,     [THEME_HIGH] = 0xb87900ff,
               [THEME_LOW] = 0x7f9bbcff,           [THEME_FLOATING] = 0xb4bdc8ff,
               [THEME_STACK] = 0x3a95ceff,         [THEME_DATA] = 0x009e73ff,
               [THEME_HEAP] = 0xc9b800ff,          [THEME_GAP] = 0xeef1f5ff,
               [THEME_GRANT] = 0xb85f91ff,         [THEME_CODE] = 0x7088aeff,
               [THEME_MPU] = 0x101820ff,           [THEME_PROCESS_0] = 0x2b86c4ff,
               [THEME_PROCESS_0 + 1] = 0xc47f00ff, [THEME_PROCESS_0 + 2] = 0x008f68ff,
               [THEME_PROCESS_0 + 3] = 0xb85f91ff, [THEME_PROCESS_0 + 4] = 0xa39400ff,
               [THEME_PROCESS_0 + 5] = 0x3f5fd0ff, [THEME_PROCESS_0 + 6] = 0xc94f1aff,
               [THEME_PROCESS_0 + 7] = 0x6d7784ff},
};

const struct theme *theme_get(enum theme_kind kind)
{
    return kind == THEME_LIGHT ? &light : &dark;
}

color theme_process(const struct theme *theme, uint32_t index)
{
    return theme->colors[THEME_PROCESS_0 + index % 8U];
}

color color_fade(color value, uint32_t alpha)
{
    return (value & 0xffffff00U) | alpha;
}

color color_mix(color first, color second, uint32_t permille)
{
    color mixed = 0;
    for (unsigned shift = 0; shift < 32; shift += 8) {
        uint32_t from = (first >> shift) & 0xffU;
        uint32_t to = (second >> shift) & 0xffU;
        mixed |= ((from * (1000U - permille) + to * permille) / 1000U) << shift;
    }
    return mixed;
}
