#include "sim/cpu/cycle_model.h"

#include <stdlib.h>

#include "sim/cpu/cycle_shape.h"

/* Instructions of 32 bits off a word boundary, one after another, that outrun the fetch unit: from
 * so many on they cost a cycle. */
#define RUN_LENGTH        3U
#define RUN_LENGTH_STORES 4U

struct cycle_model {
    csh handle;
    cs_insn *insn;
};

/* What lies at an address, seen from one instruction before it or more. */
struct view {
    const uint8_t *code;
    size_t available;
    uint32_t address;
};

struct cycle_model *cycle_model_create(void)
{
    struct cycle_model *model = calloc(1, sizeof(*model));
    if (model == NULL) {
        return NULL;
    }
    cs_mode mode = (cs_mode)((unsigned)CS_MODE_THUMB | (unsigned)CS_MODE_MCLASS);
    if (cs_open(CS_ARCH_ARM, mode, &model->handle) != CS_ERR_OK) {
        free(model);
        return NULL;
    }
    (void)cs_option(model->handle, CS_OPT_DETAIL, CS_OPT_ON);
    model->insn = cs_malloc(model->handle);
    if (model->insn == NULL) {
        cycle_model_destroy(model);
        return NULL;
    }
    return model;
}

void cycle_model_destroy(struct cycle_model *model)
{
    if (model == NULL) {
        return;
    }
    if (model->insn != NULL) {
        cs_free(model->insn, 1);
    }
    (void)cs_close(&model->handle);
    free(model);
}

static struct cycle_shape decode(struct cycle_model *model, struct view view)
{
    if (view.available < 2) {
        return (struct cycle_shape){.cycles = 1, .size_bytes = 2};
    }
    return cycle_shape_decode(model->handle, model->insn, view.code, view.available, view.address);
}

static struct view advance(struct view view, size_t bytes)
{
    bytes = bytes < view.available ? bytes : view.available;
    return (struct view){view.code + bytes, view.available - bytes, view.address + (uint32_t)bytes};
}

static uint16_t halfword(struct view view, unsigned index)
{
    return view.available >= 2 * index + 2
               ? (uint16_t)(view.code[2 * index] | (unsigned)view.code[2 * index + 1] << 8)
               : (uint16_t)0;
}

/* ---- the fetch unit ---- */

/* A 32-bit instruction off a word boundary that is no branch. */
static bool outruns_fetch(struct view view)
{
    uint16_t first = halfword(view, 0);
    bool branch = (first & 0xF800U) == 0xF000U && (halfword(view, 1) & 0x8000U) != 0;
    return view.available >= 4 && view.address % 4 != 0 && cycle_instruction_bytes(first) == 4 &&
           !branch;
}

static bool is_wide_store(struct view view)
{
    return (halfword(view, 0) & 0xFF10U) == 0xF800U;
}

/* Charged once to each run: to its last but two, or last but three where all are stores. */
static unsigned run_cost(struct view view)
{
    unsigned length = 0;
    unsigned stores = 0;
    while (length <= RUN_LENGTH_STORES && outruns_fetch(view)) {
        stores += stores == length && is_wide_store(view) ? 1U : 0U;
        length++;
        view = advance(view, 4);
    }
    unsigned least = stores >= RUN_LENGTH && stores == length ? RUN_LENGTH_STORES : RUN_LENGTH;
    return length == least ? 1 : 0;
}

static bool enters_line(uint32_t address, uint32_t bytes)
{
    return address % CYCLE_LINE_BYTES == 0 ||
           address / CYCLE_LINE_BYTES != (address + bytes - 1) / CYCLE_LINE_BYTES;
}

static unsigned wait_cost(const struct cycle_shape *shape, uint32_t address,
                          struct cycle_fetch fetch)
{
    unsigned lines = fetch.line_wait && enters_line(address, shape->size_bytes) ? 1 : 0;
    lines += fetch.literal_wait && shape->literal ? 1 : 0;
    return lines * CYCLE_LINE_WAIT;
}

/* ---- neighbours ---- */

/* Loads overlap: from the second on, each takes one cycle. A store with a register offset after a
 * load takes one instead of two. Other stores take one in any case. */
static unsigned overlap(const struct cycle_shape *shape, const struct cycle_shape *next)
{
    bool overlaps = shape->kind == CYCLE_SHAPE_LOAD && (shape->loaded & next->address) == 0 &&
                    (next->kind == CYCLE_SHAPE_LOAD || next->kind == CYCLE_SHAPE_STORE_REGISTER);
    return overlaps ? 1 : 0;
}

/* What the manual says of the later instruction of a pair is charged to the earlier one. */
static unsigned with_neighbour(const struct cycle_shape *shape, const struct cycle_shape *next)
{
    unsigned cycles = shape->cycles - overlap(shape, next);
    if (next->kind == CYCLE_SHAPE_IT && shape->size_bytes == 2 && cycles > 0) {
        cycles -= 1; /* IT folds into a 16-bit instruction before it */
    }
    if ((shape->computed & next->address) != 0) {
        cycles += 1; /* no forwarding to the address of a load or store */
    }
    if ((shape->fp_late & next->fp_sources) != 0) {
        cycles += 1;
    }
    if (shape->writes_lr && next->returns_by_lr) {
        cycles += CYCLE_REFILL_EXECUTE - CYCLE_REFILL_DECODE;
    }
    return cycles;
}

