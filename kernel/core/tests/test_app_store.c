/* Installations that are cut at every operation of the flash, in several ways each, and again in
 * the recovery: afterwards every other app is whole, and the one in question old or new. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/abi/syscall.h"
#include "kernel/abi/tbf.h"
#include "kernel/core/app_store.h"

#define SECTOR    HIL_FLASH_SECTOR_BYTES
#define SECTORS   16u
#define BYTES     (SECTORS * SECTOR)
#define ADDRESS   0x40000u
#define NEVER     0xFFFFFFFFu
#define CUT_MODES 6u

/* There are no capsules. */
bool guard_is_dead(const struct capsule *owner)
{
    return owner != NULL;
}

enum operation { IDLE, PROGRAM, ERASE };

/* A flash of which power can be cut: the operation `cut_at` is left as `cut_mode` says. */
struct bench {
    struct hil_flash flash;
    const struct hil_flash_client *client;
    enum operation operation;
    uint32_t address, length;
    struct dma_buffer *buffer;
    uint8_t *bytes;
    uint32_t count, cut_at, cut_mode;
    bool dead;
    uint32_t fail_at;   /* an operation that changes nothing and says K_OK */
    uint32_t refuse_at; /* one that changes all and says K_EFAIL */
    _Alignas(4) uint8_t memory[BYTES];
    struct app_store store;
    int status; /* of the latest job */
    bool done;
};

static int begin(struct bench *bench, enum operation operation, uint32_t address, uint32_t length)
{
    assert_int_equal(bench->operation, IDLE);
    assert_int_equal(hil_flash_check(BYTES, address, operation == ERASE ? 0 : length), K_OK);
    bench->operation = operation;
    bench->address = address;
    bench->length = length;
    return K_OK;
}

static int flash_read(void *self, uint32_t address, struct dma_buffer *buffer, uint32_t length)
{
    (void)self, (void)address, (void)buffer, (void)length;
    fail();
    return K_EFAIL;
}

static int flash_program(void *self, uint32_t address, struct dma_buffer *buffer, uint32_t length)
{
    struct bench *bench = self;
    struct slice part = {NULL, 0};
    assert_int_equal(dma_buffer_claim(buffer, 0, length, &part), K_OK);
    bench->buffer = buffer;
    bench->bytes = part.bytes;
    for (uint32_t i = 0; i < length; i++) {
        /* Only bits that are one can become zero. */
        assert_int_equal(bench->memory[address + i] & part.bytes[i], part.bytes[i]);
    }
    return begin(bench, PROGRAM, address, length);
}

static int flash_erase(void *self, uint32_t address)
{
    assert_int_equal(address % SECTOR, 0);
    return begin(self, ERASE, address, SECTOR);
}

static void flash_set_client(void *self, const struct hil_flash_client *client)
{
    struct bench *bench = self;
    bench->client = client;
}

static const struct hil_flash_ops flash_ops = {flash_read, flash_program, flash_erase,
                                               flash_set_client};

static uint8_t goal(const struct bench *bench, uint32_t i)
{
    return bench->operation == ERASE ? 0xFF : bench->bytes[i];
}

/* 0: nothing is done; 1: all, but nobody is told; 2: the first half; 3: the second half; else bits
 * here and there. */
static void change(struct bench *bench, uint32_t mode, uint32_t seed)
{
    uint32_t x = seed * 2654435761u + mode;
    for (uint32_t i = 0; i < bench->length; i++) {
        uint8_t *at = &bench->memory[bench->address + i];
        x = x * 1664525u + 1013904223u;
        uint8_t mask = mode == 0   ? 0
                       : mode == 1 ? 0xFF
                       : mode == 2 ? (i < bench->length / 2 ? 0xFF : 0)
                       : mode == 3 ? (i < bench->length / 2 ? 0 : 0xFF)
                                   : (uint8_t)(x >> 16 & (x >> 24));
        *at = (uint8_t)((*at & ~mask) | (goal(bench, i) & mask));
    }
}

