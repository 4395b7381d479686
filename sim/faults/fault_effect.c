#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/faults/fault_model_internal.h"
#include "sim/machine/fault_list.h"
#include "sim/machine/machine_input.h"
#include "sim/machine/machine_view.h"

/* ---- registers of the core ---- */

#define STACK_POINTER_BITS 0xFFFFFFFCU
#define PC_BITS            0xFFFFFFFEU
/* Condition flags, Q and GE. T, IT and the exception's number are not offered: no upset of those
 * alone leaves a core that the architecture describes. */
#define XPSR_BITS  0xF80F0000U
#define FPSCR_BITS 0xF7C0009FU

struct named_register {
    const char *name;
    size_t offset; /* in struct cpu_regs */
    uint32_t bits; /* that it has */
};

static const struct named_register named_registers[] = {
    {"msp", offsetof(struct cpu_regs, msp), STACK_POINTER_BITS},
    {"psp", offsetof(struct cpu_regs, psp), STACK_POINTER_BITS},
    {"lr", offsetof(struct cpu_regs, lr), UINT32_MAX},
    {"pc", offsetof(struct cpu_regs, pc), PC_BITS},
    {"xpsr", offsetof(struct cpu_regs, xpsr), XPSR_BITS},
    {"control", offsetof(struct cpu_regs, control), CONTROL_NPRIV},
    {"primask", offsetof(struct cpu_regs, primask), 1},
    {"faultmask", offsetof(struct cpu_regs, faultmask), 1},
    {"basepri", offsetof(struct cpu_regs, basepri), 0xE0},
    {"fpscr", offsetof(struct cpu_regs, fpscr), FPSCR_BITS},
};

/* "r12" with letter 'r' and 13 of them. */
static bool is_numbered(const char *name, char letter, uint32_t count, uint32_t *number)
{
    char *end = NULL;
    if (name[0] != letter || name[1] < '0' || name[1] > '9' || (name[1] == '0' && name[2] != 0)) {
        return false;
    }
    unsigned long value = strtoul(name + 1, &end, 10);
    *number = (uint32_t)value;
    return *end == '\0' && value < count;
}

/* "sp" is the one that the running code uses. */
static bool find_register(const char *name, struct cpu_regs *regs, uint32_t **word, uint32_t *bits)
{
    uint32_t number = 0;
    *bits = UINT32_MAX;
    if (is_numbered(name, 'r', 13, &number)) {
        *word = &regs->r[number];
        return true;
    }
    if (is_numbered(name, 's', 32, &number)) {
        *word = &regs->s[number];
        return true;
    }
    if (strcmp(name, "sp") == 0) {
        name = cpu_regs_uses_psp(regs) ? "psp" : "msp";
    }
    for (size_t i = 0; i < sizeof named_registers / sizeof named_registers[0]; i++) {
        if (strcmp(name, named_registers[i].name) == 0) {
            *word = (uint32_t *)(void *)((char *)regs + named_registers[i].offset);
            *bits = named_registers[i].bits;
            return true;
        }
    }
    return false;
}

static bool find_mpu_register(const char *name, enum mpu_register *which)
{
    static const struct {
        const char *name;
        enum mpu_register which;
    } names[] = {{"ctrl", MPU_CTRL}, {"rbar", MPU_RBAR}, {"rasr", MPU_RASR}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(name, names[i].name) == 0) {
            *which = names[i].which;
            return true;
        }
    }
    return false;
}

/* ---- what there is ---- */

static bool check_register(const struct fault_action *action, struct sim_error *error)
{
    struct cpu_regs regs = {.pc = 0};
    uint32_t *word = NULL;
    uint32_t bits = 0;
    const char *name = action->name != NULL ? action->name : "";
    if (!find_register(name, &regs, &word, &bits)) {
        return sim_fail(error, SIM_WRONG_USE,
                        "there is no register '%s': r0 to r12, sp, msp, psp, lr, pc, xpsr, "
                        "control, primask, faultmask, basepri, s0 to s31, fpscr",
                        name);
    }
    return (action->bit < 32 && (bits >> action->bit & 1U) != 0) ||
           sim_fail(error, SIM_WRONG_USE, "bit %u of %s cannot be flipped: it has 0x%08x",
                    (unsigned)action->bit, name, (unsigned)bits);
}

