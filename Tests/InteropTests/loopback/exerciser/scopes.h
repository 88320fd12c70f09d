/* What scopes own: scopes, tasks, timers, subscriptions, own kinds, leases. */

/* ---- scope */
static int32_t finalize(void *context, ambit_finalizer self, const ambit_reason *reason) {
    (void)self;
    if (reason->text.size == 4 && memcmp(reason->text.data, "over", 4) == 0) note(context, RAN);
    return AMBIT_FINALIZER_DONE;
}
static int32_t finalize_later(void *context, ambit_finalizer self, const ambit_reason *reason) {
    (void)reason;
    run *own = context;
    own->pending = self;
    /* Clean-up may need something of its own, although the scope closes. */
    ambit_scope scope = 0, late = 0;
    own->cleanup = own->plugin->scope->open(own->closing, TEXT("late"), &late, NULL) == AMBIT_CLOSED
                && own->plugin->scope->cleanup(own->closing, TEXT("clean-up"), &scope, NULL) == AMBIT_OK
                && own->plugin->scope->close(scope, NULL, NULL, NULL, NULL) == AMBIT_OK;
    note(context, RAN);
    return AMBIT_FINALIZER_PENDING;
}

static void exercise_scope(run *self) {
    const ambit_host_scope *scope = self->plugin->scope;
    ambit_error error = failure();
    ambit_scope child = 0;
    int32_t state = -1;
    CHECK(scope->open(self->scope, TEXT("child"), &child, &error) == AMBIT_OK && child != 0);
    CHECK(scope->state(child, &state) == AMBIT_OK && state == AMBIT_SCOPE_OPEN);
    ambit_finalizer_options options = SIZED(ambit_finalizer_options);
    options.phase = AMBIT_PHASE_FREE;
    options.label = TEXT("last");
    options.context = self;
    options.run = finalize;
    options.destroyed = destroyed;
    ambit_finalizer finalizer = 0, removed = 0, waited = 0;
    CHECK(scope->on_close(child, &options, &finalizer, &error) == AMBIT_OK);
    CHECK(scope->on_close(child, &options, &removed, &error) == AMBIT_OK);
    CHECK(scope->remove(removed) == AMBIT_OK && await(self, DESTROYED, 1));
    CHECK(scope->on_close(child, &options, &waited, &error) == AMBIT_OK);
    CHECK(scope->release_wait(waited, 10000000000, &error) == AMBIT_OK && await(self, DESTROYED, 2));
    options.run = finalize_later;
    self->closing = child;
    CHECK(scope->on_close(child, &options, &finalizer, &error) == AMBIT_OK);
    ambit_finalizer promoted = 0;
    CHECK(scope->on_close(child, &options, &promoted, &error) == AMBIT_OK);
    CHECK(scope->promote(promoted, self->scope, &error) == AMBIT_OK);
    CHECK(scope->promote(promoted, child, &error) == AMBIT_INVALID_ARGUMENT && error.text[0] != 0);
    CHECK(scope->remove(promoted) == AMBIT_OK && await(self, DESTROYED, 3));
    CHECK(scope->close(self->scope, NULL, NULL, NULL, &error) == AMBIT_DENIED && error.code == AMBIT_DENIED && error.text[0] != 0);
    ambit_reason reason = SIZED(ambit_reason);
    reason.kind = AMBIT_REASON_COMPLETED;
    reason.by = TEXT("exerciser");
    reason.text = TEXT("over");
    CHECK(scope->close(child, &reason, self, closed, &error) == AMBIT_OK);
    CHECK(await(self, RAN, 1));
    CHECK(self->cleanup && scope->finished(self->pending, AMBIT_OK) == AMBIT_OK);
    CHECK(await(self, CLOSED, 1) && await(self, RAN, 2) && await(self, DESTROYED, 5) && self->status == AMBIT_OK);
    CHECK(scope->state(child, &state) == AMBIT_OK && state == AMBIT_SCOPE_CLOSED);
    CHECK(scope->open(child, TEXT("late"), &child, &error) == AMBIT_STALE_HANDLE);
}

/* ---- task */

static void job(void *context) { note(context, JOB); }
static void run_task(void *context, ambit_task self) {
    (void)self;
    note(context, RAN);
}
static void cancel_task(void *context, const ambit_reason *reason) {
    if (reason->struct_size == sizeof *reason) note(context, DONE);
}

