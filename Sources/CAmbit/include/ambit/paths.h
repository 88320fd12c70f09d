#ifndef AMBIT_PATHS_H
#define AMBIT_PATHS_H

/* Folders that are the plugin's own, and the one that it works in. */

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AMBIT_EXT_PATHS "ambit.paths/1"

enum {
    AMBIT_PATH_STATE = 0,     /* of this plugin; kept over restarts and updates */
    AMBIT_PATH_CACHE = 1,     /* of this plugin; may be emptied at any time */
    AMBIT_PATH_WORKSPACE = 2, /* the folder that the server works in; needs AMBIT_PERMISSION_FILES */
    AMBIT_PATH_TEMPORARY = 3, /* where temporary directories are made; see directory.h for one with an owner */
};

typedef struct ambit_host_paths {
    uint32_t struct_size;
    uint32_t reserved;

    /* Writes an absolute path into `buffer` if `capacity` suffices; `*size` becomes its size either way. Not zero-terminated. State and
     * cache are made, for this user only, when they are asked for.
     * [any-thread] */
    ambit_status (*get)(ambit_host_handle host, int32_t which, uint8_t *buffer, uint64_t capacity, uint64_t *size,
                        ambit_error *error);
} ambit_host_paths;

#ifdef __cplusplus
}
#endif

#endif
