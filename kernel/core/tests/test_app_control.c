/* Installing, replacing and removing apps in a kernel with processes: who ends, who begins, and
 * what the flash says afterwards, also when the new app is refused or the flash fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/abi/drivers.h"
#include "kernel/abi/tbf.h"
#include "kernel/core/tests/kernel_fixture.h"

#define SCRATCH     0xC000u /* of the flash, where images are made */
#define IMAGE_BYTES 1024u
#define TOO_MUCH    0x20000u /* RAM that nobody has */
#define NEVER       0xFFFFFFFFu

/* The fixture's flash, whose operations end at the next turn of the main loop. */
static struct {
    struct hil_flash flash;
    const struct hil_flash_client *client;
    struct deferred_call over;
    struct dma_buffer *buffer; /* NULL: an erase */
    struct slice part;
    uint32_t address;
    uint32_t operations, fail_at;
} chip;

static int flash_read(void *self, uint32_t address, struct dma_buffer *buffer, uint32_t length)
{
    (void)self, (void)address, (void)buffer, (void)length;
    fail();
    return K_EFAIL;
}

static int flash_program(void *self, uint32_t address, struct dma_buffer *buffer, uint32_t length)
{
    (void)self;
    assert_int_equal(hil_flash_check(chip.flash.size_bytes, address, length), K_OK);
    assert_int_equal(dma_buffer_claim(buffer, 0, length, &chip.part), K_OK);
    chip.buffer = buffer;
    chip.address = address;
    deferred_call_request(&chip.over);
    return K_OK;
}

static int flash_erase(void *self, uint32_t address)
{
    (void)self;
    chip.buffer = NULL;
    chip.address = address;
    deferred_call_request(&chip.over);
    return K_OK;
}

static void flash_set_client(void *self, const struct hil_flash_client *client)
{
    (void)self;
    chip.client = client;
}

static void flash_over(void *self)
{
    (void)self;
    int status = chip.operations++ == chip.fail_at ? K_EFAIL : K_OK;
    uint8_t *memory = process_memory(FIXTURE_FLASH + chip.address);
    if (chip.buffer != NULL) {
        if (status == K_OK) {
            memcpy(memory, chip.part.bytes, chip.part.length);
        }
        dma_buffer_release(chip.buffer);
    } else if (status == K_OK) {
        memset(memory, 0xFF, HIL_FLASH_SECTOR_BYTES);
    }
    hil_flash_client_done(chip.client, status);
}

static const struct hil_flash_ops flash_ops = {flash_read, flash_program, flash_erase,
                                               flash_set_client};

/* Two capsules that install. */
static int answers, status_told;
static void done(void *self, int status)
{
    (void)self;
    answers++;
    status_told = status;
}
static const struct app_control_client client = {done, NULL, NULL};
static struct app_control_user user, other_user;

static int setup(void **state)
{
    (void)fixture_setup(state);
    memset(&chip, 0, sizeof(chip));
    chip.flash = (struct hil_flash){&flash_ops, NULL, NULL, FIXTURE_FLASH_BYTES};
    chip.over.call = flash_over;
    chip.fail_at = NEVER;
    fixture.config.app_flash = &chip.flash;
    app_control_set_client(&user, &client);
    app_control_set_client(&other_user, &client);
    answers = 0;
    return 0;
}

static void boot(void)
{
    kernel_init(&fixture.config);
    kernel_recover_apps();
    kernel_load_processes();
    kernel.in_main_loop = true;
}

/* What a job answered: at once, or later to the client. */
static int settle(int status)
{
    int before = answers;
    while (deferred_run() || deferred_release_later()) {
    }
    assert_int_equal(answers - before, status == K_OK ? 1 : 0);
    return status == K_OK ? status_told : status;
}

static void make_image(const struct fixture_app *app, uint8_t image[IMAGE_BYTES])
{
    uint32_t used = fixture.flash_used;
    fixture.flash_used = SCRATCH;
    (void)fixture_add_app(app);
    fixture.flash_used = used;
    memcpy(image, process_memory(FIXTURE_FLASH + SCRATCH), IMAGE_BYTES);
    memset(process_memory(FIXTURE_FLASH + SCRATCH), 0xFF, IMAGE_BYTES);
}

static int begin(struct process_id owner)
{
    return settle(app_control_begin(&user, owner, IMAGE_BYTES, APP_CONTROL_ANYWHERE));
}

