/* Answers each line of its input with a constant line: what a stdio server is measured against. */

#include <string.h>
#include <unistd.h>

static const char answer[] =
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"resultType\":\"complete\",\"content\":[{\"type\":\"text\",\"text\":\"hello\"}]}}\n";

int main(void) {
    char buffer[65536];
    ssize_t got;
    while ((got = read(0, buffer, sizeof buffer)) > 0) {
        for (char *at = buffer; (at = memchr(at, '\n', (size_t)(buffer + got - at))) != NULL; at++)
            if (write(1, answer, sizeof answer - 1) < 0) return 1;
    }
    return 0;
}
