/* From flash to processes: which of several apps of one ShortId, what credentials decide, what is
 * said and kept of those that are refused, and apps that come later. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/abi/tbf.h"
#include "kernel/capsule/process_control.h"
#include "kernel/core/tests/kernel_fixture.h"

/* Who checks credentials: each answers by its first byte, when the test lets it. */
static struct {
    const struct hil_credential_client *client;
    const struct hil_credential_question *question; /* NULL: none is under way */
    uint32_t questions;
    uint32_t region_bytes, credential_bytes, format; /* of the latest one */
} checker;

static int check(void *self, const struct hil_credential_question *question)
{
    (void)self;
    if (question->format == 99) {
        return K_ENOSUPPORT;
    }
    checker.question = question;
    checker.questions++;
    checker.format = question->format;
    checker.region_bytes = question->region.length;
    checker.credential_bytes = question->credential.length;
    return K_OK;
}

static void set_client(void *self, const struct hil_credential_client *client)
{
    (void)self;
    checker.client = client;
}

static const struct hil_credential_ops checker_ops = {check, set_client};
static const struct hil_credential trusted_checker = {&checker_ops, NULL, NULL};
static struct hil_credential capsule_checker;
static struct kernel_credentials credentials;

static void checked_by(const struct hil_credential *by, enum kernel_credential_policy policy)
{
    credentials = (struct kernel_credentials){by, policy, &loader_credentials};
    fixture.config.credentials = &credentials;
}

static enum arch_stop run_for_a_slice(struct process *process)
{
    (void)process;
    arch_signals.is.slice_over = 1;
    return ARCH_STOP_INTERRUPT;
}

static int setup(void **state)
{
    memset(&checker, 0, sizeof(checker));
    (void)fixture_setup(state);
    fixture.config.report_loading = true;
    fixture.run = run_for_a_slice;
    capsule_checker = (struct hil_credential){&checker_ops, NULL, fixture_capsule};
    return 0;
}

static void answer(enum hil_credential_verdict verdict)
{
    assert_non_null(checker.question);
    checker.question = NULL;
    hil_credential_client_checked(checker.client, verdict);
}

/* 'a' accepts, 'r' rejects, anything else passes. */
static void answer_by_first_byte(void)
{
    uint8_t byte = slice_get(checker.question->credential, 0);
    answer(byte == 'a'   ? HIL_CREDENTIAL_ACCEPT
           : byte == 'r' ? HIL_CREDENTIAL_REJECT
                         : HIL_CREDENTIAL_PASS);
}

/* The main loop, and whoever checks, until nothing is to be done. */
static void run_all(void)
{
    kernel.in_main_loop = true;
    for (uint32_t i = 0; i < 200; i++) {
        (void)kernel_step();
        if (checker.question != NULL) {
            answer_by_first_byte();
        }
    }
}

static void boot_with(enum kernel_credential_policy policy)
{
    checked_by(&trusted_checker, policy);
    fixture_boot();
    run_all();
}

/* The names of all processes, in the order of their slots. */
static const char *loaded(void)
{
    static char names[200];
    size_t used = 0;
    for (uint32_t slot = 0; slot < KERNEL_PROCESS_SLOTS; slot++) {
        if (kernel.process[slot] != NULL) {
            struct const_slice name = process_name(kernel.process[slot]);
            memcpy(names + used, name.bytes, name.length);
            used += name.length;
            names[used++] = ' ';
        }
    }
    names[used] = '\0';
    return names;
}

/* How often the text was written. */
static uint32_t said(const char *text)
{
    uint32_t count = 0;
    for (const char *at = fixture.text; (at = strstr(at, text)) != NULL; at++) {
        count++;
    }
    return count;
}

static void add_app(const char *name, uint32_t short_id, uint32_t version)
{
    fixture_add_app(&(struct fixture_app){.name = name, .short_id = short_id, .version = version});
}

/* --- ShortId and version --- */

static void test_highest_version_whatever_the_order(void **state)
{
    static const uint32_t orders[6][3] = {{1, 2, 3}, {1, 3, 2}, {2, 1, 3},
                                          {2, 3, 1}, {3, 1, 2}, {3, 2, 1}};
    for (uint32_t i = 0; i < 6; i++) {
        (void)setup(state);
        for (uint32_t k = 0; k < 3; k++) {
            static const char *const names[] = {"", "one", "two", "three"};
            add_app(names[orders[i][k]], 7, orders[i][k]);
            add_app("other", 8 + k, 1);
        }
        fixture_boot();
        assert_string_equal(loaded(), "three other other other ");
        assert_int_equal(said("not loaded: an app of the same ShortId is loaded"), 2);
        assert_int_equal(said("not loaded"), 2);
    }
}

