/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * How the fields of a message are written down: each struct of a room
 * (daemon/msg_link.h) has its table there (msg_link.c), of that struct's fields
 * in the order in which they are sent, with their bounds.
 */
#ifndef DAEMON_MSG_FIELDS_H
#define DAEMON_MSG_FIELDS_H

#include <stddef.h>

#include "daemon/msg_table.h"

#define LONG (MSG_MAX - MSG_HEAD) /* as long as a message can be */

/* Where a field is; no constant where it is not of this type. */
#define AT(s, f, type)                                                         \
	(offsetof(struct s, f) + 0 * _Generic(((struct s *)0)->f, type : 1))

#define U64(s, f, lo, hi)                                                      \
	{                                                                      \
		.kind = FIELD_U64, .at = AT(s, f, uint64_t), .min = (lo),      \
		.max = (hi)                                                    \
	}
#define ANY(s, f) U64(s, f, 0, UINT64_MAX)
#define FLAG(s, f) U64(s, f, 0, 1)
#define RC(s, f) U64(s, f, RC_OK, RC_USAGE)
#define LEVEL(s, f) U64(s, f, 0, LEVELS - 1)
#define PRECEDENCE(s, f) U64(s, f, 0, PRECEDENCES - 1)
/* A time of ours; a peer's clock may say anything. */
#define TIME(s, f)                                                             \
	{                                                                      \
		.kind = FIELD_I64, .at = AT(s, f, int64_t), .min = 0,          \
		.max = INT64_MAX                                               \
	}
#define CLOCK(s, f)                                                            \
	{                                                                      \
		.kind = FIELD_I64, .at = AT(s, f, int64_t),                    \
		.min = (uint64_t)INT64_MIN, .max = INT64_MAX                   \
	}
#define FIXED(s, f)                                                            \
	{                                                                      \
		.kind = FIELD_FIXED, .at = offsetof(struct s, f),              \
		.size = sizeof(((struct s *)0)->f)                             \
	}
#define BYTES(s, f, lo, hi)                                                    \
	{                                                                      \
		.kind = FIELD_BYTES, .at = AT(s, f, struct bytes),             \
		.min = (lo), .max = (hi)                                       \
	}
#define ADDRESS(s, f) BYTES(s, f, 0, LIMIT_ADDRESS)
#define WHY(s, f) BYTES(s, f, 0, MSG_WHY)
#define LIST(s, f, of, most)                                                   \
	{                                                                      \
		.kind = FIELD_LIST, .at = AT(s, f, struct bytes), .max = LONG, \
		.list = (of), .rows = (most)                                   \
	}
#define IDS(s, f, most)                                                        \
	{                                                                      \
		.kind = FIELD_IDS, .at = AT(s, f, struct bytes), .max = (most) \
	}
#define DESTS(s, f) LIST(s, f, LIST_DEST, LIMIT_SLIPS)
#define END                                                                    \
	{                                                                      \
		.kind = FIELD_END                                              \
	}

/* msg_parent.c */
extern const struct field fields_setting[], fields_peer[], fields_log[],
    fields_key[], fields_socket[];
/* msg_link.c */
extern const struct field fields_dest[], fields_link_key[], fields_statement[],
    fields_self[], fields_conn[], fields_hello[], fields_admit[],
    fields_number[], fields_item[], fields_data[], fields_taken[],
    fields_partial[], fields_send[], fields_tell[];
/* msg_thin.c */
extern const struct field fields_thin_ask[], fields_thin_is[],
    fields_thin_secret[], fields_thin[], fields_thinned[];
/* msg_seal.c */
extern const struct field fields_addressee[], fields_part[], fields_resolved[],
    fields_recaller[], fields_numbered[], fields_resolve[], fields_expand[],
    fields_expanded[], fields_signer[], fields_signer_is[], fields_listed[],
    fields_answers[], fields_yes[], fields_submit[], fields_of[],
    fields_package[], fields_sign[], fields_signature[], fields_unlock[],
    fields_cek[], fields_seal[], fields_letter[], fields_progress[],
    fields_done[];
/* msg_people.c */
extern const struct field fields_desk_row[], fields_held[], fields_desk[],
    fields_sign_in[], fields_signed_in[], fields_desk_list[],
    fields_desk_state[], fields_record[], fields_user[], fields_user_is[],
    fields_person[], fields_person_is[], fields_session[], fields_outcome[];
/* msg_ask.c */
extern const struct field fields_row[], fields_ask[], fields_rows[];
/* msg_operate.c */
extern const struct field fields_mark[], fields_operate[], fields_recall[],
    fields_duty[];
/* msg_enrol.c */
extern const struct field fields_enrol[], fields_enrol_piece[],
    fields_enrol_is[], fields_invited[], fields_renew[], fields_renewal[],
    fields_certified[], fields_keep[], fields_kept[];
/* msg_journal.c */
extern const struct field fields_note[], fields_noted[], fields_witness[],
    fields_journal[], fields_journal_is[], fields_vouch[], fields_vouched[];
/* msg_bundle.c */
extern const struct field fields_bundle[], fields_bundle_is[],
    fields_bundle_for[], fields_bundle_front[], fields_bundle_next[],
    fields_bundle_from[], fields_bundle_admit[], fields_bundle_says[],
    fields_bundle_sign[], fields_bundle_open[], fields_bundle_note[];
/* msg_registry.c */
extern const struct field fields_row_key[], fields_step_sign[],
    fields_step_signed[], fields_rules[], fields_doc[], fields_doc_is[];
/* msg_web.c */
extern const struct field fields_web_at[], fields_browser[], fields_web_user[],
    fields_web_link_is[], fields_changed[], fields_web_cert[],
    fields_web_cert_is[], fields_web_sign[], fields_web_signed[],
    fields_web_ca_is[];
/* msg_print.c */
extern const struct field fields_print[], fields_print_is[];
/* msg_scan.c */
extern const struct field fields_scan_is[], fields_scan_none[], fields_found[];

#endif
