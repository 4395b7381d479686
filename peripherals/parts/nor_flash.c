#include "peripherals/parts/nor_flash.h"

#include <string.h>

#include "peripherals/parts/nor_instructions.h"

enum nor_phase { PHASE_INSTRUCTION, PHASE_ADDRESS, PHASE_DUMMY, PHASE_DATA, PHASE_IGNORE };

#define ADDRESSED_MAX 0x1000000U /* bytes that three bytes of address reach */

/* ---- the bus ---- */

/* Why an instruction is ignored now; NULL: it is not. */
static const char *refusal(const struct nor_flash *flash, const struct nor_instruction *i)
{
    const struct nor_state *s = &flash->state;
    const struct nor_model *model = flash->model;
    if (clock_now(flash->env.clock) < s->ready_cycles) {
        return "an instruction on the way into or out of deep power-down is ignored";
    }
    if (s->deep_power_down && (i->flags & NOR_IN_DPD) == 0) {
        return "an instruction in deep power-down is ignored";
    }
    if (s->operation != NOR_IDLE && (i->flags & NOR_WHILE_BUSY) == 0) {
        return "an instruction during a program or erase is ignored";
    }
    if ((i->flags & NOR_NEEDS_WRITE) != 0 && !s->write_enabled) {
        return "a program or erase without WREN before it is ignored";
    }
    if ((i->flags & NOR_NEEDS_QUAD) != 0 &&
        (s->status[model->quad_register] >> model->quad_bit & 1U) == 0) {
        return "an instruction on four lines without the quad enable bit is ignored";
    }
    return NULL;
}

/* Phases without bytes are passed over. */
static void enter_phase(struct nor_state *s, const struct nor_instruction *i, uint8_t phase)
{
    s->phase = phase;
    if (s->phase == PHASE_ADDRESS) {
        s->phase_left = i->address_bytes;
        s->phase = s->phase_left == 0 ? PHASE_DUMMY : PHASE_ADDRESS;
    }
    if (s->phase == PHASE_DUMMY) {
        s->phase_left = i->dummy_bytes;
        s->phase = s->phase_left == 0 ? PHASE_DATA : PHASE_DUMMY;
    }
}

static void take_instruction(struct nor_flash *flash, uint8_t opcode)
{
    struct nor_state *s = &flash->state;
    const char *why = "an instruction that the flash does not know is ignored";
    s->phase = PHASE_IGNORE;
    for (uint8_t i = 0; i < nor_instruction_count; i++) {
        if (nor_instructions[i].opcode == opcode) {
            why = refusal(flash, &nor_instructions[i]);
            s->instruction = i;
            break;
        }
    }
    if (why != NULL) {
        device_guest_error(&flash->env, opcode, why);
        return;
    }
    s->address = 0;
    s->data_count = 0;
    if (s->operation == NOR_IDLE) { /* else the buffer is being programmed */
        memset(s->filled, 0, sizeof s->filled);
    }
    enter_phase(s, &nor_instructions[s->instruction], PHASE_ADDRESS);
}

static uint8_t lines_of(const struct nor_state *s)
{
    const struct nor_instruction *i = &nor_instructions[s->instruction];
    switch ((enum nor_phase)s->phase) {
    case PHASE_ADDRESS:
    case PHASE_DUMMY:
        return i->address_lines;
    case PHASE_DATA:
        return i->data_lines;
    case PHASE_INSTRUCTION:
    case PHASE_IGNORE:
    default:
        return 1;
    }
}

static int32_t take_byte(struct nor_flash *flash, uint8_t byte)
{
    struct nor_state *s = &flash->state;
    const struct nor_instruction *i = &nor_instructions[s->instruction];
    switch ((enum nor_phase)s->phase) {
    case PHASE_INSTRUCTION:
        take_instruction(flash, byte);
        return SPI_FLOATS;
    case PHASE_ADDRESS:
        s->address = s->address << 8 | byte;
        s->phase_left--;
        if (s->phase_left == 0) {
            enter_phase(s, i, PHASE_DUMMY);
        }
        return SPI_FLOATS;
    case PHASE_DUMMY:
        s->phase_left--;
        if (s->phase_left == 0) {
            enter_phase(s, i, PHASE_DATA);
        }
        return SPI_FLOATS;
    case PHASE_DATA:
        s->data_count++;
        return i->data == NULL ? SPI_FLOATS : i->data(flash, byte);
    case PHASE_IGNORE:
    default:
        return SPI_FLOATS;
    }
}

