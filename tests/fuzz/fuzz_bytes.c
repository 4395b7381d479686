#include "tests/fuzz/fuzz_bytes.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

void fuzz_fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)fputs("finding: ", stderr);
    (void)vfprintf(stderr, format, arguments);
    (void)fputc('\n', stderr);
    va_end(arguments);
    abort();
}

static void too_slow(int signal_number)
{
    static const char text[] = "finding: the input takes too long\n";
    (void)signal_number;
    (void)!write(STDERR_FILENO, text, sizeof text - 1);
    abort();
}

void fuzz_limit_seconds(unsigned seconds)
{
    const struct itimerval limit = {.it_value.tv_sec = (time_t)seconds};
    (void)signal(SIGPROF, too_slow);
    (void)setitimer(ITIMER_PROF, &limit, NULL);
}
