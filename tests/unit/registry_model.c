/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Documents live at random, and beside them a model of another make: each
 * kind's life is a regular expression over letters, one an action, and a step
 * is taken where the letters so far and its own still match.
 */
#include <regex.h>

#include "canned.h"

#define LIFE_MAX 120

static const struct letter {
	char letter;
	enum action action;
} letters[] = {
	{ 'D', ACTION_DRAFT },
	{ 'I', ACTION_DIGITISE },
	{ 'A', ACTION_ARRIVE },
	{ 'U', ACTION_TELEGRAM_DRAFT },
	{ 'V', ACTION_TELEGRAM_ARRIVE },
	{ 'b', ACTION_DESCRIBE },
	{ 'r', ACTION_REVISE },
	{ 'p', ACTION_PROPOSE_LEVEL },
	{ 'd', ACTION_DECIDE_LEVEL },
	{ 't', ACTION_RETURN },
	{ 's', ACTION_SIGN },
	{ 'n', ACTION_NUMBER },
	{ 'm', ACTION_MARK },
	{ 'a', ACTION_SIGN_AGENCY },
	{ 'g', ACTION_REGISTER },
	{ 'S', ACTION_SEND },
	{ 'c', ACTION_CONFIRM },
	{ 'k', ACTION_CHECK },
	{ 'T', ACTION_STAMP },
	{ 'i', ACTION_RECEIPT },
	{ 'F', ACTION_REFUSE },
	{ 'j', ACTION_ASSIGN },
	{ 'H', ACTION_HANDLE },
	{ 'l', ACTION_RELEVEL },
	{ 'Y', ACTION_DECLASSIFY },
	{ 'f', ACTION_FOLLOW },
	{ 'P', ACTION_PERMIT_COPY },
	{ 'K', ACTION_COPY },
	{ 'h', ACTION_HAND_OVER },
	{ 'R', ACTION_RECALL },
	{ 'X', ACTION_DECIDE_DESTROY },
	{ 'x', ACTION_STOP_DESTROY },
	{ 'w', ACTION_WITNESS },
	{ 'Z', ACTION_DESTROY },
	{ 'B', ACTION_DESTROY_DANGER },
	{ 'q', ACTION_REPORT_DANGER },
	{ 'C', ACTION_CANCEL },
	{ 'y', ACTION_ACCEPT },
	{ 'E', ACTION_ENCIPHER },
	{ 'G', ACTION_DECIPHER },
	{ 'v', ACTION_VERIFY },
	{ 'o', ACTION_DELIVER },
	{ 'z', ACTION_CLEAR },
};
#define LETTERS (sizeof(letters) / sizeof(letters[0]))

/* An end, or none yet; burnt, it is reported. */
#define BURNT "Bq?"
#define END "(" BURNT "|X(" BURNT "|w(" BURNT "|Z)?)?)?"
#define EARLY "C|" BURNT
/* Letters while it lives on, with destructions that were stopped. */
#define LIVES(l) l "*(Xw?x" l "*)*"
#define KEPT "[hlY]"
#define HELD "[hf]"
#define ISSUED                                                                 \
	"g" LIVES(KEPT) "(C|" END "|S" LIVES("[chlY]") "(" END "|R" LIVES("c") \
	    END "))"

