// Keeps a slice in a grant, within an array of structs.
#include "kernel/capsule/grant.h"

struct evil_piece {
    struct slice bytes;
};
struct evil_process {
    struct evil_piece pieces[2];
};
GRANT(evil_grant, struct evil_process, 0, 0, 0); // REFUSED
