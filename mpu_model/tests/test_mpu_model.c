/*
 * The MPU model against an oracle that knows nothing of pages, ranges or short cuts: it takes one
 * byte, walks the regions as the manual's pseudocode does (from 0 up, a later match overrides an
 * earlier one) and asks nothing of the model. Fixed seeds; a failing check prints what re-runs it.
 */
#include "mpu_model/mpu_model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* --- the oracle ------------------------------------------------------------------------------ */

struct oracle_regs {
    bool enable, hfnmiena, privdefena;
    struct {
        bool enable, xn;
        unsigned size, ap;
        bool disabled[8];
        uint64_t base;
    } region[8];
};

struct oracle_answer {
    bool ok;
    int region;
    int subregion;
};

/* Table of B3.5's access permissions: who may do what, spelt out. Row AP 0b100 is reserved:
 * nothing. */
static const char *const ap_table[8][2] = {
    /* privileged, unprivileged */
    {"", ""}, {"rw", ""}, {"rw", "r"}, {"rw", "rw"}, {"", ""}, {"r", ""}, {"r", "r"}, {"r", "r"},
};

static bool default_xn(uint64_t address)
{
    if (address < 0x20000000) {
        return false; /* code */
    }
    if (address < 0x40000000) {
        return false; /* SRAM */
    }
    if (address < 0x60000000) {
        return true; /* peripherals */
    }
    if (address < 0xA0000000) {
        return false; /* external RAM */
    }
    return true; /* external devices, private peripherals, vendor's */
}

static struct oracle_answer oracle_byte(const struct oracle_regs *regs, uint64_t address, char what,
                                        bool privileged, bool negative)
{
    const char *may = "rw";
    bool xn = default_xn(address);
    struct oracle_answer answer = {false, MPU_REGION_NONE, -1};
    bool hit = false;
    if (address / 0x100000 == 0xE00) {
        hit = true;
        answer.region = MPU_REGION_DEFAULT;
    } else if (!regs->enable) {
        hit = true;
        answer.region = MPU_REGION_DEFAULT;
    } else if (negative && !regs->hfnmiena) {
        hit = true;
        answer.region = MPU_REGION_DEFAULT;
    } else {
        if (privileged && regs->privdefena) {
            hit = true;
            answer.region = MPU_REGION_BACKGROUND;
        }
        for (int n = 0; n <= 7; n++) {
            if (!regs->region[n].enable || regs->region[n].size < 4) {
                continue;
            }
            uint64_t bytes = (uint64_t)2 << regs->region[n].size;
            uint64_t from = regs->region[n].base / bytes * bytes;
            if (address < from || address >= from + bytes) {
                continue;
            }
            int sub = -1;
            if (bytes >= 256) {
                sub = (int)((address - from) / (bytes / 8));
                if (regs->region[n].disabled[sub]) {
                    continue;
                }
            }
            hit = true;
            answer.region = n;
            answer.subregion = sub;
            may = ap_table[regs->region[n].ap][privileged ? 0 : 1];
            xn = regs->region[n].xn;
        }
    }
    if (address >= 0xE0000000) {
        xn = true;
    }
    if (what == 'x') {
        answer.ok = hit && strchr(may, 'r') != NULL && !xn;
    } else {
        answer.ok = hit && strchr(may, what) != NULL;
    }
    return answer;
}

/* --- random configurations, written through the registers ------------------------------------ */

static uint64_t rng_next(uint64_t *rng)
{
    *rng = *rng * 6364136223846793005u + 1442695040888963407u;
    uint64_t x = *rng >> 22;
    return (x ^ (x >> 17)) & 0xFFFFFFFF;
}

static uint32_t rng_below(uint64_t *rng, uint32_t limit)
{
    return (uint32_t)(rng_next(rng) % limit);
}

static const enum mpu_access accesses[3] = {MPU_ACCESS_READ, MPU_ACCESS_WRITE, MPU_ACCESS_FETCH};
static const char letters[3] = {'r', 'w', 'x'};

