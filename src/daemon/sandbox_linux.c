/* SPDX-License-Identifier: EUPL-1.2 */
/* Users, capabilities, and the order of it all. */
#include "daemon/sandbox.h"

#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#define CAPABILITY(c) (UINT64_C(1) << (c))
/* What the parent goes on needing where it is root: to make processes another
 * user's, to end them, and to read and write key files in a folder that is that
 * user's (and no other: Landlock). */
#define PARENT_CAPABILITIES                                                    \
	(CAPABILITY(CAP_SETUID) | CAPABILITY(CAP_SETGID) |                     \
	    CAPABILITY(CAP_KILL) | CAPABILITY(CAP_DAC_OVERRIDE))

bool
sandbox_is_off(void)
{
	return SANITIZED;
}

/* "UID:GID" */
static enum rc
become(const char *user, struct err *e)
{
	unsigned uid, gid;
	char end;

	if (sscanf(user, "%u:%u%c", &uid, &gid, &end) != 2 || uid == 0)
		return fail(e, RC_INVALID, "user: \"%s\"", user);
	if (setgroups(0, NULL) != 0 || setresgid(gid, gid, gid) != 0 ||
	    setresuid(uid, uid, uid) != 0)
		return fail_io(e, "user %u cannot be become", uid);
	if (setuid(0) == 0)
		return fail(e, RC_DENIED, "root could be become again");
	return RC_OK;
}

/* No execve() gives others than these; who may not say so anyhow, has not got
 * them to lose. */
static void
bound_capabilities(uint64_t keep)
{
	int i;

	for (i = 0; i < 64; i++)
		if ((keep >> i & 1) == 0 &&
		    prctl(PR_CAPBSET_DROP, i, 0, 0, 0) != 0 && errno == EINVAL)
			break; /* it was the last the kernel knows */
}

/* Hold no others than these. */
static enum rc
keep_capabilities(uint64_t keep, struct err *e)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3,
		0 };
	struct __user_cap_data_struct data[2] = { 0 };
	int i;

	/* what was not given, as in a container, cannot be kept */
	if (syscall(SYS_capget, &head, data) != 0)
		return fail_io(e, "capabilities cannot be given up");
	for (i = 0; i < 2; i++) {
		data[i].permitted &= (uint32_t)(keep >> 32 * i);
		data[i].effective = data[i].permitted;
		data[i].inheritable = 0;
	}
	if (syscall(SYS_capset, &head, data) != 0)
		return fail_io(e, "capabilities cannot be given up");
	return RC_OK;
}

enum rc
sandbox_user(enum proc self, const char *user, struct err *e)
{
	bool root = geteuid() == 0;
	enum rc rc;

	/* before the user changes, who then may not */
	bound_capabilities(self == PROC_PARENT ? PARENT_CAPABILITIES : 0);
	if (self == PROC_PARENT)
		return root ? keep_capabilities(PARENT_CAPABILITIES, e) : RC_OK;
	if (root && user != NULL && (rc = become(user, e)) != RC_OK)
		return rc;
	if ((rc = keep_capabilities(0, e)) != RC_OK)
		return rc;
	/* after the user changed, which forgets it */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
		return fail_io(e, "the parent's death cannot be watched");
	return RC_OK;
}

enum rc
sandbox_enter(enum proc self, const struct sandbox *box, const char *user,
    char got[static 128], struct err *e)
{
	const struct rlimit none = { 0, 0 };
	int abi = 0;
	enum rc rc;

	if ((rc = sandbox_user(self, user, e)) != RC_OK)
		return rc;
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 ||
	    setrlimit(RLIMIT_CORE, &none) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return fail_io(e, "privileges cannot be given up");
	if (SANITIZED) {
		(void)snprintf(got, 128, "none: sanitizers");
		return RC_OK;
	}
	if ((rc = sandbox_landlock(self, box, &abi, e)) != RC_OK ||
	    (rc = sandbox_calls(self, e)) != RC_OK)
		return rc;
	(void)snprintf(got, 128, "landlock=%d seccomp", abi);
	return RC_OK;
}
