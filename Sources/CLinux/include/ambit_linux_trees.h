// Removing a folder with all that is in it, and telling whose it was.
#ifndef AMBIT_LINUX_TREES_H
#define AMBIT_LINUX_TREES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// What `ambit_linux_remove_tree` did.
struct ambit_linux_removal {
    uint64_t removed;  // files and folders
    uint64_t left;     // those that could not be removed
    int32_t error;     // errno of the first of them
    char name[256];    // its own name, cut to fit
};

/// Removes the folder `path` if it is still the given one: symbolic links are removed and never followed, mounted file systems are
/// not entered, unreadable folders are made readable first. Two descriptors and no recursion, however deep the tree is: what
/// lies deeper is moved up. Gives up at the instant `deadline` (CLOCK_MONOTONIC). 0: it is gone, or was gone before;
/// -ESTALE: another one has its name; -ETIMEDOUT; -errno of what could not be removed first. [any-thread, blocks on the disk]
int ambit_linux_remove_tree(
    const char *path, uint64_t device, uint64_t inode, int64_t deadline, struct ambit_linux_removal *out);

/// When a process was started, in clock ticks since boot: with its number it is a name that no other process of this boot has.
/// 0 or -errno (-ESRCH: it is gone). [any-thread]
int ambit_linux_process_started(pid_t pid, uint64_t *ticks);
/// Number of the namespace that this process's process numbers belong to; 0: unknown. [any-thread]
uint64_t ambit_linux_process_namespace(void);

#endif
