/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `tls`, `web`, `control`, `store` and `keys`: the desk in a browser
 * (docs/station.md 20) and its certificates (docs/desk.md 11.3).
 * What is true of all messages is said in daemon/msg.h.
 */
#ifndef DAEMON_MSG_WEB_H
#define DAEMON_MSG_WEB_H

#include "core/bytes.h"
#include "core/limits.h"
#include "daemon/msg_people.h"

#define MSG_PEER_TEXT 64u /* bytes: an address and a port */
#define MSG_WEB_URL 512u

struct msg_web_at {
	struct bytes at; /* "127.0.0.1:4711" */
	uint64_t secure; /* 1: by TLS */
};
struct msg_browser {
	struct bytes peer; /* "127.0.0.1:4711", "[::1]:4711" */
	uint64_t secure;
	uint64_t uid; /* whose process it is; UINT64_MAX: not known */
};
struct msg_web_user {
	uint64_t user; /* what stands in the place of a uid */
};
struct msg_web_link_is {
	uint64_t rc;
	struct bytes why, url;
};
/* What a browser may want to ask anew. */
enum changed {
	CHANGED_MAIL = 1,	/* boxes and traces */
	CHANGED_DOCUMENTS = 2,	/* and registers */
	CHANGED_ALARMS = 4,	/* and who is on duty */
	CHANGED_LINES = 8,	/* and queues */
	CHANGED_DIRECTORY = 16, /* and requests for certificates */
	CHANGED_PEOPLE = 32,	/* who is signed in */
};
#define CHANGES 6u
struct msg_changed {
	uint64_t what; /* bits of enum changed */
};
#define MSG_WEB_PUB 65u	       /* P256_PUB */
#define MSG_WEB_CERT_MAX 8192u /* SITE_CERT */
#define MSG_WEB_NAMES 4096u    /* bytes of names, one a line */
#define MSG_WEB_KEPT                                                           \
	(32u + LIMIT_NAME + MSG_WEB_NAMES + MSG_WEB_CERT_MAX + MSG_KEPT_RECORD)
#define MSG_WEB_PORTS 128u /* bytes of ports, one a line */
struct msg_web_cert {
	uint8_t pub[MSG_WEB_PUB];
	struct bytes ports; /* where it is shown */
};
struct msg_web_cert_is {
	uint64_t rc;
	struct bytes why, leaf, ca;
	int64_t until; /* the end of the leaf */
};
struct msg_web_sign {
	int64_t now;
	uint8_t pub[MSG_WEB_PUB];
	struct bytes kept; /* of the authority; empty: there is none */
};
struct msg_web_signed {
	uint64_t rc;
	struct bytes why;  /* RC_OK: why the authority is new, or empty */
	struct bytes kept; /* to be kept from now on; empty: as it was */
	struct bytes leaf, ca;
	struct bytes names; /* those of the leaf, one a line */
	int64_t until, ca_until;
};
struct msg_web_ca_is {
	uint64_t rc;
	struct bytes why, ca, names, ports;
	int64_t until;
};

#endif