/* VDIV and VSQRT go on beside instructions that do not use the FP unit. What is left when the next
 * FP instruction comes, or a branch beyond which it may be, is charged to them. */
static unsigned slow_fp_cost(struct cycle_model *model, struct view view,
                             const struct cycle_shape *shape)
{
    unsigned hidden = 0;
    view = advance(view, shape->size_bytes);
    while (hidden < CYCLE_FP_SLOW - 1 && view.available >= 2) {
        struct cycle_shape next = decode(model, view);
        if (next.fp || (next.flags & CYCLE_BRANCH) != 0) {
            break;
        }
        hidden += next.cycles;
        view = advance(view, next.size_bytes);
    }
    return hidden < CYCLE_FP_SLOW - 1 ? CYCLE_FP_SLOW - hidden : 1;
}

static uint8_t it_length(const uint8_t *code)
{
    uint8_t mask = code[0] & 0xFU;
    return (uint8_t)(4 - __builtin_ctz(mask | 0x10U));
}

/* ---- what only the run tells ---- */

/* A condition that fails makes any instruction one cycle long. Of a branch its being taken tells;
 * one cycle more or less is not looked at. */
static void make_conditional(struct cycle_cost *cost, unsigned full)
{
    if ((cost->flags & CYCLE_BRANCH) != 0 && full > 1) {
        cost->taken = (uint8_t)(cost->taken + full - 1);
        cost->cycles = 1;
    } else if ((cost->flags & CYCLE_DIVIDE) != 0) {
        cost->extra = (uint8_t)(cost->extra + full - 1);
        cost->cycles = 1;
    } else if (full > 2) {
        cost->extra = (uint8_t)(full - 1 < CYCLE_EXTRA_MOST ? full - 1 : CYCLE_EXTRA_MOST);
        cost->cycles = (uint8_t)(full - cost->extra);
    }
    cost->flags |= cost->extra != 0 ? CYCLE_VARIABLE : 0;
}

struct cycle_cost cycle_model_cost(struct cycle_model *model, const uint8_t *code, size_t available,
                                   uint32_t address, struct cycle_fetch fetch, bool conditional)
{
    struct view view = {code, available, address};
    struct cycle_shape shape = decode(model, view);
    bool branch = (shape.flags & CYCLE_BRANCH) != 0;
    struct cycle_shape next = {.cycles = 1, .size_bytes = 2};
    if (!branch) {
        next = decode(model, advance(view, shape.size_bytes));
    }
    unsigned cycles = with_neighbour(&shape, &next) + run_cost(view);
    if (shape.fp_slow) {
        cycles = cycles - CYCLE_FP_SLOW + slow_fp_cost(model, view, &shape);
    }
    cycles += wait_cost(&shape, address, fetch);
    struct cycle_cost cost = {
        .size_bytes = shape.size_bytes,
        .cycles = (uint8_t)cycles,
        .taken = shape.taken,
        .flags = shape.flags,
        .it_length = shape.kind == CYCLE_SHAPE_IT ? it_length(code) : (uint8_t)0,
    };
    if ((shape.flags & CYCLE_DIVIDE) != 0) {
        cost.extra = CYCLE_DIVIDE_MOST - CYCLE_DIVIDE_LEAST;
        cost.flags |= CYCLE_VARIABLE;
    }
    if (conditional) {
        make_conditional(&cost, cycles);
    }
    return cost;
}

uint8_t cycle_model_entry_cost(const uint8_t *code, uint32_t address, struct cycle_fetch fetch)
{
    uint16_t first = (uint16_t)(code[0] | code[1] << 8);
    uint8_t bytes = cycle_instruction_bytes(first);
    unsigned cost = bytes == 4 && address % 4 != 0 ? 1U : 0U;
    if (fetch.line_wait && !enters_line(address, bytes)) {
        cost += CYCLE_LINE_WAIT;
    }
    return (uint8_t)cost;
}

/* ---- division ---- */

bool cycle_divide_decode(const uint16_t code[2], struct cycle_divide *divide)
{
    bool is_signed = (code[0] & 0xFFF0U) == 0xFB90U;
    if ((!is_signed && (code[0] & 0xFFF0U) != 0xFBB0U) || (code[1] & 0x00F0U) != 0x00F0U) {
        return false;
    }
    *divide = (struct cycle_divide){.is_signed = is_signed,
                                    .dividend = (uint8_t)(code[0] & 0xFU),
                                    .divisor = (uint8_t)(code[1] & 0xFU)};
    return true;
}

static int significant_bits(uint32_t value)
{
    return value == 0 ? 0 : 32 - __builtin_clz(value);
}

static uint32_t magnitude(bool is_signed, uint32_t value)
{
    return is_signed && (value & 0x80000000U) != 0 ? 0U - value : value;
}

/* Four bits of the quotient a cycle; measured by others on silicon (docs/timing.md). */
uint8_t cycle_divide_cycles(bool is_signed, uint32_t dividend, uint32_t divisor)
{
    if (dividend == 0 || divisor == 0) {
        return CYCLE_DIVIDE_LEAST;
    }
    int difference = significant_bits(magnitude(is_signed, dividend)) -
                     significant_bits(magnitude(is_signed, divisor));
    return (uint8_t)(difference < 0 ? 3 : 5 + difference / 4);
}
