/* sim/machine/machine_attach.h - where something that no devicetree names can be joined to a
 * machine: its pins, and the nets between chip and parts (peripherals/iface/nets.h).
 *
 * To be joined between runs, before the first one. What joins lives as long as the machine runs: no
 * list forgets it. It is in no snapshot.
 */
#ifndef SIM_MACHINE_MACHINE_ATTACH_H
#define SIM_MACHINE_MACHINE_ATTACH_H

#include <stdint.h>

#include "peripherals/iface/nets.h"
#include "peripherals/iface/wire.h"

struct machine;

struct nets *machine_nets(struct machine *machine);
/* Pin port * 32 + number; NULL: the chip has none such. */
struct pin *machine_pin(struct machine *machine, uint32_t number);

#endif
