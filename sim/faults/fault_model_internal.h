/* sim/faults/fault_model_internal.h - private to fault_model.c and fault_effect.c: the plan decides
 * when, this is what happens. */
#ifndef SIM_FAULTS_FAULT_MODEL_INTERNAL_H
#define SIM_FAULTS_FAULT_MODEL_INTERNAL_H

#include "sim/faults/fault_model.h"

/* Whether this board has what the action is about. */
bool fault_effect_check(const struct board *board, const struct fault_action *action,
                        struct sim_error *error);

/* Makes it happen, now. */
void fault_effect_apply(struct machine *machine, const struct fault_action *action,
                        struct fault_effect *effect);

#endif
