#include "sim/cli/run_options_window.h"

#include <string.h>

#include "sim/ui/ui_picture.h"

#define THOUSAND     1000U
#define SPEED_MAX    (1000U * THOUSAND)
#define SCALE_MIN    (THOUSAND / 2U)
#define SCALE_MAX    (8U * THOUSAND)
#define DIGITS_MAX   7U
#define DECIMALS_MAX 3U

/* Digits at *text, which moves behind them; false: none, or too many. */
static bool read_digits(const char **text, unsigned most, uint32_t *value)
{
    size_t count = strspn(*text, "0123456789");
    *value = 0;
    for (size_t i = 0; i < count && count <= most; i++) {
        *value = *value * 10U + (uint32_t)((*text)[i] - '0');
    }
    *text += count;
    return count >= 1 && count <= most;
}

/* "1", "0.25": in thousandths. */
static bool parse_thousandths(const char *text, uint32_t *thousandths)
{
    uint32_t whole = 0;
    uint32_t part = 0;
    if (!read_digits(&text, DIGITS_MAX - DECIMALS_MAX, &whole)) {
        return false;
    }
    if (*text == '.') {
        const char *decimals = text + 1;
        text = decimals;
        if (!read_digits(&text, DECIMALS_MAX, &part)) {
            return false;
        }
        for (size_t i = (size_t)(text - decimals); i < DECIMALS_MAX; i++) {
            part *= 10U;
        }
    }
    *thousandths = whole * THOUSAND + part;
    return *text == '\0';
}

bool run_options_take_speed(struct run_options *options, const char *text, struct sim_error *error)
{
    options->has_speed = true;
    if (strcmp(text, "max") == 0) {
        options->speed_permille = RUN_SPEED_MAX;
        return true;
    }
    return (parse_thousandths(text, &options->speed_permille) && options->speed_permille > 0 &&
            options->speed_permille <= SPEED_MAX) ||
           sim_fail(error, SIM_WRONG_USE,
                    "--speed is max, or a multiple of real time from 0.001 to 1000, not '%s'",
                    text);
}

bool run_options_take_size(struct run_options *options, const char *text, struct sim_error *error)
{
    struct run_window_options *window = &options->window;
    const char *at = text;
    bool good = read_digits(&at, DIGITS_MAX, &window->width) && *at == 'x';
    at++;
    good = good && read_digits(&at, DIGITS_MAX, &window->height) && *at == '\0';
    good = good && window->width >= UI_PICTURE_SIDE_MIN && window->width <= UI_PICTURE_SIDE_MAX &&
           window->height >= UI_PICTURE_SIDE_MIN && window->height <= UI_PICTURE_SIDE_MAX;
    return good || sim_fail(error, SIM_WRONG_USE,
                            "--size is WIDTHxHEIGHT in pixels, each from %u to %u, for example "
                            "1280x800, not '%s'",
                            UI_PICTURE_SIDE_MIN, UI_PICTURE_SIDE_MAX, text);
}

bool run_options_take_scale(struct run_options *options, const char *text, struct sim_error *error)
{
    uint32_t *scale = &options->window.scale_permille;
    return (parse_thousandths(text, scale) && *scale >= SCALE_MIN && *scale <= SCALE_MAX) ||
           sim_fail(error, SIM_WRONG_USE, "--scale is a number from 0.5 to 8, not '%s'", text);
}

bool run_options_take_theme(struct run_options *options, const char *text, struct sim_error *error)
{
    options->window.has_theme = true;
    options->window.theme = strcmp(text, "light") == 0 ? THEME_LIGHT : THEME_DARK;
    return options->window.theme == THEME_LIGHT || strcmp(text, "dark") == 0 ||
           sim_fail(error, SIM_WRONG_USE, "--theme is dark or light, not '%s'", text);
}

/* An option that was given and is for nothing but what one sees; NULL: none. */
static const char *option_of_view(const struct run_window_options *window)
{
    return window->pane != NULL          ? "--pane"
           : window->width != 0          ? "--size"
           : window->scale_permille != 0 ? "--scale"
           : window->has_theme           ? "--theme"
           : window->presenting          ? "--present"
                                         : NULL;
}

bool run_options_check_window(const struct run_options *options, struct sim_error *error)
{
    const struct run_window_options *window = &options->window;
    bool wanted = window->wish == RUN_WINDOW_YES;
    const char *other = options->net != NULL ? "--net" : options->gdb ? "--gdb" : NULL;
    if ((wanted || window->screenshot != NULL) && other != NULL) {
        return sim_fail(error, SIM_WRONG_USE, "%s does not go with %s: there is no window then",
                        wanted ? "--window" : "--screenshot", other);
    }
    if (wanted && options->headless) {
        return sim_fail(error, SIM_WRONG_USE,
                        "--window does not go with --headless, which is a run without one");
    }
    const char *of_view = option_of_view(window);
    if (of_view != NULL && window->screenshot == NULL &&
        (options->headless || window->wish == RUN_WINDOW_NO || other != NULL)) {
        return sim_fail(error, SIM_WRONG_USE,
                        "%s says how the window or the picture of --screenshot FILE looks: there "
                        "is neither",
                        of_view);
    }
    return true;
}