/* Regions crowd around a few places so that they overlap; some lie anywhere. */
static uint32_t pick_address(uint64_t *rng)
{
    static const uint32_t places[] = {0x20000000, 0x20004000, 0x00000000, 0xFFFFF000,
                                      0xE0000000, 0xE0100000, 0x40000000, 0x9FFFF800};
    if (rng_below(rng, 8) == 0) {
        return (uint32_t)rng_next(rng);
    }
    return places[rng_below(rng, 8)] + rng_below(rng, 0x2000) - 0x800;
}

static uint32_t pick_size(uint64_t *rng)
{
    if (rng_below(rng, 10) == 0) {
        return rng_below(rng, 32);
    }
    return 4 + rng_below(rng, 10);
}

static void configure(uint64_t *rng, struct mpu_state *mpu, struct oracle_regs *regs)
{
    mpu_reset(mpu);
    memset(regs, 0, sizeof *regs);
    uint32_t ctrl = rng_below(rng, 8) | (rng_below(rng, 16) != 0);
    regs->enable = ctrl & 1;
    regs->hfnmiena = ctrl & 2;
    regs->privdefena = ctrl & 4;
    assert_int_equal(mpu_register_write(mpu, 0x04, ctrl), MPU_WRITE_DONE);
    for (uint32_t n = 0; n < 8; n++) {
        uint32_t base = pick_address(rng) & ~31u;
        uint32_t size = pick_size(rng);
        uint32_t srd = rng_below(rng, 3) == 0 ? 0 : rng_below(rng, 256);
        uint32_t ap = rng_below(rng, 8);
        uint32_t xn = rng_below(rng, 2);
        uint32_t enable = rng_below(rng, 8) != 0;
        uint32_t rasr = xn << 28 | ap << 24 | srd << 8 | size << 1 | enable;
        uint32_t alias = rng_below(rng, 4) * 8;
        if (rng_below(rng, 2)) {
            assert_int_equal(mpu_register_write(mpu, 0x0C + alias, base | 0x10 | n),
                             MPU_WRITE_DONE);
        } else {
            assert_int_equal(mpu_register_write(mpu, 0x08, n), MPU_WRITE_DONE);
            assert_int_equal(mpu_register_write(mpu, 0x0C + alias, base | ((n + 1) & 7)),
                             MPU_WRITE_DONE);
        }
        assert_int_equal(mpu_register_write(mpu, 0x10 + alias, rasr), MPU_WRITE_DONE);
        regs->region[n].enable = enable;
        regs->region[n].xn = xn;
        regs->region[n].size = size;
        regs->region[n].ap = ap;
        regs->region[n].base = base;
        for (int s = 0; s < 8; s++) {
            regs->region[n].disabled[s] = srd >> s & 1;
        }
    }
}

/* An address on, before or after an edge of something. */
static uint32_t pick_probe(uint64_t *rng, const struct oracle_regs *regs)
{
    uint32_t n = rng_below(rng, 8);
    uint64_t bytes = (uint64_t)2 << regs->region[n].size;
    uint64_t at = regs->region[n].base / bytes * bytes;
    switch (rng_below(rng, 4)) {
    case 0:
        return pick_address(rng);
    case 1:
        return (uint32_t)(at + bytes / 8 * rng_below(rng, 9) + rng_below(rng, 9) - 4);
    case 2:
        return (uint32_t)(at + rng_next(rng) % bytes);
    default:
        return (uint32_t)(regs->region[n].base + rng_below(rng, 1024) - 64);
    }
}

struct case_id {
    uint64_t seed;
    unsigned probe;
};

