/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A checkpoint, of a log or of a journal: what is read has one spelling, so two
 * that say the same have the same text; and nobody's key has signed it, in
 * whatever role.
 */
#include "journal/note.h"
#include "crypto/suite.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Of a station's journal (docs/journal.md 5). */
static void
journal(struct bytes in, const struct sig_key *key, const struct sig_pub *pub)
{
	struct note n, again;
	struct buf text;
	struct err e;

	if (note_read_journal(&n, in, &e) != RC_OK) {
		if (n.text.p != NULL || n.signatures.p != NULL)
			bug("something is left of what was not read");
		return;
	}
	if (note_read(&again, in, &e) == RC_OK)
		bug("a journal's checkpoint that is a directory's");
	(void)note_claims(&n, NOTE_WITNESS);
	if (note_has(&n, NOTE_STATION, &n.checkpoint.log, pub) ||
	    note_has(&n, NOTE_WITNESS, &n.checkpoint.log, pub))
		bug("a note that a new key has signed");
	note_begin(&text, &n.checkpoint);
	note_line(&text, n.text, NOTE_STATION, &n.checkpoint.log, key);
	if (note_read_journal(&again, buf_bytes(&text), &e) != RC_OK ||
	    !bytes_eq(again.text, n.text) ||
	    !note_has(&again, NOTE_STATION, &n.checkpoint.log, pub))
		bug("a checkpoint that is written otherwise than it was read");
	buf_free(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sig_key *key;
	static struct sig_pub *pub;
	struct note n, again;
	struct buf text;
	struct err e;

	if (key == NULL) {
		key = sig_generate(sig_by_name(suite_table[0].sig));
		pub = sig_pub_of(sig_key_alg(key), sig_key_pub(key));
	}
	journal(bytes_of(data, size), key, pub);
	if (note_read(&n, bytes_of(data, size), &e) != RC_OK) {
		if (n.text.p != NULL || n.signatures.p != NULL)
			bug("something is left of what was not read");
		return 0;
	}
	if (note_verify(&n, pub))
		bug("a note that a new key has signed");
	note_sign(&text, &n.checkpoint, key);
	if (note_read(&again, buf_bytes(&text), &e) != RC_OK ||
	    !bytes_eq(again.text, n.text) || !note_verify(&again, pub))
		bug("a checkpoint that is written otherwise than it was read");
	buf_free(&text);
	return 0;
}