/* In pieces that end within the flash's pages and lie across their ends. */
static void write_image(const uint8_t image[IMAGE_BYTES])
{
    for (uint32_t at = 0; at < IMAGE_BYTES; at += 100) {
        const struct const_slice piece = {image + at,
                                          IMAGE_BYTES - at < 100 ? IMAGE_BYTES - at : 100};
        assert_int_equal(settle(app_control_write(&user, at, piece)), K_OK);
    }
    assert_memory_equal(process_memory(FIXTURE_FLASH + kernel.apps.new_app), image, IMAGE_BYTES);
}

/* All but the load. */
static void bring(const struct fixture_app *app, bool at_once)
{
    uint8_t image[IMAGE_BYTES];
    make_image(app, image);
    assert_int_equal(begin(PROCESS_ID_NONE), K_OK);
    write_image(image);
    assert_int_equal(settle(app_control_finish(&user, at_once)), K_OK);
}

static const struct process *process_of_version(uint32_t version)
{
    const struct process *found = NULL;
    for (uint32_t slot = 0; slot < KERNEL_PROCESS_SLOTS; slot++) {
        const struct process *process = kernel.process[slot];
        if (process != NULL && process->app.program_version == version) {
            assert_null(found);
            found = process;
        }
    }
    return found;
}

/* The versions of the enabled apps in flash, as decimal digits; 0 when an app has none. */
static uint32_t versions_in_flash(void)
{
    uint32_t place = 0;
    uint32_t versions = 0;
    struct app_view view;
    while (app_view_next(&place, &view)) {
        versions = view.is_enabled ? versions * 10 + view.version : versions;
    }
    return versions;
}

#define APP(number, identifier)                                                                    \
    (&(struct fixture_app){.name = "app", .version = (number), .short_id = (identifier)})

static void test_a_new_app(void **state)
{
    (void)state;
    (void)fixture_add_app(APP(1, 0x11));
    boot();
    bring(APP(2, 0x22), true);
    assert_int_equal(versions_in_flash(), 12); /* at once: it counts before it runs */
    assert_null(process_of_version(2));
    assert_int_equal(settle(app_control_load(&user)), K_OK);
    assert_non_null(process_of_version(1));
    assert_non_null(process_of_version(2));
    assert_int_equal(app_control_why(), TEXT_NOTHING);
    assert_int_equal(app_control_abort(&user), K_ERESERVE);
    boot();
    assert_non_null(process_of_version(2));
}

static void test_what_lies_in_flash(void **state)
{
    (void)state;
    static const char name[] = "two";
    (void)fixture_add_app(APP(1, 0x11));
    uint32_t start =
        fixture_add_app(&(struct fixture_app){.name = name, .version = 7, .total_size = 2048});
    boot();
    (void)process_remove(kernel.process[0]);
    uint32_t place = 0;
    struct app_view view;
    assert_true(app_view_next(&place, &view));
    assert_true(view.short_id == 0x11 && view.is_enabled && !view.has_process);
    assert_true(app_view_next(&place, &view));
    assert_true(view.flash_start == start && view.flash_end == start + 2048);
    assert_true(view.short_id == 0 && view.version == 7 && view.has_process);
    assert_true(view.name.length == 3 && memcmp(view.name.bytes, name, 3) == 0);
    assert_false(app_view_next(&place, &view));
}

static void test_one_that_waits_for_load(void **state)
{
    (void)state;
    boot();
    bring(APP(2, 0x22), false);
    assert_int_equal(settle(app_control_load(&user)), K_OK);
    assert_int_equal(versions_in_flash(), 2);
    assert_non_null(process_of_version(2));
}

/* Versions 1 and 3 of one ShortId: the old one runs until the new one does, and neither of the old
 * ones ever again. */
