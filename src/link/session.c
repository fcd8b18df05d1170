/* SPDX-License-Identifier: EUPL-1.2 */
#include "link/session.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/time.h"
#include "link/inner.h"

#define IN(phase) (1u << (phase))
#define CLAUSE 32 /* bytes of "docs/link.md 10.2", at most */

static enum rc on_hello(struct session *s, struct bytes in, struct err *e);
static enum rc on_ping(struct session *s, struct bytes in, struct err *e);
static enum rc on_pong(struct session *s, struct bytes in, struct err *e);
static enum rc on_bye(struct session *s, struct bytes in, struct err *e);
static enum rc on_enrol(struct session *s, struct bytes in, struct err *e);

/* docs/link.md 3: when a frame may come, and who reads it. */
static const struct {
	unsigned phases;
	enum rc (*read)(struct session *s, struct bytes in, struct err *e);
} frames[FRAME_TYPES] = {
	[FRAME_HELLO] = { IN(PHASE_HELLO), on_hello },
	[FRAME_PARTIAL] = { IN(PHASE_PARTIAL), out_partial },
	[FRAME_ITEM] = { IN(PHASE_OPEN), in_item },
	[FRAME_MORE] = { IN(PHASE_OPEN), in_more },
	[FRAME_DATA] = { IN(PHASE_OPEN), in_data },
	[FRAME_STOP] = { IN(PHASE_OPEN), in_stop },
	[FRAME_ACK] = { IN(PHASE_OPEN), out_ack },
	[FRAME_CREDIT] = { IN(PHASE_OPEN), out_credit },
	[FRAME_PING] = { IN(PHASE_OPEN), on_ping },
	[FRAME_PONG] = { IN(PHASE_OPEN), on_pong },
	[FRAME_BYE] = { IN(PHASE_HELLO) | IN(PHASE_PARTIAL) | IN(PHASE_OPEN) |
			    IN(PHASE_ENROL),
	    on_bye },
	[FRAME_ENROL] = { IN(PHASE_HELLO) | IN(PHASE_ENROL), on_enrol },
	[FRAME_TELL] = { IN(PHASE_OPEN), tell_in },
};

/* ---- its life ---- */

struct session *
session_new(const struct session_conf *conf, const struct session_owner *owner,
    void *ctx, struct link_keep *keep, int64_t now)
{
	struct session *s;

	if (conf->frame < SESSION_FRAME_MIN || conf->frame > FRAME_MAX ||
	    conf->idle_ms <= 0 || conf->dead_ms <= conf->idle_ms)
		bug("a session of no sense");
	s = alloc(1, sizeof(*s));
	s->conf = conf;
	s->owner = owner;
	s->ctx = ctx;
	s->keep = keep;
	s->last_in = now;
	return s;
}

void
session_free(struct session *s)
{
	if (s == NULL)
		return;
	if (s->busy)
		bug("a session freed in its own callback");
	in_free(s);
	out_free(s);
	tell_free(s);
	buf_free(&s->part);
	buf_free(&s->ctl);
	buf_free(&s->acks);
	free(s);
}

void
session_keep(struct session *s, struct link_keep *keep)
{
	if (s->keep != NULL ||
	    (s->phase != PHASE_HELLO && s->phase != PHASE_JUDGE &&
		s->phase != PHASE_OVER))
		bug("a session's keep comes too late, or twice");
	s->keep = keep;
}

void
session_parts(struct session *s, struct link_keep *keep)
{
	if (s->busy)
		bug("a session is taken apart in its own callback");
	if (s->phase != PHASE_OVER) {
		s->phase = PHASE_OVER;
		buf_free(&s->ctl);
		buf_free(&s->acks);
	}
	s->keep = keep;
	in_free(s);
	s->keep = NULL;
}

/* Nothing is left but to say why. */
static void
leave(struct session *s, enum bye reason, struct bytes text)
{
	if (s->phase == PHASE_OVER)
		return;
	s->phase = PHASE_OVER;
	buf_free(&s->ctl);
	buf_free(&s->acks);
	bye_write(&s->ctl, reason, text);
}

