/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Vietnamese text: the order of dictionaries and of lists of names, searching,
 * and how official papers write days and numbers.
 *
 * Text may be composed or not (NFC, NFD): both give the same.  What is no UTF-8
 * gives an empty key, and is not found.
 */
#ifndef CORE_VIET_H
#define CORE_VIET_H

#include "core/bytes.h"

/*
 * A key whose order in memcmp (bytes_cmp) is that of CLDR's "vi": letters a ă â
 * b c d đ ..., then tones (ngang, huyền, hỏi, ngã, sắc, nặng), then small
 * before capital; each over the whole text before the next.  Blanks come first,
 * then signs, then digits.  The caller frees *out.
 */
void viet_key(struct buf *out, struct bytes text);

/* The same of a person's name: the given name (the last word) first, then the
 * family name, then what is between. */
void viet_name_key(struct buf *out, struct bytes name);

/*
 * What somebody searches for: words, of which each must be found, whole or as
 * the beginning of a word.  A mark that he wrote must be there; one that he
 * left out may: "bao cao" finds "Báo cáo", "báo" does not find "bảo".  Where a
 * tone stands in its syllable (hòa, hoà) and i or y as its only vowel (kĩ, kỹ)
 * make no difference.
 */
#define VIET_WORDS 32u	 /* of a search; more are passed over */
#define VIET_LETTERS 32u /* of a word; what is longer is two */

struct viet_letter {
	int32_t base; /* small; đ is d with a mark */
	uint8_t mark; /* 0: none */
};
struct viet_word {
	struct viet_letter letters[VIET_LETTERS];
	size_t count;
	uint8_t tone; /* 0: ngang, or not said */
};
struct viet_search {
	struct viet_word words[VIET_WORDS];
	size_t count; /* 0: everything is found */
};
void viet_search(struct viet_search *out, struct bytes wanted);
bool viet_found(const struct viet_search *s, struct bytes text);

/* In Vietnam's time, UTC+7.  Decree 30/2020/NĐ-CP: days below 10 and the months
 * 1 and 2 have a 0 before them: "ngày 05 tháng 3 năm 2020". */
#define VIET_DAY 48 /* bytes with the NUL */
void viet_day(char out[static VIET_DAY], int64_t t);

/* "5.418" */
#define VIET_NUMBER 32
void viet_number(char out[static VIET_NUMBER], uint64_t n);
/* "năm nghìn bốn trăm mười tám", as minutes write quantities.  The caller
 * frees *out. */
void viet_number_words(struct buf *out, uint64_t n);

#endif
