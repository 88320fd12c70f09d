/* What the generated proxy stands on: messages of bytes, and the callbacks that were registered on the plugin's side of the link. */

#include <ambit/ambit.h>

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct packet {
    uint8_t *bytes;
    size_t size, capacity, at;
    /* Memory that lives as long as the message: what a reader hands out points here. */
    void **kept;
    size_t kept_count;
    /* Callbacks that came into being for this message: taken back when the call fails. */
    uint64_t registered[4];
    size_t registered_count;
    void *boxes[4];
    size_t box_count;
} packet;

/* A message can't be wrong here: whoever reads more than was written ends the process, and the test with it. */
static void broken(const char *what) {
    fprintf(stderr, "loopback: %s\n", what);
    abort();
}

static void put_raw(packet *m, const void *data, size_t size) {
    if (m->size + size > m->capacity) {
        m->capacity = (m->size + size) * 2;
        m->bytes = realloc(m->bytes, m->capacity);
        if (m->bytes == NULL) broken("out of memory");
    }
    if (size != 0) memcpy(m->bytes + m->size, data, size);
    m->size += size;
}

static void get_raw(packet *m, void *data, size_t size) {
    if (m->at + size > m->size) broken("a message is shorter than its reader expects");
    if (size != 0) memcpy(data, m->bytes + m->at, size);
    m->at += size;
}

static void *keep(packet *m, size_t size) {
    void *memory = calloc(1, size == 0 ? 1 : size);
    m->kept = realloc(m->kept, (m->kept_count + 1) * sizeof *m->kept);
    if (memory == NULL || m->kept == NULL) broken("out of memory");
    m->kept[m->kept_count++] = memory;
    return memory;
}

static void end_message(packet *m) {
    for (size_t i = 0; i < m->kept_count; i++) free(m->kept[i]);
    free(m->kept);
    free(m->bytes);
    memset(m, 0, sizeof *m);
}

#define SCALAR(name, type)                                                                                             \
    static void put_##name(packet *m, type value) { put_raw(m, &value, sizeof value); }                              \
    static type get_##name(packet *m) {                                                                               \
        type value;                                                                                                    \
        get_raw(m, &value, sizeof value);                                                                              \
        return value;                                                                                                  \
    }
SCALAR(uint16_t, uint16_t)
SCALAR(uint32_t, uint32_t)
SCALAR(int32_t, int32_t)
SCALAR(uint64_t, uint64_t)
SCALAR(int64_t, int64_t)
SCALAR(double, double)

static void put_bytes(packet *m, const void *data, uint64_t size) {
    put_uint64_t(m, size);
    put_raw(m, data, size);
}

/* Every piece gets memory of its own, exactly as large as it is, so that a sanitizer sees who reads beyond it. */
static const void *get_bytes(packet *m, uint64_t *size) {
    *size = get_uint64_t(m);
    void *memory = keep(m, *size);
    get_raw(m, memory, *size);
    return memory;
}

static void put_ambit_text(packet *m, ambit_text text) { put_bytes(m, text.data, text.size); }
static ambit_text get_ambit_text(packet *m) {
    ambit_text text;
    text.data = get_bytes(m, &text.size);
    return text;
}
static void put_ambit_bytes(packet *m, ambit_bytes bytes) { put_bytes(m, bytes.data, bytes.size); }
static ambit_bytes get_ambit_bytes(packet *m) {
    ambit_bytes bytes;
    bytes.data = get_bytes(m, &bytes.size);
    return bytes;
}

/* ---- The plugin's side: functions with their context, by number. */

#define MAXIMAL_FUNCTIONS 4

typedef void (*any_function)(void);

typedef struct registration {
    uint64_t id;
    void *context;
    any_function functions[MAXIMAL_FUNCTIONS];
    struct registration *next;
} registration;

static pthread_mutex_t registrations_lock = PTHREAD_MUTEX_INITIALIZER;
static registration *registrations;
static uint64_t last_registration;

static registration *new_registration(packet *m, void *context) {
    registration *made = calloc(1, sizeof *made);
    if (made == NULL) broken("out of memory");
    made->context = context;
    pthread_mutex_lock(&registrations_lock);
    made->id = ++last_registration;
    made->next = registrations;
    registrations = made;
    pthread_mutex_unlock(&registrations_lock);
    if (m->registered_count == sizeof m->registered / sizeof *m->registered) broken("too many callbacks in one message");
    m->registered[m->registered_count++] = made->id;
    return made;
}

/* The registration that this message made last: a struct around another one adds a function to it. */
static registration *amend_last(packet *m) {
    pthread_mutex_lock(&registrations_lock);
    registration *found = registrations;
    while (found != NULL && found->id != m->registered[m->registered_count - 1]) found = found->next;
    pthread_mutex_unlock(&registrations_lock);
    if (found == NULL) broken("nothing to amend");
    return found;
}

static registration find_registration(uint64_t id) {
    pthread_mutex_lock(&registrations_lock);
    registration *found = registrations;
    while (found != NULL && found->id != id) found = found->next;
    if (found == NULL) broken("a callback came after its end");
    registration copy = *found;
    pthread_mutex_unlock(&registrations_lock);
    return copy;
}

static void end_registration(uint64_t id) {
    pthread_mutex_lock(&registrations_lock);
    registration **at = &registrations;
    while (*at != NULL && (*at)->id != id) at = &(*at)->next;
    registration *found = *at;
    if (found == NULL) broken("a callback ended twice");
    *at = found->next;
    pthread_mutex_unlock(&registrations_lock);
    free(found);
}

static size_t count_registrations(void) {
    size_t count = 0;
    pthread_mutex_lock(&registrations_lock);
    for (registration *at = registrations; at != NULL; at = at->next) count++;
    pthread_mutex_unlock(&registrations_lock);
    return count;
}

/* ---- The host's side: what stands for a context there. */

typedef struct box {
    uint64_t id;
} box;

static box *new_box(packet *m, uint64_t id) {
    box *made = malloc(sizeof *made);
    if (made == NULL) broken("out of memory");
    made->id = id;
    if (m->box_count == sizeof m->boxes / sizeof *m->boxes) broken("too many callbacks in one message");
    m->boxes[m->box_count++] = made;
    return made;
}

/* ---- The link: what is sent is copied, so that no pointer of one side is ever seen by the other. */

static void send_copy(packet *from, packet *to) {
    memset(to, 0, sizeof *to);
    put_raw(to, from->bytes, from->size);
}

/* The call failed: what was registered for it is as if it had never been (A8). */
static void take_back(packet *request) {
    for (size_t i = 0; i < request->registered_count; i++) end_registration(request->registered[i]);
    request->registered_count = 0;
}

static void free_boxes(packet *served) {
    for (size_t i = 0; i < served->box_count; i++) free(served->boxes[i]);
    served->box_count = 0;
}

/* Texts that a host function lends for the life of a call: kept until the plugin is destroyed. */
typedef struct lent {
    struct lent *next;
} lent;
static lent *lent_texts;

static ambit_text lend(ambit_text text) {
    lent *piece = malloc(sizeof *piece + text.size);
    if (piece == NULL) broken("out of memory");
    if (text.size != 0) memcpy(piece + 1, text.data, text.size);
    pthread_mutex_lock(&registrations_lock);
    piece->next = lent_texts;
    lent_texts = piece;
    pthread_mutex_unlock(&registrations_lock);
    ambit_text copy = {(const char *)(piece + 1), text.size};
    return copy;
}

static void end_lent(void) {
    while (lent_texts != NULL) {
        lent *next = lent_texts->next;
        free(lent_texts);
        lent_texts = next;
    }
}
