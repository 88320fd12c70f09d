#ifndef AMBIT_DESCRIPTOR_H
#define AMBIT_DESCRIPTOR_H

/*
 * Descriptors: files, sockets and pipes that a scope owns. When work that could not be stopped may still use one (S9), it is shut down
 * and points to /dev/null, and its number is not given to anybody else before that work has ended.
 */

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AMBIT_EXT_DESCRIPTOR "ambit.descriptor/1"

typedef struct ambit_host_descriptor {
    uint32_t struct_size;
    uint32_t reserved;

    /* Makes the scope own an open descriptor and sets its close-on-exec flag. When this fails, it stays the caller's.
     * [any-thread & scope-open] */
    ambit_status (*adopt)(ambit_scope scope, int32_t number, ambit_text label, ambit_descriptor *out, ambit_error *error);

    /* Writes the number: for use while the scope is open, never to be closed.
     * [any-thread] */
    ambit_status (*number)(ambit_descriptor descriptor, int32_t *out);

    /* Closes it before its scope does.
     * [any-thread] */
    ambit_status (*close)(ambit_descriptor descriptor);

    /* Takes it back: the number is the caller's to close from now on.
     * [any-thread] */
    ambit_status (*disown)(ambit_descriptor descriptor, int32_t *out);
} ambit_host_descriptor;

#ifdef __cplusplus
}
#endif

#endif