void
session_refuse(struct session *s, enum bye reason)
{
	leave(s, reason, bytes_of("", 0));
}

void
session_stale(struct session *s, uint64_t epoch)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRIu64, epoch);
	leave(s, BYE_STALE, bytes_str(text));
}

bool
session_over(const struct session *s)
{
	return s->phase == PHASE_OVER;
}

const struct session_counts *
session_counts(const struct session *s)
{
	return &s->counts;
}

void
session_hello(struct session *s, const struct hello *own)
{
	struct buf extensions = { 0 };
	struct hello h = *own;

	if (s->phase == PHASE_OVER)
		return;
	if (s->said_hello || s->phase == PHASE_ENROL || h.window == 0 ||
	    h.items == 0)
		bug("HELLO twice, or without a window");
	h.lowest = h.highest = LINK_VERSION;
	if ((h.statement.len == 0) != s->conf->thin)
		bug("HELLO with a statement on a thin line, or without");
	if (s->owner->tell != NULL)
		frame_uint(&extensions, HELLO_TELL << 16, 4);
	if (s->conf->offer)
		frame_uint(&extensions, HELLO_THIN << 16, 4);
	if (s->conf->cap != 0) {
		frame_uint(&extensions, HELLO_CAP << 16 | 4, 4);
		frame_uint(&extensions, s->conf->cap, 4);
	}
	if (s->conf->life_len > 0) {
		frame_uint(
		    &extensions, HELLO_LIFE << 16 | s->conf->life_len, 4);
		buf_add(&extensions,
		    bytes_of(s->conf->life, s->conf->life_len));
	}
	frame_uint(&extensions, HELLO_NOTICE << 16, 4);
	if (s->conf->contact.len > 0) {
		frame_uint(&extensions,
		    HELLO_CONTACT << 16 | s->conf->contact.len, 4);
		buf_add(&extensions, s->conf->contact);
	}
	h.extensions = buf_bytes(&extensions);
	hello_write(&s->ctl, &h);
	buf_free(&extensions);
	s->said_hello = true;
	s->window = h.window;
	s->items = h.items;
	s->granted = (struct credit){ .bytes = h.window, .items = h.items };
}

/* docs/link.md 12.2: how many of them who dialled may send, or the other. */
static unsigned
enrols_of(bool dialled)
{
	return dialled ? SESSION_ENROLS : SESSION_ENROLS_BACK;
}

void
session_enrol(struct session *s, struct bytes message)
{
	size_t at;

	if (s->phase == PHASE_OVER)
		return;
	if (s->phase == PHASE_HELLO && s->conf->dialled && !s->said_hello)
		s->phase = PHASE_ENROL;
	if (s->phase != PHASE_ENROL || message.len == 0 ||
	    message.len > FRAME_MAX ||
	    s->enrols_out == enrols_of(s->conf->dialled))
		bug("ENROL at the wrong time, or too much of it");
	s->enrols_out++;
	at = frame_open(&s->ctl, FRAME_ENROL);
	buf_add(&s->ctl, message);
	frame_close(&s->ctl, at);
}

/* ---- small frames ---- */

static enum rc
on_hello(struct session *s, struct bytes in, struct err *e)
{
	struct bytes value;
	struct hello h;

	if ((s->conf->thin ? hello_read_thin(&h, in, e)
			   : hello_read(&h, in, e)) != RC_OK)
		return e->rc;
	if (h.lowest > LINK_VERSION) {
		leave(s, BYE_VERSION, bytes_of("", 0));
		return fail(e, RC_INVALID,
		    "docs/link.md 4.2: the peer speaks versions %u to %u, "
		    "this program %u",
		    h.lowest, h.highest, LINK_VERSION);
	}
	s->phase = PHASE_JUDGE;
	s->may = (struct credit){ .bytes = h.window, .items = h.items };
	s->takes_tell = hello_extension(&h, HELLO_TELL, &value);
	s->owner->hello(s->ctx, &h);
	return RC_OK;
}

