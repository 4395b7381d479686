/* Expectations about LEDs, other parts that are on or off, and pins. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/script/script_modules.h"
#include "sim/script/script_options.h"
#include "sim/script/script_wait.h"

/* `level` (0, 1) or `on` (true, false) of the options at index 3. */
static bool option_level(lua_State *lua, const char *function)
{
    bool has_level = script_has_option(lua, 3, "level");
    if (has_level == script_has_option(lua, 3, "on")) {
        luaL_error(lua, "%s: say level = 0 or 1, or on = true or false", function);
    }
    return has_level ? script_option_integer(lua, 3, "level", 0, 1, 0) == 1
                     : script_option_bool(lua, 3, "on", false);
}

/* Inputs that are queued for later come first: what they do is meant. */
static void run_to_base(lua_State *lua, struct script_machine *machine)
{
    if (machine->base_cycle > script_now(machine)) {
        script_run(lua, machine, machine->base_cycle);
    }
}

static int expect_pin(lua_State *lua)
{
    static const char *const keys[] = {"level", "on", "within", NULL};
    char time[SCRIPT_TIME_BYTES];
    struct script_machine *machine = script_check_machine(lua, 1);
    script_check_count(lua, "expect_pin", 3);
    const struct script_signal signal = script_check_signal(lua, machine, 2);
    script_check_options(lua, 3, "expect_pin", keys);
    bool level = option_level(lua, "expect_pin");
    uint64_t deadline =
        script_deadline(machine, script_option_time(lua, 3, "within", SCRIPT_WITHIN_NS));
    run_to_base(lua, machine);
    const struct script_wait wait = {.kind = SCRIPT_EVENT_NOTE,
                                     .device = signal.name,
                                     .what = script_level_word(&signal, level),
                                     .process = -1};
    if (script_level_now(machine, &signal) != level &&
        !script_wait(lua, machine, &wait, deadline, NULL)) {
        const char *expected =
            lua_pushfstring(lua, "%s %s by %s", signal.name, script_level_word(&signal, level),
                            script_time_text(machine, deadline, time));
        return script_failf(lua, machine, expected, "it stays %s",
                            script_level_word(&signal, !level));
    }
    script_met(lua);
    return 0;
}

/* ---- periods and duty, over a stretch from now on ---- */

/* What the notes of a stretch say of a signal. */
struct waveform {
    uint64_t begin, end; /* cycles */
    uint64_t rises;      /* changes to on or high */
    uint64_t first_rise, last_rise;
    uint64_t shortest, longest; /* from one to the next; cycles */
    uint64_t on_cycles;
    bool lost; /* so many changes that not all were kept */
};

static void take_rise(struct waveform *wave, uint64_t cycle)
{
    if (wave->rises > 0) {
        uint64_t period = cycle - wave->last_rise;
        wave->shortest = period < wave->shortest ? period : wave->shortest;
        wave->longest = period > wave->longest ? period : wave->longest;
    } else {
        wave->first_rise = cycle;
    }
    wave->rises++;
    wave->last_rise = cycle;
}

static struct waveform watch(lua_State *lua, struct script_machine *machine,
                             const struct script_signal *signal, int64_t over_ns)
{
    run_to_base(lua, machine);
    struct script_record *record = machine->record;
    uint64_t noted = record->note_count;
    struct waveform wave = {.begin = script_now(machine), .shortest = UINT64_MAX};
    bool level = script_level_now(machine, signal);
    uint64_t since = wave.begin;
    wave.end = wave.begin + script_cycles(machine, over_ns);
    script_run(lua, machine, wave.end);
    uint64_t kept = script_record_kept(record);
    uint64_t fresh = record->note_count - noted;
    wave.lost = fresh > kept;
    for (uint64_t i = wave.lost ? 0 : kept - fresh; i < kept; i++) {
        const struct script_note *note = script_record_note(record, i);
        bool on = strcmp(note->what, script_level_word(signal, true)) == 0;
        if (strcmp(note->device, signal->name) != 0 || note->cycle > wave.end ||
            (!on && strcmp(note->what, script_level_word(signal, false)) != 0)) {
            continue;
        }
        wave.on_cycles += level ? note->cycle - since : 0;
        if (on) {
            take_rise(&wave, note->cycle);
        }
        level = on;
        since = note->cycle;
    }
    wave.on_cycles += level ? wave.end - since : 0;
    script_charge(lua, fresh);
    return wave;
}

/* As one would write it: "2 s", "499.984 ms", "62.5 us". */
static const char *span_text(const struct script_machine *machine, uint64_t cycles, char *text)
{
    int64_t ns = script_ns(machine, cycles);
    int digits = ns % 1000000000 == 0 ? 9 : ns >= 1000000 ? 6 : 3; /* behind the point */
    int64_t unit = digits == 9 ? 1000000000 : digits == 6 ? 1000000 : 1000;
    int length =
        snprintf(text, SCRIPT_TIME_BYTES, "%" PRId64 ".%0*d", ns / unit, digits, (int)(ns % unit));
    while (text[length - 1] == '0') {
        length--;
    }
    length -= text[length - 1] == '.' ? 1 : 0;
    snprintf(text + length, SCRIPT_TIME_BYTES - (size_t)length, "%s",
             digits == 9   ? " s"
             : digits == 6 ? " ms"
                           : " us");
    return text;
}

