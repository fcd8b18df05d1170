/* SPDX-License-Identifier: EUPL-1.2 */
/* The table's parts, each in its file (tables.c joins them). */
#ifndef WEB_RESOURCES_H
#define WEB_RESOURCES_H

#include "web/route.h"

extern const struct web_route web_session_routes[];
extern const struct web_route web_upload_routes[];
extern const struct web_route web_document_routes[];
extern const struct web_route web_mail_file_routes[];
extern const struct web_route web_events_routes[];

/* What the route of the stream runs: it is no call, the server's loop answers
 * it. */
enum rc web_events(struct web_call *c, struct err *e);
extern const struct web_route web_tree_routes[];
extern const struct web_route web_station_routes[];
extern const struct web_route web_mail_routes[];
extern const struct web_route web_registers_routes[];
extern const struct web_route web_report_routes[];
extern const struct web_route web_network_routes[];
extern const struct web_route web_people_routes[];
extern const struct web_route web_draft_routes[];
extern const struct web_route web_print_routes[];
extern const struct web_route web_journal_routes[];

#endif
