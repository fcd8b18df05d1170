/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Every action in every state of every kind, in every role, by a stranger, by
 * each who did something before, and under each of their keys: held to the
 * table of docs/registry.md 3.3 and to what rules/ say, both read here as text.
 */
#include "canned.h"

/* ---- the table of the page ----------------------------------------------- */

enum { TO_SAME = DOC_STATES, TO_BEFORE };

static struct row {
	enum action action;
	unsigned kinds;
	uint32_t from;
	unsigned to;
	int secret; /* 0: ordinary, 1: secret, -1: any */
} * rows;
static size_t row_count;

static char *
column(char **rest)
{
	char *is = strsep(rest, "|"), *end;

	if (is == NULL)
		return NULL;
	is += strspn(is, " ");
	end = is + strlen(is);
	while (end > is && end[-1] == ' ')
		*--end = '\0';
	return is;
}

static unsigned
kinds_of(char *list)
{
	unsigned kinds = 0;
	enum doc_kind k;
	char *one;

	while ((one = strsep(&list, ",")) != NULL) {
		if (!doc_kind_by_word(&k, bytes_str(one + strspn(one, " "))))
			bug(one);
		kinds |= 1u << k;
	}
	return kinds;
}

static uint32_t
states_of(char *list)
{
	uint32_t states = 0;
	enum doc_state s;
	char *one;

	while ((one = strsep(&list, ",")) != NULL) {
		if (!doc_state_by_word(&s, bytes_str(one + strspn(one, " "))))
			bug(one);
		states |= UINT32_C(1) << s;
	}
	return states;
}

static void
read_row(char *line)
{
	struct row row = { .secret = -1 };
	enum doc_state to;
	char *word;

	(void)column(&line); /* before the first bar */
	if (!action_by_word(&row.action, bytes_str(column(&line))))
		return; /* the head */
	row.kinds = kinds_of(column(&line));
	row.from = states_of(column(&line));
	word = column(&line);
	if (doc_state_by_word(&to, bytes_str(word)))
		row.to = to;
	else
		row.to = strcmp(word, "(same)") == 0 ? TO_SAME : TO_BEFORE;
	word = column(&line);
	if (strcmp(word, "any") != 0)
		row.secret = strcmp(word, "secret") == 0;
	rows = vec_more(rows, row_count, sizeof(*rows));
	rows[row_count++] = row;
}

static void
read_page(void)
{
	struct buf page = slurp("docs/registry.md");
	char *text, *line, *rest;
	bool in = false;

	buf_u8(&page, 0);
	rest = text = (char *)page.p;
	while ((line = strsep(&rest, "\n")) != NULL) {
		if (strncmp(line, "3.3 ", 4) == 0)
			in = true;
		if (strncmp(line, "3.4 ", 4) == 0)
			in = false;
		if (in && line[0] == '|' && line[1] == ' ')
			read_row(line);
	}
	(void)text;
	buf_free(&page);
}

/* What the page says of it; false: there is no move. */
static bool
page_moves(unsigned *to, enum action a, unsigned kind, unsigned from,
    unsigned before, bool secret)
{
	size_t i;

	for (i = 0; i < row_count; i++) {
		if (rows[i].action != a || (rows[i].kinds >> kind & 1) == 0 ||
		    (rows[i].from >> from & 1) == 0 ||
		    (rows[i].secret >= 0 && rows[i].secret != secret))
			continue;
		*to = rows[i].to == TO_SAME	? from
		      : rows[i].to == TO_BEFORE ? before
						: rows[i].to;
		return *to != STATE_NONE;
	}
	return false;
}

static void
code_and_page_say_the_same(void)
{
	static const enum doc_state before[] = { STATE_NONE, STATE_SENT,
		STATE_HANDLED };
	unsigned a, k, s, secret, want, asked = 0, moves = 0, differ = 0;
	enum doc_state to;
	bool goes, may;
	size_t b;

	for (a = ACTION_DRAFT; a < ACTIONS; a++)
		for (k = DOC_OUT; k < DOC_KINDS; k++)
			for (s = 0; s < DOC_STATES * 3 * 2; s++) {
				b = s / DOC_STATES % 3;
				secret = s / DOC_STATES / 3;
				goes = action_moves(&to, (enum action)a,
				    (enum doc_kind)k,
				    (enum doc_state)(s % DOC_STATES), before[b],
				    secret);
				may = page_moves(&want, (enum action)a, k,
				    s % DOC_STATES, before[b], secret);
				asked++;
				moves += may;
				if (goes != may || (goes && to != want)) {
					differ++;
					note("%s of %s in %s",
					    action_row(a)->word,
					    doc_kind_word((enum doc_kind)k),
					    doc_state_word((enum doc_state)(
						s % DOC_STATES)));
				}
			}
	ok(row_count > 80, "the page has its table");
	ok(moves > 500 && moves < asked / 10, "most moves there are not");
	is(differ, 0, "code and page agree on each of %u", asked);
}

