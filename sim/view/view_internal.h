/* sim/view/view_internal.h - how the topics of a frame are built: each has a `struct ..._watch`
 * that lives in the builder, a `start` that may observe the machine, and a `fill`. */
#ifndef SIM_VIEW_VIEW_INTERNAL_H
#define SIM_VIEW_VIEW_INTERNAL_H

#include "sim/machine/process_watch.h"
#include "sim/view/kernel_alarms.h"
#include "sim/view/view_builder.h"
#include "sim/view/view_processes_internal.h"

#define PARTS_PLACE_BYTES 48
#define PARTS_USERS_BYTES 64

/* Of one device: what does not change, and what was counted up to the frame before. */
struct part_watch {
    enum view_part_kind kind;
    const char *label;
    char place[PARTS_PLACE_BYTES];
    uint32_t color, touch_width, touch_height;
    uint64_t active_cycles;
    uint16_t brightness;
};

struct parts_watch {
    const struct view_sources *sources;
    struct board_picture picture;
    struct part_watch parts[BOARD_DEVICES_MAX];
    uint64_t filled_cycles; /* when the frame before was filled */
    uint32_t jumps;         /* how often time went back since: a snapshot was restored */
    char pin_users[BOARD_PINS_MAX][PARTS_USERS_BYTES];
    bool pin_toggled[BOARD_PINS_MAX];
};
bool view_parts_start(struct parts_watch *watch, const struct view_sources *sources,
                      struct sim_error *error);
void view_parts_fill(struct parts_watch *watch, struct view_parts *parts);

/* Parts of the above, in files of their own. */
bool view_pins_start(struct parts_watch *watch, struct sim_error *error);
void view_pins_fill(struct parts_watch *watch, struct view_parts *parts);
void view_controls_fill(const struct parts_watch *watch, struct view_parts *parts);
void view_displays_fill(const struct parts_watch *watch, struct view_parts *parts);

struct timers_watch {
    const struct view_sources *sources;
    struct kernel_alarms alarms;
    bool alarm_known; /* what a call must be to set one: */
    uint32_t class_command, driver_alarm, set_relative, set_absolute;
    uint64_t alarm_set[PROCESS_WATCH_MAX]; /* the cycle of each process's last; 0: none */
};
bool view_timers_start(struct timers_watch *watch, const struct view_sources *sources,
                       struct sim_error *error);
void view_timers_fill(struct timers_watch *watch, struct view_timers *timers);

bool view_processes_start(struct processes_watch *watch, const struct view_sources *sources,
                          struct sim_error *error);
void view_processes_fill(struct processes_watch *watch, struct view_processes *processes);

#define TIMELINE_ACTIVE_MAX 32

struct timeline_watch {
    const struct view_sources *sources;
    const struct clock *clock;
    struct view_names names;
    const struct process_watch *processes;
    enum view_lane_kind running; /* what the core is in */
    uint16_t running_index;
    uint16_t active[TIMELINE_ACTIVE_MAX]; /* exceptions */
    size_t active_count;
    uint32_t call_pc[PROCESS_WATCH_MAX]; /* behind the system call that a process is in; 0: none */
    struct timeline_half {
        struct view_event events[VIEW_EVENTS_MAX / 2];
        size_t count;
    } halves[2];
    size_t current; /* the half that grows; the other one is older */
    uint64_t lost;
};
bool view_timeline_start(struct timeline_watch *watch, const struct view_sources *sources,
                         struct sim_error *error);
void view_timeline_fill(struct timeline_watch *watch, struct view_timeline *timeline);

struct console_watch {
    const struct view_sources *sources;
    struct view_console waiting;
};
bool view_console_start(struct console_watch *watch, const struct view_sources *sources,
                        struct sim_error *error);
void view_console_fill(struct console_watch *watch, struct view_console *console);

#endif
