/* What the plugin offers beside its tools: a resource, a template and a prompt, each served by what its call says of itself. */

static exerciser *instance_of_offers;

/* Answers with the kind of the call, its name and its arguments, so that the client can see all three. */
static void serve(void *context, ambit_call call) {
    const exerciser *plugin = instance_of_offers;
    ambit_call_info info = SIZED(ambit_call_info);
    if (plugin->call->info(call, &info) != AMBIT_OK) return;
    ambit_result result = SIZED(ambit_result);
    if (info.kind == AMBIT_CALL_COMPLETION) {
        result.structured = TEXT("{\"values\":[\"one\",\"two\"],\"total\":2}");
        plugin->call->finish(call, &result, NULL);
        return;
    }
    if (info.kind == AMBIT_CALL_RESOURCE && context != NULL && strstr(info.arguments.data, "nothing") != NULL) {
        plugin->call->fail(call, AMBIT_CODE_NO_RESOURCE, TEXT("gone"), TEXT(""), NULL);
        return;
    }
    char text[300];
    int size = snprintf(text, sizeof text, "%d %.*s %.*s", info.kind, (int)info.name.size, info.name.data, (int)info.arguments.size,
                        info.arguments.data);
    ambit_content content = SIZED(ambit_content), second = SIZED(ambit_content);
    content.kind = info.kind == AMBIT_CALL_RESOURCE ? AMBIT_CONTENT_EMBEDDED_TEXT : AMBIT_CONTENT_TEXT;
    content.uri = TEXT("exerciser://answer");
    content.mime_type = TEXT("text/plain");
    content.text = (ambit_text){text, (uint64_t)size};
    second.kind = info.kind == AMBIT_CALL_RESOURCE ? AMBIT_CONTENT_EMBEDDED_DATA : AMBIT_CONTENT_IMAGE;
    second.uri = TEXT("exerciser://data");
    second.mime_type = TEXT("image/png");
    second.data = (ambit_bytes){(const uint8_t *)"\0\1", 2};
    second.role = AMBIT_ROLE_ASSISTANT;
    const ambit_content *items[] = {&content, &second};
    result.content = items;
    result.content_count = 2;
    result.description = TEXT("described");
    plugin->call->finish(call, &result, NULL);
}

static ambit_readable readable(const char *uri, int32_t is_template, void *context) {
    ambit_readable resource = SIZED(ambit_readable);
    resource.execution = AMBIT_TOOL_BLOCKING;
    resource.is_template = is_template;
    resource.uri = (ambit_text){uri, strlen(uri)};
    resource.name = TEXT("answer");
    resource.title = TEXT("An answer");
    resource.mime_type = TEXT("text/plain");
    resource.annotations = TEXT("{\"priority\":0.5,\"lastModified\":\"2025-01-01T00:00:00Z\"}");
    resource.icons = TEXT("[{\"src\":\"https://example.com/icon.png\"}]");
    resource.meta = TEXT("{\"example.com/a\":1}");
    resource.context = context;
    resource.read = serve;
    resource.complete = serve;
    return resource;
}

static ambit_prompt prompt(const char *name, void *context) {
    static const ambit_prompt_argument word = {
        .struct_size = sizeof word, .is_required = 1, .name = {"word", 4}, .title = {"Word", 4}, .description = {"A word.", 7}};
    static const ambit_prompt_argument *const arguments[] = {&word};
    ambit_prompt prompt = SIZED(ambit_prompt);
    prompt.execution = AMBIT_TOOL_INLINE;
    prompt.name = (ambit_text){name, strlen(name)};
    prompt.description = TEXT("Asks something.");
    prompt.arguments = arguments;
    prompt.arguments_count = 1;
    prompt.context = context;
    prompt.make = serve;
    prompt.complete = serve;
    return prompt;
}

static uint64_t resource_count(void *plugin) {
    (void)plugin;
    return 2;
}
static const ambit_readable *resource_at(void *plugin, uint64_t index) {
    static ambit_readable resources[2];
    resources[index] = readable(index == 0 ? "exerciser://fixed" : "exerciser://item/{id}", (int32_t)index, plugin);
    return &resources[index];
}
static const ambit_plugin_resources resources = {.struct_size = sizeof resources, .count = resource_count, .get = resource_at};

static uint64_t prompt_count(void *plugin) {
    (void)plugin;
    return 1;
}
static const ambit_prompt *prompt_at(void *plugin, uint64_t index) {
    static ambit_prompt prompts[1];
    prompts[index] = prompt("exercise_prompt", plugin);
    return &prompts[index];
}
static const ambit_plugin_prompts prompts = {.struct_size = sizeof prompts, .count = prompt_count, .get = prompt_at};

/* ---- registry: those that come and go */

static void exercise_offers(run *self) {
    const ambit_host_registry *registry = self->plugin->registry;
    ambit_scope scope = self->plugin->host->scope;
    ambit_error error = failure();
    ambit_registration handle = 0;
    ambit_readable late = readable("exerciser://late", 0, self), bad = readable("exerciser://{#a}", 1, self);
    ambit_resource_registration resource = SIZED(ambit_resource_registration);
    resource.resource = &late;
    resource.destroyed = destroyed;
    CHECK(registry->resource_updated(scope, TEXT("exerciser://late"), &error) == AMBIT_NOT_FOUND);
    CHECK(registry->add_resource(scope, &resource, &handle, &error) == AMBIT_OK);
    CHECK(registry->resource_updated(scope, TEXT("exerciser://late"), &error) == AMBIT_OK);
    CHECK(registry->resource_updated(scope, TEXT("exerciser://item/7"), &error) == AMBIT_OK);
    CHECK(registry->remove(handle) == AMBIT_OK && await(self, DESTROYED, 1));
    resource.resource = &bad;
    CHECK(registry->add_resource(scope, &resource, &handle, &error) == AMBIT_INVALID_ARGUMENT);
    ambit_prompt question = prompt("late_prompt", self);
    ambit_prompt_registration registration = SIZED(ambit_prompt_registration);
    registration.prompt = &question;
    registration.destroyed = destroyed;
    CHECK(registry->add_prompt(scope, &registration, &handle, &error) == AMBIT_OK);
    CHECK(registry->remove(handle) == AMBIT_OK && await(self, DESTROYED, 2));
}
