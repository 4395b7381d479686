#include "sim/cli/run_end.h"

#include <stdarg.h>
#include <stdio.h>

#include "sim/cli/duration.h"
#include "sim/cli/run_loop.h"

#define START_LIMIT_NS 1000000000U /* a kernel has started its apps by then */

/* Says a line, and keeps it for the window. */
__attribute__((format(printf, 2, 3))) static void tell(struct run_session *session,
                                                       const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(session->end_text, sizeof session->end_text, format, arguments);
    va_end(arguments);
    fprintf(live_lines_begin(&session->lines), "%s\n", session->end_text);
}

bool run_end_is_quiet(const struct run_session *session, enum machine_stop stop)
{
    bool quiet = stop == MACHINE_STOP_IDLE || stop == MACHINE_STOP_OFF;
    return quiet && session->link.in_fd < 0 && session->link.listen_fd < 0 &&
           session->options.usb == NULL && (session->driver == NULL || !session->driver->attended);
}

/* Apps that the kernel has not started although it had the time, or never will (`over`): a silent
 * failure to load costs people hours. Says so for each. */
static bool all_apps_started(struct run_session *session, bool over)
{
    const struct clock *clock = machine_clock(session->machine);
    const struct process_watch *watch = machine_view_processes(session->machine);
    bool all = true;
    if (!over && clock_now(clock) < duration_to_cycles(START_LIMIT_NS, clock->cpu_hz)) {
        return true;
    }
    for (size_t i = 0; i < watch->count; i++) {
        if (watch->process[i].starts == 0) {
            all = false;
            tell(session, "the kernel has not started app %s (%s): its console says why",
                 watch->process[i].name, watch->process[i].path);
        }
    }
    return all;
}

/* The guest has ended the run itself, by semihosting. */
static enum sim_status judge_exit(struct run_session *session)
{
    uint32_t status = machine_exit_status(session->machine);
    if (status == 0) {
        return SIM_OK;
    }
    tell(session, "the guest exits with status %d", (int)status);
    return SIM_GUEST_FAILED;
}

enum sim_status run_end_judge(struct run_session *session, enum machine_stop stop,
                              struct sim_error *error)
{
    dma_report_finish(&session->dma);
    const struct run_options *options = &session->options;
    struct cpu_regs regs;
    cpu_get_regs(machine_cpu(session->machine), &regs);
    if (stop == MACHINE_STOP_ENGINE) {
        sim_fail(error, SIM_INTERNAL, "the CPU engine failed at pc 0x%08x: %s", regs.pc,
                 cpu_error(machine_cpu(session->machine)));
        return SIM_INTERNAL;
    }
    if (stop == MACHINE_STOP_LOCKUP) {
        tell(session,
             "the core is locked up (a fault while handling a fault); lr 0x%08x, msp 0x%08x",
             regs.lr, regs.msp);
        return SIM_GUEST_FAILED;
    }
    if (stop == MACHINE_STOP_EXIT) {
        return judge_exit(session);
    }
    if (kernel_view_panicking(&session->kernel)) {
        tell(session, "the kernel has panicked");
        return SIM_GUEST_FAILED;
    }
    bool over = !run_loop_interrupted() && run_end_is_quiet(session, stop);
    if (over) {
        tell(session, "%s, and nothing is left that could wake it: the run ends here",
             stop == MACHINE_STOP_OFF ? "the chip is off" : "the core sleeps");
    }
    if (options->until != NULL && !session->lines.until_found) {
        tell(session, "the guest has not printed '%s'", options->until);
        return SIM_GUEST_FAILED;
    }
    return all_apps_started(session, over) ? SIM_OK : SIM_GUEST_FAILED;
}