static void test_a_new_one_for_old_ones(void **state)
{
    (void)state;
    (void)fixture_add_app(APP(1, 0x11));
    (void)fixture_add_app(APP(4, 0x44));
    (void)fixture_add_app(APP(3, 0x11));
    boot();
    assert_non_null(process_of_version(3));
    const struct process *bystander = process_of_version(4);
    struct process_id id = bystander->id;
    bring(APP(2, 0x11), true);
    assert_non_null(process_of_version(3));
    assert_int_equal(settle(app_control_load(&user)), K_OK);
    assert_null(process_of_version(3));
    assert_non_null(process_of_version(2));
    assert_int_equal(versions_in_flash(), 42);
    assert_int_equal(process_of_version(4)->id.value, id.value);
    /* What was replaced is no business of the next installation. */
    size_t said = strlen(fixture.text);
    assert_int_equal(begin(PROCESS_ID_NONE), K_OK);
    assert_int_equal(settle(app_control_abort(&user)), K_OK);
    assert_int_equal(strlen(fixture.text), said);
    assert_int_equal(versions_in_flash(), 42);
}

/* Without ShortIds the name says which app it is; of two with it, the one that runs goes first. */
static void test_the_same_name(void **state)
{
    (void)state;
    (void)fixture_add_app(&(struct fixture_app){.name = "bees", .version = 1});
    (void)fixture_add_app(&(struct fixture_app){.name = "wasp", .version = 3});
    boot();
    bring(&(struct fixture_app){.name = "wasp", .version = 2}, true);
    assert_int_equal(settle(app_control_load(&user)), K_OK);
    assert_non_null(process_of_version(1));
    assert_null(process_of_version(3));
    assert_int_equal(versions_in_flash(), 12);
    /* A ShortId is never a name's. */
    bring(&(struct fixture_app){.name = "bees", .version = 5, .short_id = 9}, true);
    assert_int_equal(settle(app_control_load(&user)), K_OK);
    assert_non_null(process_of_version(1));
    assert_non_null(process_of_version(5));
}

static void test_a_refused_one_leaves_the_old_one(void **state)
{
    (void)state;
    (void)fixture_add_app(APP(1, 0x11));
    boot();
    struct process_id before = process_of_version(1)->id;
    struct fixture_app app = *APP(2, 0x11);
    app.minimum_ram = TOO_MUCH;
    bring(&app, true);
    assert_int_equal(settle(app_control_load(&user)), K_ENOMEM);
    assert_int_equal(app_control_why(), loader_refusal_text(APP_NO_RAM));
    assert_int_equal(versions_in_flash(), 1);
    assert_non_null(process_of_version(1));
    assert_int_not_equal(process_of_version(1)->id.value, before.value); /* it began anew */
    assert_int_equal(app_control_load(&user), K_ERESERVE);
    assert_int_equal(begin(PROCESS_ID_NONE), K_OK);
}

/* A new one that counts already stays, and may fit another time. */
static void test_a_refused_one_that_counts(void **state)
{
    (void)state;
    (void)fixture_add_app(APP(1, 0x11));
    boot();
    struct fixture_app app = *APP(2, 0x22);
    app.minimum_ram = TOO_MUCH;
    bring(&app, true);
    assert_int_equal(settle(app_control_load(&user)), K_ENOMEM);
    assert_int_equal(versions_in_flash(), 12);
    assert_non_null(process_of_version(1));
}

/* Whichever operation of the flash fails while the new one takes the old one's place, one of them
 * runs afterwards, and it is the one that the next start finds. */
static void test_a_flash_that_fails_at_the_change(void **state)
{
    uint32_t failed = 0;
    uint32_t changed = 0;
    for (uint32_t at = 0;; at++) {
        (void)setup(state);
        (void)fixture_add_app(APP(1, 0x11));
        boot();
        bring(APP(2, 0x11), true);
        chip.fail_at = chip.operations + at;
        int status = settle(app_control_load(&user));
        if (chip.operations <= chip.fail_at) {
            assert_int_equal(status, K_OK);
            break;
        }
        bool is_new = process_of_version(2) != NULL;
        assert_true((process_of_version(1) != NULL) != is_new);
        assert_true(status == K_EFAIL || (status == K_OK && is_new));
        assert_int_equal(app_control_why(), status == K_OK ? TEXT_NOTHING : TEXT_FLASH_REFUSED);
        failed += status == K_EFAIL;
        changed += is_new;
        chip.fail_at = NEVER;
        boot();
        assert_non_null(process_of_version(is_new ? 2 : 1));
        assert_null(process_of_version(is_new ? 1 : 2));
    }
    assert_true(failed >= 3 && changed >= 2);
}

