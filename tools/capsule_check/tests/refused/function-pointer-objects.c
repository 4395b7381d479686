// Functions kept for later.
#include <stdint.h>

typedef void (*action)(uint32_t);   // REFUSED
typedef void function(uint32_t);    // REFUSED

struct evil {
    void (*call)(uint32_t);         // REFUSED
    action actions[2];              // REFUSED
};

static void target(uint32_t value)
{
    (void)value;
}

static void run(void (*call)(uint32_t), void other(uint32_t)) // REFUSED
{
    void (*local)(uint32_t) = target; // REFUSED
    call(1);      // REFUSED
    (*other)(2);  // REFUSED
    local(3);     // REFUSED
    run(target, target); // REFUSED
}
