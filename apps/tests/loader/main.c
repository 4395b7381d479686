/*
 * An app that installs another one, which it has in itself, by driver 0x10001: a moment after each
 * start.
 */
#include <stdio.h>

#include "apps/lib/alarm.h"
#include "apps/lib/app_loader.h"

/* The TBF, as it is. */
__asm__(".section .rodata.image,\"a\",%progbits\n"
        ".balign 4\n"
        "image:\n"
        ".incbin \"guest_2.tbf\"\n"
        "image_end:\n"
        ".balign 4\n"
        ".global image, image_end\n"
        ".hidden image, image_end\n"
        ".text\n");
extern const unsigned char image[], image_end[];

static void show(const char *what, int status)
{
    printf("loader: %s %d\n", what, status);
}

/* What may not be, before anything is. */
static void try_out_of_order(void)
{
    show("write first", app_loader_write(0, image, 64));
    show("finalize first", app_loader_finalize());
    show("load first", app_loader_load());
    show("abort first", app_loader_abort());
    show("setup of too little", app_loader_setup(8));
    show("setup of too much", app_loader_setup(0x200000));
    show("unload nobody", app_loader_unload(0x12345678));
}

/* What is no app. */
static void try_garbage(size_t bytes)
{
    static const unsigned char nothing[64] = {2, 0};
    show("setup", app_loader_setup(bytes));
    show("another setup", app_loader_setup(bytes));
    show("garbage", app_loader_write(0, nothing, sizeof nothing));
    show("half a header", app_loader_write(0, image, 4));
    show("past the end", app_loader_write(bytes, image, 4));
    show("the first part", app_loader_write(0, image, 64));
    show("other bytes there", app_loader_write(0, image + 4, 64));
    show("load too early", app_loader_load());
    show("abort", app_loader_abort());
}

int main(void)
{
    size_t bytes = (size_t)(image_end - image);
    printf("loader: exists %d, the image has %u bytes\n", app_loader_exists(), (unsigned)bytes);
    alarm_sleep_ms(50);
    if (TRY) {
        try_out_of_order();
        try_garbage(bytes);
    }
    int status = app_loader_install(image, bytes);
    while (status == K_EBUSY) { /* the kernel still looks at the apps of the start */
        alarm_sleep_ms(50);
        status = app_loader_install(image, bytes);
    }
    show("install", status);
    return 0;
}
