/* SPDX-License-Identifier: EUPL-1.2 */
#include "web/resources.h"

const struct web_route *const web_tables[] = {
	web_session_routes,
	web_upload_routes,
	web_document_routes,
	web_mail_file_routes,
	web_events_routes,
	web_tree_routes,
	web_station_routes,
	web_mail_routes,
	web_registers_routes,
	web_report_routes,
	web_network_routes,
	web_people_routes,
	web_draft_routes,
	web_print_routes,
	web_journal_routes,
	NULL,
};
