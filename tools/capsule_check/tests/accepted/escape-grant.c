// Uses what is lent while it is lent: reads, writes, passes on, keeps numbers.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value;
    uint8_t bytes[8];
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

struct good {
    uint32_t sum;
    uint8_t bytes[8];
    struct slice all;
    const struct evil_process *defaults;
};

static const struct evil_process defaults = {.value = 1};

static uint32_t look(BORROWED const struct evil_process *p)
{
    return p->value;
}

static void change(BORROWED struct evil_process *p, uint32_t value)
{
    struct evil_process *q = value > 2 ? p : NULL;
    if (q != NULL) {
        q->value = value + look(q);
    }
}

static struct slice tail(BORROWED struct slice all)
{
    return slice_part(all, 1, all.length);
}

static void add(BORROWED uint32_t *sum, uint32_t value)
{
    *sum += value;
}

static const struct evil_process *choose(BORROWED const struct evil_process *p,
                                         const struct good *own)
{
    return p->value > 3 ? &defaults : own->defaults;
}

static uint32_t run(struct good *own, struct process_id id)
{
    uint32_t result = 0;
    uint8_t local[4] = {0};
    struct slice bytes = SLICE_OF(local);
    own->all = SLICE_OF(own->bytes);
    grant_enter (evil_grant, id, p) {
        uint8_t *byte = &p->bytes[2];
        struct slice state = SLICE_OF(p->bytes);
        struct evil_process copy = *p;
        change(p, 3);
        change(&copy, 4);
        *byte = 1;
        result = look(p) + copy.value;
        (void)slice_copy(bytes, slice_as_const(tail(state)));
        own->sum += p->value;
        add(&result, p->value);
        own->defaults = choose(p, own);
        if (p->value > 0) {
            struct evil_process *q = &copy;
            q = p;
            q->value++;
        }
    }
    grant_each (evil_grant, other, p) {
        grant_enter (evil_grant, id, q) {
            const struct evil_process *from = process_id_is_equal(other, id) ? q : p;
            q->value = from->value;
        }
    }
    return result + slice_get(slice_as_const(bytes), 0);
}

static void store(struct good *own, const struct evil_process *kept)
{
    own->defaults = kept;
}

static void keep(struct good *own)
{
    *own = (struct good){.all = SLICE_OF(own->bytes), .defaults = &defaults};
    store(own, &defaults);
    store(own, own->defaults);
}
