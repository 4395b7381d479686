#include "sim/cli/run_session.h"

#include <stdio.h>
#include <string.h>

#include "peripherals/catalogue.h"
#include "sim/cli/board_file.h"
#include "sim/cli/board_kernel.h"
#include "sim/cli/places.h"
#include "sim/cli/run_inputs.h"
#include "sim/cli/run_snapshot.h"

static bool add_default_firmware(struct run_session *session, struct sim_error *error)
{
    char path[PLACES_PATH_MAX];
    return board_kernel_find(&session->board, session->options.board, path, sizeof path, error) &&
           guest_add_file(&session->guest, path, error);
}

static bool add_files(struct run_session *session, struct sim_error *error)
{
    const struct run_options *options = &session->options;
    for (size_t i = 0; i < options->file_count; i++) {
        if (!guest_add_file(&session->guest, options->files[i], error)) {
            return false;
        }
    }
    return guest_has_firmware(&session->guest) || add_default_firmware(session, error);
}

static bool add_demo(struct run_session *session, struct sim_error *error)
{
    char path[PLACES_PATH_MAX];
    const char *app = NULL;
    const char *kernel = board_kernel_name(&session->board);
    demo_start(&session->demo, &session->board, kernel == NULL ? "" : kernel);
    for (size_t i = 0; (app = demo_app_path(&session->demo, i)) != NULL; i++) {
        if (!places_find(app, path, sizeof path)) {
            return sim_fail(error, SIM_WRONG_USE,
                            "%s is not there: build the demo's apps (cmake --build)", path);
        }
        if (!guest_add_file(&session->guest, path, error)) {
            return false;
        }
    }
    demo_set_options(&session->demo, &session->options);
    return add_default_firmware(session, error);
}

struct machine *run_session_build_machine(const struct run_session *session,
                                          struct sim_error *error)
{
    const struct run_options *options = &session->options;
    struct machine_config config = {.board = &session->board,
                                    .seed = options->seed,
                                    .jitter = options->jitter,
                                    .flash_timing = options->has_flash_timing
                                                        ? options->flash_timing
                                                        : session->board.flash_timing,
                                    .count_mpu_hits = options->mpu_hits,
                                    .check_isolation = options->check_isolation,
                                    .quirk = catalogue_find_quirk(session->board.chip->name)};
    config.absent = catalogue_absent_entries(&config.absent_count);
    return machine_create(&config, error);
}

static bool build_machine(struct run_session *session, struct sim_error *error)
{
    session->machine = run_session_build_machine(session, error);
    return session->machine != NULL;
}

static void open_symbols(struct run_session *session)
{
    guest_open_symbols(&session->guest, &session->symbols);
    kernel_view_open(&session->kernel, session->machine, session->guest.firmware_path);
}

/* The socket is at the first of the board's USB hosts. */
static bool open_usb(struct run_session *session, struct sim_error *error)
{
    const struct run_options *options = &session->options;
    if (options->usb == NULL) {
        return true;
    }
    for (size_t i = 0; i < session->board.device_count; i++) {
        const struct board_device *device = &session->board.devices[i];
        if (strcmp(device->device_class->name, "usb-host") == 0) {
            return usb_link_open(&session->usb, options->usb, session->machine, device->name,
                                 error);
        }
    }
    return sim_fail(error, SIM_WRONG_USE,
                    "--usb: board %s has no USB host (a node with compatible sandglass,usb-host)",
                    options->board);
}

static bool start_pcap(struct run_session *session, struct sim_error *error)
{
    const struct run_options *options = &session->options;
    return options->pcap == NULL || options->name != NULL ||
           (pcap_trace_open(&session->pcap, options->pcap, error) &&
            pcap_trace_watch(&session->pcap, session->machine, NULL, error));
}

static bool start_observers(struct run_session *session, struct sim_error *error)
{
    const struct run_options *options = &session->options;
    open_symbols(session);
    return (live_lines_start(&session->lines, session->machine, &session->link, options->until) &&
            fault_report_start(&session->faults, session->machine, &session->lines,
                               &session->symbols) &&
            dma_report_start(&session->dma, session->machine, &session->lines, &session->symbols) &&
            (options->trace == NULL ||
             event_trace_open(&session->trace, options->trace, session->machine, error)) &&
            start_pcap(session, error)) ||
           sim_fail(error, SIM_INTERNAL, "too many observers");
}

static bool open_link(struct run_session *session, struct sim_error *error)
{
    const struct run_options *options = &session->options;
    bool good = uart_link_open(&session->link, options->uart, !options->headless, error);
    session->link.prefix = options->name;
    return good;
}

bool run_session_open(struct run_session *session, const struct run_options *options,
                      struct sim_error *error)
{
    *session = (struct run_session){.options = *options};
    session->link.out_fd = -1;
    session->link.in_fd = -1;
    session->link.listen_fd = -1;
    if (!board_file_read(options->board, &session->board, error)) {
        return false;
    }
    board_file_print_notes(&session->board, stderr, "sandglass: ");
    if (!(options->file_count == 0 ? add_demo(session, error) : add_files(session, error)) ||
        !build_machine(session, error) || !guest_load(&session->guest, session->machine, error) ||
        !open_link(session, error) || !open_usb(session, error) ||
        !start_observers(session, error) || !run_picture_start(session, error)) {
        return false;
    }
    if (options->restore == NULL && !run_inputs_queue(session, error)) {
        return false;
    }
    if (options->semihosting) {
        const struct semihosting_config semihosting = {.print = live_lines_console,
                                                       .context = &session->lines,
                                                       .command_line = options->files[0]};
        machine_set_semihosting(session->machine, &semihosting);
    }
    machine_reset(session->machine, RESET_POWER_ON);
    /* A snapshot brings the inputs that were to come; those of this run are added. */
    return options->restore == NULL ||
           (run_snapshot_restore(session, error) && run_inputs_queue(session, error));
}

void run_session_close(struct run_session *session)
{
    struct sim_error ignored = {.status = SIM_OK}; /* an earlier error is already told */
    event_trace_close(&session->trace, &ignored);
    pcap_trace_close(&session->pcap, &ignored);
    run_picture_close(&session->picture);
    live_lines_close(&session->lines);
    uart_link_close(&session->link);
    usb_link_close(&session->usb);
    symbol_map_free(&session->symbols);
    kernel_view_close(&session->kernel);
    machine_destroy(session->machine);
    guest_free(&session->guest);
    board_free(&session->board);
}
