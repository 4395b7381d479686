/*
 * Reaches for memory that is none of its business. One image per target (TRESPASS_TARGET), each at
 * a time of its own since the board started, so that a run shows them one after the other.
 */
#include "apps/lib/alarm.h"
#include "apps/lib/console.h"
#include "apps/lib/syscall.h"

enum target {
    TARGET_KERNEL,    /* reads the kernel's RAM */
    TARGET_NEIGHBOUR, /* writes where the next process's memory begins */
    TARGET_GRANTS,    /* writes what the kernel keeps for this process in the process's own block */
    TARGET_FLASH,     /* writes its own code */
    TARGET_PERIPHERAL, /* sets all GPIO outputs */
    TARGET_SCS,        /* reads the MPU's control register */
    TARGET_CODE,       /* runs code that it has put into its RAM */
};

#define FIRST_MS 3000u
#define NEXT_MS  700u

#define KERNEL_RAM  0x20000100u /* the stack of most kernels, ours included */
#define GPIO_OUTSET 0x50000508u
#define MPU_CTRL    0xE000ED94u
#define THUMB_BX_LR 0x4770u

/* In RAM. */
static uint16_t code[2] = {THUMB_BX_LR, THUMB_BX_LR};

static __attribute__((noinline)) void read_word(uintptr_t address)
{
    (void)*(volatile const uint32_t *)address;
}

static __attribute__((noinline)) void write_word(uintptr_t address)
{
    *(volatile uint32_t *)address = 0xFFFFFFFFu;
}

static __attribute__((noinline)) void run_code(uintptr_t address)
{
    ((void (*)(void))(address | 1u))();
}

static void trespass(enum target target)
{
    switch (target) {
    case TARGET_KERNEL:
        console_print("trespass-kernel: reading the kernel's memory\n");
        read_word(KERNEL_RAM);
        break;
    case TARGET_NEIGHBOUR:
        console_print("trespass-neighbour: writing behind my own memory\n");
        write_word(syscall_memop(ABI_MEMOP_MEMORY_END));
        break;
    case TARGET_GRANTS:
        console_print("trespass-grants: writing my own grants\n");
        write_word(syscall_memop(ABI_MEMOP_GRANT_START));
        break;
    case TARGET_FLASH:
        console_print("trespass-flash: writing my own code\n");
        write_word(syscall_memop(ABI_MEMOP_FLASH_START));
        break;
    case TARGET_PERIPHERAL:
        console_print("trespass-peripheral: setting every pin\n");
        write_word(GPIO_OUTSET);
        break;
    case TARGET_SCS:
        console_print("trespass-scs: looking at the MPU\n");
        read_word(MPU_CTRL);
        break;
    case TARGET_CODE:
        console_print("trespass-code: running code in RAM\n");
        run_code((uintptr_t)code);
        break;
    }
}

/* What a restarted process can still know is the time: once its moment has passed, it behaves. */
int main(void)
{
    uint32_t moment = alarm_ms_to_ticks(FIRST_MS + NEXT_MS * TRESPASS_TARGET);
    if (alarm_now_ticks() < moment) {
        alarm_wait_until(0, moment);
        trespass(TRESPASS_TARGET);
        console_print("trespass: NOBODY STOPPED ME\n");
        return 1;
    }
    console_print("trespass: started again, and done for today\n");
    return 0;
}
