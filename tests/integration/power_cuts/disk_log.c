/* What a process does to the files of one folder, in order and with every byte: for tests that cut the power.
 *
 * Preloaded (LD_PRELOAD), it stands between the process and the C library, and sleeps until disk_log_begin() is called
 * with the folder, an absolute path without links, and with the log's file, which lies outside of it. A record is
 * written once its call has succeeded, and no other call into the folder comes between the two, in any thread or
 * process that has the same log:
 *
 *     struct record, path, other path, bytes
 *
 * Only what changes the disk is logged; disk_log_note() adds a line of the process's own, and disk_log_die_after() has it
 * killed (SIGKILL) right after so many more records. Writes through a mapping are not seen (of SQLite's files only
 * "-shm" has such), nor are the *at() calls and sendfile: a test compares what the log says with what lies in the folder.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum op { OPEN, WRITE, TRUNCATE, SYNC, RENAME, UNLINK, LINK, SYMLINK, MKDIR, NOTE };

struct record {
    uint32_t op, path_length, other_length, byte_count;
    uint64_t inode, at;
};

#define REAL(name) ({ static __typeof__(&name) real; if (!real) real = dlsym(RTLD_NEXT, #name); real; })

static char folder[PATH_MAX];
static int log_file = -1;
static long dies_after; /* records; 0: never */
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

static int is_ours(const char *path)
{
    size_t length = strlen(folder);
    return strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

/* Is this path in the folder? If so `full` is it, absolute. */
static int path_is_ours(const char *path, char full[PATH_MAX])
{
    if (log_file < 0)
        return 0;
    char here[PATH_MAX] = "";
    if (path[0] != '/' && !getcwd(here, sizeof here))
        return 0;
    int length = snprintf(full, PATH_MAX, "%s%s%s", here, here[0] ? "/" : "", path);
    return length < PATH_MAX && is_ours(full);
}

static int fd_is_ours(int fd, char full[PATH_MAX])
{
    if (log_file < 0)
        return 0;
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, full, PATH_MAX - 1);
    if (length < 0)
        return 0;
    full[length] = '\0';
    return is_ours(full);
}

static uint64_t inode_of(int fd)
{
    struct stat found;
    return fstat(fd, &found) == 0 ? found.st_ino : 0;
}

static uint64_t inode_at(const char *path)
{
    struct stat found;
    return lstat(path, &found) == 0 ? found.st_ino : 0;
}

/* A lock that belongs to the process: unlike flock()'s it holds between a process and what it has forked. */
static void lock_among_processes(short type)
{
    struct flock whole = {.l_type = type, .l_whence = SEEK_SET};
    while (fcntl(log_file, F_SETLKW, &whole) != 0 && errno == EINTR)
        ;
}

static void lock(void)
{
    pthread_mutex_lock(&turn);
    lock_among_processes(F_WRLCK);
}

static void unlock(void)
{
    int error = errno;
    lock_among_processes(F_UNLCK);
    pthread_mutex_unlock(&turn);
    errno = error;
}

static void record(enum op op, const char *path, const char *other, uint64_t inode, off_t at, const void *bytes,
                   size_t count)
{
    int error = errno;
    struct record head = {op, strlen(path), strlen(other), count, inode, (uint64_t)at};
    struct iovec parts[] = {
        {&head, sizeof head},
        {(void *)path, head.path_length},
        {(void *)other, head.other_length},
        {(void *)bytes, count},
    };
    ssize_t whole = (ssize_t)(sizeof head + head.path_length + head.other_length + count);
    if (writev(log_file, parts, 4) != whole)
        abort(); /* a log with a gap would prove anything */
    if (dies_after > 0 && --dies_after == 0)
        for (;;)
            kill(getpid(), SIGKILL);
    errno = error;
}

