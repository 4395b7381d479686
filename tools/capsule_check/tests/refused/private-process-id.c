// Makes up the name of a process.
#include "kernel/capsule/process_id.h"

static bool guess(uint32_t number)
{
    struct process_id id = PROCESS_ID_NONE;
    id.value = number;                                     // REFUSED
    struct process_id other = {number};                    // REFUSED
    return process_id_is_alive(id) || process_id_is_alive((struct process_id){.value = 7}) // REFUSED
           || process_id_is_alive(other);
}