/* Until nothing is under way, or the power is gone. */
static void run(struct bench *bench)
{
    while (bench->operation != IDLE && !bench->dead) {
        uint32_t mode = 1;
        int status = bench->count == bench->refuse_at ? K_EFAIL : K_OK;
        if (bench->count == bench->cut_at) {
            bench->dead = true;
            mode = bench->cut_mode;
        } else if (bench->count == bench->fail_at) {
            mode = 0;
        }
        change(bench, mode, bench->count);
        bench->count++;
        if (!bench->dead) {
            if (bench->operation == PROGRAM) {
                dma_buffer_release(bench->buffer);
            }
            bench->operation = IDLE;
            hil_flash_client_done(bench->client, status);
        }
    }
}

static void done(void *self, int status)
{
    struct bench *bench = self;
    bench->status = status;
    bench->done = true;
}

/* Power comes (back). */
static void power_up(struct bench *bench)
{
    bench->flash = (struct hil_flash){&flash_ops, bench, NULL, BYTES};
    bench->operation = IDLE;
    bench->dead = false;
    bench->count = 0;
    bench->cut_at = NEVER;
    bench->fail_at = NEVER;
    bench->refuse_at = NEVER;
    app_store_init(&bench->store, &bench->flash, bench->memory, ADDRESS, done, bench);
}

static void recover(struct bench *bench)
{
    bench->done = false;
    app_store_recover(&bench->store);
    run(bench);
}

/* --- Apps --- */

struct app {
    char name[8];
    uint32_t bytes;
    uint32_t seed; /* which version of it */
};

static void make_image(const struct app *app, uint8_t *image)
{
    uint32_t x = app->seed * 77u + (uint8_t)app->name[0];
    for (uint32_t i = 0; i < app->bytes; i++) {
        x = x * 1664525u + 1013904223u;
        image[i] = (uint8_t)(x >> 24);
    }
    uint8_t *at = image + sizeof(struct tbf_header);
    const struct tbf_main program = {0, 0, 1024};
    const struct tbf_kernel_version version = {2, 0};
    memcpy(at, &(struct tbf_tlv){TBF_TYPE_MAIN, sizeof program}, 4);
    memcpy(at + 4, &program, sizeof program);
    at += 4 + sizeof program;
    memcpy(at, &(struct tbf_tlv){TBF_TYPE_KERNEL_VERSION, sizeof version}, 4);
    memcpy(at + 4, &version, sizeof version);
    at += 4 + sizeof version;
    memcpy(at, &(struct tbf_tlv){TBF_TYPE_PACKAGE_NAME, 4}, 4);
    memcpy(at + 4, app->name, 4);
    at += 8;
    struct tbf_header header = {.version = TBF_VERSION,
                                .header_size = (unsigned short)(at - image),
                                .total_size = app->bytes,
                                .flags = TBF_FLAG_ENABLED};
    memcpy(image, &header, sizeof header);
    for (uint32_t i = 0; i < header.header_size; i += 4) {
        uint32_t word;
        memcpy(&word, image + i, 4);
        header.checksum ^= word;
    }
    memcpy(image, &header, sizeof header);
}

static void put_padding(uint8_t *at, uint32_t bytes)
{
    struct tbf_header header = {TBF_VERSION, sizeof header, bytes, 0, 0};
    header.checksum = (uint32_t)TBF_VERSION ^ (uint32_t)sizeof header << 16 ^ bytes;
    memcpy(at, &header, sizeof header);
}

/* One step of a list: an app, or (no name) a padding, or (no length) the end. */
static void lay_out(struct bench *bench, const struct app *apps)
{
    uint32_t at = 0;
    memset(bench->memory, 0xFF, BYTES);
    for (; apps->bytes != 0; apps++) {
        if (apps->name[0] != '\0') {
            make_image(apps, bench->memory + at);
        } else {
            /* Full of things that look like apps. */
            const struct app lie = {"lie!", 512, 1};
            for (uint32_t i = 0; i + 512 <= apps->bytes; i += 512) {
                make_image(&lie, bench->memory + at + i);
            }
            put_padding(bench->memory + at, apps->bytes);
        }
        at += apps->bytes;
    }
    power_up(bench);
}

