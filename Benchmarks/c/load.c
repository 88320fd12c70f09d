/* A closed-loop load generator: `load http PORT CONNECTIONS SECONDS HEAD-FILE BODY-FILE` or
 * `load stdio IN-FLIGHT SECONDS LINES-FILE -- COMMAND…`, or `load streams PORT COUNT REQUESTS-FILE`. Each connection, or each place in flight, sends its next request when the answer has
 * come. Prints requests per second and the median and 99th percentile of the latency in microseconds. */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void die(const char *what) {
    perror(what);
    exit(1);
}

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static char *read_file(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) die(path);
    char *data = malloc(1 << 20);
    *size = fread(data, 1, (1 << 20) - 1, file);
    data[*size] = 0;
    fclose(file);
    return data;
}

/* Latencies in buckets of a microsecond; what takes longer than a second is in the last. */
#define BUCKETS 1000000
static uint32_t *latencies;
static uint64_t answered;

static void note(int64_t nanoseconds) {
    int64_t bucket = nanoseconds / 1000;
    latencies[bucket < BUCKETS ? bucket : BUCKETS - 1]++;
    answered++;
}

static int64_t percentile(double share) {
    uint64_t wanted = (uint64_t)(share * (double)answered), seen = 0;
    for (int64_t bucket = 0; bucket < BUCKETS; bucket++) {
        seen += latencies[bucket];
        if (seen > wanted) return bucket;
    }
    return BUCKETS;
}

static void report(int64_t elapsed) {
    printf("%.0f %lld %lld\n", (double)answered * 1e9 / (double)elapsed, (long long)percentile(0.5), (long long)percentile(0.99));
}

/* ---- HTTP */

typedef struct connection {
    int socket;
    int64_t sent;
    size_t have;
    char buffer[65536];
} connection;

static char *request;
static size_t request_size;

static void send_request(connection *c) {
    c->have = 0;
    c->sent = now();
    size_t done = 0;
    while (done < request_size) {
        ssize_t count = send(c->socket, request + done, request_size - done, MSG_NOSIGNAL);
        if (count < 0 && errno != EINTR) die("send");
        if (count > 0) done += (size_t)count;
    }
}

/* Whether a whole answer is there: by its Content-Length, or the end of its chunks. */
static int is_complete(connection *c) {
    c->buffer[c->have] = 0;
    char *end = strstr(c->buffer, "\r\n\r\n");
    if (end == NULL) return 0;
    if (strncmp(c->buffer, "HTTP/1.1 200", 12) != 0) {
        fprintf(stderr, "load: the server answers %.200s\n", c->buffer);
        exit(1);
    }
    char *length = strcasestr(c->buffer, "\r\ncontent-length:");
    if (length != NULL && length < end)
        return c->have >= (size_t)(end + 4 - c->buffer) + (size_t)atol(length + 17);
    return c->have >= 5 && memcmp(c->buffer + c->have - 5, "0\r\n\r\n", 5) == 0;
}

static int http(char **arguments) {
    int port = atoi(arguments[0]), count = atoi(arguments[1]);
    double seconds = atof(arguments[2]);
    size_t head_size, body_size;
    char *head = read_file(arguments[3], &head_size), *body = read_file(arguments[4], &body_size);
    request = malloc(head_size + body_size + 64);
    request_size = (size_t)sprintf(request, "%sContent-Length: %zu\r\n\r\n", head, body_size);
    memcpy(request + request_size, body, body_size);
    request_size += body_size;
    int queue = epoll_create1(0);
    connection *connections = calloc((size_t)count, sizeof *connections);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    for (int i = 0; i < count; i++) {
        connection *c = &connections[i];
        c->socket = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(c->socket, (struct sockaddr *)&address, sizeof address) != 0) die("connect");
        int one = 1;
        setsockopt(c->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
        epoll_ctl(queue, EPOLL_CTL_ADD, c->socket, &event);
    }
    /* A tenth of the time, half a second at the most, warms up. */
    int64_t start = now(), warm = (int64_t)(seconds * 1e8);
    if (warm > 500000000) warm = 500000000;
    int64_t end = start + warm + (int64_t)(seconds * 1e9);
    int counting = 0;
    for (int i = 0; i < count; i++) send_request(&connections[i]);
    while (now() < end) {
        struct epoll_event events[64];
        int ready = epoll_wait(queue, events, 64, 1000);
        for (int i = 0; i < ready; i++) {
            connection *c = events[i].data.ptr;
            ssize_t got = recv(c->socket, c->buffer + c->have, sizeof c->buffer - c->have - 1, 0);
            if (got <= 0) die("recv");
            c->have += (size_t)got;
            if (!is_complete(c)) continue;
            int64_t time = now();
            if (counting) {
                note(time - c->sent);
            } else if (time - start >= warm) {
                counting = 1;
                start = time;
            }
            send_request(c);
        }
    }
    report(now() - start);
    return 0;
}

/* ---- stdio */

/* The lines of a file, one for each place in flight, so that each has an id of its own. */
static char *lines[1024];
static size_t line_sizes[1024];

static void split(char *data, size_t size) {
    int count = 0;
    for (char *end; count < 1024 && (end = memchr(data, '\n', size)) != NULL; count++) {
        lines[count] = data;
        line_sizes[count] = (size_t)(end + 1 - data);
        size -= line_sizes[count];
        data = end + 1;
    }
}

