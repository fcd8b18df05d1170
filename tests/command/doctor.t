#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# A station that is looked at: well, and with one thing after another wrong
# with it; while it runs, while it hangs, and while it is down (docs/
# operations.md 1).
use strict;
use warnings;
use FindBin;
use IO::Socket::UNIX;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

use lib $FindBin::Bin;
use Antin;
use Station;

my @desk = qw(--level toi-mat --precedence hoa-toc);
my ($up, $speaker);

END {
	my $status = $?;
	kill KILL => $speaker if $speaker;
	if ($up) {
		chdir $work and kill CONT => pids('DB') and
		    antin(qw(station stop DB));
	}
	$? = $status;
}

# The station's processes: its daemon's, and that one's children.
sub pids {
	my ($dir) = @_;
	my $daemon = get("$dir/data/run/antind.pid") =~ /^(\d+)/ ? $1 : 0;
	my @all = ($daemon);
	for my $stat (glob '/proc/[0-9]*/stat') {
		open my $f, '<', $stat or next;
		my $line = <$f> // '';
		push @all, $1 if $line =~ /^(\d+) .*\) \S $daemon /;
	}
	return grep { $_ } @all;
}

# How each check is: { disk => 'fine', ... }; status and all of it.
my (%is, %says, %do, $worst, $status);

sub looked {
	$status = antin(qw(doctor --json --station DB), @_);
	my $all = eval { JSON::PP->new->utf8->decode($out) } // {};
	%is = map { $_->{check} => $_->{state} } @{ $all->{checks} };
	%says = map { $_->{check} => $_->{says} } @{ $all->{checks} };
	%do = map { $_->{check} => $_->{do} } @{ $all->{checks} };
	$worst = $all->{worst} // '';
	return $status;
}

