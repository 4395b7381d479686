/* What a record holds: questions, and copies of it. */
#include <stdlib.h>
#include <string.h>

#include "sim/script/script_record.h"

/* ---- a copy, for snapshots ---- */

struct saved_record {
    struct script_record record; /* without what it owns: */
    struct script_note notes[SCRIPT_NOTES_MAX];
    char texts[SCRIPT_TEXTS_MAX][SCRIPT_TEXT_MAX];
};

void *script_record_save(const struct script_record *record)
{
    struct saved_record *saved = malloc(sizeof *saved);
    if (saved == NULL) {
        return NULL;
    }
    saved->record = *record;
    memcpy(saved->notes, record->notes, sizeof saved->notes);
    for (size_t i = 0; i < record->text_count; i++) {
        memcpy(saved->texts[i], record->texts[i].bytes,
               (size_t)(record->texts[i].end - record->texts[i].first));
    }
    return saved;
}

void script_record_restore(struct script_record *record, const void *from)
{
    const struct saved_record *saved = from;
    struct script_record now = *record;
    *record = saved->record;
    memcpy(record->notes, saved->notes, sizeof saved->notes);
    for (size_t i = 0; i < SCRIPT_TEXTS_MAX; i++) {
        record->texts[i].bytes = now.texts[i].bytes; /* what it has now it had then, or more */
    }
    for (size_t i = 0; i < record->text_count; i++) {
        memcpy(record->texts[i].bytes, saved->texts[i],
               (size_t)(record->texts[i].end - record->texts[i].first));
    }
    record->wait = (struct script_wait){0};
    record->recording = true;
}

/* ---- questions ---- */

struct script_text *script_record_text(struct script_record *record, const char *device)
{
    const char *wanted = device == NULL ? record->board->console : device;
    for (size_t i = 0; wanted != NULL && i < record->text_count; i++) {
        if (strcmp(record->texts[i].device, wanted) == 0) {
            return &record->texts[i];
        }
    }
    return NULL;
}

uint64_t script_record_kept(const struct script_record *record)
{
    return record->note_count < SCRIPT_NOTES_MAX ? record->note_count : SCRIPT_NOTES_MAX;
}

const struct script_note *script_record_note(const struct script_record *record, uint64_t nth)
{
    uint64_t kept = script_record_kept(record);
    return nth < kept ? &record->notes[(record->note_count - kept + nth) % SCRIPT_NOTES_MAX] : NULL;
}

uint64_t script_record_calls(const struct script_record *record, int process, int64_t call_class,
                             int64_t driver, int64_t command)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < SCRIPT_COUNTS_MAX; i++) {
        const struct script_count *count = &record->counts[i];
        bool fits = (process < 0 || count->process == process) &&
                    (call_class < 0 || count->call_class == call_class) &&
                    (driver < 0 || count->driver == driver) &&
                    (command < 0 || count->command == command);
        sum += fits ? count->calls : 0;
    }
    return sum;
}

static const struct {
    enum fault_kind kind;
    const char *name;
} fault_names[] = {
    {FAULT_IACCVIOL, "IACCVIOL"},
    {FAULT_DACCVIOL, "DACCVIOL"},
    {FAULT_IBUSERR, "IBUSERR"},
    {FAULT_PRECISERR, "PRECISERR"},
    {FAULT_IMPRECISERR, "IMPRECISERR"},
    {FAULT_UNDEFINSTR, "UNDEFINSTR"},
    {FAULT_INVSTATE, "INVSTATE"},
    {FAULT_INVPC, "INVPC"},
    {FAULT_NOCP, "NOCP"},
    {FAULT_UNALIGNED, "UNALIGNED"},
    {FAULT_DIVBYZERO, "DIVBYZERO"},
    {FAULT_BKPT, "BKPT"},
    {FAULT_MSTKERR, "MSTKERR"},
    {FAULT_STKERR, "STKERR"},
    {FAULT_MUNSTKERR, "MUNSTKERR"},
    {FAULT_UNSTKERR, "UNSTKERR"},
    {FAULT_MLSPERR, "MLSPERR"},
    {FAULT_LSPERR, "LSPERR"},
    {FAULT_VECTTBL, "VECTTBL"},
};

const char *script_fault_name(enum fault_kind kind)
{
    for (size_t i = 0; i < sizeof fault_names / sizeof fault_names[0]; i++) {
        if (fault_names[i].kind == kind) {
            return fault_names[i].name;
        }
    }
    return "fault";
}

bool script_fault_find(const char *name, enum fault_kind *kind)
{
    for (size_t i = 0; i < sizeof fault_names / sizeof fault_names[0]; i++) {
        if (strcmp(fault_names[i].name, name) == 0) {
            *kind = fault_names[i].kind;
            return true;
        }
    }
    return false;
}
