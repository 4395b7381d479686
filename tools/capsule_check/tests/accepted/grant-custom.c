// Has pieces of a custom grant: allocates, keeps the handle, enters, visits and frees.
#include "kernel/capsule/grant.h"

struct good_timer {
    uint32_t expiry;
    struct process_id owner;
};
GRANT_CUSTOM(good_timer_grant, struct good_timer);

struct good_process {
    struct grant_custom first;
};
GRANT(good_grant, struct good_process, 0, 0, 0);

struct good {
    struct grant_custom latest;
    uint32_t sum;
};

static uint32_t expiry_of(BORROWED const struct good_timer *timer)
{
    return timer->expiry;
}

static int begin(struct good *own, struct process_id id, uint32_t expiry)
{
    struct grant_custom timer = GRANT_CUSTOM_NONE;
    int status = grant_custom_allocate(&good_timer_grant, id, &timer);
    grant_custom_enter (good_timer_grant, timer, p) {
        p->expiry = expiry;
        p->owner = id;
        own->sum += expiry_of(p);
    }
    grant_enter (good_grant, id, p) {
        p->first = timer;
    }
    own->latest = timer;
    return status;
}

static void end(struct good *own)
{
    for (struct grant_custom at = grant_custom_next(&good_timer_grant, GRANT_CUSTOM_NONE);
         !grant_custom_is_none(at); at = grant_custom_next(&good_timer_grant, at)) {
        grant_custom_enter (good_timer_grant, at, p) {
            own->sum -= p->expiry;
        }
        (void)grant_custom_free(&good_timer_grant, at);
    }
}
