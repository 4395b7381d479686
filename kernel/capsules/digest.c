#include "kernel/capsules/digest.h"

#include "kernel/capsule/manifest.h"

CAPSULE(digest, .needs = {GRANT, SHA256});

int digest_add_piece(BORROWED struct sha256 *hash, BORROWED struct digest_input *input,
                     const struct grant *grant, struct process_id id, uint32_t number)
{
    uint8_t bytes[DIGEST_PIECE_BYTES] = {0};
    uint32_t left = input->length - input->done;
    uint32_t wanted = left < DIGEST_PIECE_BYTES ? left : DIGEST_PIECE_BYTES;
    struct slice piece = slice_part(SLICE_OF(bytes), 0, wanted);
    if (allow_read(grant, id, ALLOW_READ_ONLY, number, input->done, piece) != wanted) {
        return K_ERESERVE;
    }
    sha256_add(hash, slice_as_const(piece));
    input->done += wanted;
    return input->done < input->length ? K_EBUSY : K_OK;
}

bool digest_is_in_buffer(BORROWED struct const_slice digest, const struct grant *grant,
                         struct process_id id, uint32_t number)
{
    uint8_t bytes[SHA256_BYTES] = {0};
    if (allow_read(grant, id, ALLOW_READ_ONLY, number, 0, SLICE_OF(bytes)) != SHA256_BYTES) {
        return false;
    }
    uint32_t differences = 0;
    for (uint32_t i = 0; i < SHA256_BYTES; i++) {
        differences |= (uint32_t)(bytes[i] ^ slice_get(digest, i));
    }
    return differences == 0;
}
