/* What scenarios ask: processes, memory, registers, the MPU. */
#include "sim/script/script_state.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "kernel/abi/tbf.h"
#include "mpu_model/mpu_model.h"
#include "sim/cpu/cpu.h"
#include "sim/script/script_modules.h"
#include "sim/script/script_options.h"

#define CLASSES 8

/* ---- processes ---- */

/* What the kernel's own record says of the process whose RAM starts there. */
static bool find_record(const struct script_machine *machine, uint32_t ram_base,
                        struct kernel_view_process *record)
{
    const struct kernel_view *kernel = machine->built.kernel;
    for (uint32_t slot = 0; slot < kernel_view_slots(kernel); slot++) {
        if (kernel_view_process(kernel, slot, record) && record->ram_start == ram_base) {
            return true;
        }
    }
    return false;
}

/* "YieldedFor" becomes "yielded-for". */
static void set_state(struct script_process *process, const char *name)
{
    size_t used = 0;
    for (size_t i = 0; name[i] != '\0' && used + 2 < sizeof process->state; i++) {
        if (i > 0 && isupper((unsigned char)name[i])) {
            process->state[used++] = '-';
        }
        process->state[used++] = (char)tolower((unsigned char)name[i]);
    }
    process->state[used] = '\0';
}

void script_process_read(const struct script_machine *machine, int index,
                         struct script_process *process)
{
    const struct watched_process *watched =
        &machine_view_processes(machine->built.machine)->process[index];
    *process = (struct script_process){.restarts = watched->starts > 0 ? watched->starts - 1 : 0,
                                       .faults = watched->faults,
                                       .cycles = watched->cycles};
    for (size_t i = 0; i < CLASSES; i++) {
        process->calls += watched->calls[i];
    }
    process->has_record =
        watched->ram_bytes != 0 && find_record(machine, watched->ram_base, &process->record);
    if (process->has_record) {
        set_state(process, kernel_view_state_name(machine->built.kernel, process->record.state));
    } else {
        strcpy(process->state, watched->ram_bytes == 0 ? "not started" : "unknown");
    }
}

/* What only the kernel knows; absent where it does not tell. */
static void set_record_fields(lua_State *lua, const struct script_machine *machine,
                              const struct kernel_view_process *record)
{
    struct kernel_view_upcall upcalls[KERNEL_VIEW_UPCALLS_MAX];
    script_set_integer(lua, "app_break", record->app_break);
    script_set_integer(lua, "grant_start", record->grant_start);
    script_set_integer(lua, "completion_code", record->completion_code);
    script_set_integer(lua, "upcalls_dropped", record->upcalls_dropped);
    script_set_integer(lua, "upcalls_waiting",
                       (int64_t)kernel_view_upcalls(machine->built.kernel, record, upcalls));
}

static int process(lua_State *lua)
{
    struct script_machine *machine = script_check_machine(lua, 1);
    struct script_process known;
    script_check_count(lua, "process", 2);
    int index = script_check_process(lua, machine, 2);
    const struct watched_process *watched =
        &machine_view_processes(machine->built.machine)->process[index];
    script_process_read(machine, index, &known);
    lua_newtable(lua);
    lua_pushstring(lua, watched->name);
    lua_setfield(lua, -2, "name");
    lua_pushstring(lua, known.state);
    lua_setfield(lua, -2, "state");
    script_set_integer(lua, "restarts", known.restarts);
    script_set_integer(lua, "starts", watched->starts);
    script_set_integer(lua, "calls", (int64_t)known.calls);
    script_set_integer(lua, "faults", (int64_t)known.faults);
    script_set_integer(lua, "refusals", (int64_t)watched->refusals);
    script_set_integer(lua, "cpu", script_ns(machine, known.cycles));
    script_set_integer(lua, "flash", watched->flash_base);
    script_set_integer(lua, "flash_bytes", watched->flash_bytes);
    if (watched->ram_bytes != 0) {
        script_set_integer(lua, "ram", watched->ram_base);
        script_set_integer(lua, "ram_bytes", watched->ram_bytes);
        script_set_integer(lua, "app_break", watched->break_address);
    }
    if (known.has_record) {
        set_record_fields(lua, machine, &known.record);
    }
    return 1;
}

/* ---- memory ---- */

uint32_t script_check_address(lua_State *lua, int index)
{
    int is_integer = 0;
    lua_Integer value = lua_tointegerx(lua, index, &is_integer);
    if (is_integer == 0 || lua_type(lua, index) != LUA_TNUMBER || value < 0 || value > UINT32_MAX) {
        luaL_error(lua, "an address is a number from 0 to 0xffffffff, not %s",
                   lua_type(lua, index) == LUA_TNUMBER ? "that one" : luaL_typename(lua, index));
    }
    return (uint32_t)value;
}

uint32_t script_check_width(lua_State *lua, int index)
{
    lua_Integer width = lua_isnoneornil(lua, index) ? 4 : luaL_checkinteger(lua, index);
    if (width != 1 && width != 2 && width != 4) {
        luaL_error(lua, "the width of a value is 1, 2 or 4 bytes");
    }
    return (uint32_t)width;
}

