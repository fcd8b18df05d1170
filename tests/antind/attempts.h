/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a process tries in its sandbox, by the bare system call; who may, and
 * who may not.  Of sandbox.c alone.
 */
#ifndef TESTS_ANTIND_ATTEMPTS_H
#define TESTS_ANTIND_ATTEMPTS_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#define PAGE 4096

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

/* A signal of any number when there is something to read. */
static int
signal_another_by_a_file(void)
{
	return did(syscall(SYS_fcntl, at.pair[0], F_SETOWN, at.test));
}

static int
choose_a_signal(void)
{
	return did(syscall(SYS_fcntl, at.pair[0], F_SETSIG, SIGKILL));
}

static int
read_flags(void)
{
	return did(syscall(SYS_fcntl, at.pair[0], F_GETFL));
}

static int
lock_a_file(void)
{
	struct flock l = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	return did(syscall(SYS_fcntl, at.file, F_SETLK, &l));
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

/* TCP by another name, which Landlock may not know. */
static int
multipath_socket(void)
{
	return did(syscall(SYS_socket, AF_INET, SOCK_STREAM, 262));
}

static int
sctp_socket(void)
{
	return did(syscall(SYS_socket, AF_INET, SOCK_STREAM, IPPROTO_SCTP));
}

static int
tcp_socket_by_name(void)
{
	return did(syscall(SYS_socket, AF_INET, SOCK_STREAM, IPPROTO_TCP));
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

/* Sending connects, too, where it is asked to. */
static int
connect_by_sending(void)
{
	const struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons(at.not_in_list),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	long fd = syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);

	return fd < 0 ? errno
		      : did(syscall(SYS_sendto, fd, "a", 1, MSG_FASTOPEN, &a,
			    sizeof(a)));
}

static int
connect_by_a_message(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons(at.not_in_list),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct iovec io = { (void *)(uintptr_t) "a", 1 };
	const struct msghdr h = { .msg_name = &a,
		.msg_namelen = sizeof(a),
		.msg_iov = &io,
		.msg_iovlen = 1 };
	long fd = syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);

	return fd < 0 ? errno : did(syscall(SYS_sendmsg, fd, &h, MSG_FASTOPEN));
}

static int
send_to_its_peer(void)
{
	return did(
	    syscall(SYS_sendto, at.pair[0], "a", 1, MSG_NOSIGNAL, NULL, 0));
}

