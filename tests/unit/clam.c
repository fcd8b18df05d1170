/* SPDX-License-Identifier: EUPL-1.2 */
/* What clamd answers, and what is no answer of its (docs/desk.md 9.3). */
#include <string.h>

#include "../tap.h"
#include "file/clam.h"

static const struct {
	const char *answer;
	size_t len; /* 0: of the text, with its zero byte */
	enum clam_is is;
	const char *name, *what;
} answers[] = {
	{ "stream: OK", 0, CLAM_CLEAN, "", "a clean file is clean" },
	{ "stream: Eicar-Test-Signature FOUND", 0, CLAM_FOUND,
	    "Eicar-Test-Signature", "what was found has a name" },
	{ "stream: A B FOUND", 0, CLAM_FOUND, "A B", "which may have blanks" },
	{ "stream: OK FOUND", 0, CLAM_FOUND, "OK",
	    "or be called as clean ones are" },
	{ "stream: \"\\\n\xc3\xa9 FOUND", 0, CLAM_FOUND, "?????",
	    "what cannot be shown is not" },
	{ "stream:   FOUND", 0, CLAM_FOUND, "?",
	    "what was found counts without a name too" },
	{ "stream:  FOUND", 0, CLAM_FAILED, "stream:  FOUND",
	    "nothing that was found is no answer" },
	{ "INSTREAM size limit exceeded. ERROR", 0, CLAM_FAILED,
	    "INSTREAM size limit exceeded. ERROR", "too large is not clean" },
	{ "UNKNOWN COMMAND", 0, CLAM_FAILED, "UNKNOWN COMMAND",
	    "nor is what it does not know" },
	{ "", 0, CLAM_FAILED, "", "nor is silence" },
	{ "stream: OK", 10, CLAM_FAILED, "no whole answer",
	    "nor is half of an answer" },
	{ "stream: OK\0", 12, CLAM_FAILED, NULL, "nor more than one" },
	{ "stream: ok", 0, CLAM_FAILED, "stream: ok", "nor other letters" },
	{ " stream: OK", 0, CLAM_FAILED, "stream: OK", "nor blanks before" },
	{ "stream: OK ", 0, CLAM_FAILED, "stream: OK", "nor behind it" },
	{ "1: stream: OK", 0, CLAM_FAILED, "1: stream: OK",
	    "nor an answer of a session" },
};

int
main(void)
{
	char name[CLAM_NAME + 1], much[CLAM_ANSWER + 2];
	struct bytes answer;
	size_t i;

	for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		answer = bytes_of(answers[i].answer,
		    answers[i].len > 0 ? answers[i].len
				       : strlen(answers[i].answer) + 1);
		ok(clam_read(name, answer) == answers[i].is &&
			(answers[i].name == NULL ||
			    strcmp(name, answers[i].name) == 0),
		    "%s", answers[i].what);
	}
	ok(clam_read(name, (struct bytes){ 0 }) == CLAM_FAILED,
	    "nothing is no answer");
	memset(much, 'a', sizeof(much));
	memcpy(much, "stream: ", 8);
	memcpy(much + sizeof(much) - 7, " FOUND", 7);
	ok(clam_read(name, bytes_of(much, sizeof(much))) == CLAM_FAILED,
	    "nor is more than an answer may have");
	memcpy(much + CLAM_ANSWER - 7, " FOUND", 7);
	ok(clam_read(name, bytes_of(much, CLAM_ANSWER)) == CLAM_FOUND &&
		strlen(name) == CLAM_NAME,
	    "a long name is cut");
	return done();
}
