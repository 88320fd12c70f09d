#pragma once
/* Regular expressions that users give: PCRE2 for 8-bit code units, the only width that is used. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
