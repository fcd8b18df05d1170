/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Limits that more than one module holds to.  What belongs to one module is
 * named in its header.
 */
#ifndef CORE_LIMITS_H
#define CORE_LIMITS_H

#define LIMIT_CONTENT (1u << 20) /* bytes of a dispatch's signed content */
#define LIMIT_SLIPS 10000u	 /* slips over one body */
#define LIMIT_ADDRESS 255u	 /* bytes of an address */
#define LIMIT_NAME 255u	    /* bytes of a person's, desk's or file's name */
#define LIMIT_SUBJECT 2000u /* bytes of a subject (500 letters) */
#define LIMIT_THREADS 8u    /* threads of one job */

#endif