/* ---- the law's rows, as text --------------------------------------------- */

static struct law_row {
	bool known;
	unsigned roles;
	uint64_t differs;
} law_rows[ACTIONS];

/* The word after this one in a line, ended by a blank. */
static bool
word_after(char *out, size_t size, const char *line, const char *name)
{
	const char *at = strstr(line, name);

	if (at == NULL)
		return false;
	at += strlen(name);
	(void)snprintf(out, size, "%.*s", (int)strcspn(at, " \n"), at);
	return true;
}

static void
read_law_line(const char *line)
{
	char word[64], list[200], *rest = list, *one;
	enum action a, other;
	enum role role;

	if (strncmp(line, "action ", 7) != 0 ||
	    !word_after(word, sizeof(word), line, "action ") ||
	    !action_by_word(&a, bytes_str(word)))
		return;
	law_rows[a] = (struct law_row){ .known = true };
	if (word_after(list, sizeof(list), line, " roles "))
		while ((one = strsep(&rest, ",")) != NULL)
			if (role_parse(&role, bytes_str(one)))
				law_rows[a].roles |= 1u << role;
	rest = list;
	if (word_after(list, sizeof(list), line, " differs "))
		while ((one = strsep(&rest, ",")) != NULL)
			if (action_by_word(&other, bytes_str(one)))
				law_rows[a].differs |= UINT64_C(1) << other;
}

static void
read_law(void)
{
	static const char *const files[] = { "rules/documents.rules",
		"rules/state-secrets-2026.rules", "rules/telegrams.rules" };
	struct buf text;
	char *line, *rest;
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		text = slurp(files[i]);
		buf_u8(&text, 0);
		rest = (char *)text.p;
		while ((line = strsep(&rest, "\n")) != NULL)
			read_law_line(line);
		buf_free(&text);
	}
}

/* What no law loosens (docs/registry.md 3.5). */
static uint64_t
must_differ(enum action a)
{
#define A(x) (UINT64_C(1) << ACTION_##x)
	const uint64_t law_says = law_rows[a].differs;

	if (a == ACTION_DECIDE_LEVEL)
		return law_says | A(PROPOSE_LEVEL);
	if (a == ACTION_VERIFY)
		return law_says | A(ENCIPHER) | A(DECIPHER);
	if (a == ACTION_WITNESS)
		return law_says | A(DECIDE_DESTROY);
	if (a == ACTION_DESTROY)
		return law_says | A(DECIDE_DESTROY) | A(WITNESS);
	return law_says;
#undef A
}

/* ---- documents in every state -------------------------------------------- */

#define PLACES 400
static struct place {
	enum action way[40]; /* how it was come to */
	size_t count;
	enum level level;
	enum doc_kind kind;
	enum doc_state state;
	bool secret;
} places[PLACES];
static size_t place_count;

static bool
go(struct record *r, const struct place *p)
{
	struct canned c;
	size_t i;

	for (i = 0; i < p->count; i++) {
		canned_ask(&c, r, p->way[i], p->level);
		if (record_try(r, &c.ask) != RC_OK)
			return false;
		record_apply(r, &c.ask);
	}
	return true;
}

static bool
is_known(const struct place *p)
{
	size_t i;

	for (i = 0; i < place_count; i++)
		if (places[i].kind == p->kind && places[i].state == p->state &&
		    places[i].secret == p->secret &&
		    places[i].level == p->level)
			return true;
	return false;
}

/* One step further, where that leads somewhere new. */
static void
reach(struct office *o, const struct place *from, enum action a)
{
	struct place to = *from;
	struct record r;

	if (to.count == 40 || place_count == PLACES)
		bug("more places than thought of");
	to.way[to.count++] = a;
	record_begin(&r, o);
	if (go(&r, &to)) {
		to.kind = r.doc.kind;
		to.state = r.doc.state;
		to.secret = doc_is_secret(&r.doc);
		if (!is_known(&to))
			places[place_count++] = to;
	}
	record_end(&r);
}

static void
reach_all(struct office *o)
{
	static const enum level levels[] = { LEVEL_ORDINARY, LEVEL_MAT,
		LEVEL_TUYET_MAT };
	size_t i, n;
	unsigned a;

	for (i = 0; i < 3; i++)
		for (a = ACTION_DRAFT; a <= ACTION_TELEGRAM_ARRIVE; a++)
			reach(o, &(struct place){ .level = levels[i] },
			    (enum action)a);
	for (n = 0; n < place_count; n++)
		for (a = ACTION_DESCRIBE; a < ACTIONS; a++) {
			struct place with = places[n];
			const bool describes = a == ACTION_REGISTER &&
					       with.level != LEVEL_TUYET_MAT &&
					       with.kind != DOC_TELEGRAM_OUT &&
					       with.kind != DOC_TELEGRAM_IN;

			if (describes && with.count < 40)
				with.way[with.count++] = ACTION_DESCRIBE;
			reach(o, &with, (enum action)a);
		}
}

