/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Forms: a function each, with a struct of its texts (docs/forms.md 6 to 9).
 *
 * Texts are in NFC, as the caller has them, and borrowed for the call; what is
 * empty is a line of dots to write on, or left out where the form has no use
 * for it.  All may fail as page_open() and grid_row() do, and as the sink does.
 */
#ifndef FORM_FORMS_H
#define FORM_FORMS_H

#include "core/bytes.h"
#include "core/err.h"
#include "core/sink.h"
#include "form/stamps.h"

/* Where a form goes. */
struct form_out {
	struct sink to;
	int64_t made;	/* the time that the file tells */
	size_t unknown; /* given back: characters without a picture */
};

/* What an official paper begins with. */
struct form_head {
	bool party;	       /* of a Party body, not of the State */
	struct bytes superior; /* "ỦY BAN NHÂN DÂN TỈNH ĐIỆN BIÊN" */
	struct bytes agency;
	struct bytes number;	 /* and symbol: "15/BB-VP" */
	struct bytes place_date; /* "Điện Biên, ngày 05 tháng 3 năm 2026" */
	struct bytes title;	 /* in the place of the form's own */
	struct bytes secrecy;	 /* "MẬT": a red mark */
};

/* Rows of as many cells as the form says; not numbered. */
struct form_list {
	const struct bytes *cells; /* row after row */
	size_t rows;
};

/* The way of a telegram through the office (docs/forms.md 6). */
struct form_telegram {
	struct form_head head;
	bool in;	      /* one that came, not one that goes */
	struct bytes urgency; /* "KHẨN": a red mark */
	struct bytes from, to;
	struct bytes registered; /* the number of its arrival */
	struct bytes groups, pages, copies;
	struct bytes authority;		/* who signed the draft */
	struct bytes product, key;	/* by their designations only */
	struct bytes content;		/* left out where it is empty */
	struct form_list stages;	/* stage, when, who */
	struct bytes clear_copy, notes; /* what became of the clear text */
	struct bytes operator, checker, receiver;
	struct bytes
	    line; /* of line.h, in the QR code, or RC_INVALID; empty: none */
};
#define FORM_STAGES 3u /* cells of a row */
enum rc form_telegram(
    struct form_out *out, const struct form_telegram *t, struct err *e);

/* Stamps and marks on a page, to be laid over a paper or cut (5). */
struct form_stamp {
	const struct stamp *stamp;
	double x, y; /* mm: its upper left corner */
	const struct bytes *values;
};
enum rc form_stamps(struct form_out *out, const struct form_stamp *stamps,
    size_t count, struct err *e);

/* Somebody in minutes. */
struct form_party {
	struct bytes name, post, unit;
};

/* Minutes of a hand-over (7). */
struct form_handover {
	struct form_head head;
	struct bytes time, place, reason;
	struct form_party gives, takes, witness;
	struct form_list items; /* what, number, level, count, state of seal */
	struct bytes total;	/* how many, in words */
	struct bytes notes, copies;
};
#define FORM_ITEMS 5u
enum rc form_handover(
    struct form_out *out, const struct form_handover *h, struct err *e);

/* Minutes of a destruction (9). */
struct form_destruction {
	struct form_head head;
	struct bytes decision; /* number, date and body of the decision */
	struct bytes time, place;
	struct form_list council;   /* name, post, part in it */
	struct form_list witnesses; /* name, post */
	struct form_list documents; /* what, number, date, level, count */
	struct bytes total, method, ended, result, copies;
};
#define FORM_COUNCIL 3u
#define FORM_WITNESSES 2u
#define FORM_DOCUMENTS 5u
#define FORM_PLACES 24u /* signatures, at most */
enum rc form_destruction(
    struct form_out *out, const struct form_destruction *d, struct err *e);

/* The periodic report of a unit's registers (docs/forms.md 12). */
struct form_report {
	struct form_head head;
	struct bytes from, until;
	struct form_list counts; /* register, way, level, precedence, lines */
	struct bytes total;
	/* way, precedence, done, not done, late, median, longest */
	struct form_list times;
};
#define FORM_COUNTS 5u
#define FORM_TIMES 7u
enum rc form_report(
    struct form_out *out, const struct form_report *r, struct err *e);

/* A paper's leave to be copied, and what was copied (8). */
struct form_copying {
	struct form_head head;
	struct bytes document, number, date, level; /* of what is copied */
	struct bytes kind; /* whole, in part, by photograph */
	struct bytes purpose, copies, place, device;
	struct bytes authority, post, copier;
	struct form_list given; /* number of the copy, to whom, when */
	struct bytes surplus;	/* what was too many or spoilt: destroyed */
};
#define FORM_GIVEN 3u
enum rc form_copying(
    struct form_out *out, const struct form_copying *c, struct err *e);

#endif
