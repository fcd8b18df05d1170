/* SPDX-License-Identifier: EUPL-1.2 */
/* The processes of a station, by name. */
#include "antind/parent.h"

static const struct process *const processes[PROCS] = {
	[PROC_KEYS] = &process_keys,
	[PROC_STORE] = &process_store,
	[PROC_SEAL] = &process_seal,
	[PROC_LINK] = &process_link,
	[PROC_CONTROL] = &process_control,
	[PROC_MEDIA] = &process_media,
	[PROC_WEB] = &process_web,
	[PROC_TLS] = &process_tls,
	[PROC_PRINT] = &process_print,
	[PROC_SCAN] = &process_scan,
};

const struct process *
process_of(enum proc p)
{
	return processes[p];
}
