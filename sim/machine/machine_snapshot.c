/* The frame of a snapshot: header, chunks, checks, hash. What is in the chunks that are not a
 * device's is in snapshot_*.c. */
#include "sim/machine/machine_snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "sim/machine/snapshot_sections.h"
#include "sim/machine/state_hash.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "snapshots hold the host's values as they are; their files are little endian");

#define FORMAT_VERSION 1U
#define CHUNK_NAME     32U
#define ALIGNMENT      8U

static const char magic[16] = "sandglass-snap\n";

struct header {
    char magic[16];
    uint32_t format_version;
    uint32_t chunk_count;
    uint64_t size_bytes; /* of all */
    uint64_t checksum;   /* of all that follows */
};

struct chunk {
    char name[CHUNK_NAME];        /* the section's, or the device's node */
    char class_name[CHUNK_NAME];  /* empty for a section */
    uint32_t version, size_bytes; /* the bytes follow, padded to ALIGNMENT */
};
_Static_assert(sizeof(struct header) % ALIGNMENT == 0 && sizeof(struct chunk) % ALIGNMENT == 0,
               "what follows is aligned");

static size_t padded(size_t size)
{
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* ---- writing ---- */

void *snapshot_write(struct snapshot_writer *writer, size_t size)
{
    struct machine_snapshot *to = writer->to;
    size_t end = to->size + padded(size);
    if (writer->failed) {
        return NULL;
    }
    if (end > to->capacity) {
        size_t capacity = end + end / 4;
        uint8_t *bytes = realloc(to->bytes, capacity);
        if (bytes == NULL) {
            writer->failed = true;
            return NULL;
        }
        to->bytes = bytes;
        to->capacity = capacity;
    }
    void *start = to->bytes + to->size;
    memset(start, 0, padded(size));
    to->size = end;
    return start;
}

void snapshot_write_bytes(struct snapshot_writer *writer, const void *bytes, size_t size)
{
    void *copy = snapshot_write(writer, size);
    if (copy != NULL) {
        memcpy(copy, bytes, size);
    }
}

void snapshot_copy_text(char *to, const char *text, size_t size)
{
    size_t length = strlen(text);
    memcpy(to, text, length < size ? length : size - 1);
}

/* What a chunk is called. */
struct title {
    const char *name, *class_name;
    uint32_t version;
};

/* Leaves the size for end_chunk: where the chunk began. */
static size_t begin_chunk(struct snapshot_writer *writer, struct title title)
{
    size_t at = writer->to->size;
    struct chunk *chunk = snapshot_write(writer, sizeof *chunk);
    if (chunk != NULL) {
        snapshot_copy_text(chunk->name, title.name, CHUNK_NAME);
        snapshot_copy_text(chunk->class_name, title.class_name, CHUNK_NAME);
        chunk->version = title.version;
    }
    return at;
}

static void end_chunk(struct snapshot_writer *writer, size_t at)
{
    if (!writer->failed) {
        struct chunk *chunk = (void *)(writer->to->bytes + at);
        chunk->size_bytes = (uint32_t)(writer->to->size - at - sizeof *chunk);
    }
}

static void save_section(struct machine *machine, const struct snapshot_section *section,
                         struct snapshot_writer *writer)
{
    size_t at = begin_chunk(writer, (struct title){section->name, "", section->version});
    section->save(machine, writer);
    end_chunk(writer, at);
}

static struct title title_of(const struct machine_device *device)
{
    return (struct title){device->description->name, device->device_class->name,
                          device->device_class->state_version};
}

static void save_device(const struct machine_device *device, struct snapshot_writer *writer)
{
    const struct device_class *device_class = device->device_class;
    size_t at = begin_chunk(writer, title_of(device));
    snapshot_write_bytes(writer, (const uint8_t *)device->self + device_class->state_offset,
                         device_class->state_bytes);
    end_chunk(writer, at);
}

bool machine_snapshot_save(struct machine *machine, struct machine_snapshot *snapshot,
                           struct sim_error *error)
{
    struct snapshot_writer writer = {.to = snapshot};
    snapshot->size = 0;
    snapshot_write(&writer, sizeof(struct header));
    for (size_t i = 0; i < snapshot_section_count; i++) {
        save_section(machine, snapshot_sections[i], &writer);
    }
    for (size_t i = 0; i < machine->device_count; i++) {
        save_device(&machine->devices[i], &writer);
    }
    if (writer.failed) {
        snapshot->size = 0;
        return sim_fail(error, SIM_INTERNAL, "no memory for a snapshot");
    }
    if (writer.unlisted_event) {
        snapshot->size = 0;
        return sim_fail(
            error, SIM_INTERNAL,
            "an event is queued that no device class lists (device_class.event_offsets)");
    }
    struct header header = {
        .format_version = FORMAT_VERSION,
        .chunk_count = (uint32_t)(snapshot_section_count + machine->device_count),
        .size_bytes = snapshot->size,
        .checksum = state_hash(snapshot->bytes + sizeof header, snapshot->size - sizeof header, 0)};
    memcpy(header.magic, magic, sizeof magic);
    memcpy(snapshot->bytes, &header, sizeof header);
    return true;
}

void machine_snapshot_free(struct machine_snapshot *snapshot)
{
    free(snapshot->bytes);
    *snapshot = (struct machine_snapshot){0};
}

/* ---- walking ---- */

struct cursor {
    const struct machine_snapshot *from;
    size_t at;
};

/* The next chunk and its bytes; NULL: it does not fit in. */
static const struct chunk *next_chunk(struct cursor *cursor, const uint8_t **bytes)
{
    const struct machine_snapshot *from = cursor->from;
    if (from->size - cursor->at < sizeof(struct chunk)) {
        return NULL;
    }
    const struct chunk *chunk = (const void *)(from->bytes + cursor->at);
    size_t left = from->size - cursor->at - sizeof *chunk;
    if (chunk->size_bytes > left || padded(chunk->size_bytes) > left ||
        chunk->name[CHUNK_NAME - 1] != '\0' || chunk->class_name[CHUNK_NAME - 1] != '\0') {
        return NULL;
    }
    *bytes = from->bytes + cursor->at + sizeof *chunk;
    cursor->at += sizeof *chunk + padded(chunk->size_bytes);
    return chunk;
}

static struct cursor first_chunk(const struct machine_snapshot *snapshot)
{
    return (struct cursor){.from = snapshot, .at = sizeof(struct header)};
}

uint64_t machine_snapshot_hash(const struct machine_snapshot *snapshot)
{
    struct cursor cursor = first_chunk(snapshot);
    const uint8_t *bytes = NULL;
    uint64_t hash = 0;
    for (const struct chunk *chunk = next_chunk(&cursor, &bytes); chunk != NULL;
         chunk = next_chunk(&cursor, &bytes)) {
        if (chunk->name[0] != '+') {
            hash = state_hash(bytes, chunk->size_bytes, hash);
        }
    }
    return hash;
}

/* ---- bytes from a file ---- */

static bool check_header(const char *name, const struct header *header, size_t size,
                         struct sim_error *error)
{
    if (memcmp(header->magic, magic, sizeof magic) != 0) {
        return sim_fail(error, SIM_WRONG_USE, "%s is no snapshot of a machine", name);
    }
    if (header->format_version != FORMAT_VERSION) {
        return sim_fail(error, SIM_WRONG_USE,
                        "%s: snapshot format %u, this program reads format %u: save it again", name,
                        (unsigned)header->format_version, FORMAT_VERSION);
    }
    if (header->size_bytes != size) {
        return sim_fail(error, SIM_WRONG_USE,
                        "%s: the snapshot is damaged: it has %zu bytes and says %llu", name, size,
                        (unsigned long long)header->size_bytes);
    }
    return true;
}

static bool check_frame(const char *name, const struct machine_snapshot *snapshot,
                        struct sim_error *error)
{
    const struct header *header = (const void *)snapshot->bytes;
    struct cursor cursor = first_chunk(snapshot);
    const uint8_t *bytes = NULL;
    uint32_t count = 0;
    if (state_hash(header + 1, snapshot->size - sizeof *header, 0) != header->checksum) {
        return sim_fail(error, SIM_WRONG_USE, "%s: the snapshot is damaged: its checksum is wrong",
                        name);
    }
    while (next_chunk(&cursor, &bytes) != NULL) {
        count++;
    }
    return (cursor.at == snapshot->size && count == header->chunk_count) ||
           sim_fail(error, SIM_WRONG_USE, "%s: the snapshot is damaged: chunk %u does not fit in",
                    name, (unsigned)count);
}

bool machine_snapshot_read(struct machine_snapshot *snapshot, const char *name, const void *bytes,
                           size_t size, struct sim_error *error)
{
    struct header header = {0};
    if (size < sizeof header) {
        return sim_fail(error, SIM_WRONG_USE, "%s is no snapshot of a machine", name);
    }
    memcpy(&header, bytes, sizeof header);
    if (!check_header(name, &header, size, error)) {
        return false;
    }
    struct snapshot_writer writer = {.to = snapshot};
    snapshot->size = 0;
    void *copy = snapshot_write(&writer, size);
    if (copy == NULL) {
        return sim_fail(error, SIM_INTERNAL, "no memory for snapshot %s", name);
    }
    memcpy(copy, bytes, size);
    snapshot->size = size;
    if (!check_frame(name, snapshot, error)) {
        snapshot->size = 0;
        return false;
    }
    return true;
}

/* ---- restoring: everything is checked first ---- */

static bool check_title(const char *name, const struct chunk *chunk, struct title wanted,
                        struct sim_error *error)
{
    const char *version = "this program keeps other things of it: save the snapshot again";
    if (strncmp(chunk->name, wanted.name, CHUNK_NAME - 1) != 0) {
        return sim_fail(error, SIM_WRONG_USE, "%s: has another part where this machine has %s: %s",
                        name, wanted.name, version);
    }
    if (strncmp(chunk->class_name, wanted.class_name, CHUNK_NAME - 1) != 0) {
        return sim_fail(error, SIM_WRONG_USE, "%s: %s is something else there, a %s on this board",
                        name, wanted.name, wanted.class_name);
    }
    return chunk->version == wanted.version ||
           sim_fail(error, SIM_WRONG_USE, "%s: %s has version %u there, %u here: %s", name,
                    wanted.name, (unsigned)chunk->version, (unsigned)wanted.version, version);
}

static bool fail_values(const char *name, const char *part, struct sim_error *error)
{
    return sim_fail(error, SIM_WRONG_USE, "%s: the snapshot is damaged: impossible values for %s",
                    name, part);
}

/* What is being checked: where in the snapshot, and when it was saved, once that is known. */
struct check {
    struct cursor cursor;
    const char *name;
    uint64_t now_cycles;
};

static bool check_section(struct machine *machine, const struct snapshot_section *section,
                          struct check *check, struct sim_error *error)
{
    const char *name = check->name;
    const uint8_t *bytes = NULL;
    const struct chunk *chunk = next_chunk(&check->cursor, &bytes);
    const struct title title = {section->name, "", section->version};
    if (chunk == NULL) {
        return sim_fail(error, SIM_WRONG_USE, "%s: the snapshot ends before %s", name,
                        section->name);
    }
    if (!check_title(name, chunk, title, error)) {
        return false;
    }
    size_t records = chunk->size_bytes / section->record_bytes;
    if (chunk->size_bytes % section->record_bytes != 0 || records < section->records_min ||
        records > section->records_max) {
        return fail_values(name, section->name, error);
    }
    const struct snapshot_bytes from = {
        .bytes = bytes, .size = chunk->size_bytes, .name = name, .now_cycles = check->now_cycles};
    if (section->check != NULL && !section->check(machine, from, error)) {
        return fail_values(name, section->name, error);
    }
    check->now_cycles = section->holds_time ? snapshot_now(from) : check->now_cycles;
    return true;
}

static bool check_device(const struct machine_device *device, struct check *check,
                         struct sim_error *error)
{
    const char *name = check->name;
    const struct device_class *device_class = device->device_class;
    const uint8_t *bytes = NULL;
    const struct chunk *chunk = next_chunk(&check->cursor, &bytes);
    if (chunk == NULL) {
        return sim_fail(error, SIM_WRONG_USE, "%s: the snapshot ends before device %s", name,
                        device->description->name);
    }
    if (!check_title(name, chunk, title_of(device), error)) {
        return false;
    }
    bool sane = chunk->size_bytes == padded(device_class->state_bytes) &&
                (device_class->state_is_sane == NULL ||
                 device_class->state_is_sane(device->self, bytes, check->now_cycles));
    return sane || fail_values(name, device->description->name, error);
}

static bool check_all(struct machine *machine, const struct machine_snapshot *snapshot,
                      const char *name, struct sim_error *error)
{
    struct check check = {.cursor = first_chunk(snapshot), .name = name};
    if (snapshot->size < sizeof(struct header)) {
        return sim_fail(error, SIM_WRONG_USE, "%s: the snapshot is empty", name);
    }
    for (size_t i = 0; i < snapshot_section_count; i++) {
        if (!check_section(machine, snapshot_sections[i], &check, error)) {
            return false;
        }
    }
    for (size_t i = 0; i < machine->device_count; i++) {
        if (!check_device(&machine->devices[i], &check, error)) {
            return false;
        }
    }
    return check.cursor.at == snapshot->size ||
           sim_fail(error, SIM_WRONG_USE, "%s: has more devices than this machine", name);
}

static void restore_device(const struct machine_device *device, const uint8_t *state)
{
    const struct device_class *device_class = device->device_class;
    memcpy((uint8_t *)device->self + device_class->state_offset, state, device_class->state_bytes);
}

bool machine_snapshot_restore(struct machine *machine, const struct machine_snapshot *snapshot,
                              const char *name, struct sim_error *error)
{
    if (!check_all(machine, snapshot, name, error)) {
        return false;
    }
    bool observed = machine_observes_memory(machine);
    struct cursor cursor = first_chunk(snapshot);
    for (size_t i = 0; i < snapshot_section_count; i++) {
        struct snapshot_bytes from = {.name = name};
        from.size = next_chunk(&cursor, &from.bytes)->size_bytes;
        if (snapshot_sections[i]->restore != NULL) {
            snapshot_sections[i]->restore(machine, from);
        }
    }
    for (size_t i = 0; i < machine->device_count; i++) {
        const uint8_t *state = NULL;
        next_chunk(&cursor, &state);
        restore_device(&machine->devices[i], state);
    }
    if (observed || machine_observes_memory(machine)) {
        cpu_observing_changed(machine->cpu); /* it may be other memory than before */
    }
    return true;
}
