/* SPDX-License-Identifier: EUPL-1.2 */
#include "pki/views.h"

#include <stdlib.h>
#include <string.h>

#include "core/index.h"
#include "core/vec.h"
#include "pki/fold.h"

#define VERSION 1
#define MARK DER_CTX(0)
#define MARK_CHECK 8 /* bytes */
#define MARK_SIZE (2 + SHA256_SIZE + MARK_CHECK)

/* ---- formats: reader beside writer ----------------------------------------
 */

void
directory_head(struct buf *out, struct bytes root)
{
	struct der_wr w = { 0 };

	der_put_open(&w, DER_SEQUENCE);
	der_put_uint(&w, VERSION);
	der_put_octets(&w, root);
	der_put_close(&w);
	*out = w.out;
}

static struct bytes
head_read(struct der *d)
{
	struct bytes root;

	der_open(d, DER_SEQUENCE);
	if (der_uint(d, 255) != VERSION)
		der_fault(d, "a version that this program does not know");
	root = der_octets(d, 1, CERT_MAX);
	der_close(d);
	return root;
}

enum rc
directory_root(struct bytes *out, struct bytes file, struct err *e)
{
	struct der d = der_init(der_element(file));

	*out = head_read(&d);
	return der_end(&d, "docs/directory.md 5.1: a directory file", e);
}

/* A mark checks itself, and where it stands: one of which a sector is missing
 * was never whole, and what looks like one within a part is none. */
static void
mark_check(uint8_t out[static MARK_CHECK], struct bytes hash, uint64_t at)
{
	uint8_t check[SHA256_SIZE];
	struct buf text = { 0 };

	buf_add(&text, hash);
	buf_u64(&text, at);
	sha256(check, buf_bytes(&text));
	memcpy(out, check, MARK_CHECK);
	buf_free(&text);
}

void
directory_mark(struct buf *out, struct bytes more, uint64_t at)
{
	uint8_t mark[SHA256_SIZE + MARK_CHECK];
	struct der_wr w = { 0 };

	sha256(mark, more);
	mark_check(mark + SHA256_SIZE, bytes_of(mark, SHA256_SIZE), at);
	der_put(&w, MARK, bytes_of(mark, sizeof(mark)));
	*out = w.out;
}

static bool
is_mark(struct bytes element, uint64_t at)
{
	uint8_t check[MARK_CHECK];
	struct der d = der_init(element);
	struct bytes mark;

	mark = der_tagged(
	    &d, MARK, SHA256_SIZE + MARK_CHECK, SHA256_SIZE + MARK_CHECK);
	if (d.why != NULL)
		return false;
	mark_check(check, bytes_of(mark.p, SHA256_SIZE), at);
	return memcmp(check, mark.p + SHA256_SIZE, MARK_CHECK) == 0;
}

/* All since the last mark is what this one was made over. */
static const uint8_t *
mark_read(struct der *d, const uint8_t *since)
{
	uint8_t hash[SHA256_SIZE];
	struct bytes mark;

	sha256(hash, bytes_of(since, (size_t)(d->at - since)));
	mark = der_tagged(
	    d, MARK, SHA256_SIZE + MARK_CHECK, SHA256_SIZE + MARK_CHECK);
	if (d->why == NULL && memcmp(mark.p, hash, sizeof(hash)) != 0)
		der_fault(d, "docs/directory.md 5.6: what is before a mark is "
			     "not what was marked: the disk has changed it");
	return d->at;
}

/* Looked for from the end, not by stepping over elements: where one's length is
 * damaged, the marks behind it are still there, and the file is refused. */
size_t
directory_whole(struct bytes file)
{
	for (; file.len >= MARK_SIZE; file.len--)
		if (is_mark(bytes_of(file.p + file.len - MARK_SIZE, MARK_SIZE),
			file.len - MARK_SIZE))
			return file.len;
	return 0;
}

void
directory_parts(struct buf *out, struct bytes file)
{
	struct bytes element;
	bool head = true;

	*out = (struct buf){ 0 };
	for (; (element = der_element(file)).len > 0; head = false) {
		file =
		    bytes_of(element.p + element.len, file.len - element.len);
		if (!head && element.p[0] != MARK)
			buf_add(out, element);
	}
}

void
part_write(struct der_wr *w, const struct dlog *l, uint64_t from, uint64_t few,
    bool (*keep)(void *ctx, const struct log_item *item), void *ctx)
{
	der_put_open(w, DER_SEQUENCE);
	der_put_octets(w, id_bytes(&l->id));
	der_put_uint(w, from);
	log_write(w, &l->log, from, few, keep, ctx);
	der_put_octets(w, l->note_bytes);
	der_put_close(w);
}