static int fail_period(lua_State *lua, struct script_machine *machine, const char *expected,
                       const struct waveform *wave)
{
    char shortest[SCRIPT_TIME_BYTES], longest[SCRIPT_TIME_BYTES];
    if (wave->lost) {
        return script_fail(lua, machine, expected,
                           "more changes of pins and parts than are kept: a shorter `over` helps");
    }
    if (wave->rises < 2) {
        return script_failf(lua, machine, expected, "it went on %d time%s, a period takes two",
                            (int)wave->rises, wave->rises == 1 ? "" : "s");
    }
    span_text(machine, wave->shortest, shortest);
    span_text(machine, wave->longest, longest);
    int count = (int)wave->rises - 1;
    const char *plural = count == 1 ? "" : "s";
    return wave->shortest == wave->longest
               ? script_failf(lua, machine, expected, "%d period%s of %s", count, plural, shortest)
               : script_failf(lua, machine, expected, "%d period%s of %s to %s", count, plural,
                              shortest, longest);
}

static int expect_period(lua_State *lua)
{
    static const char *const keys[] = {"tolerance", "over", NULL};
    char period_text[SCRIPT_TIME_BYTES], tolerance_text[SCRIPT_TIME_BYTES];
    struct script_machine *machine = script_check_machine(lua, 1);
    script_check_count(lua, "expect_period", 4);
    const struct script_signal signal = script_check_signal(lua, machine, 2);
    int64_t period_ns = script_check_time(lua, 3, "the period");
    script_check_options(lua, 4, "expect_period", keys);
    uint64_t period = script_cycles(machine, period_ns);
    uint64_t tolerance =
        script_cycles(machine, script_option_time(lua, 4, "tolerance", period_ns / 1000));
    int64_t over = script_option_time(
        lua, 4, "over", period_ns < SCRIPT_NS_MAX / 8 ? period_ns * 4 : SCRIPT_NS_MAX);
    struct waveform wave = watch(lua, machine, &signal, over);
    bool met = !wave.lost && wave.rises >= 2 && wave.longest <= period + tolerance &&
               wave.shortest + tolerance >= period;
    if (!met) {
        const char *expected = lua_pushfstring(lua, "%s with a period of %s, give or take %s",
                                               signal.name, span_text(machine, period, period_text),
                                               span_text(machine, tolerance, tolerance_text));
        return fail_period(lua, machine, expected, &wave);
    }
    script_met(lua);
    lua_pushinteger(lua, script_ns(machine, (wave.last_rise - wave.first_rise) / (wave.rises - 1)));
    return 1;
}

static int expect_duty(lua_State *lua)
{
    static const char *const keys[] = {"tolerance", "over", NULL};
    struct script_machine *machine = script_check_machine(lua, 1);
    script_check_count(lua, "expect_duty", 4);
    const struct script_signal signal = script_check_signal(lua, machine, 2);
    lua_Integer wanted = lua_isinteger(lua, 3) ? lua_tointeger(lua, 3) : -1;
    if (wanted < 0 || wanted > 1000) {
        return luaL_error(lua, "expect_duty: the share of time on is 0 to 1000, in thousandths");
    }
    script_check_options(lua, 4, "expect_duty", keys);
    int64_t tolerance = script_option_integer(lua, 4, "tolerance", 0, 1000, 10);
    int64_t over = script_option_time(lua, 4, "over", SCRIPT_WITHIN_NS);
    struct waveform wave = watch(lua, machine, &signal, over);
    uint64_t cycles = wave.end - wave.begin;
    int64_t duty =
        cycles == 0 ? 0 : (int64_t)((double)wave.on_cycles * 1000 / (double)cycles + 0.5);
    if (wave.lost || duty < wanted - tolerance || duty > wanted + tolerance) {
        const char *expected = lua_pushfstring(lua, "%s on for %d of 1000, give or take %d",
                                               signal.name, (int)wanted, (int)tolerance);
        return wave.lost ? fail_period(lua, machine, expected, &wave)
                         : script_failf(lua, machine, expected, "%d of 1000", (int)duty);
    }
    script_met(lua);
    lua_pushinteger(lua, duty);
    return 1;
}

/* on, off; true or false for a part or pin now. */
static int level(lua_State *lua)
{
    struct script_machine *machine = script_check_machine(lua, 1);
    script_check_count(lua, "level", 2);
    const struct script_signal signal = script_check_signal(lua, machine, 2);
    lua_pushinteger(lua, script_level_now(machine, &signal) ? 1 : 0);
    return 1;
}

static const struct script_function methods[] = {
    {"expect_pin", expect_pin},
    {"expect_period", expect_period},
    {"expect_duty", expect_duty},
    {"level", level},
    {NULL, NULL},
};

const struct script_module script_module_pins = {.name = "pins", .methods = methods};
