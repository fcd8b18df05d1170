#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# Every kind of alarm that a station raises has a name for people and a line
# that says what to do next (docs/duty.md 7.1), in both languages; and a row in
# docs/station.md 13 or 19.
use strict;
use warnings;
use FindBin;
use Test::More;

chdir "$FindBin::Bin/.." or die "the tree: $!\n";

sub slurp {
	my ($path) = @_;
	open my $in, '<', $path or die "$path: $!\n";
	local $/;
	return <$in>;
}

my ($words) = slurp('src/store/check.c') =~
    /store_alarm_words\[STORE_ALARM_KINDS\] = \{(.*?)\};/s;
my @kinds = grep { $_ ne '' } $words =~ /"([^"]*)"/g;
my ($table) = slurp('src/antin/alarms.c') =~ /alarm_labels\[\] = \{(.*?)\n\};/s;
my %row;
$row{$1} = [ $2, $3 ] while $table =~
    /\{\s*"([^"]*)",\s*"([^"]*)",\s*((?:"[^"]*"\s*)+)\}/g;
my $po = slurp('po/vi.po');
my $docs = slurp('docs/station.md');

ok(@kinds >= 17, 'there are kinds of alarms');
for my $kind (@kinds) {
	my ($name, $next) = @{ $row{$kind} // [ '', '' ] };
	my $text = join '', $next =~ /"([^"]*)"/g;
	ok(length $name > 5 && length $text > 20,
	    "$kind has a name, and what to do");
	ok($po =~ /msgid "\Q$text\E"\nmsgstr "[^"]{20,}/,
	    "$kind says it in Vietnamese too");
	like($docs, qr/^\| \Q$kind\E \(\d+\) \|/m,
	    "$kind is in docs/station.md");
}
is(keys %row, @kinds, 'no row is of a kind that there is not');
done_testing();
