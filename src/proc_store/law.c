/* SPDX-License-Identifier: EUPL-1.2 */
/* The files of the law, as the parent gave them (docs/registry.md 7.1).  A
 * station works without them, or with wrong ones; its registry does not. */
#include "proc_store/registry.h"
#include "rules/rules.h"

static struct {
	struct rules *rules; /* NULL: none was given */
	bool wrong, checked;
	struct err why;
} is;

static void
is_wrong(const struct err *e)
{
	struct log_line l = log_line(LOG_WARN, "rules.wrong");

	log_err(&l, e);
	process_log(LOG_WARN, &l);
	if (!is.wrong)
		is.why = *e;
	is.wrong = true;
}

void
law_given(const struct msg_rules *m)
{
	struct err e;

	if (is.rules == NULL)
		is.rules = rules_new();
	if (rules_add(is.rules, m->name, m->file, m->own == 1, &e) != RC_OK)
		is_wrong(&e);
}

void
law_ends(void)
{
	rules_free(is.rules);
	is.rules = NULL;
}

static void
check(void)
{
	struct log_line l;
	struct err e;

	is.checked = true;
	if (is.rules == NULL || is.wrong)
		return;
	if (rules_check(is.rules, &e) != RC_OK) {
		is_wrong(&e);
		return;
	}
	l = log_line(LOG_INFO, "rules.read");
	process_log(LOG_INFO, &l);
}

enum rc
law(const struct rules **out, struct err *e)
{
	*out = is.rules;
	if (!is.checked)
		check();
	if (is.rules == NULL)
		return fail(e, RC_ABSENT,
		    "docs/registry.md 7.1: no rules are installed; the "
		    "registry works by them alone");
	if (!is.wrong)
		return RC_OK;
	*e = is.why;
	return fail_at(e, "docs/registry.md 7.1: the rules are not whole");
}

bool
law_book(struct law_book *out, struct bytes word, int64_t t)
{
	const struct rules *rules;
	const struct rule_set *set;
	const struct rule_register *r;
	struct err e;

	*out = (struct law_book){ 0 };
	if (law(&rules, &e) != RC_OK || (set = rules_at(rules, t)) == NULL ||
	    (r = rule_register(set, word)) == NULL)
		return false;
	*out =
	    (struct law_book){ r->word, r->title.vi, r->incoming, r->secret };
	return true;
}