static int64_t send_line(int pipe, int place) {
    int64_t time = now();
    if (write(pipe, lines[place], line_sizes[place]) != (ssize_t)line_sizes[place]) die("write");
    return time;
}

static int stdio(char **arguments) {
    int in_flight = atoi(arguments[0]);
    double seconds = atof(arguments[1]);
    size_t size;
    char *data = read_file(arguments[2], &size);
    split(data, size);
    int to[2], from[2];
    if (pipe(to) != 0 || pipe(from) != 0) die("pipe");
    pid_t child = fork();
    if (child == 0) {
        dup2(to[0], 0);
        dup2(from[1], 1);
        close(to[0]);
        close(to[1]);
        close(from[0]);
        close(from[1]);
        execvp(arguments[4], arguments + 4);
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    char *buffer = malloc(1 << 16);
    int64_t *sent = calloc((size_t)in_flight, sizeof *sent);
    int place = 0, counting = 0;
    /* The first answer ends the start, which is another row's. */
    send_line(to[1], 0);
    while (read(from[0], buffer, 1 << 16) > 0 && memchr(buffer, '\n', 1 << 16) == NULL) {}
    int64_t start = now(), end = start + 300000000 + (int64_t)(seconds * 1e9);
    for (int n = 0; n < in_flight; n++) sent[n] = send_line(to[1], n);
    while (now() < end) {
        ssize_t got = read(from[0], buffer, 1 << 16);
        if (got <= 0) die("read");
        for (ssize_t i = 0; i < got; i++) {
            if (buffer[i] != '\n') continue;
            int64_t time = now();
            if (counting) {
                note(time - sent[place]);
            } else if (time - start > 300000000) {
                counting = 1;
                start = time;
            }
            sent[place] = send_line(to[1], place);
            place = (place + 1) % in_flight;
        }
    }
    report(now() - start);
    close(to[1]);
    while (read(from[0], buffer, 1 << 16) > 0) {}
    waitpid(child, NULL, 0);
    return 0;
}

/* ---- Streams that are open at once */

typedef struct stream {
    int socket;
    int is_open, is_told;
} stream;

static int by_size(const void *a, const void *b) {
    int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;
    return (one > other) - (one < other);
}

/* Opens the streams, says `ready`, and waits until each was told of one event: says how long after the first the median, the 99th percentile and
 * the last were, in microseconds. */
static int streams(char **arguments) {
    int port = atoi(arguments[0]), count = atoi(arguments[1]);
    size_t size;
    FILE *file = fopen(arguments[2], "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) die(arguments[2]);
    size = (size_t)ftell(file);
    rewind(file);
    char *data = malloc(size), *next = data;
    if (fread(data, 1, size, file) != size) die(arguments[2]);
    fclose(file);
    int queue = epoll_create1(0);
    stream *all = calloc((size_t)count, sizeof *all);
    int64_t *told = calloc((size_t)count, sizeof *told);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    static char buffer[65536];
    /* Requests end with a NUL; one is for all. */
    int has_many = memchr(data, 0, size) != data + size - 1;
    for (int i = 0; i < count; i++) {
        stream *s = &all[i];
        s->socket = socket(AF_INET, SOCK_STREAM, 0);
        if (s->socket < 0 || connect(s->socket, (struct sockaddr *)&address, sizeof address) != 0) die("connect");
        size_t length = strlen(next);
        if (send(s->socket, next, length, MSG_NOSIGNAL) != (ssize_t)length) die("send");
        if (has_many) next += length + 1;
        ssize_t got = recv(s->socket, buffer, sizeof buffer - 1, 0);
        if (got <= 0 || strncmp(buffer, "HTTP/1.1 200", 12) != 0) die("a stream was refused");
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = s};
        epoll_ctl(queue, EPOLL_CTL_ADD, s->socket, &event);
    }
    printf("ready\n");
    fflush(stdout);
    int done = 0;
    while (done < count) {
        struct epoll_event events[256];
        int ready = epoll_wait(queue, events, 256, 30000);
        if (ready <= 0) die("no event came");
        int64_t time = now();
        for (int i = 0; i < ready; i++) {
            stream *s = events[i].data.ptr;
            ssize_t got = recv(s->socket, buffer, sizeof buffer - 1, MSG_DONTWAIT);
            if (got <= 0) die("recv");
            buffer[got] = 0;
            if (s->is_told || strstr(buffer, "list_changed") == NULL) continue;
            s->is_told = 1;
            told[done++] = time;
        }
    }
    qsort(told, (size_t)count, sizeof *told, by_size);
    printf("%lld %lld %lld\n", (long long)(told[count / 2] - told[0]) / 1000, (long long)(told[count * 99 / 100] - told[0]) / 1000,
           (long long)(told[count - 1] - told[0]) / 1000);
    return 0;
}

int main(int count, char **arguments) {
    latencies = calloc(BUCKETS, sizeof *latencies);
    signal(SIGPIPE, SIG_IGN);
    if (count >= 7 && strcmp(arguments[1], "http") == 0) return http(arguments + 2);
    if (count >= 7 && strcmp(arguments[1], "stdio") == 0) return stdio(arguments + 2);
    if (count >= 5 && strcmp(arguments[1], "streams") == 0) return streams(arguments + 2);
    fprintf(stderr, "usage: load streams PORT COUNT REQUESTS | load http PORT CONNECTIONS SECONDS HEAD BODY | load stdio IN-FLIGHT SECONDS LINES -- COMMAND…\n");
    return 2;
}
