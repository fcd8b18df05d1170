/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Landlock: what of the file system and the network is there at all.  The
 * headers may be older than the kernel, so what it is told stands here
 * (Documentation/userspace-api/landlock.rst); of what the kernel does not know
 * it is told nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "daemon/sandbox.h"

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

#define CREATE_RULESET_VERSION 1u
#define RULE_PATH 1
#define RULE_PORT 2

#define FS_EXECUTE (UINT64_C(1) << 0)
#define FS_WRITE_FILE (UINT64_C(1) << 1)
#define FS_READ_FILE (UINT64_C(1) << 2)
#define FS_READ_DIR (UINT64_C(1) << 3)
#define FS_REMOVE_FILE (UINT64_C(1) << 5)
#define FS_MAKE_DIR (UINT64_C(1) << 7)
#define FS_MAKE_REG (UINT64_C(1) << 8)
#define FS_FIRST ((UINT64_C(1) << 13) - 1) /* all that ABI 1 knows */
#define FS_REFER (UINT64_C(1) << 13)	   /* ABI 2 */
#define FS_TRUNCATE (UINT64_C(1) << 14)	   /* ABI 3 */
#define FS_IOCTL_DEV (UINT64_C(1) << 15)   /* ABI 5 */
#define NET_BIND (UINT64_C(1) << 0)	   /* ABI 4 */
#define NET_CONNECT (UINT64_C(1) << 1)
#define SCOPE_ABSTRACT (UINT64_C(1) << 0) /* ABI 6 */
#define SCOPE_SIGNAL (UINT64_C(1) << 1)

#define READS (FS_READ_FILE | FS_READ_DIR)
#define WRITES                                                                 \
	(FS_WRITE_FILE | FS_REMOVE_FILE | FS_MAKE_DIR | FS_MAKE_REG |          \
	    FS_REFER | FS_TRUNCATE)
#define OF_A_FILE (FS_EXECUTE | FS_WRITE_FILE | FS_READ_FILE | FS_TRUNCATE)

struct ruleset {
	uint64_t fs;
	uint64_t net;	/* ABI 4 */
	uint64_t scope; /* ABI 6 */
};
struct path_rule {
	uint64_t allowed;
	int32_t parent;
} __attribute__((packed));
struct port_rule {
	uint64_t allowed, port;
};

/* What the kernel can withhold; "size" is of the struct as it knows it. */
static struct ruleset
known(int abi, size_t *size)
{
	struct ruleset r = { .fs = FS_FIRST };

	*size = offsetof(struct ruleset, net);
	if (abi >= 2)
		r.fs |= FS_REFER;
	if (abi >= 3)
		r.fs |= FS_TRUNCATE;
	if (abi >= 4) {
		r.net = NET_BIND | NET_CONNECT;
		*size = offsetof(struct ruleset, scope);
	}
	if (abi >= 5)
		r.fs |= FS_IOCTL_DEV;
	if (abi >= 6) {
		r.scope = SCOPE_ABSTRACT | SCOPE_SIGNAL;
		*size = sizeof(r);
	}
	return r;
}

static enum rc
allow_path(int rules, const char *path, uint64_t rights, struct err *e)
{
	struct path_rule rule = { rights, -1 };
	struct stat st;
	enum rc rc = RC_OK;

	rule.parent = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent < 0 || fstat(rule.parent, &st) != 0) {
		rc = fail_io(e, "%s cannot be allowed", path);
		goto out;
	}
	if (!S_ISDIR(st.st_mode))
		rule.allowed &= OF_A_FILE;
	if (syscall(SYS_landlock_add_rule, rules, RULE_PATH, &rule, 0) != 0)
		rc = fail_io(e, "%s cannot be allowed", path);
out:
	if (rule.parent >= 0)
		(void)close(rule.parent);
	return rc;
}

/* The parent and those it starts read programs and libraries, wherever they
 * are; nobody writes beyond the data folder. */
static enum rc
allow_all(enum proc self, const struct sandbox *box, int rules,
    const struct ruleset *r, struct err *e)
{
	struct port_rule port = { .allowed = NET_CONNECT };
	uint64_t rights;
	enum rc rc = RC_OK;
	size_t i;

	if (self == PROC_PARENT &&
	    ((rc = allow_path(rules, "/", r->fs & (READS | FS_EXECUTE), e)) !=
		    RC_OK ||
		(rc = allow_path(rules, "/dev/null",
		     r->fs & (FS_READ_FILE | FS_WRITE_FILE | FS_TRUNCATE |
				 FS_IOCTL_DEV),
		     e)) != RC_OK))
		return rc;
	for (i = 0; i < box->path_count && rc == RC_OK; i++) {
		rights = box->paths[i].write ? READS | WRITES : READS;
		rc = allow_path(rules, box->paths[i].path, r->fs & rights, e);
	}
	if ((r->net & NET_CONNECT) == 0)
		return rc;
	for (i = 0; i < box->port_count && rc == RC_OK; i++) {
		port.port = box->ports[i];
		if (syscall(
			SYS_landlock_add_rule, rules, RULE_PORT, &port, 0) != 0)
			rc = fail_io(e, "port %u cannot be allowed",
			    (unsigned)box->ports[i]);
	}
	return rc;
}

enum rc
sandbox_landlock(
    enum proc self, const struct sandbox *box, int *abi, struct err *e)
{
	struct ruleset r;
	size_t size;
	int rules = -1;
	enum rc rc;

	*abi = (int)syscall(
	    SYS_landlock_create_ruleset, NULL, 0, CREATE_RULESET_VERSION);
	if (*abi < 1) {
		*abi = 0; /* not built in, or not switched on */
		return RC_OK;
	}
	r = known(*abi, &size);
	if (self == PROC_PARENT)
		r.net = 0; /* who it starts holds itself to its ports */
	rules = (int)syscall(SYS_landlock_create_ruleset, &r, size, 0);
	if (rules < 0)
		return fail_io(e, "Landlock %d cannot be used", *abi);
	rc = allow_all(self, box, rules, &r, e);
	if (rc == RC_OK && syscall(SYS_landlock_restrict_self, rules, 0) != 0)
		rc = fail_io(e, "Landlock %d cannot be entered", *abi);
	(void)close(rules);
	return rc;
}
