/* SPDX-License-Identifier: EUPL-1.2 */
/* What seal asks of the store: numbers, keys to seal for, signers, packages
 * (docs/station.md 8). */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "envelope/address.h"
#include "pki/resolve.h"
#include "proc_store/backup.h"
#include "proc_store/notices.h"
#include "proc_store/tell.h"

/* ---- numbers
 * ------------------------------------------------------------------- */

/* The desk is one of this station's. */
static enum rc
check_own_desk(struct bytes desk, struct err *e)
{
	struct route r;

	if (!st.named)
		return fail(e, RC_ABSENT,
		    "this station does not know who it is: its key file is "
		    "not of a station in the directory");
	route_find(st.file.directory, st.unit, desk, station_now(), &r);
	if (!address_is_desk(desk) || r.way != WAY_HERE ||
	    !bytes_is(desk, r.address))
		return fail(e, RC_DENIED,
		    "%.*s is no desk of this station (%s)", (int)desk.len,
		    (const char *)desk.p, st.address);
	return RC_OK;
}

/* The number that seal was given last; notices have the same row. */
static uint64_t numbered;

/* Seal does one thing at a time: of the last one's file what was not taken is
 * nobody's. */
static void
drop_last(void)
{
	char name[STORE_WORD];
	struct err e;

	if (numbered == 0)
		return;
	(void)snprintf(name, sizeof(name), "partial/new-%llu",
	    (unsigned long long)numbered);
	if (st.disk->ops->remove(st.disk, name, &e) != RC_OK)
		return; /* it was taken, or goes at the next start */
}

