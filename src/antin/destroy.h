/* SPDX-License-Identifier: EUPL-1.2 */
/* antin destroy, in parts (docs/emergency.md 1, 2): destroy.c is the order of
 * things, destroy_who.c who may, destroy_end.c what ends and goes. */
#ifndef ANTIN_DESTROY_H
#define ANTIN_DESTROY_H

#include "antin/talk.h"
#include "file/erase.h"
#include "pki/card.h"
#include "pki/last.h"

#define DESTROY_MARK "destroyed" /* in the data folder, from its beginning */
#define EMERGENCY_CODE "emergency.code" /* there too: docs/emergency.md 1.3 */

/* Where a station's things are; owned paths. */
struct site {
	const char *dir;
	char *data, *mark, *code, *key, *keys, *directory, *conf, *log,
	    *credential;
};
/* RC_ABSENT: there is no station. */
enum rc site_find(struct site *out, const struct args *a, struct err *e);
void site_free(struct site *p);

/* ---- destroy_who.c
 * --------------------------------------------------------------------- */

/* Who has proved that he may: two persons, or nobody and the code. */
struct allowed {
	char by[LAST_BY][LIMIT_ADDRESS + 1];
	size_t count;
};
/* RC_USAGE: neither is given; RC_DENIED: it is not they. */
enum rc allowed_ask(struct allowed *out, const struct args *a,
    const struct site *p, struct err *e);
/* Two persons set the code. */
enum rc code_set(const struct args *a, const struct site *p, struct err *e);

/* ---- destroy_end.c
 * --------------------------------------------------------------------- */

/* All key files of the station, and the code; on disk when it returns. */
void keys_erase(struct erased *to, const struct site *p);
/* Everything else: what tells most first, the mark last. */
void rest_erase(struct erased *to, const struct site *p);
/* What may not be written, before anything is begun: RC_DENIED. */
enum rc site_may(const struct site *p, struct err *e);
/* Every process of the station is killed and gone; how many there were. */
enum rc daemon_end(
    size_t *count, const struct site *p, bool rehearse, struct err *e);

#endif
