/*
 * A plugin in C, with no dependency but Ambit's headers. Its tool counts seconds and reports each as progress.
 *
 *   cc -std=c11 -fPIC -shared -fvisibility=hidden -I PATH/TO/CAmbit/include clock.c -o libclock-c.so
 *   ambit serve --plugin ./libclock-c.so
 *
 * What to look at: nothing here cleans up by hand. The timer belongs to the scope of the call; when the client leaves, the
 * host cancels it and calls `counting_destroyed`, the one place where memory is freed.
 */

#include <ambit/ambit.h>

#include <stdlib.h>
#include <string.h>

#define TEXT(literal) {literal, sizeof(literal) - 1}

/* One instance of the plugin. */
typedef struct clock_plugin {
    ambit_plugin interface;
    ambit_tool tool;
    const ambit_host_call *call;
    const ambit_host_value *value;
    const ambit_host_timer *timer;
} clock_plugin;

/* One call that is counting: the context of its timer. */
typedef struct counting {
    const clock_plugin *plugin;
    ambit_call call;
    int64_t times, ticks;
} counting;

static void finish(const clock_plugin *plugin, ambit_call call, const char *text, int is_error) {
    ambit_content content = {.struct_size = sizeof content, .kind = AMBIT_CONTENT_TEXT, .text = {text, strlen(text)}};
    const ambit_content *contents[] = {&content};
    ambit_result result = {.struct_size = sizeof result, .is_error = is_error, .content = contents, .content_count = 1};
    plugin->call->finish(call, &result, NULL);
}

/* A tick. Runs on a thread of the plugin's executor and must not block. */
static void counting_fire(void *context, uint64_t missed) {
    counting *self = context;
    (void)missed;
    self->ticks++;
    self->plugin->call->progress(self->call, (double)self->ticks, (double)self->times, (ambit_text)TEXT("tick"));
    /* Ends the call, and with it the timer. A tick that comes in between finds the call finished: an error value, no harm. */
    if (self->ticks == self->times) finish(self->plugin, self->call, "done", 0);
}

/* The timer has fired its last or was cancelled: nothing uses the context any more. */
static void counting_destroyed(void *context) { free(context); }

/* The tool: async, so it returns at once, and the call is finished by a tick. */
static void clock_invoke(void *context, ambit_call call) {
    const clock_plugin *plugin = context;
    ambit_call_info info = {.struct_size = sizeof info};
    if (plugin->call->info(call, &info) != AMBIT_OK) return; /* the call has ended already */

    int64_t times = 5;
    ambit_value argument;
    if (plugin->value->member(call, 0, (ambit_text)TEXT("times"), &argument) == AMBIT_OK &&
        (plugin->value->integer(call, argument, &times) != AMBIT_OK || times < 1 || times > 3600)) {
        finish(plugin, call, "times: expected an integer from 1 to 3600", 1);
        return;
    }

    counting *self = calloc(1, sizeof *self);
    if (self == NULL) {
        finish(plugin, call, "out of memory", 1);
        return;
    }
    *self = (counting){.plugin = plugin, .call = call, .times = times};
    ambit_timer_options options = {.struct_size = sizeof options,
                                   .label = TEXT("tick"),
                                   .delay_ns = 1000000000,
                                   .period_ns = 1000000000,
                                   .context = self,
                                   .fire = counting_fire,
                                   .destroyed = counting_destroyed};
    ambit_timer timer;
    ambit_error error = {.struct_size = sizeof error};
    if (plugin->timer->start(info.scope, &options, &timer, &error) != AMBIT_OK) {
        counting_destroyed(self); /* it was not taken over */
        finish(plugin, call, error.text, 1);
    }
}

static uint64_t tool_count(void *context) {
    (void)context;
    return 1;
}

static const ambit_tool *tool_at(void *context, uint64_t index) {
    (void)index;
    return &((clock_plugin *)context)->tool;
}

static const ambit_plugin_tools tools = {.struct_size = sizeof tools, .count = tool_count, .get = tool_at};

static const void *plugin_extension(void *context, const char *id) {
    (void)context;
    return strcmp(id, AMBIT_EXT_TOOLS) == 0 ? &tools : NULL;
}

static void plugin_destroy(void *context) { free(context); }

static ambit_status create(const ambit_plugin_descriptor *self, const ambit_host *host, ambit_text config, const ambit_plugin **out,
                           ambit_error *error) {
    (void)self, (void)config, (void)error;
    clock_plugin *plugin = calloc(1, sizeof *plugin);
    if (plugin == NULL) return AMBIT_FAILED;
    /* The descriptor requires these three, so they are there. */
    plugin->call = host->get_extension(host->handle, AMBIT_EXT_CALL);
    plugin->value = host->get_extension(host->handle, AMBIT_EXT_VALUE);
    plugin->timer = host->get_extension(host->handle, AMBIT_EXT_TIMER);
    plugin->tool = (ambit_tool){
        .struct_size = sizeof plugin->tool,
        .execution = AMBIT_TOOL_ASYNC,
        .name = TEXT("c_clock_tick"),
        .description = TEXT("Reports the time once a second."),
        .input_schema = TEXT("{\"type\":\"object\",\"properties\":{\"times\":{\"type\":\"integer\",\"description\":\"How often.\","
                             "\"default\":5,\"minimum\":1,\"maximum\":3600}},\"additionalProperties\":false}"),
        .context = plugin,
        .invoke = clock_invoke,
    };
    plugin->interface = (ambit_plugin){.struct_size = sizeof plugin->interface,
                                       .context = plugin,
                                       .get_extension = plugin_extension,
                                       .destroy = plugin_destroy};
    *out = &plugin->interface;
    return AMBIT_OK;
}

static const ambit_text requires_ids[] = {TEXT(AMBIT_EXT_CALL), TEXT(AMBIT_EXT_VALUE), TEXT(AMBIT_EXT_TIMER)};

static const ambit_plugin_descriptor descriptor = {
    .struct_size = sizeof descriptor,
    .abi_major = AMBIT_ABI_MAJOR,
    .abi_minor = AMBIT_ABI_MINOR,
    .toolchain = TEXT("c"),
    .name = TEXT("clock-c"),
    .version = TEXT("1.0.0"),
    .summary = TEXT("Tells the time, again and again, in C."),
    .requires_ids = requires_ids,
    .requires_count = sizeof requires_ids / sizeof *requires_ids,
    .create = create,
};

__attribute__((visibility("default"))) const ambit_plugin_descriptor *ambit_plugin_entry(void);
const ambit_plugin_descriptor *ambit_plugin_entry(void) { return &descriptor; }
