/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The system calls a process may make (seccomp).  What has no row ends the
 * process: KILL_PROCESS, so no handler of ours ever sees it.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/proc_bits.h"
#include "daemon/sandbox.h"

#define ALL CHILDREN
#define FILES (STORE | SEAL | LINK | MEDIA) /* they hold files of packages */

#define TYPE_MASK 0xfu /* of a socket's type; the rest are flags */
#define OPENS ((scmp_datum_t)(O_ACCMODE | O_CREAT | O_TRUNC))
#define AT_EMPTY_PATH_ 0x1000 /* the descriptor itself */

/* What a call's arguments must be; several of one call are alternatives. */
enum must {
	ANYHOW,
	NOT_EXEC,     /* argument 2: PROT_EXEC is clear */
	INET,	      /* socket(): TCP over IPv4, and nothing over TCP's name */
	INET6,	      /* the same over IPv6 */
	SOCKET_ASKED, /* getsockopt(): how it is, who the peer is */
	SOCKET_SET,   /* setsockopt(): when TCP sends */
	WEB_SET,      /* setsockopt(): the same; and how long it waits */
	LOCAL,	      /* socketpair(): packets of this machine */
	PAIR,	      /* socketpair(): a stream that has no name */
	SENDTO,	      /* sendto(): to whom it is connected */
	SENDMSG,      /* sendmsg(): the same */
	PLAIN,	      /* fcntl(): nobody is signalled by it */
	CALLED,	      /* prctl(): what a thread is called */
	LOCKS,	      /* fcntl(): locks of a file */
	THREAD,	      /* clone(): a thread of this process */
	NO_SUCH,      /* answered with ENOSYS: another way is then taken */
	OWN,	      /* argument 0: this process */
	ITSELF,	      /* newfstatat(): of the descriptor, not of a path */
	LIMITS_READ,  /* prlimit64(): of this process, nothing is set */
	TERMINAL,     /* ioctl(): is it a terminal? */
	READS1,	      /* argument 1: it is opened to be read */
	READS2,	      /* argument 2: the same */
};

/*
 * Who may call what.  The parent may all of it, anyhow, and what is its own
 * besides: who it starts is held to its list too, from its first instruction.
 */
struct call {
	int nr;
	unsigned procs;
	enum must must;
};

#define CALL(name) SCMP_SYS(name)

