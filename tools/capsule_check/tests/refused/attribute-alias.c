// Another name for a function of the kernel.
static void evil(void) __attribute__((alias("kernel_panic"))); // REFUSED
