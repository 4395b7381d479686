#include "sim/cli/demo.h"

#include <stdio.h>
#include <string.h>

static bool has_device(const struct demo *demo, const char *name)
{
    return name == NULL || board_find_device(demo->board, name) >= 0;
}

void demo_start(struct demo *demo, const struct board *board, const char *kernel)
{
    *demo = (struct demo){.tour = demo_tour_find(kernel), .board = board};
}

const char *demo_app_path(const struct demo *demo, size_t index)
{
    for (size_t i = 0; i < demo->tour->app_count; i++) {
        const struct demo_app *app = &demo->tour->apps[i];
        if (!has_device(demo, app->needs)) {
            continue;
        }
        if (index == 0) {
            return app->path;
        }
        index--;
    }
    return NULL;
}

void demo_set_options(struct demo *demo, struct run_options *options)
{
    const struct demo_tour *tour = demo->tour;
    options->check_isolation = true;
    if (!options->has_for && options->until == NULL && !options->forever) {
        demo->ends = true;
        options->has_for = true;
        options->for_ns = tour->length_ns;
    }
    for (size_t i = 0; i < tour->input_count; i++) {
        const struct run_input *input = &tour->inputs[i];
        bool fits = input->kind == RUN_INPUT_TEXT ? demo->board->console != NULL
                                                  : has_device(demo, input->device);
        if (fits && options->input_count < RUN_INPUTS_MAX) {
            options->inputs[options->input_count] = *input;
            options->input_count++;
        }
    }
}

/* Of those that the board has the device for, from demo->next_caption on. */
static size_t next_caption(const struct demo *demo)
{
    size_t next = demo->next_caption;
    while (next < demo->tour->caption_count &&
           !has_device(demo, demo->tour->captions[next].needs)) {
        next++;
    }
    return next;
}

uint64_t demo_next_caption(const struct demo *demo)
{
    size_t next = next_caption(demo);
    return next < demo->tour->caption_count ? demo->tour->captions[next].at_ns : UINT64_MAX;
}

/* Words, in lines of 80 columns; the time and the dashes stand before the first. */
static void print_caption(FILE *stream, const char *text)
{
    const int first_column = 17;
    int column = first_column;
    fprintf(stream, "--");
    while (*text != '\0') {
        int length = (int)strcspn(text, " ");
        if (column + length > 80) {
            fprintf(stream, "\n%*s", first_column - 1, "");
            column = first_column;
        }
        fprintf(stream, " %.*s", length, text);
        column += length + 1;
        text += length + (text[length] == ' ' ? 1 : 0);
    }
    fprintf(stream, "\n");
}

void demo_show_captions(struct demo *demo, struct live_lines *lines, uint64_t now_ns)
{
    while (demo_next_caption(demo) <= now_ns) {
        size_t next = next_caption(demo);
        print_caption(live_lines_begin(lines), demo->tour->captions[next].text);
        live_lines_end(lines);
        demo->next_caption = next + 1;
    }
}

const char *demo_caption(const struct demo *demo)
{
    return demo->next_caption == 0 ? "" : demo->tour->captions[demo->next_caption - 1].text;
}

bool demo_is_over(const struct demo *demo, uint64_t now_ns)
{
    return demo->tour != NULL && now_ns >= demo->tour->length_ns;
}