/* The enabled app of that name, from `at` on. */
static uint32_t where_from(const struct bench *bench, const char *name, uint32_t at)
{
    struct tbf_app app;
    for (;; at += app.total_size) {
        enum tbf_result result = app_list_look(&bench->store.area, at, &app);
        if (app.total_size == 0) {
            return APP_LIST_NONE;
        }
        if (result == TBF_APP && app.name_length == 4 &&
            memcmp(bench->memory + at + app.name, name, 4) == 0) {
            return at;
        }
    }
}

static uint32_t where(const struct bench *bench, const char *name)
{
    return where_from(bench, name, 0);
}

/* The one that is not the installation under way. */
static uint32_t where_other(const struct bench *bench, const char *name)
{
    uint32_t at = where(bench, name);
    uint32_t new_app = app_store_new_app(&bench->store);
    return at != new_app ? at : where_from(bench, name, bench->store.place.app_end);
}

static bool is_there(const struct bench *bench, const struct app *app)
{
    static uint8_t image[BYTES];
    uint32_t at = where(bench, app->name);
    make_image(app, image);
    return at != APP_LIST_NONE && memcmp(bench->memory + at, image, app->bytes) == 0;
}

/* The jobs of one installation, as far as power lasts. True: it went through. */
static bool job(struct bench *bench)
{
    run(bench);
    return !bench->dead && bench->done && bench->status == K_OK;
}

static void begin_app(struct bench *bench, const struct app *app)
{
    bench->done = false;
    app_store_begin(&bench->store, app->bytes, TBF_ADDRESS_ANY);
}

/* What the job that was begun just now has said from inside the call. */
static int refused(struct bench *bench)
{
    assert_true(bench->done && bench->operation == IDLE && !app_store_is_busy(&bench->store));
    bench->done = false;
    return bench->status;
}

static bool put_app(struct bench *bench, const struct app *app)
{
    static uint8_t image[BYTES];
    make_image(app, image);
    for (uint32_t i = 0; i < app->bytes; i += APP_STORE_PIECE_BYTES) {
        uint32_t left = app->bytes - i;
        uint32_t length = left < APP_STORE_PIECE_BYTES ? left : APP_STORE_PIECE_BYTES;
        bench->done = false;
        assert_int_equal(app_store_put(&bench->store, i, (struct const_slice){image + i, length}),
                         K_OK);
        if (!job(bench)) {
            return false;
        }
    }
    return true;
}

static bool install(struct bench *bench, const struct app *app)
{
    struct tbf_app found;
    begin_app(bench, app);
    if (!job(bench) || !put_app(bench, app)) {
        return false;
    }
    assert_int_equal(app_store_look(&bench->store, &found), TBF_APP);
    bench->done = false;
    app_store_commit(&bench->store, where_other(bench, app->name));
    return job(bench);
}

/* --- Cuts --- */

struct scenario {
    const char *what;
    struct app list[8];
    struct app others[4]; /* must stay as they are */
    struct app old;       /* no length: it is new */
    struct app new;
};

