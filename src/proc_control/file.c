/* SPDX-License-Identifier: EUPL-1.2 */
/* Descriptors that came with a request, before seal is handed them. */
#include <fcntl.h>
#include <sys/stat.h>

#include "proc_control/control.h"

enum rc
file_check(int fd, bool writes, struct err *e)
{
	int flags = fcntl(fd, F_GETFL);
	struct stat st;

	if (flags < 0 || fstat(fd, &st) != 0 || (flags & O_PATH) != 0)
		return fail(e, RC_INVALID, "a descriptor that is no open file");
	if (!S_ISREG(st.st_mode))
		return fail(e, RC_INVALID,
		    "what is sent and saved are files; pipes and devices are "
		    "not taken");
	if ((flags & O_ACCMODE) == (writes ? O_RDONLY : O_WRONLY))
		return fail(e, RC_INVALID,
		    "a file that is not open for what is to be done with it");
	return RC_OK;
}