static const struct life {
	enum action begin;
	enum level level;
	const char *expression;
} lives[] = {
	{ ACTION_DRAFT, LEVEL_MAT,
	    "D[br]*(pb*(db*)?t[br]*)*(" EARLY "|pb*(" EARLY "|db*(" EARLY
	    "|sb*(" EARLY "|nb*(" EARLY "|mb*(" EARLY "|ab*(" EARLY "|" ISSUED
	    ")?)?)?)?)?)?)?" },
	{ ACTION_DRAFT, LEVEL_ORDINARY,
	    "D[brt]*(pb*(db*)?t[brt]*)*((pb*db*)?(C|sb*(C|nb*(C|ab*(C|" ISSUED
	    ")?)?)?)?|pb*C?)" },
	{ ACTION_DIGITISE, LEVEL_MAT,
	    "Ib*(" EARLY "|mb*(" EARLY "|" ISSUED ")?)?" },
	{ ACTION_DIGITISE, LEVEL_ORDINARY, "Ib*(C|" ISSUED ")?" },
#define IN                                                                     \
	"Ab*(" BURNT "|F(Xw?x)*" END "|kb*(" BURNT "|F(Xw?x)*" END             \
	"|Tb*(" EARLY "|g" LIVES(HELD) "(C|" IN_END "|i" LIVES(                \
	    HELD) "(" IN_END "|j" LIVES("[jhf]") "(" IN_END "|H" LIVES(HELD)   \
	    IN_END "))))?)?)?"
#define IN_END "(" END "|R(Xw?x)*" END ")"
	{ ACTION_ARRIVE, LEVEL_MAT, IN },
	{ ACTION_ARRIVE, LEVEL_ORDINARY, IN },
	{ ACTION_TELEGRAM_DRAFT, LEVEL_MAT,
	    "Ur*(str*)*(" EARLY "|s(" EARLY "|y(" EARLY "|n(Et)*(" EARLY
	    "|E(" EARLY "|v(" EARLY "|S+(" BURNT "|c(" BURNT
	    "|g" LIVES(KEPT) "(" END "|z" LIVES(KEPT) END "))?)?)?)?)?)?)?)?" },
	{ ACTION_TELEGRAM_ARRIVE, LEVEL_MAT,
	    "V(" BURNT "|F(Xw?x)*" END "|k(Gt)*(" BURNT "|F(Xw?x)*" END
	    "|G(" BURNT "|F(Xw?x)*" END "|v(" BURNT "|n(" EARLY
	    "|g" LIVES(HELD) "(" END "|o" LIVES(HELD) "(" END "|z" LIVES(HELD)
		END ")))?)?)?)?)?" },
};
#define LIVES_COUNT (sizeof(lives) / sizeof(lives[0]))

/* The model: what was done, and what no letter tells. */
struct model {
	const struct life *life;
	regex_t expression;
	char done[LIFE_MAX + 2];
	size_t count;
	bool secret, permitted;
};

static void
model_begin(struct model *m, const struct life *life)
{
	char whole[4000];

	*m = (struct model){ .life = life,
		.secret = life->level > LEVEL_ORDINARY };
	(void)snprintf(whole, sizeof(whole), "^(%s)$", life->expression);
	if (regcomp(&m->expression, whole, REG_EXTENDED | REG_NOSUB) != 0)
		bug(whole);
}

static bool
model_allows(struct model *m, char letter)
{
	const bool copies = letter == 'P' || letter == 'K';
	bool is;

	if (strchr("lYfPKBm", letter) != NULL && !m->secret)
		return false;
	if (copies && m->permitted != (letter == 'K'))
		return false;
	/* of documents, but for telegrams, the register wants an abstract */
	if (letter == 'g' && strchr("DIA", m->done[0]) != NULL &&
	    strchr(m->done, 'b') == NULL)
		return false;
	/* wherever it may be copied it may be handed over */
	m->done[m->count] = copies ? 'h' : letter;
	is = regexec(&m->expression, m->done, 0, NULL, 0) == 0;
	m->done[m->count] = '\0';
	return is;
}

static void
model_does(struct model *m, char letter)
{
	if (letter == 'P' || letter == 'K')
		m->permitted = letter == 'P';
	else
		m->done[m->count++] = letter;
	if (letter == 'Y')
		m->secret = false;
}

/* ---- runs -----------------------------------------------------------------
 */

struct seen {
	unsigned long steps, refused, wrong, ended;
	bool states[DOC_KINDS][DOC_STATES];
	unsigned no_line; /* numbers without their one line */
};

/* Half of the time what the model allows, else anything. */
static const struct letter *
choose(struct dice *dice, struct model *m)
{
	const struct letter *may[LETTERS];
	size_t i, n = 0;

	for (i = 0; m->count == 0 && i < LETTERS; i++)
		if (letters[i].action == m->life->begin)
			return &letters[i];
	if (dice_below(dice, 2) == 0)
		return &letters[dice_below(dice, LETTERS)];
	for (i = 0; i < LETTERS; i++)
		if (model_allows(m, letters[i].letter))
			may[n++] = &letters[i];
	/* ends come soon enough */
	for (i = 0; n > 1 && i < n; i++)
		if (strchr("CBXFR", may[i]->letter) != NULL &&
		    dice_below(dice, 4) != 0)
			may[i--] = may[--n];
	return n == 0 ? &letters[dice_below(dice, LETTERS)]
		      : may[dice_below(dice, (uint32_t)n)];
}

