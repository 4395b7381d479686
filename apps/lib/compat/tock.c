#include <libtock/tock.h>
#include <stdio.h>

#include "apps/lib/syscall.h"

/* libtock-c's upcalls take ints where ours take uint32_t: the same registers. */
static syscall_upcall upcall_of(subscribe_upcall *upcall)
{
    return (syscall_upcall)(void (*)(void))upcall;
}

int tock_status_to_returncode(statuscode_t status)
{
    return -(int)status;
}

/* `right` is the only shape that is no failure. */
static int returncode(syscall_return_t answer, syscall_rtype_t right)
{
    if (answer.type == right) {
        return RETURNCODE_SUCCESS;
    }
    return (unsigned)answer.type <= TOCK_SYSCALL_FAILURE_U64 ? -(int)answer.data[0]
                                                             : RETURNCODE_EBADRVAL;
}

int tock_command_return_novalue_to_returncode(syscall_return_t answer)
{
    return returncode(answer, TOCK_SYSCALL_SUCCESS);
}

int tock_command_return_u32_to_returncode(syscall_return_t answer, uint32_t *value)
{
    int status = returncode(answer, TOCK_SYSCALL_SUCCESS_U32);
    if (status == RETURNCODE_SUCCESS && value != NULL) {
        *value = answer.data[0];
    }
    return status;
}

int tock_subscribe_return_to_returncode(subscribe_return_t answer)
{
    return answer.success ? RETURNCODE_SUCCESS : tock_status_to_returncode(answer.status);
}

int tock_allow_rw_return_to_returncode(allow_rw_return_t answer)
{
    return answer.success ? RETURNCODE_SUCCESS : tock_status_to_returncode(answer.status);
}

int tock_allow_ro_return_to_returncode(allow_ro_return_t answer)
{
    return answer.success ? RETURNCODE_SUCCESS : tock_status_to_returncode(answer.status);
}

syscall_return_t command(uint32_t driver, uint32_t number, int argument0, int argument1)
{
    struct syscall_return answer =
        syscall_command_raw(driver, number, (uint32_t)argument0, (uint32_t)argument1);
    return (syscall_return_t){(syscall_rtype_t)answer.variant,
                              {answer.values[0], answer.values[1], answer.values[2]}};
}

/* The pair that an exchange answers with, and its error. */
struct exchanged {
    bool success;
    uint32_t first, second;
    statuscode_t status;
};

static struct exchanged exchanged(struct syscall_return answer)
{
    if (answer.variant == ABI_SUCCESS_U32_U32) {
        return (struct exchanged){true, answer.values[0], answer.values[1],
                                  TOCK_STATUSCODE_SUCCESS};
    }
    return (struct exchanged){false, answer.values[1], answer.values[2],
                              (statuscode_t)answer.values[0]};
}

subscribe_return_t subscribe(uint32_t driver, uint32_t number, subscribe_upcall upcall,
                             void *userdata)
{
    struct exchanged pair =
        exchanged(syscall_subscribe_raw(driver, number, upcall_of(upcall), userdata));
    return (subscribe_return_t){pair.success, (subscribe_upcall *)(uintptr_t)pair.first,
                                (void *)(uintptr_t)pair.second, pair.status};
}

allow_rw_return_t allow_readwrite(uint32_t driver, uint32_t number, void *buffer, size_t bytes)
{
    struct exchanged pair = exchanged(syscall_allow_read_write_raw(driver, number, buffer, bytes));
    return (allow_rw_return_t){pair.success, (void *)(uintptr_t)pair.first, pair.second,
                               pair.status};
}

allow_ro_return_t allow_readonly(uint32_t driver, uint32_t number, const void *buffer, size_t bytes)
{
    struct exchanged pair = exchanged(syscall_allow_read_only_raw(driver, number, buffer, bytes));
    return (allow_ro_return_t){pair.success, (const void *)(uintptr_t)pair.first, pair.second,
                               pair.status};
}

memop_return_t memop(uint32_t operation, int operand)
{
    struct syscall_return answer = syscall_memop_raw(operation, (uint32_t)operand);
    if (answer.variant == ABI_FAILURE) {
        return (memop_return_t){(statuscode_t)answer.values[0], 0};
    }
    return (memop_return_t){TOCK_STATUSCODE_SUCCESS,
                            answer.variant == ABI_SUCCESS_U32 ? answer.values[0] : 0};
}

