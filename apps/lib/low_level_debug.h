/* A line on the kernel's console that needs no memory of the process: for when nothing else works.
 */
#ifndef APPS_LIB_LOW_LEVEL_DEBUG_H
#define APPS_LIB_LOW_LEVEL_DEBUG_H

#include <stdint.h>

int low_level_debug_alert(uint32_t code);
int low_level_debug_print(uint32_t value);
int low_level_debug_print2(uint32_t value0, uint32_t value1);

#endif
