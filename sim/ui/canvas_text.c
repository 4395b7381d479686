/* Text: each glyph is drawn once by SDL_ttf at the very size it is needed in, kept as a mask, and
 * put on whole pixels. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <SDL.h>
#include <SDL_ttf.h>

#include "sim/ui/canvas_internal.h"
#include "sim/ui/font_files.h"
#include "sim/ui/utf8.h"

#define GLYPHS_MAX  4096U /* a power of two */
#define GLYPHS_FULL (GLYPHS_MAX * 3 / 4)
#define ELLIPSIS    0x2026U
#define PIXELS_MIN  4 /* less cannot be read, and FreeType may refuse it */
/* Enough for a line of a window; what is longer is nobody's to read, and is cut. */
#define CHARACTERS_MAX 4000

/* A mask of `width` x `height`, to be put at (left, top) from the pen and the upper edge of the
 * line. */
struct glyph {
    uint32_t character;
    uint8_t font; /* 1 + enum canvas_font; 0: a free place */
    int16_t left, top, width, height, advance;
    uint8_t *mask; /* owned; NULL: nothing to see */
};

struct canvas_fonts {
    TTF_Font *faces[CANVAS_FONTS];
    int pixels[CANVAS_FONTS]; /* size that the face is set to */
    struct glyph glyphs[GLYPHS_MAX];
    size_t glyph_count;
};

static const struct {
    enum font_file file;
    float points;
} fonts_used[CANVAS_FONTS] = {
    [CANVAS_SANS] = {FONT_FILE_SANS, 13},    [CANVAS_SMALL] = {FONT_FILE_SANS, 10.5F},
    [CANVAS_BOLD] = {FONT_FILE_BOLD, 13},    [CANVAS_LARGE] = {FONT_FILE_SANS, 22},
    [CANVAS_MONO] = {FONT_FILE_MONO, 12.5F},
};

static void forget_glyphs(struct canvas_fonts *fonts)
{
    for (size_t i = 0; i < GLYPHS_MAX; i++) {
        free(fonts->glyphs[i].mask);
        fonts->glyphs[i] = (struct glyph){0};
    }
    fonts->glyph_count = 0;
}

static TTF_Font *open_face(enum canvas_font font, struct sim_error *error)
{
    char path[FONT_PATH_MAX];
    if (!font_file_find(fonts_used[font].file, path, sizeof path, error)) {
        return NULL;
    }
    TTF_Font *face = TTF_OpenFont(path, (int)fonts_used[font].points);
    if (face == NULL) {
        sim_fail(error, SIM_WRONG_USE, "cannot read the font %s: %s", path, TTF_GetError());
        return NULL;
    }
    TTF_SetFontHinting(face, TTF_HINTING_NORMAL);
    return face;
}

struct canvas_fonts *canvas_fonts_open(struct sim_error *error)
{
    if (TTF_Init() != 0) {
        sim_fail(error, SIM_INTERNAL, "SDL_ttf does not start: %s", TTF_GetError());
        return NULL;
    }
    struct canvas_fonts *fonts = calloc(1, sizeof *fonts);
    if (fonts == NULL) {
        sim_fail(error, SIM_INTERNAL, "no memory for fonts");
        TTF_Quit();
        return NULL;
    }
    for (enum canvas_font font = 0; font < CANVAS_FONTS; font++) {
        fonts->faces[font] = open_face(font, error);
        if (fonts->faces[font] == NULL) {
            canvas_fonts_close(fonts);
            return NULL;
        }
    }
    return fonts;
}

void canvas_fonts_close(struct canvas_fonts *fonts)
{
    if (fonts == NULL) {
        return;
    }
    forget_glyphs(fonts);
    for (enum canvas_font font = 0; font < CANVAS_FONTS; font++) {
        if (fonts->faces[font] != NULL) {
            TTF_CloseFont(fonts->faces[font]);
        }
    }
    free(fonts);
    TTF_Quit();
}

void canvas_fonts_fit(struct canvas *canvas)
{
    struct canvas_fonts *fonts = canvas->fonts;
    bool changed = false;
    for (enum canvas_font font = 0; font < CANVAS_FONTS; font++) {
        float wanted = fonts_used[font].points * canvas->scale * canvas->text_scale;
        int pixels = pixel_round(fmaxf(PIXELS_MIN, wanted));
        if (fonts->pixels[font] != pixels) {
            TTF_SetFontSize(fonts->faces[font], pixels);
            fonts->pixels[font] = pixels;
            changed = true;
        }
    }
    if (changed) {
        forget_glyphs(fonts);
    }
}