static enum rc
on_ping(struct session *s, struct bytes in, struct err *e)
{
	struct rd r = rd_init(in);

	if (s->pong_due)
		return fail(e, RC_INVALID,
		    "docs/link.md 10.2: PING before the last was answered");
	s->pong = rd_u64(&r);
	s->pong_due = true;
	return RC_OK;
}

static enum rc
on_pong(struct session *s, struct bytes in, struct err *e)
{
	struct rd r = rd_init(in);

	if (!s->ping_out || rd_u64(&r) != s->ping)
		return fail(
		    e, RC_INVALID, "docs/link.md 10.1: PONG without its PING");
	s->ping_out = false;
	return RC_OK;
}

static enum rc
on_bye(struct session *s, struct bytes in, struct err *e)
{
	struct bytes text;
	uint8_t reason;

	if (bye_read(&reason, &text, in, e) != RC_OK)
		return e->rc;
	s->phase = PHASE_OVER;
	buf_free(&s->ctl);
	buf_free(&s->acks);
	s->owner->bye(s->ctx, reason, text);
	return fail(e, RC_ABSENT, "the peer left: reason %u %.*s", reason,
	    (int)text.len, (const char *)text.p);
}

static enum rc
on_enrol(struct session *s, struct bytes in, struct err *e)
{
	if (s->phase == PHASE_HELLO && (s->conf->dialled || !s->conf->enrol))
		return fail(e, RC_INVALID,
		    "docs/link.md 12.1: ENROL, which is not done here");
	if (s->enrols_in == enrols_of(!s->conf->dialled))
		return fail(e, RC_INVALID,
		    "docs/link.md 12.2: more than %u ENROL frames",
		    enrols_of(!s->conf->dialled));
	if (s->phase == PHASE_HELLO) {
		/* a HELLO that was prepared stays unsaid */
		buf_free(&s->ctl);
		s->phase = PHASE_ENROL;
	}
	s->enrols_in++;
	s->owner->enrol(s->ctx, in);
	return RC_OK;
}

/* ---- reading ---- */

/* A frame that may not come now: the clause that says so. */
static enum rc
misplaced(const struct session *s, uint8_t type, struct err *e)
{
	const char *name = frame_name(type);

	if (s->phase == PHASE_HELLO)
		return fail(e, RC_INVALID,
		    "docs/link.md 3.2: %s in the place of HELLO", name);
	if (s->phase == PHASE_ENROL)
		return fail(e, RC_INVALID,
		    "docs/link.md 12.2: %s while somebody enrols", name);
	if (type == FRAME_ENROL)
		return fail(
		    e, RC_INVALID, "docs/link.md 12.1: ENROL behind HELLO");
	if (type == FRAME_HELLO)
		return fail(e, RC_INVALID, "docs/link.md 3.2: HELLO twice");
	return fail(e, RC_INVALID, "docs/link.md 5.2: %s where PARTIAL has %s",
	    name, s->phase == PHASE_OPEN ? "ended" : "not ended");
}

static enum rc
head_check(const struct session *s, uint8_t type, size_t len, struct err *e)
{
	if (frame_name(type) == NULL)
		return fail(e, RC_INVALID,
		    "docs/link.md 2.3: a frame of type %u", type);
	if (!(frames[type].phases & IN(s->phase)))
		return misplaced(s, type, e);
	return frame_fits(type, len, e);
}

static struct bytes
cut(struct bytes *in, size_t len)
{
	struct rd r = rd_init(*in);
	struct bytes first = rd_bytes(&r, len < in->len ? len : in->len);

	*in = rd_rest(&r);
	return first;
}

