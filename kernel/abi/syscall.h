/*
 * The system call interface: what a process puts into r0-r3 before `svc CLASS` and what it finds
 * there afterwards. Shared by kernel and apps; plain C11, includes nothing. Every number is part of
 * the ABI of Tock 2.x (TRD 104) and may not change.
 *
 *  class            r0           r1            r2             r3
 *  yield            variant      flag / driver subscribe no.  -
 *  subscribe        driver       subscribe no. function       userdata
 *  command          driver       command no.   argument 0     argument 1
 *  allow (3, 4, 7)  driver       allow no.     address        length in bytes
 *  memop            operation    operand       -              -
 *  exit             variant      completion    -              -
 */
#ifndef KERNEL_ABI_SYSCALL_H
#define KERNEL_ABI_SYSCALL_H

/* The immediate of the SVC instruction. Any other value faults the process. As macros, because the
 * stubs paste them into assembly. */
#define ABI_CLASS_YIELD               0
#define ABI_CLASS_SUBSCRIBE           1
#define ABI_CLASS_COMMAND             2
#define ABI_CLASS_ALLOW_READ_WRITE    3
#define ABI_CLASS_ALLOW_READ_ONLY     4
#define ABI_CLASS_MEMOP               5
#define ABI_CLASS_EXIT                6
#define ABI_CLASS_ALLOW_USER_READABLE 7
#define ABI_CLASS_COUNT               8

/* Yield, r0. NO_WAIT: r1 = address of one byte (0: none) that gets 1 when an upcall ran, else 0.
 * WAIT_FOR: r1 = driver, r2 = subscribe number; runs no upcall, returns its arguments in r0-r2 as
 * they are. Any other value faults the process. */
enum abi_yield {
    ABI_YIELD_NO_WAIT = 0,
    ABI_YIELD_WAIT = 1,
    ABI_YIELD_WAIT_FOR = 2,
};

/* Memop, r0; the operand is r1. Addresses are absolute. What each returns is in the comment. */
enum abi_memop {
    ABI_MEMOP_BRK = 0,              /* operand: new break. Success, or failure NOMEM */
    ABI_MEMOP_SBRK = 1,             /* operand: signed increment. U32: the break before the call */
    ABI_MEMOP_MEMORY_START = 2,     /* U32: start of the process's RAM */
    ABI_MEMOP_MEMORY_END = 3,       /* U32: end of the process's RAM, grants and all */
    ABI_MEMOP_FLASH_START = 4,      /* U32: address of the TBF header */
    ABI_MEMOP_FLASH_END = 5,        /* U32 */
    ABI_MEMOP_GRANT_START = 6,      /* U32: lowest address of the grant region */
    ABI_MEMOP_WRITEABLE_COUNT = 7,  /* U32: number of writeable flash regions */
    ABI_MEMOP_WRITEABLE_START = 8,  /* operand: region number. U32, or failure FAIL */
    ABI_MEMOP_WRITEABLE_END = 9,    /* operand: region number. U32, or failure FAIL */
    ABI_MEMOP_TELL_STACK_TOP = 10,  /* operand: address, for the kernel's reports only. Success */
    ABI_MEMOP_TELL_HEAP_START = 11, /* operand: address, for the kernel's reports only. Success */
};

/* Exit, r0; r1 is the completion code (0 success, 1..1023 an error code, above: the app's own).
 * Any other r0: failure NOSUPPORT. */
enum abi_exit {
    ABI_EXIT_TERMINATE = 0,
    ABI_EXIT_RESTART = 1,
};

/* What r0 holds after every call but yield and exit: the shape of the answer. Only the registers
 * that a variant names are written. A failure has its error code (positive) in r1. */
enum abi_return {
    ABI_FAILURE = 0,         /* r1 error */
    ABI_FAILURE_U32 = 1,     /* r1 error, r2 value */
    ABI_FAILURE_U32_U32 = 2, /* r1 error, r2, r3 values */
    ABI_FAILURE_U64 = 3,     /* r1 error, r2 low, r3 high */
    ABI_SUCCESS = 128,
    ABI_SUCCESS_U32 = 129,         /* r1 */
    ABI_SUCCESS_U32_U32 = 130,     /* r1, r2 */
    ABI_SUCCESS_U64 = 131,         /* r1 low, r2 high */
    ABI_SUCCESS_U32_U32_U32 = 132, /* r1, r2, r3 */
    ABI_SUCCESS_U32_U64 = 133,     /* r1, r2 low, r3 high */
};

/* Error codes as they travel in r1 and, as a status code (0 = success), in the arguments of
 * upcalls. */
enum abi_error {
    ABI_FAIL = 1,
    ABI_BUSY = 2,
    ABI_ALREADY = 3,
    ABI_OFF = 4,
    ABI_RESERVE = 5,
    ABI_INVAL = 6,
    ABI_SIZE = 7,
    ABI_CANCEL = 8,
    ABI_NOMEM = 9,
    ABI_NOSUPPORT = 10,
    ABI_NODEVICE = 11,
    ABI_UNINSTALLED = 12,
    ABI_NOACK = 13,
    ABI_BADRVAL = 1024, /* made by user space only: an answer of an unexpected shape */
};

/* The same as C functions of kernel and apps return them: an int, >= 0 a value, < 0 one of these.
 */
enum k_error {
    K_OK = 0,
    K_EFAIL = -ABI_FAIL,
    K_EBUSY = -ABI_BUSY,
    K_EALREADY = -ABI_ALREADY,
    K_EOFF = -ABI_OFF,
    K_ERESERVE = -ABI_RESERVE,
    K_EINVAL = -ABI_INVAL,
    K_ESIZE = -ABI_SIZE,
    K_ECANCEL = -ABI_CANCEL,
    K_ENOMEM = -ABI_NOMEM,
    K_ENOSUPPORT = -ABI_NOSUPPORT,
    K_ENODEVICE = -ABI_NODEVICE,
    K_EUNINSTALLED = -ABI_UNINSTALLED,
    K_ENOACK = -ABI_NOACK,
    K_EBADRVAL = -ABI_BADRVAL,
};

/* A process starts with these registers and its stack pointer at the break: so many bytes are
 * accessible from the start of its RAM, everything above only after the first brk. */
#define ABI_INITIAL_BREAK_BYTES 32u

#endif