static const struct scenario scenarios[] = {
    {"behind the last app",
     {{"aaaa", 8192, 1}, {"bbbb", 4096, 1}},
     {{"aaaa", 8192, 1}},
     {"bbbb", 4096, 1},
     {"bbbb", 8192, 2}},
    {"a new one, behind a part of a sector",
     {{"aaaa", 2048, 1}, {"bbbb", 1024, 1}},
     {{"aaaa", 2048, 1}, {"bbbb", 1024, 1}},
     {"", 0, 0},
     {"cccc", 6144, 1}},
    {"into a padding",
     {{"aaaa", 4096, 1}, {"", 16384, 0}, {"bbbb", 4096, 1}, {"cccc", 2048, 1}},
     {{"aaaa", 4096, 1}, {"cccc", 2048, 1}},
     {"bbbb", 4096, 1},
     {"bbbb", 5120, 2}},
    {"into all of a padding",
     {{"aaaa", 4096, 1}, {"", 8192, 0}, {"bbbb", 4096, 1}, {"cccc", 2048, 1}},
     {{"aaaa", 4096, 1}, {"cccc", 2048, 1}},
     {"bbbb", 4096, 1},
     {"bbbb", 8192, 2}},
    {"into whole sectors of a padding",
     {{"", 16384, 0}, {"bbbb", 4096, 1}, {"cccc", 2048, 1}},
     {{"cccc", 2048, 1}},
     {"bbbb", 4096, 1},
     {"bbbb", 4096, 2}},
    {"where the MPU needs a lead",
     {{"aaaa", 4096, 1}, {"", 40960, 0}, {"bbbb", 8192, 1}},
     {{"aaaa", 4096, 1}},
     {"bbbb", 8192, 1},
     {"bbbb", 16384, 2}},
    {"holes side by side",
     {{"aaaa", 4096, 1}, {"", 2048, 0}, {"", 2048, 0}, {"", 4096, 0}, {"bbbb", 4096, 1}},
     {{"aaaa", 4096, 1}},
     {"bbbb", 4096, 1},
     {"bbbb", 7168, 2}},
    {"the last hole and the end",
     {{"aaaa", 4096, 1}, {"bbbb", 2048, 1}, {"", 2048, 0}, {"", 8192, 0}},
     {{"aaaa", 4096, 1}},
     {"bbbb", 2048, 1},
     {"bbbb", 12288, 2}},
};
#define SCENARIOS (sizeof scenarios / sizeof scenarios[0])

static bool others_are_there(const struct bench *bench, const struct scenario *scenario)
{
    for (const struct app *app = scenario->others; app->bytes != 0; app++) {
        if (!is_there(bench, app)) {
            return false;
        }
    }
    return where(bench, "lie!") == APP_LIST_NONE;
}

/* 0: neither, 1: the old one, 2: the new one, 3: half of something, or both. */
static int state(const struct bench *bench, const struct scenario *scenario)
{
    uint32_t first = where(bench, scenario->new.name);
    if (first == APP_LIST_NONE) {
        return 0;
    }
    struct tbf_app app;
    (void)app_list_look(&bench->store.area, first, &app);
    uint32_t second = where_from(bench, scenario->new.name, first + app.total_size);
    if (second != APP_LIST_NONE) {
        return 3;
    }
    if (is_there(bench, &scenario->new)) {
        return 2;
    }
    return scenario->old.bytes != 0 && is_there(bench, &scenario->old) ? 1 : 3;
}

static struct bench bench;

/* Cut at operation `first`; if `second` is one, then also at that one of the recovery. */
static int cut_at(const struct scenario *scenario, uint32_t first, uint32_t mode, uint32_t second,
                  uint32_t second_mode, bool *second_happened)
{
    lay_out(&bench, scenario->list);
    bench.cut_at = first;
    bench.cut_mode = mode;
    bool whole = install(&bench, &scenario->new);
    assert_true(whole == !bench.dead);
    power_up(&bench);
    bench.cut_at = second;
    bench.cut_mode = second_mode;
    recover(&bench);
    *second_happened = bench.dead;
    if (bench.dead) {
        power_up(&bench);
        recover(&bench);
    }
    assert_true(bench.done);
    assert_int_equal(bench.status, K_OK);
    if (!others_are_there(&bench, scenario)) {
        return 3;
    }
    return state(&bench, scenario);
}

static void check(const struct scenario *scenario, uint32_t first, uint32_t mode, uint32_t second,
                  uint32_t second_mode, bool *second_happened)
{
    int before = scenario->old.bytes != 0 ? 1 : 0;
    int found = cut_at(scenario, first, mode, second, second_mode, second_happened);
    if (found != before && found != 2) {
        fail_msg("%s: cut %u mode %u, then %u mode %u: state %d", scenario->what, first, mode,
                 second, second_mode, found);
    }
    /* And the next one goes through. */
    struct app next = scenario->new;
    next.seed += 10;
    next.bytes = 4096;
    bench.cut_at = NEVER;
    if (!install(&bench, &next)) {
        fail_msg("%s: cut %u mode %u: nothing can be installed any more", scenario->what, first,
                 mode);
    }
    assert_true(is_there(&bench, &next));
    assert_true(others_are_there(&bench, scenario));
}