static void test_equal_versions_first_in_flash(void **state)
{
    (void)state;
    add_app("a", 7, 5);
    add_app("b", 7, 5);
    fixture_boot();
    assert_string_equal(loaded(), "a ");
}

/* Without a Program there is no version: the lowest. */
static void test_main_is_older_than_program(void **state)
{
    (void)state;
    add_app("main", 7, 0);
    add_app("program", 7, 1);
    fixture_boot();
    assert_string_equal(loaded(), "program ");
}

static void test_without_short_id_nobody_collides(void **state)
{
    (void)state;
    add_app("same", 0, 1);
    add_app("same", 0, 1);
    add_app("same", 0, 0);
    fixture_boot();
    assert_string_equal(loaded(), "same same same ");
}

/* The newest cannot be loaded: the next best is, and each is named once. */
static void test_next_best(void **state)
{
    (void)state;
    add_app("old", 7, 1);
    fixture_add_app(&(struct fixture_app){
        .name = "newest", .short_id = 7, .version = 9, .minimum_ram = 0x20000});
    add_app("middle", 7, 5);
    fixture_boot();
    assert_string_equal(loaded(), "middle ");
    assert_int_equal(said("App newest at 0x00030400 not loaded: not enough RAM is left, it wants "
                          "131072 bytes"),
                     1);
    assert_int_equal(said("App old at 0x00030000 not loaded: an app of the same"), 1);
    assert_int_equal(said("not loaded"), 2);
}

static void test_none_of_them(void **state)
{
    (void)state;
    for (uint32_t version = 1; version < 4; version++) {
        fixture_add_app(&(struct fixture_app){
            .name = "big", .short_id = 7, .version = version, .minimum_ram = 0x20000});
    }
    fixture_boot();
    assert_string_equal(loaded(), "");
    assert_int_equal(said("not enough RAM"), 3);
    assert_int_equal(said("not loaded"), 3);
}

/* --- Credentials --- */