static void
one_step(struct record *r, struct model *m, const struct letter *l,
    struct seen *seen, unsigned *lines)
{
	const bool may = model_allows(m, l->letter);
	struct canned c;
	enum rc rc;
	size_t i;

	canned_ask(&c, r, l->action, m->life->level);
	rc = record_try(r, &c.ask);
	if ((rc == RC_OK) != may ||
	    (rc != RC_OK && rc != RC_DENIED && rc != RC_INVALID)) {
		note("%s then %c: %s", m->done, l->letter,
		    rc == RC_OK ? "taken" : r->e.text);
		seen->wrong++;
	}
	if (rc != RC_OK) {
		seen->refused++;
		return;
	}
	for (i = 0; i < r->out.line_count; i++)
		*lines += r->out.lines[i].how == LINE_NEW &&
			  !bytes_is(r->out.lines[i].book, "hand-over") &&
			  !bytes_is(r->out.lines[i].book, "copying") &&
			  !bytes_is(r->out.lines[i].book, "handling");
	record_apply(r, &c.ask);
	model_does(m, l->letter);
	seen->steps++;
	seen->states[r->doc.kind][r->doc.state] = true;
}

/* A number was taken: by paper none is here. */
static bool
did_numbered(const struct record *r)
{
	uint64_t i;

	for (i = 0; i < r->doc.steps; i++)
		if (r->doc.did[i].action == ACTION_NUMBER ||
		    r->doc.did[i].action == ACTION_STAMP)
			return true;
	return false;
}

static void
one_life(struct office *o, struct dice *dice, const struct life *life,
    struct seen *seen)
{
	unsigned lines = 0, i;
	struct record r;
	struct model m;
	bool numbered;

	/* days before and after a year's end, and before any term's */
	o->now =
	    at("2026-12-20T08:00") + (int64_t)dice_below(dice, 20) * TIME_DAY;
	record_begin(&r, o);
	model_begin(&m, life);
	for (i = 0; i < LIFE_MAX &&
		    !(r.doc.steps > 0 && r.doc.state == STATE_DESTROYED);
	     i++) {
		o->now += dice_below(dice, 3600);
		one_step(&r, &m, choose(dice, &m), seen, &lines);
	}
	numbered = did_numbered(&r);
	seen->no_line += (doc_state_is_end(r.doc.state) && numbered)
			     ? lines != 1
			     : lines > 1;
	seen->ended += doc_state_is_end(r.doc.state);
	seen->wrong += r.wrong;
	regfree(&m.expression);
	record_end(&r);
}

int
main(void)
{
	const unsigned runs = getenv("ANTIN_SOAK") != NULL ? 2000 : 60;
	struct seen seen = { 0 };
	struct dice dice = { 7 };
	unsigned n, k, s, reached = 0;
	struct office o;
	size_t i;

	office_open(&o, "2026-12-20T08:00");
	for (n = 0; n < runs; n++)
		for (i = 0; i < LIVES_COUNT; i++)
			one_life(&o, &dice, &lives[i], &seen);
	for (k = 0; k < DOC_KINDS; k++)
		for (s = 0; s < DOC_STATES; s++)
			reached += seen.states[k][s];
	note("%lu steps, %lu refused, %lu ended, %u states of kinds",
	    seen.steps, seen.refused, seen.ended, reached);
	is(seen.wrong, 0, "registry and model agree on each step");
	is(seen.no_line, 0,
	    "a number whose document has ended has one line, no other has two");
	ok(seen.steps > runs * LIVES_COUNT * 10, "many steps were taken");
	ok(seen.refused > seen.steps / 4, "and many refused");
	ok(reached > 60, "nearly all states of all kinds were come to");
	office_close(&o);
	return done();
}
