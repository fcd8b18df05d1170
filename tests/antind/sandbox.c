/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Sandboxes (docs/station.md 2.4): each process enters its own, really, and
 * tries.  What it may not do ends it by SIGSYS, or fails with EACCES where only
 * Landlock stands before it; and by the very same call another one, that may,
 * does it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../tests/tap.h"
#include "daemon/sandbox.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define PAGE 4096
#define NO_SANDBOX 250 /* status of who could not enter it */

/* What an attempt finds, made before the sandbox is entered. */
static struct {
	char data[64], outside[64];	    /* folders */
	char inside_file[80], out_file[80]; /* files in them */
	char out_link[80];
	int file, pair[2], listening, out_dir;
	uint16_t in_list, not_in_list; /* ports that are listened at */
	pid_t test;
	void *page;
	int abi;
} at;

/* ---- attempts: 0, or what errno says ---------------------------------------
 */

static int
did(long outcome)
{
	return outcome < 0 ? errno : 0;
}

static int
open_at(const char *path, int flags)
{
	return did(syscall(SYS_openat, AT_FDCWD, path, flags, 0600));
}

static int
read_inside(void)
{
	return open_at(at.inside_file, O_RDONLY);
}

static int
read_outside(void)
{
	return open_at(at.out_file, O_RDONLY);
}

static int
read_system(void)
{
	return open_at("/etc/passwd", O_RDONLY);
}

static int
list_outside(void)
{
	return open_at(at.outside, O_RDONLY | O_DIRECTORY);
}

static int
write_inside(void)
{
	char path[96];

	(void)snprintf(path, sizeof(path), "%s/new", at.data);
	return open_at(path, O_RDWR | O_CREAT | O_TRUNC);
}

static int
write_outside(void)
{
	char path[96];

	(void)snprintf(path, sizeof(path), "%s/new", at.outside);
	return open_at(path, O_WRONLY | O_CREAT);
}

static int
write_outside_file(void)
{
	return open_at(at.out_file, O_WRONLY);
}

static int
truncate_outside_file(void)
{
	return open_at(at.out_file, O_RDONLY | O_TRUNC);
}

/* Through a folder that was open before: its rights were not. */
static int
write_by_an_open_folder(void)
{
	return did(
	    syscall(SYS_openat, at.out_dir, "new", O_WRONLY | O_CREAT, 0600));
}

/* A link inside does not lead outside. */
static int
read_by_a_link(void)
{
	return open_at(at.out_link, O_RDONLY);
}

static int
make_folder_inside(void)
{
	char path[96];

	(void)snprintf(path, sizeof(path), "%s/folder", at.data);
	/* the first that may has made it */
	return syscall(SYS_mkdirat, AT_FDCWD, path, 0700) == 0 ||
		       errno == EEXIST
		   ? 0
		   : errno;
}

static int
make_folder_outside(void)
{
	char path[96];

	(void)snprintf(path, sizeof(path), "%s/folder", at.outside);
	return did(syscall(SYS_mkdirat, AT_FDCWD, path, 0700));
}

static int
remove_outside(void)
{
	return did(syscall(SYS_unlinkat, AT_FDCWD, at.out_file, 0));
}

static int
move_out(void)
{
	char to[96];

	(void)snprintf(to, sizeof(to), "%s/moved", at.outside);
	return did(
	    syscall(SYS_renameat2, AT_FDCWD, at.inside_file, AT_FDCWD, to, 0));
}

static int
link_in(void)
{
	char to[96];

	(void)snprintf(to, sizeof(to), "%s/linked", at.data);
	return did(syscall(SYS_linkat, AT_FDCWD, at.out_file, AT_FDCWD, to, 0));
}

static int
make_symlink(void)
{
	char to[96];

	(void)snprintf(to, sizeof(to), "%s/symlink", at.data);
	return did(syscall(SYS_symlinkat, "/etc", AT_FDCWD, to));
}

static int
make_device(void)
{
	char to[96];

	(void)snprintf(to, sizeof(to), "%s/device", at.data);
	return did(syscall(SYS_mknodat, AT_FDCWD, to, S_IFCHR | 0600, 0));
}

static int
change_mode(void)
{
	return did(syscall(SYS_fchmodat, AT_FDCWD, at.inside_file, 0777));
}

static int
read_held_file(void)
{
	char b;

	return did(syscall(SYS_pread64, at.file, &b, 1, 0));
}

