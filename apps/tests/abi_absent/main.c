/* Every number that a driver might have, and every class of call: a driver that is not there says
 * NODEVICE and nothing else happens; one that is there answers in the shape that the class has. */
#include "apps/tests/check.h"

#define GROUP_BYTES 0x10000u
#define GROUPS      10u
#define NUMBERS     32u
#define HEART_RATE  0x80060000u

static unsigned present, absent_wrong, present_wrong;

static void upcall(uint32_t a, uint32_t b, uint32_t c, void *userdata)
{
    (void)a;
    (void)b;
    (void)c;
    (void)userdata;
}

static bool is_refused(struct syscall_return answer, uint32_t r2, uint32_t r3)
{
    return is_answer(answer, ABI_FAILURE_U32_U32, ABI_NODEVICE, r2, r3);
}

static void ask_absent(uint32_t driver)
{
    static uint8_t buffer[4];
    uint32_t function = (uint32_t)(uintptr_t)upcall, address = address_of(buffer);
    bool right = true;
    for (uint32_t number = 0; number < 4; number++) {
        right = right &&
                is_answer(raw_command(driver, number, 5, 6), ABI_FAILURE, ABI_NODEVICE, 5, 6) &&
                is_refused(raw_subscribe(driver, number, function, 6), function, 6) &&
                is_refused(raw_subscribe(driver, number, 0, 6), 0, 6) &&
                is_refused(raw_allow_read_write(driver, number, address, 4), address, 4) &&
                is_refused(raw_allow_read_only(driver, number, address, 4), address, 4) &&
                is_refused(raw_allow_user_readable(driver, number, address, 4), address, 4);
    }
    if (!right) {
        printf("WRONG absent driver 0x%lx\n", driver);
        absent_wrong++;
    }
}

static bool is_exchange(struct syscall_return answer)
{
    return answer.variant == ABI_SUCCESS_U32_U32 ||
           (answer.variant == ABI_FAILURE_U32_U32 &&
            (answer.values[0] == ABI_NOSUPPORT || answer.values[0] == ABI_NOMEM));
}

/* Null upcalls and empty buffers only: nothing begins. */
static void ask_present(uint32_t driver)
{
    present++;
    bool right = raw_command(driver, 0x7777u, 0, 0).values[0] == ABI_NOSUPPORT;
    for (uint32_t number = 0; number < 4; number++) {
        right = right && is_exchange(raw_subscribe(driver, number, 0, 0)) &&
                is_exchange(raw_allow_read_write(driver, number, 0, 0)) &&
                is_exchange(raw_allow_read_only(driver, number, 0, 0)) &&
                is_exchange(raw_allow_user_readable(driver, number, 0, 0));
    }
    if (!right) {
        printf("WRONG driver 0x%lx\n", driver);
        present_wrong++;
    }
}

static void ask(uint32_t driver)
{
    if (driver == ABI_DRIVER_PROCESS_INFO || driver == ABI_DRIVER_APP_LOADER) {
        return; /* they are there, with NODEVICE for the commands of an app without a permissions
                   TLV that names them: that is the capsule's word, not the core's */
    }
    struct syscall_return exists = raw_command(driver, ABI_COMMAND_EXISTS, 0, 0);
    if (exists.variant == ABI_FAILURE && exists.values[0] == ABI_NODEVICE) {
        ask_absent(driver);
    } else {
        ask_present(driver);
    }
}

int main(void)
{
    for (uint32_t group = 0; group < GROUPS; group++) {
        for (uint32_t number = 0; number < NUMBERS; number++) {
            ask(group * GROUP_BYTES + number);
            ask(HEART_RATE + group * GROUP_BYTES + number);
        }
    }
    ask(0xFFFFFFFFu);
    ask(0x7FFFFFFFu);
    check(absent_wrong == 0, "a driver that is not there: NODEVICE for every class of call");
    check(present > 5 && present_wrong == 0, "a driver that is there: an unknown command is "
                                             "NOSUPPORT, null upcalls and no buffers pass");
    printf("done\n");
    return 0;
}