static bool check_memory(const struct board_memory *memory, const char *name,
                         const struct fault_action *action, struct sim_error *error)
{
    uint32_t offset = action->address - memory->base + action->bit / 8;
    if (action->bit > 31) {
        return sim_fail(error, SIM_WRONG_USE, "there is no bit %u: 0 to 31", (unsigned)action->bit);
    }
    return (action->address >= memory->base && offset < memory->size_bytes) ||
           sim_fail(error, SIM_WRONG_USE, "0x%08x is not in %s, which is 0x%08x to 0x%08x",
                    (unsigned)action->address, name, (unsigned)memory->base,
                    (unsigned)(memory->base + memory->size_bytes - 1));
}

static bool check_mpu(const struct fault_action *action, struct sim_error *error)
{
    enum mpu_register which = MPU_CTRL;
    const char *name = action->name != NULL ? action->name : "";
    if (!find_mpu_register(name, &which)) {
        return sim_fail(error, SIM_WRONG_USE,
                        "there is no MPU register '%s' to flip a bit of: ctrl, rbar, rasr", name);
    }
    if (which != MPU_CTRL && action->region >= MPU_REGION_COUNT) {
        return sim_fail(error, SIM_WRONG_USE, "the MPU has no region %u: 0 to 7",
                        (unsigned)action->region);
    }
    /* The model itself says which bits there are. */
    struct mpu_state mpu = {.ctrl = 0};
    uint32_t value = 0;
    uint32_t flipped = action->bit < 32 ? 1U << action->bit : 0;
    (void)mpu_register_write(&mpu, which, which == MPU_RBAR && action->bit < 5 ? 0 : flipped);
    (void)mpu_register_read(&mpu, which, &value);
    return (value & flipped) != 0 || sim_fail(error, SIM_WRONG_USE, "MPU register %s has no bit %u",
                                              name, (unsigned)action->bit);
}

/* Of all devices that can have their supply cut the one that also knows its voltage: the supply
 * itself, wherever a board has it. */
static bool find_supply(const struct board *board, struct fault_choice *found)
{
    struct fault_choice choice;
    struct sim_error none = {.status = SIM_OK};
    for (size_t i = 0; fault_list_at(board, i, &choice); i++) {
        if (strcmp(choice.fault->name, "supply-mv") == 0) {
            return fault_list_find(board, choice.device, "power-cut", found, &none);
        }
    }
    return false;
}

static bool find_device_fault(const struct board *board, const struct fault_action *action,
                              struct fault_choice *choice, struct sim_error *error)
{
    if (action->kind == FAULT_ACTION_POWER_CUT) {
        return find_supply(board, choice) ||
               sim_fail(error, SIM_WRONG_USE, "board %s has no supply that can be cut",
                        board->model);
    }
    if (action->device >= board->device_count) {
        return sim_fail(error, SIM_WRONG_USE, "board %s has no device number %zu", board->model,
                        action->device);
    }
    return fault_list_find(board, action->device, action->name != NULL ? action->name : "", choice,
                           error);
}

static bool check_device(const struct board *board, const struct fault_action *action,
                         struct sim_error *error)
{
    struct fault_choice choice;
    if (!find_device_fault(board, action, &choice, error)) {
        return false;
    }
    return fault_list_allows(&choice, action->value) ||
           sim_fail(error, SIM_WRONG_USE,
                    "fault %s of %s takes 0 (it ends) or %" PRId32 " to %" PRId32 ", not %" PRId32,
                    choice.fault->name, board->devices[choice.device].name, choice.value_min,
                    choice.value_max, action->value);
}

