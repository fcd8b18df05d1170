/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What is read of a backup: its head has one spelling and shares for officers
 * who can be; a list of officers comes back as it was; no file in it leads out
 * of a station's folder.  The first byte says which of them it is.
 */
#include <string.h>

#include "crypto/suite.h"
#include "pki/backup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
head(struct bytes in)
{
	struct backup_head h;
	struct buf again;
	struct err e;
	unsigned i;

	if (backup_head_read(&h, in, &e) != RC_OK)
		return;
	backup_head_write(&again, &h);
	if (!bytes_eq(buf_bytes(&again), in) || h.quorum < 2 ||
	    h.quorum > h.count || h.count > SHAMIR_MAX)
		bug("a head of another spelling");
	for (i = 0; i < h.count; i++)
		if (!suite_kem_is_composite(h.officers[i].kem) ||
		    h.officers[i].ciphertext.len != h.officers[i].kem->ct ||
		    h.officers[i].sealed.len != KEYSHARE_BYTES + AEAD_TAG)
			bug("an officer who cannot be");
	buf_free(&again);
}

static void
officers(struct bytes in)
{
	struct backup_officers o, back;
	struct buf again;
	struct err e;

	if (backup_officers_read(&o, in, &e) != RC_OK)
		return;
	backup_officers_write(&again, &o);
	if (backup_officers_read(&back, buf_bytes(&again), &e) != RC_OK ||
	    back.count != o.count || back.quorum != o.quorum || o.quorum < 2 ||
	    o.quorum > o.count || o.count > SHAMIR_MAX)
		bug("officers who do not come back");
	buf_free(&again);
}

static void
files(struct bytes in)
{
	struct backup_entry f;
	struct buf again = { 0 };
	struct err e;
	size_t used;

	while (backup_entry_read(&f, &used, in, &e) == RC_OK && used > 0 &&
	       f.name[0] != '\0') {
		backup_entry_write(&again, &f);
		if (!bytes_eq(buf_bytes(&again), bytes_of(in.p, used)) ||
		    f.name[0] == '/' || strstr(f.name, "/.") != NULL ||
		    strstr(f.name, "//") != NULL)
			bug("a file that leads elsewhere");
		buf_free(&again);
		in = bytes_of(in.p + used, in.len - used);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const parsers[3])(
	    struct bytes in) = { head, officers, files };

	if (size > 0)
		parsers[data[0] % 3](bytes_of(data + 1, size - 1));
	return 0;
}