static const struct call calls[] = {
	/* descriptors */
	{ CALL(read), ALL, ANYHOW },
	{ CALL(readv), ALL, ANYHOW },
	{ CALL(write), ALL, ANYHOW },
	{ CALL(writev), ALL, ANYHOW },
	{ CALL(close), ALL, ANYHOW },
	{ CALL(fcntl), ALL, PLAIN },
	{ CALL(fcntl), STORE, LOCKS },
	{ CALL(dup), ALL, ANYHOW },
	{ CALL(lseek), ALL, ANYHOW },
	{ CALL(fstat), ALL, ANYHOW },
	{ CALL(newfstatat), ALL, ITSELF },
	{ CALL(ioctl), ALL, TERMINAL },
	{ CALL(pread64), FILES | WEB | PRINT | SCAN, ANYHOW },
	{ CALL(pwrite64), FILES | WEB | PRINT, ANYHOW },
	{ CALL(preadv), FILES, ANYHOW },
	{ CALL(pwritev), FILES, ANYHOW },
	{ CALL(ftruncate), STORE | SEAL | WEB, ANYHOW },
	{ CALL(fallocate), STORE | SEAL | WEB, ANYHOW },
	{ CALL(fsync), STORE | SEAL, ANYHOW },
	{ CALL(fdatasync), STORE | SEAL, ANYHOW },
	{ CALL(fadvise64), FILES, ANYHOW },
	{ CALL(sync_file_range), STORE | SEAL, ANYHOW },

	/* channels and sockets */
	{ CALL(recvmsg), ALL, ANYHOW },
	{ CALL(sendmsg), ALL, SENDMSG },
	{ CALL(recvfrom), ALL, ANYHOW },
	{ CALL(sendto), ALL, SENDTO },
	{ CALL(poll), ALL, ANYHOW },
	{ CALL(ppoll), ALL, ANYHOW },
	{ CALL(epoll_wait), ALL, ANYHOW },
	{ CALL(epoll_pwait), ALL, ANYHOW },
	{ CALL(epoll_pwait2), ALL, ANYHOW },
	{ CALL(epoll_ctl), ALL, ANYHOW },
	{ CALL(shutdown), LINK | CONTROL | WEB | TLS, ANYHOW },
	{ CALL(accept), LINK | CONTROL | TLS, ANYHOW },
	{ CALL(accept4), LINK | CONTROL | TLS, ANYHOW },
	{ CALL(getsockopt), LINK | CONTROL | WEB | TLS, SOCKET_ASKED },
	{ CALL(setsockopt), LINK | TLS, SOCKET_SET },
	{ CALL(socketpair), TLS, PAIR },
	{ CALL(getsockname), LINK | CONTROL | WEB | TLS, ANYHOW },
	{ CALL(getpeername), LINK | CONTROL | WEB | TLS, ANYHOW },
	{ CALL(socket), LINK, INET },
	{ CALL(socket), LINK, INET6 },
	{ CALL(connect), LINK, ANYHOW },

	/* memory */
	{ CALL(mmap), ALL, NOT_EXEC },
	{ CALL(mprotect), ALL, NOT_EXEC },
	{ CALL(munmap), ALL, ANYHOW },
	{ CALL(mremap), ALL, ANYHOW },
	{ CALL(brk), ALL, ANYHOW },
	{ CALL(madvise), ALL, ANYHOW },
	{ CALL(mlock), KEYS | SEAL, ANYHOW },
	{ CALL(munlock), KEYS | SEAL, ANYHOW },

	/* time, chance, itself */
	{ CALL(clock_gettime), ALL, ANYHOW },
	{ CALL(clock_getres), ALL, ANYHOW },
	{ CALL(gettimeofday), ALL, ANYHOW },
	{ CALL(time), ALL, ANYHOW },
	{ CALL(nanosleep), ALL, ANYHOW },
	{ CALL(clock_nanosleep), ALL, ANYHOW },
	{ CALL(getrandom), ALL, ANYHOW },
	{ CALL(getpid), ALL, ANYHOW },
	{ CALL(gettid), ALL, ANYHOW },
	{ CALL(getuid), ALL, ANYHOW },
	{ CALL(geteuid), ALL, ANYHOW },
	{ CALL(getgid), ALL, ANYHOW },
	{ CALL(getegid), ALL, ANYHOW },
	{ CALL(uname), ALL, ANYHOW },
	{ CALL(sysinfo), ALL, ANYHOW },
	{ CALL(getrusage), ALL, ANYHOW },
	{ CALL(times), ALL, ANYHOW },
	{ CALL(prlimit64), ALL, LIMITS_READ },
	{ CALL(getrlimit), ALL, ANYHOW },
	{ CALL(sched_getaffinity), ALL, ANYHOW },
	{ CALL(sched_yield), ALL, ANYHOW },
	{ CALL(getcpu), ALL, ANYHOW },
	{ CALL(futex), ALL, ANYHOW },
	{ CALL(membarrier), ALL, ANYHOW },
	{ CALL(restart_syscall), ALL, ANYHOW },
	{ CALL(rt_sigaction), ALL, ANYHOW },
	{ CALL(rt_sigprocmask), ALL, ANYHOW },
	{ CALL(rt_sigreturn), ALL, ANYHOW },
	{ CALL(sigaltstack), ALL, ANYHOW },
	{ CALL(tgkill), ALL, OWN }, /* abort() */
	{ CALL(exit), ALL, ANYHOW },
	{ CALL(exit_group), ALL, ANYHOW },

	/* seal computes on all cores, web waits for many answers, and keys
	 * tries passphrases aside */
	{ CALL(clone3), KEYS | SEAL | WEB | PRINT,
	    NO_SUCH }, /* its flags cannot be seen */
	{ CALL(clone), KEYS | SEAL | WEB | PRINT, THREAD },
	{ CALL(set_robust_list), KEYS | SEAL | WEB | PRINT, ANYHOW },
	{ CALL(rseq), KEYS | SEAL | WEB | PRINT, ANYHOW },

	/* what a browser brings lies in memory; sessions ask control */
	{ CALL(memfd_create), WEB, ANYHOW },
	{ CALL(socketpair), WEB, LOCAL },
	{ CALL(setsockopt), WEB, WEB_SET },

	/* the data folder, which is all that Landlock leaves of the disk */
	{ CALL(open), STORE, ANYHOW },
	{ CALL(openat), STORE, ANYHOW },
	{ CALL(stat), STORE, ANYHOW },
	{ CALL(lstat), STORE, ANYHOW },
	{ CALL(newfstatat), STORE, ANYHOW },
	{ CALL(statx), STORE, ANYHOW },
	{ CALL(statfs), STORE, ANYHOW },
	{ CALL(fstatfs), STORE, ANYHOW },
	{ CALL(access), STORE, ANYHOW },
	{ CALL(faccessat), STORE, ANYHOW },
	{ CALL(faccessat2), STORE, ANYHOW },
	{ CALL(readlink), STORE, ANYHOW },
	{ CALL(readlinkat), STORE, ANYHOW },
	{ CALL(getdents64), STORE, ANYHOW },
	{ CALL(getcwd), STORE, ANYHOW },
	{ CALL(unlink), STORE, ANYHOW },
	{ CALL(unlinkat), STORE, ANYHOW },
	{ CALL(rename), STORE, ANYHOW },
	{ CALL(renameat), STORE, ANYHOW },
	{ CALL(renameat2), STORE, ANYHOW },
	{ CALL(link), STORE, ANYHOW },
	{ CALL(linkat), STORE, ANYHOW },
	{ CALL(mkdir), STORE, ANYHOW },
	{ CALL(mkdirat), STORE, ANYHOW },
	{ CALL(fchmod), STORE, ANYHOW },
	{ CALL(fchown), STORE, ANYHOW },
	{ CALL(utimensat), STORE, ANYHOW },
	{ CALL(copy_file_range), STORE, ANYHOW },
	{ CALL(flock), STORE, ANYHOW },

	/* fonts, read by libraries, which Landlock alone leaves print; a limit
	 * of its time */
	{ CALL(open), PRINT, READS1 },
	{ CALL(openat), PRINT, READS2 },
	{ CALL(stat), PRINT, ANYHOW },
	{ CALL(lstat), PRINT, ANYHOW },
	{ CALL(newfstatat), PRINT, ANYHOW },
	{ CALL(statx), PRINT, ANYHOW },
	{ CALL(statfs), PRINT, ANYHOW },
	{ CALL(fstatfs), PRINT, ANYHOW },
	{ CALL(access), PRINT, ANYHOW },
	{ CALL(faccessat), PRINT, ANYHOW },
	{ CALL(faccessat2), PRINT, ANYHOW },
	{ CALL(readlink), PRINT, ANYHOW },
	{ CALL(readlinkat), PRINT, ANYHOW },
	{ CALL(getdents64), PRINT, ANYHOW },
	{ CALL(getcwd), PRINT, ANYHOW },
	{ CALL(alarm), PRINT, ANYHOW },
	{ CALL(setitimer), PRINT, ANYHOW },

	/* starting others, and how programs start */
	{ CALL(fork), PARENT, ANYHOW },
	{ CALL(vfork), PARENT, ANYHOW },
	{ CALL(clone), PARENT, ANYHOW },
	{ CALL(clone3), PARENT, ANYHOW },
	{ CALL(execve), PARENT, ANYHOW },
	{ CALL(wait4), PARENT, ANYHOW },
	{ CALL(waitid), PARENT, ANYHOW },
	{ CALL(kill), PARENT, ANYHOW },
	{ CALL(socketpair), PARENT, ANYHOW },
	{ CALL(pipe), PARENT, ANYHOW },
	{ CALL(pipe2), PARENT, ANYHOW },
	{ CALL(dup2), PARENT, ANYHOW },
	{ CALL(dup3), PARENT, ANYHOW },
	{ CALL(close_range), PARENT, ANYHOW },
	{ CALL(epoll_create), PARENT, ANYHOW },
	{ CALL(epoll_create1), PARENT, ANYHOW },
	{ CALL(eventfd2), PARENT, ANYHOW },
	{ CALL(timerfd_create), PARENT, ANYHOW },
	{ CALL(arch_prctl), PARENT, ANYHOW },
	{ CALL(set_tid_address), PARENT, ANYHOW },
	{ CALL(prctl), PARENT, ANYHOW },
	{ CALL(prctl), PRINT, CALLED }, /* pango's threads, from 1.56 on */
	{ CALL(setrlimit), PARENT, ANYHOW },
	{ CALL(umask), PARENT, ANYHOW },
	{ CALL(getppid), PARENT, ANYHOW },
	{ CALL(setgroups), PARENT, ANYHOW },
	{ CALL(setresuid), PARENT, ANYHOW },
	{ CALL(setresgid), PARENT, ANYHOW },
	{ CALL(setuid), PARENT, ANYHOW },
	{ CALL(setgid), PARENT, ANYHOW },
	{ CALL(capget), PARENT, ANYHOW },
	{ CALL(capset), PARENT, ANYHOW },
	{ CALL(seccomp), PARENT, ANYHOW },
	{ CALL(landlock_create_ruleset), PARENT, ANYHOW },
	{ CALL(landlock_add_rule), PARENT, ANYHOW },
	{ CALL(landlock_restrict_self), PARENT, ANYHOW },
};
#define CALLS (sizeof(calls) / sizeof(calls[0]))