/* Copies what is opaque of the picture of a glyph, without its empty margins. */
static void keep_mask(struct glyph *glyph, const SDL_Surface *picture)
{
    int left = picture->w;
    int right = 0;
    int top = picture->h;
    int bottom = 0;
    for (int y = 0; y < picture->h; y++) {
        const uint8_t *row = (const uint8_t *)picture->pixels + (ptrdiff_t)y * picture->pitch;
        for (int x = 0; x < picture->w; x++) {
            if (row[4 * x + 3] != 0) {
                left = x < left ? x : left;
                right = x + 1 > right ? x + 1 : right;
                top = y < top ? y : top;
                bottom = y + 1;
            }
        }
    }
    if (right <= left) {
        return;
    }
    glyph->mask = malloc((size_t)(right - left) * (size_t)(bottom - top));
    if (glyph->mask == NULL) {
        return;
    }
    glyph->left = (int16_t)(glyph->left + left);
    glyph->top = (int16_t)(glyph->top + top);
    glyph->width = (int16_t)(right - left);
    glyph->height = (int16_t)(bottom - top);
    uint8_t *out = glyph->mask;
    for (int y = top; y < bottom; y++) {
        const uint8_t *row = (const uint8_t *)picture->pixels + (ptrdiff_t)y * picture->pitch;
        for (int x = left; x < right; x++) {
            *out++ = row[4 * x + 3];
        }
    }
}

static void draw_glyph(struct glyph *glyph, TTF_Font *face, TTF_Font *line_face)
{
    int left = 0;
    int advance = 0;
    if (TTF_GlyphMetrics32(face, glyph->character, &left, NULL, NULL, NULL, &advance) != 0) {
        return;
    }
    glyph->advance = (int16_t)advance;
    SDL_Surface *drawn =
        TTF_RenderGlyph32_Blended(face, glyph->character, (SDL_Color){255, 255, 255, 255});
    if (drawn == NULL) {
        return; /* a space, in some versions */
    }
    SDL_Surface *picture = SDL_ConvertSurfaceFormat(drawn, SDL_PIXELFORMAT_RGBA32, 0);
    SDL_FreeSurface(drawn);
    if (picture == NULL) {
        return;
    }
    /* The picture begins at the pen, or left of it where the glyph does; its upper edge is the
     * face's line. A face that stands in for another goes down to the other's base line. */
    glyph->left = (int16_t)(left < 0 ? left : 0);
    glyph->top = (int16_t)(TTF_FontAscent(line_face) - TTF_FontAscent(face));
    keep_mask(glyph, picture);
    SDL_FreeSurface(picture);
}

/* The face that has the character: the one asked for, or the sans; else a sign for "unknown". */
static TTF_Font *face_with(struct canvas *canvas, enum canvas_font font, uint32_t *character)
{
    TTF_Font *face = canvas->fonts->faces[font];
    if (TTF_GlyphIsProvided32(face, *character) != 0) {
        return face;
    }
    TTF_Font *sans = canvas->fonts->faces[CANVAS_SANS];
    bool same_size = font == CANVAS_BOLD || font == CANVAS_MONO;
    if (same_size && TTF_GlyphIsProvided32(sans, *character) != 0) {
        return sans;
    }
    *character = UTF8_REPLACEMENT;
    return face;
}

static const struct glyph *find_glyph(struct canvas *canvas, enum canvas_font font,
                                      uint32_t character)
{
    if (character == '\t') {
        character = ' ';
    } else if (character < 0x20 || (character >= 0x7f && character < 0xa0)) {
        character = UTF8_REPLACEMENT;
    }
    TTF_Font *line_face = canvas->fonts->faces[font];
    struct canvas_fonts *fonts = canvas->fonts;
    uint32_t place = (character * 8U + (uint32_t)font) * 2654435761U >> 7;
    struct glyph *glyph = &fonts->glyphs[place % GLYPHS_MAX];
    while (glyph->font != 0) {
        if (glyph->character == character && glyph->font == font + 1) {
            return glyph;
        }
        glyph = &fonts->glyphs[++place % GLYPHS_MAX];
    }
    if (fonts->glyph_count >= GLYPHS_FULL) {
        forget_glyphs(fonts);
        glyph = &fonts->glyphs[place % GLYPHS_MAX];
    }
    struct glyph drawn = {.character = character};
    TTF_Font *face = face_with(canvas, font, &drawn.character);
    draw_glyph(&drawn, face, line_face);
    drawn.character = character;
    drawn.font = (uint8_t)(font + 1);
    *glyph = drawn;
    fonts->glyph_count++;
    return glyph;
}

