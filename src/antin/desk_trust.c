/* SPDX-License-Identifier: EUPL-1.2 */
/* antin desk trust: how browsers of other machines come to trust the station's
 * pages (docs/desk.md 11.4). */
#include <stdio.h>
#include <string.h>

#include "antin/desk_trust.h"
#include "core/lang.h"
#include "crypto/hash.h"
#include "crypto/pem.h"
#include "file/file.h"

#define GROUP 4 /* digits of a fingerprint in one group */
#define LINE 4	/* groups in a line */
#define HTTPS "443"

/* The next line of a list, taken off it; false at the end. */
static bool
next_line(char out[static 300], const char **list)
{
	const size_t n = strcspn(*list, "\n");

	if (n == 0 || n >= 300)
		return false;
	memcpy(out, *list, n);
	out[n] = '\0';
	*list += n + ((*list)[n] == '\n');
	return true;
}

/* An address of IPv6 stands in brackets; the usual port is not written. */
static void
say_link(const char *name, const char *port)
{
	const bool v6 = strchr(name, ':') != NULL;
	const bool usual = strcmp(port, HTTPS) == 0;

	printf("    https://%s%s%s%s%s/\n", v6 ? "[" : "", name, v6 ? "]" : "",
	    usual ? "" : ":", usual ? "" : port);
}

void
desk_links(const json_t *trust)
{
	const char *names = row_text(trust, "names"), *ports;
	char name[300], port[300];

	while (next_line(name, &names))
		for (ports = row_text(trust, "ports"); next_line(port, &ports);)
			say_link(name, port);
}

/* As it is read over the phone; browsers show it byte by byte. */
static void
say_fingerprint(struct bytes der)
{
	uint8_t hash[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];
	size_t i;

	sha256(hash, der);
	hex_write(hex, bytes_of(hash, sizeof(hash)));
	for (i = 0; hex[i] != '\0'; i++) {
		if (i % GROUP == 0)
			printf("%s", i % (GROUP * LINE) == 0 ? "\n    " : " ");
		putchar(hex[i] >= 'a' ? hex[i] - 'a' + 'A' : hex[i]);
	}
	printf("\n\n");
}

/* Menus and commands, as their programs name them. */
static void
print_machines(const char *path)
{
	printf("    Firefox:\n"
	       "        Settings > Privacy & Security > View Certificates > "
	       "Authorities > Import\n"
	       "        [x] Trust this CA to identify websites\n"
	       "        (policies.json: Certificates, Install)\n"
	       "    Chrome, Chromium (Linux):\n"
	       "        certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n antin "
	       "-i %s\n"
	       "    Chrome, Edge (Windows):\n"
	       "        certutil -addstore Root %s\n"
	       "        (Group Policy: Public Key Policies > Trusted Root "
	       "Certification Authorities)\n"
	       "    Android:\n"
	       "        Settings > Security > Encryption & credentials > "
	       "Install a certificate > CA certificate\n\n",
	    path, path);
}

static void
say_all(const json_t *trust, struct bytes der, const char *path)
{
	char until[32];

	row_time(until, trust, "until");
	say("Written: %s. Browsers that trust it trust this station's pages, "
	    "under these names alone, until %s:\n",
	    path, until);
	desk_links(trust);
	say("\n1. Carry %s to the machine, by a disk or by mail: it is no "
	    "secret.\n",
	    path);
	say("2. Before it is installed, whoever installs it calls you and "
	    "reads the fingerprint (SHA-256) that his machine shows. It is "
	    "this one, to the last digit; else stop, for it is another's:\n");
	say_fingerprint(der);
	say("3. Install it as an authority for websites:\n");
	print_machines(path);
	say("4. Open the page. The browser shows no warning; where it does, "
	    "do not go on, and call whoever looks after the station.\n");
}

static enum rc
trust_der(struct buf *der, const json_t *trust, struct err *e)
{
	struct bytes pem = bytes_str(row_text(trust, "pem"));

	return pem_read(der, &pem, "CERTIFICATE", e);
}

static enum rc
trust(const struct args *a, struct err *e)
{
	json_t *answer = NULL;
	struct buf der = { 0 };
	struct talk t;
	enum rc rc = talk_open(&t, a, e);

	if (rc == RC_OK)
		rc = talk_ask(&t, CONTROL_DESK_TRUST, NULL, NULL, &answer, e);
	if (rc == RC_OK)
		rc = trust_der(&der, answer, e);
	if (rc == RC_OK)
		rc = file_write(a->rest[0], bytes_str(row_text(answer, "pem")),
		    0644, arg_given(a, "force"), e);
	if (rc == RC_OK)
		say_all(answer, buf_bytes(&der), a->rest[0]);
	json_decref(answer);
	talk_close(&t);
	buf_free(&der);
	return rc;
}

static const struct opt trust_opts[] = {
	OPT_FORCE,
	OPT_STATION,
	OPT_END,
};
const struct cmd cmd_desk_trust = {
	.name = "desk trust",
	.args = "FILE.crt",
	.does = "Write down whom browsers of other machines are to trust, and "
		"say how that is installed.",
	.opts = trust_opts,
	.least = 1,
	.most = 1,
	.run = trust,
};
