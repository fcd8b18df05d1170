/* SPDX-License-Identifier: EUPL-1.2 */
/* People of an office at a station's pages: what each is, asks and writes, as
 * the pages do (web/src/pages). */
#ifndef BENCH_OFFICE_H
#define BENCH_OFFICE_H

#include "../tests/station/people.h"
#include "browser.h"

#define PEOPLE 200u
#define DOCUMENTS 40u

enum route {
	SIGN_IN,
	UNLOCK,
	SESSION,
	TODAY,
	DOCUMENTS_LIST,
	DRAFTS_LIST,
	INBOX,
	ALARMS,
	DUTY,
	STATUS,
	STORY,
	SEARCH,
	DRAFT_KEPT,
	DOCUMENT_MADE,
	STEP_TAKEN,
	ROUTES,
};
static const char *const route_words[ROUTES] = { "one signs in (passphrase "
						 "and code)",
	"the desk is unlocked", "session", "Hôm nay, all that it asks",
	"documents of the desk", "drafts", "box of the desk", "alarms", "duty",
	"status", "a document's story, and what can be done next",
	"documents found by words", "a draft is kept",
	"a document is begun, its text sealed", "a step is taken" };

struct person_at {
	struct user u;
	char id[16];
	unsigned number;
	struct session session;
	struct conn page, stream;
	pthread_t works, hears;
	uint32_t dice;
	unsigned shows; /* which page */
	bool heard;	/* that it has changed */
	double in;	/* when he was signed in; 0: he is not */
	pthread_mutex_t lock;
	pthread_cond_t wake;
};

static struct person_at all[PEOPLE];
static char documents[DOCUMENTS][2 * ID_SIZE + 1];
static size_t document_count;
static struct samples routes[ROUTES];
static size_t told; /* changes that were heard */

static inline unsigned
dice(struct person_at *p, unsigned below)
{
	p->dice = p->dice * 1664525u + 1013904223u;
	return (p->dice >> 8) % below;
}

/* ---- what one asks ---- */

/* The first few refusals. */
static inline void
tells(const struct person_at *p, const char *path, int status)
{
	static unsigned said;
	const char *body = strstr(p->page.in, "\r\n\r\n");

	if (said++ < 5)
		(void)fprintf(stderr, "office: %.100s: %d %.200s\n", path,
		    status, body != NULL ? body + 4 : "");
}

/* Ask it, and note how long it took. */
static inline bool
asked(struct person_at *p, enum route as, const char *method, const char *path,
    const char *body)
{
	const double began = bench_now();
	const int status = asks(&p->page, &p->session, method, path, body);

	samples_add(&routes[as], bench_now() - began, status == 200);
	if (status != 200)
		tells(p, path, status);
	return status == 200;
}

static inline void
looks_at(struct person_at *p, enum route as, const char *what, const char *more)
{
	char path[800];

	(void)snprintf(path, sizeof(path), "/api/1/%s?desk=%s&as=%s%s", what,
	    s->key_address, p->u.address, more);
	(void)asked(p, as, "GET", path, "");
}

static inline void
looks_in_box(struct person_at *p)
{
	char path[400];

	(void)snprintf(
	    path, sizeof(path), "/api/1/mail/in?desk=%s", s->key_address);
	(void)asked(p, INBOX, "GET", path, "");
}

/* What the page asks that he looks at (web/src/pages): Hôm nay, Đến, Duyệt và
 * ký, a document's. */
static inline void
looks(struct person_at *p, bool again)
{
	const double began = bench_now();
	char what[64];

	switch (p->shows) {
	case 0:
		looks_at(p, DOCUMENTS_LIST, "documents", "");
		looks_at(p, DRAFTS_LIST, "drafts", "");
		looks_in_box(p);
		if (!again) {
			(void)asked(p, ALARMS, "GET", "/api/1/alarms", "");
			(void)asked(p, DUTY, "GET", "/api/1/duty", "");
			(void)asked(p, STATUS, "GET", "/api/1/status", "");
			samples_add(&routes[TODAY], bench_now() - began, true);
		}
		break;
	case 1:
		looks_in_box(p);
		looks_at(p, DOCUMENTS_LIST, "documents", "&max=500");
		break;
	case 2:
		looks_at(p, DOCUMENTS_LIST, "documents", "");
		break;
	case 3:
		if (document_count == 0)
			break;
		(void)snprintf(what, sizeof(what), "documents/%s",
		    documents[dice(p, (unsigned)document_count)]);
		looks_at(p, STORY, what, "");
		break;
	default:
		looks_at(p, SEARCH, "documents/search", "&text=ke+hoach");
	}
}

/* ---- what one writes ---- */

static inline void
keeps_draft(struct person_at *p)
{
	char path[80], body[3000];

	(void)snprintf(
	    path, sizeof(path), "/api/1/drafts/%032x", p->number + 1);
	(void)snprintf(body, sizeof(body),
	    "{\"desk\":\"%s\",\"as\":\"%s\",\"title\":\"Công văn\","
	    "\"data\":\"%0*u\"}",
	    s->key_address, p->u.address, 2000, dice(p, 1000000));
	(void)asked(p, DRAFT_KEPT, "PUT", path, body);
}

static inline bool
begins_document(struct person_at *p, char id[static 2 * ID_SIZE + 1])
{
	char body[1400], hex[2 * ID_SIZE + 5] = "";

	(void)snprintf(body, sizeof(body),
	    "{\"desk\":\"%s\",\"as\":\"%s\",\"action\":\"draft\","
	    "\"fields\":{\"type\":\"cong-van\",\"grammar\":\"nha-nuoc\","
	    "\"agency\":\"UBND\",\"unit\":\"VX\",\"level\":\"thuong\","
	    "\"precedence\":\"thuong\",\"recipients\":\"Sở Nội vụ\"},"
	    "\"text\":\"Kế hoạch phòng, chống thiên tai %u\"}",
	    s->key_address, p->u.address, dice(p, 1000000));
	if (!asked(p, DOCUMENT_MADE, "POST", "/api/1/documents", body) ||
	    !behind(hex, sizeof(hex), p->page.in, "\"document\":\"", "\""))
		return false;
	(void)snprintf(id, 2 * ID_SIZE + 1, "%.32s", hex);
	return true;
}

/* Its abstract is given: a step under his own key. */
static inline void
describes(struct person_at *p, const char *id)
{
	char path[100], body[1000];

	(void)snprintf(
	    path, sizeof(path), "/api/1/documents/%s/steps/describe", id);
	(void)snprintf(body, sizeof(body),
	    "{\"desk\":\"%s\",\"as\":\"%s\",\"fields\":{\"abstract\":"
	    "\"Kế hoạch phòng, chống thiên tai %u\"}}",
	    s->key_address, p->u.address, dice(p, 1000000));
	(void)asked(p, STEP_TAKEN, "POST", path, body);
}

static inline void
writes(struct person_at *p)
{
	char id[2 * ID_SIZE + 1];

	keeps_draft(p);
	if (dice(p, 4) == 0 && begins_document(p, id))
		describes(p, id);
}

#endif
