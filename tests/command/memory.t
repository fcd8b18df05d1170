#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# What the command holds in memory does not grow with what it seals and opens,
# and grows little with the desks that it seals for.
use strict;
use warnings;
use Cwd qw(abs_path);
use Fcntl;
use File::Path qw(remove_tree);
use File::Temp qw(tempdir);
use FindBin;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

plan skip_all => 'a sanitizer needs memory of its own' if $ENV{ANTIN_SAN};
plan skip_all => 'the peak is not to be read here'
    if !grep { /^VmHWM:/ } eval { split /^/, get('/proc/self/status') };

chdir "$FindBin::Bin/../.." or die "the tree: $!\n";
my $antin = abs_path(($ENV{ANTIN_B} // 'obj') . '/bin/antin');
-x $antin or die "$antin: build it first\n";
$ENV{LANG} = 'C.UTF-8';
$SIG{$_} = sub { exit 1 } for qw(INT TERM HUP); # and clean up
my $work = tempdir(CLEANUP => 1);
chdir $work or die "$work: $!\n";

use constant { KB => 1024, MB => 1 << 20 };
my $size = 400 * MB;

sub get {
	my ($path) = @_;
	open my $f, '<', $path or die "$path: $!\n";
	local $/;
	return <$f> // '';
}

# A pipe with no room: who writes to it waits until it is read.
sub full_pipe {
	pipe my $read, my $write or die "pipe: $!\n";
	my $flags = fcntl $write, F_GETFL, 0;
	fcntl $write, F_SETFL, $flags | O_NONBLOCK or die "fcntl: $!\n";
	for my $piece (4096, 1) {
		1 while syswrite $write, ' ' x $piece;
	}
	fcntl $write, F_SETFL, $flags or die "fcntl: $!\n";
	return ($read, $write);
}

# Its peak, in bytes.  It waits with its last word, so that the peak can be
# read when all is done: when the file is there and it sleeps.
sub peak {
	my ($file, @argv) = @_;
	my ($read, $write) = full_pipe();
	my $pid = fork // die "fork: $!\n";
	if ($pid == 0) {
		alarm 120;
		open STDIN, '<', '/dev/null';
		open STDOUT, '>&', $write;
		exec $antin, @argv or POSIX::_exit(127);
	}
	close $write;
	my $end = time + 120;
	my ($done, $peak) = (0, 0);
	while ($done < 3 && time < $end) {
		my $now = eval { get("/proc/$pid/status") } // last;
		my ($kb) = $now =~ /^VmHWM:\s*(\d+) kB/m or last;
		$peak = $kb * KB; # the last: the first is of what forked it
		$done++ if -e $file && $now =~ /^State:\s*S/m;
		sleep 0.03;
	}
	1 while sysread $read, my $said, 65536;
	waitpid $pid, 0;
	ok($? == 0 && $peak > 0 && -e $file, "@argv[0, -1]: is done");
	return $peak;
}

# It stays under so many bytes.
sub holds {
	my ($name, $peak, $most) = @_;
	cmp_ok($peak, '<', $most, sprintf '%s: %.1f MB', $name, $peak / MB);
}

sub antin {
	my $pid = fork // die "fork: $!\n";
	if ($pid == 0) {
		open STDOUT, '>', '/dev/null';
		exec $antin, @_ or POSIX::_exit(127);
	}
	waitpid $pid, 0;
	die "antin @_: $?\n" if $?;
}

my @new = qw(key new --no-passphrase --name N --address);
antin(@new, "antin://$_.vn/d", $_) for qw(s r);
open my $f, '>', 'text' or die "$!\n";
print $f "text\n";
close $f;

# ---- what is large -----------------------------------------------------------

# random at its start, so that it is taken as incompressible; and zeros
open $f, '>', 'plain' or die "$!\n";
print $f map { pack 'N', rand 2**32 } 1 .. 100_000;
close $f;
for my $what (qw(plain packed)) {
	open $f, '>>', $what or die "$!\n";
	truncate $f, $size or die "$what: $!\n";
	close $f;
	holds("seal 400 MB, $what", peak("$what.antin", qw(seal --threads 2
	    --key s.key --to r.pub), $what), 16 * MB);
	holds("open 400 MB, $what", peak("$what.open/$what", qw(open --threads
	    2 --key r.key --from s.pub), "$what.antin"), 16 * MB);
	is(-s "$what.open/$what", $size, 'all of it');
	holds('inspect it', peak("$what.antin", qw(inspect --key r.key --from
	    s.pub), "$what.antin"), 16 * MB);
	remove_tree("$what.open");
	unlink $what, "$what.antin";
}

# ---- what is for many --------------------------------------------------------

my ($few, $many) = (50, 300);
mkdir $_ for qw(few many);
for my $part (0, 1) { # on two cores
	my $pid = fork // die "fork: $!\n";
	next if $pid;
	for (grep { $_ % 2 == $part } 1 .. $many) {
		antin(@new, "antin://d$_.vn/d", "many/d$_");
		symlink "../many/d$_.pub", "few/d$_.pub" if $_ <= $few;
	}
	POSIX::_exit(0);
}
for (0, 1) {
	wait;
	die "keys: $?\n" if $?;
}
my %peak = map { $_ => peak("$_.antin", qw(seal --threads 2 --key s.key --to),
    $_, '--out', "$_.antin", 'text') } qw(few many);
holds("seal for $few", $peak{few}, 16 * MB);
holds("seal for $many", $peak{many}, 16 * MB + $many * 1.3 * KB);
my $each = ($peak{many} - $peak{few}) / ($many - $few);
my $most = 2000;
holds(sprintf('as it grows, %.1f KB a desk, seal for %d', $each / KB, $most),
    $peak{few} + ($most - $few) * $each, 16 * MB + $most * 1.3 * KB);
holds('open one for many', peak('m/text', qw(open --threads 2 --from s.pub
    --into m --key), 'many/d7.key', 'many.antin'), 16 * MB);
done_testing;
