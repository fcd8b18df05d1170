#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# A clerk's day on both sides, in real browsers at two real stations
# (docs/desk.md 13): a document is drafted, decided on and signed by another
# person, released, comes, is registered, answered, traced and printed; and what
# goes wrong on the way is said.
use strict;
use warnings;
use FindBin;
use Test::More;

use lib $FindBin::Bin, "$FindBin::Bin/../command";
use Antin;
use Pages;
use Phone;
use Tree;

my @roles = (
    [ 'lan', 'TW', 'Trần Thị Lan', 'drafter' ],
    [ 'mai', 'TW', 'Lê Thị Mai', 'authority' ],
    [ 'ha', 'TW', 'Nguyễn Thị Hà', qw(clerk custodian) ],
    [ 'bich', 'DB', 'Lò Thị Bích', qw(clerk custodian) ],
    [ 'cuong', 'DB', 'Quàng Văn Cường', 'authority' ],
    [ 'dung', 'DB', 'Cà Thị Dung', 'drafter' ]);
my %of = (TW => 'antin://vn', DB => 'antin://dien-bien.vn');
my %line = map { $_ => '127.0.0.1:' . free_port() } keys %of;

sub person_enrols {
	my ($id, $at, $name, @has) = @_;
	my $unit = $of{$at};
	my $said;
	put("$id.pass", "cau mat khau cua $id\n");
	my $good = antin(qw(enrol invite --force --kind person --level
	    tuyet-mat --name), $name, @root, "$unit/$id", "$id.inv") eq '0';
	put("$id.code", ($out =~ /^    (\S+)$/m)[0] // '', "\n");
	$good &&= ($said = requested($id, '--passphrase-file', "$id.pass")) ne
	    '' && issued(\@root, $id, $said) eq '0' && antin(qw(enrol accept
	    --passphrase-file), "$id.pass", $id, "$id.answer") eq '0';
	for (@has) {
		$good &&= antin(qw(role give), @root, "$unit/$id",
		    "$unit/van-thu", $_) eq '0';
	}
	ok($good, "$id is enrolled: @has") or diag($err);
	$address{$id} = "$unit/$id";
}

sub there_are_two_offices {
	my @rights = qw(--level tuyet-mat --precedence hoa-toc);
	officers(2);
	ends(0, 'there is a root', ceremony(qw(held 2 --purpose root --unit vn
	    --suite A --class trung-uong --quorum 2 --name), 'Văn phòng Ban',
	    '--do', 'unit new antin://dien-bien.vn --name "Tỉnh Điện Biên" ' .
	    '--class tinh'));
	for (sort keys %of) {
		enrolled(\@root, lc, $of{$_}, qw(--kind station), @rights);
		enrolled(\@root, lc . '-vt', "$of{$_}/van-thu", @rights);
	}
	person_enrols(@$_) for @roles;
	ends(0, 'there is a list of addressees', qw(list set), @root,
	    '--member', "$of{DB}/van-thu", 'Các tỉnh biên giới') or diag($err);
	ends(0, 'all that is known', qw(directory write --all --directory
	    held/directory all));
	for (qw(TW DB)) {
		ends(0, "$_ is made", qw(station new --directory all --key),
		    lc . '.key', '--desk', lc . '-vt.key', '--listen',
		    $line{$_}, $_ eq 'DB' ? ('--parent', $line{TW}) : (), $_);
		up($_);
	}
	for (@roles) {
		ends(0, "$_->[0]\'s key comes", qw(user add --station), $_->[1],
		    '--key', "$_->[0].key");
		phone_comes($_->[0], $_->[1]);
		$station{$_->[0]} = $_->[1];
	}
}

there_are_two_offices();
pages_run('web/test/day.mjs', 500, map { $_->[0] } @roles);
done_testing();
