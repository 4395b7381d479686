/* The canvas: shapes against what geometry says, clips, text that fits and text that is hostile. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/ui/picture_compare.h"
#include "sim/ui/tests/golden.h"

#define BLACK 0x000000ffU
#define WHITE 0xffffffffU

static struct canvas *open_canvas(uint32_t width, uint32_t height, float scale)
{
    struct sim_error error = {0};
    struct canvas *canvas = canvas_for_picture(width, height, scale, &error);
    if (canvas == NULL) {
        fail_msg("%s", error.text);
    }
    canvas_begin(canvas, BLACK);
    return canvas;
}

static uint8_t red_at(struct canvas *canvas, uint32_t x, uint32_t y)
{
    uint32_t width = 0;
    uint32_t height = 0;
    const uint8_t *pixels = canvas_pixels(canvas, &width, &height);
    assert_true(x < width && y < height);
    return pixels[4 * ((size_t)y * width + x)];
}

/* How many whole white pixels the picture has light for. */
static double light(struct canvas *canvas)
{
    uint32_t width = 0;
    uint32_t height = 0;
    const uint8_t *pixels = canvas_pixels(canvas, &width, &height);
    double sum = 0;
    for (size_t i = 0; i < (size_t)width * height; i++) {
        sum += pixels[4 * i] / 255.0;
    }
    return sum;
}

static void assert_near(double actual, double wanted, double permille)
{
    if (fabs(actual - wanted) > wanted * permille / 1000) {
        fail_msg("%f is not within %.0f permille of %f", actual, permille, wanted);
    }
}

static void test_axis_edges_are_sharp(void **state)
{
    (void)state;
    struct canvas *canvas = open_canvas(64, 64, 1.5F);
    canvas_fill(canvas, (struct rect){5, 5, 10, 10}, WHITE); /* 7.5 to 22.5: 8 to 23 */
    assert_int_equal(red_at(canvas, 7, 10), 0);
    assert_int_equal(red_at(canvas, 8, 10), 255);
    assert_int_equal(red_at(canvas, 22, 10), 255);
    assert_int_equal(red_at(canvas, 23, 10), 0);
    canvas_begin(canvas, BLACK);
    canvas_fill(canvas, (struct rect){4, 4, 0.25F, 2}, WHITE); /* thinner than a pixel: paler */
    assert_near(light(canvas), 0.375 * 3, 10);
    canvas_destroy(canvas);
}

static void test_neighbours_meet(void **state)
{
    (void)state;
    struct canvas *canvas = open_canvas(128, 8, 1);
    for (int i = 0; i < 30; i++) {
        canvas_fill(canvas, (struct rect){(float)i * 3.7F, 0, 3.7F, 8}, 0xffffff80U);
    }
    for (uint32_t x = 0; x < 110; x++) { /* neither a gap nor painted twice */
        assert_in_range(red_at(canvas, x, 4), 126, 129);
    }
    canvas_destroy(canvas);
}

static void test_areas_are_right(void **state)
{
    (void)state;
    const double pi = 3.14159265358979;
    struct canvas *canvas = open_canvas(128, 128, 1);
    canvas_circle(canvas, 60.3F, 59.8F, 20.4F, WHITE);
    assert_near(light(canvas), pi * 20.4 * 20.4, 5);
    canvas_begin(canvas, BLACK);
    canvas_ring(canvas, 60.3F, 59.8F, 20, 3, WHITE);
    assert_near(light(canvas), pi * (400 - 289), 10);
    canvas_begin(canvas, BLACK);
    canvas_fill_round(canvas, (struct rect){10, 10, 80, 60}, 12, WHITE);
    assert_near(light(canvas), 80 * 60 - (4 - pi) * 144, 2);
    canvas_begin(canvas, BLACK);
    canvas_frame_round(canvas, (struct rect){10, 10, 80, 60}, 12, 2, WHITE);
    assert_near(light(canvas), 80 * 60 - (4 - pi) * 144 - (76 * 56 - (4 - pi) * 100), 10);
    canvas_begin(canvas, BLACK);
    const float triangle[] = {10.2F, 10.7F, 100.1F, 30.3F, 40.9F, 110.4F};
    canvas_polygon(canvas, triangle, 3, WHITE);
    assert_near(light(canvas), 0.5 * fabs(89.9 * 99.7 - 30.7 * 19.6), 3);
    canvas_begin(canvas, BLACK);
    canvas_line(canvas, 10, 20, 110, 95, 3, WHITE);
    assert_near(light(canvas), 3 * 125, 20);
    canvas_begin(canvas, BLACK);
    canvas_line(canvas, 10, 20, 110, 95, 0.5F, WHITE);
    assert_near(light(canvas), 0.5 * 125, 40);
    canvas_destroy(canvas);
}

