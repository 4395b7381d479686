#include "kernel/capsules/tests/fake_app_control.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/abi/syscall.h"

struct fake_app_control fake_app_control;

static int begin(const struct app_control_user *user, char what, uint32_t argument0,
                 uint32_t argument1)
{
    struct fake_app_control *fake = &fake_app_control;
    int status = fake->refuse;
    fake->refuse = K_OK;
    if (status == K_OK && fake->user != NULL) {
        status = K_EBUSY;
    }
    if (status == K_OK && what == 'a' && !fake->is_open) {
        status = K_ERESERVE;
    }
    if (status != K_OK) {
        return status;
    }
    assert_non_null(user->client);
    fake->user = (struct app_control_user *)(uintptr_t)user;
    fake->asked = what;
    fake->argument[0] = argument0;
    fake->argument[1] = argument1;
    fake->count++;
    fake->aborts += what == 'a';
    fake->is_open = what == 'b' || (fake->is_open && what != 'a' && what != 'l');
    return K_OK;
}

void fake_app_control_end(int status)
{
    struct app_control_user *user = fake_app_control.user;
    assert_non_null(user);
    fake_app_control.user = NULL;
    user->client->done(user->client->self, status);
}

int app_control_begin(const struct app_control_user *user, struct process_id owner,
                      uint32_t total_bytes, uint32_t wanted)
{
    (void)owner;
    return begin(user, 'b', total_bytes, wanted);
}

int app_control_write(const struct app_control_user *user, uint32_t offset,
                      struct const_slice bytes)
{
    assert_true(bytes.length > 0 && bytes.length <= APP_CONTROL_PIECE_BYTES);
    assert_true(offset + bytes.length <= FAKE_APP_CONTROL_IMAGE);
    int status = begin(user, 'w', offset, bytes.length);
    if (status == K_OK) {
        memcpy(fake_app_control.image + offset, bytes.bytes, bytes.length);
    }
    return status;
}

int app_control_finish(const struct app_control_user *user, bool at_once)
{
    return begin(user, 'f', at_once, 0);
}

int app_control_load(const struct app_control_user *user)
{
    return begin(user, 'l', 0, 0);
}

int app_control_abort(const struct app_control_user *user)
{
    return begin(user, 'a', 0, 0);
}

int app_control_remove(const struct app_control_user *user, uint32_t flash_start)
{
    int status = begin(user, 'r', flash_start, 0);
    for (uint32_t i = 0; status == K_OK && i < FAKE_APP_CONTROL_VIEWS; i++) {
        if (fake_app_control.views[i].flash_start == flash_start) {
            fake_app_control.views[i].flash_start = 0;
        }
    }
    return status;
}

enum text_id app_control_why(void)
{
    return fake_app_control.why;
}

bool app_view_next(uint32_t *place, struct app_view *view)
{
    while (*place < FAKE_APP_CONTROL_VIEWS) {
        *view = fake_app_control.views[*place];
        (*place)++;
        if (view->flash_start != 0) {
            return true;
        }
    }
    return false;
}
