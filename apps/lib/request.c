#include "apps/lib/request.h"

static void stop_lending(const struct request *request)
{
    if (request->stop_lending != NULL) {
        request->stop_lending();
    }
}

/* Free again before the app hears of it: it may begin the next one at once. */
static void done(uint32_t argument0, uint32_t argument1, uint32_t argument2, void *userdata)
{
    struct request *request = userdata;
    stop_lending(request);
    request->under_way = false;
    if (request->upcall != NULL) {
        request->upcall(argument0, argument1, argument2, request->userdata);
    }
}

int request_is_free(const struct request *request)
{
    return request->under_way ? K_EBUSY : K_OK;
}

int request_check(const struct request *request, int status)
{
    if (status != K_OK) {
        stop_lending(request);
    }
    return status;
}

struct syscall_return request_wait(const struct request *request)
{
    struct syscall_return upcall = syscall_yield_wait_for(request->driver, request->upcall_number);
    stop_lending(request);
    return upcall;
}

int request_subscribe(struct request *request, syscall_upcall upcall, void *userdata)
{
    if (request->under_way) {
        return K_EBUSY;
    }
    request->upcall = upcall;
    request->userdata = userdata;
    return syscall_subscribe(request->driver, request->upcall_number, done, request);
}

int request_leave(struct request *request, int status)
{
    request->under_way = status == K_OK;
    return status;
}
