#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# Enrolment over a line: the same messages as on a disk, through the station of
# the authority; what is wrong there, what floods it, what stops in between;
# and keys that are renewed by themselves.
use strict;
use warnings;
use File::Path qw(remove_tree);
use FindBin;
use IO::Socket::INET;
use Test::More;
use Time::HiRes qw(sleep time);

use lib $FindBin::Bin;
use Antin;

my @root = qw(--directory held/directory --key held/root.key --share
    held/share-1.share --share held/share-2.share);
my @desk = qw(--level mat --precedence khan);
my %port;	# of a station
my $long = 20;	# seconds that something may take

# ---- stations ----------------------------------------------------------------

sub free_port {
	my $s = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1') or
	    die "no port: $!\n";
	return $s->sockport;
}

sub line { return "127.0.0.1:$port{$_[0]}" }

sub station {
	my ($dir, $key, $directory, @words) = @_;
	$port{$dir} = free_port();
	return antin(qw(station new --key), $key, '--directory', $directory,
	    '--listen', line($dir), @words, $dir);
}

# Those that run; they end with the test, whatever it ends by.
my %up;

sub up {
	my ($dir) = @_;
	$up{$dir} = 1;
	return ends(0, "$dir runs", qw(station start), $dir);
}

sub down {
	my ($dir) = @_;
	delete $up{$dir};
	return antin(qw(station stop), $dir);
}

END {
	my $status = $?;
	chdir $work and antin(qw(station stop), $_) for keys %up;
	$? = $status;
}

