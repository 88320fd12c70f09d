#ifndef AMBIT_AMBIT_H
#define AMBIT_AMBIT_H

/* The whole plugin ABI. Start reading at plugin.h; docs/abi/ has the conventions. */

#include "base.h"
#include "bus.h"
#include "call.h"
#include "channel.h"
#include "log.h"
#include "plugin.h"
#include "process.h"
#include "scope.h"
#include "session.h"
#include "task.h"
#include "timer.h"
#include "toolchain.h"
#include "tools.h"
#include "value.h"

#endif
