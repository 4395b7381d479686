// Loops and switches within a scope, and leaves them.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value;
    uint8_t bytes[8];
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

static uint32_t run(struct process_id id)
{
    uint32_t result = 0;
    for (uint32_t turn = 0; turn < 3; turn++) {
        if (turn == 1) {
            continue;
        }
        grant_enter (evil_grant, id, p) {
            for (uint32_t i = 0; i < 8; i++) {
                if (p->bytes[i] == 1) {
                    continue;
                }
                if (p->bytes[i] == 2) {
                    break;
                }
                result++;
            }
            while (p->value > 3) {
                switch (p->value) {
                case 5:
                    p->value = 3;
                    break;
                default:
                    p->value--;
                    continue;
                }
            }
        }
        if (result > 4) {
            break;
        }
    }
    return result;
}
