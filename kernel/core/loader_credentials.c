/* What the footers of an app say about it: whoever can judge is asked, one credential after the
 * other. Only boards that want it link this. */
#include "kernel/core/kernel_internal.h"

static bool they_count(void)
{
    return kernel.config->credentials->policy != KERNEL_CREDENTIALS_IGNORED;
}

static void checked(void *self, enum hil_credential_verdict verdict)
{
    struct loader *loader = self;
    if (loader->phase != LOADER_WAIT) {
        return;
    }
    deferred_call_request_later(&loader->next_piece);
    switch (verdict) {
    case HIL_CREDENTIAL_PASS:
        loader->phase = LOADER_CHECK;
        return;
    case HIL_CREDENTIAL_ACCEPT:
        loader->phase = LOADER_MAKE;
        return;
    case HIL_CREDENTIAL_REJECT:
        break;
    }
    loader_decide(loader, APP_BAD_CREDENTIAL);
}

static void start(struct loader *loader)
{
    static const struct hil_credential_client client = {checked, &kernel.loader, NULL};
    (void)loader;
    if (they_count()) {
        hil_credential_set_client(kernel.config->credentials->checker, &client);
    }
}

static void no_credential_left(struct loader *loader, enum app_refusal refusal)
{
    if (kernel.config->credentials->policy == KERNEL_CREDENTIALS_REQUIRED) {
        loader_decide(loader, refusal);
    } else {
        loader->phase = LOADER_MAKE;
    }
}

/* Asks about the next credential that somebody knows. */
static void check_next(struct loader *loader)
{
    const uint8_t *image = process_memory(loader->candidate);
    int status = K_ENOSUPPORT;
    if (!they_count()) {
        loader->phase = LOADER_MAKE;
        return;
    }
    while (status == K_ENOSUPPORT) {
        struct tbf_credential credential;
        enum tbf_footer footer =
            tbf_next_credential(image, &loader->app, &loader->footers, &credential);
        if (footer != TBF_FOOTER_CREDENTIAL) {
            no_credential_left(loader,
                               footer == TBF_FOOTER_BAD ? APP_BAD_FOOTER : APP_NO_CREDENTIAL);
            return;
        }
        loader->question = (struct hil_credential_question){
            .format = credential.format,
            .credential = {image + credential.data, credential.data_bytes},
            .region = {image, loader->app.binary_end},
        };
        status = hil_credential_check(kernel.config->credentials->checker, &loader->question);
    }
    if (status == K_OK) {
        loader->phase = LOADER_WAIT;
    } else {
        loader_decide(loader, APP_CREDENTIAL_UNKNOWN);
    }
}

/* If it was at a credential, it never answers. */
static void note_dead(struct loader *loader)
{
    if (loader->phase == LOADER_WAIT && guard_is_dead(kernel.config->credentials->checker->owner)) {
        deferred_call_request_later(&loader->next_piece);
        loader_decide(loader, APP_CREDENTIAL_UNKNOWN);
    }
}

const struct loader_credentials loader_credentials = {
    .start = start, .check_next = check_next, .note_dead = note_dead};
