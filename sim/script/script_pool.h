/* sim/script/script_pool.h - machines that are built once and put back to their power-on for each
 * case that wants such a one. */
#ifndef SIM_SCRIPT_SCRIPT_POOL_H
#define SIM_SCRIPT_SCRIPT_POOL_H

#include "sim/machine/machine_snapshot.h"
#include "sim/script/script.h"
#include "sim/script/script_record.h"

#define SCRIPT_POOL_MAX 24 /* machines, of which those in use are not more than a case's */

struct script_pooled {
    struct script_built built;
    struct machine_snapshot begin; /* after reset, at cycle 0 */
    struct script_record *record;
    char *key; /* owned: the request as bytes */
    size_t key_bytes;
    bool used;
    uint64_t last_use;
};

const struct script_host *script_pool_host(const struct script_pool *pool);

/* A machine as requested, after its reset, with an empty record that records. NULL with a message.
 */
struct script_pooled *script_pool_take(struct script_pool *pool,
                                       const struct script_board_request *request,
                                       struct sim_error *error);
/* It is not needed any more. */
void script_pool_give(struct script_pool *pool, struct script_pooled *pooled);
/* The same, but it is not used again: something was attached to it that cannot be taken off, or
 * it is broken. */
void script_pool_drop(struct script_pool *pool, struct script_pooled *pooled);

#endif
