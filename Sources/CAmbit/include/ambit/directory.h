#ifndef AMBIT_DIRECTORY_H
#define AMBIT_DIRECTORY_H

/* Temporary directories: made for this user only, removed with all that is in them when their scope closes. */

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AMBIT_EXT_DIRECTORY "ambit.directory/1"

typedef struct ambit_host_directory {
    uint32_t struct_size;
    uint32_t reserved;

    /* Makes an empty directory; the label becomes a part of its name.
     * [any-thread & scope-open] */
    ambit_status (*create)(ambit_scope scope, ambit_text label, ambit_directory *out, ambit_error *error);

    /* Writes its path into `buffer` if `capacity` suffices; `*size` becomes its size either way. Not zero-terminated.
     * [any-thread] */
    ambit_status (*path)(ambit_directory directory, uint8_t *buffer, uint64_t capacity, uint64_t *size);

    /* Begins to remove it before its scope closes.
     * [any-thread] */
    ambit_status (*remove)(ambit_directory directory);
} ambit_host_directory;

#ifdef __cplusplus
}
#endif

#endif
