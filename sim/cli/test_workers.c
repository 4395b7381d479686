#include "sim/cli/test_workers.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ANSWER_MAX (64U * 1024U * 1024U)
#define NO_TASK    SIZE_MAX
#define POLL_MS    200 /* how often it is looked who takes too long */

/* ---- messages: whole blocks of bytes between two processes of ours ---- */

static bool put_bytes(int fd, const void *bytes, size_t size)
{
    const char *at = bytes;
    while (size > 0) {
        ssize_t done = send(fd, at, size, MSG_NOSIGNAL);
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done <= 0) {
            return false;
        }
        at += done;
        size -= (size_t)done;
    }
    return true;
}

static bool get_bytes(int fd, void *bytes, size_t size)
{
    char *at = bytes;
    while (size > 0) {
        ssize_t done = read(fd, at, size);
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done <= 0) {
            return false;
        }
        at += done;
        size -= (size_t)done;
    }
    return true;
}

static bool put_text(int fd, const char *text)
{
    uint32_t length = (uint32_t)strlen(text);
    return put_bytes(fd, &length, sizeof length) && put_bytes(fd, text, length);
}

/* NULL: the other end is gone. */
static char *get_text(int fd)
{
    uint32_t length = 0;
    if (!get_bytes(fd, &length, sizeof length) || length > ANSWER_MAX) {
        return NULL;
    }
    char *text = malloc((size_t)length + 1);
    if (text == NULL || !get_bytes(fd, text, length)) {
        free(text);
        return NULL;
    }
    text[length] = '\0';
    return text;
}

/* What a worker is asked for. */
struct order {
    uint32_t file;
    uint32_t run; /* 0: list; else the case's name follows */
};

static char **texts_of(struct script_result *result, size_t index)
{
    char **const texts[] = {&result->message, &result->expected, &result->seen,
                            &result->state,   &result->output,   &result->screenshot};
    return index < sizeof texts / sizeof texts[0] ? texts[index] : NULL;
}

static bool put_result(int fd, struct script_result *result)
{
    uint64_t numbers[3] = {(uint64_t)result->verdict, result->virtual_ns, result->expectations};
    bool good = put_bytes(fd, numbers, sizeof numbers);
    for (size_t i = 0; good && texts_of(result, i) != NULL; i++) {
        const char *text = *texts_of(result, i);
        good = put_text(fd, text == NULL ? "" : text);
    }
    return good;
}

static bool get_result(int fd, struct script_result *result)
{
    uint64_t numbers[3];
    *result = (struct script_result){0};
    bool good = get_bytes(fd, numbers, sizeof numbers);
    for (size_t i = 0; good && texts_of(result, i) != NULL; i++) {
        *texts_of(result, i) = get_text(fd);
        good = *texts_of(result, i) != NULL;
    }
    if (!good) {
        script_free_result(result);
        return false;
    }
    result->verdict = (enum script_verdict)numbers[0];
    result->virtual_ns = numbers[1];
    result->expectations = numbers[2];
    return true;
}

static bool put_cases(int fd, const struct script_case_list *cases)
{
    uint64_t count = cases->count;
    return put_bytes(fd, &count, sizeof count) &&
           put_bytes(fd, cases->names, cases->count * sizeof *cases->names);
}

static bool get_cases(int fd, struct script_case_list *cases)
{
    uint64_t count = 0;
    *cases = (struct script_case_list){0};
    if (!get_bytes(fd, &count, sizeof count) || count > SCRIPT_CASES_MAX) {
        return false;
    }
    cases->names = malloc((count + 1) * sizeof *cases->names);
    if (cases->names == NULL || !get_bytes(fd, cases->names, count * sizeof *cases->names)) {
        script_free_cases(cases);
        return false;
    }
    cases->count = count;
    return true;
}

/* ---- the worker ---- */

static bool do_listing(int fd, struct script_pool *pool, const struct script_file *file)
{
    struct script_case_list cases = {0};
    struct sim_error error = {0};
    struct script_result result = {0};
    if (!script_list_cases(pool, file, &cases, &error)) {
        result.verdict = error.status == SIM_INTERNAL ? SCRIPT_TROUBLE : SCRIPT_BROKEN;
        result.message = error.text;
    }
    bool good = put_result(fd, &result) && put_cases(fd, &cases);
    script_free_cases(&cases);
    return good;
}

static bool do_case(int fd, struct script_pool *pool, const struct test_setup *setup,
                    const struct script_file *file)
{
    struct script_result result;
    char *name = get_text(fd);
    if (name == NULL) {
        return false;
    }
    script_run_case(pool, file, name, &setup->options, &result);
    bool good = put_result(fd, &result);
    script_free_result(&result);
    free(name);
    return good;
}

/* Until nobody asks any more. */
static void work(int fd, const struct test_setup *setup)
{
    struct test_host test_host = setup->host;
    const struct script_host host = test_host_make(&test_host);
    struct script_pool *pool = script_pool_create(&host);
    struct order order;
    bool good = pool != NULL;
    while (good && get_bytes(fd, &order, sizeof order) && order.file < setup->files->count) {
        const struct test_file *file = &setup->files->files[order.file];
        const struct script_file script = {.path = file->path,
                                           .source = (const char *)file->source.data,
                                           .source_bytes = file->source.size};
        good = order.run != 0 ? do_case(fd, pool, setup, &script) : do_listing(fd, pool, &script);
    }
    script_pool_destroy(pool);
}

/* ---- the one who gives out the work ---- */