static void test_clips(void **state)
{
    (void)state;
    struct canvas *canvas = open_canvas(64, 64, 1);
    const struct rect everything = {-100, -100, 400, 400};
    canvas_push_clip(canvas, (struct rect){8, 8, 32, 32});
    canvas_push_clip(canvas, (struct rect){16, 0, 100, 24});
    canvas_fill(canvas, everything, WHITE);
    canvas_circle(canvas, 20, 20, 90, WHITE);
    canvas_text(canvas, CANVAS_LARGE, -10, 10, 0, CANVAS_LEFT, WHITE, "mmmmmmmmmmmm");
    canvas_line(canvas, -50, -50, 90, 80, 9, WHITE);
    canvas_hatch(canvas, everything, 4, WHITE);
    assert_near(light(canvas), 24 * 16, 1);
    canvas_pop_clip(canvas);
    canvas_fill(canvas, everything, WHITE);
    assert_near(light(canvas), 32 * 32, 1);
    canvas_pop_clip(canvas);
    canvas_pop_clip(canvas); /* one too many does nothing */
    for (int i = 0; i < 100; i++) {
        canvas_push_clip(canvas, everything);
    }
    for (int i = 0; i < 100; i++) {
        canvas_pop_clip(canvas);
    }
    canvas_fill(canvas, everything, WHITE);
    assert_near(light(canvas), 64 * 64, 1);
    canvas_destroy(canvas);
}

/* Whatever numbers a pane computes from a hostile file: nothing is written outside (the sanitizers
 * watch), nothing takes forever. */
static void test_absurd_numbers(void **state)
{
    (void)state;
    static const float absurd[] = {0, -1, NAN, INFINITY, -INFINITY, 1e30F, -1e30F, 1e-30F, 70000};
    const size_t count = sizeof absurd / sizeof absurd[0];
    struct canvas *canvas = open_canvas(33, 17, 1.3F);
    const uint8_t dots[12] = {0};
    for (size_t i = 0; i < count * count * count; i++) {
        float a = absurd[i % count];
        float b = absurd[i / count % count];
        float c = absurd[i / count / count];
        const struct rect area = {a, b, c, c};
        const float corners[] = {a, b, b, c, c, a, a, c};
        canvas_fill(canvas, area, WHITE);
        canvas_fill_round(canvas, area, a, WHITE);
        canvas_frame(canvas, area, b, WHITE);
        canvas_frame_round(canvas, area, b, a, WHITE);
        canvas_circle(canvas, a, b, c, WHITE);
        canvas_ring(canvas, a, b, c, a, WHITE);
        canvas_glow(canvas, a, b, c, WHITE);
        canvas_line(canvas, a, b, c, a, b, WHITE);
        canvas_polygon(canvas, corners, 4, WHITE);
        canvas_hatch(canvas, area, a, WHITE);
        canvas_picture(canvas, (struct rect){a, b, c < 1000 ? c : 10, 10}, 1, dots, 2, 2, 1);
        canvas_text(canvas, CANVAS_SANS, a, b, c, CANVAS_RIGHT, WHITE, "text");
        canvas_push_clip(canvas, area);
        canvas_pop_clip(canvas);
    }
    canvas_destroy(canvas);
}

