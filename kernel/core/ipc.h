/*
 * ipc.h - processes that talk to each other, driver 0x10000: finding each other by name,
 * notifications, and buffers that one shares with the other. docs/syscalls/10000_ipc.md has the
 * ABI. Part of the core, because it rules over the MPU regions of two processes.
 *
 * A buffer that process A shares with process B is mapped into B's regions when A notifies B: read,
 * write, never execute, and not a byte more than the buffer. The mapping ends as soon as A takes
 * the buffer back or shares another one with B, is stopped, ends or restarts; and when B ends. So
 * while a mapping lasts, A lives, and A's break, which cannot fall below a buffer ever allowed,
 * keeps the bytes from becoming the kernel's. A process has at most one mapping of each other one,
 * and what there is of them is in the layouts only: whose memory it is says whose mapping it is.
 */
#ifndef KERNEL_CORE_IPC_H
#define KERNEL_CORE_IPC_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/capsule/driver.h"

struct arch_fault;
struct process;
struct process_upcall;

extern const struct driver_ops ipc_driver_ops; /* self: not used */

/* The rest is for the core. */

/* Nobody has a mapping of the process's memory any more. */
void ipc_withdraw(const struct process *owner);

/* This life of the process is over: that, and what it has said and nobody has heard is forgotten.
 */
void ipc_end(const struct process *process);

/* A new process has just taken this slot, where another one may have been: whoever knew that one
 * by the slot's index does not mean this one. Their buffers and subscriptions under that index are
 * gone, and they must find the new one by its name first. */
void ipc_slot_taken(uint32_t slot);

/* Unlike other upcalls, notifications go to whoever is subscribed when they are heard: a service
 * that has not got to subscribing yet, or does so anew, does not miss any. */
void ipc_subscribed(struct process *process, uint32_t number, uint32_t function);

/* `owner` has allowed another buffer under `number` than [address, address + length) */
void ipc_buffer_changed(const struct process *owner, uint32_t number, uint32_t address,
                        uint32_t length);

/* Whether the process, which has just faulted, touched what another one has taken away from under
 * it. */
bool ipc_lost_what_it_touched(const struct process *process, const struct arch_fault *fault);

/* The upcall leaves the queue: if it is a notification, what it says of the buffer is made true as
 * of now. */
void ipc_refresh(struct process *receiver, struct process_upcall *upcall);

#endif
