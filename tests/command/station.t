#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# Two stations and the people who use their desks, by command: from an empty
# folder to what was sent, read, acted on and refused; what is refused and what
# is said then; what is left when a station stops, and that no secret is.
use strict;
use warnings;
use Fcntl;
use File::Find ();
use FindBin;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

use lib $FindBin::Bin;
use Antin;
use Station;

my @desk = qw(--level toi-mat --precedence hoa-toc);
my $tw_vt = 'antin://vn/van-thu';
my $db_vt = 'antin://dien-bien.vn/van-thu';
my $db_cy = 'antin://dien-bien.vn/co-yeu';
my $xa_cy = 'antin://sin-thau.dien-bien.vn/co-yeu';
my $pass = 'mot cau dai khong ai doan ra';
my $subject = 'Việc điều động tuyệt đối giữ kín';
my $text = "Bốn giờ sáng xuất phát theo hướng bắc.\n";

sub bytes_of {
	my ($letters) = @_;
	utf8::encode($letters) if defined $letters;
	return $letters // '';
}

sub inbox { return rows(qw(inbox --station DB), @_) }

# Send from the desk of TW; the dispatch id.
sub sent {
	my ($name, @words) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	ends(0, $name, qw(send --station TW), @words) or return '';
	return ($out =~ /^Dispatch id: (\S+)$/m)[0] // '';
}

# How the outbox of TW says that it is.
sub state_of {
	my ($id) = @_;
	antin(qw(outbox --station TW)) eq '0' or return $err;
	my $short = substr $id, 0, 8;
	return ($out =~ /^$short  \S+ \S+  (.*)$/m)[0] // "not there:\n$out";
}

# ---- who there is ------------------------------------------------------------

sub desk_enrols {
	my ($name, $address) = @_;
	ok(enrolled_under('pass', $name, $address, @desk),
	    "$name is enrolled under a passphrase") or diag($err);
}

sub there_are_stations_and_desks {
	put('pass', "$pass\n");
	put('wrong', "mot cau khac\n");
	secret($pass);
	there_is_a_root('Ban', [ 'dien-bien.vn', 'Tỉnh Điện Biên' ],
	    [ 'sin-thau.dien-bien.vn', 'Xã Sín Thầu', 'xa' ]);
	enrolled(\@root, 'tw', 'antin://vn', qw(--kind station), @desk);
	enrolled(\@root, 'db', 'antin://dien-bien.vn', qw(--kind station),
	    @desk);
	desk_enrols('tw-vt', $tw_vt);
	desk_enrols('db-vt', $db_vt);
	enrolled(\@root, 'db-cy', $db_cy, @desk);
	enrolled(\@root, 'xa-cy', $xa_cy, @desk);
	ends(0, 'there is a list', qw(list set --member), $db_vt, '--member',
	    $db_cy, @root, 'Giao ban');
	all_is_known();
}

# ---- folders -----------------------------------------------------------------

sub a_folder_is_made_whole_or_not_at_all {
	my @new = qw(station new --directory all);
	antin(qw(key new --name X --address antin://vn --no-passphrase x));
	antin(qw(key new --name Y --address antin://vn --passphrase-file pass
	    y));
	mkdir 'there';
	put('there/file', 'mine');
	refused_all('a folder is refused', '[12356]', [],
	    [ 'no key', qr/--key is wanted/, @new, 'TW' ],
	    [ 'a desk', qr/is not a station's key/, @new, qw(--key tw-vt.key
		TW) ],
	    [ 'a passphrase', qr/under a passphrase/, @new, qw(--key y.key
		TW) ],
	    [ 'an unknown one', qr/does not know the key/, @new, qw(--key x.key
		TW) ],
	    [ 'no file', qr/none\.key/, @new, qw(--key none.key TW) ],
	    [ 'a desk of another', qr/key of another station/, @new,
		qw(--key db.key --desk tw-vt.key TW) ],
	    [ 'no desk', qr/is not a desk's key/, @new, qw(--key tw.key --desk
		tw.key TW) ],
	    [ 'a folder with files', qr/there already/, @new, qw(--key tw.key
		there) ],
	    [ 'an address', qr/IP address and a port/, @new, qw(--key tw.key
		--listen), '127.0.0.1:1 #', 'TW' ]);
	ok(!(grep { /^TW/ } split / /, names('.')) &&
	    names('there') eq 'file', 'and nothing is left of them');
	ends(0, 'one is made', @new, qw(--key tw.key --desk tw-vt.key --listen),
	    line_of('TW'), 'TW');
	like($out, qr/antin station start TW/, 'and what is next is said');
	ends(0, 'another below it', @new, qw(--key db.key --desk db-vt.key
	    --listen), line_of('DB'), '--parent', line_of('TW'), 'DB');
	ends(0, 'a desk is added', qw(station add-desk DB db-cy.key));
	ends(0, 'and one of a unit below', qw(station add-desk DB xa-cy.key));
	is(names('DB/data/keys'), 'co-yeu.key ' .
	    'co-yeu.sin-thau.dien-bien.vn.key van-thu.key',
	    'each key has a file of its own');
	says(1, qr/another station/, 'none of another station',
	    qw(station add-desk DB tw-vt.key));
	my @open = grep { (stat)[2] & 066 } glob('{TW,DB}/{,*/,*/*/}*.{key,conf}');
	is("@open", '', 'its files are for the owner alone');
}

