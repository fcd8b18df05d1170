/* SPDX-License-Identifier: EUPL-1.2 */
/* Certificates as values to be shown. */
#ifndef ANTIN_CERT_H
#define ANTIN_CERT_H

#include "antin/show.h"
#include "pki/cert.h"

/* All that a certificate says. */
void cert_show(json_t *to, const struct cert *c);

#endif