static int
sync_held_file(void)
{
	return did(syscall(SYS_fsync, at.file));
}

static int
cut_held_file(void)
{
	return did(syscall(SYS_ftruncate, at.file, 1));
}

static int
write_held(void)
{
	return did(syscall(SYS_write, at.pair[0], "a", 1));
}

static int
pass_descriptor(void)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec io = { (void *)(uintptr_t) "a", 1 };
	struct msghdr h = { .msg_iov = &io,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof(control.room) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&h);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &at.file, sizeof(int));
	return did(syscall(SYS_sendmsg, at.pair[0], &h, 0));
}

/* ---- others -----------------------------------------------------------------
 */

static int
run_program(void)
{
	char name[] = "true";
	char *argv[] = { name, NULL }, *envp[] = { NULL };

	return did(syscall(SYS_execve, "/bin/true", argv, envp));
}

static int
make_process(void)
{
	long pid = syscall(SYS_clone, (unsigned long)SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		(void)syscall(SYS_exit_group, 0);
	return did(pid);
}

static int
make_namespace(void)
{
	long pid = syscall(SYS_clone,
	    (unsigned long)(SIGCHLD | CLONE_NEWUSER | CLONE_VM), 0, 0, 0, 0);

	if (pid == 0)
		(void)syscall(SYS_exit_group, 0);
	return did(pid);
}

static int
make_process_3(void)
{
	struct clone_args a = { .exit_signal = SIGCHLD };
	long pid = syscall(SYS_clone3, &a, sizeof(a));

	if (pid == 0)
		(void)syscall(SYS_exit_group, 0);
	return did(pid);
}

static void *
nothing(void *ctx)
{
	return ctx;
}

static int
make_thread(void)
{
	pthread_t t;

	return pthread_create(&t, NULL, nothing, NULL) != 0 ||
	       pthread_join(t, NULL) != 0;
}

static int
signal_another(void)
{
	return did(syscall(SYS_kill, at.test, 0));
}

static int
signal_another_thread(void)
{
	return did(syscall(SYS_tgkill, at.test, at.test, 0));
}

static int
signal_itself(void)
{
	const long pid = syscall(SYS_getpid), tid = syscall(SYS_gettid);

	return did(syscall(SYS_tgkill, pid, tid, 0));
}

static int
trace_another(void)
{
	return did(syscall(SYS_ptrace, PTRACE_SEIZE, at.test, 0, 0));
}

static int
read_another(void)
{
	char b;
	struct iovec here = { &b, 1 }, there = { at.page, 1 };

	return did(
	    syscall(SYS_process_vm_readv, at.test, &here, 1, &there, 1, 0));
}

static int
set_its_limits(void)
{
	const struct rlimit r = { 10, 10 };

	return did(syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, &r, NULL));
}

static int
read_its_limits(void)
{
	struct rlimit r;

	return did(syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, NULL, &r));
}

static int
read_anothers_limits(void)
{
	struct rlimit r;

	return did(syscall(SYS_prlimit64, at.test, RLIMIT_NOFILE, NULL, &r));
}

/* ---- memory -----------------------------------------------------------------
 */

static int
map(int prot, int flags, int fd)
{
	void *p = (void *)syscall(SYS_mmap, NULL, PAGE, prot, flags, fd, 0);

	return p == MAP_FAILED ? errno : 0;
}