/* Argument 1 is one of these; ends with -1. */
static int
allow_commands(scmp_filter_ctx ctx, int nr, const int *commands)
{
	int bad = 0;

	for (; *commands >= 0 && bad == 0; commands++)
		bad = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, nr, 1,
		    SCMP_A1(SCMP_CMP_EQ, (scmp_datum_t)*commands, 0));
	return bad;
}

/* Options of sockets, by their levels; a level of -1 ends a list. */
struct option {
	int level, name;
};
static const struct option asked_options[] = { { SOL_SOCKET, SO_ERROR },
	{ SOL_SOCKET, SO_PEERCRED }, { -1, 0 } };
static const struct option set_options[] = { { IPPROTO_TCP, TCP_NODELAY },
	{ IPPROTO_TCP, TCP_NOTSENT_LOWAT }, { IPPROTO_TCP, TCP_USER_TIMEOUT },
	{ SOL_SOCKET, SO_SNDBUF }, { SOL_SOCKET, SO_RCVBUF }, { -1, 0 } };
static const struct option web_options[] = { { IPPROTO_TCP, TCP_NODELAY },
	{ IPPROTO_TCP, TCP_CORK }, { SOL_SOCKET, SO_RCVTIMEO }, { -1, 0 } };

/* Arguments 1 and 2 are one of these. */
static int
allow_options(scmp_filter_ctx ctx, int nr, const struct option *o)
{
	int bad = 0;

	for (; o->level >= 0 && bad == 0; o++)
		bad = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, nr, 2,
		    SCMP_A1(SCMP_CMP_EQ, (scmp_datum_t)o->level, 0),
		    SCMP_A2(SCMP_CMP_EQ, (scmp_datum_t)o->name, 0));
	return bad;
}

