/*
 * fake_app_control.h - app_control.h for tests: what is asked for is written down, and ends when
 * the test says so.
 */
#ifndef KERNEL_CAPSULES_TESTS_FAKE_APP_CONTROL_H
#define KERNEL_CAPSULES_TESTS_FAKE_APP_CONTROL_H

#include "kernel/capsule/app_control.h"

#define FAKE_APP_CONTROL_IMAGE 2048u
#define FAKE_APP_CONTROL_VIEWS 4u

struct fake_app_control {
    struct app_control_user *user; /* whose job is under way; NULL: none is */
    char asked;                    /* 'b'egin, 'w'rite, 'f'inish, 'l'oad, 'a'bort, 'r'emove */
    uint32_t argument[2];          /* of the latest: its numbers */
    uint32_t count;                /* of jobs begun */
    uint32_t aborts;
    bool is_open; /* an installation is begun */
    int refuse;   /* what the next one is answered, once; 0: it begins */
    enum text_id why;
    uint8_t image[FAKE_APP_CONTROL_IMAGE];
    struct app_view views[FAKE_APP_CONTROL_VIEWS]; /* a flash_start of 0: none */
};

/* The one there is; zero it before each test. */
extern struct fake_app_control fake_app_control;

/* The job under way is over. */
void fake_app_control_end(int status);

#endif
