#include "kernel/chips/nrf52/ecb.h"

#include "kernel/abi/syscall.h"
#include "kernel/chips/nrf52/registers.h"

enum {
    ECB_TASKS_STARTECB = 0x000,
    ECB_EVENTS_ENDECB = 0x100,
    ECB_EVENTS_ERRORECB = 0x104,
    ECB_INTENSET = 0x304,
    ECB_ECBDATAPTR = 0x504,
};
#define ECB_INT_ENDECB   (1u << 0)
#define ECB_INT_ERRORECB (1u << 1)

/* The peripheral's own layout. */
_Static_assert(HIL_AES_KEY == 0 && HIL_AES_CLEAR == 16 && HIL_AES_CIPHER == 32, "ECBDATAPTR");

static int ecb_encrypt(void *self, struct dma_buffer *request)
{
    struct nrf52_ecb *ecb = self;
    struct slice bytes = {NULL, 0};
    if (ecb->request != NULL) {
        return K_EBUSY;
    }
    int status = dma_buffer_claim(request, 0, HIL_AES_REQUEST_BYTES, &bytes);
    if (status != K_OK) {
        return status;
    }
    ecb->request = request;
    nrf52_event_clear(NRF52_ECB_BASE, ECB_EVENTS_ENDECB);
    nrf52_event_clear(NRF52_ECB_BASE, ECB_EVENTS_ERRORECB);
    *nrf52_register(NRF52_ECB_BASE, ECB_INTENSET) = ECB_INT_ENDECB | ECB_INT_ERRORECB;
    *nrf52_register(NRF52_ECB_BASE, ECB_ECBDATAPTR) = (uint32_t)(uintptr_t)bytes.bytes;
    nrf52_task(NRF52_ECB_BASE, ECB_TASKS_STARTECB);
    return K_OK;
}

static void ecb_set_client(void *self, const struct hil_aes_client *client)
{
    struct nrf52_ecb *ecb = self;
    ecb->client = client;
}

const struct hil_aes_ops nrf52_ecb_ops = {ecb_encrypt, ecb_set_client};

void nrf52_ecb_serve(void *self)
{
    struct nrf52_ecb *ecb = self;
    bool failed = nrf52_event_is_set(NRF52_ECB_BASE, ECB_EVENTS_ERRORECB);
    if (!failed && !nrf52_event_is_set(NRF52_ECB_BASE, ECB_EVENTS_ENDECB)) {
        return;
    }
    nrf52_event_clear(NRF52_ECB_BASE, ECB_EVENTS_ENDECB);
    nrf52_event_clear(NRF52_ECB_BASE, ECB_EVENTS_ERRORECB);
    if (ecb->request == NULL) {
        return;
    }
    dma_buffer_release(ecb->request);
    ecb->request = NULL;
    hil_aes_client_done(ecb->client, failed ? K_EFAIL : K_OK);
}
