/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a fuzzer does with each file that is named, or is in a folder that is:
 * where there is no libFuzzer, and to run a corpus as a test.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned long inputs;

static void
give_up(const char *path)
{
	(void)fprintf(stderr, "%s: %s\n", path, strerror(errno));
	exit(1);
}

static void
replay_file(const char *path)
{
	struct buf b = { 0 };
	uint8_t piece[65536], *exact;
	FILE *f = fopen(path, "rb");
	size_t n;

	if (f == NULL)
		give_up(path);
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_add(&b, bytes_of(piece, n));
	if (ferror(f) != 0)
		give_up(path);
	(void)fclose(f);
	/* a block of its very size: the sanitizers see a byte too far */
	exact = malloc(b.len == 0 ? 1 : b.len);
	if (exact == NULL)
		give_up(path);
	if (b.len > 0)
		memcpy(exact, b.p, b.len);
	/* told first: where it ends the program, this is the last line */
	(void)printf("# %s\n", path);
	(void)fflush(stdout);
	(void)LLVMFuzzerTestOneInput(exact, b.len);
	inputs++;
	free(exact);
	buf_free(&b);
}

static void
replay(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *in;
	char name[4096];

	if (dir == NULL) {
		replay_file(path);
		return;
	}
	while ((in = readdir(dir)) != NULL) {
		if (in->d_name[0] == '.')
			continue;
		if (snprintf(name, sizeof(name), "%s/%s", path, in->d_name) >=
		    (int)sizeof(name)) {
			errno = ENAMETOOLONG;
			give_up(path);
		}
		replay(name);
	}
	(void)closedir(dir);
}

int
main(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		replay(argv[i]);
	(void)printf("%lu inputs\n", inputs);
	return inputs == 0;
}