/* A committed change that the next start cannot end either: it says so, and runs the new one. */
static void test_a_flash_that_fails_for_good(void **state)
{
    (void)state;
    (void)fixture_add_app(APP(1, 0x11));
    boot();
    bring(APP(2, 0x11), true);
    chip.fail_at = chip.operations + 2; /* the note of what is replaced, the commit, this */
    assert_int_equal(settle(app_control_load(&user)), K_EFAIL);
    assert_int_equal(begin(PROCESS_ID_NONE), K_EFAIL);
    chip.fail_at = chip.operations;
    boot();
    assert_non_null(strstr(fixture.text, "nothing can be installed"));
    assert_non_null(process_of_version(2));
    assert_int_equal(begin(PROCESS_ID_NONE), K_EFAIL);
}

static void test_removal(void **state)
{
    (void)state;
    uint32_t first = fixture_add_app(APP(1, 0x11));
    uint32_t second = fixture_add_app(APP(2, 0x22));
    boot();
    assert_int_equal(settle(app_control_remove(&user, first + 4)), K_EINVAL);
    assert_int_equal(settle(app_control_remove(&user, first - 4096)), K_EINVAL);
    assert_int_equal(settle(app_control_remove(&user, FIXTURE_FLASH + fixture.flash_used)),
                     K_EINVAL);
    assert_int_equal(settle(app_control_remove(&user, FIXTURE_FLASH + FIXTURE_FLASH_BYTES - 4096)),
                     K_EINVAL);
    assert_int_equal(settle(app_control_remove(&user, first)), K_OK);
    assert_null(process_of_version(1));
    assert_non_null(process_of_version(2));
    assert_int_equal(versions_in_flash(), 2);
    assert_int_equal(settle(app_control_remove(&user, first)), K_EINVAL); /* a hole now */
    assert_int_equal(begin(PROCESS_ID_NONE), K_OK);
    assert_int_equal(settle(app_control_remove(&user, second)), K_EBUSY);
    assert_int_equal(settle(app_control_abort(&user)), K_OK);
    assert_int_equal(settle(app_control_remove(&user, second)), K_OK);
    assert_int_equal(versions_in_flash(), 0);
}

static void test_turns(void **state)
{
    (void)state;
    const struct const_slice piece = {(const uint8_t *)"\x02\0\0\0\0\x04\0\0", 8};
    uint8_t image[IMAGE_BYTES];
    boot();
    make_image(APP(1, 0x11), image);
    assert_int_equal(app_control_write(&user, 0, piece), K_ERESERVE);
    assert_int_equal(app_control_finish(&user, true), K_ERESERVE);
    assert_int_equal(app_control_load(&user), K_ERESERVE);
    assert_int_equal(app_control_abort(&user), K_ERESERVE);

    assert_int_equal(app_control_begin(&user, PROCESS_ID_NONE, IMAGE_BYTES, APP_CONTROL_ANYWHERE),
                     K_OK);
    assert_int_equal(
        app_control_begin(&other_user, PROCESS_ID_NONE, IMAGE_BYTES, APP_CONTROL_ANYWHERE),
        K_EBUSY); /* a job is under way */
    assert_int_equal(settle(K_OK), K_OK);
    assert_int_equal(
        app_control_begin(&other_user, PROCESS_ID_NONE, IMAGE_BYTES, APP_CONTROL_ANYWHERE),
        K_EBUSY); /* an installation is */
    assert_int_equal(app_control_write(&other_user, 0, piece), K_ERESERVE);
    assert_int_equal(app_control_abort(&other_user), K_ERESERVE);
    assert_int_equal(settle(app_control_finish(&user, true)), K_EINVAL); /* nothing was written */
    assert_int_equal(app_control_load(&user), K_ERESERVE);
    write_image(image);
    uint32_t place = 0;
    struct app_view view;
    assert_false(app_view_next(&place, &view)); /* the journal says what lies there, not the list */
    assert_int_equal(settle(app_control_finish(&user, false)), K_OK);
    assert_int_equal(app_control_write(&user, 0, piece), K_ERESERVE);
    assert_int_equal(app_control_finish(&user, false), K_ERESERVE);
    assert_int_equal(settle(app_control_abort(&user)), K_OK);
    assert_int_equal(versions_in_flash(), 0);
    assert_int_equal(app_control_load(&user), K_ERESERVE);
}

