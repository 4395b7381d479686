#include "sim/trace/event_trace.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "sim/machine/machine_view.h"

static FILE *begin(struct event_trace *trace, const char *event)
{
    fprintf(trace->stream, "%" PRIu64 " %s", clock_now(machine_clock(trace->machine)), event);
    return trace->stream;
}

static const char *process_name(struct event_trace *trace, int process)
{
    return process == MACHINE_NO_PROCESS
               ? "-"
               : machine_view_processes(trace->machine)->process[process].name;
}

static void on_note(void *context, const char *device, const char *what, int32_t value)
{
    fprintf(begin(context, "note"), " %s %s %" PRId32 "\n", device, what, value);
}

static void on_sent(void *context, const char *device, uint8_t byte)
{
    fprintf(begin(context, "uart"), " %s %02x\n", device, byte);
}

static void on_entered(void *context, uint32_t exception, const struct cpu_regs *regs,
                       uint32_t from_pc)
{
    (void)regs;
    fprintf(begin(context, "enter"), " %" PRIu32 " pc=%08" PRIx32 "\n", exception, from_pc);
}

static void on_returned(void *context, uint32_t exception, const struct cpu_regs *regs)
{
    (void)regs;
    fprintf(begin(context, "return"), " %" PRIu32 "\n", exception);
}

static void on_resumed(void *context, const struct cpu_regs *regs)
{
    fprintf(begin(context, "resume"), " pc=%08" PRIx32 "\n", regs->pc);
}

static void on_faulted(void *context, const struct machine_fault *fault)
{
    fprintf(begin(context, "fault"), " %s %d address=%08" PRIx32 " pc=%08" PRIx32 "\n",
            process_name(context, fault->process), (int)fault->kind,
            fault->address_valid ? fault->address : 0, fault->pc);
}

static void on_called(void *context, const struct machine_syscall *call)
{
    fprintf(begin(context, "call"),
            " %s %" PRIu32 " %" PRIx32 " %" PRIx32 " %" PRIx32 " %" PRIx32 " pc=%08" PRIx32 "\n",
            process_name(context, call->process), call->call_class, call->argument[0],
            call->argument[1], call->argument[2], call->argument[3], call->pc);
}

static void on_started(void *context, int process)
{
    fprintf(begin(context, "start"), " %s\n", process_name(context, process));
}

static void on_reset(void *context, uint32_t reasons)
{
    fprintf(begin(context, "reset"), " %" PRIx32 "\n", reasons);
}

bool event_trace_start(struct event_trace *trace, FILE *stream, struct machine *machine,
                       struct sim_error *error)
{
    *trace = (struct event_trace){.machine = machine, .stream = stream};
    const struct machine_observer observer = {.note = on_note,
                                              .sent = on_sent,
                                              .entered = on_entered,
                                              .returned = on_returned,
                                              .resumed = on_resumed,
                                              .faulted = on_faulted,
                                              .called = on_called,
                                              .started = on_started,
                                              .reset = on_reset,
                                              .context = trace};
    if (machine_observe(machine, &observer)) {
        return true;
    }
    fclose(stream);
    trace->stream = NULL;
    return sim_fail(error, SIM_INTERNAL, "too many observers");
}

bool event_trace_open(struct event_trace *trace, const char *path, struct machine *machine,
                      struct sim_error *error)
{
    FILE *stream = fopen(path, "w");
    *trace = (struct event_trace){.machine = machine};
    return stream != NULL ? event_trace_start(trace, stream, machine, error)
                          : sim_fail(error, SIM_WRONG_USE, "cannot write the trace %s: %s", path,
                                     strerror(errno));
}

bool event_trace_close(struct event_trace *trace, struct sim_error *error)
{
    if (trace->stream == NULL) {
        return true;
    }
    bool failed = ferror(trace->stream) != 0;
    failed = fclose(trace->stream) != 0 || failed;
    trace->stream = NULL;
    return !failed || sim_fail(error, SIM_INTERNAL, "the trace could not be written completely");
}