static void exercise_task(run *self) {
    const ambit_host_task *task = self->plugin->task;
    ambit_error error = failure();
    CHECK(task->post(self->plugin->host->handle, self, job) == AMBIT_OK && await(self, JOB, 1));
    ambit_task_options options = SIZED(ambit_task_options);
    options.label = TEXT("work");
    options.context = self;
    options.run = run_task;
    options.cancel = cancel_task;
    options.destroyed = destroyed;
    ambit_task handle = 0;
    CHECK(task->spawn(self->scope, &options, &handle, &error) == AMBIT_OK);
    CHECK(await(self, RAN, 1) && await(self, DESTROYED, 1));
    CHECK(task->adopt(self->scope, &options, &handle, &error) == AMBIT_INVALID_ARGUMENT);
    options.run = NULL;
    CHECK(task->adopt(self->scope, &options, &handle, &error) == AMBIT_OK);
    CHECK(task->cancel(handle) == AMBIT_OK && await(self, DONE, 1));
    CHECK(task->finished(handle) == AMBIT_OK && await(self, DESTROYED, 2));
    CHECK(task->finished(handle) == AMBIT_STALE_HANDLE);
}

/* ---- timer */

static void tick(void *context, uint64_t missed) {
    (void)missed;
    note(context, TICK);
}

static void exercise_timer(run *self) {
    const ambit_host_timer *timer = self->plugin->timer;
    ambit_error error = failure();
    CHECK(timer->now(self->plugin->host->handle) > 0);
    ambit_timer_options options = SIZED(ambit_timer_options);
    options.label = TEXT("once");
    options.context = self;
    options.fire = tick;
    options.destroyed = destroyed;
    ambit_timer handle = 0;
    CHECK(timer->start(self->scope, &options, &handle, &error) == AMBIT_OK);
    CHECK(await(self, TICK, 1) && await(self, DESTROYED, 1));
    options.delay_ns = 3600000000000;
    CHECK(timer->start(self->scope, &options, &handle, &error) == AMBIT_OK);
    CHECK(timer->cancel(handle) == AMBIT_OK && await(self, DESTROYED, 2));
}

/* ---- bus */

static void event(void *context, ambit_status status, const ambit_event *event) {
    run *self = context;
    self->status = status;
    if (event != NULL) snprintf(self->text, sizeof self->text, "%.*s", (int)event->payload.size, (const char *)event->payload.data);
    note(self, DONE);
}

static void exercise_bus(run *self) {
    const ambit_host_bus *bus = self->plugin->bus;
    ambit_error error = failure();
    ambit_subscribe_options options = SIZED(ambit_subscribe_options);
    options.overflow = AMBIT_OVERFLOW_DROP_OLDEST;
    options.topic = TEXT("news");
    options.capacity = 4;
    ambit_subscription subscription = 0;
    uint64_t waiter = 0;
    CHECK(bus->subscribe(self->scope, &options, &subscription, &error) == AMBIT_OK);
    CHECK(bus->publish(self->plugin->host->handle, TEXT("news"), TEXT("k"), (ambit_bytes){(const uint8_t *)"a\0b", 3}, 0, &error) == AMBIT_OK);
    CHECK(bus->next(subscription, self, event, &waiter) == AMBIT_OK && await(self, DONE, 1));
    CHECK(self->status == AMBIT_OK && memcmp(self->text, "a", 2) == 0);
    CHECK(bus->next(subscription, self, event, &waiter) == AMBIT_OK);
    CHECK(bus->cancel_wait(subscription, waiter) == AMBIT_OK && await(self, DONE, 2) && self->status == AMBIT_CANCELLED);
    CHECK(bus->close(subscription) == AMBIT_OK);
    CHECK(bus->next(subscription, self, event, &waiter) == AMBIT_STALE_HANDLE);
}

/* ---- kind */

static int32_t release_own(void *resource, ambit_resource handle, const ambit_reason *reason) {
    run *self = resource;
    (void)reason;
    self->pending = handle;
    note(self, RAN);
    return self->seen[RAN] == 1 ? AMBIT_RELEASE_PENDING : AMBIT_RELEASE_DONE;
}