static void check_one(const struct mpu_state *mpu, const struct oracle_regs *regs, uint32_t address,
                      uint32_t size, unsigned kind, struct case_id id)
{
    bool privileged = kind & 1;
    bool negative = kind & 2;
    unsigned access = kind >> 2;
    struct mpu_context context = {privileged, negative};
    struct mpu_verdict verdict = mpu_check(mpu, address, size, accesses[access], context);
    bool ok = true;
    uint32_t at = address;
    struct oracle_answer answer = {true, MPU_REGION_NONE, -1};
    struct oracle_answer decisive = answer;
    for (uint32_t i = 0; i < size && ok; i++) {
        at = address + i;
        answer = oracle_byte(regs, at, letters[access], privileged, negative);
        ok = answer.ok;
        if (i == 0 || !ok) {
            decisive = answer;
        }
    }
    bool same = verdict.allowed == ok && verdict.region == decisive.region &&
                verdict.subregion == decisive.subregion &&
                verdict.fault_address == (ok ? address : at) &&
                (verdict.reason == MPU_REASON_ALLOWED) == ok;
    if (!same) {
        fail_msg("seed 0x%llx probe %u: address 0x%08x size %u %c privileged %d negative %d: "
                 "model %d region %d.%d at 0x%08x, oracle %d region %d.%d at 0x%08x",
                 (unsigned long long)id.seed, id.probe, address, size, letters[access], privileged,
                 negative, verdict.allowed, verdict.region, verdict.subregion,
                 verdict.fault_address, ok, decisive.region, decisive.subregion, ok ? address : at);
    }
}

/* --- tests ----------------------------------------------------------------------------------- */

static void test_random_accesses_agree_with_oracle(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 6000; seed++) {
        uint64_t rng = seed * 0x9E3779B97F4A7C15u;
        struct mpu_state mpu;
        struct oracle_regs regs;
        configure(&rng, &mpu, &regs);
        for (unsigned probe = 0; probe < 50; probe++) {
            uint32_t address = pick_probe(&rng, &regs);
            uint32_t size = probe % 10 == 0 ? rng_below(&rng, 200) : 1u + rng_below(&rng, 8);
            for (unsigned kind = 0; kind < 12; kind++) {
                check_one(&mpu, &regs, address, size, kind, (struct case_id){seed, probe});
            }
        }
    }
}

static void test_random_pages_agree_with_oracle(void **state)
{
    (void)state;
    unsigned seen[3] = {0, 0, 0};
    for (uint64_t seed = 1; seed <= 2500; seed++) {
        uint64_t rng = seed * 0xD1342543DE82EF95u;
        struct mpu_state mpu;
        struct oracle_regs regs;
        configure(&rng, &mpu, &regs);
        uint32_t page = pick_probe(&rng, &regs) & ~1023u;
        for (unsigned kind = 0; kind < 12; kind++) {
            struct mpu_context context = {kind & 1, kind & 2};
            unsigned allowed = 0;
            /* Nothing changes within 32 bytes; the byte probed within them varies. */
            for (uint32_t i = 0; i < 32; i++) {
                allowed += oracle_byte(&regs, page + i * 32 + (i * 7 + kind) % 32,
                                       letters[kind >> 2], kind & 1, kind & 2)
                               .ok;
            }
            enum mpu_page expected = allowed == 32  ? MPU_PAGE_ALLOWED
                                     : allowed == 0 ? MPU_PAGE_REFUSED
                                                    : MPU_PAGE_CUT;
            enum mpu_page got = mpu_query_page(&mpu, page, 1024, accesses[kind >> 2], context);
            seen[got]++;
            if (got != expected) {
                fail_msg("seed 0x%llx page 0x%08x kind %u: model %d, oracle %d",
                         (unsigned long long)seed, page, kind, got, expected);
            }
        }
    }
    assert_true(seen[MPU_PAGE_ALLOWED] > 1000);
    assert_true(seen[MPU_PAGE_REFUSED] > 1000);
    assert_true(seen[MPU_PAGE_CUT] > 1000);
}

/* Every AP, XN, privilege and access in plain memory, peripherals and the system space, from the
 * oracle's table. */
