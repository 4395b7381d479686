/*
 * texts.h - all that the kernel says to people. A text is an identifier where it is used; its words
 * are packed by tools/text_pack, and kernel/core/text.c unpacks them as they are written.
 *
 * What begins with % stands for a value of those that the text is given, from the first one on:
 *   %u     decimal; %6u: in six columns
 *   %x     0x and as many digits as it needs
 *   %a     an address: 0x and eight digits
 *   %i     a ShortId; 0 is none, "Unique"
 *   %s     an enum abi_process_state
 *   %9d    in nine columns, by how much the latest value is more than the one before
 *   %n     no value: the text's name; %N: a blank and the name, nothing when there is none
 *   %8|    no value: blanks up to column 8
 *   %3@    no value: goes on with the value of index 3
 */
#ifndef KERNEL_CAPSULE_TEXTS_H
#define KERNEL_CAPSULE_TEXTS_H

#include <stdint.h>

/* No text is longer, whatever its values. */
#define TEXT_BYTES 160u

#define TEXTS_VERSION "Sandglass 0.1.0"

/* TEXT(its name, its words) */
#define TEXTS(TEXT)                                                                                \
    TEXT(NOTHING, "")                                                                              \
    /* Drawn with each byte that is typed; a text is found by going through those before it. */    \
    TEXT(CLEAR_REST, "\x1B[K")                                                                     \
    TEXT(ESCAPE, "\x1B[")                                                                          \
    TEXT(LINE_END, "\r\n")                                                                         \
    /* enum abi_process_state */                                                                   \
    TEXT(STATE_RUNNING, "Running")                                                                 \
    TEXT(STATE_YIELDED, "Yielded")                                                                 \
    TEXT(STATE_YIELDED_FOR, "YieldedFor")                                                          \
    TEXT(STATE_STOPPED, "Stopped")                                                                 \
    TEXT(STATE_FAULTED, "Faulted")                                                                 \
    TEXT(STATE_TERMINATED, "Terminated")                                                           \
    TEXT(SHORT_ID_NONE, "Unique")                                                                  \
    /* enum app_refusal */                                                                         \
    TEXT(APP_LOADED, "")                                                                           \
    TEXT(APP_NOT_THERE, "no app is there")                                                         \
    TEXT(APP_BAD_TOTAL_SIZE, "its size is impossible, so what lies behind it is not found")        \
    TEXT(APP_PADDING, "it is padding")                                                             \
    TEXT(APP_DISABLED, "it is disabled (flags bit 0)")                                             \
    TEXT(APP_BAD_HEADER_SIZE, "its header size is impossible")                                     \
    TEXT(APP_BAD_CHECKSUM, "its header's checksum is wrong")                                       \
    TEXT(APP_BAD_TLV, "an element of its header does not fit")                                     \
    TEXT(APP_NO_PROGRAM, "its header has neither Main nor Program")                                \
    TEXT(APP_BAD_ENTRY, "its entry point lies outside")                                            \
    TEXT(APP_NO_KERNEL_VERSION, "its header names no kernel version")                              \
    TEXT(APP_WRONG_KERNEL_VERSION, "it wants another kernel version")                              \
    TEXT(APP_BAD_CREDENTIAL, "a hash or signature of it is wrong")                                 \
    TEXT(APP_BAD_FOOTER, "its footers do not fit, and none before is accepted")                    \
    TEXT(APP_NO_CREDENTIAL, "it has no signature that this board accepts")                         \
    TEXT(APP_CREDENTIAL_UNKNOWN, "its credentials could not be checked")                           \
    TEXT(APP_IS_LOADED, "it is loaded already")                                                    \
    TEXT(APP_ID_IS_TAKEN, "an app of the same ShortId is loaded")                                  \
    TEXT(APP_NO_SLOT, "all process slots are taken")                                               \
    TEXT(APP_NO_RAM, "not enough RAM is left")                                                     \
    TEXT(APP_FLASH_NOT_COVERED, "the MPU cannot cover exactly its flash")                          \
    TEXT(APP_WRONG_FLASH_ADDRESS, "it is linked for another flash address")                        \
    TEXT(APP_WRONG_RAM_ADDRESS, "it is linked for RAM that is not free")                           \
    /* What becomes of the apps in flash */                                                        \
    TEXT(START, TEXTS_VERSION " on %n\r\n")                                                        \
    TEXT(IN_MAIN_LOOP, "Initialization complete. Entering main loop.\r\n")                         \
    TEXT(REFUSED, "App%N at %a not loaded: ")                                                      \
    TEXT(REFUSED_RAM, ", it wants %u bytes")                                                       \
    TEXT(LOADED, "App %n: slot %u, flash %17@%a-%a, RAM %11@%a-%16@%a\r\n")                        \
    TEXT(FLASH_REFUSED, "the flash did not take it")                                               \
    TEXT(NO_ROOM_IN_FLASH, "there is no room in flash")                                            \
    TEXT(FLASH_BROKEN, "The flash of the apps does not work: nothing can be installed\r\n")        \
    TEXT(BYTES_LOST, "[%u bytes lost]\r\n")                                                        \
    /* CFSR, bit by bit (ARMv7-M ARM, B3.2.15) */                                                  \
    TEXT(CFSR, "MemManage IACCVIOL")                                                               \
    TEXT(CFSR_1, "MemManage DACCVIOL")                                                             \
    TEXT(CFSR_2, "")                                                                               \
    TEXT(CFSR_3, "MemManage MUNSTKERR")                                                            \
    TEXT(CFSR_4, "MemManage MSTKERR")                                                              \
    TEXT(CFSR_5, "MemManage MLSPERR")                                                              \
    TEXT(CFSR_6, "")                                                                               \
    TEXT(CFSR_7, "")                                                                               \
    TEXT(CFSR_8, "BusFault IBUSERR")                                                               \
    TEXT(CFSR_9, "BusFault PRECISERR")                                                             \
    TEXT(CFSR_10, "BusFault IMPRECISERR")                                                          \
    TEXT(CFSR_11, "BusFault UNSTKERR")                                                             \
    TEXT(CFSR_12, "BusFault STKERR")                                                               \
    TEXT(CFSR_13, "BusFault LSPERR")                                                               \
    TEXT(CFSR_14, "")                                                                              \
    TEXT(CFSR_15, "")                                                                              \
    TEXT(CFSR_16, "UsageFault UNDEFINSTR")                                                         \
    TEXT(CFSR_17, "UsageFault INVSTATE")                                                           \
    TEXT(CFSR_18, "UsageFault INVPC")                                                              \
    TEXT(CFSR_19, "UsageFault NOCP")                                                               \
    TEXT(CFSR_20, "")                                                                              \
    TEXT(CFSR_21, "")                                                                              \
    TEXT(CFSR_22, "")                                                                              \
    TEXT(CFSR_23, "")                                                                              \
    TEXT(CFSR_24, "UsageFault UNALIGNED")                                                          \
    TEXT(CFSR_25, "UsageFault DIVBYZERO")                                                          \
    TEXT(HARD_FAULT, "HardFault")                                                                  \
    TEXT(HARD_FAULT_DEBUG, "HardFault DEBUGEVT")                                                   \
    TEXT(HARD_FAULT_VECTOR, "HardFault VECTTBL")                                                   \
    TEXT(FAULT_ADDRESS, " at %a")                                                                  \
    /* A process has faulted */                                                                    \
    TEXT(FAULT, "Process %n (slot %u) faulted: ")                                                  \
    TEXT(FAULT_PC, ", pc %a\r\n")                                                                  \
    TEXT(FAULT_NO_PC, ", pc unknown, sp %a\r\n")                                                   \
    TEXT(FAULT_ASKED_FOR, "on request")                                                            \
    TEXT(FAULT_STACK, "its stack pointer left its memory")                                         \
    TEXT(FAULT_YIELD, "unknown kind of yield")                                                     \
    TEXT(FAULT_CLASS, "unknown class of system call")                                              \
    /* A capsule has trapped */                                                                    \
    TEXT(TRAP, "Capsule %n trapped: ")                                                             \
    TEXT(TRAP_CHECK, "a check of its code failed")                                                 \
    TEXT(TRAP_PC, ", pc %a")                                                                       \
    TEXT(TRAP_COMMAND, ", in a command of %n (slot %u)")                                           \
    TEXT(TRAP_END, "\r\n  It is called no more, and apps get NODEVICE from it.\r\n")               \
    /* No room for a grant: slot, bytes, bytes that there are, driver, both bytes */               \
    TEXT(GRANTS_FULL, "App %n (slot %u) gets NOMEM: its grants have no room for %u bytes more "    \
                      "than %u")                                                                   \
    TEXT(GRANTS_FULL_DRIVER, ", for driver %3@%a%N")                                               \
    TEXT(GRANTS_FULL_END, ". Pack it with --kernel-heap %4@%u or more.\r\n")                       \
    /* The kernel's end */                                                                         \
    TEXT(PANIC, "\r\n---| Kernel panic |---\r\n")                                                  \
    TEXT(PANIC_FAULT, "the kernel faulted: ")                                                      \
    TEXT(PANIC_STACK, " (its stack overflowed)")                                                   \
    TEXT(PANIC_STATE, "\r\n  exception %u  sp %a\r\n")                                             \
    TEXT(PANIC_ASKED_FOR, "asked for at the process console")                                      \
    TEXT(PANIC_PROCESS, "a process faulted")                                                       \
    TEXT(PANIC_MEMORY, TEXTS_VERSION "\r\n---| Kernel memory |---\r\n"                             \
                                     "  code  %a - %a\r\n"                                         \
                                     "  stack %a - %a  bytes never used: %11@%u\r\n")              \
    TEXT(PANIC_RAM, "  data  %a - %a\r\n"                                                          \
                    "  apps  %4@%a - %a\r\n"                                                       \
                    "---| Processes |---\r\n")                                                     \
    TEXT(PANIC_END, "---| End of panic |---\r\n")                                                  \
    /* All of a process, piece by piece: of struct process_view, then what the processor had */    \
    TEXT(PIECE_HEAD, "App: %n  -  [%7@%s")                                                         \
    TEXT(PIECE_CURRENT, ", its slice is running")                                                  \
    TEXT(PIECE_COUNTS, "]\r\n  slot %u  system calls %3@%u  upcalls queued %9@%u dropped %u"       \
                       "  restarts %4@%u  completion code %8@%u\r\n")                              \
    TEXT(PIECE_RAM, "  RAM end     %16@%a\r\n"                                                     \
                    "  grants      %15@%a\r\n"                                                     \
                    "  app break   %14@%a\r\n"                                                     \
                    "  heap start  %13@%a\r\n"                                                     \
                    "  stack top   %12@%a\r\n"                                                     \
                    "  RAM start   %11@%a\r\n")                                                    \
    TEXT(PIECE_FLASH, "  flash end   %18@%a\r\n"                                                   \
                      "  flash start %17@%a\r\n")                                                  \
    TEXT(PIECE_STATUS, "  CFSR %a  HFSR %a  MMFAR %a  BFAR %a\r\n")                                \
    TEXT(PIECE_FRAME, "  r0 %a  r1 %a  r2 %a  r3 %a\r\n"                                           \
                      "  r12 %a  lr %a  pc %a xpsr %a\r\n")                                        \
    TEXT(PIECE_REGISTERS, "  r4 %a  r5 %a  r6 %a  r7 %a\r\n"                                       \
                          "  r8 %a  r9 %a  r10 %a  r11 %a\r\n")                                    \
    TEXT(PIECE_SP, "  sp %a\r\n")                                                                  \
    /* number, RBAR, RASR, address, size, subregions that are left out */                          \
    TEXT(PIECE_REGION, "  region %u  RBAR %a  RASR %a")                                            \
    TEXT(PIECE_REGION_OFF, "  off\r\n")                                                            \
    TEXT(PIECE_REGION_ON, "  %3@%a size %a without %x ")                                           \
    TEXT(PIECE_REGION_RWX, "rwx\r\n")                                                              \
    TEXT(PIECE_REGION_RW, "rw-\r\n")                                                               \
    TEXT(PIECE_REGION_RX, "r-x\r\n")                                                               \
    TEXT(PIECE_REGION_R, "r--\r\n")                                                                \
    TEXT(PIECE_REGION_NONE, "---\r\n")                                                             \
    /* The process console: of struct process_view */                                              \
    TEXT(LIST_HEAD, " PID    ShortID    Name                Quanta  Syscalls  Restarts  Grants  "  \
                    "State\r\n")                                                                   \
    TEXT(LIST_PROCESS, " %u%8|%i%19|%n%39|%6u%10u%10u  %2u/%2u   %s\r\n")                          \
    TEXT(LIST_REFUSED, " -      %a%N not loaded: ")                                                \
    TEXT(STATUS, "Total processes: %u\r\nActive processes: %u\r\nTimeslice expirations: %u\r\n")   \
    TEXT(PROCESS_HEAD, "%n: PID %u, short ID %i, %7@%s, grants %5@%u/%u, "                         \
                       "completion code %8@%u\r\n")                                                \
    TEXT(PROCESS_COUNTS, "  system calls %3@%u, slices used up %2@%u, restarts %4@%u, "            \
                         "upcalls pending %9@%u, dropped %u\r\n")                                  \
    TEXT(PROCESS_GRANTS, "  Region        Start       End             Bytes\r\n"                   \
                         "  Grants        %15@%a  %a%9d\r\n"                                       \
                         "  Free          %14@%a  %a%9d\r\n")                                      \
    TEXT(PROCESS_MEMORY, "  Heap          %13@%a  %a%9d\r\n"                                       \
                         "  Data          %12@%a  %a%9d\r\n"                                       \
                         "  Stack         %11@%a  %a%9d\r\n")                                      \
    TEXT(PROCESS_FLASH, "  Flash         %17@%a  %a%9d\r\n")                                       \
    TEXT(PROCESS_APP, "  App           %13@%a  %a%9d\r\n")                                         \
    /* ... of struct process_grant_view */                                                         \
    TEXT(GRANT_OF_DRIVER, "  Grant of %x%N%36|%13u\r\n")                                           \
    TEXT(GRANT_OF_PIECES, "  Grant of %2@%u pieces%36|%1@%13u\r\n")                                \
    /* ... of struct kernel_view */                                                                \
    TEXT(KERNEL_HEAD, "Kernel version: " TEXTS_VERSION "\r\n"                                      \
                      "  Region        Start       End             Bytes\r\n")                     \
    TEXT(KERNEL_FLASH, "  Code          %a  %a%9d\r\n"                                             \
                       "  App flash     %6@%a  %a%9d\r\n")                                         \
    TEXT(KERNEL_RAM, "  Stack         %2@%a  %a%9d\r\n"                                            \
                     "  Data          %4@%a  %a%9d\r\n")                                           \
    TEXT(KERNEL_APP_RAM, "  App RAM       %8@%a  %a%9d\r\n"                                        \
                         "  of which free: %10@%u\r\n")                                            \
    /* The commands: each is the first word of its line of help */                                 \
    TEXT(HELP, "list               all processes, and apps that are not loaded\r\n")               \
    TEXT(HELP_STATUS, "status             how many there are\r\n")                                 \
    TEXT(HELP_PROCESS, "process NAME       one process and its memory\r\n")                        \
    TEXT(HELP_KERNEL, "kernel             version and memory of the kernel\r\n")                   \
    TEXT(HELP_STOP, "stop NAME          no longer schedule it\r\n")                                \
    TEXT(HELP_START, "start NAME         schedule it again\r\n")                                   \
    TEXT(HELP_FAULT, "fault NAME         treat it as if it had faulted\r\n")                       \
    TEXT(HELP_TERMINATE, "terminate NAME     end it\r\n")                                          \
    TEXT(HELP_BOOT, "boot NAME          start an ended one from its beginning\r\n")                \
    TEXT(HELP_RESTART, "restart NAME       end it, if need be, and start it\r\n")                  \
    TEXT(HELP_CONSOLE_STOP, "console-stop       be silent until console-start\r\n")                \
    TEXT(HELP_INSTALL, "install            make way for `sandglass install`\r\n")                  \
    TEXT(HELP_RESET, "reset              restart the board\r\n")                                   \
    TEXT(HELP_PANIC, "panic              stop everything with a report\r\n")                       \
    TEXT(HELP_HELP, "help               this\r\n")                                                 \
    TEXT(CONSOLE_START, "console-start")                                                           \
    /* What stop to restart have made of a process */                                              \
    TEXT(DONE, " stopped\r\n")                                                                     \
    TEXT(DONE_START, " started\r\n")                                                               \
    TEXT(DONE_FAULT, " faulted\r\n")                                                               \
    TEXT(DONE_TERMINATE, " terminated\r\n")                                                        \
    TEXT(DONE_BOOT, " booted\r\n")                                                                 \
    TEXT(DONE_RESTART, " restarted\r\n")                                                           \
    TEXT(DONE_ALREADY, " is so already\r\n")                                                       \
    TEXT(DONE_REFUSED, ": refused, error ")                                                        \
    TEXT(WANTS_NAME, " wants the name of a process\r\n")                                           \
    TEXT(NO_PROCESS, "no process of that name\r\n")                                                \
    TEXT(NO_COMMAND, "no such command, try help\r\n")                                              \
    /* Installing over the console */                                                              \
    TEXT(FRAME_TOO_SHORT, "the frame is too short")                                                \
    /* Low-level debug */                                                                          \
    TEXT(LOW_LEVEL_DEBUG, "LowLevelDebug: App ")                                                   \
    TEXT(LOW_LEVEL_ALERT, " status code ")                                                         \
    TEXT(LOW_LEVEL_PANIC, " (panic)")                                                              \
    TEXT(LOW_LEVEL_STARTUP, " (could not start up)")                                               \
    TEXT(LOW_LEVEL_PRINTS, " prints ")

#define TEXTS_ENUMERATOR(name, words) TEXT_##name,
enum text_id {
    TEXTS(TEXTS_ENUMERATOR) TEXT_COUNT,
    TEXT_WORD = INT32_MAX /* none: it makes this a word, which needs no narrowing */
};

#endif
