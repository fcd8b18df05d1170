/* SPDX-License-Identifier: EUPL-1.2 */
/* Documents that have come as far as a test needs them. */
#ifndef TESTS_UNIT_LIVES_H
#define TESTS_UNIT_LIVES_H

#include "clerks.h"

#define LIST_ "recipients=UBND tỉnh; Công an tỉnh"

static inline void
draft(struct record *r, const char *level)
{
	char said[40];

	(void)snprintf(said, sizeof(said), "level=%s", level);
	MUST(r, LAN, DRAFT, "type=bao-cao", "grammar=nha-nuoc", said,
	    "precedence=thuong", "content=" HASH_A, "documents=1", "pages=3",
	    LIST_);
}

static inline void
propose(struct record *r, const char *level)
{
	char said[40];

	(void)snprintf(said, sizeof(said), "level=%s", level);
	MUST(r, LAN, PROPOSE_LEVEL, said, "catalogue=Mục 3", LIST_, "copies=2",
	    "copying=yes");
}

static inline void
decide(struct record *r, const char *level)
{
	char said[40];

	(void)snprintf(said, sizeof(said), "level=%s", level);
	MUST(r, MINH, DECIDE_LEVEL, said, "copies=2", "copying=yes");
}

/* A secret document, signed by its person. */
static inline void
secret_signed(struct record *r, const char *level)
{
	draft(r, level);
	if (strcmp(level, "tuyet-mat") != 0)
		MUST(r, LAN, DESCRIBE, "abstract=Tình hình biên giới");
	propose(r, level);
	decide(r, level);
	MUST(r, MINH, SIGN, "content=" HASH_A, "capacity=CHỦ TỊCH");
}

static inline void
secret_registered(struct record *r, const char *level)
{
	secret_signed(r, level);
	MUST(r, HOA, NUMBER);
	MUST(r, HOA, MARK);
	MUST(r, HOA, SIGN_AGENCY, "content=" HASH_A);
	MUST(r, HOA, REGISTER, "keeper=Văn phòng");
}

static inline void
secret_sent(struct record *r, const char *level)
{
	secret_registered(r, level);
	MUST(r, HOA, SEND, "dispatch=" SOME_ID, "digest=" HASH_B);
}

static inline void
ordinary_signed(struct record *r)
{
	draft(r, "thuong");
	MUST(r, LAN, DESCRIBE, "abstract=Kế hoạch công tác");
	MUST(r, MINH, SIGN, "content=" HASH_A);
}

static inline void
ordinary_registered(struct record *r)
{
	ordinary_signed(r);
	MUST(r, HOA, NUMBER);
	MUST(r, HOA, SIGN_AGENCY, "content=" HASH_A);
	MUST(r, HOA, REGISTER, "copies=5");
}

static inline void
arrives(struct record *r, const char *level)
{
	char said[40];

	(void)snprintf(said, sizeof(said), "level=%s", level);
	MUST(r, HOA, ARRIVE, "from=UBND tỉnh Điện Biên", "type=cong-van", said,
	    "precedence=thuong", "symbol=12/UBND-VX", "date=2026-11-19",
	    "documents=1", "pages=3", "attachments=1", "dispatch=" SOME_ID,
	    "digest=" HASH_B);
}

static inline void
registered_in(struct record *r, const char *level)
{
	arrives(r, level);
	MUST(r, HOA, CHECK, "integrity=good", "documents=1", "pages=3",
	    "attachments=1");
	if (strcmp(level, "tuyet-mat") != 0)
		MUST(r, HOA, DESCRIBE, "abstract=Tăng cường tuần tra");
	MUST(r, HOA, STAMP);
	MUST(r, HOA, REGISTER);
}

static inline void
assigned_in(struct record *r, const char *level)
{
	registered_in(r, level);
	MUST(r, HOA, RECEIPT);
	MUST(r, MINH, ASSIGN, "assignee=" HOST "lan");
}

#endif
