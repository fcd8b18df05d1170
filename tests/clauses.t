#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# A clause that is cited exists: "docs/link.md 10.1" in code, tests and pages,
# and the clauses that rows of hostile peers name.
use strict;
use warnings;
use File::Find;
use FindBin;
use Test::More;

chdir "$FindBin::Bin/.." or die "the tree: $!\n";

my (%clauses, %cited);
for my $page (glob 'docs/*.md') {
	open my $in, '<', $page or die "$page: $!\n";
	while (<$in>) {
		$clauses{$page}{$1} = 1 if /^(?:## )?(\d+(?:\.\d+)?)\.?(?:\s|$)/;
	}
}
find({ no_chdir => 1, wanted => sub {
	return if !-f || !/\.(?:[ch]|t|pl|md)$/;
	open my $in, '<', $_ or die "$_: $!\n";
	my $text = do { local $/; <$in> };
	# a text may be cut into lines, in C and in comments
	$text =~ s/"\s*\n\s*"//g;
	$text =~ s/\n\s*(?:\*|#)?\s*/ /g;
	push @{ $cited{$1}{$2} }, $File::Find::name
	    while $text =~ m{(docs/[a-z]+\.md) (\d+(?:\.\d+)?)}g;
	return if !/_rows\.h$/;
	push @{ $cited{'docs/link.md'}{$1} }, $File::Find::name
	    while $text =~ /\{ "(\d+\.\d+)",/g;
} }, qw(src tests fuzz bench docs));

ok(keys %{ $cited{'docs/link.md'} } > 40, 'clauses are cited');
for my $page (sort keys %cited) {
	my @absent = grep { !$clauses{$page}{$_} } sort keys %{ $cited{$page} };
	is("@absent", '', "$page has every clause that is cited of it")
	    or diag(map { "$_: $cited{$page}{$_}[0]\n" } @absent);
}
done_testing;