static void test_text_fits(void **state)
{
    (void)state;
    struct canvas *canvas = open_canvas(400, 40, 1);
    const char *text = "A sentence that is long enough to be cut";
    float whole = canvas_text_width(canvas, CANVAS_SANS, text);
    assert_true(whole > 200);
    assert_float_equal(canvas_text(canvas, CANVAS_SANS, 0, 0, whole, CANVAS_LEFT, WHITE, text),
                       whole, 0.01);
    for (float width = 0.5F; width < whole; width += 1) {
        canvas_begin(canvas, BLACK);
        float drawn = canvas_text(canvas, CANVAS_SANS, 0, 4, width, CANVAS_LEFT, WHITE, text);
        assert_true(drawn <= width + 0.3F);
        for (uint32_t y = 0; y < 40; y++) {
            assert_int_equal(red_at(canvas, (uint32_t)width + 1, y), 0);
        }
    }
    /* Where the edges are. */
    canvas_begin(canvas, BLACK);
    canvas_text(canvas, CANVAS_BOLD, 300, 4, 0, CANVAS_RIGHT, WHITE, "HIH");
    double all = light(canvas);
    canvas_push_clip(canvas, (struct rect){0, 0, 300, 40});
    canvas_fill(canvas, (struct rect){0, 0, 300, 40}, BLACK);
    canvas_pop_clip(canvas);
    assert_true(all > 20);
    assert_true(light(canvas) < 0.5);
    canvas_destroy(canvas);
}

static void test_hostile_text(void **state)
{
    (void)state;
    struct canvas *canvas = open_canvas(400, 40, 1);
    static const char *const hostile[] = {
        "",
        "\xff",
        "\xc3",
        "\xe2\x82",
        "\xf0\x9f\x98",
        "\xed\xa0\x80",
        "\xc0\x80",
        "\xf4\x90\x80\x80",
        "\x01\x02\x7f\x1b[31m",
        "\xf0\x9f\x98\x80 \xe4\xbd\xa0\xe5\xa5\xbd",
        "\xe2\x80\xae reversed",
        "a\xcc\x80\xcc\x81\xcc\x82\xcc\x83",
        "\xef\xbf\xbf",
    };
    for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
        for (int font = 0; font < CANVAS_FONTS; font++) {
            canvas_text(canvas, (enum canvas_font)font, 4, 4, 0, CANVAS_LEFT, WHITE, hostile[i]);
            canvas_text(canvas, (enum canvas_font)font, 4, 4, 20, CANVAS_CENTRE, WHITE, hostile[i]);
        }
    }
    /* Every character once: more than the cache holds. */
    for (uint32_t character = 1; character < 0x3000; character++) {
        char text[4] = {(char)(0xe0U | character >> 12), (char)(0x80U | (character >> 6 & 0x3fU)),
                        (char)(0x80U | (character & 0x3fU)), 0};
        canvas_text(canvas, CANVAS_MONO, 4, 4, 0, CANVAS_LEFT, WHITE, text);
    }
    char *endless = malloc(1000001);
    assert_non_null(endless);
    memset(endless, 'w', 1000000);
    endless[1000000] = 0;
    canvas_text(canvas, CANVAS_SANS, 4, 4, 100, CANVAS_RIGHT, WHITE, endless);
    canvas_text(canvas, CANVAS_SANS, 4, 4, 0, CANVAS_RIGHT, WHITE, endless);
    free(endless);
    /* What cannot be shown is one sign, not none and not three. */
    float sign = canvas_text_width(canvas, CANVAS_SANS, "\xef\xbf\xbd");
    assert_float_equal(canvas_text_width(canvas, CANVAS_SANS, "\x01"), sign, 0.01);
    assert_float_equal(canvas_text_width(canvas, CANVAS_SANS, "\xff\xfe"), 2 * sign, 0.01);
    canvas_destroy(canvas);
}

static void test_mono_is_a_grid(void **state)
{
    (void)state;
    struct canvas *canvas = open_canvas(40, 40, 1);
    float one = canvas_text_width(canvas, CANVAS_MONO, "i");
    assert_float_equal(canvas_text_width(canvas, CANVAS_MONO, "W"), one, 0.01);
    assert_float_equal(canvas_text_width(canvas, CANVAS_MONO, "WiWi.,:;00"), 10 * one, 0.01);
    /* Digits of the sans, too: a counter does not tremble. */
    for (char digit = '0'; digit <= '9'; digit++) {
        const char text[2] = {digit, 0};
        assert_float_equal(canvas_text_width(canvas, CANVAS_SANS, text),
                           canvas_text_width(canvas, CANVAS_SANS, "0"), 0.01);
    }
    canvas_destroy(canvas);
}

