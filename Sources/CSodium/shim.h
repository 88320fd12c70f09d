#pragma once
/* Authenticated encryption of what a client carries for us: libsodium. */
#include <sodium.h>
