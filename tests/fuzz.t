#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# Each fuzzer takes each input of its corpus: seeds, and what was found.
use strict;
use warnings;
use FindBin;
use Test::More;

chdir "$FindBin::Bin/.." or die "the tree: $!\n";
my $b = $ENV{ANTIN_B} // 'obj';

my @fuzzers = grep { $_ ne 'replay' } map { m{([^/]+)\.c$} } glob 'fuzz/*.c';
ok(@fuzzers > 0, 'there are fuzzers');

for my $name (@fuzzers) {
	my @corpus = glob "fuzz/corpus/$name/*";
	ok(@corpus > 0, "$name has a corpus");
	my $said = `$b/fuzz/$name.replay fuzz/corpus/$name 2>&1`;
	my ($n) = $said =~ /^(\d+) inputs$/m;
	my @last = split /^/, $said;
	splice @last, 0, -20 if @last > 20;
	ok($? == 0 && defined $n && $n == @corpus,
	    "$name takes each of " . @corpus . ' inputs')
	    or diag(@last);
}

# A corpus without its fuzzer is one that nobody runs.
for my $dir (map { m{([^/]+)/$} } glob 'fuzz/corpus/*/') {
	ok((grep { $_ eq $dir } @fuzzers) == 1, "the corpus $dir has a fuzzer");
}
done_testing;