struct worker {
    pid_t pid;
    int fd;      /* -1: there is none */
    size_t task; /* NO_TASK: it waits for one */
    uint64_t since_ms;
};

struct office {
    const struct test_setup *setup;
    struct test_task *tasks;
    size_t count, next; /* tasks that were given out */
    struct worker workers[TEST_JOBS_MAX];
};

static uint64_t host_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* The ends of the other workers are not this one's: they would never see theirs closed. */
static bool hire(struct office *office, struct worker *worker, struct sim_error *error)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        return sim_fail(error, SIM_INTERNAL, "cannot start a process: %s", strerror(errno));
    }
    fflush(NULL); /* what waits to be written would be written twice */
    pid_t pid = fork();
    if (pid == 0) {
        for (size_t i = 0; i < TEST_JOBS_MAX; i++) {
            if (office->workers[i].fd >= 0) {
                close(office->workers[i].fd);
            }
        }
        close(ends[0]);
        work(ends[1], office->setup);
        _exit(0);
    }
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return sim_fail(error, SIM_INTERNAL, "cannot start a process: %s", strerror(errno));
    }
    *worker = (struct worker){.pid = pid, .fd = ends[0], .task = NO_TASK};
    return true;
}

static void dismiss(struct worker *worker)
{
    close(worker->fd);
    worker->fd = -1;
    while (waitpid(worker->pid, NULL, 0) < 0 && errno == EINTR) {
    }
}

static void set_trouble(struct test_task *task, const char *format, unsigned long value)
{
    char text[160];
    snprintf(text, sizeof text, format, value);
    script_free_result(&task->result);
    task->result.verdict = SCRIPT_TROUBLE;
    for (size_t i = 0; texts_of(&task->result, i) != NULL; i++) {
        *texts_of(&task->result, i) = strdup(i == 0 ? text : "");
    }
    task->done = true;
}

static void give(struct office *office, struct worker *worker)
{
    const struct test_task *task = &office->tasks[office->next];
    struct order order = {.file = (uint32_t)task->file, .run = task->name != NULL};
    worker->task = office->next;
    worker->since_ms = host_ms();
    office->next++;
    /* When it is gone, the answer says so. */
    (void)(put_bytes(worker->fd, &order, sizeof order) &&
           (task->name == NULL || put_text(worker->fd, task->name)));
}

static void take_answer(struct office *office, struct worker *worker)
{
    struct test_task *task = &office->tasks[worker->task];
    task->done = get_result(worker->fd, &task->result) &&
                 (task->name != NULL || get_cases(worker->fd, &task->cases));
    worker->task = NO_TASK;
    if (!task->done) {
        dismiss(worker);
        set_trouble(task, "the simulator crashed in this case (process %lu)",
                    (unsigned long)worker->pid);
    }
}

static void end_overdue(struct office *office, struct worker *worker)
{
    uint64_t limit = office->setup->host_limit_ms;
    if (worker->fd >= 0 && worker->task != NO_TASK && host_ms() - worker->since_ms >= limit) {
        size_t task = worker->task;
        kill(worker->pid, SIGKILL);
        dismiss(worker);
        set_trouble(&office->tasks[task],
                    "the case was ended: it took more than %lu s of the host's time",
                    (unsigned long)(limit / 1000));
    }
}

/* Waits for answers of those that have something to do. */
static void listen_to_all(struct office *office)
{
    struct pollfd polled[TEST_JOBS_MAX];
    struct worker *who[TEST_JOBS_MAX];
    nfds_t count = 0;
    for (size_t i = 0; i < TEST_JOBS_MAX; i++) {
        struct worker *worker = &office->workers[i];
        if (worker->fd >= 0 && worker->task != NO_TASK) {
            polled[count] = (struct pollfd){.fd = worker->fd, .events = POLLIN};
            who[count] = worker;
            count++;
        }
    }
    if (count > 0) {
        (void)poll(polled, count, POLL_MS);
    }
    for (nfds_t i = 0; i < count; i++) {
        if ((polled[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
            take_answer(office, who[i]);
        } else {
            end_overdue(office, who[i]);
        }
    }
}

/* Gives each worker something to do, and hires those that are missing. */
static bool give_all(struct office *office, struct sim_error *error)
{
    for (int i = 0; i < office->setup->jobs; i++) {
        while (office->next < office->count && office->tasks[office->next].done) {
            office->next++;
        }
        if (office->next == office->count) {
            return true;
        }
        struct worker *worker = &office->workers[i];
        if (worker->fd < 0 && !hire(office, worker, error)) {
            return false;
        }
        if (worker->task == NO_TASK) {
            give(office, worker);
        }
    }
    return true;
}

bool test_workers_run(const struct test_setup *setup, struct test_task *tasks, size_t count,
                      void (*done)(void *context, struct test_task *task), void *context,
                      struct sim_error *error)
{
    struct office office = {.setup = setup, .tasks = tasks, .count = count};
    size_t told = 0;
    bool good = true;
    for (size_t i = 0; i < TEST_JOBS_MAX; i++) {
        office.workers[i] = (struct worker){.fd = -1, .task = NO_TASK};
    }
    while (good && told < count) {
        good = give_all(&office, error);
        if (good) {
            listen_to_all(&office);
        }
        for (; told < count && tasks[told].done; told++) {
            done(context, &tasks[told]);
        }
    }
    for (size_t i = 0; i < TEST_JOBS_MAX; i++) {
        if (office.workers[i].fd >= 0) {
            dismiss(&office.workers[i]);
        }
    }
    return good;
}
