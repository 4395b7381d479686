/* A plausible second of two apps: blink toggles an LED each 250 ms, sensor measures each 20 ms over
 * I2C and prints now and then. */
#include "sim/ui/tests/sample_frame.h"

#include <stdio.h>
#include <string.h>

#define HZ        64000000ULL
#define MS        64000ULL
#define BEGIN     (12 * HZ)
#define NOW       (BEGIN + 1345 * MS + 678)
#define BLINK     0
#define SENSOR    1
#define EXC_SVC   11
#define EXC_I2C   (16 + 3)
#define EXC_UART  (16 + 2)
#define EXC_RTC   (16 + 17)
#define PIN_LED   17
#define DRV_ALARM 0
#define DRV_PRINT 1
#define DRV_LED   2
#define DRV_TEMP  0x60000

struct writer {
    struct view_timeline *timeline;
    uint64_t now;
};

static void put(struct writer *w, enum view_event_kind kind, enum view_lane_kind lane,
                uint32_t index, const uint32_t *value, uint32_t number)
{
    struct view_event *event = &w->timeline->events[w->timeline->count++];
    *event = (struct view_event){.cycle = w->now,
                                 .number = number,
                                 .index = (uint16_t)index,
                                 .lane = (uint8_t)lane,
                                 .kind = (uint8_t)kind};
    if (value != NULL) {
        memcpy(event->value, value, sizeof event->value);
    }
}

static void run(struct writer *w, enum view_lane_kind lane, uint32_t index, uint32_t cycles)
{
    static const uint32_t success[4] = {128};
    put(w, VIEW_EVENT_RUN, lane, index, success, 0);
    w->now += cycles;
}

static void exception(struct writer *w, uint32_t number, uint32_t cycles)
{
    put(w, VIEW_EVENT_BEGIN, VIEW_LANE_EXCEPTION, number, NULL, 0);
    w->now += cycles;
    put(w, VIEW_EVENT_END, VIEW_LANE_EXCEPTION, number, NULL, 0);
}

static void interrupt(struct writer *w, uint32_t number, uint32_t cycles, uint32_t kernel_cycles)
{
    put(w, VIEW_EVENT_RUN, VIEW_LANE_KERNEL, 0, NULL, 0);
    exception(w, number, cycles);
    w->now += kernel_cycles;
}

/* A call, and back in the process unless it is `last`. */
static void call(struct writer *w, uint32_t process, uint32_t call_class, uint32_t r0, uint32_t r1,
                 uint32_t r2, uint32_t r3, bool last)
{
    const uint32_t value[4] = {r0, r1, r2, r3};
    put(w, VIEW_EVENT_CALL, VIEW_LANE_PROCESS, process, value, call_class);
    put(w, VIEW_EVENT_RUN, VIEW_LANE_KERNEL, 0, NULL, 0);
    exception(w, EXC_SVC, 34);
    w->now += 310 + 40 * (r0 & 7);
    if (!last) {
        run(w, VIEW_LANE_PROCESS, process, 240);
    }
}

static void upcall(struct writer *w, uint32_t process, uint32_t cycles)
{
    static const uint32_t arguments[4] = {1, 2, 0, 0};
    run(w, VIEW_LANE_PROCESS, process, 0);
    put(w, VIEW_EVENT_UPCALL, VIEW_LANE_PROCESS, process, arguments, 0x30110 + process * 0x1000);
    w->now += cycles;
}

static void yield(struct writer *w, uint32_t process)
{
    call(w, process, 0, 1, 0, 0, 0, true);
    run(w, VIEW_LANE_SLEEP, 0, 0);
}

static void blink(struct writer *w, bool on)
{
    interrupt(w, EXC_RTC, 120, 900);
    upcall(w, BLINK, 310);
    call(w, BLINK, 2, DRV_LED, 3, 0, 0, false);
    put(w, on ? VIEW_EVENT_END : VIEW_EVENT_BEGIN, VIEW_LANE_PIN, PIN_LED, NULL, 0);
    call(w, BLINK, 2, DRV_ALARM, 5, 2097152, 0, false);
    yield(w, BLINK);
}

static void measure(struct writer *w, uint32_t turn)
{
    interrupt(w, EXC_RTC, 120, 850);
    upcall(w, SENSOR, 500);
    call(w, SENSOR, 2, DRV_TEMP, 1, 0, 0, false);
    yield(w, SENSOR);
    for (uint32_t i = 0; i < 4; i++) {
        w->now += 5200;
        interrupt(w, EXC_I2C, 160, 240);
        run(w, VIEW_LANE_SLEEP, 0, 0);
    }
    w->now += 5200;
    interrupt(w, EXC_I2C, 160, 1100);
    upcall(w, SENSOR, 9000 + 700 * (turn % 5));
    if (turn % 8 == 3) {
        call(w, SENSOR, 4, DRV_PRINT, 1, 0x20003A40, 28, false);
        call(w, SENSOR, 2, DRV_PRINT, 1, 28, 0, false);
        w->now += 20000;
    }
    call(w, SENSOR, 2, DRV_ALARM, 5, 167772, 0, false);
    yield(w, SENSOR);
    if (turn % 8 == 3) {
        w->now += 153000;
        interrupt(w, EXC_UART, 140, 700);
        upcall(w, SENSOR, 260);
        yield(w, SENSOR);
    }
}

