#ifndef SIM_CPU_UNICORN_EXIT_CHECKS_H
#define SIM_CPU_UNICORN_EXIT_CHECKS_H
#include <stdbool.h>
bool unicorn_exit_checks_drop(bool drop);
#endif
