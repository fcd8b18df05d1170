/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The configuration of the daemon (antind.conf(5)): lines of a word and its
 * value; "#" begins a comment, empty lines are passed over.  One table has the
 * words, and with each its parser, default, the processes that get it, and
 * what it is for; man/antind.conf.5 is held to it by a test.
 *
 * What is read are bytes: whether a folder or a user is there is not asked
 * here.
 */
#ifndef DAEMON_CONF_H
#define DAEMON_CONF_H

#include <stdio.h>

#include "core/bytes.h"
#include "core/err.h"

#define CONF_MAX (64u << 10) /* bytes of the file */
#define CONF_VALUE 255u	     /* bytes of a value */
#define CONF_MANY 32u	     /* lines of "listen" */
#define CONF_HOURS 16u	     /* lines of "contact", and of "cap" */
#define CONF_PARENTS 8u	     /* lines of "parent" */
#define CONF_WEB_NAMES 16u   /* lines of "web.name": SITE_NAMES of pki/site.h */
#define CONF_WEBS 4u	     /* lines of "web" */
#define CONF_PORT 7433u	     /* TCP port of links */

/* What a relative path is relative to. */
enum conf_base {
	CONF_NO_PATH,
	CONF_BESIDE, /* the folder of the configuration file */
	CONF_DATA,   /* the folder that "data" names */
};

/* A setting, as it can be written. */
struct conf_word {
	const char *word;
	const char *wanted;  /* what a value must be: "an address and a port" */
	const char *help;    /* what it is for */
	const char *normal;  /* its default; NULL: none */
	const char *example; /* a value that is good */
	/* Checks "value" and adds it to *out as the processes get it; false
	 * where it is not what is wanted. */
	bool (*parse)(
	    const struct conf_word *w, struct bytes value, struct buf *out);
	uint64_t min, max;   /* of a number */
	bool many;	     /* may be given several times: "max" times */
	enum conf_base base; /* of a path */
	unsigned procs; /* bits of processes that get it; 1u << enum proc */
};
#define CONF_WORDS 38
extern const struct conf_word conf_words[CONF_WORDS];

/* A setting in force. */
struct conf_value {
	const struct conf_word *is;
	char text[CONF_VALUE + 1]; /* as the processes get it */
	unsigned line;		   /* of the file; 0: the default */
};

struct conf {
	struct conf_value *values; /* in the order of the words; owned */
	size_t count;
};

/*
 * Read "text"; "name" is what the file is called in what is said of it.  All
 * lines that are wrong are told in *problems, "NAME:LINE: problem; remedy" and
 * a line feed each, in the language of lang.h.
 *
 * RC_INVALID	a line is wrong; RC_LIMIT over CONF_MAX.  *out is empty
 *
 * The caller frees *out with conf_free(), and *problems.
 */
enum rc conf_parse(struct conf *out, struct bytes text, const char *name,
    struct buf *problems, struct err *e);
void conf_free(struct conf *c);
const struct conf_word *conf_word(struct bytes word); /* NULL: none */

/* The value of a word that is given once; NULL: it has none. */
const char *conf_get(const struct conf *c, const char *word);
/* That of a number or a size, in bytes. */
uint64_t conf_number(const struct conf *c, const char *word);
/* Steps through all values of a word from *at = 0; NULL at the end. */
const struct conf_value *conf_each(
    const struct conf *c, const char *word, size_t *at);

/* The name of a credential of the service manager's, where a file is named as
 * "credential:NAME"; else NULL. */
const char *conf_credential(const char *text);

/* "ADDRESS:PORT" as conf.c writes it: "10.0.0.1:7433", "[::1]:7433".  "address"
 * takes 46 bytes.  false where it is none. */
bool conf_endpoint(
    struct bytes value, char address[static 46], bool *v6, uint16_t *port);
/* The same of "web": 127.0.0.1 or [::1], and a port, which may be 0. */
bool conf_web(
    struct bytes value, char address[static 46], bool *v6, uint16_t *port);
/* The same of "web.tls": any address, and a port, which may be 0. */
bool conf_web_tls(
    struct bytes value, char address[static 46], bool *v6, uint16_t *port);

#endif
