// SHA-256 (FIPS 180-4). In C, because Swift without optimisation hashes a few MB/s only, and debug builds load plugins of several MB.
#ifndef AMBIT_LINUX_SHA256_H
#define AMBIT_LINUX_SHA256_H

#include <stddef.h>
#include <stdint.h>

/// A hash under way; plain memory of the caller's.
struct ambit_linux_sha256 {
    uint32_t state[8];
    uint64_t size;  // bytes taken so far
    uint8_t block[64];
};

/// Begins. [any-thread]
void ambit_linux_sha256_init(struct ambit_linux_sha256 *hash);
/// Takes more bytes. [owner of hash]
void ambit_linux_sha256_update(struct ambit_linux_sha256 *hash, const void *bytes, size_t size);
/// Writes the 32 bytes of the digest; the hash must be begun again before its next use. [owner of hash]
void ambit_linux_sha256_final(struct ambit_linux_sha256 *hash, uint8_t digest[32]);

#endif
