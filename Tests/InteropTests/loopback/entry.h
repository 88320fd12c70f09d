/* How the plugin behind the proxy is entered: its descriptor, its instance and its tools go through bytes as well. */

static const ambit_plugin_descriptor *entered;

typedef struct instance {
    ambit_plugin interface;
    ambit_host host;
    const ambit_host *real_host;
    const ambit_plugin *real;
    const ambit_plugin_tools *real_tools;
    /* What was read of its tools: theirs until it is destroyed. */
    packet tools[256];
    uint64_t tool_registrations[256];
    uint64_t tool_count;
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

static uint64_t tools_count(void *plugin) {
    instance *own = plugin;
    own->tool_count = own->real_tools->count(own->real->context);
    if (own->tool_count > 256) broken("more tools than the proxy holds");
    return own->tool_count;
}

static const ambit_tool *tools_get(void *plugin, uint64_t index) {
    instance *own = plugin;
    if (index >= 256 || own->tools[index].size != 0) broken("a tool is read twice");
    const ambit_tool *tool = own->real_tools->get(own->real->context, index);
    if (tool == NULL) return NULL;
    packet m = {0};
    put_ambit_tool(&m, tool);
    send_copy(&m, &own->tools[index]);
    own->tool_registrations[index] = m.registered[0];
    end_message(&m);
    ambit_tool *copy = keep(&own->tools[index], sizeof *copy);
    get_ambit_tool(&own->tools[index], copy);
    return copy;
}

static const ambit_plugin_tools proxy_tools = {.struct_size = sizeof proxy_tools, .count = tools_count, .get = tools_get};

static const void *plugin_extension(void *context, const char *id) {
    instance *own = context;
    const void *real = own->real->get_extension(own->real->context, id);
    if (real == NULL) return NULL;
    if (strcmp(id, AMBIT_EXT_TOOLS) != 0) broken("a plugin extension that the proxy does not know");
    own->real_tools = real;
    return &proxy_tools;
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
    for (uint64_t i = 0; i < own->tool_count; i++) {
        if (own->tools[i].size == 0) continue;
        end_registration(own->tool_registrations[i]);
        free_boxes(&own->tools[i]);
        end_message(&own->tools[i]);
    }
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
