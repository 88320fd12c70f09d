#include "ambit_signatures.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST_COORDINATE = 66, SMALLEST_RSA = 2048, LARGEST_RSA = 8192 };

static const struct curve {
    const char *name;
    const char *algorithm;
    size_t size; /* of a coordinate, and of each half of a signature */
} curves[] = {{"P-256", "ES256", 32}, {"P-384", "ES384", 48}, {"P-521", "ES512", 66}};

struct key {
    EVP_PKEY *key;
    const struct curve *curve; /* NULL: of no curve */
};

static const struct curve *curve_named(const char *name) {
    for (size_t i = 0; i < sizeof curves / sizeof *curves; i++)
        if (strcmp(curves[i].name, name) == 0) return &curves[i];
    return NULL;
}

/* Takes the parameters. A key whose numbers don't make sense is none. */
static EVP_PKEY *made(const char *type, OSSL_PARAM *parameters) {
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = parameters ? EVP_PKEY_CTX_new_from_name(NULL, type, NULL) : NULL;
    if (context && EVP_PKEY_fromdata_init(context) == 1) EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters);
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(parameters);
    EVP_PKEY_CTX *check = key ? EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL) : NULL;
    if (key && (!check || EVP_PKEY_public_check(check) != 1)) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    EVP_PKEY_CTX_free(check);
    return key;
}

static EVP_PKEY *rsa(const uint8_t *modulus, size_t modulus_size, const uint8_t *exponent, size_t exponent_size) {
    /* Before anything is computed with it. */
    if (modulus_size > LARGEST_RSA / 8 + 1 || exponent_size > modulus_size) return NULL;
    BIGNUM *n = BN_bin2bn(modulus, (int)modulus_size, NULL), *e = BN_bin2bn(exponent, (int)exponent_size, NULL);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    OSSL_PARAM *parameters = NULL;
    if (n && e && build && BN_num_bits(n) >= SMALLEST_RSA && BN_num_bits(n) <= LARGEST_RSA && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n)
        && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e))
        parameters = OSSL_PARAM_BLD_to_param(build);
    EVP_PKEY *key = made("RSA", parameters);
    OSSL_PARAM_BLD_free(build);
    BN_free(n);
    BN_free(e);
    return key;
}

static EVP_PKEY *elliptic(const struct curve *curve, const uint8_t *x, size_t x_size, const uint8_t *y, size_t y_size) {
    if (x_size != curve->size || y_size != curve->size) return NULL;
    uint8_t point[1 + 2 * LARGEST_COORDINATE] = {4}; /* uncompressed */
    memcpy(point + 1, x, x_size);
    memcpy(point + 1 + x_size, y, y_size);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    OSSL_PARAM *parameters = NULL;
    if (build && OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, curve->name, 0)
        && OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, 1 + x_size + y_size))
        parameters = OSSL_PARAM_BLD_to_param(build);
    EVP_PKEY *key = made("EC", parameters);
    OSSL_PARAM_BLD_free(build);
    return key;
}

void *ambit_signatures_open(const char *type, const uint8_t *first, size_t first_size, const uint8_t *second, size_t second_size) {
    const struct curve *curve = curve_named(type);
    EVP_PKEY *key = NULL;
    if (curve)
        key = elliptic(curve, first, first_size, second, second_size);
    else if (strcmp(type, "RSA") == 0)
        key = rsa(first, first_size, second, second_size);
    else if (strcmp(type, "Ed25519") == 0)
        key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, first, first_size);
    struct key *result = key ? malloc(sizeof *result) : NULL;
    if (!result) {
        EVP_PKEY_free(key);
        return NULL;
    }
    *result = (struct key){key, curve};
    return result;
}

static const EVP_MD *digest(const char *algorithm) {
    if (strcmp(algorithm + 2, "256") == 0) return EVP_sha256();
    if (strcmp(algorithm + 2, "384") == 0) return EVP_sha384();
    if (strcmp(algorithm + 2, "512") == 0) return EVP_sha512();
    return NULL;
}

/* r and s side by side (RFC 7518, 3.4) as OpenSSL wants them; its size, or 0. The caller frees `*out`. */
static int der(const struct curve *curve, const uint8_t *signature, size_t size, uint8_t **out) {
    *out = NULL;
    if (size != 2 * curve->size) return 0;
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(signature, (int)curve->size, NULL), *s = BN_bin2bn(signature + curve->size, (int)curve->size, NULL);
    int length = 0;
    if (pair && r && s && ECDSA_SIG_set0(pair, r, s)) {
        length = i2d_ECDSA_SIG(pair, out);
    } else {
        BN_free(r);
        BN_free(s);
    }
    ECDSA_SIG_free(pair);
    return length > 0 ? length : 0;
}

int32_t ambit_signatures_check(const void *opaque, const char *algorithm, const uint8_t *message, size_t message_size, const uint8_t *signature,
                               size_t signature_size) {
    const struct key *key = opaque;
    int type = EVP_PKEY_get_base_id(key->key);
    const EVP_MD *hash = NULL;
    int is_pss = strncmp(algorithm, "PS", 2) == 0;
    uint8_t *converted = NULL;
    if (type == EVP_PKEY_ED25519) {
        if (strcmp(algorithm, "EdDSA") != 0) return 0;
    } else if (type == EVP_PKEY_RSA) {
        if (!is_pss && strncmp(algorithm, "RS", 2) != 0) return 0;
        hash = digest(algorithm);
        if (!hash) return 0;
    } else {
        if (!key->curve || strcmp(algorithm, key->curve->algorithm) != 0) return 0;
        hash = digest(algorithm);
        signature_size = (size_t)der(key->curve, signature, signature_size, &converted);
        if (signature_size == 0) return 0;
        signature = converted;
    }
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *padding = NULL;
    int accepts = context && EVP_DigestVerifyInit(context, &padding, hash, NULL, key->key) == 1;
    if (accepts && is_pss)
        accepts = EVP_PKEY_CTX_set_rsa_padding(padding, RSA_PKCS1_PSS_PADDING) == 1
            && EVP_PKEY_CTX_set_rsa_pss_saltlen(padding, RSA_PSS_SALTLEN_DIGEST) == 1;
    accepts = accepts && EVP_DigestVerify(context, signature, signature_size, message, message_size) == 1;
    EVP_MD_CTX_free(context);
    OPENSSL_free(converted);
    return accepts;
}

void ambit_signatures_close(void *opaque) {
    struct key *key = opaque;
    EVP_PKEY_free(key->key);
    free(key);
}
