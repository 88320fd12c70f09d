#ifndef AMBIT_RESULT_H
#define AMBIT_RESULT_H

/*
 * Results written piece by piece, for large ones and for those who have no JSON library (A5, A10). What is written here becomes
 * the result of the call; `finish` of call.h is for those that are there in one piece.
 */

#include "call.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AMBIT_EXT_RESULT "ambit.result/1"

/* All of these return AMBIT_FULL where too much waits to be sent: nothing was taken; wait with `writable` of call.h, then try again.
 * AMBIT_OVER_QUOTA: the result has reached its limit of bytes. */
typedef struct ambit_host_result {
    uint32_t struct_size;
    uint32_t reserved;

    /* Begins a content block: `kind` is AMBIT_CONTENT_…; of `head` everything counts but text and data, of which it may have a first piece.
     * The block before it ends.
     * [any-thread & call-open] */
    ambit_status (*begin)(ambit_call call, const ambit_content *head, ambit_error *error);

    /* Appends to the text of the current block. Pieces may be cut anywhere, between the bytes of a character as well.
     * [any-thread & call-open] */
    ambit_status (*text)(ambit_call call, ambit_bytes piece, ambit_error *error);

    /* Appends to the data of the current block; encoded by the host.
     * [any-thread & call-open] */
    ambit_status (*data)(ambit_call call, ambit_bytes piece, ambit_error *error);

    /* The structured content, from here to the matching end_….
     * [any-thread & call-open] */
    ambit_status (*begin_object)(ambit_call call, ambit_error *error);
    /* [any-thread & call-open] */
    ambit_status (*end_object)(ambit_call call, ambit_error *error);
    /* [any-thread & call-open] */
    ambit_status (*begin_array)(ambit_call call, ambit_error *error);
    /* [any-thread & call-open] */
    ambit_status (*end_array)(ambit_call call, ambit_error *error);
    /* [any-thread & call-open] */
    ambit_status (*key)(ambit_call call, ambit_text key, ambit_error *error);
    /* [any-thread & call-open] */
    ambit_status (*string)(ambit_call call, ambit_text value, ambit_error *error);
    /* [any-thread & call-open] */
    ambit_status (*integer)(ambit_call call, int64_t value, ambit_error *error);
    /* AMBIT_INVALID_ARGUMENT for what JSON can't say: infinities and NaN.
     * [any-thread & call-open] */
    ambit_status (*number)(ambit_call call, double value, ambit_error *error);
    /* [any-thread & call-open] */
    ambit_status (*boolean)(ambit_call call, int32_t value, ambit_error *error);
    /* [any-thread & call-open] */
    ambit_status (*null)(ambit_call call, ambit_error *error);
    /* A whole value as raw JSON, checked (A11).
     * [any-thread & call-open] */
    ambit_status (*raw)(ambit_call call, ambit_text json, ambit_error *error);

    /* Ends the call with what was written. `meta`: JSON object, may be empty.
     * [any-thread & once] */
    ambit_status (*finish)(ambit_call call, int32_t is_error, ambit_text meta, ambit_error *error);
} ambit_host_result;

#ifdef __cplusplus
}
#endif

#endif
