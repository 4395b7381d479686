/*
 * app_refusal.h - why an app is not running. loader_refusal_text has a sentence for each.
 */
#ifndef KERNEL_CORE_APP_REFUSAL_H
#define KERNEL_CORE_APP_REFUSAL_H

#include "kernel/core/tbf.h"

/* What a header can be is the beginning, with the same numbers. */
enum app_refusal {
    APP_LOADED = TBF_APP,
    APP_NOT_THERE = TBF_END, /* nothing that begins like a TBF of this version */
    APP_BAD_TOTAL_SIZE = TBF_BAD_TOTAL_SIZE,
    APP_PADDING = TBF_PADDING,
    APP_DISABLED = TBF_DISABLED,
    APP_BAD_HEADER_SIZE = TBF_BAD_HEADER_SIZE,
    APP_BAD_CHECKSUM = TBF_BAD_CHECKSUM,
    APP_BAD_TLV = TBF_BAD_TLV,
    APP_NO_PROGRAM = TBF_NO_PROGRAM,
    APP_BAD_ENTRY = TBF_BAD_ENTRY,
    APP_NO_KERNEL_VERSION = TBF_NO_KERNEL_VERSION,
    APP_WRONG_KERNEL_VERSION = TBF_WRONG_KERNEL_VERSION,
    APP_BAD_CREDENTIAL,     /* one was rejected */
    APP_BAD_FOOTER,         /* the board wants a credential; the footers do not fit, none is good */
    APP_NO_CREDENTIAL,      /* the board wants a credential; there is none, or none is good */
    APP_CREDENTIAL_UNKNOWN, /* whoever checks them has failed, so nobody knows */
    APP_IS_LOADED,          /* this very one */
    APP_ID_IS_TAKEN,        /* an app of the same ShortId is loaded */
    APP_NO_SLOT,
    APP_NO_RAM,
    APP_FLASH_NOT_COVERED, /* the MPU cannot express where it lies */
    APP_WRONG_FLASH_ADDRESS,
    APP_WRONG_RAM_ADDRESS,
};

static inline enum app_refusal app_refusal_of_header(enum tbf_result result)
{
    return (enum app_refusal)result;
}

#endif
