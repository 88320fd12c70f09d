#include <ambit/ambit.h>

/* SwiftPM wants one translation unit; it also proves that the headers stand on their own as C11. */
_Static_assert(sizeof(void *) == 8, "ambit is 64-bit only (A2)");
