# SPDX-License-Identifier: EUPL-1.2
#
# Two offices for the tests of the pages of documents: the centre (TW) and a
# province below it (DB), each a real station with its desk van-thu, a list of
# addressees, and people with roles at either, whose phones have codes.
package Offices;

use strict;
use warnings;
use Exporter qw(import);
use Test::More;

use Antin;
use Pages;
use Phone;
use Station;

our @EXPORT = qw(two_offices);
my %of = (TW => 'antin://vn', DB => 'antin://dien-bien.vn');

# With these people: [ id, TW or DB, name, roles... ].  Their ids.
sub two_offices {
	my @people = @_;
	my @rights = qw(--level tuyet-mat --precedence hoa-toc);
	there_is_a_root('Văn phòng Ban', [ 'dien-bien.vn', 'Tỉnh Điện Biên' ]);
	for (sort keys %of) {
		enrolled(\@root, lc, $of{$_}, qw(--kind station), @rights);
		enrolled(\@root, lc . '-vt', "$of{$_}/van-thu", @rights);
	}
	for (@people) {
		my ($id, $at, $name, @has) = @$_;
		person_enrols($id, $of{$at}, level => 'tuyet-mat', name =>
		    $name, roles => \@has);
		$address{$id} = "$of{$at}/$id";
		$station{$id} = $at;
	}
	ends(0, 'there is a list of addressees', qw(list set), @root,
	    '--member', "$of{DB}/van-thu", 'Các tỉnh biên giới') or diag($err);
	all_is_known();
	station_is_made('TW', 'tw', 'tw-vt');
	station_is_made('DB', 'db', 'db-vt', 'TW');
	up($_) for qw(TW DB);
	for (@people) {
		my ($id, $at) = @$_;
		key_comes($id, $at);
		phone_comes($id, $at);
	}
	return map { $_->[0] } @people;
}

1;
