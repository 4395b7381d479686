#include "kernel/capsules/app_loader.h"

#include "kernel/capsule/grant.h"

CAPSULE(app_loader, .needs = {APP_CONTROL, GRANT});

/* The buffer and the upcalls are what there is per process: without this memory nothing could be
 * answered. */
struct app_loader_process {
    uint8_t commands; /* how many it has given, for whoever debugs it */
};
GRANT(app_loader_grant, struct app_loader_process, ABI_APP_LOADER_UPCALLS, ABI_APP_LOADER_ROS, 0);

/* What Tock says to a command out of order. */
static int in_our_words(int status)
{
    return status == K_ERESERVE ? K_EINVAL : status;
}

static void answer(struct app_loader_driver *loader, int status)
{
    uint32_t command = loader->command;
    uint32_t value = command == ABI_APP_LOADER_WRITE    ? loader->done
                     : command == ABI_APP_LOADER_UNLOAD ? loader->short_id
                                                        : 0;
    loader->command = 0;
    (void)upcall_schedule(&app_loader_grant, loader->caller, command - 1u,
                          (uint32_t)-in_our_words(status), value, 0);
}

/* The next bytes. K_OK: they are on their way. */
static int write_piece(struct app_loader_driver *loader)
{
    uint8_t bytes[APP_CONTROL_PIECE_BYTES] = {0};
    uint32_t left = loader->length - loader->done;
    uint32_t count = left < APP_CONTROL_PIECE_BYTES ? left : APP_CONTROL_PIECE_BYTES;
    uint32_t read =
        allow_read(&app_loader_grant, loader->caller, ALLOW_READ_ONLY, ABI_APP_LOADER_RO_DATA,
                   loader->done, slice_part(SLICE_OF(bytes), 0, count));
    if (read != count) {
        return K_ERESERVE;
    }
    int status = app_control_write(loader->user, loader->offset + loader->done,
                                   const_slice_part(slice_as_const(SLICE_OF(bytes)), 0, count));
    if (status == K_OK) {
        loader->done += count;
    }
    return status;
}

/* Several may have the ShortId: each is a job of its own. K_EINVAL: there is none (any more). */
static int unload_next(struct app_loader_driver *loader)
{
    uint32_t place = 0;
    struct app_view view = {.short_id = 0};
    while (app_view_next(&place, &view)) {
        if (view.short_id == loader->short_id) {
            return app_control_remove(loader->user, view.flash_start);
        }
    }
    return K_EINVAL;
}

static void app_loader_done(void *self, int status)
{
    struct app_loader_driver *loader = self;
    bool goes_on = false;
    if (status == K_OK && loader->command == ABI_APP_LOADER_WRITE &&
        loader->done < loader->length) {
        status = write_piece(loader);
        goes_on = status == K_OK;
    } else if (status == K_OK && loader->command == ABI_APP_LOADER_UNLOAD) {
        goes_on = unload_next(loader) == K_OK;
    }
    if (!goes_on) { /* of a process that is gone, app_control clears away what it had begun */
        answer(loader, status);
    }
}

static int write(struct app_loader_driver *loader, struct process_id id, uint32_t offset,
                 uint32_t length)
{
    if (length == 0 || length > UINT32_MAX - offset) {
        return K_EINVAL;
    }
    /* As Tock: what the buffer does not have is not written. */
    uint32_t room = allow_length(&app_loader_grant, id, ALLOW_READ_ONLY, ABI_APP_LOADER_RO_DATA);
    loader->offset = offset;
    loader->length = length < room ? length : room;
    loader->done = 0;
    return loader->length > 0 ? write_piece(loader) : K_ERESERVE;
}

static int begin(struct app_loader_driver *loader, struct process_id id, uint32_t command,
                 uint32_t argument0, uint32_t argument1)
{
    bool is_owner = process_id_is_equal(loader->owner, id);
    int status = K_EINVAL;
    if (command == ABI_APP_LOADER_SETUP) {
        status = app_control_begin(loader->user, id, argument0, APP_CONTROL_ANYWHERE);
        loader->owner = status == K_OK ? id : loader->owner;
    } else if (command == ABI_APP_LOADER_UNLOAD) {
        loader->short_id = argument0;
        status = argument0 != 0 ? unload_next(loader) : K_EINVAL;
    } else if (!is_owner) {
        status = process_id_is_alive(loader->owner) ? K_EBUSY : K_EINVAL;
    } else if (command == ABI_APP_LOADER_WRITE) {
        status = write(loader, id, argument0, argument1);
    } else if (command == ABI_APP_LOADER_FINALIZE) {
        status = app_control_finish(loader->user, true);
    } else if (command == ABI_APP_LOADER_LOAD) {
        status = app_control_load(loader->user);
    } else {
        status = app_control_abort(loader->user);
    }
    return status;
}

static command_return app_loader_command(void *self, struct process_id id, uint32_t command,
                                         uint32_t argument0, uint32_t argument1)
{
    struct app_loader_driver *loader = self;
    if (!process_id_asks_for(id, ABI_DRIVER_APP_LOADER)) {
        return command_error(K_ENODEVICE);
    }
    if (command == ABI_COMMAND_EXISTS) {
        return command_success();
    }
    if (command > ABI_APP_LOADER_UNLOAD) {
        return command_error(K_ENOSUPPORT);
    }
    if (loader->command != 0) {
        return command_error(K_EBUSY);
    }
    int status = K_ENOMEM;
    grant_enter (app_loader_grant, id, p) {
        p->commands++;
        status = K_OK;
    }
    if (status == K_OK) {
        status = in_our_words(begin(loader, id, command, argument0, argument1));
    }
    if (status == K_OK) {
        loader->command = command;
        loader->caller = id;
    }
    return command_status(status);
}

const struct driver_ops app_loader_driver_ops = {
    .number = ABI_DRIVER_APP_LOADER,
    .command = app_loader_command,
    .grant = &app_loader_grant,
    .owner = &this_capsule,
};

void app_loader_init(struct app_loader_driver *loader, struct app_control_user *user)
{
    *loader = (struct app_loader_driver){
        .client = {app_loader_done, loader, &this_capsule},
        .user = user,
    };
    app_control_set_client(user, &loader->client);
}
