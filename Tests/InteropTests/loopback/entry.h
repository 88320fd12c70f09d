/* How the plugin behind the proxy is entered: its descriptor, its instance and its tools go through bytes as well. */

static const ambit_plugin_descriptor *entered;

enum { MAXIMAL_OFFERS = 256 };

typedef struct offers {
    packet read[MAXIMAL_OFFERS];
    uint64_t registrations[MAXIMAL_OFFERS];
    uint64_t count;
} offers;

typedef struct instance {
    ambit_plugin interface;
    ambit_host host;
    const ambit_host *real_host;
    const ambit_plugin *real;
    const ambit_plugin_tools *real_tools;
    const ambit_plugin_resources *real_resources;
    const ambit_plugin_prompts *real_prompts;
    /* What was read of what it offers: theirs until it is destroyed. */
    offers tools, resources, prompts;
} instance;

static const void *host_extension(ambit_host_handle handle, const char *id) {
    /* Handles of the host are the same on both sides: the link asks the host that it belongs to. */
    packet m = {0}, copy;
    put_bytes(&m, id, strlen(id) + 1);
    send_copy(&m, &copy);
    uint64_t size;
    const char *sent_id = get_bytes(&copy, &size);
    extern const ambit_host *link_host;
    const void *table = proxy_table(sent_id, link_host->get_extension(handle, sent_id));
    end_message(&m);
    end_message(&copy);
    return table;
}

/* Tables are constant and the same for all instances. */
const ambit_host *link_host;

/* The table of a plugin for one sort of offers: what it reads goes through bytes. */
#define OFFERS(sort, type)                                                                                             \
    static uint64_t sort##_count(void *plugin) {                                                                       \
        instance *own = plugin;                                                                                        \
        own->sort.count = own->real_##sort->count(own->real->context);                                               \
        if (own->sort.count > MAXIMAL_OFFERS) broken("more " #sort " than the proxy holds");                          \
        return own->sort.count;                                                                                        \
    }                                                                                                                  \
    static const type *sort##_get(void *plugin, uint64_t index) {                                                     \
        instance *own = plugin;                                                                                        \
        if (index >= MAXIMAL_OFFERS || own->sort.read[index].size != 0) broken("one of the " #sort " is read twice");  \
        const type *real = own->real_##sort->get(own->real->context, index);                                         \
        if (real == NULL) return NULL;                                                                                 \
        packet m = {0};                                                                                                \
        put_##type(&m, real);                                                                                          \
        send_copy(&m, &own->sort.read[index]);                                                                        \
        own->sort.registrations[index] = m.registered[0];                                                             \
        end_message(&m);                                                                                               \
        type *copy = keep(&own->sort.read[index], sizeof *copy);                                                      \
        get_##type(&own->sort.read[index], copy);                                                                     \
        return copy;                                                                                                   \
    }                                                                                                                  \
    static const ambit_plugin_##sort proxy_##sort = {                                                                 \
        .struct_size = sizeof proxy_##sort, .count = sort##_count, .get = sort##_get};
OFFERS(tools, ambit_tool)
OFFERS(resources, ambit_readable)
OFFERS(prompts, ambit_prompt)

static void end_offers(offers *own) {
    for (uint64_t i = 0; i < own->count; i++) {
        if (own->read[i].size == 0) continue;
        end_registration(own->registrations[i]);
        free_boxes(&own->read[i]);
        end_message(&own->read[i]);
    }
}

static const void *plugin_extension(void *context, const char *id) {
    instance *own = context;
    const void *real = own->real->get_extension(own->real->context, id);
    if (real == NULL) return NULL;
    if (strcmp(id, AMBIT_EXT_TOOLS) == 0) return own->real_tools = real, &proxy_tools;
    if (strcmp(id, AMBIT_EXT_RESOURCES) == 0) return own->real_resources = real, &proxy_resources;
    if (strcmp(id, AMBIT_EXT_PROMPTS) == 0) return own->real_prompts = real, &proxy_prompts;
    broken("a plugin extension that the proxy does not know");
    return NULL;
}

static ambit_status activate(void *context, ambit_error *error) {
    instance *own = context;
    return own->real->activate == NULL ? AMBIT_OK : own->real->activate(own->real->context, error);
}

static void quiesce(void *context) {
    instance *own = context;
    if (own->real->quiesce != NULL) own->real->quiesce(own->real->context);
}

/* Says which calls went over the link, and what of it is left: nothing. */
static void write_counts(void) {
    const char *path = getenv("LOOPBACK_COUNTS");
    FILE *file = path == NULL ? NULL : fopen(path, "a");
    if (file == NULL) return;
    for (size_t i = 0; sent_names[i] != NULL; i++) fprintf(file, "sent %s %llu\n", sent_names[i], (unsigned long long)sent[i]);
    for (size_t i = 0; callback_names[i] != NULL; i++)
        fprintf(file, "called %s %llu\n", callback_names[i], (unsigned long long)called_back[i]);
    fprintf(file, "left registrations %zu\n", count_registrations());
    fclose(file);
}

static void destroy(void *context) {
    instance *own = context;
    if (own->real->destroy != NULL) own->real->destroy(own->real->context);
    end_offers(&own->tools);
    end_offers(&own->resources);
    end_offers(&own->prompts);
    write_counts();
    end_lent();
    free(own);
}

static ambit_status create(const struct ambit_plugin_descriptor *self, const ambit_host *host, ambit_text config,
                           const ambit_plugin **out, ambit_error *error) {
    (void)self;
    instance *own = calloc(1, sizeof *own);
    if (own == NULL) broken("out of memory");
    link_host = host;
    own->real_host = host;
    own->host = *host;
    own->host.get_extension = host_extension;
    packet m = {0}, copy;
    put_ambit_text(&m, config);
    send_copy(&m, &copy);
    ambit_status status =
        entered->create(entered, &own->host, get_ambit_text(&copy), &own->real, error);
    end_message(&m);
    end_message(&copy);
    if (status != AMBIT_OK) {
        free(own);
        return status;
    }
    own->interface.struct_size = sizeof own->interface;
    own->interface.context = own;
    own->interface.get_extension = plugin_extension;
    own->interface.activate = activate;
    own->interface.quiesce = quiesce;
    own->interface.destroy = destroy;
    *out = &own->interface;
    return AMBIT_OK;
}

__attribute__((visibility("default"))) const ambit_plugin_descriptor *ambit_plugin_entry(void) {
    static ambit_plugin_descriptor descriptor;
    if (entered != NULL) return &descriptor;
    void *library = dlopen(PLUGIN_PATH, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (library == NULL) broken(dlerror());
    ambit_plugin_entry_function entry = (ambit_plugin_entry_function)dlsym(library, AMBIT_PLUGIN_ENTRY_SYMBOL);
    if (entry == NULL) broken("the plugin has no entry");
    entered = entry();
    descriptor = *entered;
    descriptor.create = create;
    return &descriptor;
}
