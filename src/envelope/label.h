/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Labels (độ mật) and precedence (độ khẩn): docs/envelope.md 4.
 */
#ifndef ENVELOPE_LABEL_H
#define ENVELOPE_LABEL_H

#include "core/bytes.h"
#include "core/err.h"

enum level { LEVEL_ORDINARY, LEVEL_MAT, LEVEL_TOI_MAT, LEVEL_TUYET_MAT };
#define LEVELS 4

enum precedence {
	PRECEDENCE_THUONG,
	PRECEDENCE_KHAN,
	PRECEDENCE_THUONG_KHAN,
	PRECEDENCE_HOA_TOC,
	PRECEDENCE_HOA_TOC_HEN_GIO, /* ranks as Hỏa tốc; due at a set time */
};
#define PRECEDENCES 5

/* As a person writes it on a command line: "mat", "toi-mat", ... */
const char *level_word(enum level l);
const char *precedence_word(enum precedence p);
/* As a person reads it; translated. */
const char *level_name(enum level l);
const char *precedence_name(enum precedence p);
bool level_parse(enum level *out, struct bytes word);
bool precedence_parse(enum precedence *out, struct bytes word);

/* docs/envelope.md 4.2: how a precedence ranks. */
unsigned precedence_rank(enum precedence p);

/* The number an ESSSecurityLabel carries (RFC 2634 3.2), and back. */
unsigned level_classification(enum level l);
bool level_of_classification(enum level *out, uint64_t classification);

#endif
