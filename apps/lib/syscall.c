#include "apps/lib/syscall.h"

/* The class is the immediate of SVC. The kernel answers in r0-r3 and keeps every other register. */
#define SYSCALL(class, r0, r1, r2, r3)                                                             \
    __asm__ volatile("svc %[number]"                                                               \
                     : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3)                                      \
                     : [number] "i"(class)                                                         \
                     : "memory")

#define SYSCALL_FUNCTION(name, class)                                                              \
    static struct syscall_return name(uint32_t a, uint32_t b, uint32_t c, uint32_t d)              \
    {                                                                                              \
        register uint32_t r0 __asm__("r0") = a;                                                    \
        register uint32_t r1 __asm__("r1") = b;                                                    \
        register uint32_t r2 __asm__("r2") = c;                                                    \
        register uint32_t r3 __asm__("r3") = d;                                                    \
        SYSCALL(class, r0, r1, r2, r3);                                                            \
        return (struct syscall_return){r0, {r1, r2, r3}};                                          \
    }

SYSCALL_FUNCTION(call_subscribe, ABI_CLASS_SUBSCRIBE)
SYSCALL_FUNCTION(call_command, ABI_CLASS_COMMAND)
SYSCALL_FUNCTION(call_allow_read_write, ABI_CLASS_ALLOW_READ_WRITE)
SYSCALL_FUNCTION(call_allow_read_only, ABI_CLASS_ALLOW_READ_ONLY)
SYSCALL_FUNCTION(call_allow_user_readable, ABI_CLASS_ALLOW_USER_READABLE)
SYSCALL_FUNCTION(call_memop, ABI_CLASS_MEMOP)
SYSCALL_FUNCTION(call_exit, ABI_CLASS_EXIT)

/* Turns the answer into 0 or a negative error; `expected` is the only success variant that is
 * right. */
static int check(struct syscall_return answer, enum abi_return expected)
{
    if (answer.variant == (uint32_t)expected) {
        return K_OK;
    }
    if (answer.variant <= (uint32_t)ABI_FAILURE_U64 && answer.values[0] > 0 &&
        answer.values[0] < ABI_BADRVAL) {
        return -(int)answer.values[0];
    }
    return K_EBADRVAL;
}

struct syscall_return syscall_command_raw(uint32_t driver, uint32_t number, uint32_t argument0,
                                          uint32_t argument1)
{
    return call_command(driver, number, argument0, argument1);
}

int syscall_command(uint32_t driver, uint32_t number, uint32_t argument0, uint32_t argument1)
{
    return check(call_command(driver, number, argument0, argument1), ABI_SUCCESS);
}

int syscall_command_u64(uint32_t driver, uint32_t number, uint32_t argument0, uint32_t argument1,
                        uint64_t *value)
{
    struct syscall_return answer = call_command(driver, number, argument0, argument1);
    int status = check(answer, ABI_SUCCESS_U64);
    if (status == K_OK) {
        *value = (uint64_t)answer.values[1] << 32 | answer.values[0];
    }
    return status;
}

int syscall_command_u32(uint32_t driver, uint32_t number, uint32_t argument0, uint32_t argument1,
                        uint32_t *value)
{
    struct syscall_return answer = call_command(driver, number, argument0, argument1);
    int status = check(answer, ABI_SUCCESS_U32);
    if (status == K_OK) {
        *value = answer.values[0];
    }
    return status;
}

struct syscall_return syscall_subscribe_raw(uint32_t driver, uint32_t number, syscall_upcall upcall,
                                            void *userdata)
{
    return call_subscribe(driver, number, (uint32_t)(uintptr_t)upcall,
                          (uint32_t)(uintptr_t)userdata);
}

int syscall_subscribe(uint32_t driver, uint32_t number, syscall_upcall upcall, void *userdata)
{
    return check(syscall_subscribe_raw(driver, number, upcall, userdata), ABI_SUCCESS_U32_U32);
}

struct syscall_return syscall_allow_read_write_raw(uint32_t driver, uint32_t number, void *buffer,
                                                   size_t bytes)
{
    return call_allow_read_write(driver, number, (uint32_t)(uintptr_t)buffer, bytes);
}

int syscall_allow_read_write(uint32_t driver, uint32_t number, void *buffer, size_t bytes)
{
    return check(syscall_allow_read_write_raw(driver, number, buffer, bytes), ABI_SUCCESS_U32_U32);
}

struct syscall_return syscall_allow_read_only_raw(uint32_t driver, uint32_t number,
                                                  const void *buffer, size_t bytes)
{
    return call_allow_read_only(driver, number, (uint32_t)(uintptr_t)buffer, bytes);
}

int syscall_allow_read_only(uint32_t driver, uint32_t number, const void *buffer, size_t bytes)
{
    return check(syscall_allow_read_only_raw(driver, number, buffer, bytes), ABI_SUCCESS_U32_U32);
}

int syscall_allow_user_readable(uint32_t driver, uint32_t number, void *buffer, size_t bytes)
{
    return check(call_allow_user_readable(driver, number, (uint32_t)(uintptr_t)buffer, bytes),
                 ABI_SUCCESS_U32_U32);
}

/* An upcall runs between SVC and the next instruction and, as any function, may change r0-r3, r12,
 * the link register and the flags. */
#define YIELD(r0, r1, r2, r3)                                                                      \
    __asm__ volatile("svc %[number]"                                                               \
                     : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3)                                      \
                     : [number] "i"(ABI_CLASS_YIELD)                                               \
                     : "memory", "cc", "r12", "lr")

void syscall_yield(void)
{
    register uint32_t r0 __asm__("r0") = ABI_YIELD_WAIT;
    register uint32_t r1 __asm__("r1") = 0;
    register uint32_t r2 __asm__("r2") = 0;
    register uint32_t r3 __asm__("r3") = 0;
    YIELD(r0, r1, r2, r3);
}

int syscall_yield_no_wait(void)
{
    volatile uint8_t ran = 0;
    register uint32_t r0 __asm__("r0") = ABI_YIELD_NO_WAIT;
    register uint32_t r1 __asm__("r1") = (uint32_t)(uintptr_t)&ran;
    register uint32_t r2 __asm__("r2") = 0;
    register uint32_t r3 __asm__("r3") = 0;
    YIELD(r0, r1, r2, r3);
    return ran;
}

struct syscall_return syscall_yield_wait_for(uint32_t driver, uint32_t number)
{
    register uint32_t r0 __asm__("r0") = ABI_YIELD_WAIT_FOR;
    register uint32_t r1 __asm__("r1") = driver;
    register uint32_t r2 __asm__("r2") = number;
    register uint32_t r3 __asm__("r3") = 0;
    YIELD(r0, r1, r2, r3);
    return (struct syscall_return){0, {r0, r1, r2}};
}

struct syscall_return syscall_memop_raw(uint32_t operation, uint32_t operand)
{
    return call_memop(operation, operand, 0, 0);
}

uint32_t syscall_memop(enum abi_memop operation)
{
    struct syscall_return answer = call_memop((uint32_t)operation, 0, 0, 0);
    return answer.variant == (uint32_t)ABI_SUCCESS_U32 ? answer.values[0] : 0;
}

_Noreturn void syscall_exit_terminate(uint32_t code)
{
    for (;;) {
        call_exit(ABI_EXIT_TERMINATE, code, 0, 0);
    }
}

_Noreturn void syscall_exit_restart(uint32_t code)
{
    for (;;) {
        call_exit(ABI_EXIT_RESTART, code, 0, 0);
    }
}