static void put_glyph(struct canvas *canvas, const struct glyph *glyph, int x, int y, color paint)
{
    if (glyph->mask == NULL) {
        return;
    }
    struct pixel_box whole = {x + glyph->left, y + glyph->top, x + glyph->left + glyph->width,
                              y + glyph->top + glyph->height};
    struct pixel_box box = pixel_box_cut(whole, canvas_clip(canvas));
    uint32_t alpha = paint & 0xffU;
    for (int row = box.top; row < box.bottom; row++) {
        uint32_t *pixels = canvas->pixels + (size_t)row * (size_t)canvas->width;
        const uint8_t *mask = glyph->mask + (ptrdiff_t)(row - whole.top) * glyph->width;
        for (int column = box.left; column < box.right; column++) {
            uint32_t covered = mask[column - whole.left];
            if (covered != 0) {
                pixels[column] =
                    pixel_blend(pixels[column], paint >> 8, (covered * alpha + 127) / 255);
            }
        }
    }
}

/* Pixels of the whole text; `fitting` (may be NULL): bytes that go into `width` pixels together
 * with an ellipsis. */
static int measure(struct canvas *canvas, enum canvas_font font, const char *text, int width,
                   size_t *fitting)
{
    int room = width - find_glyph(canvas, font, ELLIPSIS)->advance;
    int sum = 0;
    const char *next = text;
    for (int i = 0; i < CHARACTERS_MAX; i++) {
        const char *here = next;
        uint32_t character = utf8_next(&next);
        if (character == 0) {
            break;
        }
        /* No blank before the ellipsis: it would look like the next sentence. */
        if (fitting != NULL && sum <= room && (here == text || here[-1] != ' ')) {
            *fitting = (size_t)(here - text);
        }
        sum += find_glyph(canvas, font, character)->advance;
    }
    return sum;
}

/* Draws `bytes` of the text; returns where the pen is then. */
static int draw(struct canvas *canvas, enum canvas_font font, const char *text, size_t bytes, int x,
                int y, color paint)
{
    int far_right = canvas_clip(canvas).right;
    const char *next = text;
    for (int i = 0; i < CHARACTERS_MAX && next < text + bytes; i++) {
        const struct glyph *glyph = find_glyph(canvas, font, utf8_next(&next));
        if (x <= far_right) {
            put_glyph(canvas, glyph, x, y, paint);
        }
        x += glyph->advance;
    }
    return x;
}

float canvas_text(struct canvas *canvas, enum canvas_font font, float x, float y, float width,
                  enum canvas_align align, color paint, const char *text)
{
    size_t bytes = strlen(text);
    size_t fitting = 0;
    /* A hair more than asked for: a width that was measured must not be too small for its text. */
    int limit = width > 0 ? (int)floorf(canvas_to_pixels(canvas, width) + 0.25F) : 0;
    int pixels = measure(canvas, font, text, limit, &fitting);
    bool cut = width > 0 && pixels > limit;
    if (cut) {
        bytes = fitting;
        char *copy = bytes < 4 * CHARACTERS_MAX ? strndup(text, bytes) : NULL;
        pixels = copy != NULL ? measure(canvas, font, copy, 0, NULL) : 0;
        free(copy);
        pixels += find_glyph(canvas, font, ELLIPSIS)->advance;
        if (pixels > limit) {
            return 0; /* not even the ellipsis fits */
        }
    }
    float from = canvas_to_pixels(canvas, x);
    if (align == CANVAS_CENTRE) {
        from -= (float)pixels / 2;
    } else if (align == CANVAS_RIGHT) {
        from -= (float)pixels;
    }
    int top = pixel_round(canvas_to_pixels(canvas, y));
    int pen = draw(canvas, font, text, bytes, pixel_round(from), top, paint);
    if (cut) {
        put_glyph(canvas, find_glyph(canvas, font, ELLIPSIS), pen, top, paint);
    }
    return (float)pixels / canvas->scale;
}

float canvas_text_width(struct canvas *canvas, enum canvas_font font, const char *text)
{
    return (float)measure(canvas, font, text, 0, NULL) / canvas->scale;
}

float canvas_line_height(const struct canvas *canvas, enum canvas_font font)
{
    return (float)TTF_FontHeight(canvas->fonts->faces[font]) / canvas->scale;
}