static void test_every_permission(void **state)
{
    (void)state;
    static const uint32_t bases[] = {0x20000000, 0x40000000, 0xA0000000, 0xE0200000, 0xE0000000};
    for (unsigned b = 0; b < 5; b++) {
        for (uint32_t ap = 0; ap < 8; ap++) {
            for (uint32_t xn = 0; xn < 2; xn++) {
                struct mpu_state mpu;
                struct oracle_regs regs = {.enable = true};
                mpu_reset(&mpu);
                mpu_register_write(&mpu, MPU_CTRL, MPU_CTRL_ENABLE);
                mpu_register_write(&mpu, MPU_RBAR, bases[b] | 0x10 | 3);
                mpu_register_write(&mpu, MPU_RASR, xn << 28 | ap << 24 | 4 << 1 | 1);
                regs.region[3].enable = true;
                regs.region[3].xn = xn;
                regs.region[3].size = 4;
                regs.region[3].ap = ap;
                regs.region[3].base = bases[b];
                for (unsigned kind = 0; kind < 12; kind++) {
                    for (uint32_t at = bases[b] - 5; at != bases[b] + 37; at++) {
                        check_one(&mpu, &regs, at, 4, kind, (struct case_id){ap, kind});
                    }
                }
            }
        }
    }
}

static struct mpu_state one_region(uint32_t ctrl, uint32_t base, uint32_t rasr)
{
    struct mpu_state mpu;
    mpu_reset(&mpu);
    mpu_register_write(&mpu, MPU_CTRL, ctrl);
    mpu_register_write(&mpu, MPU_RBAR, base | 0x10);
    mpu_register_write(&mpu, MPU_RASR, rasr);
    return mpu;
}

static const struct mpu_context user = {false, false};
static const struct mpu_context kernel = {true, false};

static void test_registers(void **state)
{
    (void)state;
    struct mpu_state mpu;
    uint32_t value;
    mpu_reset(&mpu);
    static const uint32_t reset_values[11] = {0x800};
    for (uint32_t i = 0; i < 11; i++) {
        assert_true(mpu_register_read(&mpu, i * 4, &value));
        assert_int_equal(value, reset_values[i]);
    }
    assert_false(mpu_register_read(&mpu, 0x2C, &value));
    assert_false(mpu_register_read(&mpu, 0x01, &value));
    assert_int_equal(mpu_register_write(&mpu, 0x00, 0xFFFFFFFF), MPU_WRITE_READ_ONLY);
    assert_int_equal(mpu_register_write(&mpu, 0x2C, 1), MPU_WRITE_NO_REGISTER);
    assert_int_equal(mpu_register_write(&mpu, 0x02, 1), MPU_WRITE_NO_REGISTER);

    assert_int_equal(mpu_register_write(&mpu, 0x04, 0xFFFFFFFF), MPU_WRITE_DONE);
    assert_true(mpu_register_read(&mpu, 0x04, &value));
    assert_int_equal(value, 7);

    assert_int_equal(mpu_register_write(&mpu, 0x08, 5), MPU_WRITE_DONE);
    assert_int_equal(mpu_register_write(&mpu, 0x0C, 0x20000FE7), MPU_WRITE_DONE); /* not VALID */
    assert_int_equal(mpu_register_write(&mpu, 0x10, 0xFFFFFFFF), MPU_WRITE_DONE);
    assert_true(mpu_register_read(&mpu, 0x0C, &value));
    assert_int_equal(value, 0x20000FE0 | 5);
    assert_true(mpu_register_read(&mpu, 0x10, &value));
    assert_int_equal(value, 0x173FFF3F);

    assert_int_equal(mpu_register_write(&mpu, 0x24, 0x20001000 | 0x10 | 2), MPU_WRITE_DONE);
    assert_true(mpu_register_read(&mpu, 0x08, &value));
    assert_int_equal(value, 2);
    assert_true(mpu_register_read(&mpu, 0x1C, &value));
    assert_int_equal(value, 0x20001002);
    assert_int_equal(mpu.rbar[5], 0x20000FE0);
}