/* Landlock holds TCP to its ports, and no protocol beside it. */
static int
allow_tcp(scmp_filter_ctx ctx, int nr, scmp_datum_t family)
{
	static const scmp_datum_t protocols[] = { 0, IPPROTO_TCP };
	int i, bad = 0;

	for (i = 0; i < 2 && bad == 0; i++)
		bad = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, nr, 3,
		    SCMP_A0(SCMP_CMP_EQ, family, 0),
		    SCMP_A1(SCMP_CMP_MASKED_EQ, TYPE_MASK, SOCK_STREAM),
		    SCMP_A2(SCMP_CMP_EQ, protocols[i], 0));
	return bad;
}

static int
allow(scmp_filter_ctx ctx, int nr, enum must must)
{
	const uint32_t yes = SCMP_ACT_ALLOW;
	const scmp_datum_t thread = CLONE_THREAD;
	scmp_datum_t pid = (scmp_datum_t)getpid();

	switch (must) {
	case ANYHOW:
		return seccomp_rule_add(ctx, yes, nr, 0);
	case NOT_EXEC:
		return seccomp_rule_add(
		    ctx, yes, nr, 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	case INET:
		return allow_tcp(ctx, nr, AF_INET);
	case INET6:
		return allow_tcp(ctx, nr, AF_INET6);
	case SOCKET_ASKED:
		return allow_options(ctx, nr, asked_options);
	case SOCKET_SET:
		return allow_options(ctx, nr, set_options);
	case WEB_SET:
		return allow_options(ctx, nr, web_options);
	case LOCAL:
		return seccomp_rule_add(ctx, yes, nr, 2,
		    SCMP_A0(SCMP_CMP_EQ, AF_UNIX, 0),
		    SCMP_A1(SCMP_CMP_MASKED_EQ, TYPE_MASK, SOCK_SEQPACKET));
	case PAIR:
		return seccomp_rule_add(ctx, yes, nr, 2,
		    SCMP_A0(SCMP_CMP_EQ, AF_UNIX, 0),
		    SCMP_A1(SCMP_CMP_MASKED_EQ, TYPE_MASK, SOCK_STREAM));
	case SENDTO: /* who is named, and MSG_FASTOPEN, would connect */
		return seccomp_rule_add(ctx, yes, nr, 2,
		    SCMP_A3(SCMP_CMP_MASKED_EQ, MSG_FASTOPEN, 0),
		    SCMP_A4(SCMP_CMP_EQ, 0, 0));
	case SENDMSG:
		return seccomp_rule_add(ctx, yes, nr, 1,
		    SCMP_A2(SCMP_CMP_MASKED_EQ, MSG_FASTOPEN, 0));
	case CALLED:
		return seccomp_rule_add(
		    ctx, yes, nr, 1, SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME, 0));
	case PLAIN:
		return allow_commands(ctx, nr,
		    (const int[]){ F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD,
			F_GETFL, F_SETFL, -1 });
	case LOCKS:
		return allow_commands(
		    ctx, nr, (const int[]){ F_GETLK, F_SETLK, F_SETLKW, -1 });
	case THREAD:
		return seccomp_rule_add(ctx, yes, nr, 1,
		    SCMP_A0(SCMP_CMP_MASKED_EQ, thread, thread));
	case NO_SUCH:
		return seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), nr, 0);
	case OWN:
		return seccomp_rule_add(
		    ctx, yes, nr, 1, SCMP_A0(SCMP_CMP_EQ, pid, 0));
	case ITSELF:
		return seccomp_rule_add(ctx, yes, nr, 1,
		    SCMP_A3(
			SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH_, AT_EMPTY_PATH_));
	case LIMITS_READ:
		return seccomp_rule_add(ctx, yes, nr, 2,
		    SCMP_A0(SCMP_CMP_EQ, 0, 0), SCMP_A2(SCMP_CMP_EQ, 0, 0));
	case READS1:
		return seccomp_rule_add(ctx, yes, nr, 1,
		    SCMP_A1(SCMP_CMP_MASKED_EQ, OPENS, O_RDONLY));
	case READS2:
		return seccomp_rule_add(ctx, yes, nr, 1,
		    SCMP_A2(SCMP_CMP_MASKED_EQ, OPENS, O_RDONLY));
	case TERMINAL:
		return seccomp_rule_add(
		    ctx, yes, nr, 1, SCMP_A1(SCMP_CMP_EQ, TCGETS, 0));
	}
	return -EINVAL;
}

