/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What lives longer than a call, as handlers may use it from any thread.
 */
#ifndef WEB_SERVER_H
#define WEB_SERVER_H

#include "web/session.h"

struct web_server {
	struct web_sessions *sessions;
	int64_t (*ms)(void); /* milliseconds that only go forward */
};

#endif