bool fault_effect_check(const struct board *board, const struct fault_action *action,
                        struct sim_error *error)
{
    switch (action->kind) {
    case FAULT_ACTION_SKIP:
        return true;
    case FAULT_ACTION_REG_FLIP:
        return check_register(action, error);
    case FAULT_ACTION_RAM_FLIP:
        return check_memory(&board->ram, "RAM", action, error);
    case FAULT_ACTION_FLASH_FLIP:
        return check_memory(&board->flash, "flash", action, error);
    case FAULT_ACTION_MPU_FLIP:
        return check_mpu(action, error);
    case FAULT_ACTION_POWER_CUT:
    case FAULT_ACTION_DEVICE:
        return check_device(board, action, error);
    case FAULT_ACTION_KINDS:
        break;
    }
    return sim_fail(error, SIM_INTERNAL, "there is no such kind of fault");
}

/* ---- what happens ---- */

static bool flip_register(struct machine *machine, const struct fault_action *action,
                          struct fault_effect *effect)
{
    struct cpu_regs regs;
    uint32_t *word = NULL;
    uint32_t bits = 0;
    cpu_get_regs(machine_cpu(machine), &regs);
    (void)find_register(action->name, &regs, &word, &bits);
    effect->before = *word;
    *word ^= 1U << action->bit;
    effect->after = *word;
    cpu_set_regs(machine_cpu(machine), &regs);
    return true;
}

static bool flip_memory(struct machine *machine, const struct fault_action *action,
                        struct fault_effect *effect)
{
    uint8_t byte = 0;
    uint32_t address = action->address + action->bit / 8;
    (void)machine_peek(machine, address, &byte, 1);
    effect->before = byte;
    byte ^= (uint8_t)(1U << action->bit % 8);
    effect->after = byte;
    return machine_poke(machine, address, &byte, 1) == 1;
}

static bool flip_mpu(struct machine *machine, const struct fault_action *action,
                     struct fault_effect *effect)
{
    struct cpu *cpu = machine_cpu(machine);
    const struct mpu_state *mpu = &cpu_core(cpu)->mpu;
    enum mpu_register which = MPU_CTRL;
    (void)find_mpu_register(action->name, &which);
    const uint32_t *word = which == MPU_CTRL   ? &mpu->ctrl
                           : which == MPU_RBAR ? &mpu->rbar[action->region]
                                               : &mpu->rasr[action->region];
    effect->before = *word;
    bool done = cpu_flip_mpu(cpu, which, action->region, action->bit);
    effect->after = *word;
    return done;
}

static bool tell_device(struct machine *machine, const struct fault_action *action)
{
    struct fault_choice choice;
    struct sim_error none = {.status = SIM_OK};
    return find_device_fault(machine_view_board(machine), action, &choice, &none) &&
           machine_add_input(machine, (int)choice.device, clock_now(machine_clock(machine)),
                             choice.fault->name, action->value);
}

void fault_effect_apply(struct machine *machine, const struct fault_action *action,
                        struct fault_effect *effect)
{
    bool done = false;
    bool powered = machine_view_powered(machine);
    effect->cycle = clock_now(machine_clock(machine));
    effect->pc = cpu_pc(machine_cpu(machine));
    switch (action->kind) {
    case FAULT_ACTION_SKIP:
        done = powered && cpu_skip_instruction(machine_cpu(machine));
        break;
    case FAULT_ACTION_REG_FLIP:
        done = powered && flip_register(machine, action, effect);
        break;
    case FAULT_ACTION_RAM_FLIP:
        done = powered && flip_memory(machine, action, effect);
        break;
    case FAULT_ACTION_FLASH_FLIP: /* keeps its bits without a supply, and loses them, too */
        done = flip_memory(machine, action, effect);
        break;
    case FAULT_ACTION_MPU_FLIP:
        done = powered && flip_mpu(machine, action, effect);
        break;
    case FAULT_ACTION_POWER_CUT:
    case FAULT_ACTION_DEVICE:
        done = tell_device(machine, action);
        break;
    case FAULT_ACTION_KINDS:
        break;
    }
    effect->progress = done ? FAULT_DONE : FAULT_IN_VAIN;
}
