#ifndef AMBIT_SIGNATURES_H
#define AMBIT_SIGNATURES_H

/* Checks signatures of tokens with OpenSSL. What the server finds by name after it has loaded this library. Bytes are borrowed for the call;
 * nothing blocks. */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A public key, immutable. `type`: RSA, with modulus and exponent; or the curve as a JSON Web Key names it, P-256, P-384 or P-521, with x and y;
 * or Ed25519, with x. NULL where the numbers are no such key, and for RSA below 2048 or beyond 8192 bits. The caller's until
 * `ambit_signatures_close`.
 * [any-thread] */
void *ambit_signatures_open(const char *type, const uint8_t *first, size_t first_size, const uint8_t *second, size_t second_size);

/* 1 where the signature is this key's, of these bytes, by this algorithm (RFC 7518 names it); else 0, also for an algorithm that does not go with
 * the key.
 * [any-thread & key-open] */
int32_t ambit_signatures_check(const void *key, const char *algorithm, const uint8_t *message, size_t message_size, const uint8_t *signature,
                               size_t signature_size);

/* Gives the key back.
 * [any-thread & key-open] */
void ambit_signatures_close(void *key);

#ifdef __cplusplus
}
#endif

#endif
