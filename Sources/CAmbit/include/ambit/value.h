#ifndef AMBIT_VALUE_H
#define AMBIT_VALUE_H

/*
 * Typed access to the arguments of a call, which the host has parsed already (A10). A value is an index into the
 * arguments of its call: 0 is the arguments object itself. Valid while the call is open.
 */

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AMBIT_EXT_VALUE "ambit.value/1"

typedef uint32_t ambit_value;

enum {
    AMBIT_VALUE_NULL = 0,
    AMBIT_VALUE_BOOLEAN = 1,
    AMBIT_VALUE_NUMBER = 2,
    AMBIT_VALUE_STRING = 3,
    AMBIT_VALUE_ARRAY = 4,
    AMBIT_VALUE_OBJECT = 5,
};

typedef struct ambit_host_value {
    uint32_t struct_size;
    uint32_t reserved;

    /* One of AMBIT_VALUE_….
     * [any-thread & call-open] */
    ambit_status (*kind)(ambit_call call, ambit_value value, int32_t *out);

    /* The member of an object; AMBIT_NOT_FOUND where there is none.
     * [any-thread & call-open] */
    ambit_status (*member)(ambit_call call, ambit_value object, ambit_text key, ambit_value *out);

    /* Number of elements or members.
     * [any-thread & call-open] */
    ambit_status (*count)(ambit_call call, ambit_value container, uint64_t *out);

    /* Element of an array, or value of the member at an index in document order. `key` may be NULL; for a member it
     * becomes the raw key: still escaped, without quotes.
     * [any-thread & call-open] */
    ambit_status (*at)(ambit_call call, ambit_value container, uint64_t index, ambit_value *out, ambit_text *key);

    /* [any-thread & call-open] */
    ambit_status (*boolean)(ambit_call call, ambit_value value, int32_t *out);

    /* Exact: AMBIT_INVALID_ARGUMENT for a number that is no integer or out of range. 42.0 is 42.
     * [any-thread & call-open] */
    ambit_status (*integer)(ambit_call call, ambit_value value, int64_t *out);

    /* [any-thread & call-open] */
    ambit_status (*number)(ambit_call call, ambit_value value, double *out);

    /* Writes the unescaped string into `buffer` if `capacity` suffices; `*size` becomes its size either way. Size is never
     * more than that of the raw slice. Not zero-terminated.
     * [any-thread & call-open] */
    ambit_status (*string)(ambit_call call, ambit_value value, char *buffer, uint64_t capacity, uint64_t *size);

    /* The raw JSON of a value, as the client sent it; lives until the call is finished.
     * [any-thread & call-open] */
    ambit_status (*raw)(ambit_call call, ambit_value value, ambit_text *out);
} ambit_host_value;

#ifdef __cplusplus
}
#endif

#endif
