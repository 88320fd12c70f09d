// Opening a file that nobody else could have put there (A14).
#ifndef AMBIT_LINUX_TRUST_H
#define AMBIT_LINUX_TRUST_H

#include <stddef.h>
#include <stdint.h>

#define AMBIT_LINUX_DISTRUST_OWNER 1  // owned by someone who is neither root nor `owner`
#define AMBIT_LINUX_DISTRUST_GROUP 2  // its group may write
#define AMBIT_LINUX_DISTRUST_WORLD 4  // everybody may write

/// The first thing on the way that others could change.
struct ambit_linux_distrust {
    int32_t why;  // AMBIT_LINUX_DISTRUST_ bits; 0: nothing
    uint32_t owner, mode;
    char path[4096];  // absolute, zero-terminated
};

/// Opens a file or folder for reading, CLOEXEC and nonblocking. Goes from the root folder, or the current one, step by step, each from the
/// descriptor of the one before, follows symbolic links by itself, and looks at each step: between looking and opening nothing can be
/// exchanged by those whom the steps keep out. In sticky folders (/tmp) others may add names but not replace ours, so only the owner of
/// what lies there counts. `*distrust` holds the first step that others could change, and the file is opened all the same.
/// The descriptor or -errno. [any-thread, may block on the disk]
int ambit_linux_open_watched(const char *path, uint32_t owner, struct ambit_linux_distrust *distrust);

#endif
