#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# Who looked at what is secret is in the journal (docs/registry.md 7.4): each
# person once in a quarter of an hour, however often a page asks anew, and each
# print.  The station is the program of a test whose clock can be set.
use strict;
use warnings;
use File::Basename qw(dirname);
use File::Copy qw(copy);
use FindBin;
use Test::More;

use lib $FindBin::Bin;
use Antin;
use Docs;
use Phone;
use Station;

my @people = qw(lan mai ha);
my $id;

sub there_is_a_station {
	my @rights = qw(--level toi-mat --precedence hoa-toc);
	my %is = (lan => 'drafter', mai => 'authority', ha => 'clerk');

	there_is_a_root('Ban');
	enrolled(\@root, 'tw', 'antin://vn', qw(--kind station), @rights);
	enrolled(\@root, 'vt', 'antin://vn/van-thu', @rights);
	person_enrols($_, 'antin://vn', level => 'toi-mat',
	    roles => [ $is{$_} ]) for @people;
	all_is_known();
	station_is_made('TW', 'tw', 'vt');
}

sub clock_is {
	my ($ahead) = @_;
	open my $file, '>', 'TW/data/clock' or die "TW/data/clock: $!\n";
	print $file pack 'q', $ahead;
	close $file or die "TW/data/clock: $!\n";
}

# The command with another daemon beside it.
sub starts_with_a_clock {
	my $b = dirname(dirname($antin));

	mkdir $_ or die "$_: $!\n" for 'clock', 'clock/bin';
	copy("$b/bin/antin", 'clock/bin/antin') and
	    copy("$b/tests/station/drafts.t", 'clock/bin/antind') and
	    chmod(0755, glob 'clock/bin/*') and
	    symlink("$b/share", 'clock/share') or die "clock: $!\n";
	$antin = "$work/clock/bin/antin";
	clock_is(0);
	up('TW');
	key_comes($_, 'TW') for @people;
	phone_comes($_, 'TW') for @people;
}

# How often each is in the journal, of this document.
sub looked {
	antin(qw(journal show --station TW));
	return join ' ', map { my $who = $_;
	    "$who " . (() = $out =~ m{vn/$who(?: print)?\n}g) } @people;
}

sub looks { return antin(qw(doc show --station TW --as), $_[0], $id) }

there_is_a_station();
starts_with_a_clock();
$id = numbered('a secret document', 'mat');
my $before = looked();
my ($lan, $mai, $ha) = $before =~ /(\d+)/g;
is(looks('ha'), '0', 'who looks sees it') for 1 .. 3;
$ha += $ha == 0;
is(looked(), "lan $lan mai $mai ha $ha", 'and is in the journal once');
clock_is(14 * 60);
looks('ha');
is(looked(), "lan $lan mai $mai ha $ha", 'so a quarter of an hour long');
clock_is(16 * 60);
looks('ha') for 1 .. 2;
$ha++;
is(looked(), "lan $lan mai $mai ha $ha", 'then once more');
looks('lan');
$lan++;
is(looked(), "lan $lan mai $mai ha $ha", 'somebody else for himself');
antin(qw(doc form --station TW --as ha --out), "$_.pdf", $id) for 1, 2;
$ha += 2;
is(looked(), "lan $lan mai $mai ha $ha", 'and each print');
ends(0, 'the journal is whole', qw(journal verify --station TW --directory
    all));
done_testing();
