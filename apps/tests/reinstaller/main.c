/*
 * Installs the two editions of apps/experiment_light in turn, three times, without any pause
 * between the writes: as hard on the other apps as an installation can be.
 */
#include <stdio.h>

#include "apps/lib/alarm.h"
#include "apps/lib/app_loader.h"

/* The TBFs, as they are. */
__asm__(".section .rodata.images,\"a\",%progbits\n"
        ".balign 4\n"
        "first_edition:\n"
        ".incbin \"experiment_light_1.tbf\"\n"
        ".balign 4\n"
        "second_edition:\n"
        ".incbin \"experiment_light_2.tbf\"\n"
        "images_end:\n"
        ".balign 4\n"
        ".global first_edition, second_edition, images_end\n"
        ".hidden first_edition, second_edition, images_end\n"
        ".text\n");
extern const unsigned char first_edition[], second_edition[], images_end[];

static void install(int edition, const unsigned char *image, const unsigned char *end)
{
    printf("reinstaller: begins with edition %d\n", edition);
    int status = app_loader_install(image, (size_t)(end - image));
    printf("reinstaller: edition %d, status %d\n", edition, status);
}

int main(void)
{
    for (int i = 0; i < 3; i++) {
        alarm_sleep_ms(1000);
        if (i % 2 == 0) {
            install(2, second_edition, images_end);
        } else {
            install(1, first_edition, second_edition);
        }
    }
    return 0;
}