static uint32_t operations_of(const struct scenario *scenario)
{
    lay_out(&bench, scenario->list);
    assert_true(install(&bench, &scenario->new));
    uint32_t count = bench.count;
    assert_int_equal(state(&bench, scenario), 2);
    assert_true(others_are_there(&bench, scenario));
    return count;
}

static void every_operation_may_be_cut(void **unused)
{
    (void)unused;
    for (uint32_t i = 0; i < SCENARIOS; i++) {
        uint32_t count = operations_of(&scenarios[i]);
        assert_true(count > 10);
        for (uint32_t at = 0; at < count; at++) {
            for (uint32_t mode = 0; mode < CUT_MODES; mode++) {
                bool again = false;
                check(&scenarios[i], at, mode, NEVER, 0, &again);
            }
        }
    }
}

static void and_so_may_every_operation_of_the_recovery(void **unused)
{
    (void)unused;
    for (uint32_t i = 0; i < SCENARIOS; i++) {
        uint32_t count = operations_of(&scenarios[i]);
        for (uint32_t at = 0; at < count; at++) {
            for (uint32_t mode = 0; mode < CUT_MODES; mode += 4) {
                bool again = true;
                for (uint32_t second = 0; again; second++) {
                    for (uint32_t second_mode = 0; second_mode < CUT_MODES; second_mode += 2) {
                        check(&scenarios[i], at, mode, second, second_mode, &again);
                    }
                }
            }
        }
    }
}

static void the_switch_is_one_operation(void **unused)
{
    (void)unused;
    for (uint32_t i = 0; i < SCENARIOS; i++) {
        uint32_t count = operations_of(&scenarios[i]);
        int before = scenarios[i].old.bytes != 0 ? 1 : 0;
        int last = before;
        uint32_t switches = 0;
        for (uint32_t at = 0; at < count; at++) {
            bool again = false;
            int found = cut_at(&scenarios[i], at, 0, NEVER, 0, &again);
            switches += found != last;
            last = found;
        }
        assert_int_equal(last, 2);
        assert_int_equal(switches, 1);
    }
}

static void an_operation_that_did_not_happen_is_an_error_that_leaves_the_old_app(void **unused)
{
    (void)unused;
    for (uint32_t i = 0; i < SCENARIOS; i++) {
        uint32_t count = operations_of(&scenarios[i]);
        for (uint32_t at = 0; at < count; at++) {
            lay_out(&bench, scenarios[i].list);
            bench.fail_at = at;
            bool whole = install(&bench, &scenarios[i].new);
            power_up(&bench);
            recover(&bench);
            int found = state(&bench, &scenarios[i]);
            assert_true(others_are_there(&bench, &scenarios[i]));
            assert_true(found == 2 || (!whole && found == (scenarios[i].old.bytes != 0 ? 1 : 0)));
        }
    }
}

/* Whoever tries again at once has what he was told, after the next start, too. */
static void an_operation_that_is_refused_though_it_happened_leaves_nothing_open(void **unused)
{
    (void)unused;
    for (uint32_t i = 0; i < SCENARIOS; i++) {
        uint32_t count = operations_of(&scenarios[i]);
        for (uint32_t at = 0; at < count; at++) {
            lay_out(&bench, scenarios[i].list);
            bench.refuse_at = at;
            bool whole = install(&bench, &scenarios[i].new);
            bench.refuse_at = NEVER;
            whole = whole || install(&bench, &scenarios[i].new);
            power_up(&bench);
            recover(&bench);
            assert_true(others_are_there(&bench, &scenarios[i]));
            assert_true(state(&bench, &scenarios[i]) == 2 || !whole);
        }
    }
}

