#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# What happens seldom at the pages, in real browsers at two real stations
# (docs/desk.md 6.9, 6.10, 9.6, 10.3, 13.12, 13.13): paper that comes and paper that
# is digitised, a line that is cut in the middle of a large file, reminders,
# malware, papers that the station cannot make, a station that is started anew
# while somebody writes, and another person at the same browser.
use strict;
use warnings;
use FindBin;
use IO::Socket::UNIX;
use POSIX ();
use Test::More;

use lib $FindBin::Bin, "$FindBin::Bin/../command";
use Antin;
use Pages;
use Phone;
use Station;

my @people = (
    [ 'lan', 'TW', 'Trần Thị Lan', 'drafter' ],
    [ 'mai', 'TW', 'Lê Thị Mai', qw(authority drafter) ],
    [ 'ha', 'TW', 'Nguyễn Thị Hà', qw(clerk custodian) ],
    [ 'bich', 'DB', 'Lò Thị Bích', qw(clerk custodian) ],
    [ 'cuong', 'DB', 'Quàng Văn Cường', 'authority' ]);
my %of = (TW => 'antin://vn', DB => 'antin://dien-bien.vn');
my $speaker;

# A speaker of clamd's protocol, INSTREAM (tests/station/scanned.c has the real
# one): a file with the name of EICAR's test in it is malware.
sub clamd_comes {
	my $s = IO::Socket::UNIX->new(Local => 'TW/clamd', Listen => 16) or
	    die "TW/clamd: $!\n";
	defined($speaker = fork) or die "fork: $!\n";
	return if $speaker;
	while (my $to = $s->accept) {
		my $file = '';
		read($to, my $ask, 10);
		while (read($to, my $head, 4) == 4) {
			my $n = unpack 'N', $head or last;
			read($to, my $piece, $n);
			$file = substr($file, -80) . $piece if
			    $file !~ /EICAR-STANDARD-ANTIVIRUS-TEST-FILE/;
		}
		$to->print($file =~ /EICAR-STANDARD-ANTIVIRUS-TEST-FILE/ ?
		    "stream: Eicar-Signature FOUND\0" : "stream: OK\0");
		close $to;
	}
	POSIX::_exit(0);
}

sub clamd_goes {
	return if !$speaker;
	kill 'KILL', $speaker;
	waitpid $speaker, 0;
	undef $speaker;
	unlink 'TW/clamd';
}

END {
	my $status = $?;
	clamd_goes();
	$? = $status;
}

# A station that sees no fonts, where we may hide them from it.
sub up_without_fonts {
	my ($dir) = @_;
	return up($dir) if $> != 0 ||
	    system('unshare -m mount -t tmpfs none /usr/share/fonts') != 0;
	$ENV{ANTIN_NO_FONTS} = 1;
	$up{$dir} = 1;
	return is(system('unshare', '-m', 'sh', '-c', 'mount -t tmpfs none ' .
	    '/usr/share/fonts && exec "$@"', 'sh', $antin, qw(station start),
	    $dir), 0, "$dir starts, and sees no fonts");
}

sub there_are_two_offices {
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
	all_is_known();
	station_is_made('TW', 'tw', 'tw-vt');
	station_is_made('DB', 'db', 'db-vt', 'TW');
	put('TW/antind.conf', get('TW/antind.conf') . "clamd clamd\n");
	clamd_comes();
	up('TW');
	up_without_fonts('DB');
	for (@people) {
		my ($id, $at) = @$_;
		key_comes($id, $at);
		phone_comes($id, $at);
	}
}

my %does = (
    clamd => sub { $_[0] eq 'goes' ? clamd_goes() : clamd_comes() },
    # by the command, which looks at nothing
    malware => sub {
	put('thu-moi.txt', 'X5O!P%@AP[4\PZX54(P^)7CC)7}$' .
	    'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*');
	ends(0, 'malware is sent', qw(send --station DB --from van-thu --to),
	    "$of{TW}/van-thu", qw(--level thuong --precedence thuong),
	    'thu-moi.txt') or diag($err);
    });

there_are_two_offices();
pages_run('web/test/rare.mjs', 900, sub {
	my ($what, @words) = @_;
	$does{$what}->(@words);
}, map { $_->[0] } @people);
done_testing();