struct log_part
part_read(struct der *d)
{
	struct log_part p = { 0 };
	struct bytes log;

	der_open(d, DER_SEQUENCE);
	log = der_octets(d, ID_SIZE, ID_SIZE);
	if (log.len == ID_SIZE)
		memcpy(p.log.b, log.p, ID_SIZE);
	p.from = der_uint(d, LOG_ENTRIES_MAX);
	p.items = der_raw(d, DER_SEQUENCE);
	p.note = der_octets(d, 1, NOTE_MAX);
	der_close(d);
	return p;
}

void
views_free(struct dlog *logs, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		log_free(&logs[i].log);
	free(logs);
}

/* ---- taking over a file
 * ---------------------------------------------------------------- */

void
next_begin(struct next *n, const struct directory *d)
{
	size_t i;

	*n = (struct next){ .by_id = index_new(), .fork_known = d->fork_count };
	for (i = 0; i < d->log_count; i++) {
		n->logs = vec_more(n->logs, n->log_count, sizeof(*n->logs));
		n->logs[n->log_count] = d->logs[i];
		log_copy(&n->logs[n->log_count].log, &d->logs[i].log);
		index_add(
		    n->by_id, key_of(id_bytes(&d->logs[i].id)), n->log_count++);
	}
	for (i = 0; i < d->fork_count; i++) {
		n->forks = vec_more(n->forks, n->fork_count, sizeof(*n->forks));
		n->forks[n->fork_count++] = d->forks[i];
	}
}

void
next_free(struct next *n)
{
	size_t i;

	views_free(n->logs, n->log_count);
	free(n->forks);
	index_free(n->by_id);
	for (i = 0; i < n->made_count; i++)
		buf_free(&n->made[i]);
	free(n->made);
}

static size_t
next_find(const struct next *n, const struct id *id)
{
	size_t at = 0, i;

	while (index_each(n->by_id, key_of(id_bytes(id)), &at, &i))
		if (id_eq(&n->logs[i].id, id))
			return i;
	return NONE;
}

/* The first "size" leaves of a log; false where a gap lies across. */
static bool
log_prefix(struct log *out, const struct log *l, uint64_t size)
{
	const struct log_item *item;
	struct err e;
	size_t i;

	*out = (struct log){ 0 };
	for (i = 0; i < l->count && l->items[i].at < size; i++) {
		item = &l->items[i];
		if (item->entry.p != NULL)
			log_add(out, item->entry);
		else if (log_add_gap(out, item->level, &item->hash, &e) !=
			 RC_OK)
			break;
	}
	if (out->tree.size == size)
		return true;
	log_free(out);
	return false;
}

/* A view is that of its checkpoint: which log, how many, which root.  An older
 * checkpoint over the same acts changes nothing. */
static enum rc
view_check(struct dlog *v, const struct log_part *p, struct err *e)
{
	struct node root;
	struct note note;
	char id[ID_TEXT];
	enum rc rc;

	if ((rc = note_read(&note, p->note, e)) != RC_OK)
		return rc;
	id_write(id, &p->log);
	merkle_root(&v->log.tree, &root);
	if (!id_eq(&note.checkpoint.log, &p->log) ||
	    note.checkpoint.size != v->log.tree.size || v->log.tree.size == 0)
		return fail(e, RC_INVALID,
		    "log %s: the checkpoint is another log's, or of another "
		    "size",
		    id);
	if (!node_eq(&root, &note.checkpoint.root))
		return fail(e, RC_DENIED,
		    "log %s: the acts are not those of its checkpoint, or do "
		    "not follow what is known here; ask for a whole file",
		    id);
	if (v->note_bytes.len == 0 ||
	    v->note.checkpoint.size < note.checkpoint.size ||
	    v->note.checkpoint.at <= note.checkpoint.at) {
		v->note = note;
		v->note_bytes = p->note;
	}
	if (v->known < note.checkpoint.at)
		v->known = note.checkpoint.at;
	return RC_OK;
}

/* The log that a part makes of what is known. */
static enum rc
part_view(struct dlog *out, const struct log_part *p, const struct log *known,
    struct err *e)
{
	static const struct log none;
	struct der d = der_init(p->items);
	char id[ID_TEXT];
	enum rc rc;

