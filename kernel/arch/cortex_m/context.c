/* Portable C, so that the core's host tests use it too. */
#include "kernel/arch/arch.h"

#define XPSR_THUMB       0x01000000u
#define XPSR_STACK_ALIGN 0x00000200u
/* Thread mode, process stack, basic frame. */
#define EXC_RETURN_PROCESS 0xFFFFFFFDu

void arch_context_start(struct arch_context *context, uint32_t stack_top, uint32_t entry,
                        const uint32_t arguments[4])
{
    *context = (struct arch_context){
        .psp = stack_top - ARCH_FRAME_BYTES,
        .exc_return = EXC_RETURN_PROCESS,
    };
    *arch_context_frame(context) = (struct arch_frame){
        .r0 = arguments[0],
        .r1 = arguments[1],
        .r2 = arguments[2],
        .r3 = arguments[3],
        .pc = entry & ~1u,
        .xpsr = XPSR_THUMB,
    };
}

void arch_context_call(struct arch_context *context, uint32_t function, const uint32_t arguments[3],
                       uint32_t last)
{
    struct arch_frame *frame = arch_context_frame(context);
    frame->lr = frame->pc | 1u;
    frame->r0 = arguments[0];
    frame->r1 = arguments[1];
    frame->r2 = arguments[2];
    frame->r3 = last;
    frame->pc = function & ~1u;
    /* The word of padding that entry may have inserted below the frame stays; an IT block does not
     * go on inside the callee. */
    frame->xpsr = XPSR_THUMB | (frame->xpsr & XPSR_STACK_ALIGN);
}