static void
serve_number(uint64_t job, const struct message *m)
{
	struct msg_numbered out = { .origin = bytes_str(st.address),
		.incarnation = st.incarnation,
		.now = station_now() };
	char name[STORE_WORD], path[4096];
	struct err e = { 0 };
	int fd = -1;
	enum rc rc;

	drop_last();
	journal_lost();
	(void)snprintf(name, sizeof(name), "partial/new-%llu",
	    (unsigned long long)(st.serial + 1));
	(void)snprintf(path, sizeof(path), "%s/%s", st.data, name);
	if ((rc = check_own_desk(m->body.desk.desk, &e)) == RC_OK &&
	    (rc = restored_check(&e)) == RC_OK &&
	    (rc = store_write(&e)) == RC_OK &&
	    (rc = set_word_u64("serial", st.serial + 1, &e)) == RC_OK) {
		out.serial = numbered = ++st.serial;
		fd = open(path,
		    O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (fd < 0)
			rc = fail_io(&e, "%s cannot be made", name);
	}
	out.rc = rc;
	out.why = bytes_str(e.text);
	out.name = bytes_str(name);
	(void)tell(PROC_SEAL, MSG_NUMBERED, job, &out, fd);
}

/* ---- whom to seal for
 * ------------------------------------------------------------ */

static void
key_of(struct msg_resolved *out, const struct dcert *c)
{
	out->alg = oid(c->cert.kem->oid);
	out->pub = c->cert.pub;
}

static void
serve_resolve(uint64_t job, const struct message *m)
{
	const struct msg_resolve *q = &m->body.resolve;
	struct msg_resolved out = { 0 };
	struct err e = { 0 };
	const struct dcert *c;
	struct resolved to;

	out.rc = resolve_kem(st.file.directory, q->address,
	    (enum level)q->level, q->at, &c, &to, &e);
	if (out.rc == RC_ABSENT && wanted_ask(WANTED_ADDRESS, q->address) &&
	    wanted_waits(job, m))
		return;
	if (out.rc == RC_ABSENT && wanted_is(WANTED_ADDRESS, q->address)) {
		out.rc = fail_at(&e,
		    "asked for at the station above: try again in a moment");
	}
	if (out.rc == RC_OK && to.holder == NONE)
		out.rc = fail(&e, RC_INVALID,
		    "%s is a station; a dispatch goes to desks", to.address);
	out.why = bytes_str(e.text);
	if (out.rc == RC_OK) {
		out.address = bytes_str(to.address);
		key_of(&out, c);
	}
	(void)tell(PROC_SEAL, MSG_RESOLVED, job, &out, -1);
}

/* By its id, or by a name that only one has. */
static enum rc
find_list(const struct list **out, struct bytes word, int64_t at, struct err *e)
{
	const struct directory *d = st.file.directory;
	const struct list *l;
	struct id id;
	size_t i;

	*out = id_parse(&id, word) ? list_find(d, &id, 0, at) : NULL;
	for (i = 0; *out == NULL && i < d->state.list_count; i++) {
		l = &d->state.lists[i];
		if (bytes_eq(l->name, word))
			*out = list_find(d, &l->id, 0, at);
	}
	for (i = 0; *out != NULL && i < d->state.list_count; i++) {
		l = &d->state.lists[i];
		if (bytes_eq(l->name, word) && !id_eq(&l->id, &(*out)->id))
			return fail(e, RC_INVALID,
			    "several lists are called \"%.*s\"; give the id "
			    "of one: antin directory list",
			    (int)word.len, (const char *)word.p);
	}
	if (*out == NULL)
		return fail(e, RC_ABSENT, "no list \"%.*s\" is known here",
		    (int)word.len, (const char *)word.p);
	return RC_OK;
}

static enum rc
expand(struct buf *rows, const struct listed *desks, enum level level,
    int64_t at, struct err *e)
{
	struct msg_resolved row;
	const struct dcert *c;
	struct resolved to;
	size_t i;
	enum rc rc;

	if (desks->count > LIMIT_SLIPS)
		return fail(e, RC_LIMIT,
		    "%zu desks are on that list, and a dispatch goes to %u at "
		    "the most: send it to smaller lists",
		    desks->count, LIMIT_SLIPS);
	for (i = 0; i < desks->count; i++) {
		rc = resolve_kem(st.file.directory,
		    bytes_str(desks->desks[i].address), level, at, &c, &to, e);
		if (rc != RC_OK)
			return rc;
		row = (struct msg_resolved){ .address = bytes_str(to.address) };
		key_of(&row, c);
		list_add(rows, LIST_RESOLVED, &row);
	}
	if (desks->count == 0)
		return fail(e, RC_ABSENT, "nobody is on that list");
	return RC_OK;
}

static void
serve_expand(uint64_t job, const struct message *m)
{
	const struct msg_expand *q = &m->body.expand;
	struct msg_expanded out = { 0 };
	struct listed desks = { 0 };
	struct buf rows = { 0 };
	const struct list *l = NULL;
	struct err e = { 0 };

	out.rc = find_list(&l, q->list, q->at, &e);
	if (out.rc == RC_OK) {
		list_expand(st.file.directory, l, q->at, &desks);
		out.rc = expand(&rows, &desks, (enum level)q->level, q->at, &e);
		out.id = l->id;
		out.version = l->version;
		memcpy(out.hash, l->hash, SHA256_SIZE);
	}
	out.why = bytes_str(e.text);
	if (out.rc == RC_OK)
		out.rows = buf_bytes(&rows);
	(void)tell(PROC_SEAL, MSG_EXPANDED, job, &out, -1);
	free(desks.desks);
	buf_free(&rows);
}

/* ---- whose signature it is
 * ------------------------------------------------------- */

static void
serve_signer(uint64_t job, const struct message *m)
{
	const struct msg_signer *q = &m->body.signer;
	struct msg_signer_is out = { 0 };
	struct known_signer k;
	size_t i;

	out.known = resolve_signer(st.file.directory, q->tag, q->cert, &k);
	if (!out.known && wanted_ask(WANTED_CERT, q->cert) &&
	    wanted_waits(job, m))
		return;
	if (out.known) {
		i = cert_by_fingerprint(&st.file.directory->state, k.cert);
		out.cert_der = st.file.directory->state.certs[i].cert.der;
		memcpy(out.cert, k.cert, SHA256_SIZE);
		out.address = k.address;
		out.from = k.from;
		out.until = k.until;
		out.limited = k.limited;
		out.level = k.level;
		out.precedence = k.precedence;
	}
	(void)tell(PROC_SEAL, MSG_SIGNER_IS, job, &out, -1);
}

static void
serve_listed(uint64_t job, const struct message *m)
{
	const struct msg_listed *q = &m->body.listed;
	struct list_ref ref = {
		.set = true, .id = q->id, .version = q->version
	};
	struct msg_yes out;

	memcpy(ref.hash.b, q->hash, SHA256_SIZE);
	out.yes = resolve_listed(st.file.directory, &ref, q->address, q->at);
	(void)tell(PROC_SEAL, MSG_YES, job, &out, -1);
}

static void
serve_answers(uint64_t job, const struct message *m)
{
	const struct msg_answers *q = &m->body.answers;
	struct msg_yes out;

	out.yes =
	    resolve_answers(st.file.directory, q->address, q->other, q->at);
	(void)tell(PROC_SEAL, MSG_YES, job, &out, -1);
}

/* ---- what lies at a desk
 * --------------------------------------------------------- */

static enum rc
fetch(struct msg_package *out, struct buf *recallers, struct buf *package,
    int *fd, const struct msg_of *q, struct err *e)
{
	char name[FILES_NAME], path[4096];
	struct delivery at;
	struct stored d;
	enum rc rc;

	rc = names_find(&q->id, q->desk, &d, e);
	if (rc != RC_OK)
		return rc;
	rc = names_delivery(d.n, q->desk, &at, e);
	if (rc != RC_OK || (rc = recall_all(recallers, d.n, e)) != RC_OK ||
	    (rc = st.store->ops->get(st.store, d.n, at.copy, &d, e)) != RC_OK)
		return rc;
	out->recallers = buf_bytes(recallers);
	out->unopened = at.state == DELIVERY_ARRIVED;
	out->envelope = d.envelope;
	out->total = d.total;
	if (out->total <= STORE_INLINE)
		return st.store->ops->package(
		    st.store, d.n, at.copy, package, e);
	files_name(name, d.sum);
	(void)snprintf(path, sizeof(path), "%s/%s", st.data, name);
	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	return *fd >= 0 ? RC_OK : fail_io(e, "%s cannot be opened", name);
}

static void
serve_fetch(uint64_t job, const struct message *m)
{
	struct msg_package out = { .now = station_now() };
	struct buf package = { 0 }, recallers = { 0 };
	struct err e = { 0 };
	int fd = -1;

	out.rc = fetch(&out, &recallers, &package, &fd, &m->body.of, &e);
	out.why = bytes_str(e.text);
	if (out.rc == RC_OK)
		out.package = buf_bytes(&package);
	(void)tell(PROC_SEAL, MSG_PACKAGE, job, &out, fd);
	buf_free(&package);
	buf_free(&recallers);
}

void
serve(uint64_t job, const struct message *m)
{
	static const struct {
		enum msg kind;
		void (*serve)(uint64_t job, const struct message *m);
	} rows[] = {
		{ MSG_NUMBER, serve_number },
		{ MSG_RESOLVE, serve_resolve },
		{ MSG_EXPAND, serve_expand },
		{ MSG_SIGNER, serve_signer },
		{ MSG_LISTED, serve_listed },
		{ MSG_ANSWERS, serve_answers },
		{ MSG_FETCH, serve_fetch },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].kind == m->kind) {
			rows[i].serve(job, m);
			return;
		}
	bug("a message that nobody answers");
}
