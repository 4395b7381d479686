/*
 * app_control.h - the kernel's side of kernel/capsule/app_control.h: from what a capsule asks for
 * to the steps of app_store, the loader and the life of processes.
 */
#ifndef KERNEL_CORE_APP_CONTROL_H
#define KERNEL_CORE_APP_CONTROL_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/capsule/app_control.h"
#include "kernel/capsule/deferred.h"
#include "kernel/core/app_store.h"
#include "kernel/core/loader.h"

/* What is done next, from the main loop. */
enum app_control_step {
    APP_CONTROL_NOTHING,
    APP_CONTROL_BEGIN,
    APP_CONTROL_BEGUN,
    APP_CONTROL_ANSWER, /* the job is over, with control->status */
    APP_CONTROL_FINISHED,
    APP_CONTROL_END_OLD,
    APP_CONTROL_LOADED, /* or refused */
    APP_CONTROL_COMMITTED,
    APP_CONTROL_RETIRE_OTHERS,
    APP_CONTROL_UNDONE, /* the old app is to begin anew */
    APP_CONTROL_ABORT,
    APP_CONTROL_CLEARED, /* what a dead process has left; nobody waits for it */
    APP_CONTROL_REMOVE,
};

/* How far the installation is: one bit, so that several can be asked for at once. */
enum app_control_phase {
    APP_CONTROL_IDLE = 0,
    APP_CONTROL_WRITING = 1,
    APP_CONTROL_PROVEN = 2,    /* finished; it would replace another one */
    APP_CONTROL_INSTALLED = 4, /* it counts; it can be loaded */
    APP_CONTROL_OPEN = APP_CONTROL_WRITING | APP_CONTROL_PROVEN,
    APP_CONTROL_LOADABLE = APP_CONTROL_PROVEN | APP_CONTROL_INSTALLED,
};

/* kernel.apps. What is used most lies first, where instructions are half as long. */
struct app_control {
    enum app_control_phase phase;
    enum app_control_step step;
    bool was_running; /* the replaced one, until it ended for the new one */
    enum app_refusal refusal;
    int status;
    enum text_id why;                    /* TEXT_NOTHING: the job did not fail */
    const struct app_control_user *user; /* of the installation, or of the job under way */
    struct process_id owner;             /* of the installation; NONE: the user itself */
    uint32_t total_bytes, wanted;        /* of begin */
    uint32_t new_app;                    /* offset; also of what is removed */
    uint32_t replaced;                   /* offset, or APP_LIST_NONE */
    struct loader_request request;
    struct deferred_call deferred;
    struct deferred_call clear; /* a process has ended while an installation was open */
    struct app_store store;
};

/* A process has ended: if an installation was its own, that is cleared away soon. */
void app_control_note_end(void);

#endif
