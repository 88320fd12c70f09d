#ifndef AMBIT_METRICS_H
#define AMBIT_METRICS_H

/*
 * Metrics, for operators: they stand on the server's /metrics under the plugin's name.
 */

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AMBIT_EXT_METRICS "ambit.metrics/1"

enum {
    AMBIT_METRIC_COUNTER = 0,   /* only grows */
    AMBIT_METRIC_GAUGE = 1,
    AMBIT_METRIC_HISTOGRAM = 2, /* in seconds, bytes or whatever its name says */
};

typedef uint32_t ambit_metric;

typedef struct ambit_host_metrics {
    uint32_t struct_size;
    uint32_t reserved;

    /* Names an instrument; the same name gives the same one. At most 64 in an instance. `name`: [a-z][a-z0-9_]{0,63}; `help`: one line.
     * [any-thread] */
    ambit_status (*define)(ambit_host_handle host, int32_t kind, ambit_text name, ambit_text help, ambit_metric *out,
                           ambit_error *error);

    /* Adds to a counter (0 or more) or to a gauge, or records a value in a histogram. Costs a few nanoseconds.
     * [any-thread] */
    ambit_status (*add)(ambit_host_handle host, ambit_metric metric, double value);

    /* Sets a gauge.
     * [any-thread] */
    ambit_status (*set)(ambit_host_handle host, ambit_metric metric, double value);
} ambit_host_metrics;

#ifdef __cplusplus
}
#endif

#endif
