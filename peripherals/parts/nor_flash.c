#include "peripherals/parts/nor_flash.h"

#include <string.h>

enum nor_phase { PHASE_INSTRUCTION, PHASE_ADDRESS, PHASE_DUMMY, PHASE_DATA, PHASE_IGNORE };

#define STATUS_WIP (1U << 0)
#define STATUS_WEL (1U << 1)

#define ADDRESS_BYTES 3U
#define ERASED        0xFFU
#define ADDRESSED_MAX 0x1000000U /* bytes that three bytes of address reach */

/* nor_instruction.flags */
#define WHILE_BUSY  (1U << 0)
#define NEEDS_WRITE (1U << 1) /* WREN before it */
#define NEEDS_QUAD  (1U << 2) /* the quad enable bit */
#define IN_DPD      (1U << 3) /* also in deep power-down */

struct nor_instruction {
    uint8_t opcode;
    uint8_t address_bytes, address_lines;
    uint8_t dummy_bytes; /* on address_lines; with the mode bits of 1-2-2 and 1-4-4 reads */
    uint8_t data_lines;
    uint8_t flags;
    uint8_t argument;
    /* A byte of the data phase: what it answers. NULL: nothing, what comes is ignored. */
    int32_t (*data)(struct nor_flash *flash, uint8_t byte);
    /* The chip select goes up in the data phase; NULL: nothing happens. */
    void (*end)(struct nor_flash *flash, uint8_t argument);
};

static void guest_error(const struct nor_flash *flash, uint32_t opcode, const char *what)
{
    diag_guest_error(flash->env.diag, flash->env.name, opcode, what);
}

/* ---- data phases ---- */

static int32_t read_array(struct nor_flash *flash, uint8_t byte)
{
    (void)byte;
    return part_memory_get(flash->env.memory, flash->state.address++);
}

static int32_t read_id(struct nor_flash *flash, uint8_t byte)
{
    (void)byte;
    return flash->id[(flash->state.data_count - 1U) % sizeof flash->id];
}

static int32_t read_electronic_id(struct nor_flash *flash, uint8_t byte)
{
    (void)byte;
    return flash->model->electronic_id;
}

static int32_t read_manufacturer(struct nor_flash *flash, uint8_t byte)
{
    (void)byte;
    uint32_t index = flash->state.address++ % 2U;
    return index == 0 ? flash->id[0] : flash->model->electronic_id;
}

static int32_t read_status(struct nor_flash *flash, uint8_t byte)
{
    const struct nor_state *s = &flash->state;
    (void)byte;
    return s->status[0] | (s->operation != NOR_IDLE ? (int32_t)STATUS_WIP : 0) |
           (s->write_enabled ? (int32_t)STATUS_WEL : 0);
}

static int32_t read_second_status(struct nor_flash *flash, uint8_t byte)
{
    (void)byte;
    return flash->state.status[1];
}

static int32_t read_security(struct nor_flash *flash, uint8_t byte)
{
    (void)flash;
    (void)byte;
    return 0; /* no area is locked, no operation failed */
}

static int32_t read_sfdp(struct nor_flash *flash, uint8_t byte)
{
    (void)byte;
    return nor_sfdp_byte(flash->model, flash->env.memory->size_bytes, flash->state.address++);
}

/* Bytes beyond the end of the page come around to its beginning; the last one for a place counts.
 */
static int32_t take_program_byte(struct nor_flash *flash, uint8_t byte)
{
    struct nor_state *s = &flash->state;
    uint32_t index = (s->address + s->data_count - 1U) % NOR_PAGE_BYTES;
    s->buffer[index] = byte;
    s->filled[index / 8] |= (uint8_t)(1U << index % 8);
    return SPI_FLOATS;
}

static int32_t take_status_byte(struct nor_flash *flash, uint8_t byte)
{
    struct nor_state *s = &flash->state;
    s->buffer[(s->data_count - 1U) % NOR_PAGE_BYTES] = byte;
    return SPI_FLOATS;
}

/* ---- ends ---- */

