/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What clamd is asked, and answers (docs/desk.md 9): one file on a connection
 * of its own, by INSTREAM, as clamd(8) has it:
 *
 *	"zINSTREAM" 0 | pieces: u32 length, bytes | u32 0
 *
 * answered by one text with a zero byte behind it.
 */
#ifndef FILE_CLAM_H
#define FILE_CLAM_H

#include "core/bytes.h"

#define CLAM_ASKS "zINSTREAM" /* with its zero byte */
#define CLAM_PIECE (64u << 10)
#define CLAM_ANSWER 1024u /* bytes, at most */
#define CLAM_NAME 128u	  /* of what was found */

enum clam_is {
	CLAM_CLEAN, /* and nothing else is */
	CLAM_FOUND,
	CLAM_FAILED, /* it did not scan; or what is no answer of clamd's */
};

/*
 * Read an answer, whole, with its zero byte.  "name" is what was found, or why
 * it did not scan: letters, digits and marks of ASCII, no blanks at its ends;
 * "?" stands for each other byte.
 */
enum clam_is clam_read(char name[static CLAM_NAME + 1], struct bytes answer);

#endif
