/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the files of the process media share (media.c; write.c makes
 * bundles, read.c takes them apart): one job at a time, over one
 * descriptor that the person's command opened (docs/media.md).
 */
#ifndef PROC_MEDIA_MEDIA_H
#define PROC_MEDIA_MEDIA_H

#include "daemon/process.h"
#include "media/bundle.h"

#define MEDIA_TELL_MS INT64_C(200) /* between two tellings of progress */

struct carrying {
	uint64_t number; /* control's */
	const struct msg_bundle *asked;
	int fd;			 /* owned */
	uint64_t conn;		 /* the store's number of it; 0: none yet */
	struct msg_bundle_is is; /* the answer; borrows from the store's */
	int64_t told;
};

/* They fill in c->is. */
enum rc media_write(struct carrying *c, struct err *e);
enum rc media_read(struct carrying *c, struct err *e);
/* So many bytes of so many are done (0: nobody knows of how many). */
void media_progress(struct carrying *c, uint64_t done, uint64_t total);

#endif
