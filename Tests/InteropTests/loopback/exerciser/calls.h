/* What belongs to a call, and what operators see. */

/* ---- call, context, ask, session, value, log, metrics, paths */

static void ready(void *context, ambit_status status) {
    ((run *)context)->status = status;
    note(context, DONE);
}
static void answered(void *context, const ambit_answer *const *answers, uint64_t count) {
    (void)answers;
    (void)count;
    note(context, DONE);
}

static void exercise_call(run *self) {
    const ambit_host_call *call = self->plugin->call;
    ambit_error error = failure();
    CHECK(call->progress(self->call, 1, 2, TEXT("half")) == AMBIT_OK);
    CHECK(call->log(self->call, AMBIT_LOG_WARNING, TEXT("exerciser"), TEXT("{\"a\":1}")) == AMBIT_OK);
    CHECK(call->writable(self->call, self, ready) == AMBIT_OK && await(self, DONE, 1) && self->status == AMBIT_OK);
    CHECK(call->disconnect(self->call, -1, &error) == AMBIT_INVALID_ARGUMENT && error.text[0] != 0);
    ambit_context_info client = SIZED(ambit_context_info);
    CHECK(self->plugin->context->get(self->call, &client) == AMBIT_OK);
    /* A legacy client would lose its connection. */
    if (client.era == AMBIT_ERA_MODERN) CHECK(call->disconnect(self->call, 1000, &error) == AMBIT_UNSUPPORTED && error.text[0] != 0);
    CHECK(call->fail(1, -1, TEXT("x"), TEXT(""), &error) == AMBIT_STALE_HANDLE);
}

static void exercise_context(run *self) {
    ambit_context_info info = SIZED(ambit_context_info);
    CHECK(self->plugin->context->get(self->call, &info) == AMBIT_OK);
    CHECK(info.protocol_version.size == 10 && info.client_capabilities.data[0] == '{' && info.deadline_ns > 0);
    struct { uint32_t struct_size; int32_t era; uint64_t canary; } older = {8, -1, 0x5A5A5A5A5A5A5A5A};
    CHECK(self->plugin->context->get(self->call, (ambit_context_info *)&older) == AMBIT_OK);
    CHECK(older.era == info.era && older.canary == 0x5A5A5A5A5A5A5A5A && older.struct_size == 8);
    ambit_error error = failure();
    ambit_ask_item item = SIZED(ambit_ask_item);
    item.key = TEXT("name");
    item.params = TEXT("{}");
    const ambit_ask_item *items[] = {&item};
    CHECK(self->plugin->ask->ask(self->call, items, 1, self, answered, &error) == AMBIT_UNSUPPORTED && error.text[0] != 0 && error.detail == -32021);
}

static void exercise_session(run *self) {
    const ambit_host_session *session = self->plugin->session;
    ambit_error error = failure();
    ambit_session_info info = SIZED(ambit_session_info), again = SIZED(ambit_session_info);
    CHECK(session->find_or_mint(self->call, TEXT(""), 60000000000, &info, &error) == AMBIT_OK && info.scope != 0);
    CHECK(session->find(self->call, TEXT("h_nobody"), &again, &error) == AMBIT_NOT_FOUND);
    if (info.kind == AMBIT_SESSION_HANDLE) {
        ambit_text handle = {info.handle, strlen(info.handle)};
        CHECK(session->find(self->call, handle, &again, &error) == AMBIT_OK && again.key == info.key);
        CHECK(session->release(self->call, handle, &error) == AMBIT_OK);
    } else {
        CHECK(session->find(self->call, TEXT(""), &again, &error) == AMBIT_OK && again.key == info.key);
        CHECK(session->release(self->call, TEXT(""), &error) == AMBIT_INVALID_ARGUMENT);
    }
}

static void exercise_value(run *self) {
    const ambit_host_value *value = self->plugin->value;
    ambit_value member = 0, element = 0;
    int32_t kind = -1, flag = -1;
    uint64_t count = 0, size = 0;
    int64_t integer = 0;
    double number = 0;
    char text[8];
    ambit_text key = {0}, raw = {0};
    CHECK(value->kind(self->call, 0, &kind) == AMBIT_OK && kind == AMBIT_VALUE_OBJECT);
    CHECK(value->member(self->call, 0, TEXT("list"), &member) == AMBIT_OK);
    CHECK(value->member(self->call, 0, TEXT("none"), &element) == AMBIT_NOT_FOUND);
    CHECK(value->count(self->call, member, &count) == AMBIT_OK && count == 4);
    CHECK(value->at(self->call, member, 0, &element, NULL) == AMBIT_OK && value->integer(self->call, element, &integer) == AMBIT_OK && integer == 7);
    CHECK(value->at(self->call, member, 1, &element, NULL) == AMBIT_OK && value->number(self->call, element, &number) == AMBIT_OK && number == 0.5);
    CHECK(value->at(self->call, member, 2, &element, NULL) == AMBIT_OK && value->boolean(self->call, element, &flag) == AMBIT_OK && flag == 1);
    CHECK(value->at(self->call, member, 3, &element, NULL) == AMBIT_OK && value->string(self->call, element, NULL, 0, &size) == AMBIT_OK && size == 2);
    CHECK(value->string(self->call, element, text, sizeof text, &size) == AMBIT_OK && memcmp(text, "\xC3\xA9", 2) == 0);
    CHECK(value->at(self->call, 0, 0, &element, &key) == AMBIT_OK && key.size == 4 && memcmp(key.data, "list", 4) == 0);
    CHECK(value->raw(self->call, member, &raw) == AMBIT_OK && raw.size > 8 && raw.data[0] == '[');
}