static void test_region_numbers_of_eight_and_more_are_dropped(void **state)
{
    (void)state;
    struct mpu_state mpu = one_region(1, 0x20000000, 0x03000009);
    mpu_register_write(&mpu, MPU_RNR, 6);
    struct mpu_state before = mpu;
    assert_int_equal(mpu_register_write(&mpu, MPU_RNR, 8), MPU_WRITE_UNPREDICTABLE);
    assert_int_equal(mpu_register_write(&mpu, MPU_RNR, 0x100), MPU_WRITE_UNPREDICTABLE);
    assert_int_equal(mpu_register_write(&mpu, MPU_RBAR, 0x20000018), MPU_WRITE_UNPREDICTABLE);
    assert_memory_equal(&mpu, &before, sizeof mpu);
}

static void test_unpredictable_settings_are_named_and_as_documented(void **state)
{
    (void)state;
    struct mpu_state mpu = one_region(1, 0x20000000, 3 << 24 | 3 << 1 | 1); /* 16 bytes */
    assert_int_equal(mpu_query_unpredictable(&mpu, 0), MPU_UNPREDICTABLE_SIZE);
    assert_false(mpu_check(&mpu, 0x20000000, 1, MPU_ACCESS_READ, user).allowed);

    mpu = one_region(1, 0x20000000, 3 << 24 | 0xFF00 | 6 << 1 | 1); /* 128 bytes */
    assert_int_equal(mpu_query_unpredictable(&mpu, 0), MPU_UNPREDICTABLE_SRD);
    assert_true(mpu_check(&mpu, 0x20000000, 128, MPU_ACCESS_WRITE, user).allowed);

    mpu = one_region(1, 0x20000000, 4 << 24 | 6 << 1 | 1);
    assert_int_equal(mpu_query_unpredictable(&mpu, 0), MPU_UNPREDICTABLE_AP);
    assert_false(mpu_check(&mpu, 0x20000000, 1, MPU_ACCESS_READ, kernel).allowed);

    mpu = one_region(1, 0x20000020, 3 << 24 | 7 << 1 | 1);
    assert_int_equal(mpu_query_unpredictable(&mpu, 0), MPU_UNPREDICTABLE_ALIGN);
    assert_true(mpu_check(&mpu, 0x20000000, 256, MPU_ACCESS_READ, user).allowed);

    mpu = one_region(MPU_CTRL_HFNMIENA, 0x20000000, 7 << 1 | 1);
    assert_int_equal(mpu_query_unpredictable(&mpu, 7), MPU_UNPREDICTABLE_HFNMIENA);
    assert_true(
        mpu_check(&mpu, 0x20000000, 4, MPU_ACCESS_READ, (struct mpu_context){true, true}).allowed);

    mpu = one_region(1, 0x20000000, 4 << 24 | 3 << 1); /* disabled: nothing to complain about */
    assert_int_equal(mpu_query_unpredictable(&mpu, 0), 0);
}

static void test_ranges_wrap_and_may_be_everything(void **state)
{
    (void)state;
    struct mpu_state mpu = one_region(1, 0, 3 << 24 | 31 << 1 | 1); /* 4 GiB */
    assert_true(mpu_check(&mpu, 0, UINT32_MAX, MPU_ACCESS_WRITE, user).allowed);
    assert_true(mpu_check(&mpu, 0xFFFFFFFE, 4, MPU_ACCESS_WRITE, user).allowed);
    assert_int_equal(mpu_query_page(&mpu, 0, UINT32_MAX, MPU_ACCESS_FETCH, user), MPU_PAGE_CUT);

    mpu = one_region(1, 0xFFFFFFE0, 3 << 24 | 4 << 1 | 1); /* the last 32 bytes */
    struct mpu_verdict verdict = mpu_check(&mpu, 0xFFFFFFFE, 4, MPU_ACCESS_WRITE, user);
    assert_false(verdict.allowed);
    assert_int_equal(verdict.fault_address, 0);
    assert_int_equal(verdict.region, MPU_REGION_NONE);
    assert_int_equal(mpu_query_page(&mpu, 0xFFFFFC00, 1024, MPU_ACCESS_READ, user), MPU_PAGE_CUT);
    uint32_t first;
    uint32_t last;
    assert_true(mpu_query_region(&mpu, 0, &first, &last));
    assert_int_equal(first, 0xFFFFFFE0);
    assert_int_equal(last, 0xFFFFFFFF);
    assert_false(mpu_query_region(&mpu, 1, &first, &last));

    assert_true(mpu_check(&mpu, 0x1234, 0, MPU_ACCESS_WRITE, user).allowed);
}