sub a_configuration_is_checked {
	my $conf = get('TW/antind.conf');
	my $listen = line_of('TW');
	says(0, qr/^listen \Q$listen\E$/m, 'a good configuration is shown',
	    qw(station check TW));
	like($out, qr/^unlock 15  # the default$/m, 'with its defaults');
	put('TW/antind.conf', $conf, "nghe $listen\nlisten localhost\n" .
	    "max-size 5\ndata a\n");
	antin(qw(station check TW));
	my @lines = $err =~ /antind\.conf:(\d+): .+; .+$/mg;
	my $n = $conf =~ tr/\n//;
	is("@lines", join(' ', map { $n + $_ } 1 .. 4),
	    'each wrong line is told, with what to do') or diag($err);
	says(1, qr/would not start/, 'and that it would not start',
	    qw(station check TW));
	says(5, qr/antind\.conf:\d+: .+; .*has ended again/s,
	    'nor does it, and says why', qw(station start TW));
	put('TW/antind.conf', $conf);
	says(1, qr/no station's folder/, 'another folder is no station\'s',
	    qw(station start there));
	says(1, qr/no station runs in TW: start it/, 'what does not run says so',
	    qw(status --station TW));
}

sub stations_start_and_meet {
	put('DB/antind.conf', get('DB/antind.conf'), "keep-alive 5\n");
	up('TW');
	up('DB');
	says(1, qr/runs already \(process \d+\)/, 'none starts twice',
	    qw(station start TW));
	comes('they meet', sub {
		my ($l) = @{ said_json(qw(status --station TW))->{links} };
		return defined $l && $l->{state} eq 'up' &&
		    $l->{station} eq 'antin://dien-bien.vn';
	});
	ends(0, 'a station says how it is', qw(status --station DB));
	like($out, $_, "with a line of its own: $_") for
	    qr/\Aantin:\/\/dien-bien\.vn\n  ● clock: /,
	    qr/^  ● directory: as of .* ago$/m, qr/^  ● disk: .* free$/m,
	    qr/^Links\n  ● antin:\/\/vn: up since /m,
	    qr/^Desks\n  ◐ \Q$db_cy\E \(Tên db-cy\): not signed in$/m;
	unlike($out, qr/\033/, 'in no colours where nobody looks');
	my $s = said_json(qw(status --station DB));
	is("$s->{station} $s->{parent} " . @{ $s->{desks} },
	    'antin://dien-bien.vn antin://vn 3', 'and to programs');
}

# ---- signing in --------------------------------------------------------------

sub the_directory_is_given_and_taken {
	my @db = qw(--directory DB/data/directory);
	ends(0, 'a station\'s directory is taken', qw(directory take --station
	    TW tw-all));
	antin(qw(directory status), @db, 'db-status');
	ends(0, 'something is decided', qw(unit new --class tinh --name),
	    'Tỉnh Mới', @root, 'antin://tinh-moi.vn');
	antin(qw(directory write --all --directory held/directory moi));
	ends(0, 'a station is given it', qw(directory give --station TW moi));
	comes('the one below knows it', sub {
		return antin(qw(directory find), @db, 'tinh moi') eq '0';
	});
	ends(0, 'what is new is taken', qw(directory take --station DB --since
	    db-status delta));
	cmp_ok(-s 'delta', '<', -s 'tw-all', 'and no more');
	says(1, qr/delta/, 'nothing is written over', qw(directory take
	    --station DB delta));
}

sub at_terminal {
	my ($command) = @_;
	local $ENV{TERM} = 'xterm';
	my $said = qx{script -qec '$command' /dev/null </dev/null 2>&1};
	return $said =~ s/\r//gr;
}

sub who_signs_in {
	my @in = qw(sign-in --station DB --passphrase-file);
	my $last = 0;
	says(2, qr/say which: .*\Q$db_cy\E.*\Q$db_vt\E/,
	    'of several desks one is named', qw(sign-in --station DB));
	says(1, qr/no desk "ke-toan"/, 'one that is there', @in, 'pass',
	    'ke-toan');
	says(2, qr/Passphrase of \Q$db_vt\E: wanted/, 'it asks for the ' .
	    'passphrase', qw(sign-in --station DB), $db_vt);
	says(3, qr/passphrase is not the one/, 'a wrong one is refused', @in,
	    'wrong', 'van-thu') for 1 .. 4;
	# a slow machine waits between two of them by itself
	for my $wait (1, 2, 4) {
		sleep $wait;
		says(3, qr/passphrase is not the one/, 'another wrong one',
		    @in, 'wrong', 'van-thu');
	}
	says(3, qr/wait [5-8] seconds/, 'and then 8 s, however good', @in,
	    'pass', 'van-thu');
	sleep 8;
	says(0, qr/Signed in to \Q$db_vt\E until/, 'then the right one is good',
	    @in, 'pass', 'van-thu');
	says(0, qr/Signed in/, 'a key without passphrase asks nothing',
	    qw(sign-in --station DB), $db_cy);
	says(3, qr/has no passphrase: give none/, 'and takes none', @in, 'pass',
	    $xa_cy);
	says(2, qr/several desks of the station are called/, 'a name of two ' .
	    'desks is none', qw(sign-in --station DB co-yeu));
	says(0, qr/Signed in to \Q$tw_vt\E/, 'the only desk need not be named',
	    qw(sign-in --station TW --passphrase-file pass));
	like(at_terminal("$antin status --station DB"),
	    qr/\033\[32m●\033\[0m \Q$db_vt\E \(Tên db-vt\): signed in until/,
	    'status says so, in colours where somebody looks');
}

# What another user of the machine is told.
sub as_nobody {
	my ($uid, $gid, @argv) = @_;
	my $pid = open(my $in, '-|') // die "fork: $!\n";
	if ($pid == 0) {
		open STDIN, '<', '/dev/null';
		open STDERR, '>&', \*STDOUT;
		POSIX::setsid();
		($(, $)) = ($gid, "$gid $gid");
		($<, $>) = ($uid, $uid);
		exec @argv or POSIX::_exit(126);
	}
	local $/;
	my $said = <$in> // '';
	close $in;
	return $said;
}

# The command with its libraries where anybody may run it.
sub for_anybody {
	umask 022;
	mkdir $_ or die "$_: $!\n" for qw(any any/bin any/lib any/lib/antin);
	my %from = (bin => $antin);
	my $libs = `ldd '$antin'`;
	$from{"lib/antin/$1"} = $2
	    while $libs =~ m{^\s*(lib(?:crypto|ssl)\S+) => (\S+)}mg;
	for (sort keys %from) {
		my $to = $_ eq 'bin' ? 'any/bin/antin' : "any/$_";
		put($to, get($from{$_}));
		chmod 0755, $to;
	}
	umask 077;
	chmod 0711, $work;
	return "$work/any/bin/antin";
}

sub it_is_for_one_user {
	my ($uid, $gid) = (getpwnam 'nobody')[2, 3];
	SKIP: {
		skip 'only root can be somebody else', 7 if $> != 0 || !$uid;
		my $any = for_anybody();
		antin('--version');
		skip 'nobody cannot run it here', 7 if as_nobody($uid, $gid,
		    $any, '--version') ne $out;
		like(as_nobody($uid, $gid, $any, qw(status --station),
		    "$work/DB"), qr/may not use the station/,
		    'another user may not use the station');
		my $group = getgrgid $gid;
		put('DB/antind.conf', get('DB/antind.conf'),
		    "control-group $group\n");
		down('DB');
		up('DB');
		ends(0, 'one signs in', qw(sign-in --station DB
		    --passphrase-file pass), $db_vt);
		ends(0, 'twice', qw(sign-in --station DB), $db_cy);
		like(as_nobody($uid, $gid, $any, qw(inbox --station),
		    "$work/DB", $db_vt), qr/Passphrase of \Q$db_vt\E: wanted/,
		    'of those who may, each signs in for himself');
		like(as_nobody($uid, $gid, $any, qw(status --station),
		    "$work/DB"), qr/ ◐ \Q$db_vt\E \(Tên db-vt\): not signed in/,
		    'and sees himself alone signed in');
	}
}

# ---- sending -----------------------------------------------------------------

sub what_cannot_be_sent_is_refused {
	my @to = ('--to', $db_vt);
	put('to-trinh', 'x');
	put('trich-yeu', "$subject\n");
	ends(0, 'a desk is signed out', qw(sign-out --station DB), $db_vt);
	refused_all('what cannot be sent is refused', '[1235]',
	    [ qw(--station TW) ],
	    [ 'nothing', qr/nothing to seal/, 'send', @to ],
	    [ 'to nobody', qr/--to is wanted/, qw(send to-trinh) ],
	    [ 'a name', qr/wants the address of a desk/, qw(send --to vt
		to-trinh) ],
	    [ 'an unknown host', qr/nobody is known by the host/, qw(send --to
		antin://nowhere.vn/van-thu to-trinh) ],
	    [ 'no such desk', qr/leads nowhere/, qw(send --to
		antin://dien-bien.vn/ke-toan to-trinh) ],
	    [ 'a secret subject', qr/subject by --subject-file/, 'send', @to,
		qw(--level mat --subject x to-trinh) ],
	    [ 'two subjects', qr/exclude each other/, 'send', @to, qw(--subject
		x --subject-file trich-yeu to-trinh) ],
	    [ 'too secret', qr/may receive what is up to/, 'send', @to,
		qw(--level tuyet-mat to-trinh) ],
	    [ 'a list beside', qr/in the place of/, 'send', @to, qw(--list x
		to-trinh) ],
	    [ 'an unknown list', qr/no list "x"/, qw(send --list x to-trinh) ],
	    [ 'a device', qr/neither pipes nor devices/, 'send', @to,
		'/dev/null' ],
	    [ 'no file', qr/none cannot be opened/, 'send', @to, 'none' ],
	    [ 'in the past', qr/in the past/, 'send', @to, qw(--expires
		2020-01-01 to-trinh) ],
	    [ 'no due time', qr/go together/, 'send', @to, qw(--precedence
		hoa-toc-hen-gio to-trinh) ],
	    [ 'another\'s desk', qr/no desk/, 'send', @to, '--from', $db_vt,
		'to-trinh' ]);
	says(2, qr/Passphrase of \Q$db_vt\E: wanted/, 'nor as a desk that ' .
	    'nobody is signed in to', qw(send --station DB --from), $db_vt,
	    '--to', $tw_vt, 'to-trinh');
	is(scalar(rows(qw(outbox --station TW))), 0, 'and nothing was sent');
	ends(0, 'signed in again', qw(sign-in --station DB --passphrase-file
	    pass), $db_vt);
}

my ($list_id, $zeros_id);

sub a_list_gets_documents {
	secret($subject, $text =~ s/\n//r);
	put('dien.txt', $text);
	put('anh.bin', join '', map { pack 'N*', map { int rand 2**32 }
	    1 .. 1024 } 1 .. 768);
	put("kế hoạch.pdf", "%PDF-1.7\n");
	$list_id = sent('documents go to a list', '--list', 'Giao ban', qw(--level
	    mat --precedence khan --subject-file trich-yeu --text dien.txt),
	    'anh.bin', "kế hoạch.pdf");
	like($list_id, qr/^[0-9a-f]{8}(?:-[0-9a-f]{8}){3}$/,
	    'under an id of their own');
	comes('they arrive at a desk', sub { inbox($db_vt) == 1 });
	comes('and at the other', sub { inbox($db_cy) == 1 });
	# what a desk signs for may have come back by now
	like(state_of($list_id), qr/^urgent \(Khẩn\) +\S.*\S +\Q$db_cy\E and 1 more$/,
	    'the outbox says how far it is');
	says(0, qr/ antin:\/\/dien-bien\.vn  +(?:handed on|taken over)\n/,
	    'and so does its trace', qw(trace --station TW), $list_id);
	like($out, qr/co-yeu  +(?:has not confirmed|arrived)/, 'for each desk');
	says(0, qr/^Nothing waits/, 'nothing waits', qw(queue --station TW));
}

sub the_same_id_is_sent_once {
	my @send = (qw(send --station TW --to), $db_cy, qw(--text dien.txt --id));
	my $id = '0123456789abcdef0123456789abcdef';
	says(2, qr/32 hexadecimal digits/, 'an id of one\'s own is a whole one',
	    @send, '0123');
	says(0, qr/^Dispatch id: 01234567-89abcdef/m, 'a dispatch has the id ' .
	    'that was given', @send, $id);
	comes('and arrives', sub { grep { $_->{id} =~ /^01234567/ }
	    inbox($db_cy) });
	says(1, qr/has been sent already/, 'with it nothing is sent again',
	    @send, $id);
	is(scalar(grep { $_->{id} =~ /^01234567/ } inbox($db_cy)), 1,
	    'so it is there once');
	says(0, qr/./, 'and is acted on', qw(ack --station DB --desk), $db_cy,
	    '01234567');
}

sub a_large_file_shows_its_progress {
	my $from = time;
	sysopen my $f, 'zeros', O_WRONLY | O_CREAT or die;
	truncate $f, 1 << 30;
	my $said = at_terminal("$antin send --station TW --to $db_cy " .
	    '--precedence hoa-toc zeros');
	my $took = time - $from;
	($zeros_id) = $said =~ /^Dispatch id: (\S+)$/m;
	ok(defined $zeros_id, 'a large file is sent') or diag($said);
	ok($said =~ /Sealing #*\.* +\d+ %/ || $took < 1,
	    'and shows how far it is') or diag("$took s: $said");
	comes('it arrives', sub { grep { $_->{id} eq $zeros_id } inbox($db_cy) });
	is((inbox($db_cy))[0]{id}, $zeros_id, 'the newest is the first');
	like(at_terminal("$antin inbox --station DB $db_cy"),
	    qr/\033\[1;31mflash \(Hỏa tốc\)\033\[0m  arrived/,
	    'and stands out where somebody looks');
	is(at_terminal("$antin read --station DB --desk $db_cy --into to " .
	    "$zeros_id") =~ /zeros/ && -s 'to/zeros', 1 << 30,
	    'and has its size');
	unlink 'to/zeros', 'zeros';
}

# ---- reading -----------------------------------------------------------------

sub what_arrived_is_read {
	my $short = substr $list_id, 0, 6;
	my @read = (qw(read --station DB --desk), $db_vt);
	says(1, qr/no dispatch whose id begins with ffff/, 'what is not there ' .
	    'is not read', @read, 'ffff');
	says(1, qr/no such dispatch lies at/, 'nor by a whole id', @read,
	    'ffffffff-ffffffff-ffffffff-ffffffff');
	says(1, qr/no such dispatch lies at/, 'nor what is another desk\'s',
	    @read, $zeros_id);
	says(2, qr/is no dispatch id/, 'nor what is no id', @read, 'xyz');
	local @Antin::told;
	says(0, qr/\Q$text\E/, 'what is is read, with its text', @read, $short);
	my ($row) = inbox($db_vt);
	is($row->{state}, 'opened', 'and noted as opened');
	my $d = said_json(@read, qw(--into nhan), $short)->{dispatch};
	is(join('|', map { bytes_of($d->{$_}) } qw(id originator signer
	    signature level precedence)), "$list_id|$tw_vt|Tên tw-vt|holds|mat|khan",
	    'it says who sent it, that this holds, and its level') or
	    diag($out);
	is(bytes_of($d->{subject}), $subject, 'and its subject');
	is(join(' ', map { $_->{address} } @{ $d->{addressees} // [] }), '',
	    'a list is named, not spelled out');
	is(names('nhan'), "anh.bin dien.txt kế hoạch.pdf", 'its files are saved');
	ok(get("nhan/$_") eq get($_), "$_ as it was") for 'anh.bin', 'dien.txt',
	    "kế hoạch.pdf";
	ends(0, 'twice', @read, qw(--into nhan), $short);
	ok(get('nhan/2-anh.bin') eq get('anh.bin') &&
	    get('nhan/anh.bin') eq get('anh.bin'), 'over no file');
}

sub what_was_read_is_settled {
	my @at = (qw(--station DB --desk), $db_vt);
	my $second = sent('a second one is sent', '--to', $db_vt, qw(--subject
	    Hop to-trinh));
	comes('it arrives', sub { inbox($db_vt) == 2 });
	says(0, qr/Noted as acted on/, 'the first is acted on', 'ack', @at,
	    $list_id);
	is(scalar(inbox($db_vt)), 1, 'and leaves the inbox');
	is(scalar(inbox('--all', $db_vt)), 2, 'but for --all');
	says(2, qr/--reason is wanted/, 'a refusal has a reason', 'refuse', @at,
	    $second);
	says(0, qr/Noted as refused/, 'the second is refused', 'refuse', @at,
	    qw(--reason not-for-us), $second, 'Gửi nhầm nơi nhận');
	says(3, qr/acted on or refused already/, 'which stays', 'ack', @at,
	    $second);
	says(3, qr/acted on or refused already/, 'as does the other', 'refuse',
	    @at, qw(--reason other), $list_id);
	says(0, qr/ \Q$db_vt\E  (?:! )?refused: (?:not for us: )?Gửi nhầm/,
	    'its trace says why', qw(trace --station DB), $second);
	comes('and when that is signed, too', sub {
		antin(qw(trace --station DB), $second) eq '0' &&
		    $out =~ / \Q$db_vt\E  ! refused: not for us: Gửi nhầm/;
	});
	says(1, qr/this station knows no such dispatch/, 'of no other there ' .
	    'is one', qw(trace --station DB
	    ffffffff-ffffffff-ffffffff-ffffffff));
	says(0, qr/: nothing is there/, 'an empty box says so', qw(outbox
	    --station DB), $db_vt);
	ends(0, 'a desk of a unit below', qw(sign-in --station DB), $xa_cy);
	ends(0, 'is written to from its own station', qw(send --station DB
	    --from), $db_vt, '--to', $xa_cy, 'to-trinh');
	like((rows(qw(outbox --station DB), $db_vt))[0]{destinations}[0]{state},
	    qr/^arrived$/, 'where it has arrived at once');
}

# ---- stopping ----------------------------------------------------------------

sub what_waits_arrives_once {
	my $before = inbox('--all', $db_vt);
	down('DB');
	my $waits = sent('what is sent meanwhile', '--to', $db_vt, qw(--precedence
	    hoa-toc to-trinh));
	my $late = sent('and what will expire', '--to', $db_vt, '--expires',
	    POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime(time + 2)), 'to-trinh');
	like(state_of($waits), qr/^flash \(Hỏa tốc\) +waits +\Q$db_vt\E$/,
	    'waits');
	says(0, qr/antin:\/\/dien-bien\.vn$/m, 'for its way', qw(queue
	    --station TW));
	comes('status says for how long', sub {
		antin(qw(status --station TW));
		return $out =~ /^Waiting\n  ● antin:\/\/dien-bien\.vn: 2 \w+, .*; the oldest for \d+ s; up to flash/m;
	});
	sleep 4.5; # times on lines are whole seconds
	up('DB');
	ends(0, 'its desk', qw(sign-in --station DB --passphrase-file pass),
	    $db_vt);
	comes('what waited arrives', sub {
		grep { $_->{id} eq $waits } inbox($db_vt);
	});
	comes('what had expired does not', sub {
		state_of($late) =~ /^routine +(?:expired|refused) /;
	});
	my @ids = map { $_->{id} } inbox('--all', $db_vt);
	is(scalar(@ids), $before + 1, 'nothing twice') or diag("@ids");
}

# ---- an operator at the queues ------------------------------------------------

sub an_operator_at_the_queues {
	my $before = inbox('--all', $db_vt);
	down('DB');
	my $held = sent('one that is to wait', '--to', $db_vt, 'to-trinh');
	my $gone = sent('one that is to go no further', '--to', $db_vt,
	    'to-trinh');
	says(0, qr/^Done: 1\.$/, 'a dispatch is held', qw(queue hold --station
	    TW), $held);
	says(0, qr/ held by an operator /, 'the queue says so',
	    qw(queue --station TW));
	my ($leg) = map { $_->{q} } grep { $_->{id} eq $gone }
	    rows(qw(queue --station TW));
	says(2, qr/--reason/, 'nothing is dropped without a reason',
	    qw(queue drop --station TW), $leg);
	says(0, qr/^Done: 1\.$/, 'a leg is dropped with one', qw(queue drop
	    --station TW --reason), 'sent twice', $leg);
	like(state_of($gone), qr/ dropped by an operator /, 'the outbox says so');
	says(0, qr/^Nothing of that kind waits\.$/, 'once', qw(queue drop
	    --station TW --reason), 'sent twice', $leg);
	says(2, qr/wanted the number of a leg/, 'what is neither is told',
	    qw(queue hold --station TW), 'what?');
	says(1, qr/not the station above this one/,
	    'nothing goes over who is no neighbour', qw(queue reroute --station
	    TW), $held, 'antin://nowhere.vn');
	up('DB');
	ends(0, 'its desk', qw(sign-in --station DB --passphrase-file pass),
	    $db_vt);
	says(0, qr/^Done: 1\.$/, 'all that waits for a station is released',
	    qw(queue release --station TW antin://dien-bien.vn));
	comes('what was held arrives', sub {
		grep { $_->{id} eq $held } inbox($db_vt);
	});
	my @ids = map { $_->{id} } inbox('--all', $db_vt);
	is(scalar(@ids), $before + 1, 'and nothing else') or diag("@ids");
	says(0, qr/^(?:No alarm\.|Number +Since )/m, 'alarms are listed',
	    qw(alarms --station TW));
	says(1, qr/has no such alarm/, 'none is seen that is not there',
	    qw(alarms ack --station TW 999999));
}

sub nothing_is_lost {
	my @box = map { "$_->{id} $_->{at}" } rows(qw(outbox --station TW));
	my @in = map { "$_->{id} $_->{state}" } inbox('--all', $db_vt);
	down('TW');
	says(1, qr/no station runs/, 'a station that is down says so',
	    qw(outbox --station TW));
	says(0, qr/No station runs in TW/, 'and is not stopped twice',
	    qw(station stop TW));
	up('TW');
	says(2, qr/Passphrase of/, 'nobody is signed in to it any more',
	    qw(outbox --station TW));
	ends(0, 'until he is', qw(sign-in --station TW --passphrase-file pass));
	is_deeply([ map { "$_->{id} $_->{at}" } rows(qw(outbox --station TW)) ],
	    \@box, 'what was sent is there (' . @box . ')');
	is_deeply([ map { "$_->{id} $_->{state}" } inbox('--all', $db_vt) ],
	    \@in, 'and what had arrived (' . @in . ')');
	comes('the line is there again', sub {
		(said_json(qw(status --station TW))->{links}[0]{state} // '')
		    eq 'up';
	});
	my $id = sent('and what is sent now', '--to', $db_vt, 'to-trinh');
	comes('arrives', sub { grep { $_->{id} eq $id } inbox($db_vt) });
}

# ---- what is written down ----------------------------------------------------

sub the_journal_is_proved {
	my @dir = qw(--directory DB/data/directory);
	ends(0, 'a checkpoint is made', qw(journal checkpoint --station DB --out
	    first.note));
	like(get('first.note'), qr{\Aantin/[0-9a-f-]{35}/journal\n\d+\n},
	    'and is a signed note');
	antin(qw(journal checkpoint --station DB --key));
	chomp(my $key = $out);
	like($key, qr{^antin/[0-9a-f-]{35}/journal\+[0-9a-f]{8}\+A\S+$},
	    'it has a key for other tools');
	my ($arrived) = inbox($db_vt);
	says(0, qr/a dispatch was accepted: antin:.*a desk (?:opened|acted)/s,
	    'what is written of a dispatch is shown',
	    qw(journal show --station DB), $arrived->{id})
	    if $arrived && $arrived->{state} ne 'arrived';
	my @rows = rows(qw(journal show --station DB));
	is($rows[0]{kind}, 'started', 'it begins with the start');
	my ($of) = grep { $_->{kind} eq 'accepted' } @rows;
	ends(0, 'an entry is proved', qw(journal prove --station DB --out
	    one.proof), $of->{id});
	says(0, qr/checkpoint holds: \d+ entries.*in it:\n +$of->{number} /s,
	    'to who has the directory', qw(journal verify one.proof), @dir);
	says(0, qr/checkpoint holds/, 'or the key',
	    qw(journal verify one.proof --key), $key);
	(my $other = $key) =~ s/(\+[0-9a-f]{8}\+A.{5}).{4}/$1AAAA/;
	says(3, qr/not signed by that key/, 'no other key will do',
	    qw(journal verify one.proof --key), $other);
	says(0, qr/The journal holds: \d+ entries/, 'all of it is checked',
	    qw(journal verify --station DB --since first.note), @dir);
	ends(0, 'a checkpoint of another journal', qw(journal checkpoint
	    --station TW --out other.note));
	says(3, qr/it was rewritten|it was cut off/, 'is not continued by it',
	    qw(journal verify --station DB --since other.note), @dir);
	my $proof = get('one.proof');
	(my $moved = $proof) =~ s/^index \K(\d+)/$1 + 1/me;
	put('bad.proof', $moved);
	says(3, qr/docs\/journal.md 6.2/, 'an entry is not in another place',
	    qw(journal verify bad.proof), @dir);
	(my $cut = $proof) =~ s/\nextra /\nextra AQ/;
	put('bad.proof', $cut);
	says(1, qr/docs\/journal.md 6.1/, 'what is no proof is none',
	    qw(journal verify bad.proof), @dir);
	(my $more = get('first.note')) =~ s/^(\d+)$/$1 + 1/me;
	put('bad.note', $more);
	says(3, qr/docs\/journal.md 5.5/, 'nobody signed another checkpoint',
	    qw(journal verify bad.note), @dir);
	says(2, qr/neither the number/, 'what is asked for is named',
	    qw(journal prove --station DB what));
	says(1, qr/no entry of this number/, 'and is there',
	    qw(journal prove --station DB 999999));
}

# ---- what is said ------------------------------------------------------------

# A flipped bit at each of these places of a file, and how many were missed.
sub missed {
	my ($file, @at) = @_;
	my $whole = get($file);
	my $missed = 0;
	for my $at (@at) {
		my $bad = $whole;
		substr($bad, $at, 1) ^= "\x01";
		put('bad.evidence', $bad);
		my ($status) = antin(qw(verify bad.evidence --directory
		    DB/data/directory));
		$missed++ if $status == 0;
	}
	return $missed;
}

sub evidence_is_checked {
	my @dir = qw(--directory DB/data/directory);
	my ($of) = grep { grep { $_->{state} eq 'acted' &&
	    $_->{desk} eq $db_vt } @{ $_->{destinations} } }
	    rows(qw(outbox --station TW));
	says(0, qr/antin verify tw.evidence/, 'evidence is written',
	    qw(evidence --station TW --out tw.evidence), $of->{id});
	my $said = said_json(qw(verify tw.evidence), @dir);
	is($said->{id}, $of->{id}, 'it is of that dispatch');
	is_deeply([ grep { !$_->{holds} } @{ $said->{statements} },
	    @{ $said->{journal}{entries} }, $said->{journal} ], [],
	    'all that it says holds');
	ok((grep { $_->{statement} eq 'acted' && $_->{signer} eq $db_vt }
	    @{ $said->{statements} }), 'the addressee has signed for it');
	ok((grep { $_->{entry} eq 'sealed' } @{ $said->{journal}{entries} }),
	    'and the journal has how it began');
	says(2, qr/--directory is wanted/, 'nothing is believed without a ' .
	    'directory', qw(verify tw.evidence));
	my $file = get('tw.evidence');
	my $batch = rindex($file, $db_vt);
	is(missed('tw.evidence', map { length($file) - 1 - 7 * $_ } 0 .. 19), 0,
	    'a flipped bit in its entries is seen');
	is(missed('tw.evidence', map { $batch + 5 + 151 * $_ } 0 .. 19), 0,
	    'and in what was signed') if $batch > 0;
	put('short.evidence', substr($file, 0, -1));
	says(1, qr/docs\/evidence.md 2/, 'a file that is cut off is none',
	    qw(verify short.evidence), @dir);
}

sub it_speaks_vietnamese {
	local $ENV{LANG} = 'vi_VN.UTF-8';
	says(0, qr/\n  ● đồng hồ: .*\nĐường liên lạc\n.*\nBộ phận\n/s, 'status',
	    qw(status --station DB));
	says(0, qr/^Mã +Đến lúc +Độ khẩn +Tình trạng +Từ$/m, 'the inbox',
	    qw(inbox --station DB --all), $db_vt);
	says(0, qr/  đã hết hạn|  bị từ chối/, 'the outbox', qw(outbox
	    --station TW));
	says(1, qr/không có văn bản như vậy ở \Q$db_vt\E/,
	    'and what the station answers', qw(ack --station DB --desk), $db_vt,
	    'ffffffff-ffffffff-ffffffff-ffffffff');
	says(3, qr/chỉ được nhận đến độ mật Tối mật; .* Tuyệt mật/,
	    'with the names that it gives', qw(send --station TW --level
	    tuyet-mat --to), $db_vt, 'to-trinh');
	says(1, qr/trạm không có bộ phận "ke-toan"/, 'and what is not there',
	    qw(inbox --station DB ke-toan));
}

sub no_secret_is_left_open {
	my ($files, @found) = 0;
	File::Find::find({ no_chdir => 1, wanted => sub {
		-f or return;
		$files++;
		push @found, $_ if secrets_in(get($_)) ||
		    get($_) =~ /\Q$subject\E|\Q$pass\E|Bốn giờ sáng/;
	} }, 'TW', 'DB');
	cmp_ok($files, '>', 15, 'the stations have files');
	is("@found", '', 'with no passphrase, subject or text in them');
	is("@told", '', 'nor was any told that should not be');
	my $logs = get('TW/log/antind.log') . get('DB/log/antind.log');
	my @warn = grep { / (?:warn|error) / &&
	    !/ event=(?:desk\.sign_in_refused|dispatch\.(?:refused|expired)|
	daemon\.root|leg\.(?:held|released|dropped)|alarm\.raised|receipt) /x } split /^/,
	    $logs;
	is("@warn", '', 'the logs complain of nothing but wrong passphrases, ' .
	    'what expired, and what an operator did');
}

there_are_stations_and_desks();
a_folder_is_made_whole_or_not_at_all();
a_configuration_is_checked();
stations_start_and_meet();
the_directory_is_given_and_taken();
who_signs_in();
it_is_for_one_user();
what_cannot_be_sent_is_refused();
a_list_gets_documents();
the_same_id_is_sent_once();
a_large_file_shows_its_progress();
what_arrived_is_read();
what_was_read_is_settled();
what_waits_arrives_once();
an_operator_at_the_queues();
nothing_is_lost();
the_journal_is_proved();
evidence_is_checked();
it_speaks_vietnamese();
no_secret_is_left_open();
done_testing;
