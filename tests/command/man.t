#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# The pages of man/ and man/vi/: each is without mistakes, has the options of
# its command and no other, quotes what the command says, and its examples run.
#
# An example is a literal display (.Bd -literal in mdoc, .EX in man).  A line
# that begins with "$ " is a command, which must succeed; it goes on where a
# line ends in a backslash.  Other lines are of what it prints, in order; what
# it prints besides is not shown.  What is asked is answered: a passphrase, and
# the one-time code or the check words that an example before has printed, as
# people would tell them to one another.
use strict;
use warnings;
use Cwd qw(abs_path);
use Fcntl;
use File::Temp qw(tempdir);
use FindBin;
use POSIX ();
use Test::More;

chdir "$FindBin::Bin/../.." or die "the tree: $!\n";
my $bin = abs_path(($ENV{ANTIN_B} // 'obj') . '/bin');
-x "$bin/antin" or die "$bin/antin: build it first\n";
delete @ENV{qw(LC_ALL LC_MESSAGES ANTIN_DIRECTORY ANTIN_STATION)};
$ENV{NO_COLOR} = 1;
$ENV{PATH} = "$bin:$ENV{PATH}";
# what a sanitizer finds is no outcome of ours
$ENV{$_} = join ':', $ENV{$_} // (), 'exitcode=99'
    for qw(ASAN_OPTIONS UBSAN_OPTIONS LSAN_OPTIONS);

my %lang = (en => 'C.UTF-8', vi => 'vi_VN.UTF-8');
my %dir = (en => 'man', vi => 'man/vi');
# The pages of commands, in the order in which their examples build on each
# other, and what each is of.
my @order = qw(antin-key antin-sign antin-ceremony antin-enrol antin-unit
    antin-role antin-list antin-policy antin-seal antin-open antin-verify
    antin-inspect antin-desk antin-directory antin-cert antin-station
    antin-sign-in antin-user antin-send antin-inbox antin-read antin-ack antin-queue
    antin-status antin-journal antin-alarms antin-duty antin-doctor
    antin-backup antin-destroy antin-media antin-rules antin-form antin-doc
    antin-register antin-report);
my %commands = map { $_ => [ s/-/ /r ] } @order;
$commands{'antin-sign-in'} = [ 'antin sign-in', 'antin sign-out' ];
$commands{'antin-inbox'} = [ 'antin inbox', 'antin outbox' ];
$commands{'antin-ack'} = [ 'antin ack', 'antin refuse',
    'antin recall' ];
$commands{'antin-queue'} = [ 'antin queue', 'antin trace',
    map { "antin queue $_" } qw(hold release reroute drop) ];
$commands{'antin-verify'} = [ 'antin verify', 'antin evidence' ];
$commands{'antin-media'} = [ 'antin media',
    map { "antin media $_" } qw(write read list lost) ];
$commands{'antin-alarms'} = [ 'antin alarms', 'antin alarms ack' ];
$commands{'antin-backup'} = [ 'antin backup',
    map({ "antin backup $_" } qw(officers share verify)),
    'antin restore' ];
$commands{'antin-doc'} = [ 'antin doc',
    map { "antin doc $_" } qw(list search show read record form
    drafts) ];
# What they show wants a code of somebody's phone: they are run by tests of
# their own.
my %phone = map { $_ => 1 } qw(antin-doc antin-register antin-report);
# Pages that are another's, by the name of its other command.
my %alias = ('antin-sign-out' => 'antin-sign-in', 'antin-outbox' => 'antin-inbox',
    'antin-refuse' => 'antin-ack', 'antin-recall' => 'antin-ack',
    'antin-trace' => 'antin-queue', 'antin-restore' => 'antin-backup', 'antin-evidence' => 'antin-verify');
my %group = (
	key => [ qw(new show passwd) ],
	directory => [ qw(show find list picture write status apply verify
	    give take) ],
	cert => [ qw(show export crl revoke) ],
	ceremony => [ qw(plan approve run verify) ],
	enrol => [ qw(invite request pending issue accept recover restore) ],
	unit => [ qw(new rename move merge split close recertify) ],
	desk => [ qw(trust rename close) ],
	role => [ qw(give end) ],
	list => [ qw(set) ],
	policy => [ qw(set) ],
	station => [ qw(new add-desk check start stop move reopen lost) ],
	journal => [ qw(show checkpoint prove verify gaps) ],
	duty => [ qw(show plan on hand-over note watch) ],
	register => [ qw(list show close remark resume print) ],
	rules => [ qw(check list) ],
	user => [ qw(list add sign-in sign-out otp) ],
);
for my $group (keys %group) {
	$commands{"antin-$group"} =
	    [ map { "antin $group $_" } @{ $group{$group} } ];
}

unshift @{ $commands{'antin-desk'} }, 'antin desk';

sub get {
	my ($path) = @_;
	open my $f, '<', $path or die "$path: $!\n";
	local $/;
	return <$f> // '';
}

# ---- reading pages -----------------------------------------------------------

# The lines from a heading to the next of its kind.
sub section {
	my ($page, $kind, $name) = @_;
	return $page =~ /^\.$kind "?\Q$name\E"?\n(.*?)(?=^\.$kind |\z)/msi ?
	    $1 : '';
}

# "name" or "name ARG" of each option that the page explains.
sub explained {
	my ($page) = @_;
	return pairs(map { defined ? s{\\}{}gr : undef }
	    $page =~ /^\.It Fl -(\S+)(?: Ar (\S+))?$/mg, # mdoc
	    $page =~ /^\.TP\n\.BI? \\-\\-(\S+)(?: " (\S+)")?$/mg);
}

sub pairs {
	my @pairs;
	while (my ($name, $arg) = splice @_, 0, 2) {
		push @pairs, $name . (defined $arg ? " $arg" : '');
	}
	return @pairs;
}

# The same of what a command says itself.
sub helped {
	my ($command) = @_;
	return map { s/ \z//r } `$command --help` =~ /^  --(\S+ \S*) /mg;
}

# Each command of the examples: [ what to run, lines it prints ].
sub examples {
	my ($page) = @_;
	my @all;
	for my $block ($page =~ /^\.(?:Bd -literal.*?|EX)\n(.*?)^\.(?:Ed|EE)$/msg) {
		my $open;
		for (split /\n/, $block =~ s/\\e$/\\/mgr =~ s/\\-/-/gr) {
			if ($open) {
				$all[-1][0] .= "\n$_";
			} elsif (s/^\$ //) {
				push @all, [ $_ ];
			} else {
				push @{ $all[-1] }, $_;
			}
			$open = /\\$/;
		}
	}
	return @all;
}

# What a page says the command says: its diagnostics.
sub quoted {
	my ($page) = @_;
	return $page =~ /^(?:\.It Dq (.*)|“(.*)”)$/mg;
}

# ---- what must be so ---------------------------------------------------------

sub each_page_is_without_mistakes {
	for my $path (glob 'man/*.[1-8] man/vi/*.[1-8]') {
		my ($name) = $path =~ m{([^/]+)\.\d$};
		next if $alias{$name};
		my $said = `mandoc -Tlint -W warning '$path' 2>&1`;
		is($said . ($? ? "status $?" : ''), '', "$path has no mistakes");
		my $page = get($path);
		like($page, qr/\A\.\\" SPDX-License-Identifier: EUPL-1\.2\n/,
		    "$path says its licence");
		my @refs = $page =~ /^\.(?:Xr|BR) ([a-z\\-]+) \(?(\d)/mg;
		my @lost;
		while (my ($name, $of) = splice @refs, 0, 2) {
			$name =~ s/\\//g;
			push @lost, "$name($of)" unless -e "man/$name.$of";
		}
		is("@lost", '', "$path names pages that there are");
	}
	is_deeply([ sort map { s{man/vi/}{}r } glob 'man/vi/*' ],
	    [ sort map({ s{man/}{}r } glob 'man/*.1'), 'antind.8',
		'antind.conf.5' ],
	    'each page of a command, and the daemon\'s, is in both languages');
	my @bad = grep {
		my ($name) = m{([^/]+)\.1$};
		get($_) !~ /\A\.\\" SPDX-.*\n\.so man1\/\Q$alias{$name}\E\.1\n\z/
	} map { ("man/$_.1", "man/vi/$_.1") } sort keys %alias;
	is("@bad", '', 'a page by another name is that page');
	is_deeply([ sort 'antin', @order, keys %alias ],
	    [ sort map { s{man/(.*)\.1}{$1}r } glob 'man/*.1' ],
	    'and known here');
}

sub each_page_has_the_options_of_its_command {
	for my $l (sort keys %lang) {
		local $ENV{LANG} = $lang{$l};
		for my $name (@order) {
			my $page = get("$dir{$l}/$name.1");
			my @of = @{ $commands{$name} };
			my %synopsis;
			for my $command (@of) {
				my $part = @of == 1 ? $page :
				    section($page, '(?:Ss|SS)', $command);
				my @want = helped($command);
				cmp_ok(@want, '>', 0, "$command has options");
				is_deeply([ explained($part) ], \@want,
				    "$l: $command: its page explains each " .
				    'option, in order, and no other');
				s/ .*//, $synopsis{$_} = 1 for @want;
			}
			delete $synopsis{help};
			my $head = section($page, '(?:Sh|SH)', $l eq 'vi' ?
			    'TÓM TẮT' : 'SYNOPSIS') =~ s/\\//gr;
			my %there = map { $_ => 1 } $head =~
			    /(?:Fl |-)-([a-z][a-z-]*)/g;
			is_deeply(\%there, \%synopsis,
			    "$l: $name: its synopsis names them");
		}
	}
}

sub each_page_quotes_what_the_command_says {
	my $po = get('po/vi.po');
	my %said;
	while ($po =~ /^msgid "(.+)"\nmsgstr "(.*)"$/mg) {
		push @{ $said{en} }, $1;
		push @{ $said{vi} }, $2;
	}
	for my $l (sort keys %lang) {
		for my $name (@order) {
			my @quoted = grep { defined }
			    quoted(get("$dir{$l}/$name.1"));
			my @never = grep {
				my $q = $_;
				!grep { index(s/\\"/"/gr, $q) >= 0 }
				    @{ $said{$l} };
			} @quoted;
			ok(@quoted && !@never, "$l: $name: what it quotes is " .
			    'said (' . @quoted . ')') or diag("@never");
		}
	}
}

# ---- running examples --------------------------------------------------------

sub new_tty {
	my $n = pack 'i', 0;
	my $zero = pack 'i', 0;
	sysopen my $m, '/dev/ptmx', O_RDWR | O_NOCTTY or return;
	ioctl $m, 0x40045431, $zero or return;	# TIOCSPTLCK
	ioctl $m, 0x80045430, $n or return;	# TIOCGPTN
	my $name = '/dev/pts/' . unpack 'i', $n;
	return -c $name ? ($m, $name) : ();
}

sub echoes {
	my $t = POSIX::Termios->new;
	$t->getattr(fileno $_[0]);
	return $t->getlflag & POSIX::ECHO();
}

# What a command asks last in what it has printed, and the answer; or nothing.
# $told is the last code, or words, that was printed to be told to somebody.
sub answer {
	my ($out, $m, $told) = @_;
	return if !echoes($m) ? $out !~ /: \z/ :
	    $out !~ /^(?:Ask the newcomer|Hãy hỏi người được mời) .*:\r?\n\z/m;
	return $told if echoes($m) ||
	    $out =~ /(?:One-time code|Mã dùng một lần): \z/;
	return 'một câu dài dễ nhớ';
}

# Run a command at a terminal, in $dir: its status, and what it printed.
sub at_tty {
	my ($dir, $command, $told) = @_;
	my ($m, $name) = new_tty();
	my $pid = fork // die "fork: $!\n";
	if ($pid == 0) {
		alarm 60;
		close $m;
		POSIX::setsid();
		open my $s, '+<', $name or POSIX::_exit(126);
		chdir $dir;
		open STDIN, '<&', $s;
		open STDOUT, '>&', $s;
		open STDERR, '>&', $s;
		exec 'sh', '-c', $command or POSIX::_exit(127);
	}
	# held open, or the last word would be lost with the last to hold it
	sysopen my $hold, $name, O_RDWR | O_NOCTTY or die "$name: $!\n";
	my ($gone, $out, $status) = (0, '');
	while (!$gone) {
		$gone = waitpid($pid, POSIX::WNOHANG()) == $pid;
		$status = $?;
		my $bits = '';
		vec($bits, fileno $m, 1) = 1;
		while (select(my $r = $bits, undef, undef, 0.02)) {
			sysread $m, $out, 4096, length $out or last;
		}
		my $line = $gone ? undef : answer($out, $m, $told);
		if (defined $line) {
			syswrite $m, "$line\n";
			select undef, undef, undef, 0.05;
		}
	}
	return ($status, $out =~ s/\r//gr);
}

# The lines are among those that were printed, in order.
sub printed {
	my ($out, @want) = @_;
	for (split /\n/, $out) {
		s/\s+$//;
		shift @want if @want && $_ eq $want[0];
	}
	return @want;
}

sub each_example_runs {
	my ($l, $dir, @pages) = @_;
	local $ENV{LANG} = $lang{$l};
	my $told = '';
	for my $name (@pages) {
		my @examples = examples(get("$dir{$l}/$name.1"));
		my @bad;
		for (@examples) {
			my ($command, @want) = @$_;
			my ($status, $out) = at_tty($dir, $command, $told);
			$told = $1 while $out =~ /^    (\S.*)$/mg;
			my @missing = printed($out, @want);
			push @bad, "\$ $command\n$out\nstatus $status, " .
			    "missing: @missing" if @missing || $status != 0 &&
			    # a sanitizer does without sandboxes, which is wrong
			    !($ENV{ANTIN_SAN} && $name eq 'antin-doctor');
		}
		ok((@examples || $phone{$name}) && !@bad,
		    "$l: $name: its examples run (" .
		    @examples . ')') or diag(@bad);
	}
}

# Stations that examples have started.
sub stop_stations {
	system("antin station stop '$_' >/dev/null 2>&1")
	    for map { s{/antind\.conf$}{}r } glob "$_[0]/*/antind.conf";
}

each_page_is_without_mistakes();
each_page_has_the_options_of_its_command();
each_page_quotes_what_the_command_says();
for my $name ('antin', @order) {
	my @en = map { $_->[0] } examples(get("man/$name.1"));
	my @vi = map { $_->[0] } examples(get("man/vi/$name.1"));
	is_deeply(\@vi, \@en, "$name: the same examples in both languages");
}
my @dirs;
END { my $status = $?; stop_stations($_) for @dirs; $? = $status }
SKIP: {
	skip 'no terminal can be made here', 1 if !new_tty();
	$SIG{$_} = sub { exit 1 } for qw(INT TERM HUP); # and clean up
	for my $l (sort keys %lang) {
		each_example_runs($l, tempdir(CLEANUP => 1), 'antin');
		push @dirs, tempdir(CLEANUP => 1);
		each_example_runs($l, $dirs[-1], @order);
		stop_stations($dirs[-1]);
	}
}
done_testing;
