#include "peripherals/nrf52/uicr.h"

#include <string.h>

#define ERASED 0xFFFFFFFFU

static bool uicr_get(const struct uicr *uicr, uint32_t offset, uint32_t *value)
{
    const struct nvm *nvm = uicr->env.nvm;
    if (offset % 4U != 0 || offset >= nvm->uicr_bytes || nvm->uicr_bytes - offset < 4U) {
        return false;
    }
    memcpy(value, nvm->uicr + offset, 4);
    return true;
}

static uint32_t uicr_peek(const void *self, uint32_t offset)
{
    uint32_t value;
    return uicr_get(self, offset, &value) ? value : ERASED;
}

static enum bus_result uicr_read(void *self, struct bus_access access, uint32_t *value)
{
    const struct uicr *uicr = self;
    uint32_t word = ERASED;
    if (!uicr_get(uicr, access.offset & ~3U, &word)) {
        device_guest_error(&uicr->env, access.offset, "read behind the last word of UICR");
    }
    return nrf_finish_read(&uicr->env, access, true, word, value);
}

static enum bus_result uicr_write(void *self, struct bus_access access, uint32_t value)
{
    const struct uicr *uicr = self;
    (void)value;
    device_guest_error(&uicr->env, access.offset,
                       "write to UICR that the flash controller did not take");
    return BUS_OK;
}

static const char *uicr_init(void *self, const struct device_env *env)
{
    struct uicr *uicr = self;
    uicr->env = *env;
    return env->nvm == NULL ? "UICR needs a chip with flash" : NULL;
}

const struct device_class nrf52_uicr_class = {
    .name = "nrf52-uicr",
    .size_bytes = sizeof(struct uicr),
    .init = uicr_init,
    .read = uicr_read,
    .write = uicr_write,
    .peek = uicr_peek,
};