	*out = (struct dlog){ .id = p->log };
	id_write(id, &p->log);
	if (known == NULL)
		known = &none;
	if (p->from > known->tree.size ||
	    !log_prefix(&out->log, known, p->from))
		return fail(e, RC_ABSENT,
		    "log %s: this begins at act %llu, known are %llu; ask for "
		    "a file from there, or a whole one",
		    id, (unsigned long long)p->from,
		    (unsigned long long)known->tree.size);
	log_read(&d, &out->log);
	rc = der_end(&d, "docs/directory.md 5.2: items", e);
	if (rc == RC_OK)
		rc = view_check(out, p, e);
	if (rc != RC_OK)
		log_free(&out->log);
	return rc;
}

enum relation { GROWN, OLDER, FORKED, UNCLEAR };

static enum relation
relation_of(const struct log *ours, const struct log *theirs)
{
	const bool grown = theirs->tree.size >= ours->tree.size;
	const struct log *small = grown ? ours : theirs;
	const struct log *large = grown ? theirs : ours;
	struct node root, then;

	merkle_root(&small->tree, &root);
	if (!log_root_at(&then, large, small->tree.size))
		return UNCLEAR;
	if (!node_eq(&root, &then))
		return FORKED;
	return grown ? GROWN : OLDER;
}

/* Put the entries that "from" has into the gaps of "to"; one log, two views.
 * Returns how many. */
static size_t
fill_gaps(struct log *to, const struct log *from)
{
	struct node proof[MERKLE_PROOF];
	const struct log_item *gap;
	struct err e;
	size_t i, n = 0;

	for (i = 0; i < from->count; i++) {
		const struct log_item *item = &from->items[i];

		if (item->entry.p == NULL)
			continue;
		gap = log_at(to, item->at);
		if (gap == NULL || gap->entry.p != NULL)
			continue;
		if (log_prove(proof, from, item->at, gap->level) &&
		    log_fill(to, item->at, item->entry, proof, gap->level,
			&e) == RC_OK)
			n++;
	}
	return n;
}

static void
part_of_all(struct der_wr *w, const struct dlog *l)
{
	part_write(w, l, 0, UINT64_MAX, NULL, NULL);
}

static bool
fork_known(const struct next *n, const struct id *log)
{
	size_t i;

	for (i = 0; i < n->fork_count; i++)
		if (id_eq(&n->forks[i].log, log))
			return true;
	return false;
}

/* Two logs of one name: keep both as the proof. */
static void
add_fork(struct next *n, const struct dlog *ours, const struct dlog *theirs)
{
	struct der_wr w = { 0 };

	if (fork_known(n, &ours->id))
		return;
	der_put_open(&w, FORK);
	part_of_all(&w, ours);
	part_of_all(&w, theirs);
	der_put_close(&w);
	n->made = vec_more(n->made, n->made_count, sizeof(*n->made));
	n->made[n->made_count] = w.out;
	n->forks = vec_more(n->forks, n->fork_count, sizeof(*n->forks));
	n->forks[n->fork_count++] =
	    (struct fork){ ours->id, buf_bytes(&n->made[n->made_count]) };
	n->made_count++;
	n->did.forks++;
}

static size_t
entries(const struct log *l)
{
	size_t i, n = 0;

	for (i = 0; i < l->count; i++)
		n += l->items[i].entry.p != NULL;
	return n;
}

/* Join a view of a log with ours. */
static enum rc
join(struct next *n, struct dlog *ours, struct dlog *theirs, struct err *e)
{
	const size_t known = entries(&ours->log);
	char id[ID_TEXT];

	switch (relation_of(&ours->log, &theirs->log)) {
	case GROWN:
		if (theirs->log.tree.size == ours->log.tree.size &&
		    theirs->note.checkpoint.at < ours->note.checkpoint.at) {
			theirs->note = ours->note;
			theirs->note_bytes = ours->note_bytes;
		}
		if (theirs->known < ours->known)
			theirs->known = ours->known;
		(void)fill_gaps(&theirs->log, &ours->log);
		n->did.acts += entries(&theirs->log) - known;
		log_free(&ours->log);
		*ours = *theirs;
		return RC_OK;
	case OLDER:
		n->did.older++;
		n->did.acts += fill_gaps(&ours->log, &theirs->log);
		log_free(&theirs->log);
		return RC_OK;
	case FORKED:
		add_fork(n, ours, theirs);
		log_free(&theirs->log);
		return RC_OK;
	case UNCLEAR:
		break;
	}
	log_free(&theirs->log);
	id_write(id, &ours->id);
	return fail(e, RC_INVALID,
	    "log %s: the file does not show that it only adds to what is known "
	    "here; ask for one that begins at act %llu",
	    id, (unsigned long long)ours->log.tree.size);
}

