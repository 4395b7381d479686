#include "tools/capsule_check/machine_code.h"

#include <capstone/capstone.h>
#include <string.h>

#include "tools/capsule_check/memory.h"

struct decoder {
    struct callgraph *graph;
    const struct object_file *kernel;
    csh engine;
    cs_insn *instruction;
    void (*through_pointer)(size_t node, void *context);
    void *context;
    bool has_left_stack; /* it has set the stack pointer: what it goes on with stands on another */
};

static bool is_function(const struct object_symbol *symbol)
{
    return symbol->type == STT_FUNC && symbol->section != SHN_UNDEF &&
           symbol->section < SHN_LORESERVE;
}

/* The function at this address; NULL when none begins there. */
static const struct object_symbol *function_at(const struct object_file *kernel, uint32_t address)
{
    for (size_t i = 0; i < kernel->symbol_count; i++) {
        if (is_function(&kernel->symbols[i]) && (kernel->symbols[i].value & ~1u) == address) {
            return &kernel->symbols[i];
        }
    }
    return NULL;
}

/* Hand-written functions may lack a size. */
static uint32_t next_function(const struct object_file *kernel, uint32_t begin)
{
    uint32_t next = UINT32_MAX;
    for (size_t i = 0; i < kernel->symbol_count; i++) {
        uint32_t value = kernel->symbols[i].value & ~1u;
        if (is_function(&kernel->symbols[i]) && value > begin && value < next) {
            next = value;
        }
    }
    return next;
}

/* Where the run of code or data that begins at `from` ends, at `end` at the latest, and which of
 * the two it is, by the mapping symbols $t and $d. */
static bool is_code_until(const struct object_file *kernel, uint32_t from, uint32_t *end)
{
    uint32_t at = 0;
    bool is_code = true;
    for (size_t i = 0; i < kernel->symbol_count; i++) {
        const struct object_symbol *symbol = &kernel->symbols[i];
        if (symbol->name[0] != '$') {
            continue;
        }
        if (symbol->value <= from && symbol->value >= at) {
            at = symbol->value;
            is_code = symbol->name[1] == 't';
        } else if (symbol->value > from && symbol->value < *end) {
            *end = symbol->value;
        }
    }
    return is_code;
}

static uint32_t pushed(const cs_insn *instruction)
{
    const cs_arm *arm = &instruction->detail->arm;
    const cs_arm_op *first = &arm->operands[0];
    const cs_arm_op *last = &arm->operands[arm->op_count == 0 ? 0 : arm->op_count - 1];
    switch (instruction->id) {
    case ARM_INS_PUSH:
        return 4u * arm->op_count;
    case ARM_INS_STMDB:
        return first->reg == ARM_REG_SP && arm->writeback ? 4u * (arm->op_count - 1u) : 0;
    case ARM_INS_VPUSH:
        return 8u * arm->op_count;
    case ARM_INS_SUB:
    case ARM_INS_SUBW:
        return first->reg == ARM_REG_SP && last->type == ARM_OP_IMM ? (uint32_t)last->imm : 0;
    case ARM_INS_STR:
    case ARM_INS_STRD:
        return arm->writeback && last->type == ARM_OP_MEM && last->mem.base == ARM_REG_SP &&
                       last->mem.disp < 0
                   ? (uint32_t)-last->mem.disp
                   : 0;
    default:
        return 0;
    }
}

static size_t node_of(struct decoder *decoder, const struct object_symbol *symbol)
{
    return callgraph_find(decoder->graph, symbol->name, CALLGRAPH_NONE, true);
}

static void read_branch(struct decoder *decoder, size_t node, uint32_t begin, uint32_t end)
{
    const cs_insn *instruction = decoder->instruction;
    const cs_arm *arm = &instruction->detail->arm;
    const cs_arm_op *to = &arm->operands[arm->op_count == 0 ? 0 : arm->op_count - 1];
    switch (instruction->id) {
    case ARM_INS_MOV:
        decoder->has_left_stack = decoder->has_left_stack || arm->operands[0].reg == ARM_REG_SP;
        return;
    case ARM_INS_BX:
    case ARM_INS_BLX:
        if (to->type == ARM_OP_REG && to->reg != ARM_REG_LR) {
            decoder->through_pointer(node, decoder->context);
        }
        return;
    case ARM_INS_B:
    case ARM_INS_BL:
    case ARM_INS_CBZ:
    case ARM_INS_CBNZ: {
        uint32_t target = (uint32_t)to->imm & ~1u;
        const struct object_symbol *function = function_at(decoder->kernel, target);
        if (function != NULL && !decoder->has_left_stack && (target < begin || target >= end)) {
            size_t callee = node_of(decoder, function);
            callgraph_add_call(decoder->graph, node, callee, (struct callgraph_place){.line = 0});
        }
        return;
    }
    default:
        return;
    }
}

