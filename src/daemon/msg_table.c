/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Who may tell whom what, and of what fields it is (docs/station.md 3).  What
 * has no row is refused.
 */
#include "daemon/msg_table.h"

#include "core/limits.h"
#include "daemon/msg_fields.h"
#include "daemon/proc_bits.h"
#include "envelope/envelope.h"

/* The longest envelope with all its destinations fits a message. */
_Static_assert(
    MSG_MAX >= ENVELOPE_MAX + LIMIT_SLIPS * (12 + LIMIT_ADDRESS) + 4096,
    "MSG_MAX");

const struct field *const row_fields[LISTS] = {
	[LIST_DEST] = fields_dest,
	[LIST_DESK] = fields_desk_row,
	[LIST_ADDRESSEE] = fields_addressee,
	[LIST_PART] = fields_part,
	[LIST_RESOLVED] = fields_resolved,
	[LIST_ROW] = fields_row,
	[LIST_RECALLER] = fields_recaller,
};

static const struct field none[] = { END };

/* ---- the right to speak -----------------------------------------------------
 */

static const struct msg_kind kinds[MSG_LAST + 1] = {
	[MSG_SETTING] = { "setting", fields_setting, false, PARENT, CHILDREN },
	[MSG_PEER] = { "peer", fields_peer, true, PARENT, CHILDREN },
	[MSG_GO] = { "go", none, false, PARENT, CHILDREN },
	[MSG_STOP] = { "stop", none, false, PARENT, CHILDREN },
	[MSG_READY] = { "ready", none, false, CHILDREN, PARENT },
	[MSG_LOG] = { "log", fields_log, false, CHILDREN, PARENT },
	[MSG_KEY] = { "key", fields_key, false, PARENT, KEYS },
	[MSG_SOCKET] = { "socket", fields_socket, true, PARENT,
	    LINK | CONTROL | TLS },

	[MSG_LINK_KEY] = { "link.key", fields_link_key, false, LINK, STORE },
	[MSG_LINK_SIGN] = { "link.sign", fields_link_key, false, STORE, KEYS },
	[MSG_LINK_SIGNED] = { "link.signed", fields_statement, false, KEYS,
	    STORE },
	[MSG_LINK_SELF] = { "link.self", fields_self, false, STORE, LINK },
	[MSG_HELD] = { "held", fields_held, false, KEYS, STORE },

	[MSG_HELLO] = { "hello", fields_hello, false, LINK, STORE },
	[MSG_ADMIT] = { "admit", fields_admit, false, STORE, LINK },
	[MSG_GONE] = { "gone", fields_conn, false, LINK | STORE, LINK | STORE },
	[MSG_ITEM] = { "item", fields_item, false, LINK | MEDIA, STORE },
	[MSG_BIG] = { "big", fields_item, false, LINK | MEDIA, STORE },
	[MSG_BIG_DATA] = { "big.data", fields_data, false, LINK | MEDIA,
	    STORE },
	[MSG_BIG_END] = { "big.end", fields_number, false, LINK | MEDIA,
	    STORE },
	[MSG_TAKEN] = { "taken", fields_taken, false, STORE, LINK },
	[MSG_WRITTEN] = { "written", fields_data, false, STORE, LINK },
	[MSG_PARTIAL] = { "partial", fields_partial, false, STORE, LINK },
	[MSG_SEND] = { "send", fields_send, true, STORE, LINK | MEDIA },
	[MSG_SENT] = { "sent", fields_taken, false, LINK, STORE },

	[MSG_NUMBER] = { "number", fields_desk, false, SEAL, STORE },
	[MSG_NUMBERED] = { "numbered", fields_numbered, true, STORE, SEAL },
	[MSG_RESOLVE] = { "resolve", fields_resolve, false, SEAL, STORE },
	[MSG_RESOLVED] = { "resolved", fields_resolved, false, STORE, SEAL },
	[MSG_EXPAND] = { "expand", fields_expand, false, SEAL, STORE },
	[MSG_EXPANDED] = { "expanded", fields_expanded, false, STORE, SEAL },
	[MSG_SIGNER] = { "signer", fields_signer, false, SEAL, STORE },
	[MSG_SIGNER_IS] = { "signer.is", fields_signer_is, false, STORE, SEAL },
	[MSG_LISTED] = { "listed", fields_listed, false, SEAL, STORE },
	[MSG_ANSWERS] = { "answers", fields_answers, false, SEAL, STORE },
	[MSG_YES] = { "yes", fields_yes, false, STORE, SEAL },
	[MSG_SUBMIT] = { "submit", fields_submit, false, SEAL, STORE },
	[MSG_FETCH] = { "fetch", fields_of, false, SEAL, STORE },
	[MSG_PACKAGE] = { "package", fields_package, true, STORE, SEAL },

	[MSG_SIGN] = { "sign", fields_sign, false, SEAL, KEYS },
	[MSG_SIGNATURE] = { "signature", fields_signature, false, KEYS, SEAL },
	[MSG_UNLOCK] = { "unlock", fields_unlock, false, SEAL, KEYS },
	[MSG_CEK] = { "cek", fields_cek, false, KEYS, SEAL },

	[MSG_SIGN_IN] = { "sign.in", fields_sign_in, false, CONTROL, KEYS },
	[MSG_SIGN_OUT] = { "sign.out", fields_desk, false, CONTROL, KEYS },
	[MSG_MAY] = { "may", fields_desk, false, CONTROL, KEYS },
	[MSG_SIGNED_IN] = { "signed.in", fields_signed_in, false, KEYS,
	    CONTROL },
	[MSG_DESKS] = { "desks", fields_desk, false, CONTROL, KEYS },
	[MSG_DESK_LIST] = { "desk.list", fields_desk_list, false, KEYS,
	    CONTROL },

	[MSG_FD] = { "fd", none, true, CONTROL, SEAL | MEDIA | PRINT | SCAN },
	[MSG_SEAL] = { "seal", fields_seal, false, CONTROL, SEAL },
	[MSG_READ] = { "read", fields_of, false, CONTROL, SEAL },
	[MSG_LETTER] = { "letter", fields_letter, false, SEAL, CONTROL },
	[MSG_SAVE] = { "save", fields_of, false, CONTROL, SEAL },
	[MSG_PROGRESS] = { "progress", fields_progress, false,
	    STORE | SEAL | MEDIA, CONTROL },
	[MSG_DONE] = { "done", fields_done, false, STORE | SEAL,
	    SEAL | CONTROL },

	[MSG_ASK] = { "ask", fields_ask, false, CONTROL, STORE },
	[MSG_ROWS] = { "rows", fields_rows, false, STORE, CONTROL },
	[MSG_MARK] = { "mark", fields_mark, false, CONTROL, STORE },

	[MSG_ENROL] = { "enrol", fields_enrol, false, LINK, STORE },
	[MSG_ENROLLED] = { "enrolled", fields_enrol, false, STORE, LINK },
	[MSG_ENROL_UP] = { "enrol.up", fields_enrol, false, STORE, LINK },
	[MSG_ENROL_DOWN] = { "enrol.down", fields_enrol, false, LINK, STORE },
	[MSG_ENROL_PULL] = { "enrol.pull", fields_enrol_piece, false, CONTROL,
	    STORE },
	[MSG_ENROL_PIECE] = { "enrol.piece", fields_enrol_is, false, STORE,
	    CONTROL },
	[MSG_ENROL_PUSH] = { "enrol.push", fields_enrol_piece, false, CONTROL,
	    STORE },
	[MSG_ENROL_DROP] = { "enrol.drop", fields_enrol_piece, false, CONTROL,
	    STORE },
	[MSG_INVITED] = { "invited", fields_invited, false, CONTROL, STORE },
	[MSG_RENEW] = { "renew", fields_renew, false, STORE, KEYS },
	[MSG_RENEWAL] = { "renewal", fields_renewal, false, KEYS, STORE },
	[MSG_CERTIFIED] = { "certified", fields_certified, false, STORE, KEYS },
	[MSG_KEEP] = { "keep", fields_keep, false, KEYS, PARENT },
	[MSG_KEPT] = { "kept", fields_kept, false, PARENT, KEYS },
	[MSG_TELL] = { "tell", fields_tell, false, LINK | STORE, LINK | STORE },
	[MSG_TOLD] = { "told", fields_number, false, LINK, STORE },
	[MSG_LEAVE] = { "leave", fields_number, false, STORE, LINK },
	[MSG_DIRECTORY_GIVE] = { "directory.give", fields_enrol_piece, false,
	    CONTROL, STORE },
	[MSG_DIRECTORY_TAKE] = { "directory.take", fields_enrol_piece, false,
	    CONTROL, STORE },
	[MSG_EVIDENCE] = { "evidence", fields_enrol_piece, false, CONTROL,
	    STORE },

	[MSG_NOTE] = { "note", fields_note, false, STORE, KEYS },
	[MSG_NOTED] = { "noted", fields_noted, false, KEYS, STORE },
	[MSG_JOURNAL] = { "journal", fields_journal, false, CONTROL, STORE },
	[MSG_JOURNAL_IS] = { "journal.is", fields_journal_is, false, STORE,
	    CONTROL },
	[MSG_VOUCH] = { "vouch", fields_vouch, false, STORE, KEYS },
	[MSG_VOUCHED] = { "vouched", fields_vouched, false, KEYS, STORE },
	[MSG_DESK_STATE] = { "desk.state", fields_desk_state, false, KEYS,
	    STORE },
	[MSG_OPERATE] = { "operate", fields_operate, false, CONTROL, STORE },
	[MSG_CANCEL] = { "cancel", fields_number, false, STORE, LINK },
	[MSG_RECALL] = { "recall", fields_recall, false, CONTROL, STORE },
	[MSG_WITNESS] = { "witness", fields_witness, false, STORE, KEYS },
	[MSG_WITNESSED] = { "witnessed", fields_noted, false, KEYS, STORE },
	[MSG_STALE] = { "stale", fields_number, false, LINK, STORE },

	[MSG_BUNDLE] = { "bundle", fields_bundle, false, CONTROL, MEDIA },
	[MSG_BUNDLE_IS] = { "bundle.is", fields_bundle_is, false, MEDIA,
	    CONTROL },
	[MSG_BUNDLE_FOR] = { "bundle.for", fields_bundle_for, false, MEDIA,
	    STORE },
	[MSG_BUNDLE_FRONT] = { "bundle.front", fields_bundle_front, false,
	    STORE, MEDIA },
	[MSG_BUNDLE_NEXT] = { "bundle.next", fields_bundle_next, false, MEDIA,
	    STORE },
	[MSG_BUNDLE_REST] = { "bundle.rest", fields_bundle_is, false, STORE,
	    MEDIA },
	[MSG_BUNDLE_FROM] = { "bundle.from", fields_bundle_from, false, MEDIA,
	    STORE },
	[MSG_BUNDLE_ADMIT] = { "bundle.admit", fields_bundle_admit, false,
	    STORE, MEDIA },
	[MSG_BUNDLE_SAYS] = { "bundle.says", fields_bundle_says, false, MEDIA,
	    STORE },
	[MSG_BUNDLE_SYNC] = { "bundle.sync", fields_number, false, MEDIA,
	    STORE },
	[MSG_BUNDLE_SYNCED] = { "bundle.synced", fields_bundle_is, false, STORE,
	    MEDIA },
	[MSG_BUNDLE_SIGN] = { "bundle.sign", fields_bundle_sign, false, MEDIA,
	    KEYS },
	[MSG_BUNDLE_SIGNED] = { "bundle.signed", fields_statement, false, KEYS,
	    MEDIA },
	[MSG_BUNDLE_OPEN] = { "bundle.open", fields_bundle_open, false, MEDIA,
	    KEYS },
	[MSG_BUNDLE_KEY] = { "bundle.key", fields_cek, false, KEYS, MEDIA },
	[MSG_BUNDLE_GONE] = { "bundle.gone", fields_conn, false, MEDIA, STORE },
	[MSG_BUNDLE_NOTE] = { "bundle.note", fields_bundle_note, false, CONTROL,
	    STORE },
	[MSG_THIN_ASK] = { "thin.ask", fields_thin_ask, false, LINK, STORE },
	[MSG_THIN_IS] = { "thin.is", fields_thin_is, false, STORE, LINK },
	[MSG_THIN_SECRET] = { "thin.secret", fields_thin_secret, false, LINK,
	    STORE },
	[MSG_THIN] = { "thin", fields_thin, false, STORE, KEYS },
	[MSG_THINNED] = { "thinned", fields_thinned, false, KEYS, STORE },
	[MSG_DESTROYED] = { "destroyed", fields_enrol_piece, false, CONTROL,
	    STORE },
	[MSG_FORGET] = { "forget", fields_statement, false, STORE, KEYS },
	[MSG_DUTY] = { "duty", fields_duty, false, CONTROL, STORE },
	[MSG_ROW_KEY] = { "row.key", fields_record, false, STORE, KEYS },
	[MSG_ROW_KEY_IS] = { "row.key.is", fields_row_key, false, KEYS, STORE },
	[MSG_USER] = { "user", fields_user, false, CONTROL, KEYS },
	[MSG_USER_IS] = { "user.is", fields_user_is, false, KEYS, CONTROL },
	[MSG_PERSON] = { "person", fields_person, false, KEYS, STORE },
	[MSG_PERSON_IS] = { "person.is", fields_person_is, false, STORE, KEYS },
	[MSG_SESSION] = { "session", fields_session, false, KEYS, STORE },
	[MSG_SESSION_IS] = { "session.is", fields_outcome, false, STORE, KEYS },
	[MSG_SESSION_USED] = { "session.used", fields_desk, false, STORE,
	    KEYS },
	[MSG_STEP_SIGN] = { "step.sign", fields_step_sign, false, STORE, KEYS },
	[MSG_STEP_SIGNED] = { "step.signed", fields_step_signed, false, KEYS,
	    STORE },
	[MSG_RULES] = { "rules", fields_rules, false, PARENT, STORE },
	[MSG_DOC] = { "doc", fields_doc, false, CONTROL, STORE },
	[MSG_DOC_IS] = { "doc.is", fields_doc_is, false, STORE, CONTROL },
	[MSG_WEB_AT] = { "web.at", fields_web_at, false, TLS, WEB },
	[MSG_BROWSER] = { "browser", fields_browser, true, TLS, WEB },
	[MSG_WEB_CLIENT] = { "web.client", fields_web_user, true, WEB,
	    CONTROL },
	[MSG_WEB_END] = { "web.end", fields_web_user, false, WEB, CONTROL },
	[MSG_WEB_ENDED] = { "web.ended", fields_web_user, false, CONTROL,
	    KEYS },
	[MSG_WEB_LINK] = { "web.link", fields_web_user, false, CONTROL, WEB },
	[MSG_WEB_LINK_IS] = { "web.link.is", fields_web_link_is, false, WEB,
	    CONTROL },
	[MSG_CHANGED] = { "changed", fields_changed, false, STORE, WEB },
	[MSG_WEB_CERT] = { "web.cert", fields_web_cert, false, TLS, STORE },
	[MSG_WEB_CERT_IS] = { "web.cert.is", fields_web_cert_is, false, STORE,
	    TLS },
	[MSG_WEB_SIGN] = { "web.sign", fields_web_sign, false, STORE, KEYS },
	[MSG_WEB_SIGNED] = { "web.signed", fields_web_signed, false, KEYS,
	    STORE },
	[MSG_WEB_CA] = { "web.ca", none, false, CONTROL, STORE },
	[MSG_WEB_CA_IS] = { "web.ca.is", fields_web_ca_is, false, STORE,
	    CONTROL },
	[MSG_PRINT] = { "print", fields_print, false, CONTROL, PRINT },
	[MSG_PRINT_IS] = { "print.is", fields_print_is, false, PRINT, CONTROL },
	[MSG_SCAN] = { "scan", none, false, CONTROL, SCAN },
	[MSG_SCAN_IS] = { "scan.is", fields_scan_is, false, SCAN, CONTROL },
	[MSG_SCAN_WANT] = { "scan.want", none, false, SCAN, PARENT },
	[MSG_SCAN_LINE] = { "scan.line", none, true, PARENT, SCAN },
	[MSG_SCAN_NONE] = { "scan.none", fields_scan_none, false, PARENT,
	    SCAN },
	[MSG_FOUND] = { "found", fields_found, false, CONTROL, STORE },
	[MSG_PRINT_WANT] = { "print.want", none, false, CONTROL, PARENT },
	[MSG_PRINT_REST] = { "print.rest", none, false, CONTROL, PARENT },
};

