/* SPDX-License-Identifier: EUPL-1.2 */
/* What a browser's session may ask, of all that a command may
 * (docs/station.md 20.6). */
#include "proc_control/control.h"

/* What no page does: whoever took the process web over could not, either. */
static const enum control_what command_only[] = {
	CONTROL_ENROL_PULL,
	CONTROL_ENROL_PUSH,
	CONTROL_ENROL_DROP,
	CONTROL_INVITED,
	CONTROL_DIRECTORY_GIVE,
	CONTROL_BACKUP,
	CONTROL_BACKED,
	CONTROL_REOPEN,
	CONTROL_MEDIA_WRITE,
	CONTROL_MEDIA_READ,
	CONTROL_MEDIA_LOOK,
	CONTROL_MEDIA_NOTE,
	CONTROL_DESTROYED,
	CONTROL_LOST,
	CONTROL_DESK,
	CONTROL_DESK_TRUST,
};

enum rc
client_may_ask(uint64_t uid, enum control_what what, struct err *e)
{
	size_t i;

	for (i = 0; uid >= MSG_USER_WEB &&
		    i < sizeof(command_only) / sizeof(command_only[0]);
	     i++)
		if (command_only[i] == what)
			return fail(
			    e, RC_DENIED, "it is asked by the command alone");
	return RC_OK;
}