# This check is so, and says this; whatever wants somebody says what to do.
sub is_so {
	my ($check, $state, $text, $name) = @_;
	my $good = ($is{$check} // '') eq $state && $says{$check} =~ $text &&
	    !grep { ($is{$_} ne 'fine') != defined $do{$_} } keys %is;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return ok($good, $name) ||
	    diag("$check: $is{$check}, $says{$check}\n$out$err");
}

# Nothing is wrong with it; but that on a slow machine it may have been without
# its parent for so long that somebody is to be alarmed.
sub is_well {
	looked(@_);
	return $status =~ /^[01]$/ && keys %is == 16 &&
	    !grep { $is{$_} eq 'wrong' && $_ ne 'links' &&
	        !($san && $_ eq 'sandbox') } keys %is;
}

sub there_is_a_station {
	there_is_a_root('Ban', [ 'dien-bien.vn', 'Tỉnh Điện Biên' ]);
	enrolled(\@root, 'tw', 'antin://vn', qw(--kind station), @desk);
	enrolled(\@root, 'db', 'antin://dien-bien.vn', qw(--kind station),
	    @desk);
	enrolled(\@root, 'vt', 'antin://dien-bien.vn/van-thu', @desk);
	all_is_known();
	station_is_made('DB', 'db', 'vt', 'away'); # where nobody listens
}

my @all = sort qw(station configuration clock disk memory keys knowledge
    sandbox links queue journal backups emergency rules malware alarms);

sub it_is_down {
	says(1, qr/no station in/, 'where no station is there is nothing to ' .
	    'look at', qw(doctor --station nowhere));
	is(looked(), 1, 'a station that does not run is not well');
	is("@{[sort keys %is]}", "@all", 'everything is looked at');
	is($worst, 'wrong', 'and what is worst is said');
	is_so('station', 'wrong', qr/does not run/, 'it does not run');
	is_so('configuration', 'fine', qr/antind\.conf/,
	    'its configuration is good, though');
	is_so('keys', 'fine', qr/2 key files/, 'and its keys');
	is_so('knowledge', 'fine', qr/old/, 'and its directory');
	is_so($_, 'look', qr/not known/, "of its $_ nothing is known")
	    for qw(links queue journal backups sandbox malware alarms);
	is_so('emergency', 'look', qr/fewer than two/,
	    'nobody could destroy it');
}

sub things_are_wrong {
	put('DB/data/rules/xa.rules', "own xa\n");
	looked();
	is_so('rules', 'wrong', qr{DB/data/rules/xa\.rules:1: the file has no head},
	    'a mistake in an own rule is named');
	unlink 'DB/data/rules/xa.rules';
	{
		local $ENV{ANTIN_RULES} = 'none';
		looked();
		is_so('rules', 'look', qr/no folder none/, 'no rules want a look');
	}
	looked();
	is_so('rules', 'fine', qr/^11 files/, 'rules are fine else');
	my $conf = get('DB/antind.conf');
	put('DB/antind.conf', $conf, "parrent 127.0.0.1:1\n");
	looked();
	is_so('configuration', 'wrong', qr/parrent/, 'a wrong word is named');
	put('DB/antind.conf', $conf);
	rename 'DB/antind.conf', 'conf';
	looked();
	is_so('configuration', 'look', qr/not where/,
	    'one that is elsewhere wants to be named');
	looked(qw(--conf conf));
	is_so('configuration', 'wrong', qr/data/, 'one that is named is looked ' .
	    'at where it lies');
	rename 'conf', 'DB/antind.conf';
	chmod 0644, 'DB/data/station.key';
	looked();
	is_so('keys', 'wrong', qr/station\.key: it is open to others/,
	    'a key that others may read is seen');
	chmod 0600, 'DB/data/station.key';
	my $key = get('DB/data/keys/van-thu.key');
	put('DB/data/keys/van-thu.key', substr $key, 0, 300);
	looked();
	is_so('keys', 'wrong', qr/van-thu\.key: .*damaged/, 'half a key too');
	put('DB/data/keys/van-thu.key', $key);
	antin(qw(key new --name X --address antin://dien-bien.vn/la
	    --no-passphrase x));
	put('DB/data/keys/x.key', get('x.key'));
	looked();
	is_so('keys', 'wrong', qr/x\.key: the directory does not know it/,
	    'and one that nobody knows');
	is_so('emergency', 'fine', qr/two desks/, 'a second desk is seen');
	unlink 'DB/data/keys/x.key';
	my $directory = get('DB/data/directory');
	put('DB/data/directory', substr($directory, 0, 100));
	looked();
	is_so('knowledge', 'wrong', qr/cannot be read/,
	    'a damaged directory is seen');
	put('DB/data/directory', $directory);
	put('DB/data/destroyed', "x\n");
	looked();
	is_so('emergency', 'wrong', qr/begun/, 'and what was not ended');
	unlink 'DB/data/destroyed';
}

# A speaker of clamd's protocol: all is clean.
sub clamd_starts {
	my $s = IO::Socket::UNIX->new(Local => 'DB/clamd', Listen => 8) or
	    die "DB/clamd: $!\n";
	defined($speaker = fork) or die "fork: $!\n";
	return if $speaker;
	while (my $to = $s->accept) {
		read $to, my $ask, 14;
		print $to "stream: OK\0";
	}
	POSIX::_exit(0);
}

# docs/desk.md 9: one that is configured, and not there.
sub clamd_is_away {
	put('DB/antind.conf', get('DB/antind.conf'),
	    "clamd clamd\nclamd.required yes\n");
	$up = ends(0, 'it starts', qw(station start DB));
	is(looked(), 1, 'a clamd that is required and away is wrong');
	is_so('malware', 'wrong', qr{clamd is wanted .*clamd.* no file is opened},
	    'what is wanted, and what comes of it, is said');
	like($do{malware}, qr/start clamd/, 'and what to do');
	clamd_starts();
	looked();
	is_so('malware', 'fine', qr/clamd answers/, 'one that is there is fine');
}

sub it_runs {
	ok(is_well(), 'a station that runs is well enough') or diag($out);
	isnt($worst, 'fine', 'but wants a look');
	is_so('station', 'fine', qr/runs .* answers/, 'it runs');
	is_so('sandbox', $san ? 'wrong' : 'fine', qr/locked in/, 'it is locked in');
	is_so('links', $is{links}, qr/no line to the station above, antin:\/\/vn/,
	    'it has no line');
	is_so('queue', 'fine', qr/nothing waits/, 'nothing waits');
	is_so('journal', 'fine', qr/life 1/, 'its journal is in its first life');
	is_so('backups', 'look', qr/none/, 'there is no backup');
	is_so('disk', $is{disk}, qr/free; the station has/,
	    'what its disk has is said');
	antin(qw(doctor --station DB));
	like($out, qr/^\S+ fine  station: it runs/m, 'a person is told so');
	like($out, qr/^    -> make one: antin backup/m,
	    'and what to do');
	like($out, qr/^\d+ fine, \d+ to look at, [01] wrong\.$/m,
	    'and how many there are of each');
	local $ENV{LANG} = 'vi_VN.UTF-8';
	antin(qw(doctor --station DB));
	like($out, qr/trạm đang chạy/, 'in his language');
	unlike($out, qr/\b(?:station|the|free|line)\b/, 'all of it');
}

sub it_hangs {
	kill STOP => pids('DB');
	my $began = time;
	is(looked(), 1, 'one that hangs is not well');
	is_so('station', 'wrong', qr/does not answer/, 'which is said');
	is_so('keys', 'fine', qr/key files/, 'and the rest is looked at');
	ok(time - $began < 55, 'it is not waited for for long');
	kill CONT => pids('DB');
	my $until = time + 60;
	my $well;
	sleep 0.2 until ($well = is_well()) || time > $until;
	ok($well, 'when it goes on, it is well');
}

there_is_a_station();
it_is_down();
things_are_wrong();
clamd_is_away();
it_runs();
it_hangs();
done_testing();
