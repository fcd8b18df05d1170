/* SPDX-License-Identifier: EUPL-1.2 */
/* Words of acts, as people write and read them. */
#include "core/lang.h"
#include "pki/act.h"

static const char *const kind_words[ACT_KINDS] = {
	[ACT_ENROL] = "enrol",
	[ACT_CERTIFY] = "certify",
	[ACT_REVOKE] = "revoke",
	[ACT_RENEW] = "renew",
	[ACT_RENAME] = "rename",
	[ACT_MOVE] = "move",
	[ACT_MERGE] = "merge",
	[ACT_SPLIT] = "split",
	[ACT_CLOSE] = "close",
	[ACT_LIST] = "list",
	[ACT_ROLE] = "role",
	[ACT_POLICY] = "policy",
	[ACT_RECOVER] = "recover",
};

static const struct {
	const char *word, *name;
} roles[ROLES] = {
	[ROLE_DRAFTER] = { "drafter", "drafter" },
	[ROLE_AUTHORITY] = { "authority", "signing authority" },
	[ROLE_CLERK] = { "clerk", "clerk" },
	[ROLE_OPERATOR] = { "operator", "cipher operator" },
	[ROLE_CUSTODIAN] = { "custodian", "custodian" },
	[ROLE_INSPECTOR] = { "inspector", "inspector" },
	[ROLE_DUTY] = { "duty", "duty officer" },
	[ROLE_ADMINISTRATOR] = { "administrator", "administrator" },
};

static const char *const reasons[REVOKE_REASONS] = {
	[REVOKE_UNSPECIFIED] = "unspecified",
	[REVOKE_KEY_COMPROMISE] = "key-compromise",
	[REVOKE_AUTHORITY_COMPROMISE] = "authority-compromise",
	[REVOKE_AFFILIATION] = "affiliation-changed",
	[REVOKE_SUPERSEDED] = "superseded",
	[REVOKE_CESSATION] = "cessation",
};

const char *
act_kind_word(enum act_kind k)
{
	return kind_words[k];
}

const char *
role_word(enum role r)
{
	return roles[r].word;
}

const char *
role_name(enum role r)
{
	return tr(roles[r].name);
}

bool
role_parse(enum role *out, struct bytes word)
{
	unsigned i;

	for (i = 0; i < ROLES; i++)
		if (bytes_is(word, roles[i].word)) {
			*out = (enum role)i;
			return true;
		}
	return false;
}

const char *
revoke_reason_word(enum revoke_reason r)
{
	return reasons[r];
}

bool
revoke_reason_parse(enum revoke_reason *out, struct bytes word)
{
	unsigned i;

	for (i = 0; i < REVOKE_REASONS; i++)
		if (bytes_is(word, reasons[i])) {
			*out = (enum revoke_reason)i;
			return true;
		}
	return false;
}
