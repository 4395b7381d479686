/*
 * Processes that talk to each other. A service is found by its package name; clients notify it, it
 * notifies them, and either may share a buffer with the other. `index` is a process's index, as
 * ipc_discover and the upcalls give it.
 *
 * An upcall gets (index of who notified, bytes of the buffer that it shares with this process, the
 * buffer's address), 0 and 0 when it shares none. The buffer is read and written in place; it can
 * be gone at any moment, and touching it then is a fault: when its owner takes it back, is stopped,
 * ends or restarts.
 */
#ifndef APPS_LIB_IPC_H
#define APPS_LIB_IPC_H

#include <stddef.h>
#include <stdint.h>

#include "apps/lib/syscall.h"

/* A buffer to be shared begins and ends at multiples of this. One whose size is a power of two, at
 * a multiple of its size, takes the least of what a process has for such buffers. */
#define IPC_BUFFER_GRAIN 32

/* Finds the process of that package name. K_ENODEVICE: there is none. */
int ipc_discover(const char *package_name, size_t *index);

/* As a service of that name, which must be this app's own: `upcall` for clients' notifications. */
int ipc_register_service_callback(const char *package_name, syscall_upcall upcall, void *userdata);

/* As a client: `upcall` for that service's notifications. */
int ipc_register_client_callback(size_t service, syscall_upcall upcall, void *userdata);

/* K_EINVAL: no such process. K_ENODEVICE: it has ended. K_ENOMEM: it does not get to reading its
 * upcalls. K_ESIZE: the buffer shared with it does not begin and end as it must. K_EBUSY: others
 * share all that it can have shared. */
int ipc_notify_service(size_t service);
int ipc_notify_client(size_t client);

/* Notifies the service and waits until it notifies this process, whose upcall does not run. */
int ipc_call_service(size_t service);

/* The buffer is the other's to read and write from the next notification on, until the same is
 * called for another one; 0 bytes: it is this process's alone again. */
int ipc_share(size_t index, void *buffer, size_t bytes);

#endif
