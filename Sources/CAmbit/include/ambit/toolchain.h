#ifndef AMBIT_TOOLCHAIN_H
#define AMBIT_TOOLCHAIN_H

/*
 * The text that `ambit_plugin_descriptor.toolchain` of a Swift plugin holds. The Swift compiler defines __swift__ for every header
 * that it imports (60301 in Swift 6.3.1), so host and plugin compute it in the same way, each with its own compiler (A14).
 */

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AMBIT_TOOLCHAIN_CAPACITY 32u

#ifdef __swift__

/* Appends a number in decimal; returns the new size.
 * [any-thread] */
static inline uint64_t ambit_toolchain_number(char *out, uint64_t size, uint32_t number) {
    char digits[10];
    uint64_t count = 0;
    do {
        digits[count++] = (char)('0' + number % 10u);
        number /= 10u;
    } while (number != 0);
    while (count != 0) out[size++] = digits[--count];
    return size;
}

/* Writes "swift 6.3.1" (always three numbers, not zero-terminated) into AMBIT_TOOLCHAIN_CAPACITY bytes of the caller's; returns
 * its size.
 * [any-thread] */
static inline uint64_t ambit_swift_toolchain(char *out) {
    const char name[6] = {'s', 'w', 'i', 'f', 't', ' '};
    const uint32_t version = (uint32_t)(__swift__);
    uint64_t size = 0;
    while (size < sizeof name) {
        out[size] = name[size];
        size++;
    }
    size = ambit_toolchain_number(out, size, version / 10000u);
    out[size++] = '.';
    size = ambit_toolchain_number(out, size, version / 100u % 100u);
    out[size++] = '.';
    size = ambit_toolchain_number(out, size, version % 100u);
    return size;
}

#endif

#ifdef __cplusplus
}
#endif

#endif
