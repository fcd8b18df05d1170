/* SPDX-License-Identifier: EUPL-1.2 */
/* A document's steps, as the store's process thinks them through
 * (docs/registry.md 2.6): whatever its desk is called by now. */
#include "proc_store/acting.h"

#include <glob.h>
#include <string.h>

#include "../tests/tap.h"
#include "core/pairs.h"
#include "rules/rules.h"

#define WHEN INT64_C(1795000000) /* 2026-11-18 */
#define HASH "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static struct rules *
law(void)
{
	struct rules *r = rules_new();
	struct buf text;
	struct err e;
	glob_t found;
	size_t i;

	if (glob("rules/*.rules", 0, NULL, &found) != 0)
		bug("run from the tree: rules/ is not here");
	for (i = 0; i < found.gl_pathc; i++) {
		text = slurp(found.gl_pathv[i]);
		if (rules_add(r, bytes_str(found.gl_pathv[i]), buf_bytes(&text),
			false, &e) != RC_OK)
			bug(e.text);
		buf_free(&text);
	}
	globfree(&found);
	if (rules_check(r, &e) != RC_OK)
		bug(e.text);
	return r;
}

/* What was kept of it. */
static struct {
	struct buf statement, opening;
} kept[4];
static size_t count;

/* Lan does this at a desk of this address. */
static enum rc
does(const struct rules *rules, const char *action, const char *const *fields,
    const char *desk, struct err *e)
{
	const struct id id = { { 1, 2, 3 } };
	struct acting_ask ask = { .action = bytes_str(action),
		.person = bytes_str("antin://vn/lan"),
		.name = bytes_str("Lan"),
		.roles = 1u << ROLE_DRAFTER,
		.clearance = LEVEL_MAT,
		.desk = bytes_str(desk),
		.at = WHEN + (int64_t)count };
	struct acting *a = acting_new();
	struct acting_plan plan;
	struct buf pairs = { 0 };
	enum rc rc;
	size_t i;

	for (; *fields != NULL; fields += 2)
		pairs_add(&pairs, bytes_str(fields[0]), bytes_str(fields[1]));
	ask.fields = buf_bytes(&pairs);
	rc = acting_ask(a, &ask, e);
	for (i = 0; i < count && rc == RC_OK; i++)
		rc = acting_step(a, false, buf_bytes(&kept[i].statement),
		    buf_bytes(&kept[i].opening), e);
	if (rc == RC_OK)
		rc = acting_plan(&plan, a, rules, &id, 0, e);
	if (rc == RC_OK) {
		buf_add(&kept[count].statement, plan.statement);
		buf_add(&kept[count++].opening, plan.opening);
	}
	acting_free(a);
	buf_free(&pairs);
	return rc;
}

int
main(void)
{
	static const char *const draft[] = { "type", "cong-van", "grammar",
		"nha-nuoc", "level", "thuong", "precedence", "thuong",
		"recipients", "A", "content", HASH, NULL };
	static const char *const one[] = { "abstract", "Một", NULL };
	static const char *const two[] = { "abstract", "Hai", NULL };
	struct rules *rules = law();
	struct err e;
	size_t i;

	went(does(rules, "draft", draft, "antin://vn/van-thu", &e), &e,
	    "a document is begun");
	went(does(rules, "describe", one, "antin://vn/van-phong", &e), &e,
	    "the desk has another name, and it goes on");
	went(does(rules, "describe", two, "antin://vn/van-phong", &e), &e,
	    "and on");
	for (i = 0; i < count; i++) {
		buf_free(&kept[i].statement);
		buf_free(&kept[i].opening);
	}
	rules_free(rules);
	return done();
}
