/*
 * How a process starts. The kernel enters _start with
 *   r0 = address of the binary (its crt0 header), r1 = start of the process's RAM, r2 = size of
 * that RAM, r3 = the break; the stack pointer is at the break, and only ABI_INITIAL_BREAK_BYTES are
 * accessible. The app is linked for RAM at 0 and flash at TBF_LINK_FLASH (see app.ld); here every
 * address that is stored in RAM is moved to where the process really lives.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/abi/drivers.h"
#include "kernel/abi/syscall.h"
#include "kernel/abi/tbf.h"

int main(int argc, char **argv);

_Noreturn void start_c(const uint8_t *app_start, uint8_t *memory_start);
void _start(void);

#define TEXT_OF(x) #x
#define TEXT(x)    TEXT_OF(x)
#define SVC(class) "svc " TEXT(class) "\n"

/* The stack is the lowest part of RAM, so until the break is raised there is none to speak of: this
 * part works in registers. Offsets: struct tbf_crt0_header. */
__attribute__((section(".start"), naked, used)) void _start(void)
{
    /* clang-format off */
    __asm__ volatile(
        "mov   r6, r0\n"         /* r6 = app start */
        "mov   r7, r1\n"         /* r7 = memory start */
        "ldr   r4, [r0, #36]\n"  /* r4 = stack top: stack size, rounded up to 8 */
        "adds  r4, r4, r1\n"
        "adds  r4, r4, #7\n"
        "bic   r4, r4, #7\n"
        "ldr   r5, [r0, #24]\n"  /* r5 = first break: end of .bss */
        "ldr   r2, [r0, #28]\n"
        "adds  r5, r5, r1\n"
        "adds  r5, r5, r2\n"
        "cmp   r5, r3\n"         /* the break is high enough already: use the stack at once */
        "bhi   1f\n"
        "mov   sp, r4\n"
        "1:\n"
        "movs  r0, #0\n"         /* ABI_MEMOP_BRK */
        "mov   r1, r5\n"
        SVC(ABI_CLASS_MEMOP)
        "cmp   r0, #128\n"       /* ABI_SUCCESS */
        "bne   2f\n"
        "mov   sp, r4\n"
        "movs  r0, #10\n"        /* ABI_MEMOP_TELL_STACK_TOP */
        "mov   r1, r4\n"
        SVC(ABI_CLASS_MEMOP)
        "movs  r0, #11\n"        /* ABI_MEMOP_TELL_HEAP_START */
        "mov   r1, r5\n"
        SVC(ABI_CLASS_MEMOP)
        "ldr   r0, [r6, #4]\n"   /* r9 = the global offset table, from here on for ever */
        "add   r9, r7, r0\n"
        "mov   r0, r6\n"
        "mov   r1, r7\n"
        "bl    start_c\n"
        "2:\n"                   /* not even enough memory for .bss: say so and end */
        "movs  r0, #8\n"         /* ABI_DRIVER_LOW_LEVEL_DEBUG */
        "movs  r1, #1\n"         /* ABI_LOW_LEVEL_DEBUG_ALERT */
        "movs  r2, #2\n"         /* ABI_ALERT_STARTUP */
        SVC(ABI_CLASS_COMMAND)
        "movs  r0, #0\n"         /* ABI_EXIT_TERMINATE */
        "movs  r1, #9\n"         /* ABI_NOMEM */
        SVC(ABI_CLASS_EXIT));
    /* clang-format on */
}

_Static_assert(ABI_MEMOP_BRK == 0 && ABI_SUCCESS == 128 && ABI_MEMOP_TELL_STACK_TOP == 10 &&
                   ABI_MEMOP_TELL_HEAP_START == 11 && ABI_DRIVER_LOW_LEVEL_DEBUG == 8 &&
                   ABI_LOW_LEVEL_DEBUG_ALERT == 1 && ABI_ALERT_STARTUP == 2 &&
                   ABI_EXIT_TERMINATE == 0 && ABI_NOMEM == 9,
               "the numbers in _start");
_Static_assert(__builtin_offsetof(struct tbf_crt0_header, got_ram) == 4 &&
                   __builtin_offsetof(struct tbf_crt0_header, bss_ram) == 24 &&
                   __builtin_offsetof(struct tbf_crt0_header, bss_size) == 28 &&
                   __builtin_offsetof(struct tbf_crt0_header, stack_size) == 36,
               "the offsets in _start");

/* Zero stays zero: a weak symbol that nobody defined. (No object lies at RAM offset 0, the stack
 * does.) */
static uint32_t relocate(uint32_t value, const uint8_t *app_start, const uint8_t *memory_start)
{
    if (value == 0) {
        return 0;
    }
    if ((value & TBF_LINK_FLASH) != 0) {
        return (value ^ TBF_LINK_FLASH) + (uint32_t)(uintptr_t)app_start;
    }
    return value + (uint32_t)(uintptr_t)memory_start;
}

/* What the packer put behind the binary: a byte count, then the ELF relocations of .data. */
struct relocation {
    uint32_t offset;
    uint32_t info;
};

typedef void (*constructor)(void);
extern const constructor app_init_array_start[];
extern const constructor app_init_array_end[];

_Noreturn void start_c(const uint8_t *app_start, uint8_t *memory_start)
{
    const struct tbf_crt0_header *header = (const struct tbf_crt0_header *)app_start;

    const uint32_t *got_flash = (const uint32_t *)(app_start + header->got_flash);
    uint32_t *got = (uint32_t *)(memory_start + header->got_ram);
    for (uint32_t i = 0; i < header->got_size / sizeof(uint32_t); i++) {
        got[i] = relocate(got_flash[i], app_start, memory_start);
    }

    memcpy(memory_start + header->data_ram, app_start + header->data_flash, header->data_size);
    const uint32_t *reldata = (const uint32_t *)(app_start + header->reldata_flash);
    const struct relocation *relocations = (const struct relocation *)(reldata + 1);
    for (uint32_t i = 0; i < *reldata / sizeof(struct relocation); i++) {
        uint32_t *word = (uint32_t *)(memory_start + relocations[i].offset);
        *word = relocate(*word, app_start, memory_start);
    }
    memset(memory_start + header->bss_ram, 0, header->bss_size);

    /* The table of offsets is in place: from here on this is ordinary C. */
    for (const constructor *call = app_init_array_start; call != app_init_array_end; call++) {
        (*call)();
    }
    static char *no_arguments[] = {NULL};
    exit(main(0, no_arguments));
}
