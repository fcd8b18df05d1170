# SPDX-License-Identifier: EUPL-1.2
#
# A tree of real stations for the tests of the pages: the centre (TW) with two
# provinces below it (DB, HN), people with roles at the centre's desk, and what
# they have in a register.  Whoever uses it is in a folder of its own
# (../command/Antin.pm).
package Tree;

use strict;
use warnings;
use Exporter qw(import);
use IO::Socket::INET;
use JSON::PP;
use Test::More;
use Time::HiRes qw(sleep time);

use Antin;
use Phone;

our @EXPORT = qw(free_port up down comes said_json tree_grows people_come steps
    numbered registered station_log line_of %up @root);
our @root = qw(--directory held/directory --key held/root.key --share
    held/share-1.share --share held/share-2.share);
our %up;	# stations that run
my %line;
my $long = 60;	# seconds that something may take
my $content = '11' x 32;

sub free_port {
	my $s = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1') or
	    die "no port: $!\n";
	return $s->sockport;
}

sub up {
	my ($dir) = @_;
	$up{$dir} = 1;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return ends(0, "$dir starts", qw(station start), $dir);
}

sub down {
	my ($dir) = @_;
	delete $up{$dir};
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return ends(0, "$dir stops", qw(station stop), $dir);
}

sub line_of { return $line{$_[0]} } # where a station listens
sub station_log { return get("$_[0]/log/antind.log") }

END {
	my $status = $?;
	chdir $work and antin(qw(station stop), $_) for keys %up;
	$? = $status;
}

# Until it is so, or it was long enough.
sub comes {
	my ($name, $what) = @_;
	my $until = time + $long;
	my $so;
	sleep 0.2 until ($so = $what->()) || time > $until;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return ok($so, $name) || diag("$out$err");
}

sub said_json {
	antin(@_, '--json') eq '0' or return {};
	return JSON::PP->new->utf8->decode($out);
}

# ---- stations ----------------------------------------------------------------

my %of = (
    TW => [ 'antin://vn', 'tw', undef, 'Trung ương' ],
    DB => [ 'antin://dien-bien.vn', 'db', 'TW', 'Tỉnh Điện Biên' ],
    HN => [ 'antin://ha-noi.vn', 'hn', 'TW', 'Thành phố Hà Nội' ]);

sub unit_comes {
	my ($host, $name) = @_;
	return ('--do', "unit new antin://$host --name \"$name\" --class tinh");
}

# All three, each with its desk van-thu; those below call the centre.
sub tree_grows {
	my @rights = qw(--level toi-mat --precedence hoa-toc);
	officers(2);
	ends(0, 'there is a root', ceremony(qw(held 2 --purpose root --unit vn
	    --suite A --class trung-uong --quorum 2 --name), 'Trung ương',
	    unit_comes('dien-bien.vn', 'Tỉnh Điện Biên'),
	    unit_comes('ha-noi.vn', 'Thành phố Hà Nội')));
	for (sort keys %of) {
		my ($address, $key, undef, $name) = @{ $of{$_} };
		enrolled(\@root, $key, $address, qw(--kind station --name),
		    "Trạm $name", @rights);
		enrolled(\@root, "$key-vt", "$address/van-thu", '--name',
		    "Văn thư $name", @rights);
		$line{$_} = '127.0.0.1:' . free_port();
	}
	person_enrols(@$_) for [ 'lan', 'Trần Thị Lan', 'drafter' ],
	    [ 'mai', 'Lê Thị Mai', 'authority' ], [ 'ha', 'Nguyễn Thị Hà',
	    qw(clerk custodian operator administrator) ],
	    [ 'minh', 'Phạm Văn Minh', 'inspector' ];
	ends(0, 'all that is known', qw(directory write --all --directory
	    held/directory all));
	for (qw(TW DB HN)) {
		my ($address, $key, $above) = @{ $of{$_} };
		ends(0, "$_ is made", qw(station new --directory all --key),
		    "$key.key", '--desk', "$key-vt.key", '--listen', $line{$_},
		    $above ? ('--parent', $line{$above}) : (), $_);
	}
}

sub person_enrols {
	my ($id, $name, @roles) = @_;
	my $said;
	put("$id.pass", "cau mat khau cua $id\n");
	my $good = antin(qw(enrol invite --force --kind person --level toi-mat
	    --name), $name, @root, "antin://vn/$id", "$id.inv") eq '0';
	put("$id.code", ($out =~ /^    (\S+)$/m)[0] // '', "\n");
	$good &&= ($said = requested($id, '--passphrase-file', "$id.pass")) ne
	    '' && issued(\@root, $id, $said) eq '0' && antin(qw(enrol accept
	    --passphrase-file), "$id.pass", $id, "$id.answer") eq '0';
	for (@roles) {
		$good &&= antin(qw(role give), @root, "antin://vn/$id",
		    'antin://vn/van-thu', $_) eq '0';
	}
	ok($good, "$id is enrolled: @roles") or diag($err);
}

# Their keys and phones, at the centre, which runs.
sub people_come {
	for (@_) {
		ends(0, "$_\'s key comes", qw(user add --station TW --key),
		    "$_.key");
		phone_comes($_, 'TW');
	}
}

# ---- documents at the centre ---------------------------------------------------

sub doc {
	my ($who, @words) = @_;
	return qw(doc --station TW --desk van-thu --as), $who, @words;
}

# All of these steps; the first that is refused is said.
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

# A document up to its number.
sub numbered {
	my ($name, $level, $to) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my $rows = said_json(doc('lan', 'draft', 'type=cong-van',
	    'grammar=nha-nuoc', 'agency=UBND', 'unit=VX', 'precedence=thuong',
	    'recipients=' . ($to // 'Sở Nội vụ'), "level=$level",
	    "content=$content"));
	my $id = ref $rows eq 'ARRAY' ? $rows->[0]{document} : '';
	my @level = $level eq 'thuong' ? () : (
	    [ 'lan', 'propose-level', "level=$level",
		qw(catalogue=1.2 recipients=A copies=2 copying=no) ],
	    [ 'mai', 'decide-level', "level=$level",
		qw(copies=2 copying=no) ]);
	steps($name, $id, @level, [ 'mai', 'sign', "content=$content" ],
	    [ 'ha', 'number' ]);
	return $id;
}

# And into the register.
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
