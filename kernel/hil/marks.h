/*
 * marks.h - what a trusted header says to capsule_check about a parameter, a field or a function.
 * The marks exist when a capsule is built for the target (CAPSULE_C); elsewhere they are nothing,
 * and in neither case do they change the code, but for NOT_NULL. A capsule's own functions may be
 * marked BORROWED too; it has no use for the others.
 */
#ifndef KERNEL_HIL_MARKS_H
#define KERNEL_HIL_MARKS_H

#ifdef CAPSULE_C
#define MARK(text) __attribute__((annotate(text)))
#define NOT_NULL   __attribute__((nonnull))
#else
#define MARK(text)
#define NOT_NULL
#endif

/* Before a parameter that is or holds a pointer: the function reads and writes through it and
 * passes it to BORROWED parameters, and keeps nothing of it when it returns. Whatever goes to an
 * unmarked parameter may be kept, so it must be something that stays. */
#define BORROWED MARK("borrowed")

/* Before a field or a function: capsules do not mention it. */
#define PRIVATE MARK("private")

/* Before a field: capsules read it and never assign it. */
#define READ_ONLY MARK("read_only")

/* Before a function: not called while a grant is entered, neither directly nor through the
 * capsule's own functions. */
#define OUTSIDE_SCOPE MARK("outside_scope")

/* NOT_NULL, before a function of the core: it relies on its pointers. A capsule that calls it with
 * NULL stops there (-fsanitize=nonnull-attribute). What a header defines itself needs no mark: it
 * is compiled within the capsule, where following NULL stops it. */

#endif