/* A frame that lies whole at the front of *in, or a part of one. */
static enum rc
step(struct session *s, struct bytes *in, struct err *e)
{
	struct buf whole;
	uint8_t type;
	size_t len;
	enum rc rc;

	if (s->part.len == 0 && in->len >= FRAME_HEAD) {
		frame_head(in->p, &type, &len);
		if (head_check(s, type, len, e) != RC_OK)
			return e->rc;
		if (in->len >= FRAME_HEAD + len) {
			(void)cut(in, FRAME_HEAD);
			return frames[type].read(s, cut(in, len), e);
		}
		buf_reserve(&s->part, FRAME_HEAD + len);
	}
	if (s->part.len < FRAME_HEAD)
		buf_add(&s->part, cut(in, FRAME_HEAD - s->part.len));
	if (s->part.len < FRAME_HEAD)
		return RC_OK;
	frame_head(s->part.p, &type, &len);
	if (head_check(s, type, len, e) != RC_OK)
		return e->rc;
	buf_reserve(&s->part, FRAME_HEAD + len - s->part.len);
	buf_add(&s->part, cut(in, FRAME_HEAD + len - s->part.len));
	if (s->part.len < FRAME_HEAD + len)
		return RC_OK;
	whole = s->part;
	s->part = (struct buf){ 0 };
	rc = frames[type].read(
	    s, bytes_of(whole.p + FRAME_HEAD, whole.len - FRAME_HEAD), e);
	buf_free(&whole);
	return rc;
}

/* BYE's text for a clause that was broken: which, and nothing else. */
static struct bytes
clause(const struct err *e)
{
	struct bytes text = bytes_str(e->text);
	const char *end = strchr(e->text, ':');

	if (end == NULL || end - e->text > CLAUSE)
		return bytes_of("", 0);
	return bytes_of(text.p, (size_t)(end - e->text));
}

void
session_broken(struct session *s, const struct err *e)
{
	leave(s, BYE_PROTOCOL, clause(e));
}

static enum rc
consume(struct session *s, struct bytes in, struct err *e)
{
	enum rc rc = RC_OK;

	s->busy = true;
	while (rc == RC_OK && in.len > 0 && session_wants_input(s))
		rc = step(s, &in, e);
	s->busy = false;
	/* docs/link.md 3.3 */
	if (s->phase == PHASE_JUDGE)
		buf_add(&s->part, in);
	if (rc == RC_INVALID)
		leave(s, BYE_PROTOCOL, clause(e));
	return rc;
}

bool
session_wants_input(const struct session *s)
{
	return s->phase != PHASE_JUDGE && s->phase != PHASE_OVER;
}

enum rc
session_input(struct session *s, struct bytes in, int64_t now, struct err *e)
{
	if (s->busy || in.len > SESSION_READ || s->phase == PHASE_JUDGE)
		bug("a session is given what it did not ask for");
	if (s->phase == PHASE_OVER)
		return fail(e, RC_ABSENT, "the session is over");
	/* docs/link.md 3.4: HELLO has its time in all */
	if (s->phase != PHASE_HELLO)
		s->last_in = now;
	s->counts.bytes_in += in.len;
	return consume(s, in, e);
}

enum rc
session_admit(struct session *s, int64_t now, struct err *e)
{
	struct buf held = s->part;
	enum rc rc = RC_OK;

	if (s->phase == PHASE_OVER)
		return fail(e, RC_ABSENT, "the session is over");
	if (s->phase != PHASE_JUDGE || !s->said_hello)
		bug("a peer is admitted without HELLO of both");
	s->phase = PHASE_PARTIAL;
	s->last_in = now;
	in_announce(s);
	if (s->busy)
		return RC_OK; /* from hello(): who called it goes on */
	s->part = (struct buf){ 0 };
	rc = consume(s, buf_bytes(&held), e);
	buf_free(&held);
	return rc;
}

/* ---- writing ---- */

/* Who was dialled says nothing before it has judged. */
static bool
may_speak(const struct session *s)
{
	return s->conf->dialled ||
	       (s->phase != PHASE_HELLO && s->phase != PHASE_JUDGE);
}