/* ---- everybody asks for everything --------------------------------------- */

struct tally {
	unsigned asked, taken, order, role, person, other, wrong;
};

enum why { TAKEN, ORDER, ROLE, PERSON, OTHER };

static enum why
why_of(enum rc rc, const struct err *e)
{
	if (rc == RC_OK)
		return TAKEN;
	if (strstr(e->text, "out of order") != NULL ||
	    strstr(e->text, "nothing has been begun") != NULL)
		return ORDER;
	if (e->of == ERR_OF_ROLE)
		return ROLE;
	return e->of == ERR_OF_PERSON &&
		       strstr(e->text, "another person") != NULL
		   ? PERSON
		   : OTHER;
}

static void
ask(struct tally *t, struct record *r, struct canned *c, enum why want,
    const struct place *p)
{
	enum why got;

	got = why_of(record_try(r, &c->ask), &r->e);
	t->asked++;
	t->taken += got == TAKEN;
	t->order += got == ORDER;
	t->role += got == ROLE;
	t->person += got == PERSON;
	t->other += got == OTHER;
	/* what the action itself holds to comes after all of these */
	if (got == want || (want == TAKEN && got == OTHER))
		return;
	t->wrong++;
	note("%s of %s in %s: %d, wanted %d: %s",
	    action_row(c->ask.action)->word, doc_kind_word(p->kind),
	    doc_state_word(p->state), (int)got, (int)want,
	    got == TAKEN ? "" : r->e.text);
}

/* By each who did something: himself, another under his key. */
static void
ask_again(struct tally *t, struct record *r, enum action a,
    const struct place *p, bool moves)
{
	const uint64_t apart = must_differ(a);
	struct canned c;
	uint64_t i;
	enum why want;

	for (i = 0; i < r->doc.steps; i++) {
		want = !moves					  ? ORDER
		       : (apart >> r->doc.did[i].action & 1) != 0 ? PERSON
								  : TAKEN;
		canned_ask(&c, r, a, p->level);
		c.ask.who.person = r->doc.did[i].person;
		ask(t, r, &c, want, p);
		canned_ask(&c, r, a, p->level);
		memcpy(c.ask.who.cert, r->doc.did[i].cert, SHA256_SIZE);
		ask(t, r, &c, want, p);
	}
}

static void
ask_all(struct tally *t, struct office *o, const struct place *p)
{
	struct record r;
	struct canned c;
	unsigned a, role, to;
	bool moves;

	record_begin(&r, o);
	if (!go(&r, p))
		bug("a place that is not come to twice");
	for (a = ACTION_DRAFT; a < ACTIONS; a++) {
		moves = page_moves(&to, (enum action)a, p->kind, p->state,
		    r.doc.before, p->secret);
		for (role = 0; role < ROLES; role++) {
			canned_ask(&c, &r, (enum action)a, p->level);
			c.ask.who.roles = 1u << role;
			ask(t, &r, &c,
			    !moves				   ? ORDER
			    : (law_rows[a].roles >> role & 1) != 0 ? TAKEN
								   : ROLE,
			    p);
		}
		ask_again(t, &r, (enum action)a, p, moves);
	}
	is(r.wrong, 0, "%s, %s, %s: come to by %zu steps",
	    doc_kind_word(p->kind), doc_state_word(p->state),
	    p->secret ? "secret" : "ordinary", p->count);
	record_end(&r);
}

int
main(void)
{
	struct tally t = { 0 };
	unsigned a, lacking = 0;
	struct office o;
	size_t i;

	office_open(&o, "2026-11-20T08:00");
	read_page();
	read_law();
	code_and_page_say_the_same();
	for (a = ACTION_DRAFT; a < ACTIONS; a++)
		lacking += !law_rows[a].known || law_rows[a].roles == 0;
	is(lacking, 0, "the law has each action, and who may");
	reach_all(&o);
	ok(place_count > 100, "%zu kinds of places are come to", place_count);
	for (i = 0; i < place_count; i++)
		ask_all(&t, &o, &places[i]);
	note("%u asked: %u taken, %u out of order, %u in no role, %u by who "
	     "did what must be another's, %u otherwise",
	    t.asked, t.taken, t.order, t.role, t.person, t.other);
	ok(t.taken > 1000 && t.role > 1000 && t.person > 20,
	    "many were taken, and many refused for each reason");
	is(t.wrong, 0, "each was as page and law say");
	free(rows);
	office_close(&o);
	return done();
}
