/* SPDX-License-Identifier: EUPL-1.2 */
#include "proc_keys/people_step.h"

#include <string.h>

#include "daemon/process.h"
#include "proc_keys/people_wait.h"
#include "registry/step.h"

_Static_assert(MSG_STEP >= STEP_MAX, "a step in a message");

/* docs/registry.md 6.7: it is read here as anybody will read it. */
static enum rc
check_step(const struct card *c, struct bytes statement, struct err *e)
{
	struct step s;
	enum rc rc = step_read(&s, statement, e);

	if (rc != RC_OK)
		return rc;
	if (!bytes_eq(s.person, c->sign.address) ||
	    memcmp(s.cert, c->sign_cert, SHA256_SIZE) != 0)
		return fail(e, RC_DENIED,
		    "docs/registry.md 6.7: a step of another person or "
		    "another certificate");
	return cert_valid_at(&c->sign, s.at, e);
}

void
step_asked(uint64_t job, const struct msg_step_sign *m)
{
	struct person *p = people_find(&people, m->person);
	struct msg_step_signed out = { 0 };
	const struct identity *keys;
	uint8_t signature[SIG_MAX];
	struct err e = { 0 };

	keys = p == NULL ? NULL : person_use(p, m->uid, process_ms());
	if (keys == NULL)
		out.rc = fail(&e, RC_DENIED,
		    "%.*s is not signed in: antin user sign-in",
		    (int)m->person.len, (const char *)m->person.p);
	else
		out.rc = check_step(&keys->card, m->statement, &e);
	if (out.rc == RC_OK)
		out.signature = bytes_of(
		    signature, step_sign(keys->sig, m->statement, signature));
	else
		out.why = bytes_str(e.text);
	(void)tell(PROC_STORE, MSG_STEP_SIGNED, job, &out, -1);
}
