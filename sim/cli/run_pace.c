#include "sim/cli/run_pace.h"

#include "peripherals/iface/clock.h"
#include "sim/cli/duration.h"

#define MARK_NS      125000000U  /* between two marks */
#define SHORTEST_NS  10000000U   /* over less than this no speed is measured */
#define REMEMBERS_NS 1000000000U /* how long a host that was too slow is said to be behind */
#define WHIT         50U         /* so small a part of the speed more or less is none */
#define STEP_MAX_NS  10000000U   /* of virtual time, in one go */

void run_pace_start(struct run_pace *pace, uint32_t cpu_hz, uint32_t speed_permille,
                    uint64_t host_ns, uint64_t cycle)
{
    *pace = (struct run_pace){.cpu_hz = cpu_hz,
                              .speed_permille = speed_permille,
                              .host_ns = host_ns,
                              .cycle = cycle,
                              .mark_count = 1};
    pace->marks[0].host_ns = host_ns;
    pace->marks[0].cycle = cycle;
}

uint64_t run_pace_limit(const struct run_pace *pace, uint64_t cycle)
{
    uint64_t virtual_ns = STEP_MAX_NS;
    if (pace->speed_permille != RUN_PACE_FREE) {
        virtual_ns = clock_scale_down(RUN_PACE_STEP_NS, pace->speed_permille, RUN_PACE_REAL);
    }
    virtual_ns = virtual_ns < STEP_MAX_NS ? virtual_ns : STEP_MAX_NS;
    uint64_t cycles = duration_to_cycles(virtual_ns, pace->cpu_hz);
    return cycle + (cycles == 0 ? 1 : cycles);
}

static void mark(struct run_pace *pace, uint64_t host_ns, uint64_t cycle)
{
    size_t newest = (pace->mark_count - 1) % RUN_PACE_MARKS;
    if (host_ns >= pace->marks[newest].host_ns + MARK_NS) {
        size_t next = pace->mark_count % RUN_PACE_MARKS;
        pace->marks[next].host_ns = host_ns;
        pace->marks[next].cycle = cycle;
        pace->mark_count++;
    }
}

/* The host's time at which the machine should be at `cycle`. */
static uint64_t due_ns(const struct run_pace *pace, uint64_t cycle)
{
    uint64_t virtual_ns = duration_from_cycles(cycle - pace->cycle, pace->cpu_hz);
    return pace->host_ns + clock_scale_down(virtual_ns, RUN_PACE_REAL, pace->speed_permille);
}

uint64_t run_pace_wait_ns(struct run_pace *pace, uint64_t host_ns, uint64_t cycle)
{
    mark(pace, host_ns, cycle);
    if (pace->speed_permille == RUN_PACE_FREE) {
        return 0;
    }
    uint64_t due = due_ns(pace, cycle);
    pace->late_ns = host_ns > due ? host_ns - due : 0;
    if (pace->late_ns > RUN_PACE_GIVEN_NS) {
        pace->host_ns = host_ns;
        pace->cycle = cycle;
        pace->gave_up = true;
        pace->gave_up_ns = host_ns;
        pace->late_ns = 0;
    }
    return due > host_ns ? due - host_ns : 0;
}

uint32_t run_pace_measured_permille(const struct run_pace *pace, uint64_t host_ns, uint64_t cycle)
{
    size_t oldest = pace->mark_count <= RUN_PACE_MARKS ? 0 : pace->mark_count % RUN_PACE_MARKS;
    uint64_t took_ns = host_ns - pace->marks[oldest].host_ns;
    if (took_ns < SHORTEST_NS) {
        return pace->speed_permille;
    }
    uint64_t virtual_ns = duration_from_cycles(cycle - pace->marks[oldest].cycle, pace->cpu_hz);
    uint64_t permille = clock_scale_down(virtual_ns, RUN_PACE_REAL, took_ns);
    uint32_t wanted = pace->speed_permille;
    if (permille + wanted / WHIT >= wanted && permille <= wanted + wanted / WHIT) {
        return wanted;
    }
    return permille < UINT32_MAX ? (uint32_t)permille : UINT32_MAX;
}

bool run_pace_is_behind(const struct run_pace *pace, uint64_t host_ns)
{
    return pace->late_ns > RUN_PACE_LATE_NS ||
           (pace->gave_up && host_ns - pace->gave_up_ns < REMEMBERS_NS);
}
