/* SPDX-License-Identifier: EUPL-1.2 */
#include "web/signed_in.h"

#include <string.h>

#include "pki/act.h"

static const char *
text(const json_t *row, const char *key)
{
	const char *s = json_string_value(json_object_get(row, key));

	return s == NULL ? "" : s;
}

bool
signed_in_by(const struct web_call *c, const json_t *row)
{
	return strcmp(text(row, "row"), "user") == 0 &&
	       strcmp(text(row, "state"), "in") == 0 &&
	       (uint64_t)json_integer_value(json_object_get(row, "uid")) ==
		   c->session->user;
}

/* Roles of somebody in rows of CONTROL_USERS. */
static unsigned
roles_of(const json_t *users, const char *person)
{
	unsigned roles = 0;
	enum role role;
	json_t *row;
	size_t i;

	json_array_foreach((json_t *)(uintptr_t)users, i, row)
	{
		if (strcmp(text(row, "row"), "role") == 0 &&
		    strcmp(text(row, "person"), person) == 0 &&
		    role_parse(&role, bytes_str(text(row, "role"))))
			roles |= 1u << role;
	}
	return roles;
}

enum rc
signed_in_ask(struct web_call *c, json_t **users, json_t **desks, struct err *e)
{
	unsigned people = 0, roles = 0;
	json_t *row;
	size_t i;
	enum rc rc;

	*users = *desks = NULL;
	rc = web_ask(c, CONTROL_USERS, json_object(), users, NULL, e);
	if (rc == RC_OK)
		rc = web_ask(c, CONTROL_DESKS, json_object(), desks, NULL, e);
	if (rc != RC_OK) {
		json_decref(*users);
		*users = NULL;
		return rc;
	}
	json_array_foreach(*users, i, row)
	{
		if (!signed_in_by(c, row))
			continue;
		people++;
		roles |= roles_of(*users, text(row, "person"));
	}
	web_session_people(
	    c->server->sessions, c->session, people, roles, c->server->ms());
	return RC_OK;
}

enum rc
signed_in_fresh(struct web_call *c, struct err *e)
{
	json_t *users, *desks;
	enum rc rc;

	if (!c->session->from.secure || c->control < 0 ||
	    web_session_heard(c->server->sessions, c->session,
		c->server->ms()) < SIGNED_IN_MS)
		return RC_OK;
	rc = signed_in_ask(c, &users, &desks, e);
	json_decref(users);
	json_decref(desks);
	return rc;
}
