// An inline function whose body may be somebody else's.
#include <stdint.h>

inline uint32_t declaration_get(void); // REFUSED
inline uint32_t declaration_get(void)  // REFUSED
{
    return 1;
}
