/*
 * The system calls under the names of Tock's C library (libtock-c 2.x), so that apps and drivers
 * that were written for it compile. Names and types are that library's, also where ours would be
 * others; apps/lib/syscall.h is underneath. See docs/writing-an-app.md for what is covered.
 */
#ifndef APPS_LIB_COMPAT_LIBTOCK_TOCK_H
#define APPS_LIB_COMPAT_LIBTOCK_TOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef void(subscribe_upcall)(int, int, int, void *);
#define TOCK_NULL_UPCALL 0

/* The shapes of an answer. */
typedef enum {
    TOCK_SYSCALL_FAILURE = 0,
    TOCK_SYSCALL_FAILURE_U32 = 1,
    TOCK_SYSCALL_FAILURE_U32_U32 = 2,
    TOCK_SYSCALL_FAILURE_U64 = 3,
    TOCK_SYSCALL_SUCCESS = 128,
    TOCK_SYSCALL_SUCCESS_U32 = 129,
    TOCK_SYSCALL_SUCCESS_U32_U32 = 130,
    TOCK_SYSCALL_SUCCESS_U64 = 131,
    TOCK_SYSCALL_SUCCESS_U32_U32_U32 = 132,
    TOCK_SYSCALL_SUCCESS_U32_U64 = 133,
} syscall_rtype_t;

/* What functions return: 0, or a negative error. */
typedef enum {
    RETURNCODE_SUCCESS = 0,
    RETURNCODE_FAIL = -1,
    RETURNCODE_EBUSY = -2,
    RETURNCODE_EALREADY = -3,
    RETURNCODE_EOFF = -4,
    RETURNCODE_ERESERVE = -5,
    RETURNCODE_EINVAL = -6,
    RETURNCODE_ESIZE = -7,
    RETURNCODE_ECANCEL = -8,
    RETURNCODE_ENOMEM = -9,
    RETURNCODE_ENOSUPPORT = -10,
    RETURNCODE_ENODEVICE = -11,
    RETURNCODE_EUNINSTALLED = -12,
    RETURNCODE_ENOACK = -13,
    RETURNCODE_EBADRVAL = -1024,
} returncode_t;

/* What the kernel says: 0, or an error. */
typedef enum {
    TOCK_STATUSCODE_SUCCESS = 0,
    TOCK_STATUSCODE_FAIL = 1,
    TOCK_STATUSCODE_BUSY = 2,
    TOCK_STATUSCODE_ALREADY = 3,
    TOCK_STATUSCODE_OFF = 4,
    TOCK_STATUSCODE_RESERVE = 5,
    TOCK_STATUSCODE_INVAL = 6,
    TOCK_STATUSCODE_SIZE = 7,
    TOCK_STATUSCODE_CANCEL = 8,
    TOCK_STATUSCODE_NOMEM = 9,
    TOCK_STATUSCODE_NOSUPPORT = 10,
    TOCK_STATUSCODE_NODEVICE = 11,
    TOCK_STATUSCODE_UNINSTALLED = 12,
    TOCK_STATUSCODE_NOACK = 13,
} statuscode_t;

typedef struct {
    syscall_rtype_t type;
    uint32_t data[3];
} syscall_return_t;

/* On success what was there before, else what was handed in, and why. */
typedef struct {
    bool success;
    subscribe_upcall *callback;
    void *userdata;
    statuscode_t status;
} subscribe_return_t;

typedef struct {
    bool success;
    void *ptr;
    size_t size;
    statuscode_t status;
} allow_rw_return_t;

typedef struct {
    bool success;
    const void *ptr;
    size_t size;
    statuscode_t status;
} allow_ro_return_t;

typedef struct {
    statuscode_t status;
    uint32_t data;
} memop_return_t;

/* The arguments of an upcall that yield_wait_for returns. */
typedef struct {
    uint32_t data0, data1, data2;
} yield_waitfor_return_t;

int tock_status_to_returncode(statuscode_t status);
/* The second: what the only right answer carries goes to *value. Other shapes are EBADRVAL. */
int tock_command_return_novalue_to_returncode(syscall_return_t answer);
int tock_command_return_u32_to_returncode(syscall_return_t answer, uint32_t *value);
int tock_subscribe_return_to_returncode(subscribe_return_t answer);
int tock_allow_rw_return_to_returncode(allow_rw_return_t answer);
int tock_allow_ro_return_to_returncode(allow_ro_return_t answer);

syscall_return_t command(uint32_t driver, uint32_t number, int argument0, int argument1);
subscribe_return_t subscribe(uint32_t driver, uint32_t number, subscribe_upcall upcall,
                             void *userdata);
allow_rw_return_t allow_readwrite(uint32_t driver, uint32_t number, void *buffer, size_t bytes);
allow_ro_return_t allow_readonly(uint32_t driver, uint32_t number, const void *buffer,
                                 size_t bytes);
memop_return_t memop(uint32_t operation, int operand);

/* The next yield calls it instead of waiting. At most TOCK_TASKS wait; -1: there is no room. */
#define TOCK_TASKS 16
int tock_enqueue(subscribe_upcall task, int argument0, int argument1, int argument2,
                 void *userdata);
void yield(void);
/* Until the condition, which an upcall sets. */
void yield_for(bool *condition);
/* 1: something ran. */
int yield_no_wait(void);
yield_waitfor_return_t yield_wait_for(uint32_t driver, uint32_t number);
void wait_for_upcalls(void);

_Noreturn void tock_exit(uint32_t completion_code);
_Noreturn void tock_restart(uint32_t completion_code);

void *tock_app_memory_begins_at(void);
void *tock_app_memory_ends_at(void);
void *tock_app_flash_begins_at(void);
void *tock_app_flash_ends_at(void);
void *tock_app_grant_begins_at(void);
int tock_app_number_writeable_flash_regions(void);
void *tock_app_writeable_flash_region_begins_at(int index);
void *tock_app_writeable_flash_region_ends_at(int index);

bool driver_exists(uint32_t driver);
const char *tock_strerr(statuscode_t status);
const char *tock_strrcode(returncode_t returncode);
/* Says so and ends the app when they differ. */
void tock_expect(int expected, int actual, const char *file, unsigned line);
#define TOCK_EXPECT(expected, actual) tock_expect((expected), (actual), __FILE__, __LINE__)

#endif