/* A row of this process.  The parent has all, and none of their conditions:
 * who it starts enters his own list later. */
static int
add(scmp_filter_ctx ctx, const struct call *c, enum proc self)
{
	int bad;

	if (self == PROC_PARENT)
		bad = c->procs == 0 ? 0 : allow(ctx, c->nr, ANYHOW);
	else if ((c->procs >> self & 1) != 0)
		bad = allow(ctx, c->nr, c->must);
	else
		bad = 0;
	/* a call this machine has not, or one that is allowed already */
	return bad == -EDOM || bad == -EEXIST ? 0 : bad;
}

enum rc
sandbox_calls(enum proc self, struct err *e)
{
	scmp_filter_ctx ctx =
	    seccomp_init(self == PROC_PARENT ? SCMP_ACT_ERRNO(ENOSYS)
					     : SCMP_ACT_KILL_PROCESS);
	int bad = ctx == NULL ? -ENOMEM : 0;
	size_t i;

	if (bad == 0)
		bad = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_TSYNC, 1);
	/* by another machine's numbers: not its thread alone ends */
	if (bad == 0)
		bad = seccomp_attr_set(
		    ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	/* a tree, not a list; an older library has none */
	if (bad == 0)
		(void)seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	for (i = 0; i < CALLS && bad == 0; i++)
		bad = add(ctx, &calls[i], self);
	if (bad == 0)
		bad = seccomp_load(ctx);
	seccomp_release(ctx);
	if (bad == 0)
		return RC_OK;
	errno = -bad;
	return fail_io(e, "seccomp cannot be entered");
}