static void decode(struct decoder *decoder, size_t node, const struct object_symbol *symbol)
{
    const struct object_section *section = &decoder->kernel->sections[symbol->section];
    uint32_t begin = symbol->value & ~1u;
    uint32_t base = (uint32_t)section->header.sh_addr;
    uint32_t end = symbol->size != 0 ? begin + symbol->size : next_function(decoder->kernel, begin);
    if (section->bytes == NULL || begin < base || end < begin ||
        end - base > section->header.sh_size) {
        return;
    }
    decoder->has_left_stack = false;
    decoder->graph->nodes[node].is_defined = true;
    decoder->graph->nodes[node].is_assembly = true;
    for (uint32_t at = begin; at < end;) {
        uint32_t stop = end;
        bool is_code = is_code_until(decoder->kernel, at, &stop);
        const uint8_t *bytes = section->bytes + (at - base);
        size_t left = stop - at;
        uint64_t address = at;
        while (is_code &&
               cs_disasm_iter(decoder->engine, &bytes, &left, &address, decoder->instruction)) {
            decoder->graph->nodes[node].frame += pushed(decoder->instruction);
            read_branch(decoder, node, begin, end);
        }
        at = stop;
    }
}

/* What a function puts on the stack of arguments that came in registers, before it pushes anything:
 * a struct by value, of which a part or the address is wanted. GCC's record of frames leaves it
 * out. 0: nothing. */
#define ARGUMENTS_MAX 16u
static uint32_t saved_arguments(struct decoder *decoder, const struct object_symbol *symbol)
{
    const struct object_section *section = &decoder->kernel->sections[symbol->section];
    uint32_t begin = symbol->value & ~1u;
    uint32_t base = (uint32_t)section->header.sh_addr;
    uint32_t end = begin + symbol->size;
    if (section->bytes == NULL || begin < base || end < begin ||
        end - base > section->header.sh_size) {
        return 0;
    }
    (void)is_code_until(decoder->kernel, begin, &end);
    const uint8_t *bytes = section->bytes + (begin - base);
    size_t left = end - begin;
    uint64_t address = begin;
    uint32_t first = 0;
    while (cs_disasm_iter(decoder->engine, &bytes, &left, &address, decoder->instruction)) {
        uint32_t more = pushed(decoder->instruction);
        bool is_sub =
            decoder->instruction->id == ARM_INS_SUB || decoder->instruction->id == ARM_INS_SUBW;
        if (more == 0) {
            continue;
        }
        if (first != 0) {
            return is_sub ? 0 : first; /* a push: what came first were no locals */
        }
        if (!is_sub || more > ARGUMENTS_MAX) {
            return 0;
        }
        first = more;
    }
    return 0;
}

/* Of static functions of one name the most that any of them has. */
static void add_saved_arguments(struct decoder *decoder)
{
    struct callgraph *graph = decoder->graph;
    for (size_t i = 0; i < graph->count; i++) {
        uint32_t most = 0;
        for (size_t k = 0; graph->nodes[i].is_defined && k < decoder->kernel->symbol_count; k++) {
            const struct object_symbol *symbol = &decoder->kernel->symbols[k];
            if (is_function(symbol) && strcmp(symbol->name, graph->nodes[i].name) == 0) {
                uint32_t bytes = saved_arguments(decoder, symbol);
                most = bytes > most ? bytes : most;
            }
        }
        graph->nodes[i].frame += most;
    }
}

void machine_code_add(struct callgraph *graph, const struct object_file *kernel,
                      void (*through_pointer)(size_t node, void *context), void *context)
{
    struct decoder decoder = {
        .graph = graph, .kernel = kernel, .through_pointer = through_pointer, .context = context};
    cs_mode mode = (cs_mode)((unsigned)CS_MODE_THUMB | (unsigned)CS_MODE_MCLASS);
    if (cs_open(CS_ARCH_ARM, mode, &decoder.engine) != CS_ERR_OK) {
        return;
    }
    (void)cs_option(decoder.engine, CS_OPT_DETAIL, CS_OPT_ON);
    decoder.instruction = memory_or_exit(cs_malloc(decoder.engine));
    add_saved_arguments(&decoder);
    /* The graph grows while it goes on. */
    for (size_t i = 0; i < graph->count; i++) {
        if (graph->nodes[i].is_defined || graph->nodes[i].unit != CALLGRAPH_NONE) {
            continue;
        }
        for (size_t k = 0; k < kernel->symbol_count; k++) {
            if (is_function(&kernel->symbols[k]) &&
                strcmp(kernel->symbols[k].name, graph->nodes[i].name) == 0) {
                decode(&decoder, i, &kernel->symbols[k]);
                break;
            }
        }
    }
    cs_free(decoder.instruction, 1);
    (void)cs_close(&decoder.engine);
}