const char *
proc_name(enum proc p)
{
	static const char *const names[PROCS] = {
		[PROC_PARENT] = "parent",
		[PROC_KEYS] = "keys",
		[PROC_STORE] = "store",
		[PROC_SEAL] = "seal",
		[PROC_LINK] = "link",
		[PROC_CONTROL] = "control",
		[PROC_MEDIA] = "media",
		[PROC_WEB] = "web",
		[PROC_TLS] = "tls",
		[PROC_PRINT] = "print",
		[PROC_SCAN] = "scan",
	};

	return names[p];
}

bool
msg_is_kind(uint64_t kind)
{
	return kind <= MSG_LAST && kinds[kind].name != NULL;
}

const struct msg_kind *
msg_kind(enum msg m)
{
	if (!msg_is_kind((uint64_t)m))
		bug("a message of no kind");
	return &kinds[m];
}

const char *
msg_name(enum msg m)
{
	return msg_kind(m)->name;
}

bool
msg_may(enum msg m, enum proc from, enum proc to)
{
	const struct msg_kind *kind = msg_kind(m);

	return from != to && (kind->from >> from & 1) != 0 &&
	       (kind->to >> to & 1) != 0;
}

bool
msg_carries_fd(enum msg m)
{
	return msg_kind(m)->fd;
}

size_t
msg_most(enum msg m)
{
	const struct field *f;
	size_t most = MSG_HEAD;

	for (f = msg_kind(m)->fields; f->kind != FIELD_END; f++)
		if (f->kind == FIELD_FIXED)
			most += f->size;
		else if (f->kind == FIELD_U64 || f->kind == FIELD_I64)
			most += 8;
		else
			most += 4 + (size_t)f->max;
	return most < MSG_MAX ? most : MSG_MAX;
}
