/* sim/script/script_internal.h - what the files of sim/script share: the state of a case, its
 * machines, and how functions for Lua read their arguments and say what is wrong. */
#ifndef SIM_SCRIPT_SCRIPT_INTERNAL_H
#define SIM_SCRIPT_SCRIPT_INTERNAL_H

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "sim/machine/machine.h"
#include "sim/machine/machine_snapshot.h"
#include "sim/machine/machine_view.h"
#include "sim/script/script.h"
#include "sim/script/script_record.h"

#define SCRIPT_MACHINES_MAX  16                        /* at a time */
#define SCRIPT_MACHINES_EVER 256                       /* of a case, closed ones too */
#define SCRIPT_NS_MAX        INT64_C(1000000000000000) /* a million seconds: the longest time */
#define SCRIPT_PATH_MAX      1024

struct script_machine;

/* ---- modules: each file that adds functions for scripts has one, listed in script_modules.c ----
 */

struct script_function {
    const char *name; /* NULL ends the list */
    lua_CFunction function;
};

struct script_module {
    const char *name;
    const struct script_function *functions; /* sandglass.NAME(...), and global; NULL: none */
    const struct script_function *methods;   /* machine:NAME(...); NULL: none */
    /* Once for each state: metatables of its own, constants; may be NULL. */
    void (*open)(lua_State *lua);
    /* After a machine was given to a case, which then is at cycle 0; and before it is taken back,
     * when no Lua runs any more. May be NULL. */
    void (*machine_given)(lua_State *lua, struct script_machine *machine);
    void (*machine_taken)(struct script_machine *machine);
};

extern const struct script_module *const script_modules[]; /* ended by NULL */

/* ---- a case ---- */

struct script_pooled; /* script_pool.h */

/* A machine that a case has. Lives as long as the case; `pooled` is NULL once it is closed. */
struct script_machine {
    struct script *script;
    struct script_pooled *pooled;
    struct script_built built;    /* copied from it */
    struct script_record *record; /* what was observed */
    char board_name[64];          /* as the script wrote it */
    uint64_t seed;
    uint32_t cpu_hz;
    uint64_t base_cycle;               /* when the latest of the queued inputs comes */
    bool allows_faults, allows_panics; /* the latter counts with the former only */
    bool ended;                        /* by a lock-up, an exit, a BKPT; expect_end has taken it */
    enum machine_stop last_stop;
    bool spoilt; /* something observes it that cannot be taken off: no other case gets it */
    /* What runs it instead of machine_run, which has the same contract; NULL: machine_run does. */
    enum machine_stop (*run)(void *context, uint64_t cycle);
    void *run_context;
    struct script_feed *feeds;  /* values that follow a function of time; script_inputs.c */
    struct script_eye *eye;     /* script_picture.c; NULL: no picture is wanted */
    struct script_trace *trace; /* script_trace.c; NULL: none is wanted */
    void *report;               /* the host's; script_told.c; NULL: none is wanted */
    /* What the modules of these names keep, and free in machine_taken; NULL: nothing. */
    struct script_lab *lab;     /* script_lab.h */
    struct script_net *net;     /* script_lab.h */
    struct script_parts *parts; /* script_parts.h */
};

enum script_want {
    SCRIPT_WANT_TRACE = 1,
    SCRIPT_WANT_VIEW = 2,
    SCRIPT_WANT_OWNERS = 4,
    SCRIPT_WANT_REPORT = 8,
};

/* A case while it runs; the one pointer in the state's registry. */
struct script {
    struct script_pool *pool;
    const struct script_file *file;
    const struct script_options *options;
    struct script_result *result;
    lua_State *lua;
    const char *case_name;
    char folder[SCRIPT_PATH_MAX]; /* of the file, "." for none */

    struct script_case_list *list; /* not NULL: only to learn the names */
    int case_function;             /* reference of the chosen case's function; LUA_NOREF: none */
    size_t case_count;             /* that the file has named */
    bool in_case;                  /* the case's function runs, or the file is the case */
    bool has_board;                /* a machine was made outside of a case */

    struct script_machine *machines[SCRIPT_MACHINES_EVER];
    size_t machine_count;

    size_t memory_bytes;
    bool memory_is_bound;  /* Lua code runs: elsewhere nobody could catch that there is no more */
    uint64_t instructions; /* of Lua, roughly */
    bool exhausted;        /* instructions or memory: everything is an error from now on */
    int64_t limit_ns, settle_ns;
    uint32_t wants, has; /* enum script_want bits: asked for, and there in this attempt */
    bool trouble;        /* of the simulator, not of the script */
    bool in_feed;        /* a function that gives a value is being called: it is no time to act */
    bool wants_again;    /* something is not there: the case has to begin again with it */
    bool failed;         /* `failure` is filled in; whether it stands is known at the end */
    struct script_failure {
        char *message, *expected, *seen;
        struct script_machine *machine; /* that it was about; NULL: none */
    } failure;
    /* The first expectation that was not met, should the script catch its error: the case fails
     * all the same. Its message is NULL as long as there is none. */
    struct script_failure unmet;
};

struct script *script_of(lua_State *lua);

/* The line of the innermost Lua code that is being run; 0: there is none. */
int script_line(lua_State *lua);

/* As tostring, without addresses, which differ from run to run: pushes the text. */
void script_push_text(lua_State *lua, int index);

/* Counts work that C code does for the script, in Lua instructions. */
void script_charge(lua_State *lua, uint64_t instructions);