static void add_driver(struct view_names *names, uint32_t number, const char *name)
{
    struct view_driver_name *driver = &names->drivers[names->driver_count++];
    driver->number = number;
    snprintf(driver->name, sizeof driver->name, "%s", name);
}

static void add_command(struct view_names *names, uint32_t driver, uint32_t number,
                        const char *name)
{
    struct view_command_name *command = &names->commands[names->command_count++];
    command->driver = driver;
    command->number = number;
    snprintf(command->name, sizeof command->name, "%s", name);
}

static const struct view_names *sample_names(void)
{
    static struct view_names names; /* the frame points to it */
    names = (struct view_names){
        .process = {"blink", "sensor"},
        .exception =
            {[EXC_SVC] = "SVCall", [EXC_I2C] = "i2c0", [EXC_UART] = "uart0", [EXC_RTC] = "rtc1"},
        .pin = {[PIN_LED] = "led0 P0.17"}};
    add_driver(&names, DRV_ALARM, "alarm");
    add_driver(&names, DRV_PRINT, "console");
    add_driver(&names, DRV_LED, "led");
    add_driver(&names, DRV_TEMP, "temperature");
    add_command(&names, DRV_ALARM, 5, "set_relative");
    add_command(&names, DRV_PRINT, 1, "write");
    add_command(&names, DRV_LED, 3, "toggle");
    add_command(&names, DRV_TEMP, 1, "read");
    return &names;
}

static void fill_timeline(struct view_timeline *timeline)
{
    static const uint32_t one[4] = {1};
    struct writer w = {.timeline = timeline, .now = BEGIN};
    timeline->count = 0;
    timeline->lost = 0;
    timeline->names = sample_names();
    put(&w, VIEW_EVENT_SYNC, VIEW_LANE_KERNEL, 0, one, 0);
    put(&w, VIEW_EVENT_RUN, VIEW_LANE_KERNEL, 0, NULL, 0);
    w.now += 3 * MS;
    run(&w, VIEW_LANE_SLEEP, 0, 0);
    for (uint32_t i = 0; i < 67; i++) {
        uint64_t at = BEGIN + 10 * MS + 20 * i * MS;
        w.now = at > w.now ? at : w.now;
        measure(&w, i);
        if (i % 12 == 7) {
            w.now += 2 * MS;
            blink(&w, i % 24 == 19);
        }
        if (i == 41) {
            static const uint32_t fault[4] = {0x20001F00, 1, 1, 0x311A4};
            run(&w, VIEW_LANE_PROCESS, SENSOR, 700);
            put(&w, VIEW_EVENT_FAULT, VIEW_LANE_PROCESS, SENSOR, fault, 1);
            run(&w, VIEW_LANE_KERNEL, 0, 60000);
            put(&w, VIEW_EVENT_START, VIEW_LANE_PROCESS, SENSOR, NULL, 0);
            run(&w, VIEW_LANE_PROCESS, SENSOR, 90000);
            yield(&w, SENSOR);
        }
    }
}

static void add_timer(struct view_timers *timers, const struct view_timer *timer)
{
    timers->timers[timers->count++] = *timer;
}

static void fill_timers(struct view_timers *timers)
{
    timers->count = 0;
    timers->left_out = 0;
    const struct view_timer rows[] = {
        {VIEW_TIMER_DEVICE, -1, "timer1", "COMPARE[0]", "clear, PPI: saadc SAMPLE", NOW - 41000,
         NOW + 23000, 64000, 641},
        {VIEW_TIMER_ALARM, SENSOR, "sensor", "alarm", "upcall", NOW - 9 * MS, NOW + 11 * MS, 0, 0},
        {VIEW_TIMER_DEVICE, -1, "rtc1", "COMPARE[0]", "interrupt", NOW - 9 * MS, NOW + 11 * MS, 0,
         437205},
        {VIEW_TIMER_ALARM, BLINK, "blink", "alarm", "upcall", NOW - 60 * MS, NOW + 190 * MS, 0, 0},
        {VIEW_TIMER_DEVICE, -1, "wdt", "TIMEOUT", "resets the chip", NOW - 300 * MS,
         NOW + 1700 * MS, 0, 55705},
        {VIEW_TIMER_DEVICE, -1, "rtc0", "OVRFLW", "interrupt", NOW - 13 * HZ, NOW + 472 * HZ, 0,
         1310720},
        {VIEW_TIMER_RUNS, -1, "timer0", "", "runs, nothing set", 0, UINT64_MAX, 0, 88123},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        add_timer(timers, &rows[i]);
    }
}

void sample_time(struct view_frame *frame)
{
    frame->clock = (struct view_clock){
        .now_cycles = NOW,
        .cpu_hz = (uint32_t)HZ,
        .run = VIEW_RUN_GOING,
        .speed_wanted_permille = 1000,
        .speed_permille = 1000,
        .next_event_cycles = NOW + 23000,
        .next_event_owner = "timer1",
        .instructions = 48123456,
        .interrupts = 1284,
        .asleep = true,
    };
    fill_timers(&frame->timers);
    fill_timeline(&frame->timeline);
}