/* What follows ours directly is read onto it: where that fails the whole file
 * is refused, and what is being made is dropped. */
static enum rc
take_next(
    struct next *n, struct dlog *ours, const struct log_part *p, struct err *e)
{
	const size_t known = ours->log.count;
	struct der d = der_init(p->items);
	size_t i;
	enum rc rc;

	log_read(&d, &ours->log);
	if ((rc = der_end(&d, "docs/directory.md 5.2: items", e)) != RC_OK ||
	    (rc = view_check(ours, p, e)) != RC_OK)
		return rc;
	for (i = known; i < ours->log.count; i++)
		n->did.acts += ours->log.items[i].entry.p != NULL;
	return RC_OK;
}

static enum rc
take_part(struct next *n, const struct log_part *p, struct err *e)
{
	const size_t i = next_find(n, &p->log);
	struct dlog view;
	enum rc rc;

	if (i != NONE && p->from == n->logs[i].log.tree.size)
		return take_next(n, &n->logs[i], p, e);
	rc = part_view(&view, p, i == NONE ? NULL : &n->logs[i].log, e);
	if (rc != RC_OK)
		return rc;
	if (i != NONE)
		return join(n, &n->logs[i], &view, e);
	if (n->log_count == DIRECTORY_LOGS) {
		log_free(&view.log);
		return fail(e, RC_LIMIT, "over %u logs", DIRECTORY_LOGS);
	}
	n->did.acts += entries(&view.log);
	n->logs = vec_more(n->logs, n->log_count, sizeof(*n->logs));
	n->logs[n->log_count] = view;
	index_add(n->by_id, key_of(id_bytes(&view.id)), n->log_count++);
	return RC_OK;
}

/* A proof that somebody found: two whole views that cannot be one log's. */
static enum rc
take_fork(struct next *n, struct der *d, struct err *e)
{
	struct der look = *d;
	struct bytes whole = der_raw(&look, FORK);
	struct log_part p[2];
	struct dlog view[2] = { 0 };
	enum rc rc;

	der_open(d, FORK);
	p[0] = part_read(d);
	p[1] = part_read(d);
	der_close(d);
	if ((rc = der_end(&look, "docs/directory.md 7: a fork", e)) != RC_OK ||
	    d->why != NULL)
		return rc; /* the file's reader says what was wrong */
	if ((rc = part_view(&view[0], &p[0], NULL, e)) != RC_OK)
		return rc;
	rc = part_view(&view[1], &p[1], NULL, e);
	if (rc == RC_OK &&
	    (!id_eq(&p[0].log, &p[1].log) ||
		relation_of(&view[0].log, &view[1].log) != FORKED))
		rc = fail(e, RC_INVALID,
		    "docs/directory.md 7: a proof of a fork that shows none");
	if (rc == RC_OK && !fork_known(n, &p[0].log)) {
		n->forks = vec_more(n->forks, n->fork_count, sizeof(*n->forks));
		n->forks[n->fork_count++] = (struct fork){ p[0].log, whole };
		n->did.forks++;
	}
	log_free(&view[0].log);
	log_free(&view[1].log);
	return rc;
}

enum rc
next_take(struct next *n, const struct directory *dir, struct bytes file,
    struct err *e)
{
	struct der d = der_init(file);
	struct bytes root;
	const uint8_t *marked = file.p;
	struct log_part p;
	enum rc rc;

	if (file.len > DIRECTORY_MAX)
		return fail(e, RC_LIMIT, "a directory of %zu bytes, at most %u",
		    file.len, DIRECTORY_MAX);
	root = head_read(&d);
	if (d.why == NULL && !bytes_eq(root, dir->root))
		return fail(e, RC_DENIED,
		    "docs/directory.md 5.1: the directory of another root");
	while (d.why == NULL && der_more(&d)) {
		if (der_next_is(&d, FORK)) {
			if ((rc = take_fork(n, &d, e)) != RC_OK)
				return rc;
			continue;
		}
		if (der_next_is(&d, MARK)) {
			marked = mark_read(&d, marked);
			continue;
		}
		p = part_read(&d);
		if (d.why == NULL && (rc = take_part(n, &p, e)) != RC_OK)
			return rc;
	}
	return der_end(&d, "docs/directory.md 5: a directory file", e);
}
