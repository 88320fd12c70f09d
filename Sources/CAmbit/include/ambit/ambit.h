#ifndef AMBIT_AMBIT_H
#define AMBIT_AMBIT_H

/* The whole plugin ABI. Start reading at plugin.h; docs/abi/ has the conventions. */

#include "arena.h"
#include "ask.h"
#include "base.h"
#include "bus.h"
#include "call.h"
#include "channel.h"
#include "context.h"
#include "descriptor.h"
#include "directory.h"
#include "kind.h"
#include "lease.h"
#include "listener.h"
#include "log.h"
#include "metrics.h"
#include "paths.h"
#include "plugin.h"
#include "process.h"
#include "prompts.h"
#include "registry.h"
#include "reply.h"
#include "resources.h"
#include "result.h"
#include "scope.h"
#include "session.h"
#include "task.h"
#include "timer.h"
#include "toolchain.h"
#include "tools.h"
#include "value.h"

#endif
