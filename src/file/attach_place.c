/* SPDX-License-Identifier: EUPL-1.2 */
/* Where attachments lie in what they were sealed into. */
#include "file/attach.h"

enum rc
attach_at(uint64_t *at, const struct in_file *in, uint64_t start,
    const struct dispatch *d, size_t part, struct err *e)
{
	uint64_t size, left;
	size_t i;

	*at = start;
	for (i = 0; i <= part; i++) {
		if (!d->parts[i].attached)
			continue;
		size = attachment_size(d->parts[i].stored);
		left = in->size < *at ? 0 : in->size - *at;
		if (d->parts[i].stored > left || size > left)
			return fail(e, RC_INVALID,
			    "%s is cut off: the attachment \"%.*s\" is not "
			    "whole",
			    in->path, (int)d->parts[i].name.len,
			    (const char *)d->parts[i].name.p);
		if (i < part)
			*at += size;
	}
	return RC_OK;
}

enum rc
attach_check_end(const struct in_file *in, uint64_t start,
    const struct dispatch *d, struct err *e)
{
	uint64_t end = start;
	enum rc rc;
	size_t i;

	for (i = 0; i < d->part_count; i++) {
		if (!d->parts[i].attached)
			continue;
		rc = attach_at(&end, in, start, d, i, e);
		if (rc != RC_OK)
			return rc;
		end += attachment_size(d->parts[i].stored);
	}
	if (end != in->size)
		return fail(e, RC_INVALID,
		    "docs/envelope.md 14.4: %s goes on behind its last "
		    "attachment",
		    in->path);
	return RC_OK;
}
