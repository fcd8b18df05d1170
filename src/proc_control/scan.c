/* SPDX-License-Identifier: EUPL-1.2 */
/* Files that are looked at for malware (docs/desk.md 9), where there is who
 * looks: the parent starts `scan` where the configuration names clamd. */
#include "proc_control/job.h"

static bool clamd, required;

void
scan_setting(const struct msg_setting *s)
{
	if (bytes_is(s->name, "clamd"))
		clamd = s->value.len > 0;
	else if (bytes_is(s->name, "clamd.required"))
		required = bytes_is(s->value, "yes");
}

static void
answer_with(struct job *j, const struct msg_scan_is *s)
{
	static const char *const words[SCANS] = {
		[SCAN_OFF] = "off",
		[SCAN_CLEAN] = "clean",
		[SCAN_FOUND] = "found",
		[SCAN_AWAY] = "away",
	};
	struct answer a = answer_new();

	answer_word(&a, "scan", words[s->is]);
	if (s->name.len > 0)
		answer_text(&a, "name", s->name);
	if (s->why.len > 0)
		answer_text(&a, "reason", s->why);
	answer_flag(&a, "required", s->must != 0);
	job_end(j, &a, RC_OK, (struct bytes){ 0 });
}

void
scan_ask(struct job *j)
{
	const struct msg_scan_is off = { .is = SCAN_OFF, .must = required };

	if (clamd)
		(void)job_tell(j, PROC_SCAN, MSG_SCAN, NULL, MSG_SCAN_IS);
	else
		answer_with(j, &off);
}

void
scan_hear(struct job *j, const struct message *m)
{
	const struct msg_scan_is *s = &m->body.scan_is;
	const struct msg_found found = { .uid = j->uid, .name = s->name };

	if (s->is == SCAN_FOUND)
		(void)tell(PROC_STORE, MSG_FOUND, 0, &found, -1);
	answer_with(j, s);
}
