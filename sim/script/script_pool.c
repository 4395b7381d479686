#include "sim/script/script_pool.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct script_pool {
    struct script_host host;
    struct script_pooled *machines[SCRIPT_POOL_MAX]; /* NULL: a free place */
    uint64_t uses;
};

struct script_pool *script_pool_create(const struct script_host *host)
{
    struct script_pool *pool = calloc(1, sizeof *pool);
    if (pool != NULL) {
        pool->host = *host;
    }
    return pool;
}

const struct script_host *script_pool_host(const struct script_pool *pool)
{
    return &pool->host;
}

static void destroy_machine(struct script_pool *pool, size_t place)
{
    struct script_pooled *pooled = pool->machines[place];
    pool->machines[place] = NULL;
    if (pooled != NULL) {
        if (pooled->built.machine != NULL) {
            pool->host.destroy(pool->host.context, &pooled->built);
        }
        script_record_destroy(pooled->record);
        machine_snapshot_free(&pooled->begin);
        free(pooled->key);
        free(pooled);
    }
}

void script_pool_destroy(struct script_pool *pool)
{
    for (size_t i = 0; pool != NULL && i < SCRIPT_POOL_MAX; i++) {
        destroy_machine(pool, i);
    }
    free(pool);
}

static void print_source(FILE *stream, const struct script_source *source)
{
    fprintf(stream, "%zu %s\n", source->size, source->name == NULL ? "" : source->name);
    if (source->bytes != NULL) {
        fwrite(source->bytes, 1, source->size, stream);
    }
}

/* All that makes a machine another one. NULL: no memory. */
static char *make_key(const struct script_board_request *request, size_t *size)
{
    char *text = NULL;
    FILE *stream = open_memstream(&text, size);
    if (stream == NULL) {
        return NULL;
    }
    fprintf(stream, "%s\n%s\n%" PRIu64 " %d %" PRIu32 " %d%d%d\n", request->folder, request->board,
            request->seed, request->has_flash_timing ? (int)request->flash_timing : -1,
            request->jitter_cycles, request->check_isolation, request->count_mpu_hits,
            request->semihosting);
    print_source(stream, &request->kernel);
    for (size_t i = 0; i < request->app_count; i++) {
        print_source(stream, &request->apps[i]);
    }
    return fclose(stream) == 0 ? text : NULL;
}

/* A free place; if there is none, that of the machine that was unused for the longest time. */
static size_t find_place(struct script_pool *pool)
{
    size_t best = SCRIPT_POOL_MAX;
    for (size_t i = 0; i < SCRIPT_POOL_MAX; i++) {
        const struct script_pooled *pooled = pool->machines[i];
        if (pooled == NULL) {
            return i;
        }
        if (!pooled->used &&
            (best == SCRIPT_POOL_MAX || pooled->last_use < pool->machines[best]->last_use)) {
            best = i;
        }
    }
    if (best < SCRIPT_POOL_MAX) {
        destroy_machine(pool, best);
    }
    return best;
}

static struct script_pooled *find_unused(struct script_pool *pool, const char *key,
                                         size_t key_bytes)
{
    for (size_t i = 0; i < SCRIPT_POOL_MAX; i++) {
        struct script_pooled *pooled = pool->machines[i];
        if (pooled != NULL && !pooled->used && pooled->key_bytes == key_bytes &&
            memcmp(pooled->key, key, key_bytes) == 0) {
            return pooled;
        }
    }
    return NULL;
}

/* What the guest prints through it belongs to its console. */
static void answer_semihosting(struct script_pooled *pooled)
{
    const struct semihosting_config config = {.print = script_record_print,
                                              .context = pooled->record,
                                              .command_line = pooled->built.firmware_path};
    machine_set_semihosting(pooled->built.machine, &config);
}

static struct script_pooled *build(struct script_pool *pool,
                                   const struct script_board_request *request, char *key,
                                   size_t key_bytes, struct sim_error *error)
{
    size_t place = find_place(pool);
    struct script_pooled *pooled = place == SCRIPT_POOL_MAX ? NULL : calloc(1, sizeof *pooled);
    if (pooled == NULL) {
        free(key);
        sim_fail(error, SIM_INTERNAL, "no room for another machine");
        return NULL;
    }
    pooled->key = key;
    pooled->key_bytes = key_bytes;
    pool->machines[place] = pooled;
    if (!pool->host.build(pool->host.context, request, &pooled->built, error)) {
        pooled->built.machine = NULL; /* the host has cleaned up */
        destroy_machine(pool, place);
        return NULL;
    }
    pooled->record = script_record_create(pooled->built.machine, pooled->built.board,
                                          pooled->built.kernel, error);
    if (pooled->record != NULL && request->semihosting) {
        answer_semihosting(pooled);
    }
    if (pooled->record == NULL ||
        !machine_snapshot_save(pooled->built.machine, &pooled->begin, error)) {
        destroy_machine(pool, place);
        return NULL;
    }
    return pooled;
}

struct script_pooled *script_pool_take(struct script_pool *pool,
                                       const struct script_board_request *request,
                                       struct sim_error *error)
{
    size_t key_bytes = 0;
    char *key = make_key(request, &key_bytes);
    if (key == NULL) {
        sim_fail(error, SIM_INTERNAL, "no memory for another machine");
        return NULL;
    }
    struct script_pooled *pooled = find_unused(pool, key, key_bytes);
    if (pooled == NULL) {
        pooled = build(pool, request, key, key_bytes, error); /* takes the key over */
    } else {
        free(key);
        if (!machine_snapshot_restore(pooled->built.machine, &pooled->begin, "a machine's start",
                                      error)) {
            return NULL;
        }
    }
    if (pooled != NULL) {
        pooled->used = true;
        pooled->last_use = ++pool->uses;
        script_record_begin(pooled->record);
    }
    return pooled;
}

void script_pool_give(struct script_pool *pool, struct script_pooled *pooled)
{
    (void)pool;
    script_record_end(pooled->record);
    pooled->used = false;
}

void script_pool_drop(struct script_pool *pool, struct script_pooled *pooled)
{
    for (size_t i = 0; i < SCRIPT_POOL_MAX; i++) {
        if (pool->machines[i] == pooled) {
            destroy_machine(pool, i);
        }
    }
}
