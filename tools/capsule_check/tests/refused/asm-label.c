// Calls a function of the kernel under another name.
void evil_helper(void) __asm__("kernel_panic"); // REFUSED
