#include "kernel/capsules/digest.h"

#include "kernel/capsule/manifest.h"

CAPSULE(digest, .needs = {GRANT, SHA256});

int digest_add_piece(BORROWED struct digest_job *job, const struct grant *grant,
                     struct process_id id, uint32_t number)
{
    uint8_t bytes[DIGEST_PIECE_BYTES] = {0};
    uint32_t offset = job->done;
    struct slice piece = slice_part(SLICE_OF(bytes), 0, job->length - offset);
    if (allow_read(grant, id, ALLOW_READ_ONLY, number, offset, piece) != piece.length) {
        return K_ERESERVE;
    }
    sha256_add(&job->hash, slice_as_const(piece));
    job->done = offset + piece.length;
    return job->done < job->length ? K_EBUSY : K_OK;
}

int digest_finish(BORROWED struct digest_job *job, const struct grant *grant, struct process_id id,
                  enum allow_kind kind, uint32_t number)
{
    uint8_t bytes[2u * SHA256_BYTES] = {0};
    struct slice digest = slice_part(SLICE_OF(bytes), 0, SHA256_BYTES);
    struct slice other = slice_part(SLICE_OF(bytes), SHA256_BYTES, SHA256_BYTES);
    sha256_finish(&job->hash, digest);
    if (kind == ALLOW_READ_WRITE) {
        uint32_t written = allow_write(grant, id, number, 0, slice_as_const(digest));
        return written > 0 ? bytes[0] : K_ERESERVE;
    }
    if (allow_read(grant, id, kind, number, 0, other) != SHA256_BYTES) {
        return K_ENOMEM;
    }
    uint32_t differences = 0;
    for (uint32_t i = 0; i < SHA256_BYTES; i++) {
        differences |= (uint32_t)(bytes[i] ^ bytes[SHA256_BYTES + i]);
    }
    return differences == 0;
}

void digest_answer(const struct grant *grant, struct process_id id, uint32_t number, int result)
{
    uint32_t status = result < 0 ? (uint32_t)-result : 0;
    (void)upcall_schedule(grant, id, number, status, result < 0 ? 0 : (uint32_t)result, 0);
}
