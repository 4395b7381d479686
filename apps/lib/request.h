/*
 * What the wrappers of drivers that answer by an upcall are made of: a request that is waited for,
 * or one that runs on while the app does something else. Of each there is one per driver and
 * upcall.
 *
 *   int crc_compute(...)                      int crc_compute_async(..., upcall, userdata)
 *       request_is_free                           request_subscribe
 *       start: lend, command, request_check       start: the same
 *       request_wait                              request_leave
 */
#ifndef APPS_LIB_REQUEST_H
#define APPS_LIB_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "apps/lib/syscall.h"

struct request {
    uint32_t driver, upcall_number;
    void (*stop_lending)(void); /* takes all buffers back; NULL: there are none */
    bool under_way;             /* nobody waits for it; until its upcall has run */
    syscall_upcall upcall;      /* the app's, NULL: none */
    void *userdata;
};

/* K_OK, or K_EBUSY while one that nobody waits for is under way: its buffers are with the kernel,
 * and its upcall would be taken for that of another. */
int request_is_free(const struct request *request);
/* `status` as it is. On failure nothing stays lent. */
int request_check(const struct request *request, int status);
/* Waits for the upcall of what was started, and returns its arguments. Nothing stays lent. */
struct syscall_return request_wait(const struct request *request);

/* Before it is started: `upcall` is what request_leave will have called. K_EBUSY as above. */
int request_subscribe(struct request *request, syscall_upcall upcall, void *userdata);
/* `status` is that of starting it, and is returned; on success it is under way. */
int request_leave(struct request *request, int status);

#endif
