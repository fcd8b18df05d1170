/* SPDX-License-Identifier: EUPL-1.2 */
/* What the parent opens for the others: key files and listening sockets. */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "antind/parent.h"
#include "crypto/keyfile.h"
#include "file/file.h"

#define BIND_TRIES 100	 /* in two seconds */
#define KEY_NEXT ".next" /* behind the name of the station's key file */
#define KEY_OLD ".old"
#define PORT_TEXT 16u
#define BACKLOG 4096 /* the kernel has its own limit */

/* ---- keys -------------------------------------------------------------------
 */

void
keys_free(struct key_file *keys, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		buf_free(&keys[i].file);
	free(keys);
}

static int
is_key(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return d->d_name[0] != '.' && n > 4 &&
	       strcmp(d->d_name + n - 4, ".key") == 0;
}

static enum rc
key_read(struct key_file *keys, size_t *count, const char *path,
    unsigned station, struct err *e)
{
	struct key_file *k = &keys[*count];
	const char *name = strrchr(path, '/');
	enum rc rc;

	if (*count == PARENT_KEYS)
		return fail(e, RC_LIMIT, "%s: a station has at most %u keys",
		    path, PARENT_KEYS);
	(void)snprintf(
	    k->name, sizeof(k->name), "%s", name == NULL ? path : name + 1);
	k->station = station;
	rc = file_read(&k->file, path, KEYFILE_MAX, e);
	if (rc == RC_OK)
		++*count;
	return rc;
}

/* Those in keys/, in the order of their names; the folder need not be there. */
static enum rc
keys_folder(
    struct key_file *keys, size_t *count, const struct setup *s, struct err *e)
{
	struct dirent **list;
	char path[4096];
	int i, n = scandir("keys", &list, is_key, alphasort);
	enum rc rc = RC_OK;

	if (n < 0 && errno == ENOENT)
		return RC_OK;
	if (n < 0)
		return fail_io(e, "%s/keys", s->data);
	for (i = 0; i < n; i++) {
		(void)snprintf(
		    path, sizeof(path), "%s/keys/%s", s->data, list[i]->d_name);
		if (rc == RC_OK)
			rc = key_read(keys, count, path, 0, e);
		free(list[i]);
	}
	free(list);
	return rc;
}

static char *
beside(const char *path, const char *suffix)
{
	char *out;

	if (asprintf(&out, "%s%s", path, suffix) < 0)
		bug("no memory");
	return out;
}

/* New keys that are not yet certified, and those from before, where there are
 * any. */
static enum rc
keys_beside(
    struct key_file *keys, size_t *count, const char *path, struct err *e)
{
	char *next = beside(path, KEY_NEXT), *old = beside(path, KEY_OLD);
	enum rc rc = RC_OK;

	if (file_exists(next))
		rc = key_read(keys, count, next, 2, e);
	if (rc == RC_OK && file_exists(old))
		rc = key_read(keys, count, old, 3, e);
	free(next);
	free(old);
	return rc;
}

enum rc
key_keep(const struct setup *s, bool next, struct bytes file, struct err *e)
{
	size_t at = 0;
	const struct conf_value *v = conf_each(&s->conf, "key", &at);
	char *path = setup_path(s, v);
	char *beside_it = beside(path, KEY_NEXT), *old = beside(path, KEY_OLD);
	struct buf was = { 0 };
	enum rc rc;

	if (conf_credential(v->text) != NULL) {
		rc = fail(e, RC_DENIED,
		    "the key is handed over by a service manager: renew it "
		    "where that has it from");
		goto out;
	}
	if (next) {
		rc = file_write(beside_it, file, 0600, true, e);
		goto out;
	}
	if ((rc = file_read(&was, path, KEYFILE_MAX, e)) == RC_OK &&
	    (rc = file_write(old, buf_bytes(&was), 0600, true, e)) == RC_OK &&
	    (rc = file_write(path, file, 0600, true, e)) == RC_OK)
		(void)unlink(beside_it); /* else it is passed over */
out:
	buf_free(&was);
	free(path);
	free(beside_it);
	free(old);
	return rc;
}

enum rc
keys_read(
    struct key_file **out, size_t *count, const struct setup *s, struct err *e)
{
	size_t at = 0;
	char *path = setup_path(s, conf_each(&s->conf, "key", &at));
	enum rc rc;

	*out = alloc(PARENT_KEYS, sizeof(**out));
	*count = 0;
	rc = key_read(*out, count, path, 1, e);
	if (rc == RC_OK)
		rc = keys_beside(*out, count, path, e);
	if (rc == RC_OK)
		rc = keys_folder(*out, count, s, e);
	free(path);
	if (rc != RC_OK) {
		keys_free(*out, *count);
		*out = NULL;
		*count = 0;
	}
	return rc;
}

/* ---- sockets ----------------------------------------------------------------
 */

static enum rc
bound(int fd, const struct sockaddr *to, socklen_t len)
{
	static const int on = 1;
	unsigned i;

	if (to->sa_family == AF_INET6 &&
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) != 0)
		return RC_IO;
	if (to->sa_family != AF_UNIX &&
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0)
		return RC_IO;
	/* of a daemon that was killed the processes end a moment later */
	for (i = 0; bind(fd, to, len) != 0; i++)
		if (errno != EADDRINUSE || i == BIND_TRIES)
			return RC_IO;
		else
			(void)usleep(20000);
	return listen(fd, BACKLOG) == 0 ? RC_OK : RC_IO;
}

