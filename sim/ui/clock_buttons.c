#include "sim/ui/clock_buttons.h"

#include <math.h>

#define SIZE 6.0F /* half the height of a sign */

const struct clock_speed clock_speeds[CLOCK_SPEEDS] = {
    {10, "0.01\u00d7"}, {100, "0.1\u00d7"}, {1000, "1\u00d7"}, {10000, "10\u00d7"}, {0, "max"}};

const char *clock_button_name(enum clock_button button)
{
    static const char *const names[CLOCK_BUTTONS] = {
        [CLOCK_PAUSE] = "pause",    [CLOCK_STEP] = "step",        [CLOCK_STEP_EVENT] = "step-event",
        [CLOCK_RUN_1] = "run-1-ms", [CLOCK_RUN_10] = "run-10-ms", [CLOCK_RUN_100] = "run-100-ms",
        [CLOCK_RESET] = "reset"};
    return names[button];
}

const char *clock_button_words(enum clock_button button, bool paused)
{
    switch (button) {
    case CLOCK_PAUSE:
        return paused ? "Go on (Space)" : "Pause (Space)";
    case CLOCK_STEP:
        return "One instruction (Shift+F10)";
    case CLOCK_STEP_EVENT:
        return "To the next event (F10)";
    case CLOCK_RUN_1:
        return "Run 1 ms (F8)";
    case CLOCK_RUN_10:
        return "Run 10 ms (Shift+F8)";
    case CLOCK_RUN_100:
        return "Run 100 ms (Ctrl+F8)";
    case CLOCK_RESET:
        return "Reset pin (Ctrl+R)";
    case CLOCK_BUTTONS:
        break;
    }
    return "";
}

struct view_command clock_button_command(enum clock_button button, bool paused)
{
    switch (button) {
    case CLOCK_PAUSE:
        return (struct view_command){.kind = paused ? VIEW_COMMAND_GO : VIEW_COMMAND_PAUSE};
    case CLOCK_STEP:
        return (struct view_command){.kind = VIEW_COMMAND_STEP};
    case CLOCK_STEP_EVENT:
        return (struct view_command){.kind = VIEW_COMMAND_STEP_EVENT};
    case CLOCK_RUN_1:
        return (struct view_command){.kind = VIEW_COMMAND_RUN_FOR, .value = 1000};
    case CLOCK_RUN_10:
        return (struct view_command){.kind = VIEW_COMMAND_RUN_FOR, .value = 10000};
    case CLOCK_RUN_100:
        return (struct view_command){.kind = VIEW_COMMAND_RUN_FOR, .value = 100000};
    case CLOCK_RESET:
    case CLOCK_BUTTONS:
        break;
    }
    return (struct view_command){.kind = VIEW_COMMAND_RESET};
}

/* ---- the signs ---- */

static void draw_triangle(struct canvas *canvas, float x, float y, float half, color paint)
{
    const float corners[6] = {x, y - half, x + half * 1.7F, y, x, y + half};
    canvas_polygon(canvas, corners, 3, paint);
}

static void draw_bar(struct canvas *canvas, float x, float y, float width, color paint)
{
    canvas_fill(canvas, (struct rect){x, y - SIZE, width, 2 * SIZE}, paint);
}

/* An arrow that goes round. */
static void draw_round_arrow(struct canvas *canvas, float x, float y, color paint)
{
    const float from = -0.6F;
    const float turn = 4.9F;
    const int parts = 18;
    float x0 = x + SIZE * cosf(from);
    float y0 = y + SIZE * sinf(from);
    const float tip[6] = {x0 - 5, y0, x0 + 2.5F, y0 + 1, x0 + 2.5F, y0 - 6};
    for (int i = 0; i < parts; i++) { /* each a little longer than its part: no seams */
        float begin = from + turn * (float)i / (float)parts - (i > 0 ? 0.12F : 0);
        float end = from + turn * (float)(i + 1) / (float)parts;
        canvas_line(canvas, x + SIZE * cosf(begin), y + SIZE * sinf(begin), x + SIZE * cosf(end),
                    y + SIZE * sinf(end), 1.8F, paint);
    }
    canvas_polygon(canvas, tip, 3, paint);
}

/* Runs so long: a triangle and the length; without the triangle where there is no room. */
static void draw_run(struct canvas *canvas, const struct rect *place, const char *length,
                     color paint)
{
    float text = canvas_text_width(canvas, CANVAS_SMALL, length);
    bool sign = text + 20 < place->width;
    float lead = sign ? 12 : 0;
    float y = place->y + place->height / 2;
    float x = place->x + (place->width - text - lead) / 2;
    if (sign) {
        draw_triangle(canvas, x, y, 4, paint);
    }
    canvas_text(canvas, CANVAS_SMALL, x + lead, y - canvas_line_height(canvas, CANVAS_SMALL) / 2,
                place->x + place->width - x - lead, CANVAS_LEFT, paint, length);
}

void clock_button_draw(enum clock_button button, bool paused, struct canvas *canvas,
                       struct rect place, color paint)
{
    float x = place.x + place.width / 2;
    float y = place.y + place.height / 2;
    switch (button) {
    case CLOCK_PAUSE:
        if (paused) {
            draw_triangle(canvas, x - 4, y, SIZE, paint);
        } else {
            draw_bar(canvas, x - 5, y, 4, paint);
            draw_bar(canvas, x + 1, y, 4, paint);
        }
        break;
    case CLOCK_STEP:
        draw_bar(canvas, x - 7, y, 2, paint);
        draw_triangle(canvas, x - 2, y, SIZE, paint);
        break;
    case CLOCK_STEP_EVENT:
        draw_triangle(canvas, x - 8, y, SIZE, paint);
        draw_bar(canvas, x + 5, y, 2, paint);
        break;
    case CLOCK_RUN_1:
        draw_run(canvas, &place, "1 ms", paint);
        break;
    case CLOCK_RUN_10:
        draw_run(canvas, &place, "10 ms", paint);
        break;
    case CLOCK_RUN_100:
        draw_run(canvas, &place, "100 ms", paint);
        break;
    case CLOCK_RESET:
        draw_round_arrow(canvas, x, y, paint);
        break;
    case CLOCK_BUTTONS:
        break;
    }
}
