#ifndef AMBIT_ARENA_H
#define AMBIT_ARENA_H

/*
 * Arenas: memory that is freed as a whole with its scope. Touched only by work of that scope or of scopes inside it; while work
 * that could not be stopped may still touch it, it is kept (S9).
 */

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AMBIT_EXT_ARENA "ambit.arena/1"

typedef struct ambit_host_arena {
    uint32_t struct_size;
    uint32_t reserved;

    /* `limit`: bytes that it may hold, at least 1.
     * [any-thread & scope-open] */
    ambit_status (*open)(ambit_scope scope, ambit_text label, uint64_t limit, ambit_arena *out, ambit_error *error);

    /* Gives `size` bytes, zeroed, aligned to `alignment` (a power of two up to 4096). AMBIT_OVER_QUOTA beyond the limit.
     * [any-thread] */
    ambit_status (*allocate)(ambit_arena arena, uint64_t size, uint64_t alignment, void **out, ambit_error *error);

    /* Bytes given out so far.
     * [any-thread] */
    ambit_status (*used)(ambit_arena arena, uint64_t *out);

    /* Frees everything at once, before its scope closes: nothing of it may be in use any more.
     * [any-thread] */
    ambit_status (*close)(ambit_arena arena);
} ambit_host_arena;

#ifdef __cplusplus
}
#endif

#endif
