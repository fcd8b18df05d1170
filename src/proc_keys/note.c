/* SPDX-License-Identifier: EUPL-1.2 */
/* Checkpoints of the journal (docs/journal.md 5): keys writes the text itself,
 * and nobody else has the key that existing tools know. */
#include <string.h>

#include "crypto/kdf.h"
#include "daemon/process.h"
#include "journal/note.h"
#include "proc_keys/checkpoint.h"

#define LABEL "antin journal ed25519" /* docs/journal.md 5.3 */
#define SEED 32u

/* The caller frees. */
static struct sig_key *
tool_key(const struct identity *station)
{
	const struct sig_alg *alg = sig_by_name("Ed25519");
	struct sig_key *key;
	uint8_t seed[SEED];

	hkdf_sha256(seed, sizeof(seed), (struct bytes){ 0 },
	    sig_key_priv(station->sig), bytes_str(LABEL));
	key = sig_key_of(alg, bytes_of(seed, sizeof(seed)));
	wipe(seed, sizeof(seed));
	if (key == NULL)
		bug("keys: any 32 bytes are an Ed25519 key");
	return key;
}

void
checkpoint_sign(const struct identity *station, const struct message *m)
{
	const struct msg_note *ask = &m->body.note;
	const struct checkpoint c = { .log = ask->unit,
		.size = ask->size,
		.root = ask->root,
		.at = ask->at,
		.journal = true,
		.incarnation = ask->incarnation };
	struct sig_key *tool = tool_key(station);
	struct msg_noted out = { 0 };
	struct buf note, text = { 0 };

	note_begin(&note, &c);
	buf_add(&text, bytes_of(note.p, note.len - 1));
	note_line(&note, buf_bytes(&text), NOTE_STATION, &c.log, station->sig);
	note_line(&note, buf_bytes(&text), NOTE_TOOL, &c.log, tool);
	out.note = buf_bytes(&note);
	memcpy(out.tool, sig_key_pub(tool).p, sizeof(out.tool));
	(void)tell(PROC_STORE, MSG_NOTED, m->job, &out, -1);
	buf_free(&note);
	buf_free(&text);
	sig_key_free(tool);
}

void
checkpoint_witness(const struct identity *station, const struct message *m)
{
	const struct msg_witness *ask = &m->body.witness;
	const struct checkpoint c = { .log = ask->note.unit,
		.size = ask->note.size,
		.root = ask->note.root,
		.at = ask->note.at,
		.journal = true,
		.incarnation = ask->note.incarnation };
	struct msg_noted out = { 0 };
	struct buf note, text = { 0 };

	note_begin(&note, &c);
	buf_add(&text, bytes_of(note.p, note.len - 1));
	note_line(
	    &note, buf_bytes(&text), NOTE_WITNESS, &ask->by, station->sig);
	out.note = buf_bytes(&note);
	(void)tell(PROC_STORE, MSG_WITNESSED, m->job, &out, -1);
	buf_free(&note);
	buf_free(&text);
}
