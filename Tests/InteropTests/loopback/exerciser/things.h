/* What comes from the system: processes, directories, memory; and replies. */

/* ---- process */

static void info_done(void *context, const ambit_process_info *info) {
    run *self = context;
    self->status = info->exit_code;
    note(self, info->state == AMBIT_PROCESS_EXITED ? EXITED : STARTED);
}
static void read_done(void *context, ambit_status status, int32_t stream, ambit_bytes chunk) {
    run *self = context;
    self->status = status;
    if (status == AMBIT_OK && stream == self->stream)
        snprintf(self->text, sizeof self->text, "%.*s", (int)chunk.size, (const char *)chunk.data);
    note(self, DONE);
}
static void written(void *context, ambit_status status) {
    ((run *)context)->status = status;
    note(context, WRITTEN);
}

static void exercise_process(run *self) {
    const ambit_host_process *process = self->plugin->process;
    self->stream = AMBIT_STREAM_OUTPUT;
    ambit_error error = failure();
    ambit_bytes arguments[] = {{(const uint8_t *)"/bin/sh", 7}, {(const uint8_t *)"-c", 2}, {(const uint8_t *)"cat; echo $X; exit 3", 20}};
    ambit_bytes environment[] = {{(const uint8_t *)"X=y", 3}};
    ambit_process_options options = SIZED(ambit_process_options);
    options.flags = AMBIT_PROCESS_STDIN;
    options.label = TEXT("cat");
    options.arguments = arguments;
    options.arguments_count = 3;
    options.environment = environment;
    options.environment_count = 1;
    options.directory = (ambit_bytes){(const uint8_t *)"/", 1};
    ambit_process handle = 0;
    CHECK(process->start(self->scope, &options, &handle, &error) == AMBIT_OK);
    CHECK(process->wait_started(handle, self, info_done) == AMBIT_OK && await(self, STARTED, 1));
    ambit_process_info info = SIZED(ambit_process_info);
    CHECK(process->info(handle, &info) == AMBIT_OK && info.pid > 0 && info.state == AMBIT_PROCESS_RUNNING);
    CHECK(process->forget(handle) == AMBIT_INVALID_ARGUMENT);
    CHECK(process->write(handle, (ambit_bytes){(const uint8_t *)"hello\n", 6}, self, written) == AMBIT_OK && await(self, WRITTEN, 1));
    CHECK(process->read(handle, self, read_done) == AMBIT_OK && await(self, DONE, 1) && strcmp(self->text, "hello\n") == 0);
    CHECK(process->close_input(handle) == AMBIT_OK);
    CHECK(process->read(handle, self, read_done) == AMBIT_OK && await(self, DONE, 2) && strcmp(self->text, "y\n") == 0);
    CHECK(process->read(handle, self, read_done) == AMBIT_OK && await(self, DONE, 3) && self->status == AMBIT_CLOSED);
    CHECK(process->wait(handle, self, info_done) == AMBIT_OK && await(self, EXITED, 1) && self->status == 3);
    CHECK(process->forget(handle) == AMBIT_OK && process->info(handle, &info) == AMBIT_STALE_HANDLE);
    arguments[2] = (ambit_bytes){(const uint8_t *)"sleep 1000", 10};
    CHECK(process->start(self->scope, &options, &handle, &error) == AMBIT_OK);
    CHECK(process->wait_started(handle, self, info_done) == AMBIT_OK && await(self, STARTED, 2));
    CHECK(process->resize(handle, 10, 40) == AMBIT_INVALID_ARGUMENT);
    CHECK(process->signal(handle, 18) == AMBIT_OK && process->stop(handle, 0) == AMBIT_OK);
    CHECK(process->wait(handle, self, info_done) == AMBIT_OK && await(self, EXITED, 2));
    arguments[2] = (ambit_bytes){(const uint8_t *)"read x; stty size", 17};
    options.flags = AMBIT_PROCESS_TERMINAL;
    options.rows = 30;
    CHECK(process->start(self->scope, &options, &handle, &error) == AMBIT_OK && process->resize(handle, 0, 1) == AMBIT_INVALID_ARGUMENT);
    CHECK(process->wait_started(handle, self, info_done) == AMBIT_OK && await(self, STARTED, 3));
    CHECK(process->resize(handle, 31, 90) == AMBIT_OK);
    CHECK(process->write(handle, (ambit_bytes){(const uint8_t *)"go\n", 3}, self, written) == AMBIT_OK && await(self, WRITTEN, 2));
    CHECK(process->wait(handle, self, info_done) == AMBIT_OK);
    int reads = 3, has_size = 0;
    do {
        CHECK(process->read(handle, self, read_done) == AMBIT_OK && await(self, DONE, ++reads));
        has_size |= strstr(self->text, "31 90") != NULL;
    } while (self->status == AMBIT_OK);
    CHECK(has_size && await(self, EXITED, 3));
    arguments[2] = (ambit_bytes){(const uint8_t *)"echo aside >&3", 14};
    options.flags = AMBIT_PROCESS_EXTRA_OUTPUT;
    self->stream = AMBIT_STREAM_EXTRA;
    CHECK(process->start(self->scope, &options, &handle, &error) == AMBIT_OK);
    CHECK(process->read(handle, self, read_done) == AMBIT_OK && await(self, DONE, ++reads) && strcmp(self->text, "aside\n") == 0);
    CHECK(process->read(handle, self, read_done) == AMBIT_OK && await(self, DONE, ++reads) && self->text[0] == 0);
    CHECK(process->wait(handle, self, info_done) == AMBIT_OK && await(self, EXITED, 4));
}

