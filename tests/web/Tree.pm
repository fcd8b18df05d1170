# SPDX-License-Identifier: EUPL-1.2
#
# A tree of real stations for the tests of the pages: the centre (TW) with two
# provinces below it (DB, HN), people with roles at the centre's desk, and what
# they have in a register.  Whoever uses it is in a folder of its own
# (../command/Antin.pm); what it uses of ../command/Station.pm and Docs.pm it
# hands on.
package Tree;

use strict;
use warnings;
use Exporter qw(import);
use Test::More;

use Antin;
use Docs;
use Phone;
use Station;

our @EXPORT = qw(free_port up down comes said_json tree_grows people_come steps
    numbered registered station_log line_of %up @root);

my %of = (
    TW => [ 'antin://vn', 'tw', undef, 'Trung ương' ],
    DB => [ 'antin://dien-bien.vn', 'db', 'TW', 'Tỉnh Điện Biên' ],
    HN => [ 'antin://ha-noi.vn', 'hn', 'TW', 'Thành phố Hà Nội' ]);
my @people = ([ 'lan', 'Trần Thị Lan', 'drafter' ],
    [ 'mai', 'Lê Thị Mai', 'authority' ], [ 'ha', 'Nguyễn Thị Hà',
    qw(clerk custodian operator administrator) ],
    [ 'minh', 'Phạm Văn Minh', 'inspector' ]);

# All three, each with its desk van-thu; those below call the centre.
sub tree_grows {
	my @rights = qw(--level toi-mat --precedence hoa-toc);
	there_is_a_root('Trung ương', [ 'dien-bien.vn', 'Tỉnh Điện Biên' ],
	    [ 'ha-noi.vn', 'Thành phố Hà Nội' ]);
	for (sort keys %of) {
		my ($address, $key, undef, $name) = @{ $of{$_} };
		enrolled(\@root, $key, $address, qw(--kind station --name),
		    "Trạm $name", @rights);
		enrolled(\@root, "$key-vt", "$address/van-thu", '--name',
		    "Văn thư $name", @rights);
	}
	for (@people) {
		my ($id, $name, @roles) = @$_;
		person_enrols($id, 'antin://vn', level => 'toi-mat',
		    name => $name, roles => \@roles);
	}
	all_is_known();
	for (qw(TW DB HN)) {
		my (undef, $key, $above) = @{ $of{$_} };
		station_is_made($_, $key, "$key-vt", $above);
	}
}

# Their keys and phones, at the centre, which runs.
sub people_come {
	for (@_) {
		key_comes($_, 'TW');
		phone_comes($_, 'TW');
	}
}

1;
