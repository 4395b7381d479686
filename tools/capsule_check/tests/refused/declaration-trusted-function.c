// Says of a function of a header that it borrows, and makes one of its own.
#include "kernel/capsule/deferred.h"
#include "kernel/capsule/process_id.h"
#include "kernel/hil/marks.h"

void deferred_call_request(BORROWED struct deferred_call *deferred); // REFUSED

bool process_id_is_alive(struct process_id id) // REFUSED
{
    return !process_id_is_none(id);
}