static int32_t exchange(void *owner, uint8_t out, const struct spi_frame *frame)
{
    struct nor_flash *flash = owner;
    struct nor_state *s = &flash->state;
    if (s->faults[NOR_FAULT_NO_ANSWER] != 0) {
        return SPI_FLOATS;
    }
    if (s->phase != PHASE_IGNORE && frame->lines != lines_of(s)) {
        device_guest_error(&flash->env, nor_instructions[s->instruction].opcode,
                           "a byte comes on another number of lines than its instruction says");
        s->phase = PHASE_IGNORE;
    }
    return take_byte(flash, out);
}

static void select_changed(void *owner, bool selected)
{
    struct nor_flash *flash = owner;
    struct nor_state *s = &flash->state;
    const struct nor_instruction *i = &nor_instructions[s->instruction];
    bool complete =
        s->phase == PHASE_DATA || (s->phase == PHASE_DUMMY && i->opcode == NOR_OPCODE_RELEASE);
    if (!selected && complete && i->end != NULL) {
        i->end(flash, i->argument);
    }
    if (!selected && complete && i->opcode != NOR_OPCODE_RESET_ENABLE) {
        s->reset_enabled = false;
    }
    s->phase = PHASE_INSTRUCTION;
}

static void done_fired(void *owner, uint64_t late_cycles)
{
    struct nor_flash *flash = owner;
    uint8_t operation = flash->state.operation;
    (void)late_cycles;
    nor_finish(flash, false);
    if (operation != NOR_WRITE_STATUS) {
        observer_note(&flash->env.observer, flash->env.name,
                      operation == NOR_PROGRAM ? "program" : "erase",
                      (int32_t)flash->state.operation_address);
    }
}

/* ---- the device ---- */

static const struct device_fault nor_faults[] = {
    {"no-answer", "1: the flash does not answer and hears nothing", 1, 1},
    {"write-drop", "the VALUE-th program from now changes nothing, once", 1, INT32_MAX},
    {"write-torn", "the VALUE-th program from now ends within one of its bytes, once", 1,
     INT32_MAX},
    {"erase-partial", "the VALUE-th erase from now ends on its way, once", 1, INT32_MAX},
    {"worn-page", "the 4 kB page VALUE - 1 is worn: it erases some of its bits only", 1, 4096},
    {0},
};
_Static_assert(sizeof nor_faults / sizeof nor_faults[0] == NOR_FAULTS + 1, "one row for each");

static bool nor_input(void *self, const struct device_input *input)
{
    struct nor_flash *flash = self;
    return device_fault_take(nor_faults, input, flash->state.faults);
}

/* The supply went away: a reset of the chip alone does not reach the flash. */
static void nor_reset(void *self, uint32_t reasons)
{
    struct nor_flash *flash = self;
    struct nor_state *s = &flash->state;
    if (reasons != RESET_POWER_ON) {
        return;
    }
    if (s->operation != NOR_IDLE) {
        clock_cancel(flash->env.clock, &flash->done);
        nor_finish(flash, true);
    }
    s->write_enabled = false;
    s->deep_power_down = false;
    s->reset_enabled = false;
    s->ready_cycles = 0;
    s->phase = PHASE_IGNORE;
}

/* 0 when it is none that a flash can have. */
static uint32_t nor_memory_bytes(const struct props *props)
{
    uint32_t bits = props_u32_or(props, "size", 0);
    uint32_t bytes = bits != 0 ? bits / 8U : props_u32_or(props, "size-in-bytes", 0);
    return bytes <= ADDRESSED_MAX && bytes % PART_MEMORY_PAGE_BYTES == 0 ? bytes : 0;
}

static int32_t nor_fault_max(const struct device_site *site, const struct device_fault *fault)
{
    bool worn = fault == &nor_faults[NOR_FAULT_WORN_PAGE];
    return worn ? (int32_t)(nor_memory_bytes(site->props) / NOR_SECTOR_BYTES) : fault->value_max;
}