/* Who installs and dies leaves the place to the next one. */
static void test_what_a_dead_process_leaves(void **state)
{
    (void)state;
    uint32_t first = fixture_add_app(APP(1, 0x11));
    boot();
    struct process *process = kernel.process[0];
    assert_int_equal(begin(process->id), K_OK);
    assert_int_equal(
        app_control_begin(&other_user, PROCESS_ID_NONE, IMAGE_BYTES, APP_CONTROL_ANYWHERE),
        K_EBUSY);
    process_end(process, ABI_PROCESS_TERMINATED);
    assert_int_equal(app_control_remove(&other_user, first), K_EBUSY);
    uint8_t image[IMAGE_BYTES];
    make_image(APP(2, 0x22), image);
    assert_int_equal(begin(PROCESS_ID_NONE), K_OK);
    write_image(image);
    assert_int_equal(settle(app_control_finish(&user, true)), K_OK);
    assert_int_equal(versions_in_flash(), 12);
}

static void test_where_nothing_can_be_installed(void **state)
{
    (void)state;
    fixture.config.app_flash = NULL;
    uint32_t first = fixture_add_app(APP(1, 0x11));
    boot();
    assert_int_equal(begin(PROCESS_ID_NONE), K_ENODEVICE);
    assert_int_equal(app_control_remove(&user, first), K_ENODEVICE);
    assert_int_equal(app_control_load(&user), K_ERESERVE);
    assert_int_equal(versions_in_flash(), 0);
    /* While the boot goes on, nobody changes what it walks over. */
    fixture.config.app_flash = &chip.flash;
    boot();
    kernel.loader.booting = true;
    assert_int_equal(begin(PROCESS_ID_NONE), K_EBUSY);
    kernel.loader.booting = false;
    /* What can never be is refused at once. */
    assert_int_equal(
        app_control_begin(&user, PROCESS_ID_NONE, FIXTURE_FLASH_BYTES, APP_CONTROL_ANYWHERE),
        K_ESIZE);
    assert_int_equal(begin(PROCESS_ID_NONE), K_OK);
}

/* Only an app whose permissions name the driver. */
static void test_who_is_permitted(void **state)
{
    (void)state;
    uint8_t permissions[24] = {TBF_TYPE_PERMISSIONS, 0, 18, 0, 1, 0};
    permissions[6] = ABI_DRIVER_APP_LOADER & 0xFF;
    permissions[7] = ABI_DRIVER_APP_LOADER >> 8 & 0xFF;
    permissions[8] = ABI_DRIVER_APP_LOADER >> 16;
    struct fixture_app app = *APP(1, 0x11);
    app.extra = permissions;
    app.extra_bytes = sizeof(permissions);
    (void)fixture_add_app(&app);
    permissions[6] ^= 1;
    app.short_id = 0x22;
    (void)fixture_add_app(&app);
    (void)fixture_add_app(APP(3, 0x33));
    boot();
    assert_true(process_id_asks_for(kernel.process[0]->id, ABI_DRIVER_APP_LOADER));
    assert_false(process_id_asks_for(kernel.process[1]->id, ABI_DRIVER_APP_LOADER));
    assert_false(process_id_asks_for(kernel.process[2]->id, ABI_DRIVER_APP_LOADER));
    assert_false(process_id_asks_for(PROCESS_ID_NONE, ABI_DRIVER_APP_LOADER));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_a_new_app, setup),
        cmocka_unit_test_setup(test_what_lies_in_flash, setup),
        cmocka_unit_test_setup(test_one_that_waits_for_load, setup),
        cmocka_unit_test_setup(test_a_new_one_for_old_ones, setup),
        cmocka_unit_test_setup(test_the_same_name, setup),
        cmocka_unit_test_setup(test_a_refused_one_leaves_the_old_one, setup),
        cmocka_unit_test_setup(test_a_refused_one_that_counts, setup),
        cmocka_unit_test_setup(test_a_flash_that_fails_at_the_change, setup),
        cmocka_unit_test_setup(test_a_flash_that_fails_for_good, setup),
        cmocka_unit_test_setup(test_removal, setup),
        cmocka_unit_test_setup(test_turns, setup),
        cmocka_unit_test_setup(test_what_a_dead_process_leaves, setup),
        cmocka_unit_test_setup(test_where_nothing_can_be_installed, setup),
        cmocka_unit_test_setup(test_who_is_permitted, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
