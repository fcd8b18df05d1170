/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * libmicrohttpd, opened by the process web alone: with it come GnuTLS and what
 * that wants, which read files of the machine's when they are loaded, and which
 * what has keys should not have in its memory.
 */
#ifndef PROC_WEB_MHD_H
#define PROC_WEB_MHD_H

#include <microhttpd.h>

#include "core/err.h"

/* What web calls of it. */
/* clang-format off */
#define MHD_CALLS(X) \
	X(MHD_add_connection) X(MHD_add_response_header) \
	X(MHD_create_response_from_buffer) \
	X(MHD_create_response_from_buffer_with_free_callback_cls) \
	X(MHD_create_response_from_callback) X(MHD_destroy_response) \
	X(MHD_get_connection_info) X(MHD_get_connection_values) \
	X(MHD_get_daemon_info) X(MHD_get_timeout) \
	X(MHD_lookup_connection_value) X(MHD_queue_response) \
	X(MHD_resume_connection) X(MHD_run) X(MHD_set_panic_func) \
	X(MHD_start_daemon) X(MHD_suspend_connection)
/* clang-format on */

struct mhd_calls {
#define X(call) __typeof__(&call) call;
	MHD_CALLS(X)
#undef X
};

/* NULL until it was opened. */
extern const struct mhd_calls *mhd;

/* Open it; before the sandbox is entered.  RC_ABSENT: it is not there, or too
 * old. */
enum rc mhd_open(struct err *e);

#endif
