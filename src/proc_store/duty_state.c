/* SPDX-License-Identifier: EUPL-1.2 */
#include "proc_store/duty_state.h"

#include <stdio.h>
#include <string.h>

#include "proc_store/sessions.h"

#define WORD "duty"
#define RECORDS 500u /* that are kept */

_Static_assert(MSG_ROTA == ROTA_MAX, "docs/duty.md 2.1");

struct duty_state duty;

static void
read_text(char *out, size_t size, struct rd *r)
{
	const struct bytes text = rd_bytes(r, rd_u8(r));

	if (text.len < size)
		memcpy(out, text.p, text.len);
	else
		r->bad = true;
}

static enum rc
read_state(struct err *e)
{
	struct buf b = { 0 };
	struct rd r;
	enum rc rc = st.store->ops->word(st.store, WORD, &b, e);

	duty.records = duty.offers = duty.offer.n = 0;
	duty.on = (struct duty_on){ .uid = ROTA_NOBODY };
	if (rc != RC_OK)
		return rc == RC_ABSENT ? RC_OK : rc;
	r = rd_init(buf_bytes(&b));
	r.bad = rd_u8(&r) != 1 || r.bad;
	duty.records = rd_u64(&r);
	duty.offers = rd_u64(&r);
	duty.on.uid = rd_u64(&r);
	duty.on.since = (int64_t)rd_u64(&r);
	read_text(duty.on.login, sizeof(duty.on.login), &r);
	read_text(duty.on.name, sizeof(duty.on.name), &r);
	duty.offer.n = rd_u64(&r);
	duty.offer.uid = rd_u64(&r);
	duty.offer.at = (int64_t)rd_u64(&r);
	if (!rd_end(&r))
		rc = fail(
		    e, RC_INVALID, "the store's \"%s\" is not whole", WORD);
	buf_free(&b);
	return rc;
}

static enum rc
read_rota(struct err *e)
{
	struct buf b = { 0 };
	enum rc rc = st.store->ops->word(st.store, WORD_ROTA, &b, e);

	rota_free(&duty.rota);
	if (rc == RC_OK)
		rc = rota_parse(&duty.rota, buf_bytes(&b), e);
	else if (rc == RC_ABSENT)
		rc = RC_OK;
	buf_free(&b);
	return rc;
}

enum rc
duty_ready(struct err *e)
{
	enum rc rc;

	if (duty.read)
		return RC_OK;
	if ((rc = read_state(e)) == RC_OK)
		rc = read_rota(e);
	duty.read = rc == RC_OK;
	return rc;
}

enum rc
duty_keep(const char *name, struct bytes value, struct err *e)
{
	duty.changed = true;
	duty.read = false; /* what is written is read again */
	return set_word(name, value, e);
}

static void
write_text(struct buf *out, const char *text)
{
	buf_u8(out, (uint8_t)strlen(text));
	buf_add(out, bytes_str(text));
}

enum rc
duty_write(struct err *e)
{
	struct buf b = { 0 };
	enum rc rc;

	buf_u8(&b, 1);
	buf_u64(&b, duty.records);
	buf_u64(&b, duty.offers);
	buf_u64(&b, duty.on.uid);
	buf_u64(&b, (uint64_t)duty.on.since);
	write_text(&b, duty.on.login);
	write_text(&b, duty.on.name);
	buf_u64(&b, duty.offer.n);
	buf_u64(&b, duty.offer.uid);
	buf_u64(&b, (uint64_t)duty.offer.at);
	rc = duty_keep(WORD, buf_bytes(&b), e);
	buf_free(&b);
	return rc;
}

void
duty_settled(bool kept)
{
	if (!kept && duty.changed)
		duty.read = false;
	duty.changed = false;
}

void
duty_record_word(char out[static 32], uint64_t n)
{
	(void)snprintf(out, 32, "duty.record.%u", (unsigned)(n % RECORDS));
}

enum rc
duty_record(enum did code, struct bytes text, const char *who, struct err *e)
{
	struct entry_data d = { .code = code, .text = bytes_str(who) };
	struct buf b = { 0 };
	struct log_line l;
	char word[32];
	enum rc rc;

	d.number = ++duty.records;
	sha256(d.hash, text);
	buf_u64(&b, d.number);
	buf_add(&b, text);
	if (b.len > STORE_VALUE)
		b.len = STORE_VALUE; /* its hash is of all */
	duty_record_word(word, d.number);
	if ((rc = duty_write(e)) == RC_OK)
		rc = duty_keep(word, buf_bytes(&b), e);
	buf_free(&b);
	if (rc != RC_OK)
		return rc;
	journal_add(ENTRY_DUTY, &d, 0);
	l = log_line(LOG_INFO, "duty.record");
	log_uint(&l, "code", code);
	log_uint(&l, "record", d.number);
	log_str(&l, "who", bytes_str(who));
	process_log(LOG_INFO, &l);
	return RC_OK;
}

void
duty_who(char out[static DUTY_WHO], uint64_t uid)
{
	const struct rota_person *p = rota_person(&duty.rota, uid);
	struct buf names = { 0 };
	struct err none;

	if (p == NULL && session_names(&names, uid, ROTA_NAME, &none) == RC_OK)
		buf_u8(&names, '\0');
	(void)snprintf(out, DUTY_WHO, "%s %llu %s", p == NULL ? "-" : p->login,
	    (unsigned long long)uid,
	    p != NULL	    ? p->name
	    : names.len > 1 ? (const char *)names.p
			    : "-");
	buf_free(&names);
}
