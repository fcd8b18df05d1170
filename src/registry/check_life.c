/* SPDX-License-Identifier: EUPL-1.2 */
/* What comes after a document is registered: protection, copies, its ends
 * (docs/registry.md 3.9, 3.10). */
#include <string.h>

#include "core/time.h"
#include "registry/due.h"
#include "registry/inner.h"

static enum rc
extends(struct trying *t)
{
	const int64_t end = field_day(trying_said(t, FIELD_UNTIL)) + TIME_DAY;
	const struct doc *d = t->d;

	if (d->expires == TIME_NEVER || end <= d->expires)
		return trying_contradicts(
		    t, "\"until\" is not after the end of its protection");
	if (end > due_extended(t->ask->rules, d->level, d->expires) + TIME_DAY)
		return trying_refuse(
		    t, "an extension is no longer than the level's term");
	trying_put_time(t, FIELD_EXPIRES, end);
	return RC_OK;
}

enum rc
check_extend(struct trying *t)
{
	if (t->ask->at >= t->d->expires)
		return trying_refuse(
		    t, "its protection has ended: it is no secret any more");
	if (t->ask->at < due_extend_from(t->ask->rules, t->d))
		return trying_refuse(t,
		    "it is too early: protection is extended shortly before "
		    "it ends");
	trying_owe(t, NOTICE_EXTENDED, "notify-extend");
	return extends(t);
}

enum rc
check_relevel(struct trying *t)
{
	enum rc rc;

	if (t->ask->at >= t->d->expires)
		return trying_refuse(
		    t, "its protection has ended: it is no secret any more");
	if (t->out->level == t->d->level || !trying_is_secret(t))
		return trying_contradicts(t,
		    "the new level is another one, and secret; what is to be "
		    "ordinary is declassified (\"declassify\")");
	if ((rc = trying_catalogued(t)) != RC_OK)
		return rc;
	abstract_drop(t);
	trying_owe(t, NOTICE_RELEVELLED, "notify-relevel");
	return trying_put_expiry(t, t->ask->at);
}

enum rc
check_declassify(struct trying *t)
{
	trying_owe(t, NOTICE_DECLASSIFIED, "notify-declassify");
	return RC_OK;
}

enum rc
check_expire(struct trying *t)
{
	if (t->d->expires == TIME_NEVER || t->ask->at < t->d->expires)
		return trying_refuse(t, "its protection has not ended yet");
	return RC_OK;
}

enum rc
check_follow(struct trying *t)
{
	const struct bytes act = trying_said(t, FIELD_ACT);
	const bool level = trying_said(t, FIELD_LEVEL).len > 0;
	const bool until = trying_said(t, FIELD_UNTIL).len > 0;

	if (bytes_is(act, "extended"))
		return until && !level ? extends(t)
				       : trying_contradicts(t,
					     "extended until when? \"until\"");
	if (bytes_is(act, "declassified"))
		return until || level
			   ? trying_contradicts(t,
				 "what is declassified has neither level nor "
				 "term")
			   : RC_OK;
	if (!level || t->out->level == t->d->level || !trying_is_secret(t))
		return trying_contradicts(t, "to which other level? \"level\"");
	abstract_drop(t);
	return trying_put_expiry(t, t->ask->at);
}

enum rc
check_permit(struct trying *t)
{
	struct bytes list = trying_said(t, FIELD_RECIPIENTS), item;
	uint64_t n = 0;

	if (bytes_is(t->d->value[FIELD_COPYING], "no"))
		return trying_refuse(
		    t, "who decided its level decided that it is not copied");
	if (t->d->permitted > 0)
		return trying_contradicts(
		    t, "copies that were permitted are still to be made");
	while (field_item(&item, &list))
		n++;
	if (n > field_uint(trying_said(t, FIELD_COPIES)))
		return trying_contradicts(
		    t, "there are more recipients than copies");
	return RC_OK;
}

enum rc
check_copy(struct trying *t)
{
	const uint64_t made = field_uint(trying_said(t, FIELD_MADE));
	const uint64_t spoiled = field_uint(trying_said(t, FIELD_SPOILED));

	if (t->d->permitted == 0)
		return trying_refuse(t, "no copies are permitted");
	if (!bytes_eq(trying_said(t, FIELD_FORM), t->d->permitted_form))
		return trying_refuse(t, "it is permitted in another form");
	if (made < spoiled || made - spoiled != t->d->permitted)
		return trying_refuse(t,
		    "exactly the permitted number is made; what is over it or "
		    "spoiled is destroyed at once and counted in \"spoiled\"");
	trying_put_uint(t, FIELD_FIRST, t->d->copies + 1);
	return RC_OK;
}

enum rc
check_recall(struct trying *t)
{
	if (t->d->kind == DOC_IN)
		return trying_said(t, FIELD_INSTRUMENT).len > 0
			   ? RC_OK
			   : trying_contradicts(t,
				 "by which notice of its issuer? "
				 "\"instrument\"");
	trying_owe(t, NOTICE_RECALLED, "notify-recall");
	return RC_OK;
}

enum rc
check_destroy(struct trying *t)
{
	/* lines of registers stay as they are: they say that it was here */
	t->out->destroys = DOC_DESTROY_OPENINGS | DOC_DESTROY_CONTENT;
	if (t->ask->action == ACTION_DESTROY_DANGER)
		trying_owe(t, NOTICE_DESTROYED, "report-danger");
	return RC_OK;
}

/* A draft that goes no further leaves no parts behind. */
enum rc
check_cancel(struct trying *t)
{
	if (t->d->value[FIELD_SYMBOL].len == 0 &&
	    (t->d->kind == DOC_OUT || t->d->kind == DOC_TELEGRAM_OUT))
		t->out->destroys = DOC_DESTROY_CONTENT;
	return RC_OK;
}
