/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * antin duty watch: alarms as they come (docs/duty.md 4.4).  Lines that are
 * only added, so that any terminal, and a printer, shows them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "antin/duty.h"
#include "core/lang.h"
#include "core/time.h"
#include "core/vec.h"

#define EACH 2	/* seconds between two looks */
#define RING 30 /* seconds between two bells for what nobody sees */

/* An alarm as it was shown last. */
struct shown {
	int64_t n, step;
	bool seen, still;
};
static struct {
	struct shown *list; /* owned */
	size_t count;
	char on[DUTY_WHO]; /* who was, when it was said last */
	bool begun, silent;
	time_t rang;
} is;

static struct shown *
shown_of(int64_t n)
{
	struct shown *s;
	size_t i;

	for (i = 0; i < is.count; i++)
		if (is.list[i].n == n)
			return &is.list[i];
	is.list = vec_more(is.list, is.count, sizeof(*is.list));
	s = &is.list[is.count++];
	*s = (struct shown){ .n = n, .step = -1 };
	return s;
}

static const char *
hour(char out[static TIME_TEXT])
{
	time_write_vn(out, time_now());
	return out;
}

/* ---- whom it calls
 * -------------------------------------------------------------- */

static bool
is_me(const json_t *row)
{
	return row != NULL && row_int(row, "uid") == (int64_t)getuid();
}

/* docs/duty.md 4.1; where there is no rota, whoever watches. */
static bool
calls_me(const json_t *duty, int64_t step)
{
	return row_int(duty_row(duty, "desk"), "number") == 0 ||
	       is_me(duty_row(duty, "on")) ||
	       (step >= 1 && is_me(duty_row(duty, "next")));
}

static void
say_step(const json_t *duty, int64_t n, int64_t step)
{
	char who[DUTY_WHO], at[TIME_TEXT];

	duty_who(who, duty_row(duty, "next"));
	if (step == 1)
		say("%s alarm %lld was not seen for too long: it calls %s\n",
		    hour(at), (long long)n, who);
	else if (step == 2)
		say("%s alarm %lld was not seen for too long: the unit above "
		    "is told\n",
		    hour(at), (long long)n);
}

/* ---- alarms
 * -------------------------------------------------------------------- */

static void
say_alarm(const json_t *row)
{
	const char *kind = row_text(row, "kind");
	const char *rank = json_object_get(row, "precedence") != NULL
			       ? row_precedence(row)
			       : "";
	char since[TIME_TEXT], of[512];

	row_time(since, row, "since");
	alarm_subject(of, sizeof(of), row);
	say("%s ALARM %lld: %s %s\n", since, (long long)row_int(row, "alarm"),
	    alarm_name(kind), of);
	if (rank[0] != '\0')
		printf("    %s: %s\n", tr("Precedence"), rank);
	(void)fputs("    ", stdout), say("Next: %s\n", alarm_next(kind));
	(void)fputs("    ", stdout),
	    say("When you have seen it: antin alarms ack %lld\n",
		(long long)row_int(row, "alarm"));
}

/* One alarm; true: it calls me, and nobody has seen it. */
static bool
look_at(const json_t *row, const json_t *duty, bool *new)
{
	struct shown *s = shown_of(row_int(row, "alarm"));
	const bool seen = json_object_get(row, "seen") != NULL;
	const int64_t step = row_int(row, "escalated");
	char who[ALARM_BY], at[TIME_TEXT];
	const bool mine = !seen && calls_me(duty, step);

	s->still = true;
	if (s->step < 0) {
		s->seen = seen;
		if (!seen)
			say_alarm(row);
		*new = *new || mine;
		s->step = 0;
	}
	if (seen && !s->seen) {
		alarm_seen_by(who, row);
		say("%s alarm %lld was seen by %s\n", hour(at), (long long)s->n,
		    who);
	}
	if (!seen && step > s->step) {
		say_step(duty, s->n, step);
		*new = *new || mine;
	}
	s->seen = seen;
	s->step = seen ? 0 : step;
	return mine;
}

static void
say_over(void)
{
	char at[TIME_TEXT];
	size_t i;

	for (i = is.count; i-- > 0;)
		if (!is.list[i].still) {
			say("%s alarm %lld is over\n", hour(at),
			    (long long)is.list[i].n);
			is.list[i] = is.list[--is.count];
		}
}

static void
say_who(const json_t *duty)
{
	char who[DUTY_WHO];

	duty_who(who, duty_row(duty, "on"));
	if (is.begun && strcmp(who, is.on) == 0)
		return;
	memcpy(is.on, who, sizeof(is.on));
	duty_print_who(duty);
}

static void
look(const json_t *duty, const json_t *alarms)
{
	bool mine = false, new = false;
	const time_t now = time(NULL);
	json_t *row;
	size_t i;

	say_who(duty);
	for (i = 0; i < is.count; i++)
		is.list[i].still = false;
	/* the most urgent, which come first, are to stand last */
	for (i = json_array_size(alarms); i-- > 0;) {
		row = json_array_get(alarms, i);
		mine = look_at(row, duty, &new) || mine;
	}
	say_over();
	if (!is.begun && is.count == 0)
		say("No alarm.\n");
	is.begun = true;
	if (new || (mine && now - is.rang >= RING)) {
		(void)putchar('\a');
		is.rang = now;
	}
	(void)fflush(stdout);
}

/* ---- asking
 * -------------------------------------------------------------------- */

static enum rc
ask(const struct args *a, struct err *e)
{
	json_t *duty = NULL, *alarms = NULL;
	struct talk t;
	enum rc rc;

	if ((rc = talk_open(&t, a, e)) == RC_OK &&
	    (rc = duty_ask(&duty, &t, false, e)) == RC_OK &&
	    (rc = talk_rows(&t, CONTROL_ALARMS, json_object(), &alarms, e)) ==
		RC_OK)
		look(duty, alarms);
	json_decref(duty);
	json_decref(alarms);
	talk_close(&t);
	return rc;
}

/* The station does not answer: that is an alarm too, said once. */
static void
say_silent(const struct err *e)
{
	char at[TIME_TEXT];

	if (is.silent)
		return;
	say("%s ALARM: the station does not answer (%s)\n", hour(at), e->text);
	(void)fputs("    ", stdout),
	    say("Next: see antin station start, and the station's log\n");
	(void)putchar('\a');
	(void)fflush(stdout);
	is.silent = true;
}

static enum rc
duty_watch(const struct args *a, struct err *e)
{
	uint64_t seconds = 0;
	time_t begun = time(NULL);
	char at[TIME_TEXT];
	enum rc rc;

	if ((rc = arg_number(&seconds, a, "for", 1, INT32_MAX, e)) != RC_OK)
		return rc;
	do {
		rc = ask(a, e);
		if (rc != RC_OK && !is.begun)
			return rc; /* there is no such station */
		if (rc != RC_OK)
			say_silent(e);
		else if (is.silent)
			say("%s the station answers again\n", hour(at));
		is.silent = rc != RC_OK;
		(void)sleep(EACH);
	} while (seconds == 0 || (uint64_t)(time(NULL) - begun) < seconds);
	free(is.list);
	return RC_OK;
}

static const struct opt watch_opts[] = {
	{ "for", "SECONDS", "end after so long (default: when it is stopped)",
	    false },
	OPT_STATION,
	OPT_END,
};
const struct cmd cmd_duty_watch = {
	.name = "duty watch",
	.args = "",
	.does = "Show alarms as they come, and ring for whom they call.",
	.opts = watch_opts,
	.least = 0,
	.most = 0,
	.run = duty_watch,
};
