/*
 * grant.h - a capsule's memory in each process, and its upcalls and allowed buffers there.
 *
 *   struct alarm_process { uint32_t reference, dt; bool armed; };
 *   GRANT(alarm_grant, struct alarm_process, ABI_ALARM_UPCALLS, 0, 0);
 *
 *   command_return result = command_success();
 *   grant_enter(alarm_grant, id, p) {
 *       p->armed = false;
 *   }
 *   return grant_answer(result);
 *
 * The memory is carved from the process's own block when it is first needed and starts as zero; it
 * is gone when the process ends or restarts. One process's exhaustion never touches another's.
 * Nothing of it may be kept: `p` is good inside its scope only, and there is no `return`, `break`,
 * `continue` or `goto` out of a scope (results go into a variable): the grant would stay entered.
 * capsule_check refuses it; trusted code keeps to it.
 */
#ifndef KERNEL_CAPSULE_GRANT_H
#define KERNEL_CAPSULE_GRANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/capsule/driver.h"
#include "kernel/capsule/process_id.h"
#include "kernel/hil/dma_buffer.h"
#include "kernel/hil/marks.h"
#include "kernel/hil/slice.h"

/* Made by GRANT only. All of them lie side by side in one section; the position is the index. */
struct grant {
    PRIVATE uint16_t data_bytes;
    PRIVATE uint8_t data_alignment;
    PRIVATE uint8_t upcalls; /* valid numbers are 0 .. upcalls - 1, and so on */
    PRIVATE uint8_t read_only_buffers;
    PRIVATE uint8_t read_write_buffers;
    PRIVATE uint8_t user_readable_buffers; /* 0 but for grants of the core */
    PRIVATE bool custom;                   /* made by GRANT_CUSTOM */
};
_Static_assert(sizeof(struct grant) == 8, "grants are indexed by a shift");

/* A capsule's one grant: the type of its state per process, and how many upcall, read-only and
 * read-write numbers its ABI has. At file scope. */
#define GRANT(name, type, upcall_count, read_only_count, read_write_count)                         \
    typedef type name##_data;                                                                      \
    _Static_assert(sizeof(type) <= 4096 && _Alignof(type) <= 8, "grant data too large");           \
    static const struct grant name __attribute__((section("grants"), used)) = {                    \
        sizeof(type), _Alignof(type), (upcall_count), (read_only_count), (read_write_count), 0, 0}

/*
 * A custom grant: memory of one type, of which a process may have many pieces, each allocated and
 * freed by itself. Something per connection, per timer, per file. At file scope.
 *
 *   GRANT_CUSTOM(timer_grant, struct timer);
 *
 *   struct grant_custom timer = GRANT_CUSTOM_NONE;
 *   int status = grant_custom_allocate(&timer_grant, id, &timer);
 *   grant_custom_enter(timer_grant, timer, p) {
 *       p->expiry = 5;
 *   }
 *
 * The handle may be kept: in the instance, or in another grant. It stands for this piece and, when
 * that is gone, for nothing.
 */
#define GRANT_CUSTOM(name, type)                                                                   \
    typedef type name##_data;                                                                      \
    _Static_assert(sizeof(type) <= 4096 && _Alignof(type) <= 8, "grant data too large");           \
    static const struct grant name                                                                 \
        __attribute__((section("grants"), used)) = {sizeof(type), _Alignof(type), 0, 0, 0, 0, 1}

struct grant_custom {
    PRIVATE struct process_id id;
    PRIVATE uint32_t place, serial;
};
#define GRANT_CUSTOM_NONE ((struct grant_custom){0})

static inline bool grant_custom_is_none(struct grant_custom piece)
{
    return process_id_is_none(piece.id);
}

/* A piece of this custom grant, all zero, for the process. K_ENODEVICE: it is gone. K_ENOMEM: its
 * block has no room. K_EINVAL: not a custom grant. */
NOT_NULL int grant_custom_allocate(const struct grant *grant, struct process_id id,
                                   BORROWED struct grant_custom *piece);

/* Its memory is there for other grants. K_ENODEVICE: it is gone already. K_EBUSY: it is entered.
 * K_EINVAL: a piece of another grant. */
NOT_NULL int grant_custom_free(const struct grant *grant, struct grant_custom piece);

/* The next piece of this grant that a live process has, in no particular order; after
 * GRANT_CUSTOM_NONE the first one, and that again after the last one. One that is freed meanwhile
 * ends nothing: its handle still says where to go on. */
NOT_NULL struct grant_custom grant_custom_next(const struct grant *grant,
                                               struct grant_custom after);

/* The machinery behind the macros below; not for capsules. What was opened last is closed first:
 * nothing but a trap leaves a scope otherwise than at its end, and that closes what it left. */
PRIVATE void *grant_open(const struct grant *grant, struct process_id id); /* NULL: not entered */
PRIVATE void *grant_open_custom(const struct grant *grant, struct grant_custom piece);
PRIVATE void grant_close(void);
/* Opens it for the first live process behind `*id` that has the grant and has not entered it, and
 * says whose it is; what it opened for `*id`, unless that is none, is closed before. NULL: there is
 * none any more. */
PRIVATE void *grant_visit(const struct grant *grant, BORROWED struct process_id *id);

/*
 * Runs the block that follows once, with `pointer` at the state of process `id`. The block does not
 * run, and grant_error() says why, when
 *   K_ENODEVICE  the identifier is stale, or the process has ended
 *   K_ENOMEM     the process's block has no room for the grant
 *   K_EALREADY   this grant of this process is entered already: never a second alias
 */
