#include "mpu_model/mpu_account.h"

#include <string.h>

#define NO_ENTRY MPU_ACCOUNT_CONFIGURATIONS

/* What two register sets must share to act alike: rnr never matters, nor what a disabled region
 * holds. */
static struct mpu_state normalise(const struct mpu_state *state)
{
    struct mpu_state normal = {0};
    if (!(state->ctrl & MPU_CTRL_ENABLE)) {
        return normal;
    }
    normal.ctrl = state->ctrl;
    for (unsigned r = 0; r < MPU_REGION_COUNT; r++) {
        if (state->rasr[r] & 1) {
            normal.rbar[r] = state->rbar[r];
            normal.rasr[r] = state->rasr[r];
        }
    }
    return normal;
}

static uint32_t hash_word(uint32_t hash, uint32_t word)
{
    hash ^= word;
    hash *= 0x9E3779B1u; /* odd, near 2^32 divided by the golden ratio: spreads every bit upwards */
    return hash ^ (hash >> 15);
}

static uint32_t hash_state(const struct mpu_state *state)
{
    uint32_t hash = hash_word(0, state->ctrl);
    for (unsigned r = 0; r < MPU_REGION_COUNT; r++) {
        hash = hash_word(hash_word(hash, state->rbar[r]), state->rasr[r]);
    }
    return hash;
}

static bool states_equal(const struct mpu_state *a, const struct mpu_state *b)
{
    return a->ctrl == b->ctrl && memcmp(a->rbar, b->rbar, sizeof a->rbar) == 0 &&
           memcmp(a->rasr, b->rasr, sizeof a->rasr) == 0;
}

/* Index of the configuration, entered into the table if there is room; NO_ENTRY when there is not.
 */
static uint32_t find_configuration(struct mpu_account *account, const struct mpu_state *state)
{
    struct mpu_state normal = normalise(state);
    uint32_t hash = hash_state(&normal);
    for (uint32_t i = 0; i < account->configuration_count; i++) {
        const struct mpu_account_configuration *known = &account->configuration[i];
        if (known->hash == hash && states_equal(&known->registers, &normal)) {
            return i;
        }
    }
    if (account->configuration_count == MPU_ACCOUNT_CONFIGURATIONS) {
        return NO_ENTRY;
    }
    uint32_t i = account->configuration_count++;
    account->configuration[i] = (struct mpu_account_configuration){normal, hash, 0, 0};
    return i;
}

static void make_effective(struct mpu_account *account, uint64_t cycle)
{
    mpu_account_time(account, cycle);
    uint32_t next = find_configuration(account, &account->pending);
    if (next != NO_ENTRY && next != account->current) {
        account->configuration[next].entries++;
    }
    account->current = next;
}

void mpu_account_init(struct mpu_account *account, uint64_t cycle)
{
    *account = (struct mpu_account){.last_cycle = cycle};
    account->current = find_configuration(account, &account->pending);
}

void mpu_account_register_write(struct mpu_account *account, uint64_t cycle,
                                const struct mpu_state *after)
{
    account->register_writes++;
    if (!account->open) {
        account->open = true;
        account->open_since_cycle = cycle;
    }
    account->pending = *after;
}

void mpu_account_barrier(struct mpu_account *account, uint64_t cycle)
{
    if (!account->open) {
        return;
    }
    make_effective(account, cycle);
    if (!(account->pending.ctrl & MPU_CTRL_ENABLE)) {
        return;
    }
    account->open = false;
    uint64_t taken = cycle > account->open_since_cycle ? cycle - account->open_since_cycle : 0;
    if (account->reconfigurations == 0 || taken < account->switch_cycles_min) {
        account->switch_cycles_min = taken;
    }
    if (taken > account->switch_cycles_max) {
        account->switch_cycles_max = taken;
    }
    account->switch_cycles_sum += taken;
    account->reconfigurations++;
}

void mpu_account_replace(struct mpu_account *account, uint64_t cycle, const struct mpu_state *state)
{
    account->pending = *state;
    account->open = false;
    make_effective(account, cycle);
}

unsigned mpu_account_region_index(int region)
{
    return region >= 0 ? (unsigned)region : MPU_REGION_COUNT + (unsigned)(-1 - region);
}

static void count(struct mpu_account_counts *counts, int region, enum mpu_access access,
                  bool privileged)
{
    counts->count[mpu_account_region_index(region)][privileged][access]++;
}

void mpu_account_refusal(struct mpu_account *account, int region, enum mpu_access access,
                         bool privileged)
{
    count(&account->refusals, region, access, privileged);
}

void mpu_account_hit(struct mpu_account *account, int region, enum mpu_access access,
                     bool privileged)
{
    if (account->count_hits) {
        count(&account->hits, region, access, privileged);
    }
}

void mpu_account_time(struct mpu_account *account, uint64_t cycle)
{
    if (cycle <= account->last_cycle) {
        return;
    }
    uint64_t passed = cycle - account->last_cycle;
    account->last_cycle = cycle;
    if (account->current == NO_ENTRY) {
        account->other_cycles += passed;
    } else {
        account->configuration[account->current].cycles += passed;
    }
}

uint64_t mpu_account_mean_switch_cycles(const struct mpu_account *account)
{
    return account->reconfigurations == 0 ? 0
                                          : account->switch_cycles_sum / account->reconfigurations;
}

uint64_t mpu_account_refusals_of(const struct mpu_account *account, enum mpu_access access)
{
    uint64_t sum = 0;
    for (unsigned region = 0; region < MPU_ACCOUNT_REGIONS; region++) {
        sum +=
            account->refusals.count[region][0][access] + account->refusals.count[region][1][access];
    }
    return sum;
}
