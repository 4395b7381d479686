// Changes elements in place.
#include "kernel/hil/list.h"

struct good {
    unsigned counts[4];
    unsigned char table[4][8];
};

static void run(struct good *own, unsigned i)
{
    own->counts[i] = own->counts[i] + 1;
    own->counts[i]++;
    own->counts[2] += 2;
    own->table[i][1] |= 1;
    ARRAY_AT(own->counts, i) += 3;
}
