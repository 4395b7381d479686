/* sim/script/script_lab.h - what experiments keep of a machine: faults that are planned, the map of
 * owners, snapshots; and nets of machines. */
#ifndef SIM_SCRIPT_SCRIPT_LAB_H
#define SIM_SCRIPT_SCRIPT_LAB_H

#include "sim/faults/fault_model.h"
#include "sim/faults/ownership.h"
#include "sim/script/script_internal.h"

struct script_saved; /* script_snapshot.c */

struct script_lab {
    struct fault_plan *plan;     /* NULL: no fault was asked for */
    struct ownership *ownership; /* NULL: nobody has asked for owners or breaches */
    uint64_t told;               /* breaches that breaches() has returned */
    struct script_saved *saved;  /* the machine's snapshots */
    size_t saved_count;
};

/* The machine's, made when it has none. */
struct script_lab *script_lab_of(lua_State *lua, struct script_machine *machine);
/* Its plan of faults; a machine that has one is run by it. */
struct fault_plan *script_lab_plan(lua_State *lua, struct script_machine *machine);

/* True, with the first of them: there are breaches that the script was not told of. */
bool script_lab_unasked(const struct script_machine *machine, char *text, size_t size);

/* Frees the snapshots. script_snapshot.c */
void script_lab_forget_saved(struct script_lab *lab);

/* machine_run and machine_step of a script's machine: with its plan, and with all that are in its
 * net. script_net.c */
enum machine_stop script_net_run(void *machine, uint64_t cycle);
enum machine_stop script_net_step(void *machine, uint64_t cycle);
/* The machine is in a net, and has a plan: its steps wait for the others. */
void script_net_lead(struct script_machine *machine);

#endif