/* The expectation of the Lua code that called the running function is not met: fills in the failure
 * and raises it. `expected` and `seen` are copied, each a line or several. The case fails even if
 * the script catches the error. Never returns. */
int script_fail(lua_State *lua, struct script_machine *machine, const char *expected,
                const char *seen);
/* The same with formats for `seen` only. */
int script_failf(lua_State *lua, struct script_machine *machine, const char *expected,
                 const char *seen_format, ...) __attribute__((format(printf, 4, 5)));

/* The same, but whoever catches the error is free to go on. */
int script_fail_catchable(lua_State *lua, struct script_machine *machine, const char *expected,
                          const char *seen);

/* Raises an error of the simulator's set-up code at the calling line: the script is wrong, or
 * there is trouble. Never returns. */
int script_raise(lua_State *lua, const struct sim_error *error);

/* Frees what *place held and puts a copy there; "" for NULL. *place is NULL when there is no
 * memory. */
void script_keep_text(char **place, const char *text);

/* An expectation was met. */
void script_met(lua_State *lua);

/* The case cannot go on without something (enum script_want) that has to be there from its
 * beginning: ends this attempt, the next one has it. Returns when it is there. */
void script_want(lua_State *lua, enum script_want want);

/* Appends to the case's output. */
void script_print(struct script *script, const char *text, size_t length);

/* ---- arguments; all raise an error with the line of the call ---- */

/* The machine at `index` (1 for methods). */
struct script_machine *script_check_machine(lua_State *lua, int index);

/* The argument at `index` is nil, or a table that holds no other keys than `keys` (ended by
 * NULL). `function` is for the message. */
void script_check_options(lua_State *lua, int index, const char *function, const char *const *keys);
/* No more arguments than `count`. */
void script_check_count(lua_State *lua, const char *function, int count);

/* A time in nanoseconds at `index`, made by s(), ms(), ...; 0 to SCRIPT_NS_MAX. */
int64_t script_check_time(lua_State *lua, int index, const char *what);
/* The same of key `key` in the options at `index`; `otherwise` when it is not there. */
int64_t script_option_time(lua_State *lua, int index, const char *key, int64_t otherwise);
int64_t script_option_integer(lua_State *lua, int index, const char *key, int64_t low, int64_t high,
                              int64_t otherwise);
bool script_option_bool(lua_State *lua, int index, const char *key, bool otherwise);
/* The text of a key, or NULL; lives as long as the table holds it. */
const char *script_option_text(lua_State *lua, int index, const char *key);
bool script_has_option(lua_State *lua, int index, const char *key);
/* Pushes the value of a key, nil when it is not there, and returns its type. No metamethod is
 * asked: it could close the machine. */
int script_push_option(lua_State *lua, int index, const char *key);

/* The device of that name, which is at `index`; the message lists those that there are. */
int script_check_device(lua_State *lua, const struct script_machine *machine, int index);
/* The process whose name, or table of machine:process(), is at `index`. */
int script_check_process(lua_State *lua, const struct script_machine *machine, int index);
int script_find_process(const struct script_machine *machine, const char *name);
/* One of `names` (ended by NULL) at `index`; the message lists them. */
int script_check_word(lua_State *lua, int index, const char *what, const char *const *names);

/* A field of the table at the top of the stack. */
void script_set_text(lua_State *lua, const char *name, const char *text);
void script_set_integer(lua_State *lua, const char *name, int64_t value);

/* A path of the script's: as it is when it is absolute, else relative to its file. */
void script_path(const struct script *script, const char *name, char *path, size_t size);

/* ---- machines; script_machine.c ---- */

void script_open_machines(lua_State *lua);
/* A machine object for Lua, on the stack: given by the pool, or made of a built one. */
struct script_machine *script_push_machine(lua_State *lua,
                                           const struct script_board_request *request);
/* Gives all machines back to the pool. */
void script_close_machines(struct script *script);

uint64_t script_cycles(const struct script_machine *machine, int64_t ns);
int64_t script_ns(const struct script_machine *machine, uint64_t cycles);
uint64_t script_now(const struct script_machine *machine);

/* Where `within` ends: it counts from now, or from the latest of the queued inputs. */
uint64_t script_deadline(const struct script_machine *machine, int64_t within_ns);

/* Runs the machine to `cycle`, or until what its record waits for has come (true). Raises errors:
 * the case's virtual time is used up, the core is locked up, the engine fails. */
bool script_run(lua_State *lua, struct script_machine *machine, uint64_t cycle);

/* The same, but the end of the machine (MACHINE_STOP_LOCKUP, _BKPT, _EXIT) is no error: true. */
bool script_run_to_end(lua_State *lua, struct script_machine *machine, uint64_t cycle);

/* The same as script_run, for each instruction or exception entry, so many of them. */
void script_step(lua_State *lua, struct script_machine *machine, uint64_t count);

/* The cycle at which the next value of a function of time is due, CLOCK_NEVER for none; and gives
 * the devices those that are due. script_inputs.c */
uint64_t script_feeds_next(const struct script_machine *machine);
void script_feeds_due(lua_State *lua, struct script_machine *machine);

/* "1.234567 s": when a cycle is. Returns text, which has SCRIPT_TIME_BYTES. */
#define SCRIPT_TIME_BYTES 40
const char *script_time_text(const struct script_machine *machine, uint64_t cycle, char *text);

#endif