void disk_log_begin(const char *log_of, const char *file)
{
    snprintf(folder, sizeof folder, "%s", log_of);
    log_file = REAL(open)(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (log_file < 0)
        abort();
}

void disk_log_die_after(long more)
{
    dies_after = more;
}

void disk_log_note(const char *line)
{
    if (log_file < 0)
        return;
    lock();
    record(NOTE, "", "", 0, 0, line, strlen(line));
    unlock();
}

#define OPENS(name)                                                                                     \
    int name(const char *path, int flags, ...)                                                          \
    {                                                                                                   \
        va_list rest;                                                                                   \
        va_start(rest, flags);                                                                          \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;                         \
        va_end(rest);                                                                                   \
        char full[PATH_MAX];                                                                            \
        if (!(flags & (O_CREAT | O_TRUNC)) || !path_is_ours(path, full))                                \
            return REAL(name)(path, flags, mode);                                                       \
        lock();                                                                                         \
        int fd = REAL(name)(path, flags, mode);                                                         \
        if (fd >= 0)                                                                                    \
            record(OPEN, full, "", inode_of(fd), (flags & O_TRUNC) != 0, NULL, 0);                      \
        unlock();                                                                                       \
        return fd;                                                                                      \
    }
OPENS(open)
OPENS(open64)

#define PWRITES(name)                                                                                   \
    ssize_t name(int fd, const void *bytes, size_t count, off_t at)                                     \
    {                                                                                                   \
        char full[PATH_MAX];                                                                            \
        if (!fd_is_ours(fd, full))                                                                      \
            return REAL(name)(fd, bytes, count, at);                                                    \
        lock();                                                                                         \
        ssize_t done = REAL(name)(fd, bytes, count, at);                                                \
        if (done > 0)                                                                                   \
            record(WRITE, full, "", inode_of(fd), at, bytes, (size_t)done);                             \
        unlock();                                                                                       \
        return done;                                                                                    \
    }
PWRITES(pwrite)
PWRITES(pwrite64)

ssize_t write(int fd, const void *bytes, size_t count)
{
    char full[PATH_MAX];
    if (!fd_is_ours(fd, full))
        return REAL(write)(fd, bytes, count);
    lock();
    ssize_t done = REAL(write)(fd, bytes, count);
    if (done > 0)
        record(WRITE, full, "", inode_of(fd), lseek(fd, 0, SEEK_CUR) - done, bytes, (size_t)done);
    unlock();
    return done;
}

#define TRUNCATES(name)                                                                                 \
    int name(int fd, off_t length)                                                                      \
    {                                                                                                   \
        char full[PATH_MAX];                                                                            \
        if (!fd_is_ours(fd, full))                                                                      \
            return REAL(name)(fd, length);                                                              \
        lock();                                                                                         \
        int result = REAL(name)(fd, length);                                                            \
        if (result == 0)                                                                                \
            record(TRUNCATE, full, "", inode_of(fd), length, NULL, 0);                                  \
        unlock();                                                                                       \
        return result;                                                                                  \
    }
TRUNCATES(ftruncate)
TRUNCATES(ftruncate64)

/* Nothing is synced for real: what would be lost is for the log's reader to say, and tests are quicker so. */
#define SYNCS(name)                                                                                     \
    int name(int fd)                                                                                    \
    {                                                                                                   \
        char full[PATH_MAX];                                                                            \
        if (!fd_is_ours(fd, full))                                                                      \
            return REAL(name)(fd);                                                                      \
        lock();                                                                                         \
        record(SYNC, full, "", inode_of(fd), 0, NULL, 0);                                               \
        unlock();                                                                                       \
        return 0;                                                                                       \
    }
SYNCS(fsync)
SYNCS(fdatasync)

/* What is done to one name. */
#define ON_NAME(op, name, parameters, arguments, inode)                                                 \
    int name parameters                                                                                 \
    {                                                                                                   \
        char full[PATH_MAX];                                                                            \
        if (!path_is_ours(path, full))                                                                  \
            return REAL(name) arguments;                                                                \
        lock();                                                                                         \
        int result = REAL(name) arguments;                                                              \
        if (result == 0)                                                                                \
            record(op, full, "", inode, 0, NULL, 0);                                                    \
        unlock();                                                                                       \
        return result;                                                                                  \
    }

ON_NAME(UNLINK, unlink, (const char *path), (path), 0)
ON_NAME(UNLINK, rmdir, (const char *path), (path), 0)
ON_NAME(MKDIR, mkdir, (const char *path, mode_t mode), (path, mode), inode_at(full))

/* What is done to two names. */
#define ON_TWO_NAMES(op, name)                                                                          \
    int name(const char *old, const char *new)                                                          \
    {                                                                                                   \
        char full[PATH_MAX], other[PATH_MAX];                                                           \
        int from_us = path_is_ours(old, full), to_us = path_is_ours(new, other);                        \
        if (!from_us && !to_us)                                                                         \
            return REAL(name)(old, new);                                                                \
        if (from_us != to_us)                                                                           \
            abort(); /* a file that comes in or goes out: its bytes are not in the log */              \
        lock();                                                                                         \
        int result = REAL(name)(old, new);                                                              \
        if (result == 0)                                                                                \
            record(op, full, other, inode_at(other), 0, NULL, 0);                                       \
        unlock();                                                                                       \
        return result;                                                                                  \
    }
ON_TWO_NAMES(RENAME, rename)
ON_TWO_NAMES(LINK, link)

int symlink(const char *target, const char *path)
{
    char full[PATH_MAX];
    if (!path_is_ours(path, full))
        return REAL(symlink)(target, path);
    lock();
    int result = REAL(symlink)(target, path);
    if (result == 0)
        record(SYMLINK, full, target, inode_at(full), 0, NULL, 0);
    unlock();
    return result;
}
