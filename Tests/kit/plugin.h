/*
 * What the small plugins of the tests have in common: everything but what they do. A plugin includes this, says what it offers with OFFERS, and ends
 * with PLUGIN.
 */
#ifndef AMBIT_TEST_PLUGIN_H
#define AMBIT_TEST_PLUGIN_H

#include <ambit/ambit.h>

#include <string.h>

#define TEXT(literal) {literal, sizeof(literal) - 1}

/* One of the plugin's lists: `tools`, `resources` or `prompts`, made of an array. */
#define OFFERS(kind, type, items)                                                                                                    \
    static uint64_t kind##_count(void *plugin) { return (void)plugin, sizeof items / sizeof *items; }                                  \
    static const type *kind##_at(void *plugin, uint64_t index) { return (void)plugin, &items[index]; }                                 \
    static const ambit_plugin_##kind kind = {.struct_size = sizeof kind, .count = kind##_count, .get = kind##_at};

/* `extension(id)` gives the lists; `plugin_begin(host)` gets what the plugin needs of the host, false where that is missing. */
#define PLUGIN(label, says)                                                                                                          \
    static const void *plugin_extension(void *context, const char *id) { return (void)context, extension(id); }                        \
    static void plugin_destroy(void *context) { (void)context; }                                                                       \
    static const ambit_plugin plugin_instance = {                                                                                      \
        .struct_size = sizeof plugin_instance, .get_extension = plugin_extension, .destroy = plugin_destroy};                          \
    static ambit_status plugin_create(const ambit_plugin_descriptor *self, const ambit_host *host, ambit_text config,                  \
                                      const ambit_plugin **out, ambit_error *error) {                                                  \
        (void)self, (void)config, (void)error;                                                                                         \
        *out = &plugin_instance;                                                                                                       \
        return plugin_begin(host) ? AMBIT_OK : AMBIT_UNSUPPORTED;                                                                             \
    }                                                                                                                                  \
    static const ambit_plugin_descriptor plugin_descriptor = {                                                                         \
        .struct_size = sizeof plugin_descriptor, .abi_major = AMBIT_ABI_MAJOR, .abi_minor = AMBIT_ABI_MINOR, .toolchain = TEXT("c"),   \
        .name = TEXT(label), .version = TEXT("1.0.0"), .summary = TEXT(says), .create = plugin_create};                                \
    __attribute__((visibility("default"))) const ambit_plugin_descriptor *ambit_plugin_entry(void);                                    \
    const ambit_plugin_descriptor *ambit_plugin_entry(void) { return &plugin_descriptor; }

static inline const void *table(const ambit_host *host, const char *id) { return host->get_extension(host->handle, id); }

#endif
