#include "sim/script/script_picture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/loader/file.h"
#include "sim/script/script_golden.h"
#include "sim/script/script_modules.h"
#include "sim/ui/picture_compare.h"
#include "sim/ui/ui_picture.h"
#include "sim/view/view_builder.h"

#define FRAMES_PER_S   60U
#define NAME_MAX_BYTES 120
#define SPEED_PERMILLE 1000U /* of a picture: nobody waits for it */

/* What looks at a machine from the beginning of its case. */
struct script_eye {
    struct view_builder *builder;
    struct view_frame *frame;
    struct ui_picture *picture;
    uint64_t frames; /* 60ths of a second at the frame that was taken last */
};

/* ---- frames ---- */

static uint64_t frames_now(const struct script_machine *machine)
{
    return clock_scale_down(script_now(machine), FRAMES_PER_S, machine->cpu_hz);
}

uint64_t script_picture_next(const struct script_machine *machine)
{
    return machine->eye == NULL
               ? CLOCK_NEVER
               : clock_scale_up(frames_now(machine) + 1, machine->cpu_hz, FRAMES_PER_S);
}

static void take(struct script_eye *eye)
{
    view_builder_fill(eye->builder, eye->frame);
    eye->frame->clock.speed_wanted_permille = SPEED_PERMILLE;
    eye->frame->clock.speed_permille = SPEED_PERMILLE;
    ui_picture_take(eye->picture, eye->frame);
}

void script_picture_take_due(struct script_machine *machine)
{
    struct script_eye *eye = machine->eye;
    if (eye != NULL && frames_now(machine) > eye->frames) {
        eye->frames = frames_now(machine);
        take(eye);
    }
}

static void close_eye(struct script_machine *machine)
{
    struct script_eye *eye = machine->eye;
    machine->eye = NULL;
    if (eye != NULL) {
        ui_picture_destroy(eye->picture);
        view_builder_destroy(eye->builder);
        free(eye->frame);
        free(eye);
    }
}

/* The builder's observers cannot be taken off: the machine is not used again. */
static void open_eye(lua_State *lua, struct script_machine *machine)
{
    struct sim_error error = {0};
    const struct ui_picture_options options = {.path = ""};
    const struct view_sources sources = {.machine = machine->built.machine,
                                         .kernel = machine->built.kernel,
                                         .symbols = machine->built.symbols};
    if ((machine->script->has & SCRIPT_WANT_VIEW) == 0) {
        return;
    }
    machine->eye = calloc(1, sizeof *machine->eye);
    struct view_frame *frame = calloc(1, sizeof *frame);
    if (machine->eye == NULL || frame == NULL) {
        free(frame);
        luaL_error(lua, "no memory for a picture");
        return;
    }
    machine->spoilt = true;
    machine->eye->frame = frame;
    machine->eye->picture = ui_picture_create(&options, &error);
    machine->eye->builder =
        machine->eye->picture == NULL ? NULL : view_builder_create(&sources, &error);
    if (machine->eye->builder == NULL) {
        close_eye(machine);
        script_raise(lua, &error);
    }
}

/* ---- files ---- */

/* "FILE-CASE-NAME.png" in the folder, which is made when it is not there. */
static void make_path(const struct script *script, const char *name, char *path, size_t size)
{
    char plain[NAME_MAX_BYTES];
    const char *base = file_base_name(script->file->path);
    size_t length = file_has_ending(base, ".lua") ? strlen(base) - 4 : strlen(base);
    snprintf(plain, sizeof plain, "%.*s-%s%s%s", (int)length, base, script->case_name,
             name[0] == '\0' ? "" : "-", name);
    for (char *at = plain; *at != '\0'; at++) {
        bool good = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') ||
                    (*at >= '0' && *at <= '9') || *at == '-' || *at == '.';
        *at = good ? *at : '_';
    }
    mkdir(script->options->screenshots, 0777);
    snprintf(path, size, "%s/%s%s", script->options->screenshots, plain,
             file_has_ending(plain, ".png") ? "" : ".png");
}

void script_picture_of_failure(struct script_machine *machine)
{
    struct script *script = machine->script;
    struct sim_error ignored = {0};
    char path[SCRIPT_PATH_MAX];
    if (machine->eye == NULL || script->options->screenshots == NULL) {
        return;
    }
    make_path(script, "", path, sizeof path);
    const struct ui_picture_options options = {.path = path};
    take(machine->eye);
    if (ui_picture_write_as(machine->eye->picture, &options, &ignored)) {
        free(script->result->screenshot);
        script->result->screenshot = strdup(path);
    }
}

/* ---- functions ---- */

static void tell_written(struct script *script, const char *path)
{
    script_print(script, "wrote ", 6);
    script_print(script, path, strlen(path));
    script_print(script, "\n", 1);
}

/* { pane, width, height, scale } at index 3. */
static struct ui_picture_options read_options(lua_State *lua, const char *function)
{
    static const char *const keys[] = {"pane", "width", "height", "scale", NULL};
    script_check_options(lua, 3, function, keys);
    struct ui_picture_options options = {
        .pane = script_option_text(lua, 3, "pane"),
        .width = (uint32_t)script_option_integer(lua, 3, "width", UI_PICTURE_SIDE_MIN,
                                                 UI_PICTURE_SIDE_MAX, 0),
        .height = (uint32_t)script_option_integer(lua, 3, "height", UI_PICTURE_SIDE_MIN,
                                                  UI_PICTURE_SIDE_MAX, 0),
        .scale = (float)script_option_integer(lua, 3, "scale", 1, 4, 1)};
    if ((options.width == 0) != (options.height == 0)) {
        luaL_error(lua, "%s: say width and height, or neither", function);
    }
    return options;
}

