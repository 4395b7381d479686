/*
 * The list of permissions in the header, which the test puts there: all of the console's and the
 * alarm's commands below 64, 0 and 1 of the LEDs, 100 of the touch pad, nothing of the buttons.
 */
#include "apps/tests/check.h"

#define NOT_MY_CODE 0x101u

static bool no_device(struct syscall_return answer)
{
    return is_answer(answer, ABI_FAILURE, ABI_NODEVICE, answer.values[1], answer.values[2]);
}

static bool nothing_to_exchange(struct syscall_return answer)
{
    return answer.variant == ABI_FAILURE_U32_U32 && answer.values[0] == ABI_NODEVICE;
}

int main(void)
{
    uint8_t buffer[4];
    check(raw_command(ABI_DRIVER_LED, ABI_COMMAND_EXISTS, 0, 0).variant == ABI_SUCCESS_U32 &&
              raw_command(ABI_DRIVER_LED, ABI_LED_ON, 0, 0).variant == ABI_SUCCESS,
          "a command on the list is carried out");
    check(no_device(raw_command(ABI_DRIVER_LED, ABI_LED_OFF, 0, 0)) &&
              no_device(raw_command(ABI_DRIVER_LED, ABI_LED_READ, 0, 0)),
          "another command of that driver: NODEVICE");
    check(raw_command(ABI_DRIVER_TOUCH, ABI_TOUCH_COUNT, 0, 0).variant == ABI_SUCCESS_U32 &&
              no_device(raw_command(ABI_DRIVER_TOUCH, ABI_TOUCH_COUNT - 64, 0, 0)) &&
              no_device(raw_command(ABI_DRIVER_TOUCH, ABI_COMMAND_EXISTS, 0, 0)),
          "commands from 64 on have records of their own");
    check(no_device(raw_command(ABI_DRIVER_BUTTON, ABI_COMMAND_EXISTS, 0, 0)),
          "a driver that is not on the list does not exist");
    check(raw_subscribe(ABI_DRIVER_TOUCH, 0, 0, 0).variant == ABI_SUCCESS_U32_U32 &&
              raw_allow_read_write(ABI_DRIVER_TOUCH, ABI_TOUCH_RW_MULTI, 0, 0).variant ==
                  ABI_SUCCESS_U32_U32,
          "any record of a driver permits subscribe and allow");
    check(
        nothing_to_exchange(raw_subscribe(ABI_DRIVER_BUTTON, 0, 0, 0)) &&
            nothing_to_exchange(raw_allow_read_write(ABI_DRIVER_RNG, 0, address_of(buffer), 4)) &&
            nothing_to_exchange(raw_allow_read_only(ABI_DRIVER_SHA, 0, address_of(buffer), 4)) &&
            nothing_to_exchange(raw_allow_user_readable(ABI_DRIVER_RNG, 0, address_of(buffer), 4)),
        "without a record both answer NODEVICE, in the shape that they always have");
    check(nothing_to_exchange(raw_subscribe(ABI_DRIVER_BUTTON, 0, NOT_MY_CODE, 0)) &&
              nothing_to_exchange(raw_allow_read_write(ABI_DRIVER_RNG, 0, NOT_MY_CODE, 4)),
          "the list is asked before function and buffer are looked at");
    uint32_t low = raw_memop(ABI_MEMOP_SBRK, 0, 0, 0).values[0];
    bool memop = raw_memop(ABI_MEMOP_BRK, low, 0, 0).variant == ABI_SUCCESS;
    bool yield = syscall_yield_no_wait() == 0;
    bool exit = raw_exit(2, 0, 0, 0).values[0] == ABI_NOSUPPORT;
    check(memop && yield && exit, "memop, yield and exit need no permission");
    printf("done\n");
    return 0;
}