/* ---- reply */

static void replied(void *context, const ambit_reply_result *result) {
    run *self = context;
    self->status = result->status;
    snprintf(self->text, sizeof self->text, "%.*s", (int)result->payload.size, (const char *)result->payload.data);
    note(self, DONE);
}

static void exercise_reply(run *self) {
    const ambit_host_reply *reply = self->plugin->reply;
    ambit_host_handle host = self->plugin->host->handle;
    ambit_error error = failure();
    ambit_reply_options options = SIZED(ambit_reply_options);
    options.label = TEXT("answer");
    options.timeout_ns = 60000000000;
    ambit_reply handle = 0;
    uint64_t waiter = 0;
    char id[AMBIT_REPLY_ID_CAPACITY];
    ambit_bytes payload = {(const uint8_t *)"yes", 3};
    CHECK(reply->open(self->scope, &options, &handle, id, &error) == AMBIT_OK && strlen(id) >= 32);
    CHECK(reply->wait(handle, self, replied, &waiter, &error) == AMBIT_OK);
    CHECK(reply->wait(handle, self, replied, NULL, &error) == AMBIT_INVALID_ARGUMENT);
    CHECK(reply->cancel_wait(handle, waiter) == AMBIT_OK && await(self, DONE, 1) && self->status == AMBIT_CANCELLED);
    CHECK(reply->cancel_wait(handle, waiter) == AMBIT_NOT_FOUND);
    CHECK(reply->wait(handle, self, replied, &waiter, &error) == AMBIT_OK);
    CHECK(reply->resolve(host, TEXT("0123456789abcdef0123456789abcdef"), payload, &error) == AMBIT_NOT_FOUND);
    CHECK(reply->resolve(host, (ambit_text){id, strlen(id)}, payload, &error) == AMBIT_OK);
    CHECK(await(self, DONE, 2) && self->status == AMBIT_OK && strcmp(self->text, "yes") == 0);
    CHECK(reply->resolve(host, (ambit_text){id, strlen(id)}, payload, &error) == AMBIT_NOT_FOUND);
    options.timeout_ns = 1000000;
    CHECK(reply->open(self->scope, &options, &handle, id, &error) == AMBIT_OK);
    CHECK(reply->wait(handle, self, replied, &waiter, &error) == AMBIT_OK && await(self, DONE, 3) && self->status == AMBIT_TIMED_OUT);
    ambit_scope target = 0;
    options.timeout_ns = 60000000000;
    CHECK(self->plugin->scope->open(self->scope, TEXT("target"), &target, &error) == AMBIT_OK);
    options.target = target;
    CHECK(reply->open(self->scope, &options, &handle, id, &error) == AMBIT_OK);
    CHECK(reply->wait(handle, self, replied, &waiter, &error) == AMBIT_OK);
    CHECK(self->plugin->scope->close(target, NULL, NULL, NULL, &error) == AMBIT_OK && await(self, DONE, 4) && self->status == AMBIT_CLOSED);
    options.target = 0;
    CHECK(reply->open(self->scope, &options, &handle, id, &error) == AMBIT_OK && reply->close(handle) == AMBIT_OK);
    CHECK(reply->close(handle) == AMBIT_STALE_HANDLE);
}

/* ---- arena */

static void exercise_arena(run *self) {
    const ambit_host_arena *arena = self->plugin->arena;
    ambit_error error = failure();
    ambit_arena handle = 0;
    void *memory = NULL;
    uint64_t used = 0;
    CHECK(arena->open(self->scope, TEXT("words"), 1000, &handle, &error) == AMBIT_OK);
    CHECK(arena->allocate(handle, 600, 64, &memory, &error) == AMBIT_OK && (uintptr_t)memory % 64 == 0 && *(char *)memory == 0);
    CHECK(arena->allocate(handle, 600, 1, &memory, &error) == AMBIT_OVER_QUOTA && error.quota[0] != 0);
    CHECK(arena->allocate(handle, 1, 3, &memory, &error) == AMBIT_INVALID_ARGUMENT);
    CHECK(arena->used(handle, &used) == AMBIT_OK && used == 600);
    CHECK(arena->close(handle) == AMBIT_OK && arena->used(handle, &used) == AMBIT_STALE_HANDLE);
    CHECK(arena->open(self->scope, TEXT("left to the scope"), 1000, &handle, &error) == AMBIT_OK);
}