static void exercise_operator(run *self) {
    ambit_host_handle host = self->plugin->host->handle;
    ambit_error error = failure();
    ambit_log_field fields[] = {{TEXT("tool"), TEXT("exerciser")}};
    if (self->plugin->log->enabled(host, AMBIT_LOG_INFO)) self->plugin->log->write(host, AMBIT_LOG_INFO, TEXT("exercising"), fields, 1);
    const ambit_host_metrics *metrics = self->plugin->metrics;
    ambit_metric counter = 0, gauge = 0;
    CHECK(metrics->define(host, AMBIT_METRIC_COUNTER, TEXT("runs"), TEXT("Runs."), &counter, &error) == AMBIT_OK && counter != 0);
    CHECK(metrics->define(host, AMBIT_METRIC_GAUGE, TEXT("depth"), TEXT("Depth."), &gauge, &error) == AMBIT_OK && gauge != counter);
    CHECK(metrics->add(host, counter, 1) == AMBIT_OK && metrics->set(host, gauge, 2) == AMBIT_OK);
    CHECK(metrics->set(host, counter, 2) == AMBIT_INVALID_ARGUMENT);
    uint8_t path[4096];
    uint64_t size = 0;
    CHECK(self->plugin->paths->get(host, AMBIT_PATH_TEMPORARY, NULL, 0, &size, &error) == AMBIT_OK && size > 0 && size < sizeof path);
    CHECK(self->plugin->paths->get(host, AMBIT_PATH_TEMPORARY, path, sizeof path, &size, &error) == AMBIT_OK && path[0] == '/');
    CHECK(self->plugin->paths->get(host, 99, path, sizeof path, &size, &error) == AMBIT_INVALID_ARGUMENT);
}

/* ---- registry */

static void late_tool(void *context, ambit_call call) {
    run *self = context;
    ambit_result result = SIZED(ambit_result);
    self->plugin->call->finish(call, &result, NULL);
    note(self, CALLED);
}

static void exercise_registry(run *self) {
    const ambit_host_registry *registry = self->plugin->registry;
    ambit_error error = failure();
    ambit_tool tool = SIZED(ambit_tool);
    tool.name = TEXT("late_tool");
    tool.description = TEXT("Comes and goes.");
    tool.input_schema = TEXT("{\"type\":\"object\"}");
    tool.context = self;
    tool.invoke = late_tool;
    ambit_tool_registration registration = SIZED(ambit_tool_registration);
    registration.tool = &tool;
    registration.destroyed = destroyed;
    ambit_registration handle = 0;
    CHECK(registry->add_tool(self->plugin->host->scope, &registration, &handle, &error) == AMBIT_OK);
    CHECK(registry->remove(handle) == AMBIT_OK && await(self, DESTROYED, 1));
    CHECK(registry->remove(handle) == AMBIT_STALE_HANDLE);
    tool.name = TEXT("no name");
    CHECK(registry->add_tool(self->plugin->host->scope, &registration, &handle, &error) == AMBIT_INVALID_ARGUMENT);
}

/* ---- result: the tool that answers piece by piece */

static void exercise_result(run *self) {
    const ambit_host_result *result = self->plugin->result;
    ambit_error error = failure();
    ambit_call call = self->call;
    ambit_content text = SIZED(ambit_content), image = SIZED(ambit_content);
    text.kind = AMBIT_CONTENT_TEXT;
    text.text = TEXT("o");
    image.kind = AMBIT_CONTENT_IMAGE;
    image.mime_type = TEXT("image/png");
    CHECK(result->begin(call, &text, &error) == AMBIT_OK);
    CHECK(result->text(call, (ambit_bytes){(const uint8_t *)"k", 1}, &error) == AMBIT_OK);
    CHECK(result->begin(call, &image, &error) == AMBIT_OK);
    CHECK(result->data(call, (ambit_bytes){(const uint8_t *)"\0\1\2", 3}, &error) == AMBIT_OK);
    CHECK(result->begin_object(call, &error) == AMBIT_OK && result->key(call, TEXT("list"), &error) == AMBIT_OK);
    CHECK(result->begin_array(call, &error) == AMBIT_OK && result->integer(call, -7, &error) == AMBIT_OK);
    CHECK(result->number(call, 0.5, &error) == AMBIT_OK && result->boolean(call, 1, &error) == AMBIT_OK);
    CHECK(result->null(call, &error) == AMBIT_OK && result->string(call, TEXT("s"), &error) == AMBIT_OK);
    CHECK(result->raw(call, TEXT("{\"n\":1.0}"), &error) == AMBIT_OK && result->end_array(call, &error) == AMBIT_OK);
    CHECK(result->end_array(call, &error) == AMBIT_INVALID_ARGUMENT && result->end_object(call, &error) == AMBIT_OK);
    CHECK(result->finish(call, 0, TEXT("{\"m\":1}"), &error) == AMBIT_OK);
}
