/* sim/cli/guest.h - the firmware and the apps that the user named, as files and then in a machine.
 */
#ifndef SIM_CLI_GUEST_H
#define SIM_CLI_GUEST_H

#include "sim/loader/image.h"
#include "sim/loader/symbol_map.h"
#include "sim/loader/tbf.h"
#include "sim/machine/machine.h"

#define GUEST_APPS_MAX 16

struct guest_app {
    char *path;     /* owned; of the TBF, or of the ELF that was packed */
    uint8_t *bytes; /* owned */
};

struct guest {
    char *firmware_path; /* owned */
    struct image firmware;
    struct guest_app files[GUEST_APPS_MAX];
    struct tbf_app apps[GUEST_APPS_MAX]; /* sorted by address once placed */
    size_t app_count;
};

/* Takes one file as the user named it (places_find_guest): firmware (.elf, .hex), an app (.tbf, the
 * one in a .tab, or an .elf linked at the packer's origin, whose .tbf beside it is taken or that is
 * packed on the fly), or a folder of an app with its built .tbf. Says on stderr what an .elf was
 * taken for. */
bool guest_add_file(struct guest *guest, const char *name, struct sim_error *error);

/* An app's TBF, or firmware (ELF or Intel HEX), as bytes, which are copied; `name` is for
 * messages. */
bool guest_add_app(struct guest *guest, const char *name, const uint8_t *bytes, size_t size,
                   struct sim_error *error);
bool guest_add_firmware(struct guest *guest, const char *name, const uint8_t *bytes, size_t size,
                        struct sim_error *error);

/* True when a firmware file was given. */
bool guest_has_firmware(const struct guest *guest);

/* Puts firmware and apps into the machine's memory and tells it where each app is. */
bool guest_load(struct guest *guest, struct machine *machine, struct sim_error *error);

/* The symbols of all that runs, once it is loaded: an app's are in the ELF beside its TBF. */
void guest_open_symbols(const struct guest *guest, struct symbol_map *symbols);

void guest_free(struct guest *guest);

#endif