static int
send_to_another(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	return did(syscall(
	    SYS_sendto, at.pair[0], "a", 1, MSG_NOSIGNAL, &a, sizeof(a)));
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
send_without_delay(void)
{
	const int on = 1;

	return did(syscall(SYS_setsockopt, at.listening, IPPROTO_TCP,
	    TCP_NODELAY, &on, sizeof(on)));
}

static int
make_a_pair(void)
{
	int pair[2];

	return did(syscall(SYS_socketpair, AF_UNIX,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair));
}

static int
make_a_pair_of_packets(void)
{
	int pair[2];

	return did(syscall(SYS_socketpair, AF_UNIX, SOCK_SEQPACKET, 0, pair));
}

static int
make_a_file_in_memory(void)
{
	return did(syscall(SYS_memfd_create, "it", 1u));
}

static int
have_it_wait(void)
{
	const struct timeval a_minute = { 60, 0 };

	return did(syscall(SYS_setsockopt, at.listening, SOL_SOCKET,
	    SO_RCVTIMEO, &a_minute, sizeof(a_minute)));
}

static int
put_a_program_into_it(void)
{
	struct sock_filter pass = BPF_STMT(BPF_RET | BPF_K, 0xffff);
	const struct sock_fprog f = { 1, &pass };

	return did(syscall(SYS_setsockopt, at.listening, SOL_SOCKET,
	    SO_ATTACH_FILTER, &f, sizeof(f)));
}

static int
put_a_layer_upon_it(void)
{
	return did(syscall(
	    SYS_setsockopt, at.listening, IPPROTO_TCP, TCP_ULP, "tls", 4));
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
name_a_thread(void)
{
	return did(syscall(SYS_prctl, PR_SET_NAME, "drawing", 0, 0, 0));
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

static void *
calls_as_x32(void *ctx)
{
	(void)call_as_x32();
	return ctx;
}

/* It is the whole process that ends. */
static int
call_as_x32_in_a_thread(void)
{
	pthread_t t;

	return pthread_create(&t, NULL, calls_as_x32, NULL) != 0 ||
	       pthread_join(t, NULL) != 0;
}
#endif

/*
 * Who may: keys, store, seal, link, control, the parent, media, and tls.  "y"
 * it does it; "S" SIGSYS; "A" EACCES by Landlock, "R" the same from its version
 * 3 on, "P" from 4 on (ports), "G" EPERM from 6 on (signals); "n" ENOSYS; "X"
 * EXDEV or EACCES; "." is not asked.
 */
static const struct attempt {
	const char *what, *who;
	int (*call)(void);
} attempts[] = {
	/* files */
	{ "open a file in the data folder", "SySSSySSASS", read_inside },
	{ "write a file in the data folder", "SySSSySSSSS", write_inside },
	{ "make a folder in the data folder", "SySSSySSSSS",
	    make_folder_inside },
	{ "open a file beside the data folder", "SASSSySSASS", read_outside },
	{ "open a file of the system", "SASSSySSASS", read_system },
	{ "list a folder beside it", "SASSSySSASS", list_outside },
	{ "make a file beside it", "SASSSASSSSS", write_outside },
	{ "write a file beside it", "SASSSASSSSS", write_outside_file },
	{ "cut a file beside it", "SASSSRSSSSS", truncate_outside_file },
	{ "write by a folder that was open", "SASSSASSSSS",
	    write_by_an_open_folder },
	{ "read by a link out of it", "SASSSySSASS", read_by_a_link },
	{ "make a folder beside it", "SASSSASSSSS", make_folder_outside },
	{ "remove a file beside it", "SASSSASSSSS", remove_outside },
	{ "move a file out of it", "SXSSSXSSSSS", move_out },
	{ "link a file into it", "SXSSSXSSSSS", link_in },
	{ "make a symbolic link", "SSSSSnSSSSS", make_symlink },
	{ "make a device", "SSSSSnSSSSS", make_device },
	{ "change who may read a file", "SSSSSnSSSSS", change_mode },
	{ "read a file that it holds", "SyyySyySyyy", read_held_file },
	{ "sync a file that it holds", "SyySSySSSSS", sync_held_file },
	{ "cut a file that it holds", "SyySSySSSSy", cut_held_file },
	{ "write to its channel", "yyyyyyyyyyy", write_held },
	{ "pass a descriptor", "yyyyyyyyyyy", pass_descriptor },
	/* others */
	{ "run a program", "SSSSSySSSSS", run_program },
	{ "make a process", "SSSSSySSSSS", make_process },
	{ "make a process by clone3", "nSnSSySSnSn", make_process_3 },
	{ "make a namespace", "SSSSS.SSSSS", make_namespace },
	{ "make a thread", "ySySSySSySy", make_thread },
	{ "say what a thread is called", "SSSSSySSySS", name_a_thread },
	{ "signal another", "SSSSSGSSSSS", signal_another },
	{ "signal another's thread", "SSSSSGSSSSS", signal_another_thread },
	{ "signal another by a file", "SSSSS.SSSSS", signal_another_by_a_file },
	{ "choose the signal of a file", "SSSSS.SSSSS", choose_a_signal },
	{ "read the flags of a file", "yyyyyyyyyyy", read_flags },
	{ "lock a file that it holds", "SySSSySSSSS", lock_a_file },
	{ "signal itself", "yyyyyyyyyyy", signal_itself },
	{ "trace another", "SSSSSnSSSSS", trace_another },
	{ "read another's memory", "SSSSSnSSSSS", read_another },
	{ "read its limits", "yyyyyyyyyyy", read_its_limits },
	{ "set its limits", "SSSSSySSSSS", set_its_limits },
	{ "read another's limits", "SSSSS.SSSSS", read_anothers_limits },
	/* memory */
	{ "map memory", "yyyyyyyyyyy", map_memory },
	{ "map memory to execute", "SSSSSySSSSS", map_to_execute },
	{ "map memory to write and execute", "SSSSSySSSSS",
	    map_to_write_and_execute },
	{ "map a file to execute", "SSSSSySSSSS", map_file_to_execute },
	{ "protect memory", "yyyyyyyyyyy", protect_memory },
	{ "make memory executable", "SSSSSySSSSS", make_executable },
	{ "lock memory", "ySySSySSSSS", lock_memory },
	/* the network */
	{ "make a TCP socket", "SSSySySSSSS", tcp_socket },
	{ "make a TCP socket over IPv6", "SSSySySSSSS", tcp6_socket },
	{ "make a TCP socket by name", "SSSySySSSSS", tcp_socket_by_name },
	{ "make a multipath socket", "SSSSS.SSSSS", multipath_socket },
	{ "make an SCTP socket", "SSSSS.SSSSS", sctp_socket },
	{ "make a UDP socket", "SSSSSySSSSS", udp_socket },
	{ "make a raw socket", "SSSSS.SSSSS", raw_socket },
	{ "make a local socket", "SSSSSySSSSS", unix_socket },
	{ "make a netlink socket", "SSSSSySSSSS", netlink_socket },
	{ "make a socket of a family too wide", "SSSSSySSSSS", wide_family },
	{ "connect to its parent's port", "SSSySySSSSS", connect_to_its_port },
	{ "connect to another port", "SSSPSySSSSS", connect_to_another_port },
	{ "connect to it by sending", "SSSSS.SSSSS", connect_by_sending },
	{ "connect to it by a message", "SSSSS.SSSSS", connect_by_a_message },
	{ "send to its peer", "yyyyyyyyyyy", send_to_its_peer },
	{ "send to another", "SSSSS.SSSSS", send_to_another },
	{ "bind a port", "SSSSSnSSSSS", bind_a_port },
	{ "listene", "SSSSSnSSSSS", listen_at_it },
	{ "accept a connection", "SSSyyySySSS", accept_a_connection },
	{ "ask a socket", "SSSyyySySSy", ask_a_socket },
	{ "have a socket send without delay", "SSSySySySSy",
	    send_without_delay },
	{ "put a program into a socket", "SSSSS.SSSSS", put_a_program_into_it },
	{ "put a layer upon a socket", "SSSSS.SSSSS", put_a_layer_upon_it },
	{ "make a pair of sockets", "SSSSSySySSS", make_a_pair },
	{ "make a file in memory", "SSSSS.SSSSy", make_a_file_in_memory },
	{ "have a socket wait so long", "SSSSS.SSSSy", have_it_wait },
	{ "make a pair of packets", "SSSSS.SSSSy", make_a_pair_of_packets },
	{ "ask for a terminal", "yyyyyyyyyyy", ask_for_a_terminal },
	{ "type at a terminal", "SSSSS.SSSSS", type_at_a_terminal },
	/* the rest */
	{ "draw random bytes", "yyyyyyyyyyy", draw_random_bytes },
	{ "tell the time", "yyyyyyyyyyy", tell_the_time },
	{ "become root", "SSSSS.SSSSS", become_root },
	{ "change what it is", "SSSSSySSSSS", change_itself },
#ifdef __x86_64__
	{ "call as i386", "SSSSSSSSSSS", call_as_i386 },
	{ "call as x32", "SSSSSSSSSSS", call_as_x32 },
	{ "call as x32 in a thread", "SSSSSSSSSSS", call_as_x32_in_a_thread },
#endif
};

/* What nobody needs, whoever asks: by number, with arguments of nothing. */
static const struct {
	const char *name;
	long nr;
} nobodys[] = {
	{ "ptracec", SYS_ptrace },
	{ "process_vm_writev", SYS_process_vm_writev },
	{ "memfd_secret", 447 },
	{ "execveat", SYS_execveat },
	{ "unshare", SYS_unshare },
	{ "setns", SYS_setns },
	{ "mount", SYS_mount },
	{ "umount2", SYS_umount2 },
	{ "pivot_root", SYS_pivot_root },
	{ "chrooto", SYS_chroot },
	{ "bpf", SYS_bpf },
	{ "perf_event_open", SYS_perf_event_open },
	{ "userfaultfd", SYS_userfaultfd },
	{ "io_uring_setup", SYS_io_uring_setup },
	{ "io_uring_enter", SYS_io_uring_enter },
	{ "keyctlt", SYS_keyctl },
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
	{ "rebooto", SYS_reboot },
	{ "syslogo", SYS_syslog },
	{ "settimeofday", SYS_settimeofday },
	{ "clock_settime", SYS_clock_settime },
	{ "adjtimex", SYS_adjtimex },
	{ "sethostname", SYS_sethostname },
	{ "swapono", SYS_swapon },
	{ "acct", SYS_acct },
	{ "quotactl", SYS_quotactl },
	{ "setxattr", SYS_setxattr },
	{ "fchmodat", SYS_fchmodat },
	{ "fchownat", SYS_fchownat },
	{ "truncate", SYS_truncate },
	{ "shmgete", SYS_shmget },
	{ "msggete", SYS_msgget },
	{ "semgete", SYS_semget },
	{ "mq_open", SYS_mq_open },
	{ "inotify_init1", SYS_inotify_init1 },
	{ "fanotify_init", SYS_fanotify_init },
	{ "vmsplice", SYS_vmsplice },
	{ "splicec", SYS_splice },
	{ "pkey_mprotect", SYS_pkey_mprotect },
	{ "remap_file_pages", SYS_remap_file_pages },
	{ "migrate_pages", SYS_migrate_pages },
	{ "setpriority", SYS_setpriority },
	{ "sched_setscheduler", SYS_sched_setscheduler },
	{ "setsidi", SYS_setsid },
	{ "setpgid", SYS_setpgid },
	{ "chdir", SYS_chdir },
	{ "no call at all", 4000 },
};

#endif