struct task {
    subscribe_upcall *call;
    int argument[3];
    void *userdata;
};
static struct task tasks[TOCK_TASKS];
static unsigned first_task, task_count;

int tock_enqueue(subscribe_upcall task, int argument0, int argument1, int argument2, void *userdata)
{
    if (task_count == TOCK_TASKS) {
        return -1;
    }
    tasks[(first_task + task_count) % TOCK_TASKS] =
        (struct task){task, {argument0, argument1, argument2}, userdata};
    task_count++;
    return 0;
}

static bool run_task(void)
{
    if (task_count == 0) {
        return false;
    }
    struct task task = tasks[first_task];
    first_task = (first_task + 1) % TOCK_TASKS;
    task_count--;
    task.call(task.argument[0], task.argument[1], task.argument[2], task.userdata);
    return true;
}

void yield(void)
{
    if (!run_task()) {
        syscall_yield();
    }
}

void yield_for(bool *condition)
{
    while (!*(volatile bool *)condition) {
        yield();
    }
}

int yield_no_wait(void)
{
    return run_task() ? 1 : syscall_yield_no_wait();
}

yield_waitfor_return_t yield_wait_for(uint32_t driver, uint32_t number)
{
    struct syscall_return upcall = syscall_yield_wait_for(driver, number);
    return (yield_waitfor_return_t){upcall.values[0], upcall.values[1], upcall.values[2]};
}

void wait_for_upcalls(void)
{
    for (;;) {
        yield();
    }
}

_Noreturn void tock_exit(uint32_t completion_code)
{
    syscall_exit_terminate(completion_code);
}

_Noreturn void tock_restart(uint32_t completion_code)
{
    syscall_exit_restart(completion_code);
}

static void *address(uint32_t operation, int operand)
{
    memop_return_t answer = memop(operation, operand);
    return answer.status == TOCK_STATUSCODE_SUCCESS ? (void *)(uintptr_t)answer.data : NULL;
}

void *tock_app_memory_begins_at(void)
{
    return address(ABI_MEMOP_MEMORY_START, 0);
}

void *tock_app_memory_ends_at(void)
{
    return address(ABI_MEMOP_MEMORY_END, 0);
}

void *tock_app_flash_begins_at(void)
{
    return address(ABI_MEMOP_FLASH_START, 0);
}

void *tock_app_flash_ends_at(void)
{
    return address(ABI_MEMOP_FLASH_END, 0);
}

void *tock_app_grant_begins_at(void)
{
    return address(ABI_MEMOP_GRANT_START, 0);
}

int tock_app_number_writeable_flash_regions(void)
{
    return (int)memop(ABI_MEMOP_WRITEABLE_COUNT, 0).data;
}

void *tock_app_writeable_flash_region_begins_at(int index)
{
    return address(ABI_MEMOP_WRITEABLE_START, index);
}

void *tock_app_writeable_flash_region_ends_at(int index)
{
    return address(ABI_MEMOP_WRITEABLE_END, index);
}

bool driver_exists(uint32_t driver)
{
    struct syscall_return answer = syscall_command_raw(driver, 0, 0, 0);
    return answer.variant != ABI_FAILURE || answer.values[0] != ABI_NODEVICE;
}

const char *tock_strerr(statuscode_t status)
{
    static const char *const words[] = {
        "Success",     "Unknown Error",        "Busy",          "Already",
        "Off",         "Reservation required", "Invalid",       "Size",
        "Canceled",    "Out of memory",        "Not supported", "No device",
        "Uninstalled", "No acknowledge",
    };
    return (unsigned)status < sizeof(words) / sizeof(words[0]) ? words[status] : "Invalid error";
}

const char *tock_strrcode(returncode_t code)
{
    return tock_strerr((statuscode_t) - (int)code);
}

void tock_expect(int expected, int actual, const char *file, unsigned line)
{
    if (expected != actual) {
        printf("%s:%u: expected %d, got %d\n", file, line, expected, actual);
        tock_exit(TOCK_STATUSCODE_FAIL);
    }
}