static int
map_memory(void)
{
	return map(PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

static int
map_to_execute(void)
{
	return map(PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

static int
map_to_write_and_execute(void)
{
	return map(PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

static int
map_file_to_execute(void)
{
	return map(PROT_READ | PROT_EXEC, MAP_PRIVATE, at.file);
}

static int
protect_memory(void)
{
	return did(syscall(SYS_mprotect, at.page, PAGE, PROT_READ));
}

static int
make_executable(void)
{
	return did(syscall(SYS_mprotect, at.page, PAGE, PROT_READ | PROT_EXEC));
}

static int
lock_memory(void)
{
	return did(syscall(SYS_mlock, at.page, PAGE));
}

/* ---- the network ------------------------------------------------------------
 */

static int
tcp_socket(void)
{
	return did(
	    syscall(SYS_socket, AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
}

static int
tcp6_socket(void)
{
	return syscall(SYS_socket, AF_INET6, SOCK_STREAM, 0) >= 0 ||
		       errno == EAFNOSUPPORT
		   ? 0
		   : errno;
}

static int
udp_socket(void)
{
	return did(syscall(SYS_socket, AF_INET, SOCK_DGRAM, 0));
}

static int
raw_socket(void)
{
	return did(syscall(SYS_socket, AF_INET, SOCK_RAW, IPPROTO_ICMP));
}

static int
unix_socket(void)
{
	return did(syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0));
}

static int
netlink_socket(void)
{
	return did(syscall(SYS_socket, AF_NETLINK, SOCK_RAW, 0));
}

/* A family that is another in its low 32 bits only. */
static int
wide_family(void)
{
	return did(syscall(SYS_socket, AF_INET | 1L << 32, SOCK_DGRAM, 0));
}

static int
connect_to(uint16_t port)
{
	const struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	long fd = syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);

	return fd < 0 ? errno : did(syscall(SYS_connect, fd, &a, sizeof(a)));
}

static int
connect_to_its_port(void)
{
	return connect_to(at.in_list);
}

static int
connect_to_another_port(void)
{
	return connect_to(at.not_in_list);
}

static int
bind_a_port(void)
{
	const struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	return did(syscall(SYS_bind, at.pair[0], &a, sizeof(a)));
}

static int
listen_at_it(void)
{
	return did(syscall(SYS_listen, at.listening, 1));
}

static int
accept_a_connection(void)
{
	return did(syscall(SYS_accept4, at.listening, NULL, NULL, 0));
}

static int
ask_a_socket(void)
{
	int v;
	socklen_t n = sizeof(v);

	return did(
	    syscall(SYS_getsockopt, at.pair[0], SOL_SOCKET, SO_ERROR, &v, &n));
}

static int
ask_for_a_terminal(void)
{
	char room[64];

	return syscall(SYS_ioctl, at.pair[0], TCGETS, room) == 0 ||
		       errno == ENOTTY
		   ? 0
		   : errno;
}

static int
type_at_a_terminal(void)
{
	return did(syscall(SYS_ioctl, at.pair[0], TIOCSTI, "a"));
}

/* ---- what anybody may, what nobody may --------------------------------------
 */

static int
draw_random_bytes(void)
{
	char b[8];

	return did(syscall(SYS_getrandom, b, sizeof(b), 0));
}

static int
tell_the_time(void)
{
	struct timespec t;

	return did(syscall(SYS_clock_gettime, CLOCK_REALTIME, &t));
}

static int
become_root(void)
{
	return did(syscall(SYS_setresuid, 0, 0, 0));
}

static int
change_itself(void)
{
	return did(syscall(SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0));
}

#ifdef __x86_64__
/* The same calls by the numbers of other machines. */
static int
call_as_i386(void)
{
	long outcome;

	__asm__ volatile("int $0x80" : "=a"(outcome) : "a"(20L) : "memory");
	return outcome > 0 ? 0 : ENOSYS;
}

static int
call_as_x32(void)
{
	return did(syscall(0x40000000L | SYS_getpid));
}
#endif

/*
 * Who may: keys, store, seal, link, control, and the parent.  "y" it does it;
 * "S" SIGSYS; "A" EACCES by Landlock, "R" the same from its version 3 on, "P"
 * from 4 on (ports), "G" EPERM from 6 on (signals); "n" ENOSYS; "X" EXDEV or
 * EACCES; "." is not asked.
 */
static const struct attempt {
	const char *what, *who;
	int (*call)(void);
} attempts[] = {
	/* files */
	{ "open a file in the data folder", "SySSSy", read_inside },
	{ "write a file in the data folder", "SySSSy", write_inside },
	{ "make a folder in the data folder", "SySSSy", make_folder_inside },
	{ "open a file beside the data folder", "SASSSy", read_outside },
	{ "open a file of the system", "SASSSy", read_system },
	{ "list a folder beside it", "SASSSy", list_outside },
	{ "make a file beside it", "SASSSA", write_outside },
	{ "write a file beside it", "SASSSA", write_outside_file },
	{ "cut a file beside it", "SASSSR", truncate_outside_file },
	{ "write by a folder that was open", "SASSSA",
	    write_by_an_open_folder },
	{ "read by a link out of it", "SASSSy", read_by_a_link },
	{ "make a folder beside it", "SASSSA", make_folder_outside },
	{ "remove a file beside it", "SASSSA", remove_outside },
	{ "move a file out of it", "SXSSSX", move_out },
	{ "link a file into it", "SXSSSX", link_in },
	{ "make a symbolic link", "SSSSSn", make_symlink },
	{ "make a device", "SSSSSn", make_device },
	{ "change who may read a file", "SSSSSn", change_mode },
	{ "read a file that it holds", "SyyySy", read_held_file },
	{ "sync a file that it holds", "SyySSy", sync_held_file },
	{ "cut a file that it holds", "SyySSy", cut_held_file },
	{ "write to its channel", "yyyyyy", write_held },
	{ "pass a descriptor", "yyyyyy", pass_descriptor },
	/* others */
	{ "run a program", "SSSSSy", run_program },
	{ "make a process", "SSSSSy", make_process },
	{ "make a process by clone3", "SSnSSy", make_process_3 },
	{ "make a namespace", "SSSSS.", make_namespace },
	{ "make a thread", "SSySSy", make_thread },
	{ "signal another", "SSSSSG", signal_another },
	{ "signal another's thread", "SSSSSG", signal_another_thread },
	{ "signal itself", "yyyyyy", signal_itself },
	{ "trace another", "SSSSSn", trace_another },
	{ "read another's memory", "SSSSSn", read_another },
	{ "read its limits", "yyyyyy", read_its_limits },
	{ "set its limits", "SSSSSy", set_its_limits },
	{ "read another's limits", "SSSSS.", read_anothers_limits },
	/* memory */
	{ "map memory", "yyyyyy", map_memory },
	{ "map memory to execute", "SSSSSy", map_to_execute },
	{ "map memory to write and execute", "SSSSSy",
	    map_to_write_and_execute },
	{ "map a file to execute", "SSSSSy", map_file_to_execute },
	{ "protect memory", "yyyyyy", protect_memory },
	{ "make memory executable", "SSSSSy", make_executable },
	{ "lock memory", "ySySSy", lock_memory },
	/* the network */
	{ "make a TCP socket", "SSSySy", tcp_socket },
	{ "make a TCP socket over IPv6", "SSSySy", tcp6_socket },
	{ "make a UDP socket", "SSSSSy", udp_socket },
	{ "make a raw socket", "SSSSS.", raw_socket },
	{ "make a local socket", "SSSSSy", unix_socket },
	{ "make a netlink socket", "SSSSSy", netlink_socket },
	{ "make a socket of a family too wide", "SSSSSy", wide_family },
	{ "connect to its parent's port", "SSSySy", connect_to_its_port },
	{ "connect to another port", "SSSPSy", connect_to_another_port },
	{ "bind a port", "SSSSSn", bind_a_port },
	{ "listen", "SSSSSn", listen_at_it },
	{ "accept a connection", "SSSyyy", accept_a_connection },
	{ "ask a socket", "SSSyyy", ask_a_socket },
	{ "ask for a terminal", "yyyyyy", ask_for_a_terminal },
	{ "type at a terminal", "SSSSS.", type_at_a_terminal },
	/* the rest */
	{ "draw random bytes", "yyyyyy", draw_random_bytes },
	{ "tell the time", "yyyyyy", tell_the_time },
	{ "become root", "SSSSS.", become_root },
	{ "change what it is", "SSSSSy", change_itself },
#ifdef __x86_64__
	{ "call as i386", "SSSSSS", call_as_i386 },
	{ "call as x32", "SSSSSS", call_as_x32 },
#endif
};

/* What nobody needs, whoever asks: by number, with arguments of nothing. */
static const struct {
	const char *name;
	long nr;
} nobodys[] = {
	{ "ptrace", SYS_ptrace },
	{ "process_vm_writev", SYS_process_vm_writev },
	{ "memfd_create", SYS_memfd_create },
	{ "memfd_secret", 447 },
	{ "execveat", SYS_execveat },
	{ "unshare", SYS_unshare },
	{ "setns", SYS_setns },
	{ "mount", SYS_mount },
	{ "umount2", SYS_umount2 },
	{ "pivot_root", SYS_pivot_root },
	{ "chroot", SYS_chroot },
	{ "bpf", SYS_bpf },
	{ "perf_event_open", SYS_perf_event_open },
	{ "userfaultfd", SYS_userfaultfd },
	{ "io_uring_setup", SYS_io_uring_setup },
	{ "io_uring_enter", SYS_io_uring_enter },
	{ "keyctl", SYS_keyctl },
	{ "add_key", SYS_add_key },
	{ "request_key", SYS_request_key },
	{ "personality", SYS_personality },
	{ "pidfd_open", SYS_pidfd_open },
	{ "pidfd_getfd", SYS_pidfd_getfd },
	{ "pidfd_send_signal", SYS_pidfd_send_signal },
	{ "tkill", SYS_tkill },
	{ "rt_sigqueueinfo", SYS_rt_sigqueueinfo },
	{ "open_by_handle_at", SYS_open_by_handle_at },
	{ "name_to_handle_at", SYS_name_to_handle_at },
	{ "openat2", SYS_openat2 },
	{ "kcmp", SYS_kcmp },
	{ "init_module", SYS_init_module },
	{ "finit_module", SYS_finit_module },
	{ "kexec_load", SYS_kexec_load },
	{ "reboot", SYS_reboot },
	{ "syslog", SYS_syslog },
	{ "settimeofday", SYS_settimeofday },
	{ "clock_settime", SYS_clock_settime },
	{ "adjtimex", SYS_adjtimex },
	{ "sethostname", SYS_sethostname },
	{ "swapon", SYS_swapon },
	{ "acct", SYS_acct },
	{ "quotactl", SYS_quotactl },
	{ "setxattr", SYS_setxattr },
	{ "fchmodat", SYS_fchmodat },
	{ "fchownat", SYS_fchownat },
	{ "truncate", SYS_truncate },
	{ "shmget", SYS_shmget },
	{ "msgget", SYS_msgget },
	{ "semget", SYS_semget },
	{ "mq_open", SYS_mq_open },
	{ "inotify_init1", SYS_inotify_init1 },
	{ "fanotify_init", SYS_fanotify_init },
	{ "vmsplice", SYS_vmsplice },
	{ "splice", SYS_splice },
	{ "pkey_mprotect", SYS_pkey_mprotect },
	{ "remap_file_pages", SYS_remap_file_pages },
	{ "migrate_pages", SYS_migrate_pages },
	{ "setpriority", SYS_setpriority },
	{ "sched_setscheduler", SYS_sched_setscheduler },
	{ "setsid", SYS_setsid },
	{ "setpgid", SYS_setpgid },
	{ "chdir", SYS_chdir },
	{ "no call at all", 4000 },
};

/* ---- trying -----------------------------------------------------------------
 */

static const enum proc tried[] = { PROC_KEYS, PROC_STORE, PROC_SEAL, PROC_LINK,
	PROC_CONTROL, PROC_PARENT };

/* As each asks for it (prepare() of its file; lock_in() of parent.c). */
static struct sandbox
box_of(enum proc p)
{
	struct sandbox box = { 0 };

	if (p == PROC_STORE || p == PROC_PARENT)
		box.paths[box.path_count++] =
		    (struct sandbox_path){ at.data, true };
	if (p == PROC_LINK)
		box.ports[box.port_count++] = at.in_list;
	return box;
}

/* What comes of it in the sandbox of this process: 0, an errno, or 256 and the
 * signal that ended it. */
static int
outcome(enum proc p, int (*call)(void), long nr)
{
	const struct sandbox box = box_of(p);
	char got[128];
	int status = 0;
	struct err e;
	pid_t pid;

	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		if (sandbox_enter(p, &box, NULL, got, &e) != RC_OK)
			_exit(NO_SANDBOX);
		if (call != NULL)
			_exit(call());
		_exit(did(syscall(nr, 0, 0, 0, 0, 0, 0)));
	}
	(void)waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

/* Whether it came as it must; -1: this kernel cannot tell. */
static int
as_wanted(char who, int came)
{
	switch (who) {
	case 'y':
		return came == 0;
	case 'S':
		return came == 256 + SIGSYS;
	case 'n':
		return came == ENOSYS;
	case 'A':
		return at.abi < 1 ? -1 : came == EACCES;
	case 'X':
		return at.abi < 1 ? -1 : came == EACCES || came == EXDEV;
	case 'R':
		return at.abi < 3 ? -1 : came == EACCES;
	case 'P':
		return at.abi < 4 ? -1 : came == EACCES;
	case 'G':
		return at.abi < 6 ? -1 : came == EPERM;
	default:
		return 0;
	}
}

static void
each_may_what_it_may_and_nothing_else(void)
{
	const struct attempt *a;
	size_t bad, untold, i;
	int came, is_so;

	for (a = attempts; a < attempts + COUNT(attempts); a++) {
		bad = untold = 0;
		for (i = 0; i < COUNT(tried); i++) {
			if (a->who[i] == '.')
				continue;
			came = outcome(tried[i], a->call, 0);
			is_so = as_wanted(a->who[i], came);
			untold += is_so < 0;
			bad += is_so == 0;
			if (is_so == 0)
				note("%s: %d, wanted %c", proc_name(tried[i]),
				    came, a->who[i]);
		}
		if (untold > 0)
			skip("%s: Landlock %d cannot hold %zu from it", a->what,
			    at.abi, untold);
		ok(bad == 0, "who may %s: %s", a->what, a->who);
	}
}

static void
nobody_may_what_nobody_needs(void)
{
	size_t bad = 0, n = 0, i, j;
	int came;

	for (i = 0; i < COUNT(nobodys); i++)
		for (j = 0; j < COUNT(tried); j++, n++) {
			came = outcome(tried[j], NULL, nobodys[i].nr);
			if (tried[j] == PROC_PARENT ? came == ENOSYS
						    : came == 256 + SIGSYS)
				continue;
			note("%s by %s: %d", nobodys[i].name,
			    proc_name(tried[j]), came);
			bad++;
		}
	is(bad, 0, "%zu calls that nobody needs are nobody's", n);
}

/* ---- what it is in there ----------------------------------------------------
 */

/* A line of /proc/PID/status or limits, from its word on. */
static const char *
line_of(pid_t pid, const char *file, const char *word)
{
	static char text[8192];
	char path[64], *line, *end;
	size_t n = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%ld/%s", (long)pid, file);
	if ((f = fopen(path, "r")) != NULL) {
		n = fread(text, 1, sizeof(text) - 1, f);
		(void)fclose(f);
	}
	text[n] = '\0';
	if ((line = strstr(text, word)) == NULL)
		return "";
	line += strlen(word);
	if ((end = strchr(line, '\n')) != NULL)
		*end = '\0';
	return line + strspn(line, " \t");
}

static bool
line_is(pid_t pid, const char *word, const char *wanted)
{
	const char *found = line_of(pid, "status", word);

	if (strncmp(found, wanted, strlen(wanted)) == 0)
		return true;
	note("%s %s, wanted %s", word, found, wanted);
	return false;
}

/* Nobody else may look into it: what /proc shows of it is root's. */
static uid_t
owner_of(pid_t pid)
{
	char path[64];
	struct stat st;

	(void)snprintf(path, sizeof(path), "/proc/%ld/mem", (long)pid);
	return stat(path, &st) == 0 ? st.st_uid : (uid_t)-2;
}

static bool
dumps_nothing(pid_t pid)
{
	const char *limit = line_of(pid, "limits", "Max core file size");

	return strtoul(limit, NULL, 10) == 0 && limit[0] == '0' &&
	       strstr(limit, "unlimited") == NULL && owner_of(pid) == 0;
}

/* A process that waits in its sandbox, or beside it. */
static pid_t
waits_in(enum proc p, const char *user, bool sandboxed, int *hold)
{
	const struct sandbox box = box_of(p);
	int in[2], out[2];
	char got[128], b;
	struct err e;
	pid_t pid;

	if (pipe(in) != 0 || pipe(out) != 0)
		bug("no pipe");
	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		(void)close(in[1]);
		if (!sandboxed && geteuid() == 0 &&
		    (setresuid(65533, 65533, 65533) != 0 ||
			prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) != 0))
			_exit(NO_SANDBOX);
		if (sandboxed && sandbox_enter(p, &box, user, got, &e) != RC_OK)
			_exit(NO_SANDBOX);
		(void)!write(out[1], "a", 1);
		_exit(read(in[0], &b, 1) != 0);
	}
	(void)close(in[0]);
	(void)close(out[1]);
	if (read(out[0], &b, 1) != 1)
		note("it cannot enter its sandbox");
	(void)close(out[0]);
	*hold = in[1];
	return pid;
}

static int
let_go(pid_t pid, int hold)
{
	int status = 0;

	(void)close(hold);
	(void)waitpid(pid, &status, 0);
	return status;
}

static void
nobody_looks_into_it_and_it_becomes_nothing_more(void)
{
	const char *user = geteuid() == 0 ? "65533:65532" : NULL;
	size_t i, bad = 0;
	int hold;
	pid_t pid;

	pid = waits_in(PROC_KEYS, NULL, false, &hold);
	ok(owner_of(pid) == (geteuid() == 0 ? 65533 : geteuid()) &&
		line_is(pid, "NoNewPrivs:", "0") &&
		line_is(pid, "Seccomp:", "0"),
	    "outside one can be looked into");
	(void)let_go(pid, hold);
	for (i = 0; tried[i] != PROC_PARENT; i++) {
		pid = waits_in(tried[i], user, true, &hold);
		bad += !line_is(pid, "NoNewPrivs:", "1") ||
		       !line_is(pid, "Seccomp:", "2") ||
		       !line_is(pid, "CapEff:", "0000000000000000") ||
		       !line_is(pid, "CapPrm:", "0000000000000000") ||
		       !line_is(pid, "CapInh:", "0000000000000000") ||
		       !line_is(pid, "CapAmb:", "0000000000000000") ||
		       (geteuid() == 0 &&
			   !line_is(pid, "CapBnd:", "0000000000000000")) ||
		       !dumps_nothing(pid);
		bad += let_go(pid, hold) != 0;
	}
	is(bad, 0,
	    "in there it has no capabilities, gets none, and nobody looks in");
	pid = waits_in(PROC_PARENT, NULL, true, &hold);
	ok(line_is(pid, "NoNewPrivs:", "1") && line_is(pid, "Seccomp:", "2") &&
		line_is(pid, "CapEff:",
		    geteuid() == 0 ? "00000000000000e2" : "0000000000000000") &&
		line_of(pid, "limits", "Max core file size")[0] == '0',
	    "nor does the parent get more than it has, or leave a core");
	(void)let_go(pid, hold);
}

static void
root_becomes_another(void)
{
	size_t i, bad = 0;
	int hold;
	pid_t pid;

	if (geteuid() != 0) {
		skip("only root can be another user");
		return;
	}
	for (i = 0; tried[i] != PROC_PARENT; i++) {
		pid = waits_in(tried[i], "65533:65532", true, &hold);
		bad += !line_is(pid, "Uid:", "65533\t65533\t65533\t65533") ||
		       !line_is(pid, "Gid:", "65532\t65532\t65532\t65532") ||
		       line_of(pid, "status", "Groups:")[0] != '\0';
		bad += let_go(pid, hold) != 0;
	}
	is(bad, 0, "each becomes the other user, and is in no group besides");
}

static void
a_user_that_is_none_is_refused(void)
{
	static const char *const users[] = { "0:0", "0:65532", "antin", "1",
		"1:", "1:2:3", "-1:2x" };
	size_t i, refused = 0;
	int status, hold;

	if (geteuid() != 0) {
		skip("only root can be another user");
		return;
	}
	for (i = 0; i < COUNT(users); i++) {
		status =
		    let_go(waits_in(PROC_SEAL, users[i], true, &hold), hold);
		refused +=
		    WIFEXITED(status) && WEXITSTATUS(status) == NO_SANDBOX;
	}
	is(refused, COUNT(users),
	    "who is to be root, or nobody, does not start");
}

static void
what_cannot_be_entered_stops_the_start(void)
{
	const struct sandbox box = { .paths = { { "/no/such/folder", true } },
		.path_count = 1 };
	char got[128];
	struct err e;
	int status;
	pid_t pid;

	if (at.abi < 1) {
		skip("there is no Landlock here");
		return;
	}
	(void)fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit((int)sandbox_enter(PROC_STORE, &box, NULL, got, &e));
	(void)waitpid(pid, &status, 0);
	ok(WIFEXITED(status) && WEXITSTATUS(status) == RC_IO,
	    "a sandbox that cannot be entered is a failure");
}

/* A grandchild that holds "end" and waits for ever; its parent has ended. */
static pid_t
orphan(bool sandboxed, int end)
{
	const struct sandbox box = { 0 };
	int ready[2], status;
	pid_t parent, pid = 0;
	char got[128];
	struct err e;

	if (pipe(ready) != 0)
		bug("no pipe");
	(void)fflush(stdout);
	parent = fork();
	if (parent == 0) {
		pid = fork();
		if (pid == 0 && sandboxed &&
		    sandbox_enter(PROC_SEAL, &box, NULL, got, &e) != RC_OK)
			_exit(NO_SANDBOX);
		if (pid == 0) {
			(void)!write(ready[1], "a", 1);
			(void)poll(NULL, 0, -1);
			_exit(0);
		}
		(void)!read(ready[0], got, 1);
		(void)!write(end, &pid, sizeof(pid));
		_exit(0);
	}
	(void)close(end);
	(void)waitpid(parent, &status, 0);
	(void)close(ready[0]);
	(void)close(ready[1]);
	return pid;
}

/* When the parent goes, all go: docs/station.md 2.2. */
static void
it_dies_with_its_parent(void)
{
	struct pollfd p = { .events = POLLIN };
	int ends[2], turn;
	pid_t pid = 0;

	for (turn = 0; turn < 2; turn++) {
		if (pipe(ends) != 0)
			bug("no pipe");
		(void)orphan(turn == 1, ends[1]);
		if (read(ends[0], &pid, sizeof(pid)) != sizeof(pid))
			bug("no grandchild");
		p.fd = ends[0];
		if (turn == 1) {
			ok(poll(&p, 1, 5000) == 1,
			    "in the sandbox it ends with its parent");
		} else {
			ok(poll(&p, 1, 100) == 0,
			    "outside one lives on without its parent");
			(void)kill(pid, SIGKILL);
		}
		(void)close(ends[0]);
	}
}

/* ---- the place --------------------------------------------------------------
 */

static int
listener(uint16_t *port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, len) != 0 ||
	    listen(fd, 900) != 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &len) != 0)
		bug("no port is to be had");
	*port = ntohs(a.sin_port);
	return fd;
}

static void
put(const char *path)
{
	const int fd = open(path, O_WRONLY | O_CREAT, 0600);

	if (fd < 0 || write(fd, "hail", 4) != 4)
		bug("no file is to be had");
	(void)close(fd);
}

static void
place_begin(void)
{
	const struct sandbox box = { 0 };
	struct err e;
	int i, status;
	pid_t pid;

	at.test = getpid();
	(void)snprintf(at.data, sizeof(at.data), "/tmp/antin-data.XXXXXX");
	(void)snprintf(at.outside, sizeof(at.outside), "/tmp/antin-out.XXXXXX");
	if (mkdtemp(at.data) == NULL || mkdtemp(at.outside) == NULL)
		bug("no folder is to be had");
	(void)snprintf(
	    at.inside_file, sizeof(at.inside_file), "%s/file", at.data);
	(void)snprintf(at.out_file, sizeof(at.out_file), "%s/file", at.outside);
	(void)snprintf(at.out_link, sizeof(at.out_link), "%s/link", at.data);
	put(at.inside_file);
	put(at.out_file);
	if (symlink(at.out_file, at.out_link) != 0)
		bug("no link");
	at.file = open(at.inside_file, O_RDWR);
	at.out_dir = open(at.outside, O_RDONLY | O_DIRECTORY);
	at.listening = listener(&at.in_list);
	(void)listener(&at.not_in_list);
	for (i = 0; i < 3; i++) /* to be accepted */
		if (connect_to_its_port() != 0)
			bug("no connection");
	at.page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, at.pair) != 0)
		bug("no socket");
	pid = fork();
	if (pid == 0)
		_exit(sandbox_landlock(PROC_KEYS, &box, &at.abi, &e) == RC_OK
			  ? at.abi
			  : NO_SANDBOX);
	(void)waitpid(pid, &status, 0);
	at.abi = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
	note("Landlock %d", at.abi);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *w)
{
	(void)st;
	(void)type;
	(void)w;
	return remove(path);
}

int
main(void)
{
	if (sandbox_is_off()) {
		skip("no sandbox is entered under sanitizers");
		return done();
	}
	(void)alarm(120);
	place_begin();
	each_may_what_it_may_and_nothing_else();
	nobody_may_what_nobody_needs();
	nobody_looks_into_it_and_it_becomes_nothing_more();
	root_becomes_another();
	a_user_that_is_none_is_refused();
	what_cannot_be_entered_stops_the_start();
	it_dies_with_its_parent();
	(void)nftw(at.data, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	(void)nftw(at.outside, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return done();
}
