#ifndef AMBIT_LOG_H
#define AMBIT_LOG_H

/* The host's log, for operators. What clients read goes through ambit_host_call.log. */

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AMBIT_EXT_LOG "ambit.log/1"

typedef struct ambit_log_field {
    ambit_text key;
    ambit_text value;
} ambit_log_field;

typedef struct ambit_host_log {
    uint32_t struct_size;
    uint32_t reserved;

    /* Whether anybody reads this level: spares the formatting.
     * [any-thread] */
    int32_t (*enabled)(ambit_host_handle host, int32_t level);

    /* Writes one record; everything is copied.
     * [any-thread] */
    void (*write)(ambit_host_handle host, int32_t level, ambit_text message, const ambit_log_field *fields,
                  uint64_t count);
} ambit_host_log;

#ifdef __cplusplus
}
#endif

#endif
