#pragma once
#include <stdint.h>

/* Allocations of this process so far: malloc, calloc, realloc and aligned ones. */
uint64_t bench_allocations(void);
