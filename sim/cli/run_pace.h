/* sim/cli/run_pace.h - keeps virtual time at a speed: tells how far a machine may run now and how
 * long to wait then, and measures how fast it goes. Plain arithmetic over the host's clock, which
 * the caller reads; the machine never sees it.
 *
 * What a host falls behind is made up for, up to a tenth of a second. More is given up: time goes
 * on from there at its speed, and does not race to catch up.
 */
#ifndef SIM_CLI_RUN_PACE_H
#define SIM_CLI_RUN_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RUN_PACE_REAL 1000U /* permille of real time */
#define RUN_PACE_FREE 0U    /* as fast as can be */

#define RUN_PACE_STEP_NS  4000000U   /* of host time, that a machine runs ahead at most */
#define RUN_PACE_LATE_NS  20000000U  /* from here on it is said to be behind */
#define RUN_PACE_GIVEN_NS 100000000U /* from here on the rest is given up */

#define RUN_PACE_MARKS 8U /* over which the speed is measured: a second */

struct run_pace {
    uint32_t cpu_hz;
    uint32_t speed_permille;
    uint64_t host_ns, cycle; /* that belong together; all else follows */
    bool gave_up;            /* time, at: */
    uint64_t gave_up_ns;
    uint64_t late_ns; /* when it was looked at last */
    struct {
        uint64_t host_ns, cycle;
    } marks[RUN_PACE_MARKS]; /* a ring; the oldest is at mark_count % RUN_PACE_MARKS when full */
    size_t mark_count;
};

/* From here on, at this speed. Also after a pause, for which nobody is to blame. */
void run_pace_start(struct run_pace *pace, uint32_t cpu_hz, uint32_t speed_permille,
                    uint64_t host_ns, uint64_t cycle);

/* How far a machine at `cycle` may run before it is looked at again; > cycle. */
uint64_t run_pace_limit(const struct run_pace *pace, uint64_t cycle);

/* How long the host is to wait before a machine at `cycle` goes on; 0: it is not too early. Notes
 * when it is late. */
uint64_t run_pace_wait_ns(struct run_pace *pace, uint64_t host_ns, uint64_t cycle);

/* The speed of about the last second, of the time since the start when that is less; what is wanted
 * when that is within 2 %. */
uint32_t run_pace_measured_permille(const struct run_pace *pace, uint64_t host_ns, uint64_t cycle);

/* The host is too slow, or was a moment ago. */
bool run_pace_is_behind(const struct run_pace *pace, uint64_t host_ns);

#endif
