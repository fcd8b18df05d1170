#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# What the pages think, without a browser: web/test/*.test.ts, in Node.js.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Temp qw(tempdir);
use FindBin;
use Test::More;

my $tree = abs_path("$FindBin::Bin/../..");
chomp(my $packages = `$tree/tools/pages-dir`);
my $esbuild = "$packages/node_modules/.bin/esbuild";
plan skip_all => "no packages of the pages: tools/setup build"
    if !-e $esbuild;
my $dir = tempdir(CLEANUP => 1);
$ENV{ANTIN_TREE} = $tree;

for my $test (sort glob "$tree/web/test/*.test.ts") {
	my ($name) = $test =~ m{([^/]+)\.test\.ts$};
	is(system($esbuild, $test, '--bundle', '--platform=node',
	    '--format=esm', '--log-level=warning',
	    "--outfile=$dir/$name.mjs"), 0, "$name is built") or next;
	open my $f, '-|', 'timeout', 120, 'node', '--test',
	    '--test-reporter=tap', "$dir/$name.mjs" or die "node: $!\n";
	my ($count, $failed, @bad) = (0, 0);
	while (<$f>) {
		diag($_) if $failed && /^\s+\S/ && !/duration_ms|^\s*(?:---|\.\.\.|at )/;
		$failed = /^\s*not ok/ if /^\s*(?:not )?ok/;
		next if !/^\s*(not )?ok \d+ - (?!.*\.mjs$)(.*)/;
		$count++;
		push @bad, $2 if $1;
	}
	close $f;
	is($?, 0, "$name ends well");
	is(join('; ', @bad), '', "$name: all of its $count are true");
	ok($count > 0, "$name has something to say");
}
done_testing();
