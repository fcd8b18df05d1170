# SPDX-License-Identifier: EUPL-1.2
#
# Documents at the desk antin://vn/van-thu of the station TW, made by command:
# lan drafts them, mai decides and signs, ha numbers and registers.  Whoever
# uses it has signed these three in (Station.pm, Phone.pm).
package Docs;

use strict;
use warnings;
use Exporter qw(import);
use Test::More;

use Antin;
use Station;

our @EXPORT = qw($content @draft doc steps drafted numbered registered);

our $content = '11' x 32; # the hash of what they say, in hex
our @draft = draft_to('Sở Nội vụ');

sub draft_to {
	my ($whom) = @_;
	return ('draft', 'type=cong-van', 'grammar=nha-nuoc', 'agency=UBND',
	    'unit=VX', 'precedence=thuong', "recipients=$whom");
}

# Words of a command line: who does what with documents.
sub doc {
	my ($who, @words) = @_;
	return qw(doc --station TW --desk van-thu --as), $who, @words;
}

# All of these steps, [ who, step, fields ], of a document; the first that is
# refused is said.
sub steps {
	my ($name, $id, @steps) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	for (@steps) {
		my ($who, $do, @fields) = @$_;
		return fail("$name: $do: $err") if
		    antin(doc($who, $do, $id, @fields)) ne '0';
	}
	return pass($name);
}

# The id of a new draft; '' where it was refused.
sub drafted {
	my ($level, $to) = @_;
	my ($row) = rows(doc('lan', defined $to ? draft_to($to) : @draft,
	    "level=$level", "content=$content"));
	return $row->{document} // '';
}

# A document up to its number; its id.
sub numbered {
	my ($name, $level, $to) = @_;
	my $id = drafted($level, $to);
	my @level = $level eq 'thuong' ? () : (
	    [ 'lan', 'propose-level', "level=$level",
		qw(catalogue=1.2 copies=2 copying=no),
		'recipients=Sở A (antin://so-a.vn/van-thu); Lưu: VT' ],
	    [ 'mai', 'decide-level', "level=$level",
		qw(copies=2 copying=no) ]);
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	steps($name, $id, @level, [ 'mai', 'sign', "content=$content" ],
	    [ 'ha', 'number' ]);
	return $id;
}

# And into the register; two assertions.
sub registered {
	my ($name, $level, $abstract) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my $id = numbered("$name: numbered", $level);
	steps($name, $id, $level eq 'thuong' ? () : [ 'ha', 'mark' ],
	    [ 'ha', 'sign-agency', "content=$content" ],
	    [ 'ha', 'describe', "abstract=$abstract" ],
	    [ 'ha', 'register' ]);
	return $id;
}

1;