static void exercise_kind(run *self) {
    const ambit_host_kind *kind = self->plugin->kind;
    ambit_error error = failure();
    ambit_kind_descriptor descriptor = SIZED(ambit_kind_descriptor);
    descriptor.phase = AMBIT_RELEASE_LATE;
    descriptor.name = TEXT("lamp");
    descriptor.release = release_own;
    ambit_kind lamp = 0;
    ambit_resource first = 0, second = 0, never = 0;
    ambit_scope child = 0;
    CHECK(kind->define(self->plugin->host->handle, &descriptor, &lamp, &error) == AMBIT_OK);
    CHECK(self->plugin->scope->open(self->scope, TEXT("room"), &child, &error) == AMBIT_OK);
    CHECK(kind->reserve(child, lamp, TEXT("never"), &never, &error) == AMBIT_OK && kind->withdraw(never) == AMBIT_OK);
    CHECK(kind->reserve(child, lamp, TEXT("first"), &first, &error) == AMBIT_OK && kind->commit(first, self, &error) == AMBIT_OK);
    CHECK(kind->commit(first, self, &error) == AMBIT_INVALID_ARGUMENT && kind->describe(first, TEXT("on")) == AMBIT_OK);
    CHECK(kind->reserve(child, lamp, TEXT("second"), &second, &error) == AMBIT_OK && kind->commit(second, self, &error) == AMBIT_OK);
    CHECK(kind->released(second, AMBIT_OK) == AMBIT_INVALID_ARGUMENT);
    CHECK(kind->end(second) == AMBIT_OK && await(self, RAN, 1) && kind->released(self->pending, AMBIT_OK) == AMBIT_OK);
    CHECK(self->plugin->scope->close(child, NULL, self, closed, &error) == AMBIT_OK && await(self, RAN, 2) && await(self, CLOSED, 1));
    CHECK(kind->end(first) == AMBIT_STALE_HANDLE);
}

/* ---- lease */

static void build_lamp(void *context, ambit_scope scope, ambit_build build) {
    run *self = context;
    self->build = scope != 0 ? build : 0;
    note(self, RAN);
}
static void leased(void *context, ambit_status status, ambit_lease lease, void *value, ambit_text message) {
    run *self = context;
    self->status = status;
    self->lease = lease;
    self->value = value;
    snprintf(self->text, sizeof self->text, "%.*s", (int)message.size, message.data);
    note(self, DONE);
}

static void exercise_lease(run *self) {
    const ambit_host_lease *lease = self->plugin->lease;
    ambit_host_handle host = self->plugin->host->handle;
    ambit_error error = failure();
    ambit_lease_options options = SIZED(ambit_lease_options);
    options.key = TEXT("lamp");
    options.context = self;
    options.build = build_lamp;
    options.destroyed = destroyed;
    uint64_t waiter = 0, second = 0;
    CHECK(lease->acquire(self->scope, &options, self, leased, &waiter, &error) == AMBIT_OK && await(self, RAN, 1));
    CHECK(lease->acquire(self->scope, &options, self, leased, &second, &error) == AMBIT_OK);
    CHECK(lease->cancel_wait(self->scope, second) == AMBIT_OK && await(self, DONE, 1) && self->status == AMBIT_CANCELLED);
    CHECK(await(self, DESTROYED, 1));
    CHECK(lease->built(host, self->build, AMBIT_OK, self, TEXT("")) == AMBIT_OK && await(self, DONE, 2));
    CHECK(self->status == AMBIT_OK && self->value == self && await(self, DESTROYED, 2));
    CHECK(lease->built(host, self->build, AMBIT_OK, self, TEXT("")) == AMBIT_NOT_FOUND);
    ambit_lease first = self->lease;
    CHECK(lease->acquire(self->scope, &options, self, leased, &waiter, &error) == AMBIT_OK && await(self, DONE, 3) && self->value == self);
    CHECK(await(self, DESTROYED, 3) && self->seen[RAN] == 1);
    CHECK(lease->release(first) == AMBIT_OK && lease->release(first) == AMBIT_STALE_HANDLE && lease->release(self->lease) == AMBIT_OK);
    CHECK(lease->acquire(self->scope, &options, self, leased, &waiter, &error) == AMBIT_OK && await(self, RAN, 2));
    CHECK(lease->built(host, self->build, AMBIT_FAILED, NULL, TEXT("no lamp")) == AMBIT_OK && await(self, DONE, 4));
    CHECK(self->status == AMBIT_FAILED && strcmp(self->text, "no lamp") == 0 && await(self, DESTROYED, 4));
}
