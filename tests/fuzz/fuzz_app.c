/* Hostile apps as the kernel reads them in flash: header, elements, footers, permissions.
 *
 * Input: the app. Its checksum is made right, so that what is behind that is reached. Whatever the
 * kernel hands out lies inside the app.
 */
#include <stdlib.h>
#include <string.h>

#include "kernel/abi/tbf.h"
#include "kernel/core/tbf.h"
#include "tests/fuzz/fuzz_bytes.h"

#define SIZE_MAX_BYTES (256U * 1024U)

static void mend_checksum(uint8_t *image, size_t size)
{
    size_t header_bytes = (size_t)image[2] | (size_t)image[3] << 8;
    memset(image + 12, 0, 4);
    uint8_t sum[4] = {0};
    for (size_t i = 0; i + 4 <= header_bytes && i + 4 <= size; i += 4) {
        for (size_t k = 0; k < 4; k++) {
            sum[k] ^= image[i + k];
        }
    }
    memcpy(image + 12, sum, 4);
}

static void walk_footers(const uint8_t *image, const struct tbf_app *app)
{
    struct tbf_credential credential;
    struct tbf_footers footers = {app->binary_end, 0};
    uint32_t found = 0;
    uint32_t sum = 0;
    while (tbf_next_credential(image, app, &footers, &credential) == TBF_FOOTER_CREDENTIAL) {
        found++;
        fuzz_check(credential.data >= app->binary_end && credential.data <= app->total_size &&
                       credential.data_bytes <= app->total_size - credential.data,
                   "a credential lies outside of the app");
        for (uint32_t i = 0; i < credential.data_bytes; i++) {
            sum += image[credential.data + i]; /* ASan judges */
        }
    }
    fuzz_check(found <= TBF_FOOTERS_MAX && footers.offset <= app->total_size && sum + 1 != 0,
               "the walk does not end");
}

static void look_at(const uint8_t *image, const struct tbf_app *app)
{
    fuzz_check(app->binary <= app->entry && app->entry < app->binary_end &&
                   app->binary_end <= app->total_size,
               "the program lies outside of the app");
    fuzz_check((uint32_t)app->name + app->name_length <= app->binary &&
                   app->writeable + app->writeable_count * 8U <= app->binary &&
                   app->permissions + app->permission_count * 16U <= app->binary,
               "an element lies outside of the header");
    (void)tbf_permits_command(image, app, 1, 70);
    (void)tbf_permits_driver(image, app, 0xFFFFFFFF);
    if (app->storage != 0) {
        (void)tbf_storage_write_id(image, app);
        (void)tbf_storage_lists(image, app, false, 0x12345678);
        (void)tbf_storage_lists(image, app, true, 0x12345678);
    }
    walk_footers(image, app);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > SIZE_MAX_BYTES) {
        return 0;
    }
    uint8_t *exact = malloc(size == 0 ? 1 : size);
    fuzz_check(exact != NULL, "no memory");
    memcpy(exact, data, size);
    if (size >= sizeof(struct tbf_header)) {
        mend_checksum(exact, size);
    }
    struct tbf_app app;
    enum tbf_result result = tbf_parse(exact, (uint32_t)size, &app);
    if (!tbf_is_end(result)) {
        fuzz_check(app.total_size >= sizeof(struct tbf_header) && app.total_size <= size,
                   "an app is longer than the flash");
    }
    if (result == TBF_APP) {
        look_at(exact, &app);
    }
    free(exact);
    return 0;
}
