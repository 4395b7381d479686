#include "sim/cli/demo.h"

#include <stdio.h>
#include <string.h>

#include "sim/cli/duration.h"

#define MS 1000000ULL /* in nanoseconds */

#define DEMO_NS (12000 * MS)

#define APP(name) "firmware/apps/" name ".tbf"

const char *const demo_apps[] = {
    APP("blink"),           APP("hello"),           APP("buttons"),
    APP("touch"),           APP("sensors"),         APP("hog"),
    APP("glutton"),         APP("trespass-kernel"), APP("trespass-neighbour"),
    APP("trespass-grants"), APP("trespass-flash"),  APP("trespass-peripheral"),
    APP("trespass-scs"),    APP("trespass-code"),
};
const size_t demo_app_count = sizeof demo_apps / sizeof demo_apps[0];

static const struct run_input demo_inputs[] = {
    {.kind = RUN_INPUT_PRESS, .device = "button0", .at_ns = 1200 * MS, .to_ns = 1300 * MS},
    {.kind = RUN_INPUT_TOUCH, .device = "pad0", .at_ns = 1600 * MS, .to_ns = 1900 * MS},
    {.kind = RUN_INPUT_TEXT, .text = "list\\n", .text_length = 6, .at_ns = 8000 * MS},
    {.kind = RUN_INPUT_PRESS, .device = "button0", .at_ns = 9200 * MS, .to_ns = 9300 * MS},
};

/* The times are those of the apps (apps/NAME/main.c) and of the inputs above. */
static const struct demo_caption {
    uint64_t at_ns;
    const char *text;
} demo_list[] = {
    {0,
     "The kernel boots and starts fourteen apps in 64 kB of RAM, each in memory of its own. blink "
     "toggles led0 twice a second; hog, still on its best behaviour, toggles led3."},
    {1150 * MS, "Somebody presses button 0: the app `buttons` switches led1."},
    {1550 * MS, "A finger on the touch pad: the app `touch` lights led2 meanwhile."},
    {1950 * MS, "glutton asks for memory and grants until the kernel says no. The others go on."},
    {3100 * MS,
     "Now seven apps reach for what is not theirs. The first reads the kernel's memory: the "
     "MPU refuses, the kernel ends the app and starts it again; the simulator says who, "
     "where, and whose memory it was."},
    {3850 * MS, "The second writes where its neighbour's memory begins."},
    {4550 * MS, "The third: what the kernel keeps for it, in its own block."},
    {5250 * MS, "The fourth: its own code, in flash."},
    {5950 * MS, "The fifth: a peripheral, all pins at once."},
    {6650 * MS, "The sixth: the MPU's own registers. There the bus itself refuses: a BusFault."},
    {7350 * MS, "The seventh runs code that it has put into its RAM."},
    {7950 * MS, "Somebody types `list` on the kernel's process console."},
    {8250 * MS,
     "hog keeps the CPU from now on. blink waits until hog's 10 ms are up: each of its changes "
     "is up to 10 ms late, but the lateness does not add up."},
    {9150 * MS, "Button 0 again: hog or no hog, the answer comes."},
    {10000 * MS, "glutton asks once more. That was the tour; a summary follows."},
};

void demo_set_options(struct run_options *options)
{
    options->check_isolation = true;
    if (!options->has_for && options->until == NULL && !options->forever) {
        options->has_for = true;
        options->for_ns = DEMO_NS;
    }
    for (size_t i = 0; i < sizeof demo_inputs / sizeof demo_inputs[0]; i++) {
        if (options->input_count < RUN_INPUTS_MAX) {
            options->inputs[options->input_count] = demo_inputs[i];
            options->input_count++;
        }
    }
}

uint64_t demo_next_caption(const struct demo_captions *captions)
{
    return captions->next < sizeof demo_list / sizeof demo_list[0] ? demo_list[captions->next].at_ns
                                                                   : UINT64_MAX;
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

void demo_show_captions(struct demo_captions *captions, struct live_lines *lines, uint64_t now_ns)
{
    while (demo_next_caption(captions) <= now_ns) {
        print_caption(live_lines_begin(lines), demo_list[captions->next].text);
        live_lines_end(lines);
        captions->next++;
    }
}