/* Any port that is free, but the one it was before where it can be had: a page
 * that is open finds the station again.  run/web4 and run/web6 have them. */
static uint16_t
port_before(const char *path)
{
	struct buf text = { 0 };
	unsigned long port = 0;
	struct err e;

	if (file_read(&text, path, PORT_TEXT, &e) == RC_OK) {
		buf_u8(&text, '\0');
		port = strtoul((const char *)text.p, NULL, 10);
	}
	buf_free(&text);
	return port < 1024 || port > UINT16_MAX ? 0 : (uint16_t)port;
}

static void
port_keep(const char *path, int fd)
{
	struct sockaddr_storage a;
	socklen_t len = sizeof(a);
	char text[PORT_TEXT];
	struct err e;
	enum rc rc;
	int n;

	if (getsockname(fd, (struct sockaddr *)&a, &len) != 0)
		return;
	n = snprintf(text, sizeof(text), "%u\n",
	    (unsigned)ntohs(a.ss_family == AF_INET6
				? ((struct sockaddr_in6 *)&a)->sin6_port
				: ((struct sockaddr_in *)&a)->sin_port));
	rc = file_write(path, bytes_of(text, (size_t)n), 0600, true, &e);
	(void)rc; /* then it is another one the next time */
}

static enum rc
listen_at(int *out, const struct conf_value *v,
    bool (*read)(
	struct bytes value, char address[static 46], bool *v6, uint16_t *port),
    struct err *e)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in in4 = { .sin_family = AF_INET };
	const char *path;
	char address[46];
	uint16_t port;
	bool v6, any;
	enum rc rc;

	if (!read(bytes_str(v->text), address, &v6, &port))
		bug("an address that was held to be one");
	any = port == 0;
	path = v6 ? "run/web6" : "run/web4";
	if (any)
		port = port_before(path);
	in6.sin6_port = in4.sin_port = htons(port);
	(void)inet_pton(v6 ? AF_INET6 : AF_INET, address,
	    v6 ? (void *)&in6.sin6_addr : (void *)&in4.sin_addr);
	*out = socket(v6 ? AF_INET6 : AF_INET,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (*out < 0)
		return fail_io(e, "listen %s", v->text);
	rc = v6 ? bound(*out, (struct sockaddr *)&in6, sizeof(in6))
		: bound(*out, (struct sockaddr *)&in4, sizeof(in4));
	if (rc != RC_OK && any && port != 0) {
		in6.sin6_port = in4.sin_port = 0;
		rc = v6 ? bound(*out, (struct sockaddr *)&in6, sizeof(in6))
			: bound(*out, (struct sockaddr *)&in4, sizeof(in4));
	}
	if (rc == RC_OK && any)
		port_keep(path, *out);
	if (rc != RC_OK)
		return fail_io(e,
		    "listen %s: is it an address of this machine, and is "
		    "nobody there already?",
		    v->text);
	return RC_OK;
}

/* A socket of this machine's; for its owner and the control group. */
static enum rc
local(
    int *out, const char *name, int type, const struct setup *s, struct err *e)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	uid_t uid = s->user && geteuid() == 0 ? s->uid : (uid_t)-1;
	gid_t gid = s->group			? s->control
		    : s->user && geteuid() == 0 ? s->gid
						: (gid_t)-1;

	(void)snprintf(to.sun_path, sizeof(to.sun_path), "run/%s", name);
	if (unlink(to.sun_path) != 0 && errno != ENOENT)
		return fail_io(e, "%s/run/%s", s->data, name);
	*out = socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (*out < 0 || bind(*out, (struct sockaddr *)&to, sizeof(to)) != 0 ||
	    chmod(to.sun_path, 0660) != 0 ||
	    chown(to.sun_path, uid, gid) != 0 || listen(*out, BACKLOG) != 0)
		return fail_io(e, "%s/run/%s", s->data, name);
	return RC_OK;
}

enum rc
sockets_open(struct sock out[static PARENT_SOCKETS], size_t *count,
    const struct setup *s, struct err *e)
{
	const struct conf_value *v;
	size_t at = 0;
	enum rc rc;

	out[0] = (struct sock){ "control", PROC_CONTROL, -1 };
	out[1] = (struct sock){ "metrics", PROC_CONTROL, -1 };
	*count = 2;
	rc = local(&out[0].fd, out[0].name, SOCK_SEQPACKET, s, e);
	if (rc == RC_OK)
		rc = local(&out[1].fd, out[1].name, SOCK_STREAM, s, e);
	while (
	    rc == RC_OK && (v = conf_each(&s->conf, "listen", &at)) != NULL) {
		out[*count] = (struct sock){ "listen", PROC_LINK, -1 };
		rc = listen_at(&out[(*count)++].fd, v, conf_endpoint, e);
	}
	at = 0;
	while (rc == RC_OK && (v = conf_each(&s->conf, "web", &at)) != NULL) {
		out[*count] = (struct sock){ "web", PROC_TLS, -1 };
		rc = listen_at(&out[(*count)++].fd, v, conf_web, e);
	}
	at = 0;
	while (
	    rc == RC_OK && (v = conf_each(&s->conf, "web.tls", &at)) != NULL) {
		out[*count] = (struct sock){ "web.tls", PROC_TLS, -1 };
		rc = listen_at(&out[(*count)++].fd, v, conf_web_tls, e);
	}
	return rc;
}
