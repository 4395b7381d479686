/*
 * An app that shares nothing with apps/lib: start-up and calls are written from the description of
 * Tock's format, and its linker script is its own. tests/system/tock_format.lua packs it as
 * Tock's packer does. It prints a line for each kind of data that start-up has to put in order.
 */
#include <stdint.h>

/* Ten words at the start of the binary: offsets in flash from there, in RAM from its start. */
struct words {
    uint32_t got_from, got_to, got_bytes;
    uint32_t data_from, data_to, data_bytes;
    uint32_t bss_to, bss_bytes;
    uint32_t relocations, stack_bytes;
};

void _start(void);
void begin(const struct words *words, uint32_t ram);

int number = 5;             /* data, through the table */
int *where = &number;       /* an address in RAM in data */
const char *text = "flash"; /* an address in flash in data */
int zeros[16];
static void say(const char *line);
void (*speak)(const char *) = say; /* and a function's */

static uint32_t call(uint32_t class, uint32_t r0, uint32_t r1, uint32_t r2, uint32_t r3)
{
    register uint32_t a __asm__("r0") = r0;
    register uint32_t b __asm__("r1") = r1;
    register uint32_t c __asm__("r2") = r2;
    register uint32_t d __asm__("r3") = r3;
    switch (class) {
    case 0:
        __asm__ volatile("svc 0" : "+r"(a), "+r"(b), "+r"(c), "+r"(d)::"memory", "r12", "lr", "cc");
        break;
    case 2:
        __asm__ volatile("svc 2" : "+r"(a), "+r"(b), "+r"(c), "+r"(d)::"memory");
        break;
    case 4:
        __asm__ volatile("svc 4" : "+r"(a), "+r"(b), "+r"(c), "+r"(d)::"memory");
        break;
    case 5:
        __asm__ volatile("svc 5" : "+r"(a), "+r"(b), "+r"(c), "+r"(d)::"memory");
        break;
    default:
        __asm__ volatile("svc 6" : "+r"(a), "+r"(b), "+r"(c), "+r"(d)::"memory");
        break;
    }
    return a == 129 ? b : a;
}

/* Console: read-only buffer 1, command 1, upcall 1. */
static void say(const char *line)
{
    uint32_t bytes = 0;
    while (line[bytes] != '\0') {
        bytes++;
    }
    (void)call(4, 1, 1, (uint32_t)(uintptr_t)line, bytes);
    (void)call(2, 1, 1, bytes, 0);
    (void)call(0, 2, 1, 1, 0);
}

static void expect(int holds, const char *line)
{
    if (holds) {
        speak(line);
    }
}

static uint32_t moved(uint32_t address, uint32_t flash, uint32_t ram)
{
    return (address & 0x80000000u) != 0 ? (address ^ 0x80000000u) + flash : address + ram;
}

void begin(const struct words *words, uint32_t ram)
{
    uint32_t flash = (uint32_t)(uintptr_t)words;
    const uint32_t *from = (const uint32_t *)(flash + words->got_from);
    uint32_t *to = (uint32_t *)(ram + words->got_to);
    for (uint32_t i = 0; i < words->got_bytes / 4; i++) {
        to[i] = moved(from[i], flash, ram);
    }
    from = (const uint32_t *)(flash + words->data_from);
    to = (uint32_t *)(ram + words->data_to);
    for (uint32_t i = 0; i < words->data_bytes / 4; i++) {
        to[i] = from[i];
    }
    const uint32_t *list = (const uint32_t *)(flash + words->relocations);
    for (uint32_t i = 0; i < list[0] / 8; i++) {
        uint32_t *word = (uint32_t *)(ram + list[1 + 2 * i]);
        *word = moved(*word, flash, ram);
    }
    volatile uint8_t *zero = (uint8_t *)(ram + words->bss_to);
    for (uint32_t i = 0; i < words->bss_bytes; i++) {
        zero[i] = 0;
    }

    speak("tock: a function by its address in data\n");
    expect(number == 5 && where == &number && *where == 5, "tock: an address of RAM in data\n");
    expect(text[0] == 'f' && text[4] == 'h' && text[5] == '\0',
           "tock: an address of flash in data\n");
    expect(zeros[0] == 0 && zeros[15] == 0, "tock: zeros\n");
    uint32_t break_before = call(5, 1, 256, 0, 0);
    volatile uint8_t *heap = (volatile uint8_t *)break_before;
    heap[255] = 7;
    expect(heap[0] == 0 && heap[255] == 7, "tock: a heap\n");
    (void)call(6, 0, 0, 0, 0);
}

/* The stack is the lowest part of RAM: first the break, then the stack pointer, then the table. */
__attribute__((naked)) void _start(void)
{
    __asm__ volatile("mov  r4, r0\n"
                     "mov  r5, r1\n"
                     "ldr  r6, [r4, #24]\n"
                     "ldr  r7, [r4, #28]\n"
                     "adds r6, r6, r7\n"
                     "adds r1, r5, r6\n"
                     "movs r0, #0\n"
                     "svc  5\n"
                     "ldr  r6, [r4, #36]\n"
                     "adds r6, r6, r5\n"
                     "mov  sp, r6\n"
                     "ldr  r6, [r4, #4]\n"
                     "add  r9, r5, r6\n"
                     "mov  r0, r4\n"
                     "mov  r1, r5\n"
                     "bl   begin\n");
}