static void test_scales(void **state)
{
    (void)state;
    struct canvas *canvas = open_canvas(400, 400, 1);
    float width = canvas_text_width(canvas, CANVAS_SANS, "measure me");
    float height = canvas_line_height(canvas, CANVAS_SANS);
    canvas_set_scale(canvas, 2);
    assert_float_equal(canvas_area(canvas).width, 200, 0.01);
    assert_near(canvas_text_width(canvas, CANVAS_SANS, "measure me"), width, 60);
    assert_near(canvas_line_height(canvas, CANVAS_SANS), height, 60);
    canvas_set_text_scale(canvas, 2);
    assert_near(canvas_text_width(canvas, CANVAS_SANS, "measure me"), 2 * width, 60);
    canvas_set_scale(canvas, NAN);
    canvas_set_text_scale(canvas, INFINITY);
    canvas_text(canvas, CANVAS_LARGE, 0, 0, 0, CANVAS_LEFT, WHITE, "M");
    canvas_destroy(canvas);
}

static void test_fonts_that_are_not_there(void **state)
{
    (void)state;
    struct sim_error error = {0};
    setenv("SANDGLASS_FONTS", "/nowhere", 1);
    assert_null(canvas_for_picture(10, 10, 1, &error));
    assert_int_equal(error.status, SIM_WRONG_USE);
    assert_non_null(strstr(error.text, "/nowhere"));
    char folder[] = "/tmp/sandglass_fonts_XXXXXX";
    assert_non_null(mkdtemp(folder));
    static const char *const names[] = {"DejaVuSans.ttf", "DejaVuSans-Bold.ttf",
                                        "DejaVuSansMono.ttf"};
    char path[64];
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fputs("this is no font", file);
        fclose(file);
    }
    setenv("SANDGLASS_FONTS", folder, 1);
    error = (struct sim_error){0};
    assert_null(canvas_for_picture(10, 10, 1, &error));
    assert_int_equal(error.status, SIM_WRONG_USE);
    assert_non_null(strstr(error.text, "DejaVuSans.ttf"));
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
    unsetenv("SANDGLASS_FONTS");
}

static void test_sizes_and_paths_that_cannot_be(void **state)
{
    (void)state;
    struct sim_error error = {0};
    assert_null(canvas_for_picture(0, 10, 1, &error));
    assert_int_equal(error.status, SIM_WRONG_USE);
    error = (struct sim_error){0};
    assert_null(canvas_for_picture(10, 100000, 1, &error));
    assert_int_equal(error.status, SIM_WRONG_USE);
    struct canvas *canvas = open_canvas(1, 1, 1);
    error = (struct sim_error){0};
    assert_false(canvas_write_png(canvas, "/nowhere/picture.png", &error));
    assert_int_equal(error.status, SIM_WRONG_USE);
    assert_non_null(strstr(error.text, "/nowhere/picture.png"));
    canvas_destroy(canvas);
}