static void end_write_enable(struct nor_flash *flash, uint8_t enable)
{
    flash->state.write_enabled = enable != 0;
}

static void end_program(struct nor_flash *flash, uint8_t argument)
{
    const struct nor_state *s = &flash->state;
    (void)argument;
    if (s->data_count != 0) {
        nor_begin(flash, NOR_PROGRAM, s->address % flash->env.memory->size_bytes, 0);
    }
}

static void end_erase(struct nor_flash *flash, uint8_t log2_bytes)
{
    uint32_t size = flash->env.memory->size_bytes;
    uint32_t bytes = log2_bytes == 0 || 1U << log2_bytes > size ? size : 1U << log2_bytes;
    uint32_t address = flash->state.address % size;
    nor_begin(flash, NOR_ERASE, log2_bytes == 0 ? 0 : address & ~(bytes - 1U), bytes);
}

static void end_write_status(struct nor_flash *flash, uint8_t first)
{
    uint32_t count = flash->state.data_count;
    if (count != 0) {
        nor_begin(flash, NOR_WRITE_STATUS, first, count < 2 ? count : 2);
    }
}

static void end_deep_power_down(struct nor_flash *flash, uint8_t argument)
{
    struct nor_state *s = &flash->state;
    (void)argument;
    s->deep_power_down = true;
    s->ready_cycles = clock_now(flash->env.clock) + flash->dpd_enter_cycles;
}

static void end_release(struct nor_flash *flash, uint8_t argument)
{
    struct nor_state *s = &flash->state;
    (void)argument;
    if (s->deep_power_down) {
        s->deep_power_down = false;
        s->ready_cycles = clock_now(flash->env.clock) + flash->dpd_exit_cycles;
    }
}

static void end_reset_enable(struct nor_flash *flash, uint8_t argument)
{
    (void)argument;
    flash->state.reset_enabled = true;
}

static void end_reset(struct nor_flash *flash, uint8_t argument)
{
    struct nor_state *s = &flash->state;
    (void)argument;
    if (!s->reset_enabled) {
        guest_error(flash, 0x99, "RST without RSTEN before it is ignored");
        return;
    }
    if (s->operation != NOR_IDLE) {
        clock_cancel(flash->env.clock, &flash->done);
        nor_finish(flash, true);
    }
    s->write_enabled = false;
}

static const struct nor_instruction instructions[] = {
    {0x03, 3, 1, 0, 1, 0, 0, read_array, NULL},
    {0x0B, 3, 1, 1, 1, 0, 0, read_array, NULL},
    {0x3B, 3, 1, 1, 2, 0, 0, read_array, NULL},
    {0xBB, 3, 2, 1, 2, 0, 0, read_array, NULL},
    {0x6B, 3, 1, 1, 4, NEEDS_QUAD, 0, read_array, NULL},
    {0xEB, 3, 4, 3, 4, NEEDS_QUAD, 0, read_array, NULL},
    {0x9F, 0, 1, 0, 1, 0, 0, read_id, NULL},
    {0x90, 3, 1, 0, 1, 0, 0, read_manufacturer, NULL},
    {0x5A, 3, 1, 1, 1, 0, 0, read_sfdp, NULL},
    {0x05, 0, 1, 0, 1, WHILE_BUSY, 0, read_status, NULL},
    {0x35, 0, 1, 0, 1, WHILE_BUSY, 0, read_second_status, NULL},
    {0x15, 0, 1, 0, 1, WHILE_BUSY, 0, read_second_status, NULL},
    {0x2B, 0, 1, 0, 1, WHILE_BUSY, 0, read_security, NULL},
    {0x01, 0, 1, 0, 1, NEEDS_WRITE, 0, take_status_byte, end_write_status},
    {0x31, 0, 1, 0, 1, NEEDS_WRITE, 1, take_status_byte, end_write_status},
    {0x06, 0, 1, 0, 1, 0, 1, NULL, end_write_enable},
    {0x04, 0, 1, 0, 1, 0, 0, NULL, end_write_enable},
    {0x02, 3, 1, 0, 1, NEEDS_WRITE, 0, take_program_byte, end_program},
    {0xA2, 3, 1, 0, 2, NEEDS_WRITE, 0, take_program_byte, end_program},
    {0x32, 3, 1, 0, 4, NEEDS_WRITE | NEEDS_QUAD, 0, take_program_byte, end_program},
    {0x38, 3, 4, 0, 4, NEEDS_WRITE | NEEDS_QUAD, 0, take_program_byte, end_program},
    {0x20, 3, 1, 0, 1, NEEDS_WRITE, 12, NULL, end_erase},
    {0x52, 3, 1, 0, 1, NEEDS_WRITE, 15, NULL, end_erase},
    {0xD8, 3, 1, 0, 1, NEEDS_WRITE, 16, NULL, end_erase},
    {0x60, 0, 1, 0, 1, NEEDS_WRITE, 0, NULL, end_erase},
    {0xC7, 0, 1, 0, 1, NEEDS_WRITE, 0, NULL, end_erase},
    {0xB9, 0, 1, 0, 1, 0, 0, NULL, end_deep_power_down},
    {0xAB, 0, 1, 3, 1, IN_DPD, 0, read_electronic_id, end_release},
    {0x66, 0, 1, 0, 1, WHILE_BUSY, 0, NULL, end_reset_enable},
    {0x99, 0, 1, 0, 1, WHILE_BUSY, 0, NULL, end_reset},
};
#define INSTRUCTION_COUNT (sizeof instructions / sizeof instructions[0])