/* ---- directory */

static void exercise_directory(run *self) {
    const ambit_host_directory *directory = self->plugin->directory;
    ambit_error error = failure();
    ambit_directory handle = 0;
    uint64_t size = 0;
    uint8_t path[4096] = {0};
    CHECK(directory->create(self->scope, TEXT("work"), &handle, &error) == AMBIT_OK);
    CHECK(directory->path(handle, path, sizeof path, &size) == AMBIT_OK && size < sizeof path && access((const char *)path, W_OK) == 0);
    CHECK(directory->remove(handle) == AMBIT_OK && directory->path(handle, path, sizeof path, &size) == AMBIT_STALE_HANDLE);
    CHECK(directory->create(self->scope, TEXT("left to the scope"), &handle, &error) == AMBIT_OK);
}

/* ---- descriptor */

static void exercise_descriptor(run *self) {
    const ambit_host_descriptor *descriptor = self->plugin->descriptor;
    ambit_error error = failure();
    int ends[2];
    int32_t number = -1;
    ambit_descriptor reading = 0, writing = 0;
    CHECK(pipe(ends) == 0);
    CHECK(descriptor->adopt(self->scope, ends[0], TEXT("reading end"), &reading, &error) == AMBIT_OK);
    CHECK(descriptor->adopt(self->scope, ends[0], TEXT("again"), &writing, &error) == AMBIT_INVALID_ARGUMENT);
    CHECK(descriptor->adopt(self->scope, ends[1], TEXT("writing end"), &writing, &error) == AMBIT_OK);
    CHECK(descriptor->number(reading, &number) == AMBIT_OK && number == ends[0]);
    CHECK(descriptor->close(writing) == AMBIT_OK && descriptor->close(writing) == AMBIT_STALE_HANDLE);
    char byte;
    CHECK(read(ends[0], &byte, 1) == 0);
    CHECK(descriptor->disown(reading, &number) == AMBIT_OK && number == ends[0] && close(number) == 0);
    CHECK(descriptor->adopt(self->scope, ends[0], TEXT("closed"), &reading, &error) == AMBIT_INVALID_ARGUMENT);
    CHECK(pipe(ends) == 0 && descriptor->adopt(self->scope, ends[0], TEXT("left to the scope"), &reading, &error) == AMBIT_OK);
    CHECK(close(ends[1]) == 0);
}

/* ---- listener */

static void accepted(void *context, ambit_status status, ambit_descriptor connection) {
    run *self = context;
    self->status = status;
    self->connection = connection;
    note(self, DONE);
}

static void exercise_listener(run *self) {
    const ambit_host_listener *listener = self->plugin->listener;
    ambit_error error = failure();
    ambit_listener_options options = SIZED(ambit_listener_options);
    options.label = TEXT("door");
    ambit_listener handle = 0;
    int32_t port = 0;
    uint64_t waiter = 0;
    CHECK(listener->open(self->scope, &options, &handle, &port, &error) == AMBIT_OK && port > 0);
    CHECK(listener->accept(handle, self->scope, self, accepted, &waiter, &error) == AMBIT_OK);
    CHECK(listener->accept(handle, self->scope, self, accepted, NULL, &error) == AMBIT_INVALID_ARGUMENT);
    CHECK(listener->cancel_wait(handle, waiter) == AMBIT_OK && await(self, DONE, 1) && self->status == AMBIT_CANCELLED);
    CHECK(listener->cancel_wait(handle, waiter) == AMBIT_NOT_FOUND);
    CHECK(listener->accept(handle, self->scope, self, accepted, &waiter, &error) == AMBIT_OK);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int client = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(connect(client, (struct sockaddr *)&address, sizeof address) == 0);
    CHECK(await(self, DONE, 2) && self->status == AMBIT_OK && self->connection != 0);
    CHECK(listener->accept(handle, self->scope, self, accepted, &waiter, &error) == AMBIT_OK);
    CHECK(listener->close(handle) == AMBIT_OK && await(self, DONE, 3) && self->status == AMBIT_CLOSED && self->connection == 0);
    CHECK(listener->close(handle) == AMBIT_STALE_HANDLE && close(client) == 0);
    options.host = TEXT("not an address");
    CHECK(listener->open(self->scope, &options, &handle, &port, &error) == AMBIT_FAILED && error.text[0] != 0);
}