static int read_memory(lua_State *lua)
{
    struct script_machine *machine = script_check_machine(lua, 1);
    uint8_t bytes[4] = {0};
    script_check_count(lua, "read", 3);
    uint32_t address = script_check_address(lua, 2);
    uint32_t width = script_check_width(lua, 3);
    if (machine_peek(machine->built.machine, address, bytes, width) != width) {
        char text[16];
        snprintf(text, sizeof text, "0x%08" PRIx32, address);
        return luaL_error(lua, "read: nothing can be read at %s", text);
    }
    lua_pushinteger(lua, (lua_Integer)((uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 |
                                       (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24));
    return 1;
}

static int read_bytes(lua_State *lua)
{
    struct script_machine *machine = script_check_machine(lua, 1);
    luaL_Buffer buffer;
    script_check_count(lua, "read_bytes", 3);
    uint32_t address = script_check_address(lua, 2);
    lua_Integer count = luaL_checkinteger(lua, 3);
    if (count < 0 || count > 1024 * 1024) {
        return luaL_error(lua, "read_bytes: 0 to 1048576 bytes");
    }
    char *bytes = luaL_buffinitsize(lua, &buffer, (size_t)count);
    size_t got = machine_peek(machine->built.machine, address, bytes, (size_t)count);
    luaL_pushresultsize(&buffer, got);
    if (got != (size_t)count) {
        return luaL_error(lua, "read_bytes: only %I of %I bytes can be read there",
                          (LUAI_UACINT)got, (LUAI_UACINT)count);
    }
    return 1;
}

static int write_memory(lua_State *lua)
{
    struct script_machine *machine = script_check_machine(lua, 1);
    script_check_count(lua, "write", 4);
    uint32_t address = script_check_address(lua, 2);
    uint8_t word[4];
    const void *bytes = word;
    size_t size = 0;
    if (lua_type(lua, 3) == LUA_TSTRING) {
        bytes = lua_tolstring(lua, 3, &size);
    } else {
        lua_Integer value = luaL_checkinteger(lua, 3);
        size = script_check_width(lua, 4);
        for (size_t i = 0; i < 4; i++) {
            word[i] = (uint8_t)((uint64_t)value >> (8 * i));
        }
    }
    if (machine_poke(machine->built.machine, address, bytes, size) != size) {
        return luaL_error(lua, "write: only RAM, flash and UICR can be written, and not all of it "
                               "lies there");
    }
    return 0;
}

/* ---- symbols ---- */

/* Where an app's linker script counts from: flash from its top bit, RAM from 0. */
static uint32_t move_symbol(lua_State *lua, const struct script_machine *machine, int process,
                            uint32_t linked)
{
    const struct watched_process *watched =
        &machine_view_processes(machine->built.machine)->process[process];
    if (linked >= TBF_LINK_FLASH) {
        return linked - TBF_LINK_FLASH + watched->app_start;
    }
    if (watched->ram_bytes == 0) {
        luaL_error(lua,
                   "symbol: process %s has not run yet, so nobody knows where its RAM is: let "
                   "the machine run first",
                   watched->name);
    }
    return watched->ram_base + linked;
}

/* The symbols of the kernel's ELF (process -1), or of the one beside a process's TBF. */
static const struct symbols *symbols_of(const struct script_machine *machine, int process)
{
    const struct symbol_map *map = machine->built.symbols;
    const struct watched_process *watched =
        process < 0 ? NULL : &machine_view_processes(machine->built.machine)->process[process];
    for (size_t i = 0; i < map->count; i++) {
        const struct symbol_map_entry *entry = &map->entries[i];
        if (process < 0 ? entry->run_base == 0 && entry->link_base == 0
                        : entry->link_base != 0 && entry->run_base >= watched->flash_base &&
                              entry->run_base - watched->flash_base < watched->flash_bytes) {
            return entry->symbols;
        }
    }
    return NULL;
}

static int symbol(lua_State *lua)
{
    struct script_machine *machine = script_check_machine(lua, 1);
    uint32_t address = 0, size = 0;
    script_check_count(lua, "symbol", 3);
    bool is_kernel = lua_type(lua, 2) == LUA_TSTRING && strcmp(lua_tostring(lua, 2), "kernel") == 0;
    int process = is_kernel ? -1 : script_check_process(lua, machine, 2);
    const char *name = luaL_checkstring(lua, 3);
    const char *image = is_kernel
                            ? "the kernel"
                            : machine_view_processes(machine->built.machine)->process[process].name;
    const struct symbols *symbols = symbols_of(machine, process);
    if (symbols == NULL) {
        return luaL_error(lua,
                          "symbol: there are no symbols of %s: its .elf is not there, or it "
                          "is stripped",
                          image);
    }
    if (!symbols_find_named(symbols, name, &address, &size)) {
        return luaL_error(lua, "symbol: %s has none called %s", image, name);
    }
    if (!is_kernel) {
        address = move_symbol(lua, machine, process, address);
    }
    lua_pushinteger(lua, (lua_Integer)address);
    lua_pushinteger(lua, (lua_Integer)size);
    return 2;
}

/* ---- the core ---- */

static uint32_t *find_register(struct cpu_regs *regs, const char *name)
{
    static const char *const names[] = {"r0", "r1", "r2", "r3",  "r4",  "r5",  "r6",
                                        "r7", "r8", "r9", "r10", "r11", "r12", NULL};
    for (size_t i = 0; names[i] != NULL; i++) {
        if (strcmp(names[i], name) == 0) {
            return &regs->r[i];
        }
    }
    return strcmp(name, "lr") == 0     ? &regs->lr
           : strcmp(name, "pc") == 0   ? &regs->pc
           : strcmp(name, "msp") == 0  ? &regs->msp
           : strcmp(name, "psp") == 0  ? &regs->psp
           : strcmp(name, "xpsr") == 0 ? &regs->xpsr
                                       : NULL;
}

static uint32_t *check_register(lua_State *lua, struct cpu_regs *regs)
{
    const char *name = lua_type(lua, 2) == LUA_TSTRING ? lua_tostring(lua, 2) : "";
    uint32_t *found = find_register(regs, name);
    if (found == NULL) {
        luaL_error(lua, "a register is r0 to r12, sp, lr, pc, msp, psp or xpsr, not %s",
                   name[0] == '\0' ? luaL_typename(lua, 2) : name);
    }
    return found;
}

static int reg(lua_State *lua)
{
    struct script_machine *machine = script_check_machine(lua, 1);
    struct cpu_regs regs;
    script_check_count(lua, "reg", 2);
    cpu_get_regs(machine_cpu(machine->built.machine), &regs);
    if (lua_type(lua, 2) == LUA_TSTRING && strcmp(lua_tostring(lua, 2), "sp") == 0) {
        lua_pushinteger(lua, (lua_Integer)cpu_regs_sp(&regs));
    } else {
        lua_pushinteger(lua, (lua_Integer)*check_register(lua, &regs));
    }
    return 1;
}

static int set_reg(lua_State *lua)
{
    struct script_machine *machine = script_check_machine(lua, 1);
    struct cpu_regs regs;
    script_check_count(lua, "set_reg", 3);
    cpu_get_regs(machine_cpu(machine->built.machine), &regs);
    uint32_t *place = check_register(lua, &regs);
    lua_Integer value = luaL_checkinteger(lua, 3);
    if (value < INT32_MIN || value > UINT32_MAX) {
        return luaL_error(lua, "set_reg: a value of 32 bits");
    }
    *place = (uint32_t)value;
    cpu_set_regs(machine_cpu(machine->built.machine), &regs);
    return 0;
}

/* ---- the MPU's verdict ---- */

static int may(lua_State *lua)
{
    static const char *const accesses[] = {"read", "write", "execute", NULL};
    struct script_machine *machine = script_check_machine(lua, 1);
    script_check_count(lua, "may", 5);
    int index = script_check_process(lua, machine, 2);
    int access = script_check_word(lua, 3, "may: an access", accesses);
    uint32_t address = script_check_address(lua, 4);
    lua_Integer size = luaL_optinteger(lua, 5, 1);
    const struct watched_process *watched =
        &machine_view_processes(machine->built.machine)->process[index];
    if (size < 1 || size > INT32_MAX) {
        return luaL_error(lua, "may: 1 to 2147483647 bytes");
    }
    if (watched->entries == 0) {
        return luaL_error(lua,
                          "may: process %s has not run yet, so nobody knows its regions: let "
                          "the machine run first",
                          watched->name);
    }
    const struct mpu_verdict verdict =
        mpu_check(&watched->mpu, address, (uint32_t)size, (enum mpu_access)access,
                  (struct mpu_context){.privileged = false});
    lua_pushboolean(lua, verdict.allowed);
    lua_pushinteger(lua, verdict.region);
    return 2;
}

/* ---- system calls ---- */

/* How many calls that fit a process has made. */
static int calls(lua_State *lua)
{
    static const char *const keys[] = {"class", "driver", "command", NULL};
    struct script_machine *machine = script_check_machine(lua, 1);
    script_check_count(lua, "calls", 3);
    int index = script_check_process(lua, machine, 2);
    script_check_options(lua, 3, "calls", keys);
    const struct script_call_filter filter = script_option_call(lua, machine, 3);
    lua_pushinteger(lua, (lua_Integer)script_record_calls(machine->record, index, filter.call_class,
                                                          filter.driver, filter.command));
    return 1;
}

static const struct script_function methods[] = {
    {"process", process},
    {"read", read_memory},
    {"read_bytes", read_bytes},
    {"write", write_memory},
    {"reg", reg},
    {"set_reg", set_reg},
    {"may", may},
    {"calls", calls},
    {"symbol", symbol},
    {NULL, NULL},
};

const struct script_module script_module_state = {.name = "state", .methods = methods};
