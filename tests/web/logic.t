#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# What the pages reckon without a browser: web/test/*.test.ts, by the test runner
# of Node.js, each of its tests a line of ours.
use strict;
use warnings;
use Cwd qw(getcwd);
use File::Temp qw(tempdir);
use FindBin;
use Test::More;

chdir "$FindBin::Bin/../.." or die "the tree: $!\n";
$ENV{ANTIN_TREE} = getcwd;
chomp(my $packages = `tools/pages-dir`);
my $dir = tempdir(CLEANUP => 1);

# Each state of a way has a name for who follows it.
my @words = map { my $c = do { local (@ARGV, $/) = $_; <> };
    $c =~ /\bleg_words\[\] = \{(.*?)\n\};/s ? $1 =~ /"([a-z]+)"/g : () }
    split /\n/, `find src -name '*.c'`;
my $texts = do { local (@ARGV, $/) = 'web/src/texts/doc.ts'; <> };
cmp_ok(scalar @words, '>', 5, 'a way has states');
is(join(' ', grep { $texts !~ /'far\.$_'/ } @words), '',
    'and the pages name each');

for my $file (glob 'web/test/*.test.ts') {
	my ($name) = $file =~ m{([^/]+)\.test\.ts$};
	is(system("$packages/node_modules/.bin/esbuild", $file, '--bundle',
	    '--platform=node', '--format=esm', '--log-level=warning',
	    "--outfile=$dir/$name.mjs"), 0, "$name is made");
	my $ran = 0;
	open my $f, '-|', 'timeout', 120, 'node', '--test-reporter=tap',
	    '--test', "$dir/$name.mjs" or die "node: $!\n";
	while (<$f>) {
		$ran += ok(!$1, "$name: $2") if
		    /^ *(not )?ok \d+ - (?!\/)(.*?)(?: #.*)?$/;
	}
	ok(close $f, "$name: all of it holds");
	cmp_ok($ran, '>', 0, "$name: it has tests");
}
done_testing();
