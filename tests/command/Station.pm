# SPDX-License-Identifier: EUPL-1.2
#
# Stations and the people at them, as most tests of the command and of the pages
# begin: a root that two officers hold, certificates for a station, its desks
# and its people, a folder, and the daemon in it.
#
#	use Antin;
#	use Phone;
#	use Station;
#
#	there_is_a_root('Ban', [ 'dien-bien.vn', 'Tỉnh Điện Biên' ]);
#	enrolled(\@root, 'tw', 'antin://vn', qw(--kind station), @rights);
#	enrolled(\@root, 'vt', 'antin://vn/van-thu', @rights);
#	person_enrols('lan', 'antin://vn', level => 'mat', roles => [ 'clerk' ]);
#	all_is_known();
#	station_is_made('TW', 'tw', 'vt');
#	up('TW');
#	key_comes('lan', 'TW');
#	phone_comes('lan', 'TW');
#
# A station is named by its folder, a key by its files' name: NAME.key.  What is
# said to be so is one assertion each; what only answers says so.  All is in the
# folder of the test ($work); a station that still runs at the test's end is
# stopped.
package Station;

use strict;
use warnings;
use Exporter qw(import);
use IO::Socket::INET;
use JSON::PP;
use Test::More;
use Time::HiRes qw(sleep time);

use Antin;

our @EXPORT = qw(@root %up free_port line_of there_is_a_root root_words
    enrolled_under person_enrols all_is_known station_is_made key_comes up down
    station_log comes rows said_json);

# The words of a command line by which the root decides.
our @root = qw(--directory held/directory --key held/root.key --share
    held/share-1.share --share held/share-2.share);
our %up;	# the stations that run

my %line;	# where each listens
my $long = 60;	# seconds that something may take

END {
	my $status = $?;
	chdir $work and antin(qw(station stop), $_) for keys %up;
	$? = $status;
}

# ---- who there is ------------------------------------------------------------

# Words of a command line: the ceremony of a root of this name, and of units
# [ host, name, class ("tinh"), further words ] below it.
sub root_words {
	my ($name, @units) = @_;
	my @do;
	for (@units) {
		my ($host, $its, $class, $more) = @$_;
		push @do, '--do', join ' ', "unit new antin://$host --name",
		    "\"$its\" --class", $class // 'tinh', $more // ();
	}
	officers(2);
	return ceremony(qw(held 2 --purpose root --unit vn --suite A --class
	    trung-uong --quorum 2 --name), $name, @do);
}

sub there_is_a_root {
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return ends(0, 'there is a root', root_words(@_));
}

# All four steps by the root, under the passphrase in a file; answers whether
# they went well.  The words are those of "enrol invite".
sub enrolled_under {
	my ($file, $name, $address, @words) = @_;
	my $said;
	return invited(\@root, $name, $address, @words) &&
	    ($said = requested($name, '--passphrase-file', $file)) ne '' &&
	    issued(\@root, $name, $said) eq '0' && antin(qw(enrol accept
	    --passphrase-file), $file, $name, "$name.answer") eq '0';
}

# A person of a unit, with a key under the passphrase in ID.pass.
#
#	level	he is cleared for
#	name	his own
#	pass	the passphrase, which is chosen otherwise
#	roles	at the unit's desk van-thu
sub person_enrols {
	my ($id, $unit, %is) = @_;
	my @roles = @{ $is{roles} // [] };
	put("$id.pass", $is{pass} // "cau mat khau cua $id", "\n");
	my $good = enrolled_under("$id.pass", $id, "$unit/$id", qw(--kind person
	    --level), $is{level}, defined $is{name} ? ('--name', $is{name}) :
	    ());
	for (@roles) {
		$good &&= antin(qw(role give), @root, "$unit/$id",
		    "$unit/van-thu", $_) eq '0';
	}
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return ok($good, "$id is enrolled: @roles") || diag($err);
}

# What stations are made from: the file "all".
sub all_is_known {
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return ends(0, 'all that is known', qw(directory write --all
	    --directory held/directory all));
}

# ---- stations ----------------------------------------------------------------

sub free_port {
	my $s = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1') or
	    die "no port: $!\n";
	return $s->sockport;
}

# Where a station listens.
sub line_of {
	my ($dir) = @_;
	return $line{$dir} //= '127.0.0.1:' . free_port();
}

# A folder for these keys, of a station that calls the one in $above, if any.
sub station_is_made {
	my ($dir, $key, $desk, $above) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return ends(0, "$dir is made", qw(station new --directory all --key),
	    "$key.key", '--desk', "$desk.key", '--listen', line_of($dir),
	    defined $above ? ('--parent', line_of($above)) : (), $dir);
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

# A person's key file is given to a station.
sub key_comes {
	my ($id, $dir) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return ends(0, "$id\'s key comes", qw(user add --station), $dir,
	    '--key', "$id.key");
}

sub station_log { return get("$_[0]/log/antind.log") }

# ---- what they say -----------------------------------------------------------

# Until it is so, or it was long enough.
sub comes {
	my ($name, $what) = @_;
	my $until = time + $long;
	my $so;
	sleep 0.2 until ($so = $what->()) || time > $until;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return ok($so, $name) || diag("$out$err");
}

# The rows that a command prints for programs; none where it fails.
sub rows {
	antin(@_, '--json') eq '0' or return ();
	return @{ JSON::PP->new->utf8->decode($out || '[]') };
}

# The object; an empty one where it fails.
sub said_json {
	antin(@_, '--json') eq '0' or return {};
	return JSON::PP->new->utf8->decode($out);
}

1;
