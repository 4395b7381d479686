/* What runs: identifiers, names, states, restarts, and how many calls each has made. Its header
 * says that it wants to know (a permissions TLV: PACK_OPTIONS in apps/CMakeLists.txt). It stops the
 * app `hello`, if there is one, lets it go on, ends it, and starts it from its beginning. */
#include <stdio.h>
#include <string.h>

#include "apps/lib/alarm.h"
#include "apps/lib/process_info.h"

#define PROCESSES  8
#define NAME_BYTES 24

static const char *const state_name[] = {"running", "yielded", "waits",
                                         "stopped", "faulted", "ended"};

static void print_process(uint32_t id)
{
    char name[NAME_BYTES];
    struct process_info_stats stats;
    if (process_info_name(id, name, sizeof(name)) < 0 || process_info_get_stats(id, &stats) < 0) {
        return; /* it has ended */
    }
    const char *state = stats.state < 6 ? state_name[stats.state] : "?";
    printf("ps: %s: %s, %lu restarts, %s\n", name, state, stats.restarts,
           stats.system_calls > 0 ? "has made calls" : "has made none");
}

static uint32_t find(const uint32_t *ids, int count, const char *wanted)
{
    char name[NAME_BYTES];
    for (int i = 0; i < count; i++) {
        if (process_info_name(ids[i], name, sizeof(name)) >= 0 && strcmp(name, wanted) == 0) {
            return ids[i];
        }
    }
    return UINT32_MAX;
}

static void rule(uint32_t hello)
{
    uint32_t ids[PROCESSES];
    printf("ps: stop: %d\n", process_info_set_state(hello, ABI_PROCESS_STOP));
    print_process(hello);
    printf("ps: start: %d\n", process_info_set_state(hello, ABI_PROCESS_START));
    print_process(hello);
    printf("ps: terminate: %d\n", process_info_set_state(hello, ABI_PROCESS_TERMINATE));
    print_process(hello);
    printf("ps: boot: %d\n", process_info_set_state(hello, ABI_PROCESS_BOOT));
    alarm_sleep_ms(50);
    int count = process_info_ids(ids, PROCESSES); /* it has another one now */
    print_process(find(ids, count < PROCESSES ? count : PROCESSES, "hello"));
}

int main(void)
{
    uint32_t ids[PROCESSES];
    alarm_sleep_ms(100); /* the others begin meanwhile */
    int count = process_info_ids(ids, PROCESSES);
    if (count < 0) {
        printf("ps: not permitted, error %d\n", count);
        return 1;
    }
    count = count < PROCESSES ? count : PROCESSES;
    for (int i = 0; i < count; i++) {
        print_process(ids[i]);
    }
    uint32_t hello = find(ids, count, "hello");
    if (hello != UINT32_MAX) {
        rule(hello);
    }
    return 0;
}
