/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * An act: what is read keeps its kind's rules, is written as it was read, and
 * its sequences can be stepped through to their ends.
 */
#include "pki/act.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
steps_through(const struct act *a)
{
	struct bytes rest[] = { a->codes, a->units, a->desks, a->certs,
		a->members, a->ages };
	struct act_desk desk;
	struct act_member member;
	struct act_age age;
	struct bytes one;
	struct id id;
	size_t i;

	while (act_next_code(&rest[0], &one))
		if (!act_code_ok(one))
			bug("a code that is none");
	while (act_next_unit(&rest[1], &id))
		;
	while (act_next_desk(&rest[2], &desk))
		if (!act_id_ok(desk.id) || !act_id_ok(desk.to_id))
			bug("a desk whose id is none");
	while (act_next_cert(&rest[3], &one))
		;
	while (act_next_member(&rest[4], &member))
		if (!act_id_ok(member.id))
			bug("a member whose id is none");
	while (act_next_age(&rest[5], &age))
		if (age.level >= LEVELS)
			bug("a level that is none");
	for (i = 0; i < sizeof(rest) / sizeof(rest[0]); i++)
		if (rest[i].len > 0)
			bug("a sequence that is not stepped through");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = bytes_of(data, size);
	struct buf again;
	struct act a;
	struct err e;

	if (act_read(&a, in, &e) != RC_OK)
		return 0;
	if (act_check(&a, &e) != RC_OK || a.kind <= 0 || a.kind >= ACT_KINDS ||
	    a.from < a.at - ACT_BACK_MAX || act_kind_word(a.kind)[0] == '\0')
		bug("an act that breaks its rules");
	steps_through(&a);
	act_write(&again, &a);
	if (!bytes_eq(buf_bytes(&again), in))
		bug("an act that is written otherwise than it was read");
	buf_free(&again);
	return 0;
}
