# SPDX-License-Identifier: EUPL-1.2
#
# What the tests of the command share: running it in a folder of their own,
# what it may say, and people who enrol one another.
#
# No output may hold a secret(): @told is who told one.  Files that the tests
# make are for their owner alone, so that a file that others may read is the
# command's.
package Antin;
use strict;
use warnings;
use Cwd qw(abs_path);
use Exporter qw(import);
use File::Temp qw(tempdir);
use FindBin;
use JSON::PP ();
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

our ($out, $err, @told);	# of the last run; of all
our @EXPORT = qw($antin $work $san $seed $out $err @told antin start status
    ends says refused_all put get same names flip json secret secrets_in later
    killed span officers ceremony approved invited requested issued enrolled);

chdir "$FindBin::Bin/../.." or die "the tree: $!\n";
our $antin = abs_path(($ENV{ANTIN_B} // 'obj') . '/bin/antin');
-x $antin or die "$antin: build it first\n";
our $san = $ENV{ANTIN_SAN};
our $seed = $ENV{ANTIN_SEED} // int(time) % 100_000;
srand $seed;

delete @ENV{qw(LC_ALL LC_MESSAGES LANGUAGE ANTIN_DIRECTORY)};
$ENV{LANG} = 'C.UTF-8';
# what a sanitizer finds is no outcome of ours
$ENV{$_} = join ':', $ENV{$_} // (), 'exitcode=99'
    for qw(ASAN_OPTIONS UBSAN_OPTIONS LSAN_OPTIONS);

$SIG{$_} = sub { exit 1 } for qw(INT TERM HUP); # and clean up
umask 077;
our $work = tempdir(CLEANUP => 1);
chdir $work or die "$work: $!\n";
END { chdir '/' }

# ---- files -------------------------------------------------------------------

sub put {
	my ($path, @bytes) = @_;
	open my $f, '>', $path or die "$path: $!\n";
	print $f @bytes;
	close $f or die "$path: $!\n";
}

sub get {
	my ($path) = @_;
	open my $f, '<', $path or die "$path: $!\n";
	local $/;
	return <$f> // '';
}

# The file is as it was.
sub same {
	my ($path, $was, $name) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return ok(get($path) eq $was, $name);
}

sub names {
	my ($dir) = @_;
	opendir my $d, $dir or return "($dir: $!)";
	return join ' ', sort grep { !/^\.\.?$/ } readdir $d;
}

sub flip {
	my ($bytes, $at, $bit) = @_;
	substr($bytes, $at, 1) ^= chr(1 << $bit);
	return $bytes;
}

# ---- secrets -----------------------------------------------------------------

my @secrets;

# Nobody says these from now on, with or without what groups their letters.
sub secret { push @secrets, map { s/[-\s]//gr } @_ }

sub secrets_in {
	my $text = join '', @_;
	my $bare = $text =~ s/[-\s]//gr;
	return grep { index($text, $_) >= 0 || index($bare, $_) >= 0 } @secrets;
}

# ---- running it --------------------------------------------------------------

# Start it; what it says goes to the two handles.
sub start {
	my ($o, $e, @argv) = @_;
	my $pid = fork // die "fork: $!\n";
	return $pid if $pid;
	alarm 60;
	open STDIN, '<', '/dev/null';
	open STDOUT, '>&', $o;
	open STDERR, '>&', $e;
	POSIX::setsid();	# no terminal to ask at
	exec @argv or POSIX::_exit(127);
}

sub status {
	return $_[0] & 127 ? 'signal ' . ($_[0] & 127) : $_[0] >> 8;
}

# The status it ends with.  Fills $out and $err.
sub antin {
	my @argv = @_;
	open my $o, '+>', undef or die "$!\n";
	open my $e, '+>', undef or die "$!\n";
	waitpid start($o, $e, $antin, @argv), 0;
	my $status = status($?);
	($out, $err) = map { seek $_, 0, 0; local $/; <$_> // '' } $o, $e;
	push @told, "@argv" if @secrets && secrets_in($out, $err);
	return $status;
}

# What is wrong with how it ended, or nothing.  What is refused is refused in a
# sentence, and what a command said before it was is no success.
sub fault {
	my ($got, $status) = @_;
	return $got !~ /^(?:$status)$/ ? "status $got, wanted $status" :
	    $status ne '0' && $err !~ /^antin [a-z -]+: ./m ? 'said not why' :
	    $out =~ /Decided|Certified|Enrolled/ && $status ne '0' ?
	    'said success' : undef;
}

# It ends with this status.
sub ends {
	my ($status, $name, @argv) = @_;
	my $why = fault(antin(@argv), $status);
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return ok(!defined $why, $name) || diag("$why\n$out$err");
}

# And says this: why it fails, or else what it did.
sub says {
	my ($status, $text, $name, @argv) = @_;
	my $why = fault(antin(@argv), $status);
	$why //= 'says something else' if
	    ($status eq '0' ? "$out$err" : $err) !~ $text;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return ok(!defined $why, $name) || diag("$why: $text\n$out$err");
}

# Each of [ what is wrong, what is said of it, words ] ends with this status.
sub refused_all {
	my ($name, $status, $before, @cases) = @_;
	my @bad;
	for (@cases) {
		my ($what, $text, @argv) = @$_;
		my $why = fault(antin(@argv, @$before), $status);
		$why //= "says something else than $text" if $err !~ $text;
		push @bad, "$what: $why\n$out$err" if defined $why;
	}
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return ok(@cases && !@bad, "$name (" . @cases . ')') || diag(@bad);
}

sub json {
	my $j = eval { JSON::PP->new->utf8->decode($out) };
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	ok(defined $j, 'what it prints for programs is JSON') or diag($out);
	return $j // {};
}

# Start it, kill it at a moment within $$span seconds; whether it was still
# there to be killed.  The span learns from that how long it runs.
sub killed {
	my ($span, @argv) = @_;
	open my $null, '>', '/dev/null';
	my $pid = start($null, $null, $antin, @argv);
	sleep rand $$span;
	kill KILL => $pid;
	waitpid $pid, 0;
	my $hit = $? == 9;
	$$span *= $hit ? 1.05 : 0.8;
	return $hit;
}

sub span {
	my $from = time;
	ends(0, "antin $_[0] $_[1] runs", @_);
	return time - $from;
}

# ---- another day -------------------------------------------------------------

my $clock;

# A library that sets the clock of what runs with it forward.
sub clock_library {
	return $clock if defined $clock;
	$clock = '';
	return '' if $san; # its runtime wants to be first
	put('clock.c', <<'END');
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>
int clock_gettime(clockid_t id, struct timespec *t)
{
	int (*next)(clockid_t, struct timespec *) =
	    (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT,
	    "clock_gettime");
	const char *days = getenv("CLOCK_DAYS");
	int r = next(id, t);
	if (id == CLOCK_REALTIME && days != NULL)
		t->tv_sec += 86400 * atol(days);
	return r;
}
END
	my $cc = $ENV{CC} // 'cc';
	system("$cc -shared -fPIC -o clock.so clock.c -ldl 2>clock.err") == 0
	    and $clock = "$work/clock.so";
	return $clock;
}

# What is run as it would be so many days from now.
sub later {
	my ($days, $what) = @_;
	my $library = clock_library();
	SKIP: {
		skip 'the clock cannot be set here', 1 if $library eq '';
		local @ENV{qw(LD_PRELOAD CLOCK_DAYS)} = ($library, $days);
		$what->();
	}
}

# ---- people ------------------------------------------------------------------

# Officers off1 to offN, each with a key of his own.
sub officers {
	my ($n) = @_;
	antin(qw(key new --person --no-passphrase --name), "Sĩ quan $_",
	    '--address', "antin://vn/officer-$_", "off$_") eq '0' or
	    die "no officer: $err" for 1 .. $n;
}

# The officers' approvals of a plan, as words of a command line.
sub approved {
	my ($plan, @officers) = @_;
	for (@officers) {
		antin(qw(ceremony approve --force), $plan, '--out',
		    "$plan.by$_", '--key', "off$_.key") eq '0' or
		    die "$plan is not approved: $err";
	}
	return map { ('--approval', "$plan.by$_", '--from', "off$_.pub") }
	    @officers;
}

# Words of a command line that hold a ceremony which officers 1 to $n approved.
sub ceremony {
	my ($name, $n, @words) = @_;
	antin(qw(ceremony plan --force), "$name.plan", '--ceremony', $name,
	    (map { ('--officer', "off$_.pub") } 1 .. $n), @words) eq '0' or
	    die "no plan: $err";
	return ('ceremony', 'run', "$name.plan", $name,
	    approved("$name.plan", 1 .. $n));
}

# Invite; the code is in NAME.code.  $by: the words of an authority.
sub invited {
	my ($by, $name, $address, @words) = @_;
	unshift @words, '--name', "Tên $name" if !grep { /^--name$/ } @words;
	my $status = antin(qw(enrol invite --force), @words, @$by, $address,
	    "$name.inv");
	return 0 if $status ne '0';
	my ($code) = $out =~ /^    (\S+)$/m;
	put("$name.code", "$code\n");
	secret($code);
	return 1;
}

# Ask; the check words.
sub requested {
	my ($name, @words) = @_;
	antin(qw(enrol request --force), $name, '--invitation', "$name.inv",
	    '--code-file', "$name.code", (grep { /pass/ } @words) ? () :
	    '--no-passphrase', @words) eq '0' or return '';
	my ($said) = $out =~ /^    (\S.*)$/m;
	return $said;
}

sub issued {
	my ($by, $name, $said, @words) = @_;
	return antin(qw(enrol issue --force), "$name.request", "$name.answer",
	    '--words', $said, @words, @$by);
}

# All four steps: NAME.key, NAME.directory.
sub enrolled {
	my ($by, $name, $address, @words) = @_;
	my $said;
	my $good = invited($by, $name, $address, @words) &&
	    ($said = requested($name)) ne '' &&
	    issued($by, $name, $said) eq '0' &&
	    antin(qw(enrol accept), $name, "$name.answer") eq '0';
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return ok($good, "$name is enrolled at $address") || diag($err);
}

1;