static void removing_may_be_cut(void **unused)
{
    (void)unused;
    for (uint32_t mode = 0; mode < CUT_MODES; mode++) {
        const struct scenario *scenario = &scenarios[2];
        lay_out(&bench, scenario->list);
        bench.cut_at = 0;
        bench.cut_mode = mode;
        app_store_retire(&bench.store, where(&bench, "bbbb"));
        run(&bench);
        assert_true(bench.dead);
        power_up(&bench);
        recover(&bench);
        assert_true(others_are_there(&bench, scenario));
        assert_true(is_there(&bench, &scenario->old) || where(&bench, "bbbb") == APP_LIST_NONE);
        assert_true(mode != 0 || is_there(&bench, &scenario->old));
        assert_true(mode != 1 || where(&bench, "bbbb") == APP_LIST_NONE);
    }
}

/* What was installed before has nothing to do with it: one operation of the flash, and when that
 * does not happen, all is as before. */
static void removing_is_one_operation(void **unused)
{
    (void)unused;
    lay_out(&bench, scenarios[0].list);
    assert_true(install(&bench, &scenarios[0].new));
    uint32_t count = bench.count;
    bench.fail_at = count;
    app_store_retire(&bench.store, where(&bench, "bbbb"));
    assert_false(job(&bench));
    assert_int_equal(bench.status, K_EFAIL);
    assert_true(is_there(&bench, &scenarios[0].new));
    app_store_retire(&bench.store, where(&bench, "bbbb"));
    assert_true(job(&bench));
    assert_int_equal(bench.count, count + 2);
    assert_int_equal(where(&bench, "bbbb"), APP_LIST_NONE);
    assert_true(is_there(&bench, &scenarios[0].others[0]));
}

/* A flash that does not take the padding behind the last app, or the note: nothing has begun. */
static void what_fails_before_it_is_noted_can_be_tried_again(void **unused)
{
    (void)unused;
    const struct scenario *scenario = &scenarios[1];
    for (uint32_t at = 0; at < 2; at++) {
        lay_out(&bench, scenario->list);
        bench.fail_at = at;
        assert_false(install(&bench, &scenario->new));
        assert_int_equal(bench.count, at + 1);
        assert_int_equal(bench.status, K_EFAIL);
        bench.fail_at = NEVER;
        assert_true(install(&bench, &scenario->new));
        assert_true(others_are_there(&bench, scenario));
    }
}

static void installing_for_ever_wears_out_nothing_but_flash(void **unused)
{
    (void)unused;
    lay_out(&bench, scenarios[0].list);
    struct app app = {"bbbb", 4096, 0};
    for (uint32_t i = 0; i < 500; i++) { /* the journal is filled several times */
        app.seed = 1000 + i;
        app.bytes = 1024 * (1 + i % 16);
        app.bytes =
            app.bytes == 11264 || app.bytes == 13312 || app.bytes == 15360 || app.bytes == 9216
                ? 12288
                : app.bytes;
        if (!install(&bench, &app)) {
            fail_msg("installation %u of %u bytes", i, app.bytes);
        }
        assert_true(is_there(&bench, &app));
        assert_true(others_are_there(&bench, &scenarios[0]));
    }
}

