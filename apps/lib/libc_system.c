/* What newlib asks of the system below it. Output goes to the console, input comes from there;
 * there are no files. */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apps/lib/console.h"
#include "apps/lib/syscall.h"
#include "kernel/abi/drivers.h"

/* newlib's names for these; no header of its declares them. */
int _close(int file);
void _exit(int status);
int _fstat(int file, struct stat *status);
int _getpid(void);
int _isatty(int file);
int _kill(int process, int signal);
off_t _lseek(int file, off_t offset, int whence);
int _read(int file, void *buffer, size_t count);
void *_sbrk(ptrdiff_t increment);
int _write(int file, const void *buffer, size_t count);

static int fail(int error)
{
    errno = error;
    return -1;
}

void _exit(int status)
{
    syscall_exit_terminate((uint32_t)status);
}

void *_sbrk(ptrdiff_t increment)
{
    struct syscall_return answer = syscall_memop_raw(ABI_MEMOP_SBRK, (uint32_t)increment);
    if (answer.variant != ABI_SUCCESS_U32) {
        errno = ENOMEM;
        return (void *)-1;
    }
    return (void *)answer.values[0];
}

int _write(int file, const void *buffer, size_t count)
{
    if (file != STDOUT_FILENO && file != STDERR_FILENO) {
        return fail(EBADF);
    }
    int status = console_write(buffer, count);
    return status < 0 ? fail(EIO) : status;
}

/* A line, or as much of one as there is room for: in one go, because nobody keeps what is typed
 * while nobody reads. Keyboards end a line with a carriage return. */
int _read(int file, void *buffer, size_t count)
{
    char *bytes = buffer;
    size_t got = 0;
    int status = 0;
    if (file != STDIN_FILENO) {
        return fail(EBADF);
    }
    while (got < count && status >= 0 && (got == 0 || bytes[got - 1] != '\n')) {
        status = console_read(&bytes[got], 1);
        if (status > 0) {
            bytes[got] = bytes[got] == '\r' ? '\n' : bytes[got];
            got++;
        }
    }
    return got == 0 && status < 0 ? fail(EIO) : (int)got;
}

int _close(int file)
{
    (void)file;
    return fail(EBADF);
}

int _fstat(int file, struct stat *status)
{
    (void)file;
    status->st_mode = S_IFCHR;
    return 0;
}

int _isatty(int file)
{
    (void)file;
    return 1;
}

off_t _lseek(int file, off_t offset, int whence)
{
    (void)file;
    (void)offset;
    (void)whence;
    return fail(ESPIPE);
}

int _getpid(void)
{
    return 1;
}

int _kill(int process, int signal)
{
    (void)process;
    syscall_exit_terminate((uint32_t)signal);
}
