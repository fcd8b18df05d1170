/* SPDX-License-Identifier: EUPL-1.2 */
/* Who this station is. */
#include <string.h>

#include "envelope/address.h"
#include "pki/path.h"
#include "pki/resolve.h"
#include "proc_store/rows.h"
#include "proc_store/sessions.h"

/* Who is not the root is no judge of the time, also where by the time that he
 * has nobody is above him. */
static void
find_above(void)
{
	struct directory *d = st.file.directory;
	struct log_line l;

	st.clock.has_parent = !st.named || d->state.units[st.unit].depth > 0;
	if (!st.named || !st.clock.has_parent ||
	    station_above(d, st.unit, station_now()) != NONE)
		return;
	l = log_line(LOG_WARN, "station.alone");
	log_str(&l, "why",
	    bytes_str("by this station's clock no station above it has a "
		      "certificate in force"));
	log_uint(&l, "clock", (uint64_t)station_now());
	process_log(LOG_WARN, &l);
}

static void
note_named(const struct cert *c)
{
	struct entry_data d = { .station = c->address };

	cert_fingerprint(d.hash, c->der);
	journal_add(ENTRY_NAMED, &d, 0);
}

void
station_named(const struct msg_held *h)
{
	struct cert c;
	struct address a;
	struct log_line l;
	struct err e;

	if (cert_parse(&c, h->sign, &e) != RC_OK ||
	    !address_parse(&a, c.address))
		return;
	if (!h->station) {
		renew_desk(&c);
		people_held(&c);
		return;
	}
	memcpy(st.address, c.address.p, c.address.len);
	st.address[c.address.len] = '\0';
	/* it is not earlier than this, whatever a machine says whose battery
	 * is empty */
	if (c.from > st.clock.floor)
		st.clock.floor = c.from;
	st.unit =
	    unit_by_host(&st.file.directory->state, a.host, station_now());
	st.named = st.unit != NONE;
	find_above();
	l = log_line(st.named ? LOG_INFO : LOG_WARN,
	    st.named ? "station.is" : "station.unknown");
	log_str(&l, "address", bytes_str(st.address));
	log_uint(&l, "incarnation", st.incarnation);
	process_log(st.named ? LOG_INFO : LOG_WARN, &l);
	if (st.named)
		note_named(&c);
	if (st.named)
		take_reroute();
	renew_held(&c);
	line_self();
	rows_ask();
}

/* Places in the directory are of what was known before: look again. */
void
station_looks(void)
{
	st.unit = unit_by_host(&st.file.directory->state,
	    address_host(bytes_str(st.address)), station_now());
	st.named = st.unit != NONE;
	find_above();
	names_lines();
	if (st.named)
		take_reroute();
}
