/* SPDX-License-Identifier: EUPL-1.2 */
/* Lists of what a request has (asked.h). */
#include "control/asked.h"

#include "core/limits.h"
#include "core/vec.h"

/* ---- lists of them
 * ---------------------------------------------------------- */

static enum rc
asked_addressees(struct control_request *r, const struct field *f,
    enum purpose purpose, const json_t *v, struct err *e)
{
	struct bytes address;
	json_t *item;
	enum rc rc;
	size_t i;

	if (!json_is_array(v))
		return asked_is_no(f, "list", e);
	json_array_foreach(v, i, item)
	{
		if (r->to_count == f->max)
			return fail(e, RC_LIMIT, "over %lu addressees",
			    (unsigned long)f->max);
		if ((rc = asked_desk(&address, f, item, e)) != RC_OK)
			return rc;
		r->to = vec_more(r->to, r->to_count, sizeof(*r->to));
		r->to[r->to_count++] = (struct addressee){ address, purpose };
	}
	return RC_OK;
}

enum rc
asked_to(void *to, const struct field *f, const json_t *v, struct err *e)
{
	return asked_addressees(to, f, PURPOSE_ACTION, v, e);
}

enum rc
asked_info(void *to, const struct field *f, const json_t *v, struct err *e)
{
	return asked_addressees(to, f, PURPOSE_INFO, v, e);
}

enum rc
asked_references(
    void *to, const struct field *f, const json_t *v, struct err *e)
{
	struct control_request *r = to;
	json_t *item;
	enum rc rc;
	size_t i;

	if (!json_is_array(v))
		return asked_is_no(f, "list", e);
	json_array_foreach(v, i, item)
	{
		if (i == DISPATCH_REFERENCES)
			return fail(e, RC_LIMIT, "over %d references",
			    DISPATCH_REFERENCES);
		r->references = vec_more(
		    r->references, r->reference_count, sizeof(struct id));
		rc = asked_id(&r->references[r->reference_count], f, item, e);
		if (rc != RC_OK)
			return rc;
		r->reference_count++;
	}
	return RC_OK;
}

enum rc
asked_supersedes(
    void *to, const struct field *f, const json_t *v, struct err *e)
{
	struct control_request *r = to;

	r->supersedes_set = true;
	return asked_id(&r->supersedes, f, v, e);
}

enum rc
asked_kind(void *to, const struct field *f, const json_t *v, struct err *e)
{
	static const char *const words[PART_KINDS] = {
		[PART_TEXT] = "text",
		[PART_DOCUMENT] = "document",
		[PART_SIGNATURE] = "signature",
	};
	enum part_kind *out = to;
	int i;

	for (i = 0; i < PART_KINDS; i++)
		if (bytes_is(string_of(v), words[i])) {
			*out = (enum part_kind)i;
			return RC_OK;
		}
	return asked_is_no(f, "kind of part", e);
}

enum rc
asked_of(void *to, const struct field *f, const json_t *v, struct err *e)
{
	size_t *out = to;
	uint64_t n = 0;
	enum rc rc = asked_number(&n, f, v, e);

	if (rc == RC_OK)
		*out = (size_t)n;
	return rc;
}

static const struct field part_fields[FIELDS] = {
	{ "kind", asked_kind, offsetof(struct part, kind), true, 0, 0 },
	{ "name", asked_text, offsetof(struct part, name), true, 1,
	    LIMIT_NAME },
	{ "type", asked_text, offsetof(struct part, type), true, 1,
	    DISPATCH_TYPE },
	{ "of", asked_of, offsetof(struct part, of), false, 0,
	    CONTROL_FDS - 1 },
	{ NULL, NULL, 0, false, 0, 0 },
};

enum rc
asked_parts(void *to, const struct field *f, const json_t *v, struct err *e)
{
	struct control_request *r = to;
	struct part *p;
	json_t *item;
	enum rc rc;
	size_t i;

	if (!json_is_array(v) || json_array_size(v) == 0)
		return asked_is_no(f, "list of parts", e);
	json_array_foreach(v, i, item)
	{
		if (i == CONTROL_FDS)
			return fail(e, RC_LIMIT, "over %u parts", CONTROL_FDS);
		if (!json_is_object(item))
			return asked_is_no(f, "list of parts", e);
		r->parts = vec_more(r->parts, i, sizeof(*r->parts));
		p = &r->parts[i];
		p->of = OF_NONE;
		rc = fields_take(p, part_fields, item, "", e);
		if (rc != RC_OK)
			return fail_at(e, "part %zu", i);
		r->part_count = i + 1;
	}
	return RC_OK;
}
