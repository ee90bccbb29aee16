/* Loaded before the C library (LD_PRELOAD), it makes every sync of a file take 2 ms longer, as cloud disks do. */
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void wait_as_a_cloud_disk(void) {
  struct timespec delay = {0, 2000000};
  nanosleep(&delay, 0);
}

int fsync(int fd) {
  wait_as_a_cloud_disk();
  return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd) {
  wait_as_a_cloud_disk();
  return (int)syscall(SYS_fdatasync, fd);
}
