#include "sim/view/view_mpu.h"

#include <stdio.h>
#include <string.h>

#define RASR_SRD           0xFF00U
#define RASR_SRD_SHIFT     8U
#define SUBREGION_SMALLEST 32U /* smaller ones do not exist */

static const struct mpu_context by_process = {.privileged = false, .negative_priority = false};
static const struct mpu_context by_kernel = {.privileged = true, .negative_priority = false};

static bool may(const struct mpu_state *mpu, uint32_t address, enum mpu_access access,
                struct mpu_context context)
{
    return mpu_check(mpu, address, 1, access, context).allowed;
}

static void write_rights(const struct mpu_state *mpu, uint32_t address, struct mpu_context context,
                         char rights[4])
{
    rights[0] = may(mpu, address, MPU_ACCESS_READ, context) ? 'R' : '-';
    rights[1] = may(mpu, address, MPU_ACCESS_WRITE, context) ? 'W' : '-';
    rights[2] = may(mpu, address, MPU_ACCESS_FETCH, context) ? 'X' : '-';
    rights[3] = '\0';
}

static uint8_t disabled_of(const struct mpu_state *mpu, unsigned region)
{
    return (uint8_t)((mpu->rasr[region] & RASR_SRD) >> RASR_SRD_SHIFT);
}

/* Where a region lies, and how far apart its sub-regions are (all of it, when it has none). */
static bool locate(const struct mpu_state *mpu, unsigned region, uint32_t *first, uint32_t *last,
                   uint32_t *step)
{
    if (region >= MPU_REGION_COUNT || !mpu_query_region(mpu, region, first, last)) {
        return false;
    }
    uint32_t eighth = (*last - *first) / VIEW_MPU_SUBREGIONS + 1;
    *step = eighth >= SUBREGION_SMALLEST ? eighth : *last - *first + 1;
    return true;
}

void view_mpu_region(const struct mpu_state *mpu, unsigned region, struct view_region *out)
{
    uint32_t step = 0;
    *out = (struct view_region){.rights = "---", .kernel_rights = "---", .subregions = 1};
    if (!locate(mpu, region, &out->first, &out->last, &step)) {
        return;
    }
    out->enabled = true;
    if (step <= out->last - out->first) {
        out->subregions = VIEW_MPU_SUBREGIONS;
        out->disabled = disabled_of(mpu, region);
    }
    /* The model alone says what its bits mean: asked of this region with no other and no
     * background. */
    struct mpu_state alone = {.ctrl = MPU_CTRL_ENABLE};
    alone.rbar[region] = mpu->rbar[region];
    alone.rasr[region] = mpu->rasr[region] & ~RASR_SRD;
    write_rights(&alone, out->first, by_process, out->rights);
    write_rights(&alone, out->first, by_kernel, out->kernel_rights);
}

/* The next edge of a region or sub-region above the address; 0: there is none. */
static uint32_t next_edge(const struct mpu_state *mpu, uint32_t address)
{
    uint32_t edge = 0;
    for (unsigned i = 0; i < MPU_REGION_COUNT; i++) {
        uint32_t first = 0;
        uint32_t last = 0;
        uint32_t step = 0;
        if (!locate(mpu, i, &first, &last, &step) || address > last) {
            continue;
        }
        uint32_t at = first;
        if (address >= first) {
            at = first + ((address - first) / step + 1) * step; /* 0: the end of all memory */
        }
        edge = at > address && (edge == 0 || at < edge) ? at : edge;
    }
    return edge;
}

static struct view_access look(const struct mpu_state *mpu, uint32_t address, uint32_t bytes)
{
    struct mpu_verdict read = mpu_check(mpu, address, 1, MPU_ACCESS_READ, by_process);
    return (struct view_access){.address = address,
                                .bytes = bytes,
                                .read = read.allowed,
                                .write = may(mpu, address, MPU_ACCESS_WRITE, by_process),
                                .execute = may(mpu, address, MPU_ACCESS_FETCH, by_process),
                                .region = read.region};
}

static bool is_same(const struct view_access *one, const struct view_access *other)
{
    return one->read == other->read && one->write == other->write &&
           one->execute == other->execute && one->region == other->region;
}

size_t view_mpu_spans(const struct mpu_state *mpu, uint32_t address, uint32_t bytes,
                      struct view_access *spans, size_t max)
{
    size_t count = 0;
    uint32_t left = bytes;
    while (left > 0) {
        uint32_t edge = next_edge(mpu, address);
        uint32_t run = edge != 0 && edge - address < left ? edge - address : left;
        struct view_access here = look(mpu, address, run);
        if (count > 0 && (count == max || is_same(&spans[count - 1], &here))) {
            spans[count - 1].bytes += run;
        } else if (count < max) {
            spans[count++] = here;
        }
        address += run;
        left -= run;
    }
    return count;
}

void view_mpu_rights(const struct mpu_state *mpu, uint32_t address, char rights[4])
{
    write_rights(mpu, address, by_process, rights);
}

static const char *rights_in_words(const char rights[4])
{
    static const struct {
        const char *rights, *words;
    } table[] = {
        {"RW-", "read and write"},          {"R-X", "read and execute"}, {"R--", "read only"},
        {"RWX", "read, write and execute"}, {"---", "nothing"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (strcmp(table[i].rights, rights) == 0) {
            return table[i].words;
        }
    }
    return rights;
}

void view_mpu_describe(const struct mpu_state *mpu, uint32_t address, char *text, size_t size)
{
    char rights[4];
    view_mpu_rights(mpu, address, rights);
    struct mpu_verdict verdict = mpu_check(mpu, address, 1, MPU_ACCESS_READ, by_process);
    if (verdict.region >= 0 && verdict.allowed) {
        snprintf(text, size, "open by region %d: %s", verdict.region, rights_in_words(rights));
    } else if (verdict.region >= 0) {
        snprintf(text, size, "closed by region %d: for the kernel only", verdict.region);
    } else if (verdict.region == MPU_REGION_NONE && verdict.disabled_region >= 0) {
        snprintf(text, size, "closed: sub-region %d of region %d is disabled",
                 verdict.disabled_subregion, verdict.disabled_region);
    } else if (verdict.region == MPU_REGION_NONE) {
        snprintf(text, size, "closed: no region maps it");
    } else {
        snprintf(text, size, "not guarded by a region: %s", rights_in_words(rights));
    }
}

void view_mpu_refusal(const struct mpu_verdict *verdict, enum mpu_access access, char *text,
                      size_t size)
{
    static const char *const verbs[] = {[MPU_ACCESS_READ] = "reading",
                                        [MPU_ACCESS_WRITE] = "writing",
                                        [MPU_ACCESS_FETCH] = "executing"};
    if (verdict->region >= 0) {
        snprintf(text, size, "MPU region %d forbids %s", verdict->region, verbs[access]);
    } else if (verdict->region == MPU_REGION_NONE && verdict->disabled_region >= 0) {
        snprintf(text, size, "sub-region %d of MPU region %d is disabled",
                 verdict->disabled_subregion, verdict->disabled_region);
    } else if (verdict->region == MPU_REGION_NONE) {
        snprintf(text, size, "no MPU region maps it");
    } else {
        snprintf(text, size, "the default memory map forbids %s", verbs[access]);
    }
}