static void what_is_not_allowed(void **unused)
{
    (void)unused;
    struct bench *b = &bench;
    lay_out(b, scenarios[0].list);
    static uint8_t image[BYTES];
    const struct app app = {"cccc", 4096, 1};
    struct tbf_app found;
    make_image(&app, image);
    assert_int_equal(app_store_put(&b->store, 0, (struct const_slice){image, 64}), K_ERESERVE);
    static const struct {
        uint32_t bytes, wanted;
        int status;
    } places[] = {
        {8, TBF_ADDRESS_ANY, K_EINVAL},
        {BYTES, TBF_ADDRESS_ANY, K_ESIZE},
        {4100, TBF_ADDRESS_ANY, K_ESIZE},
        {BYTES - 2 * SECTOR, TBF_ADDRESS_ANY, K_ENOMEM},
        {4096, ADDRESS, K_ENOMEM},
        {4096, ADDRESS - SECTOR, K_ENOMEM},
        {4096, ADDRESS + 5 * SECTOR + 2048, K_ENOMEM},
    };
    for (uint32_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        app_store_begin(&b->store, places[i].bytes, places[i].wanted);
        assert_int_equal(refused(b), places[i].status);
    }
    app_store_abort(&b->store);
    assert_int_equal(refused(b), K_EALREADY);
    assert_int_equal(app_store_look(&b->store, &found), TBF_END);
    begin_app(b, &app);
    assert_true(job(b));
    begin_app(b, &app);
    assert_int_equal(refused(b), K_EALREADY);
    app_store_retire(&b->store, where(b, "bbbb"));
    assert_int_equal(refused(b), K_EALREADY);
    static const struct {
        uint32_t to, from, length;
        int status;
    } pieces[] = {
        {2, 0, 64, K_EINVAL},  {4, 0, 64, K_EINVAL},
        {0, 0, 4, K_EINVAL},   {0, 4, 64, K_EINVAL},
        {4096, 0, 4, K_ESIZE}, {4092, 0, 8, K_ESIZE},
        {0, 0, 0, K_ESIZE},    {0, 0, APP_STORE_PIECE_BYTES + 4, K_ESIZE},
    };
    for (uint32_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        const struct const_slice piece = {image + pieces[i].from, pieces[i].length};
        assert_int_equal(app_store_put(&b->store, pieces[i].to, piece), pieces[i].status);
    }
    app_store_commit(&b->store, APP_LIST_NONE);
    assert_int_equal(refused(b), K_EINVAL);
    assert_true(put_app(b, &app));
    assert_int_equal(app_store_put(&b->store, 64, (struct const_slice){image + 128, 64}), K_EINVAL);
    assert_int_equal(app_store_look(&b->store, &found), TBF_APP);
    static const uint32_t no_apps[] = {12, BYTES - SECTOR, BYTES};
    for (uint32_t i = 0; i < sizeof no_apps / sizeof no_apps[0]; i++) {
        app_store_commit(&b->store, no_apps[i]);
        assert_int_equal(refused(b), K_EINVAL);
    }
    app_store_commit(&b->store, app_store_new_app(&b->store));
    assert_int_equal(refused(b), K_EINVAL);
    b->done = false;
    app_store_abort(&b->store);
    assert_true(job(b));
    assert_int_equal(where(b, "cccc"), APP_LIST_NONE);
    assert_true(is_there(b, &scenarios[0].old));
    for (uint32_t i = 0; i < sizeof no_apps / sizeof no_apps[0]; i++) {
        app_store_retire(&b->store, no_apps[i]);
        assert_int_equal(refused(b), K_EINVAL);
    }
}

/* A note of the journal, and then other apps from a programmer: it says nothing of those. */
static void a_stale_note_hurts_nobody(void **unused)
{
    (void)unused;
    lay_out(&bench, scenarios[0].list);
    bench.cut_at = 3;
    bench.cut_mode = 1;
    assert_false(install(&bench, &scenarios[0].new));
    const struct app larger = {"aaaa", 32768, 7};
    make_image(&larger, bench.memory);
    power_up(&bench);
    recover(&bench);
    assert_true(is_there(&bench, &larger));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operation_may_be_cut),
        cmocka_unit_test(and_so_may_every_operation_of_the_recovery),
        cmocka_unit_test(the_switch_is_one_operation),
        cmocka_unit_test(an_operation_that_did_not_happen_is_an_error_that_leaves_the_old_app),
        cmocka_unit_test(an_operation_that_is_refused_though_it_happened_leaves_nothing_open),
        cmocka_unit_test(removing_may_be_cut),
        cmocka_unit_test(removing_is_one_operation),
        cmocka_unit_test(what_fails_before_it_is_noted_can_be_tried_again),
        cmocka_unit_test(installing_for_ever_wears_out_nothing_but_flash),
        cmocka_unit_test(what_is_not_allowed),
        cmocka_unit_test(a_stale_note_hurts_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