sub logged {
	my ($dir, $what, $n) = @_;
	my $until = time + $long;
	do {
		my $log = get("$dir/log/antind.log");
		return 1 if (() = $log =~ /$what/g) >= ($n // 1);
		sleep 0.1;
	} while (time < $until);
	diag(get("$dir/log/antind.log"));
	return 0;
}

# One process of a station, killed.
sub killed_part {
	my ($dir, $name) = @_;
	my @pids = get("$dir/log/antind.log") =~
	    /event=process\.ready name=$name pid=(\d+)/g;
	return kill KILL => $pids[-1];
}

# What waits there, of this address.
sub waiting {
	my ($dir, $address, @words) = @_;
	antin(qw(enrol pending --json --station), $dir, @words) eq '0' or
	    return ();
	return grep { !defined $address || $_->{address} eq $address }
	    @{ JSON::PP->new->utf8->decode($out) };
}

sub words_said { return ($out =~ /^    (\S.*)$/m)[0] // '' }

sub there_is_a_root_and_its_station {
	officers(2);
	ends(0, 'there is a root', ceremony(qw(held 2 --purpose root --unit vn
	    --suite A --class trung-uong --quorum 2 --name Ban --do),
	    'unit new antin://dien-bien.vn --name "Tỉnh Điện Biên" ' .
	    '--class tinh'));
	enrolled(\@root, 'tw', 'antin://vn', qw(--kind station), @desk);
	ends(0, 'what the root knows', qw(directory write --all --directory
	    held/directory all));
	is(station('TW', 'tw.key', 'all'), 0, 'it has a station') or diag($err);
	up('TW');
}

# ---- over the line -----------------------------------------------------------

sub a_station_is_enrolled_over_the_line {
	my $address = 'antin://dien-bien.vn';
	ok(invited(\@root, 'db', $address, qw(--kind station --station TW),
	    @desk), 'a station is invited');
	says(1, qr/nothing was requested under this name/, 'who has asked ' .
	    'nothing gets nothing', qw(enrol accept --line), line('TW'), 'db');
	ends(0, 'it asks over the line', qw(enrol request --no-passphrase
	    --invitation db.inv --code-file db.code --line), line('TW'), 'db');
	my $words = words_said();
	like($out, qr/waits at 127\.0\.0\.1/, 'and is told that it waits');
	my ($w) = waiting('TW', $address);
	is($w->{words}, $words, 'there the same words are read');
	is("$w->{kind} $w->{by} $w->{state} $w->{from}", 'station invitation ' .
	    'waits 127.0.0.1', 'and what it is');
	ends(0, 'it sends it again', qw(enrol request --line), line('TW'),
	    'db');
	is(scalar(waiting('TW')), 1, 'twice is once');
	says(1, qr/not decided yet/, 'there is no answer yet', qw(enrol accept
	    --line), line('TW'), 'db');
	ok(-e 'db.pending' && !-e 'db.directory', 'and nothing is taken');
	says(3, qr/Nothing was issued/, 'other words do not certify', qw(enrol
	    issue --station TW --words), join(' ', ('voi') x 8),
	    substr($w->{id}, 0, 8), @root);
	says(1, qr/no request with this id/, 'nor another id', qw(enrol issue
	    --station TW --words), $words, '00000000', @root);
	says(2, qr/wanted: REQUEST ANSWER/, 'nor a file with --station',
	    qw(enrol issue --station TW a b), @root);
	is(scalar(waiting('TW')), 1, 'it waits on');
	killed_part('TW', 'store');
	ok(logged('TW', 'name=store pid', 2), 'the store is killed');
	says(0, qr/answer waits at the station/, 'the right words do',
	    qw(enrol issue --station TW --words), $words,
	    substr($w->{id}, 0, 8), @root);
	is(scalar(waiting('TW')), 0, 'it waits no more');
	is((waiting('TW', $address, '--all'))[0]{state}, 'answered',
	    'but for being fetched');
	down('TW');
	says(5, qr/cannot be reached/, 'a station that is down is none',
	    qw(enrol accept --line), line('TW'), 'db');
	up('TW');
	says(0, qr/Enrolled: antin:\/\/dien-bien\.vn/, 'it takes the answer',
	    qw(enrol accept --line), line('TW'), 'db');
	ok(!-e 'db.pending' && -e 'db.directory', 'which is all there');
	is(station('DB', 'db.key', 'db.directory', '--parent', line('TW')), 0,
	    'it becomes a station') or diag($err);
	up('DB');
	ok(logged('TW', 'event=link\.up station=antin://dien-bien\.vn'),
	    'which its parent knows by what it decided itself');
}

sub a_desk_waits_for_its_answer {
	my $address = 'antin://dien-bien.vn/van-thu';
	put('pass', "mot hai ba bon nam\n");
	ok(invited(\@root, 'vt', $address, qw(--station TW), @desk),
	    'a desk is invited');
	put('other.code', "7KQD-22MX-9RTA\n");
	says(3, qr/code/, 'another code asks for nothing', qw(enrol request
	    --passphrase-file pass --invitation vt.inv --code-file other.code
	    --line), line('TW'), 'vt');
	is(scalar(waiting('TW')), 0, 'and nothing comes there');
	ends(0, 'it asks', qw(enrol request --passphrase-file pass --invitation
	    vt.inv --code-file vt.code --line), line('TW'), 'vt');
	my $words = words_said();
	open my $log, '+>', 'wait.log';
	my $pid = start($log, $log, $antin, qw(enrol accept --wait 30 --line),
	    line('TW'), qw(--passphrase-file pass vt));
	sleep 0.5;
	killed_part('TW', 'link');
	ends(0, 'it is decided meanwhile', qw(enrol issue --station TW
	    --words), $words, substr((waiting('TW', $address))[0]{id}, 0, 8),
	    @root);
	waitpid $pid, 0;
	is($?, 0, 'who waits gets it, though the line broke') or
	    diag(get('wait.log'));
	ends(0, 'its station takes its key', qw(station add-desk DB vt.key));
	ends(0, 'and it signs in', qw(sign-in --station DB --passphrase-file
	    pass), $address);
}

there_is_a_root_and_its_station();
a_station_is_enrolled_over_the_line();
a_desk_waits_for_its_answer();
done_testing;