static void draw_shapes(struct canvas *canvas, const struct theme *theme)
{
    const color *colors = theme->colors;
    canvas_begin(canvas, colors[THEME_BACKGROUND]);
    canvas_fill_round(canvas, (struct rect){4, 4, 312, 192}, 6, colors[THEME_PANE]);
    canvas_frame_round(canvas, (struct rect){4, 4, 312, 192}, 6, 1, colors[THEME_BORDER]);
    canvas_circle(canvas, 32, 32, 16, colors[THEME_GOOD]);
    canvas_ring(canvas, 72, 32, 16, 2, colors[THEME_BAD]);
    canvas_glow(canvas, 112, 32, 22, colors[THEME_WARNING]);
    canvas_frame_round(canvas, (struct rect){140, 16, 60, 32}, 8, 2, colors[THEME_ACCENT]);
    canvas_fill_round(canvas, (struct rect){208, 16, 60, 32}, 16, colors[THEME_ACCENT]);
    canvas_text(canvas, CANVAS_BOLD, 238, 24, 0, CANVAS_CENTRE, colors[THEME_TEXT_ON_ACCENT], "OK");
    canvas_hatch(canvas, (struct rect){16, 60, 60, 32}, 6, colors[THEME_TEXT_DIM]);
    canvas_frame(canvas, (struct rect){16, 60, 60, 32}, 1, colors[THEME_TEXT]);
    canvas_line(canvas, 84, 60, 150, 92, 1, colors[THEME_TEXT]);
    canvas_line(canvas, 84, 70, 150, 62, 3, colors[THEME_STACK]);
    const float diamond[] = {180, 56, 200, 76, 180, 96, 160, 76};
    canvas_polygon(canvas, diamond, 4, color_fade(colors[THEME_HEAP], 160));
    static const uint8_t flag[] = {200, 0,   0,   0, 160, 0, 0,  0,  220,
                                   240, 240, 240, 0, 0,   0, 90, 90, 90};
    canvas_picture(canvas, (struct rect){216, 58, 54, 36}, 7, flag, 3, 2, 1);
    for (int i = 0; i < 40; i++) {
        canvas_fill(canvas, (struct rect){280 + (float)i * 0.8F, 60, (float)(i % 4) * 0.2F, 32},
                    colors[THEME_INTERRUPT]);
    }
    float y = 100;
    for (int font = 0; font < CANVAS_FONTS; font++) {
        canvas_text(canvas, (enum canvas_font)font, 16, y, 288, CANVAS_LEFT, colors[THEME_TEXT],
                    "Virtual 12.005 s, 3.3 V \xe2\x86\x92 0x20001f00 \xc2\xb5s \xff and much more");
        y += canvas_line_height(canvas, (enum canvas_font)font);
    }
    canvas_end(canvas);
}

static void test_golden_shapes(void **state)
{
    (void)state;
    struct canvas *canvas = open_canvas(320, 200, 1);
    draw_shapes(canvas, theme_get(THEME_DARK));
    golden_check_canvas("canvas_dark", canvas);
    canvas_destroy(canvas);
    canvas = open_canvas(480, 300, 1.5F);
    draw_shapes(canvas, theme_get(THEME_LIGHT));
    golden_check_canvas("canvas_light_1_5", canvas);
    canvas_destroy(canvas);
}

/* The comparison sees what people would: one word, one line, but not a shade. */
static void test_golden_sees_a_word(void **state)
{
    (void)state;
    struct canvas *first = open_canvas(720, 480, 1);
    struct canvas *second = open_canvas(720, 480, 1);
    canvas_fill(second, (struct rect){0, 0, 720, 480}, 0x080808ffU);
    uint32_t width = 0;
    uint32_t height = 0;
    const uint8_t *wanted = canvas_pixels(first, &width, &height);
    struct picture_difference found =
        picture_compare(wanted, canvas_pixels(second, &width, &height), width, height, NULL);
    assert_int_equal(found.pixels, 0);
    assert_false(picture_differs(&found, width, height));
    canvas_text(second, CANVAS_SMALL, 100, 200, 0, CANVAS_LEFT, WHITE, "off");
    found = picture_compare(wanted, canvas_pixels(second, &width, &height), width, height, NULL);
    assert_true(picture_differs(&found, width, height));
    assert_in_range(found.left, 99, 103);
    assert_in_range(found.top, 200, 204);
    canvas_destroy(first);
    canvas_destroy(second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_axis_edges_are_sharp),
        cmocka_unit_test(test_neighbours_meet),
        cmocka_unit_test(test_areas_are_right),
        cmocka_unit_test(test_clips),
        cmocka_unit_test(test_absurd_numbers),
        cmocka_unit_test(test_text_fits),
        cmocka_unit_test(test_hostile_text),
        cmocka_unit_test(test_mono_is_a_grid),
        cmocka_unit_test(test_scales),
        cmocka_unit_test(test_fonts_that_are_not_there),
        cmocka_unit_test(test_sizes_and_paths_that_cannot_be),
        cmocka_unit_test(test_golden_shapes),
        cmocka_unit_test(test_golden_sees_a_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
