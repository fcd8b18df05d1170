/* SPDX-License-Identifier: EUPL-1.2 */
/* A rota as a page gives it: what is written of it is one that is read, and
 * what is wrong is in a list that came. */
#include <string.h>

#include <jansson.h>

#include "desk/rota.h"
#include "dispatch/rota.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_fault(
    const struct rota_fault *f, const json_t *people, const json_t *shifts)
{
	const json_t *list;

	if (f->list == NULL)
		return;
	list = strcmp(f->list, "people") == 0 ? people : shifts;
	if (list == shifts && strcmp(f->list, "shifts") != 0)
		bug("a fault of a list that there is not");
	if (f->at >= json_array_size(list))
		bug("a fault of an item that did not come");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *all = json_loadb((const char *)data, size, 0, NULL);
	const json_t *people = json_object_get(all, "people");
	const json_t *shifts = json_object_get(all, "shifts");
	struct rota_fault fault = { 0 };
	struct buf text = { 0 };
	struct rota r;
	struct err e;

	/* the table of routes has seen to it that they are lists */
	if (json_is_array(people) && json_is_array(shifts)) {
		if (rota_of_lists(&text, people, shifts, &fault, &e) != RC_OK) {
			check_fault(&fault, people, shifts);
			if (text.len > 0)
				bug("something is left of what was refused");
		} else if (rota_parse(&r, buf_bytes(&text), &e) != RC_OK) {
			bug(e.text);
		} else {
			rota_free(&r);
		}
	}
	buf_free(&text);
	json_decref(all);
	return 0;
}
