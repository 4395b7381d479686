#include "kernel/capsules/aes_mux.h"

#include "kernel/capsule/driver.h"

CAPSULE(aes_mux, .needs = {AES});

/* The buffer goes back to its owner before that is told. */
static void finish(struct aes_mux_port *port, int status)
{
    dma_buffer_hand_back(port->request, &this_capsule);
    port->request = NULL;
    hil_aes_client_done(port->client, status);
}

/* Begins the first waiting block after that of `port`. Those that the peripheral refuses are over
 * with that. */
static void start_after(struct aes_mux *mux, struct aes_mux_port *port)
{
    struct aes_mux_port *each = port;
    do {
        each = each->next;
        if (mux->active == NULL && each->request != NULL) {
            int status = hil_aes_encrypt(mux->aes, each->request);
            if (status == K_OK) {
                mux->active = each;
            } else {
                finish(each, status);
            }
        }
    } while (each != port);
}

/* Who has had a block comes last: others go first even if it asks again at once. */
static void mux_done(void *self, int status)
{
    struct aes_mux *mux = self;
    struct aes_mux_port *port = mux->active;
    struct dma_buffer *request = port->request;
    port->request = NULL;
    mux->active = NULL;
    dma_buffer_hand_back(request, &this_capsule);
    start_after(mux, port);
    hil_aes_client_done(port->client, status);
}

static int port_encrypt(void *self, struct dma_buffer *request)
{
    struct aes_mux_port *port = self;
    struct aes_mux *mux = port->mux;
    if (port->request != NULL) {
        return K_EBUSY;
    }
    int status = K_OK;
    if (mux->active == NULL) {
        status = hil_aes_encrypt(mux->aes, request);
        if (status == K_OK) {
            mux->active = port;
        }
    }
    if (status == K_OK) {
        port->request = request;
    }
    return status;
}

static void port_set_client(void *self, const struct hil_aes_client *client)
{
    struct aes_mux_port *port = self;
    port->client = client;
}

static const struct hil_aes_ops port_ops = {port_encrypt, port_set_client};

void aes_mux_init(struct aes_mux *mux, const struct hil_aes *aes)
{
    *mux = (struct aes_mux){.aes = aes, .client = {mux_done, mux, &this_capsule}};
    hil_aes_set_client(aes, &mux->client);
}

void aes_mux_add_port(struct aes_mux *mux, struct aes_mux_port *port)
{
    *port = (struct aes_mux_port){.aes = {&port_ops, port, &this_capsule}, .mux = mux};
    if (mux->last == NULL) {
        port->next = port;
    } else {
        port->next = mux->last->next;
        mux->last->next = port;
    }
    mux->last = port;
}
