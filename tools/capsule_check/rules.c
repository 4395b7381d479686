#include "tools/capsule_check/rules.h"

#include <stddef.h>
#include <string.h>

/* By subject: the text, the words, declarations and types, expressions, handles, grants. */
static const struct rule rules[] = {
    {"parse", "what the parser complains of, warnings included",
     "The rules look at what the parser understood. What it did not, they cannot see, and a parser "
     "that understands something else than the compiler would be shown another program.",
     "write C11 that gives no warning, and name only what the headers of kernel/capsule, "
     "kernel/hil, "
     "kernel/abi and kernel/capsules declare"},
    {"unknown", "a construct that the checker does not know",
     "The rules list what is allowed. What is not on the list is refused, however harmless.",
     "write it with the plain statements and expressions of docs/capsule-c.md"},
    {"include",
     "an include of anything but kernel/capsule, kernel/hil, kernel/abi, "
     "kernel/capsules and the compiler's stdbool.h, stddef.h, stdint.h, limits.h",
     "Headers decide what a capsule can name. They come first in a file, at the end of a whole "
     "declaration, so that no text of the capsule becomes part of one of theirs.",
     "include the header of what you need by its path from the root, before anything else"},
    {"directive",
     "a preprocessor directive other than include, define, undef, error and the "
     "conditionals; in a header, a conditional other than the guard, #, ## and names with __",
     "The others change what the compiler believes of the text that follows; and a header that "
     "reads differently in two files could promise one thing and be another.",
     "use include, define and the conditionals; in a header only the guard and plain macros"},
    {"macro",
     "a macro with a name that other people's headers use, or a reserved one; in a header, one "
     "that "
     "does not begin with the file's name",
     "A macro of that name would rewrite the trusted header that is included after it: without its "
     "marks, or with other types. A header's would rewrite the board's own text behind its "
     "include.",
     "name the macro after the capsule"},
    {"line-marker", "a line marker or #line that the capsule wrote itself",
     "Markers say which text is trusted. Only the preprocessor writes them.",
     "leave markers to the preprocessor"},
    {"pragma", "a pragma", "Pragmas change how the compiler treats the code that follows.",
     "do without"},
    {"attribute", "an attribute other than the marks and what the macros of the kernel make",
     "Attributes place, alias, call and rename; the parser explains few of them.",
     "use BORROWED, GRANT, CAPSULE and grant_enter; nothing else needs an attribute"},
    {"asm", "inline assembly", "Assembly can do what the processor can.",
     "use what the headers offer"},
    {"builtin", "a name that is reserved for the compiler",
     "Such names are the compiler's doors: copying bytes, calling by address, reading registers.",
     "use what the headers offer"},
    {"word", "a keyword that Capsule C does not have",
     "Each of them makes promises that the compiler believes, or types that the rules do not know.",
     "do without: plain integers, structs, enums and arrays are there"},
    {"declaration",
     "a function or object that is declared but not the capsule's own, or a name "
     "outside that is not the capsule's",
     "Who declares a function can call it. What a capsule may call is declared by the headers that "
     "it was granted.",
     "include the header; make your own functions static or begin their names with the capsule's"},
    {"global", "an object outside the instance that can be written",
     "What a capsule keeps lies in its instance, which the board owns: one can see how much it is, "
     "have two of them, and take one away.",
     "make it a field of the instance, or static const"},
    {"volatile", "volatile", "Memory that changes by itself belongs to chip drivers.",
     "use the HIL"},
    {"union", "a union", "A union turns a number into a pointer.", "use a struct"},
    {"variadic", "a function with a variable number of arguments", "Its arguments have no types.",
     "pass a struct or a slice"},
    {"vla", "an array without a constant size of its own, or one that is too large",
     "The stack must be known when the kernel is built, and an index is checked against the size. "
     "Behind NULL lie 64 KiB of flash; a larger object would reach past it.",
     "give the array a constant size of 1 to 65536 bytes"},
    {"goto", "goto and labels", "A jump can leave a grant's scope or pass by an initialiser.",
     "use if, for, while, return"},
    {"switch", "a case label inside another statement, or a declaration directly in a switch",
     "A jump to the label would pass by an initialiser, and the variable hold anything.",
     "put case labels directly into the switch, and declarations of a case into braces"},
    {"return", "a function with a result whose end can be reached",
     "Without a return statement the result is whatever lies in a register: a number as a pointer.",
     "end the function, and each branch at its end, with a return"},
    {"generic", "_Generic", "It hides which of several expressions is meant.",
     "write the one that you mean"},
    {"statement-expression", "a statement as an expression", "It hides control flow and lifetime.",
     "write a function"},
    {"initialiser", "an initialiser that leaves out braces, or names a field of a field",
     "One must be able to see which field gets which value.",
     "write braces for each struct and array, and a designator for one field at a time"},
    {"void-pointer", "void * anywhere but as the self of a callback",
     "A pointer without a type becomes a pointer of any type.",
     "begin a callback with struct T *x = self; and pass struct T * otherwise"},
    {"pointer-cast", "a cast from or to a pointer", "A cast makes any memory any type.",
     "declare things with the type that they have"},
    {"int-pointer", "an integer as a pointer or a pointer as an integer",
     "A number made a pointer reaches any address; a pointer made a number tells where things lie.",
     "use an index"},
    {"pointer-arithmetic", "a calculation with pointers, or a comparison other than == and !=",
     "It leaves the object that the pointer was made for.",
     "use an array with an index, or a slice"},
    {"function-pointer",
     "a function as a value outside an initialiser of callbacks, or a call "
     "through a pointer",
     "Whom a call reaches must be known when the capsule is checked.",
     "call the hil_... function, and name callbacks in the initialiser of a client or ops table"},
    {"pair", "a client, handle or deferred call whose functions and self do not belong together",
     "Each callback takes void *self and makes it its own type. With another self the same memory "
     "would have two types; and who calls does not ask whether there is a function.",
     "initialise it as a whole: all of its functions, which begin with struct T *x = self;, a self "
     "of "
     "type struct T *, and owner &this_capsule"},
    {"private", "a mention of what a trusted header keeps to itself",
     "Behind it lies what the header's functions protect.", "use the header's functions"},
    {"read-only", "an assignment to a field that is only read",
     "The header's functions rely on it.", "use the header's functions"},
    {"need", "a header that is used but not among the needs, or needed but not used",
     "The board grants needs. They say what the capsule can do.",
     "write CAPSULE(the file's name, .needs = {what is used, and nothing else})"},
    {"uninitialised", "a local variable with a pointer in it that is not initialised",
     "It would point anywhere.", "initialise it where it is declared"},
    {"escape", "a borrowed pointer or slice that is kept",
     "What was lent is gone or somebody else's when the scope, the block or the call ends: the "
     "state "
     "of a grant, a local variable, a temporary value, and what lies in them or leads to them.",
     "keep what is in it, or mark the parameter BORROWED"},
    {"grant-type", "a pointer, slice or handle in a grant, or a grant of another type",
     "A grant lies in a process's memory and ends with it.", "keep numbers and process ids there"},
    {"scope-exit", "return, break, continue or goto out of a grant's scope",
     "The grant would stay entered.",
     "put the result in a variable and return it behind the scope"},
    {"grant-scope",
     "what grant_enter and grant_each are made of, or an assignment to their pointer or process",
     "The scope opens and closes the grant; a capsule that did so itself could keep it open, or "
     "close it and go on.",
     "write grant_enter (name, id, p) { ... } and leave p as it is; of grant_each, also id"},
    {"outside-scope", "a call inside a grant's scope that must be outside",
     "It can end the process whose grant is entered.", "call it behind the scope"},
    {"index",
     "a subscript of something that is not an array of known size, or a slice that does "
     "not fit its array",
     "Only an array's own size tells which index is good. Where only the address of an element is "
     "taken, the compiler's check lets the index one past the end through; and in `a[i] += x` it "
     "comes after the element is read.",
     "use an array of known size, slice_get and slice_put, LIST_AT, or &ARRAY_AT for an address"},
    {"dma-buffer",
     "an array behind a DMA buffer that is mentioned elsewhere, or a buffer that is copied, "
     "overwritten or made anew",
     "While a device owns the buffer its bytes are nobody else's, and a copy or a new buffer over "
     "the same bytes would not know that.",
     "use the functions of kernel/hil/dma_buffer.h, and DMA_BUFFER_OF once, in `*own = (struct "
     "T){...};`, "
     "the first statement of NAME_init"},
    {"recursion",
     "a function that can be called while it runs, by its callees or through a handle or client "
     "of the capsule's own",
     "The stack must be known when the kernel is built.",
     "write a loop, or ask for a deferred call"},
    {"up-call", "a client's callback from inside a command or an op",
     "Two capsules could call each other without end, and a caller is not ready to be called back.",
     "ask for a deferred call and call back from there"},
    {"object-file", "an object or a kernel that cannot be read as such",
     "What the checker cannot read, it cannot judge.", "build it again with the kernel's compiler"},
    {"object-section", "a section that a checked capsule does not have",
     "Writable data is state outside the instance; a section of another name can be placed "
     "anywhere, "
     "or run before main.",
     "keep state in the instance, and constants and functions without attributes"},
    {"object-symbol", "a symbol that is neither the capsule's own nor of a header that it needs",
     "The linker goes by names only: one that is used must be granted, and one that is defined "
     "must "
     "not take another's place.",
     "name the header in .needs; declare what others use in the capsule's header, its name in "
     "front"},
    {"object-relocation", "an address of something else than what the symbol rules allow",
     "Linking fills in addresses. Each must be of a whole object or function.",
     "refer to functions and objects by their names"},
    {"object-instruction", "an instruction that plain C for integers does not need",
     "The processor does what it is told, and the kernel is privileged: system instructions, "
     "coprocessors, other modes.",
     "write C without assembly or floating point"},
    {"board-grant", "a capsule that needs what its board does not grant",
     "The board's integrator decides what a capsule may have, and can read it in one place.",
     "write that in kernel/boards/capsules.manifest, for all boards, or in capsules.manifest "
     "beside "
     "the board's board.c, or do without the capsule"},
    {"grant-line", "a line in a file of grants that cannot be read",
     "What a line means must not be guessed.",
     "a line is a capsule's name, a colon and its needs, of those in kernel/capsule/manifest.h: "
     "'led: LED'"},
    {"stack", "a kernel whose stack can overflow, or whose deepest chain of calls is not known",
     "The stack has a fixed size, and what lies below it is no memory.",
     "make the frames of the chain smaller, or its stack (KERNEL_STACK_BYTES) larger"},
};

const struct rule *rules_find(const char *id)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (strcmp(rules[i].id, id) == 0) {
            return &rules[i];
        }
    }
    return NULL;
}

void rules_explain(const struct rule *rule, FILE *to)
{
    (void)fprintf(to, "%s: refuses %s.\nWhy: %s\nInstead: %s.\n", rule->id, rule->meaning,
                  rule->why, rule->instead);
}

void rules_list(FILE *to)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        (void)fprintf(to, "%-22s %s\n", rules[i].id, rules[i].meaning);
    }
}
