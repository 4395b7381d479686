#include "sim/cpu/unicorn_align.h"

#ifdef UNICORN_EXITS_STOCK

bool unicorn_aligns(void)
{
    return false;
}

#else

#include <stdint.h>

#include "sim/cpu/alignment.h"
#include "sim/cpu/cycle_model.h"
#include "sim/cpu/unicorn_slow_path.h"
#include "sim/cpu/unicorn_replace.h"

/* The library's own, of 2.1.4: how it fetches a halfword of code, begins a block, and emits loads
 * and stores. Its types are pointers, and integers as here. */
uint32_t cpu_lduw_code_arm(void *env, uint32_t address) UNICORN_REPLACES;
void gen_intermediate_code_arm(void *cpu, void *block, int instructions) UNICORN_REPLACES;
void tcg_gen_qemu_ld_i32_arm(void *tcg, void *value, void *address, uintptr_t index,
                             unsigned operation) UNICORN_REPLACES;
void tcg_gen_qemu_st_i32_arm(void *tcg, void *value, void *address, uintptr_t index,
                             unsigned operation) UNICORN_REPLACES;
void tcg_gen_qemu_ld_i64_arm(void *tcg, void *value, void *address, uintptr_t index,
                             unsigned operation) UNICORN_REPLACES;
void tcg_gen_qemu_st_i64_arm(void *tcg, void *value, void *address, uintptr_t index,
                             unsigned operation) UNICORN_REPLACES;

/* Of `operation`: how aligned the address must be, and that for a word. */
#define ALIGNMENT_MASK 0x70U
#define ALIGNMENT_WORD 0x20U

/* The instruction that this thread translates: its halfwords as they are fetched. */
struct translation {
    uint32_t second; /* where its second halfword is; 0: it has none, or it was fetched */
    uint16_t code[2];
};
static _Thread_local struct translation now;

bool unicorn_aligns(void)
{
    return true;
}

void gen_intermediate_code_arm(void *cpu, void *block, int instructions)
{
    void (*generate)(void *cpu, void *block, int instructions);
    UNICORN_FIND_ONCE("gen_intermediate_code_arm", &generate);
    now = (struct translation){0};
    unicorn_slow_path_note_core(cpu);
    generate(cpu, block, instructions);
}

/* What the library's Cortex-M4 carries out and a real one does not have: Advanced SIMD loads and
 * stores, and the exception return of other profiles. The translator is shown UDF.W, or a form of
 * the return that it refuses. */
#define UDF_FIRST      0xF7F0U
#define UDF_SECOND     0xA000U
#define RETURN_SECOND  0x8000U

static bool is_simd_access(uint16_t first)
{
    return (first & 0xFF10U) == 0xF900U;
}

static bool is_other_return(const uint16_t code[2])
{
    return (code[0] & 0xFFF0U) == 0xF3D0U && (code[1] & 0xD000U) == 0x8000U;
}

static uint32_t as_shown(const struct translation *translation, uint32_t value, bool second)
{
    if (is_simd_access(translation->code[0])) {
        return second ? UDF_SECOND : UDF_FIRST;
    }
    return second && is_other_return(translation->code) ? RETURN_SECOND : value;
}

uint32_t cpu_lduw_code_arm(void *env, uint32_t address)
{
    uint32_t (*fetch)(void *env, uint32_t address);
    UNICORN_FIND_ONCE("cpu_lduw_code_arm", &fetch);
    uint32_t value = fetch(env, address);
    bool second = now.second != 0 && now.second == address;
    if (second) {
        now.second = 0;
        now.code[1] = (uint16_t)value;
    } else {
        bool wide = cycle_instruction_bytes((uint16_t)value) == 4;
        now = (struct translation){.second = wide ? address + 2 : 0, .code = {(uint16_t)value}};
    }
    return as_shown(&now, value, second);
}

static unsigned aligned(unsigned operation)
{
    return alignment_base(now.code) >= 0 ? (operation & ~ALIGNMENT_MASK) | ALIGNMENT_WORD
                                         : operation;
}

typedef void emit_function(void *tcg, void *value, void *address, uintptr_t index,
                           unsigned operation);

#define REPLACE(name)                                                                              \
    void name(void *tcg, void *value, void *address, uintptr_t index, unsigned operation)          \
    {                                                                                              \
        emit_function *emit;                                                                       \
        UNICORN_FIND_ONCE(#name, &emit);                                                           \
        emit(tcg, value, address, index, aligned(operation));                                      \
    }

REPLACE(tcg_gen_qemu_ld_i32_arm)
REPLACE(tcg_gen_qemu_st_i32_arm)
REPLACE(tcg_gen_qemu_ld_i64_arm)
REPLACE(tcg_gen_qemu_st_i64_arm)

#endif