static void draw(lua_State *lua, struct script_machine *machine,
                 const struct ui_picture_options *options)
{
    struct sim_error error = {0};
    take(machine->eye);
    if (!ui_picture_write_as(machine->eye->picture, options, &error)) {
        script_raise(lua, &error);
    }
}

/* Writes a picture, when the user wants pictures. */
static int screenshot(lua_State *lua)
{
    struct script_machine *machine = script_check_machine(lua, 1);
    struct script *script = machine->script;
    char path[SCRIPT_PATH_MAX];
    script_check_count(lua, "screenshot", 3);
    const char *name = luaL_checkstring(lua, 2);
    lua_settop(lua, 3);
    struct ui_picture_options options = read_options(lua, "screenshot");
    if (script->options->screenshots == NULL) {
        return 0;
    }
    script_want(lua, SCRIPT_WANT_VIEW);
    make_path(script, name, path, sizeof path);
    options.path = path;
    draw(lua, machine, &options);
    tell_written(script, path);
    return 0;
}

/* What was drawn beside what was wanted, for people: into the folder of the pictures. */
static void keep_difference(struct script *script, const char *name, const uint8_t *actual,
                            const uint8_t *difference, uint32_t width, uint32_t height)
{
    char path[SCRIPT_PATH_MAX], part[NAME_MAX_BYTES];
    const char *base = file_base_name(name);
    if (script->options->screenshots != NULL) {
        const uint8_t *const pictures[] = {actual, difference};
        static const char *const kinds[] = {"actual", "diff"};
        for (size_t i = 0; i < 2; i++) {
            snprintf(part, sizeof part, "%.*s-%s", (int)strcspn(base, "."), base, kinds[i]);
            make_path(script, part, path, sizeof path);
            if (picture_write(path, pictures[i], width, height)) {
                tell_written(script, path);
            }
        }
    }
}

struct comparison {
    bool there, readable, same_size, differs;
    uint32_t width, height; /* of the golden picture */
    struct picture_difference found;
};

static struct comparison compare(struct script *script, const char *golden, const char *drawn,
                                 const char *name)
{
    struct comparison result = {0};
    uint32_t width = 0, height = 0, own_width = 0, own_height = 0;
    uint8_t *wanted = picture_read(golden, &width, &height);
    uint8_t *actual = picture_read(drawn, &own_width, &own_height);
    result.there = access(golden, F_OK) == 0;
    result.readable = wanted != NULL;
    result.width = width;
    result.height = height;
    result.same_size = actual != NULL && width == own_width && height == own_height;
    uint8_t *difference =
        result.readable && result.same_size ? malloc(4 * (size_t)width * height) : NULL;
    if (difference != NULL) {
        result.found = picture_compare(wanted, actual, width, height, difference);
        result.differs = picture_differs(&result.found, width, height);
        if (result.differs) {
            keep_difference(script, name, actual, difference, width, height);
        }
    }
    free(difference);
    free(wanted);
    free(actual);
    return result;
}

static int expect_picture(lua_State *lua)
{
    struct script_machine *machine = script_check_machine(lua, 1);
    struct script *script = machine->script;
    char golden[SCRIPT_PATH_MAX];
    char drawn[] = "/tmp/sandglass-picture-XXXXXX";
    script_check_count(lua, "expect_picture", 3);
    const char *name = luaL_checkstring(lua, 2);
    lua_settop(lua, 3);
    script_golden_path(lua, name, golden, sizeof golden);
    struct ui_picture_options options = read_options(lua, "expect_picture");
    script_want(lua, SCRIPT_WANT_VIEW);
    if (script->options->update) {
        options.path = golden;
        draw(lua, machine, &options);
        tell_written(script, golden);
        return 0;
    }
    struct sim_error error = {0};
    int descriptor = mkstemp(drawn);
    if (descriptor < 0) {
        return luaL_error(lua, "cannot make a file in /tmp: %s", strerror(errno));
    }
    close(descriptor);
    options.path = drawn;
    take(machine->eye);
    bool good = ui_picture_write_as(machine->eye->picture, &options, &error);
    const struct comparison result =
        good ? compare(script, golden, drawn, name) : (struct comparison){0};
    unlink(drawn);
    if (!good) {
        return script_raise(lua, &error);
    }
    const char *expected = lua_pushfstring(lua, "the picture %s", golden);
    if (!result.there) {
        return script_fail(lua, machine, expected,
                           "there is no such file: --update writes it, to be looked at");
    }
    if (!result.readable) {
        return script_fail(lua, machine, expected, "that file is no PNG picture");
    }
    if (!result.same_size) {
        return script_failf(lua, machine, expected, "the file has another size, %ux%u",
                            (unsigned)result.width, (unsigned)result.height);
    }
    if (result.differs) {
        return script_failf(lua, machine, expected, "%u pixels differ, in (%u, %u) to (%u, %u): %s",
                            (unsigned)result.found.pixels, (unsigned)result.found.left,
                            (unsigned)result.found.top, (unsigned)result.found.right,
                            (unsigned)result.found.bottom,
                            script->options->screenshots == NULL
                                ? "--screenshots DIR shows where, --update takes the new picture"
                                : "--update takes the new picture");
    }
    script_met(lua);
    return 0;
}

static const struct script_function methods[] = {
    {"screenshot", screenshot}, {"expect_picture", expect_picture}, {NULL, NULL}};

const struct script_module script_module_picture = {
    .name = "picture", .methods = methods, .machine_given = open_eye, .machine_taken = close_eye};
