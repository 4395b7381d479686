#include "sim/machine/machine_attach.h"

#include "sim/machine/machine_internal.h"

struct nets *machine_nets(struct machine *machine)
{
    return &machine->nets;
}

struct pin *machine_pin(struct machine *machine, uint32_t number)
{
    return number < machine->board->pin_count ? &machine->pins[number] : NULL;
}
