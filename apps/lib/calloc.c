/* newlib's small allocator multiplies without a look at the result. Compiled so that malloc and
 * memset below stay what they are: a compiler that knows both makes calloc of them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

void *calloc(size_t count, size_t bytes)
{
    size_t total = 0;
    if (__builtin_mul_overflow(count, bytes, &total)) {
        errno = ENOMEM;
        return NULL;
    }
    void *memory = malloc(total);
    if (memory != NULL) {
        (void)memset(memory, 0, total);
    }
    return memory;
}