/* Its release takes effect even when the chip select goes up within the dummy bytes. */
#define OPCODE_RELEASE 0xABU

/* ---- the bus ---- */

/* Why an instruction is ignored now; NULL: it is not. */
static const char *refusal(const struct nor_flash *flash, const struct nor_instruction *i)
{
    const struct nor_state *s = &flash->state;
    const struct nor_model *model = flash->model;
    if (clock_now(flash->env.clock) < s->ready_cycles) {
        return "an instruction on the way into or out of deep power-down is ignored";
    }
    if (s->deep_power_down && (i->flags & IN_DPD) == 0) {
        return "an instruction in deep power-down is ignored";
    }
    if (s->operation != NOR_IDLE && (i->flags & WHILE_BUSY) == 0) {
        return "an instruction during a program or erase is ignored";
    }
    if ((i->flags & NEEDS_WRITE) != 0 && !s->write_enabled) {
        return "a program or erase without WREN before it is ignored";
    }
    if ((i->flags & NEEDS_QUAD) != 0 &&
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
    for (uint8_t i = 0; i < INSTRUCTION_COUNT; i++) {
        if (instructions[i].opcode == opcode) {
            why = refusal(flash, &instructions[i]);
            s->instruction = i;
            break;
        }
    }
    if (why != NULL) {
        guest_error(flash, opcode, why);
        return;
    }
    s->address = 0;
    s->data_count = 0;
    if (s->operation == NOR_IDLE) { /* else the buffer is being programmed */
        memset(s->filled, 0, sizeof s->filled);
    }
    enter_phase(s, &instructions[s->instruction], PHASE_ADDRESS);
}

static uint8_t lines_of(const struct nor_state *s)
{
    const struct nor_instruction *i = &instructions[s->instruction];
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
    const struct nor_instruction *i = &instructions[s->instruction];
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
        guest_error(flash, instructions[s->instruction].opcode,
                    "a byte comes on another number of lines than its instruction says");
        s->phase = PHASE_IGNORE;
    }
    return take_byte(flash, out);
}

static void select_changed(void *owner, bool selected)
{
    struct nor_flash *flash = owner;
    struct nor_state *s = &flash->state;
    const struct nor_instruction *i = &instructions[s->instruction];
    bool complete =
        s->phase == PHASE_DATA || (s->phase == PHASE_DUMMY && i->opcode == OPCODE_RELEASE);
    if (!selected && complete && i->end != NULL) {
        i->end(flash, i->argument);
    }
    if (!selected && complete && i->end != end_reset_enable) {
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
           s->phase <= PHASE_IGNORE && s->instruction < INSTRUCTION_COUNT &&
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
};
