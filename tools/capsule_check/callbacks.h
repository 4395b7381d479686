/*
 * callbacks.h - functions that the kernel calls with a `void *self`, and what they take it for.
 *
 *   static void console_received(void *self, uint32_t count, int status)
 *   {
 *       struct console_driver *console = self;
 *
 * The first statement gives self its type, and nothing else ever uses it; a callback that does not
 * need it says (void)self. So the function has one type of self, and whoever puts it into a client
 * or a table of ops together with a pointer must put in one of that type.
 */
#ifndef TOOLS_CAPSULE_CHECK_CALLBACKS_H
#define TOOLS_CAPSULE_CHECK_CALLBACKS_H

#include "tools/capsule_check/ast.h"

/* Is this reference to a parameter `self` the one in the first statement of its function? */
bool callbacks_is_self_use(CXCursor reference);

enum callbacks_kind {
    CALLBACKS_NOT,   /* its first parameter is not void *, or it is not defined here */
    CALLBACKS_ANY,   /* takes no look at self: any will do */
    CALLBACKS_TYPED, /* takes it for *type */
};

/* What a function of the capsule takes its self for: the struct (canonical, with its const). */
enum callbacks_kind callbacks_self_type(CXCursor function, CXType *type);

#endif