#define CREDENTIAL(format, first) 128, 0, 8, 0, (format), 0, 0, 0, (first), 0, 0, 0
#define FOOTERS(app_name, ...)                                                                     \
    static const uint8_t app_name##_footers[] = {__VA_ARGS__};                                     \
    fixture_add_app(&(struct fixture_app){.name = #app_name,                                       \
                                          .version = 1,                                            \
                                          .footers = app_name##_footers,                           \
                                          .footer_bytes = sizeof(app_name##_footers)})

static void add_signed_and_others(void)
{
    FOOTERS(good, CREDENTIAL(3, 'a'));
    FOOTERS(bad, CREDENTIAL(3, 'r'));
    FOOTERS(unknown, CREDENTIAL(6, '?'), CREDENTIAL(99, 'r'));
    FOOTERS(second, CREDENTIAL(99, 'r'), CREDENTIAL(6, '?'), CREDENTIAL(3, 'a'),
            CREDENTIAL(3, 'r'));
    FOOTERS(bad_first, CREDENTIAL(6, 'r'), CREDENTIAL(3, 'a'));
    add_app("bare", 0, 0);
}

static void test_required(void **state)
{
    (void)state;
    add_signed_and_others();
    boot_with(KERNEL_CREDENTIALS_REQUIRED);
    assert_string_equal(loaded(), "good second ");
    assert_int_equal(said("App bad at 0x00030400 not loaded: a hash or signature"), 1);
    assert_int_equal(said("App bad_first at 0x00031000 not loaded: a hash or signature"), 1);
    assert_int_equal(said("App unknown at 0x00030800 not loaded: it has no signature"), 1);
    assert_int_equal(said("App bare at 0x00031400 not loaded: it has no signature"), 1);
    assert_int_equal(said("not loaded"), 4);
}

static void test_not_bad(void **state)
{
    (void)state;
    add_signed_and_others();
    boot_with(KERNEL_CREDENTIALS_NOT_BAD);
    assert_string_equal(loaded(), "good unknown second bare ");
    assert_int_equal(said("not loaded: a hash or signature"), 2);
}

static void test_ignored(void **state)
{
    (void)state;
    add_signed_and_others();
    boot_with(KERNEL_CREDENTIALS_IGNORED);
    assert_string_equal(loaded(), "good bad unknown second bad_first bare ");
    assert_int_equal(checker.questions, 0);
}

/* What is asked: all up to the footers, and the credential without its format. */
static void test_question(void **state)
{
    (void)state;
    FOOTERS(good, CREDENTIAL(6, 'a'));
    checked_by(&trusted_checker, KERNEL_CREDENTIALS_REQUIRED);
    fixture_boot();
    assert_non_null(checker.question);
    assert_int_equal(checker.region_bytes, 1024 - 12);
    assert_ptr_equal(checker.question->region.bytes, process_memory(FIXTURE_FLASH));
    assert_int_equal(checker.credential_bytes, 4);
    assert_ptr_equal(checker.question->credential.bytes, process_memory(FIXTURE_FLASH + 1020));
    assert_int_equal(checker.format, 6);
    assert_string_equal(loaded(), "");
    run_all();
    assert_string_equal(loaded(), "good ");
}

/* The apps before it run while one is checked. */
static void test_others_run_meanwhile(void **state)
{
    (void)state;
    add_app("first", 0, 0);
    FOOTERS(good, CREDENTIAL(6, 'a'));
    checked_by(&trusted_checker, KERNEL_CREDENTIALS_NOT_BAD);
    fixture_boot();
    assert_string_equal(loaded(), "first ");
    kernel.in_main_loop = true;
    uint32_t before = fixture.runs;
    for (uint32_t i = 0; i < 20; i++) {
        assert_true(kernel_step());
    }
    assert_true(fixture.runs >= before + 20);
    assert_string_equal(loaded(), "first ");
    run_all();
    assert_string_equal(loaded(), "first good ");
}

/* Footers that do not fit, of every kind. None is read past the app's end (ASan has no say about
 * mapped flash, so the checker would see the neighbour's). */
static void test_footers_that_do_not_fit(void **state)
{
    (void)state;
    FOOTERS(longer, 128, 0, 9, 0, 3, 0, 0, 0, 'a', 0, 0, 0);
    FOOTERS(much_longer, 128, 0, 0xFF, 0xFF, 3, 0, 0, 0, 'a', 0, 0, 0);
    FOOTERS(no_format, 128, 0, 3, 0, 'a', 0, 0, 0);
    FOOTERS(tag_only, 128, 0, 3, 0);
    FOOTERS(other_type, 5, 0, 4, 0, 'a', 0, 0, 0);
    FOOTERS(other_before, 0x77, 0, 3, 0, 1, 2, 3, 0, CREDENTIAL(3, 'a'));
    FOOTERS(good_before, CREDENTIAL(3, 'a'), 128, 0, 99, 0);
    boot_with(KERNEL_CREDENTIALS_REQUIRED);
    assert_string_equal(loaded(), "other_before good_before ");
    assert_int_equal(said("not loaded: its footers do not fit, and none before is accepted"), 4);
    assert_int_equal(said("other_type at 0x00031000 not loaded: it has no signature"), 1);
    assert_int_equal(checker.questions, 2);
}

static void test_too_many_footers(void **state)
{
    (void)state;
    static uint8_t many[40 * 12];
    static const uint8_t one[] = {CREDENTIAL(6, '?')};
    for (uint32_t i = 0; i < 40; i++) {
        memcpy(many + i * 12, one, 12);
    }
    fixture_add_app(&(struct fixture_app){
        .name = "many", .version = 1, .footers = many, .footer_bytes = sizeof(many)});
    boot_with(KERNEL_CREDENTIALS_REQUIRED);
    assert_string_equal(loaded(), "");
    assert_int_equal(checker.questions, TBF_FOOTERS_MAX);
    assert_int_equal(said("its footers do not fit"), 1);
}

/* Version 2 is a forgery: version 1 is loaded. */
static void test_a_bad_credential_does_not_win(void **state)
{
    (void)state;
    static const uint8_t good[] = {CREDENTIAL(3, 'a')};
    static const uint8_t bad[] = {CREDENTIAL(3, 'r')};
    fixture_add_app(&(struct fixture_app){
        .name = "real", .short_id = 7, .version = 1, .footers = good, .footer_bytes = 12});
    fixture_add_app(&(struct fixture_app){
        .name = "forged", .short_id = 7, .version = 2, .footers = bad, .footer_bytes = 12});
    boot_with(KERNEL_CREDENTIALS_REQUIRED);
    assert_string_equal(loaded(), "real ");
}

static void test_a_checker_that_dies(void **state)
{
    (void)state;
    FOOTERS(first, CREDENTIAL(3, 'a'));
    FOOTERS(later, CREDENTIAL(3, 'a'));
    add_app("bare", 0, 0);
    checked_by(&capsule_checker, KERNEL_CREDENTIALS_NOT_BAD);
    fixture_boot();
    memset(kernel.dead_capsules, 0xFF, sizeof kernel.dead_capsules);
    arch_guard.any_dead = 1;
    kernel.stop_dead = true;
    checker.question = NULL;
    arch_signals.is.work = 1;
    run_all();
    assert_string_equal(loaded(), "bare ");
    assert_int_equal(said("first at 0x00030000 not loaded: its credentials could not be"), 1);
    assert_int_equal(said("later at 0x00030400 not loaded: its credentials could not be"), 1);
}

/* --- Requests --- */

static struct {
    uint32_t count;
    enum app_refusal refusal;
    struct process_id id;
} answered;

static void request_done(void *self, enum app_refusal refusal, struct process_id id)
{
    assert_string_equal(self, "self");
    answered.count++;
    answered.refusal = refusal;
    answered.id = id;
}

static char self[] = "self";

static enum app_refusal load(uint32_t flash_start)
{
    struct loader_request request = {
        .flash_start = flash_start, .done = request_done, .self = self};
    answered.count = 0;
    assert_int_equal(loader_load(&request), K_OK);
    assert_int_equal(loader_load(&request), K_EBUSY);
    run_all();
    assert_int_equal(answered.count, 1);
    assert_int_equal(answered.refusal == APP_LOADED, process_id_is_alive(answered.id));
    return answered.refusal;
}

static void test_a_new_app(void **state)
{
    (void)state;
    add_app("first", 7, 1);
    fixture_boot();
    uint32_t address = fixture_add_app(&(struct fixture_app){.name = "new"});
    assert_int_equal(load(address), APP_LOADED);
    assert_int_equal(process_id_index(answered.id), 1);
    assert_string_equal(loaded(), "first new ");
    assert_int_equal(load(address), APP_IS_LOADED);
    assert_int_equal(load(FIXTURE_FLASH + 0x8000), APP_NOT_THERE);
    uint32_t same =
        fixture_add_app(&(struct fixture_app){.name = "same", .short_id = 7, .version = 2});
    assert_int_equal(load(same), APP_ID_IS_TAKEN);
    uint8_t *bytes = process_memory(same);
    bytes[20] ^= 1;
    assert_int_equal(load(same), APP_BAD_CHECKSUM);
    assert_string_equal(loaded(), "first new ");
    struct loader_request outside = {.flash_start = FIXTURE_FLASH - 4, .done = request_done};
    assert_int_equal(loader_load(&outside), K_EINVAL);
    outside.flash_start = FIXTURE_FLASH + FIXTURE_FLASH_BYTES;
    assert_int_equal(loader_load(&outside), K_EINVAL);
    outside.flash_start = FIXTURE_FLASH + 2;
    assert_int_equal(loader_load(&outside), K_EINVAL);
}

static void test_requests_wait_for_boot_and_each_other(void **state)
{
    (void)state;
    FOOTERS(slow, CREDENTIAL(3, 'a'));
    FOOTERS(slower, CREDENTIAL(3, 'a'));
    checked_by(&trusted_checker, KERNEL_CREDENTIALS_NOT_BAD);
    fixture_boot();
    struct loader_request requests[3];
    for (uint32_t i = 0; i < 3; i++) {
        requests[i] = (struct loader_request){
            .flash_start = FIXTURE_FLASH + 0x8000 + 0x400 * i, .done = request_done, .self = self};
        assert_int_equal(loader_load(&requests[i]), K_OK);
    }
    answered.count = 0;
    run_all();
    assert_int_equal(answered.count, 3);
    assert_string_equal(loaded(), "slow slower ");
    assert_int_equal(loader_load(&requests[1]), K_OK);
    run_all();
    assert_int_equal(answered.count, 4);
}

static void test_a_request_is_checked_too(void **state)
{
    (void)state;
    boot_with(KERNEL_CREDENTIALS_REQUIRED);
    add_signed_and_others();
    assert_int_equal(load(FIXTURE_FLASH), APP_LOADED);
    assert_int_equal(load(FIXTURE_FLASH + 0x400), APP_BAD_CREDENTIAL);
    assert_int_equal(load(FIXTURE_FLASH + 0x800), APP_NO_CREDENTIAL);
    assert_string_equal(loaded(), "good ");
    /* However often it is asked for, it is kept once. */
    struct refused_app_view view;
    assert_int_equal(load(FIXTURE_FLASH + 0x400), APP_BAD_CREDENTIAL);
    assert_true(refused_app_get(1, &view));
    assert_int_equal(view.flash_start, FIXTURE_FLASH + 0x400);
    assert_false(refused_app_get(2, &view));
}

/* --- What is kept --- */

static void expect_row(uint32_t index, uint32_t address, const char *name, enum text_id reason)
{
    struct refused_app_view view;
    assert_true(refused_app_get(index, &view));
    assert_int_equal(view.flash_start, address);
    assert_int_equal(view.name.length, strlen(name));
    assert_memory_equal(view.name.bytes, name, strlen(name));
    assert_int_equal(view.reason, reason);
}

static void test_rows(void **state)
{
    (void)state;
    fixture_add_app(&(struct fixture_app){.name = "huge", .minimum_ram = 0x20000});
    uint32_t broken = fixture_add_app(&(struct fixture_app){.name = "broken"});
    uint8_t *bytes = process_memory(broken);
    bytes[20] ^= 1;
    fixture_boot();
    struct refused_app_view view;
    expect_row(0, FIXTURE_FLASH, "huge", TEXT_APP_NO_RAM);
    expect_row(1, broken, "", TEXT_APP_BAD_CHECKSUM);
    assert_false(refused_app_get(2, &view));
    /* Repaired and loaded: no longer refused. Overwritten: nothing is read that is not there. */
    bytes[20] ^= 1;
    assert_int_equal(load(broken), APP_LOADED);
    assert_false(refused_app_get(1, &view));
    memset(process_memory(FIXTURE_FLASH), 0xFF, 64);
    expect_row(0, FIXTURE_FLASH, "", TEXT_APP_NO_RAM);
    loader_forget(FIXTURE_FLASH, FIXTURE_FLASH + 1024);
    assert_false(refused_app_get(0, &view));
}

static void test_the_latest_rows_are_kept(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < LOADER_REFUSED_KEPT + 3; i++) {
        fixture_add_app(&(struct fixture_app){.name = "huge", .minimum_ram = 0x20000});
    }
    fixture_boot();
    assert_int_equal(said("not loaded"), LOADER_REFUSED_KEPT + 3);
    for (uint32_t i = 0; i < LOADER_REFUSED_KEPT; i++) {
        expect_row(i, FIXTURE_FLASH + 0x400 * (i + 3), "huge", TEXT_APP_NO_RAM);
    }
    struct refused_app_view view;
    assert_false(refused_app_get(LOADER_REFUSED_KEPT, &view));
}

/* A size that leads out of the flash: nobody can say what lies behind, and that is said. */
static void test_impossible_size(void **state)
{
    (void)state;
    add_app("good", 0, 0);
    uint32_t address = fixture_add_app(&(struct fixture_app){.name = "endless"});
    uint32_t size = FIXTURE_FLASH_BYTES;
    memcpy(process_memory(address + 4), &size, 4);
    add_app("behind", 0, 0);
    fixture_boot();
    assert_string_equal(loaded(), "good ");
    assert_int_equal(said("App at 0x00030400 not loaded: its size is impossible"), 1);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup(function, setup)
    const struct CMUnitTest tests[] = {
        TEST(test_highest_version_whatever_the_order),
        TEST(test_equal_versions_first_in_flash),
        TEST(test_main_is_older_than_program),
        TEST(test_without_short_id_nobody_collides),
        TEST(test_next_best),
        TEST(test_none_of_them),
        TEST(test_required),
        TEST(test_not_bad),
        TEST(test_ignored),
        TEST(test_question),
        TEST(test_others_run_meanwhile),
        TEST(test_footers_that_do_not_fit),
        TEST(test_too_many_footers),
        TEST(test_a_bad_credential_does_not_win),
        TEST(test_a_checker_that_dies),
        TEST(test_a_new_app),
        TEST(test_requests_wait_for_boot_and_each_other),
        TEST(test_a_request_is_checked_too),
        TEST(test_rows),
        TEST(test_the_latest_rows_are_kept),
        TEST(test_impossible_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
