/* Who runs, for an app that may know: itself (permitted), and an app `hello` without a ShortId. */
#include <string.h>

#include "apps/lib/process_info.h"
#include "apps/tests/lib_wrappers/note.h"

#define ROOM    4u
#define NOTHING 0xA5A5A5A5u

int main(void)
{
    uint32_t ids[ROOM], short_ids[ROOM];
    alarm_sleep_ms(100); /* the other begins meanwhile */
    for (size_t i = 0; i < ROOM; i++) {
        ids[i] = short_ids[i] = NOTHING;
    }
    check(process_info_count() == 2, "two processes run");
    check(process_info_ids(ids, ROOM) == 2 && ids[0] != ids[1] && ids[0] != NOTHING &&
              ids[1] != NOTHING && ids[2] == NOTHING,
          "each with an identifier of its own");
    check(process_info_short_ids(short_ids, ROOM) == 2 && short_ids[2] == NOTHING,
          "and as many ShortIds");
    bool seen[2] = {false, false};
    for (size_t i = 0; i < 2; i++) {
        char name[24];
        int length = process_info_name(ids[i], name, sizeof(name));
        bool is_self = strcmp(name, "lib_process_info") == 0;
        bool is_other = strcmp(name, "hello") == 0;
        seen[0] = seen[0] || (is_self && length == 16 && short_ids[i] == 0x1234);
        seen[1] = seen[1] || (is_other && length == 5 && short_ids[i] == 0);
    }
    check(seen[0] && seen[1], "in the order of the identifiers");
    ids[0] = ids[1] = short_ids[0] = short_ids[1] = NOTHING;
    check(process_info_ids(ids, 1) == 2 && ids[0] != NOTHING && ids[1] == NOTHING &&
              process_info_short_ids(short_ids, 1) == 2 && short_ids[0] != NOTHING &&
              short_ids[1] == NOTHING,
          "no more is written than there is room for");
    check(process_info_ids(NULL, 0) == 2 && process_info_short_ids(NULL, 0) == 2,
          "also without any room");
    printf("done\n");
    return 0;
}