static void test_reasons_and_disabled_subregions(void **state)
{
    (void)state;
    /* 256 bytes, read-only for the user, sub-region 2 disabled, execute never. */
    struct mpu_state mpu = one_region(1, 0x20000000, 1u << 28 | 2 << 24 | 4 << 8 | 7 << 1 | 1);
    struct mpu_verdict verdict = mpu_check(&mpu, 0x2000003E, 4, MPU_ACCESS_READ, user);
    assert_false(verdict.allowed);
    assert_int_equal(verdict.reason, MPU_REASON_NO_REGION);
    assert_int_equal(verdict.fault_address, 0x20000040);
    assert_int_equal(verdict.disabled_region, 0);
    assert_int_equal(verdict.disabled_subregion, 2);
    struct mpu_state two = mpu; /* region 1 over it, 512 bytes, sub-regions 0 and 1 disabled */
    mpu_register_write(&two, MPU_RBAR, 0x20000011);
    mpu_register_write(&two, MPU_RASR, 2 << 24 | 3 << 8 | 8 << 1 | 1);
    verdict = mpu_check(&two, 0x20000040, 4, MPU_ACCESS_READ, user);
    assert_int_equal(verdict.disabled_region, 1); /* the highest that would hold it */
    assert_int_equal(verdict.disabled_subregion, 1);

    verdict = mpu_check(&mpu, 0x20000020, 4, MPU_ACCESS_WRITE, user);
    assert_int_equal(verdict.reason, MPU_REASON_PERMISSION);
    assert_int_equal(verdict.region, 0);
    assert_int_equal(verdict.subregion, 1);
    assert_int_equal(verdict.disabled_region, -1);
    verdict = mpu_check(&mpu, 0x20000020, 2, MPU_ACCESS_FETCH, user);
    assert_int_equal(verdict.reason, MPU_REASON_EXECUTE_NEVER);
    verdict = mpu_check(&mpu, 0x20000200, 2, MPU_ACCESS_READ, user);
    assert_int_equal(verdict.reason, MPU_REASON_NO_REGION);
    assert_int_equal(verdict.disabled_region, -1);

    /* The default map's own execute-never, with the MPU off. */
    mpu_reset(&mpu);
    verdict = mpu_check(&mpu, 0x40000000, 2, MPU_ACCESS_FETCH, kernel);
    assert_int_equal(verdict.reason, MPU_REASON_EXECUTE_NEVER);
    assert_int_equal(verdict.region, MPU_REGION_DEFAULT);
    verdict = mpu_check(&mpu, 0xE000E100, 4, MPU_ACCESS_WRITE, user);
    assert_true(verdict.allowed); /* the bus faults it, not the MPU */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_registers),
        cmocka_unit_test(test_region_numbers_of_eight_and_more_are_dropped),
        cmocka_unit_test(test_unpredictable_settings_are_named_and_as_documented),
        cmocka_unit_test(test_ranges_wrap_and_may_be_everything),
        cmocka_unit_test(test_reasons_and_disabled_subregions),
        cmocka_unit_test(test_every_permission),
        cmocka_unit_test(test_random_accesses_agree_with_oracle),
        cmocka_unit_test(test_random_pages_agree_with_oracle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