static void
opaque_frame(struct buf *out, enum frame_type type, uint64_t v)
{
	size_t at = frame_open(out, type);

	buf_u64(out, v);
	frame_close(out, at);
}

static void
acks_frame(struct session *s, struct buf *out)
{
	size_t most = FRAME_MAX / ACK_ENTRY * ACK_ENTRY;
	struct bytes rest = buf_bytes(&s->acks);
	struct bytes first = cut(&rest, most);
	struct buf left = { 0 };
	size_t at = frame_open(out, FRAME_ACK);

	buf_add(out, first);
	frame_close(out, at);
	buf_add(&left, rest);
	buf_free(&s->acks);
	s->acks = left;
}

/* The next frame, or all that goes first; false: there is none. */
static bool
write_one(struct session *s, struct buf *out)
{
	struct credit credit;

	if (s->ctl.len > 0) {
		buf_add(out, buf_bytes(&s->ctl));
		buf_free(&s->ctl);
		return true;
	}
	if (s->phase != PHASE_PARTIAL && s->phase != PHASE_OPEN)
		return false;
	if (s->pong_due) {
		opaque_frame(out, FRAME_PONG, s->pong);
		s->pong_due = false;
	} else if (s->ping_due) {
		opaque_frame(out, FRAME_PING, s->ping);
		s->ping_due = false;
	} else if (in_credit(s, &credit)) {
		credit_write(out, &credit);
		s->granted = credit;
	} else if (s->acks.len > 0) {
		acks_frame(s, out);
	} else if (tell_ready(s)) {
		tell_step(s, out);
	} else if (out_ready(s)) {
		out_step(s, out);
	} else {
		return false;
	}
	return true;
}

/* docs/link.md 6.2: numbers are over, and all is answered. */
static bool
worn_out(const struct session *s)
{
	return s->out_tally.last == UINT32_MAX && s->out_tally.count == 0 &&
	       s->waiting > 0;
}

void
session_output(struct session *s, struct buf *out, size_t max)
{
	size_t start = out->len;

	if (s->busy)
		bug("a session is asked for output in its own callback");
	if (!may_speak(s))
		return;
	s->busy = true;
	if (worn_out(s))
		session_refuse(s, BYE_CLOSING);
	while (write_one(s, out) && out->len - start < max)
		;
	s->busy = false;
	s->counts.bytes_out += out->len - start;
}

bool
session_wants_output(const struct session *s)
{
	struct credit credit;

	if (!may_speak(s))
		return false;
	if (s->ctl.len > 0)
		return true;
	if (s->phase != PHASE_PARTIAL && s->phase != PHASE_OPEN)
		return false;
	return s->pong_due || s->ping_due || s->acks.len > 0 ||
	       in_credit(s, &credit) || tell_ready(s) || out_ready(s) ||
	       worn_out(s);
}

/* ---- keep-alive: docs/link.md 10 ---- */

enum rc
session_tick(struct session *s, int64_t now, int64_t *next, struct err *e)
{
	int64_t dead = s->last_in + s->conf->dead_ms;
	int64_t idle = s->last_in + s->conf->idle_ms;
	bool asks = s->phase == PHASE_PARTIAL || s->phase == PHASE_OPEN;

	*next = TIME_NEVER;
	if (s->phase == PHASE_JUDGE || s->phase == PHASE_OVER)
		return RC_OK;
	if (now >= dead) {
		s->phase = PHASE_OVER;
		buf_free(&s->ctl);
		buf_free(&s->acks);
		return fail(e, RC_EXPIRED,
		    "docs/link.md 10.3: nothing came from the peer for "
		    "%" PRId64 " ms",
		    s->conf->dead_ms);
	}
	if (asks && !s->ping_out && now >= idle) {
		s->ping++;
		s->ping_due = s->ping_out = true;
	}
	*next = asks && !s->ping_out ? idle : dead;
	return RC_OK;
}
