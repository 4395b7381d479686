// Declares functions of the kernel itself.
#include <stdint.h>

void process_fault_all(void);                 // REFUSED
uint32_t *kernel_memory(uint32_t address);    // REFUSED
int printf(const char *format);               // REFUSED
void longjmp(uint32_t *buffer, int value);    // REFUSED

static void evil(void)
{
    process_fault_all();
    *kernel_memory(4) = 1;
    (void)printf("%n");
}
