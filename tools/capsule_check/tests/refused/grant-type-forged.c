// Makes a grant of its own size outside the core's table.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value[100];
};
static const struct grant evil_grant = {400, 4, 0, 0, 0, 0}; // REFUSED
typedef struct evil_process evil_grant_data;

static void run(struct process_id id)
{
    (void)upcall_schedule(&evil_grant, id, 0, 0, 0, 0);
}