/* A flash with pins of a SPI bus, or with those of the QSPI peripheral. */
static const char *find_pins(struct nor_flash *flash)
{
    const struct props *props = &flash->env.props;
    struct props_gpio sck, out, in, cs;
    bool spi = props_bus_pin(props, NULL, PROPS_SPI_SCK, &sck);
    bool cs_is_known = spi;
    if (!(spi || props_bus_pin(props, NULL, PROPS_QSPI_SCK, &sck)) ||
        !props_bus_pin(props, NULL, spi ? PROPS_SPI_MOSI : PROPS_QSPI_IO0, &out) ||
        !props_bus_pin(props, NULL, spi ? PROPS_SPI_MISO : PROPS_QSPI_IO1, &in)) {
        return "the flash's bus has no pinctrl-0 with its clock and data pins";
    }
    cs_is_known = spi ? props_bus_gpio(props, "cs-gpios", props_u32_or(props, "reg", 0), &cs)
                      : props_bus_pin(props, NULL, PROPS_QSPI_CSN, &cs);
    flash->pins = (struct spi_pins){.sck = sck.number, .mosi = out.number, .miso = in.number};
    bool active_high = spi && cs_is_known && (cs.flags & PROPS_GPIO_ACTIVE_LOW) == 0;
    spi_target_listen(&flash->target, cs_is_known ? cs.pin : NULL, active_high);
    return NULL;
}

static uint64_t ns_to_cycles(const struct nor_flash *flash, uint32_t ns)
{
    return ((uint64_t)ns * flash->env.clock->cpu_hz + 999999999U) / 1000000000U;
}

static const char *nor_init(void *self, const struct device_env *env)
{
    struct nor_flash *flash = self;
    flash->env = *env;
    if (env->memory == NULL) {
        return "a flash needs a size in bits that is a multiple of 4 kB, of at most 16 MB";
    }
    for (uint32_t i = 0; i < sizeof flash->id; i++) {
        if (!props_byte(&env->props, "jedec-id", i, &flash->id[i])) {
            return "a flash needs a jedec-id of three bytes";
        }
    }
    flash->model = nor_find_model(flash->id);
    flash->dpd_enter_cycles =
        ns_to_cycles(flash, props_u32_or(&env->props, "t-enter-dpd", flash->model->dpd_enter_ns));
    flash->dpd_exit_cycles =
        ns_to_cycles(flash, props_u32_or(&env->props, "t-exit-dpd", flash->model->dpd_exit_ns));
    event_init(&flash->done, done_fired, flash);
    flash->target = (struct spi_target){.owner = flash,
                                        .pins = &flash->pins,
                                        .selected = &flash->state.selected,
                                        .modes = SPI_MODE_0 | SPI_MODE_3,
                                        .exchange = exchange,
                                        .select_changed = select_changed};
    spi_bus_add_target(&env->nets->spi, &flash->target);
    return find_pins(flash);
}

static bool operation_is_sane(const struct nor_flash *flash, const struct nor_state *s)
{
    uint32_t size = flash->env.memory->size_bytes;
    return s->operation <= NOR_WRITE_STATUS && s->operation_address < size &&
           s->operation_bytes <= size - s->operation_address;
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct nor_flash *flash = self;
    const struct nor_state *s = state;
    return device_bool_is_sane(&s->selected) && device_bool_is_sane(&s->write_enabled) &&
           device_bool_is_sane(&s->deep_power_down) && device_bool_is_sane(&s->reset_enabled) &&
           s->phase <= PHASE_IGNORE && s->instruction < nor_instruction_count &&
           (s->phase_left != 0 || (s->phase != PHASE_ADDRESS && s->phase != PHASE_DUMMY)) &&
           operation_is_sane(flash, s) && s->operation_cycles <= now_cycles &&
           device_faults_are_sane(nor_faults, s->faults);
}

static const size_t event_offsets[] = {offsetof(struct nor_flash, done)};

const struct device_class part_nor_flash_class = {
    .name = "nor-flash",
    .size_bytes = sizeof(struct nor_flash),
    .state_offset = offsetof(struct nor_flash, state),
    .state_bytes = sizeof(struct nor_state),
    .state_version = 1,
    .event_offsets = event_offsets,
    .event_count = sizeof event_offsets / sizeof event_offsets[0],
    .state_is_sane = state_is_sane,
    .memory_bytes = nor_memory_bytes,
    .init = nor_init,
    .reset = nor_reset,
    .input = nor_input,
    .faults = nor_faults,
    .fault_max = nor_fault_max,
};