#define grant_enter(grant_name, process, pointer)                                                  \
    for (grant_name##_data *pointer = grant_open((&(grant_name)), (process)); pointer != NULL;     \
         grant_close(), pointer = NULL)

/* The same for a piece of a custom grant. K_ENODEVICE: it is gone. K_EINVAL: not a piece of this
 * grant. */
#define grant_custom_enter(grant_name, piece, pointer)                                             \
    for (grant_name##_data *pointer = grant_open_custom((&(grant_name)), (piece));                 \
         pointer != NULL; grant_close(), pointer = NULL)

/*
 * Runs the block once for every live process that has this grant (none is allocated for it) and has
 * not entered it, in the order of their indices; `process` is a struct process_id that the macro
 * declares, and its block does not change.
 */
#define grant_each(grant_name, process, pointer)                                                   \
    for (struct process_id process = PROCESS_ID_NONE, *process##_place = &process;                 \
         process##_place != NULL; process##_place = NULL)                                          \
        for (grant_name##_data *pointer = grant_visit((&(grant_name)), process##_place);           \
             pointer != NULL; pointer = grant_visit((&(grant_name)), process##_place))

/* Why the block of the grant_enter just passed did not run; K_OK when it did. */
int grant_error(void);

/* `status` when the block just passed ran, else why not. */
int grant_status(int status);

/* `result` when the block just passed ran, else the failure that says why not. */
command_return grant_answer(command_return result);

/*
 * Queues upcall `number` of this grant for the process. May be called inside or outside a scope,
 * but not from inside a command. A process that has not subscribed gets nothing but can wait for it
 * (yield-wait-for). K_ENODEVICE: the process is gone or has no such grant. K_ENOMEM: its queue is
 * full and the upcall is lost (counted). K_EINVAL: no such number.
 */
NOT_NULL int upcall_schedule(const struct grant *grant, struct process_id id, uint32_t number,
                             uint32_t argument0, uint32_t argument1, uint32_t argument2);

/*
 * Buffers that the process has allowed. Each call finds the buffer as it is now: it may have been
 * swapped, shrunk or revoked since the last one, and the process may change its bytes at any time
 * (so look at a byte once). May be called inside or outside a scope.
 */
enum allow_kind {
    ALLOW_READ_ONLY = ABI_CLASS_ALLOW_READ_ONLY,
    ALLOW_READ_WRITE = ABI_CLASS_ALLOW_READ_WRITE,
    /* The kernel writes, the app reads meanwhile; of the core's grants only. */
    ALLOW_USER_READABLE = ABI_CLASS_ALLOW_USER_READABLE,
};

/* Bytes in the buffer; 0 when there is none, or the process is gone. */
NOT_NULL uint32_t allow_length(const struct grant *grant, struct process_id id,
                               enum allow_kind kind, uint32_t number);

/* Where it is for the process, to tell it; 0 as above. */
NOT_NULL uint32_t allow_address(const struct grant *grant, struct process_id id,
                                enum allow_kind kind, uint32_t number);

/* The two below: a slice that a function is called with goes through memory, its fields do not. */
PRIVATE uint32_t allow_read_bytes(const struct grant *grant, struct process_id id,
                                  enum allow_kind kind, uint32_t number, uint32_t offset,
                                  BORROWED uint8_t *to, uint32_t length);
PRIVATE uint32_t allow_write_bytes(const struct grant *grant, struct process_id id, uint32_t number,
                                   uint32_t offset, BORROWED const uint8_t *from, uint32_t length);

/* Copies from the process's buffer, from `offset` on, into `to`. Returns how many bytes both had;
 * 0 when there is no buffer or the process is gone. */
NOT_NULL static inline uint32_t allow_read(const struct grant *grant, struct process_id id,
                                           enum allow_kind kind, uint32_t number, uint32_t offset,
                                           BORROWED struct slice to)
{
    return allow_read_bytes(grant, id, kind, number, offset, to.bytes, to.length);
}

/* Copies `from` to the process's read-write buffer, from `offset` on. Returns how many bytes had
 * room; 0 when there is no buffer or the process is gone. */
NOT_NULL static inline uint32_t allow_write(const struct grant *grant, struct process_id id,
                                            uint32_t number, uint32_t offset,
                                            BORROWED struct const_slice from)
{
    return allow_write_bytes(grant, id, number, offset, from.bytes, from.length);
}

/* The same from and to a device's buffer; nothing is copied while that is lent. */
PRIVATE NOT_NULL uint32_t allow_read_part(const struct grant *grant, struct process_id id,
                                          enum allow_kind kind, uint32_t number, uint32_t offset,
                                          BORROWED struct dma_buffer *buffer,
                                          uint32_t buffer_offset, uint32_t length,
                                          BORROWED const struct capsule *caller);
PRIVATE NOT_NULL uint32_t allow_write_part(const struct grant *grant, struct process_id id,
                                           uint32_t number, uint32_t offset,
                                           BORROWED const struct dma_buffer *buffer,
                                           uint32_t buffer_offset, uint32_t length,
                                           BORROWED const struct capsule *caller);

static inline uint32_t allow_read_dma(const struct grant *grant, struct process_id id,
                                      enum allow_kind kind, uint32_t number, uint32_t offset,
                                      BORROWED struct dma_part to)
{
    return allow_read_part(grant, id, kind, number, offset, to.buffer, to.offset, to.length,
                           GUARD_CALLER);
}

static inline uint32_t allow_write_dma(const struct grant *grant, struct process_id id,
                                       uint32_t number, uint32_t offset,
                                       BORROWED struct dma_part from)
{
    return allow_write_part(grant, id, number, offset, from.buffer, from.offset, from.length,
                            GUARD_CALLER);
}

#endif
