// The few system calls that Swift can't make safely, one header per concern.
//
// Conventions. A function returns 0 or a useful number on success and -errno on failure; none sets a global, logs,
// or allocates memory that the caller must free. Descriptors are made with CLOEXEC and are the caller's to close.
// Times are int64 nanoseconds of CLOCK_MONOTONIC. The bracket that ends a comment says on which thread a function may
// be called and in which state.
#ifndef AMBIT_CLINUX_H
#define AMBIT_CLINUX_H

#include "ambit_launcher_protocol.h"
#include "ambit_linux_events.h"
#include "ambit_linux_files.h"
#include "ambit_linux_local.h"
#include "ambit_linux_process.h"
#include "ambit_linux_runtime.h"
#include "ambit_linux_sha256.h"
#include "ambit_linux_sockets.h"
#include "ambit_linux_trees.h"
#include "ambit_linux_trust.h"

#endif
