#include "sim/cli/demo_tours.h"

#include <string.h>

#define MS           1000000ULL /* in nanoseconds */
#define APP(name)    "firmware/apps/" name ".tbf"
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- isolation: every board with LEDs and a button ---- */

static const struct demo_app isolation_apps[] = {
    {APP("blink"), NULL},
    {APP("hello"), NULL},
    {APP("buttons"), NULL},
    {APP("touch"), "pad0"},
    {APP("sensors"), NULL},
    {APP("hog"), NULL},
    {APP("glutton"), NULL},
    {APP("trespass-kernel"), NULL},
    {APP("trespass-neighbour"), NULL},
    {APP("trespass-grants"), NULL},
    {APP("trespass-flash"), NULL},
    {APP("trespass-peripheral"), NULL},
    {APP("trespass-scs"), NULL},
    {APP("trespass-code"), NULL},
    {APP("diary"), "mx25r64"},
};

static const struct run_input isolation_inputs[] = {
    {.kind = RUN_INPUT_PRESS, .device = "button0", .at_ns = 1200 * MS, .to_ns = 1300 * MS},
    {.kind = RUN_INPUT_TOUCH, .device = "pad0", .at_ns = 1600 * MS, .to_ns = 1900 * MS},
    {.kind = RUN_INPUT_TEXT, .text = "list\\n", .text_length = 6, .at_ns = 8000 * MS},
    {.kind = RUN_INPUT_PRESS, .device = "button0", .at_ns = 9200 * MS, .to_ns = 9300 * MS},
};

/* The times are those of the apps (apps/NAME/main.c) and of the inputs above. */
static const struct demo_caption isolation_captions[] = {
    {0,
     "The kernel boots and starts its apps, each in memory of its own. blink toggles led0 twice "
     "a second; hog, still on its best behaviour, toggles led3.",
     NULL},
    {10 * MS, "diary counts its starts in the external flash, over QSPI.", "mx25r64"},
    {1150 * MS, "Somebody presses button 0: the app `buttons` switches led1.", NULL},
    {1550 * MS, "A finger on the touch pad: the app `touch` lights led2 meanwhile.", "pad0"},
    {1950 * MS, "glutton asks for memory and grants until the kernel says no. The others go on.",
     NULL},
    {3100 * MS,
     "Now seven apps reach for what is not theirs. The first reads the kernel's memory: the "
     "MPU refuses, the kernel ends the app and starts it again; the simulator says who, "
     "where, and whose memory it was.",
     NULL},
    {3850 * MS, "The second writes where its neighbour's memory begins.", NULL},
    {4550 * MS, "The third: what the kernel keeps for it, in its own block.", NULL},
    {5250 * MS, "The fourth: its own code, in flash.", NULL},
    {5950 * MS, "The fifth: a peripheral, all pins at once.", NULL},
    {6650 * MS, "The sixth: the MPU's own registers. There the bus itself refuses: a BusFault.",
     NULL},
    {7350 * MS, "The seventh runs code that it has put into its RAM.", NULL},
    {7950 * MS, "Somebody types `list` on the kernel's process console.", NULL},
    {8250 * MS,
     "hog keeps the CPU from now on. blink waits until hog's 10 ms are up: each of its changes "
     "is up to 10 ms late, but the lateness does not add up.",
     NULL},
    {9150 * MS, "Button 0 again: hog or no hog, the answer comes.", NULL},
    {10000 * MS, "glutton asks once more. That was the tour; a summary follows.", NULL},
};

/* ---- the watch ---- */

static const struct demo_app watch_apps[] = {
    {APP("paint"), NULL}, {APP("hello"), NULL}, {APP("buttons"), NULL}, {APP("tilt"), NULL}};

static const struct run_input watch_inputs[] = {
    {.kind = RUN_INPUT_TOUCH,
     .device = "cst816s",
     .at_ns = 1500 * MS,
     .to_ns = 1700 * MS,
     .placed = true,
     .value = RUN_TOUCH_AT(120, 60)},
    {.kind = RUN_INPUT_TOUCH,
     .device = "cst816s",
     .at_ns = 2200 * MS,
     .to_ns = 2400 * MS,
     .placed = true,
     .value = RUN_TOUCH_AT(60, 180)},
    {.kind = RUN_INPUT_PRESS, .device = "button0", .at_ns = 3000 * MS, .to_ns = 3200 * MS},
    {.kind = RUN_INPUT_SET, .device = "bma421", .what = "y", .value = -700, .at_ns = 3400 * MS},
};

static const struct demo_caption watch_captions[] = {
    {0,
     "The watch boots. paint draws four bars on the display over SPI and turns the backlight on.",
     NULL},
    {1450 * MS,
     "A finger at 120, 60: the touch controller wakes up and pulls its interrupt pin; the kernel "
     "asks it over I2C, and paint draws a square there.",
     NULL},
    {2150 * MS, "And at 60, 180.", NULL},
    {2950 * MS, "The button on the side: the app `buttons` switches led1, of the backlight.", NULL},
    {3350 * MS, "The arm is turned: the app `tilt` reads the accelerometer twice a second.", NULL},
    {4200 * MS, "That was the tour; a summary follows.", NULL},
};

/* ---- the sensor node ---- */

static const struct demo_app sensor_apps[] = {
    {APP("weather"), NULL}, {APP("blink"), NULL}, {APP("hello"), NULL}, {APP("buttons"), NULL}};

static const struct run_input sensor_inputs[] = {
    {.kind = RUN_INPUT_SET,
     .device = "sht3xd",
     .what = "temperature",
     .value = 1850,
     .at_ns = 2500 * MS},
    {.kind = RUN_INPUT_SET, .device = "bh1750", .what = "light", .value = 20, .at_ns = 3500 * MS},
    {.kind = RUN_INPUT_PRESS, .device = "button0", .at_ns = 4500 * MS, .to_ns = 4600 * MS},
};

static const struct demo_caption sensor_captions[] = {
    {0,
     "The node boots. Once a second weather asks the sensors over I2C, and the ADC for the "
     "battery's voltage.",
     NULL},
    {2450 * MS, "Somebody opens the window: 18.5 degrees.", NULL},
    {3450 * MS, "It gets dark: 20 lux.", NULL},
    {4450 * MS, "The button: the app `buttons` switches led1.", NULL},
    {5500 * MS, "That was the tour; a summary follows.", NULL},
};

#define TOUR(name, board, ms)                                                                      \
    {                                                                                              \
        .kernel = (board), .length_ns = (ms)*MS, .apps = name##_apps,                              \
        .app_count = COUNT(name##_apps), .inputs = name##_inputs,                                  \
        .input_count = COUNT(name##_inputs), .captions = name##_captions,                          \
        .caption_count = COUNT(name##_captions)                                                    \
    }

static const struct demo_tour tours[] = {
    TOUR(watch, "pinetime", 4500),
    TOUR(sensor, "sensor_node", 6000),
    TOUR(isolation, NULL, 12000),
};

const struct demo_tour *demo_tour_find(const char *kernel)
{
    const struct demo_tour *tour = tours;
    while (tour->kernel != NULL && strcmp(tour->kernel, kernel) != 0) {
        tour++;
    }
    return tour;
}
