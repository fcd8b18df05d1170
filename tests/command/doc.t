#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# The registry of a station, by command (docs/registry.md 7): a document from
# its draft to its line in a register, each step by who may and under his own
# key; what is refused; two clerks who take numbers at once while a part of the
# station is killed; what is seen, and by whom.
use strict;
use warnings;
use FindBin;
use JSON::PP;
use MIME::Base64;
use Socket ();
use Test::More;
use Time::HiRes qw(sleep time);

use lib $FindBin::Bin;
use Antin;
use Docs;
use Phone;
use Station;

my @people = qw(lan mai ha son);

# ---- a station, and people -------------------------------------------------

sub there_is_a_station {
	my @rights = qw(--level tuyet-mat --precedence hoa-toc);
	my %roles = (lan => [ 'drafter' ], mai => [ 'authority' ],
	    ha => [ 'clerk', 'custodian' ], son => [ 'clerk' ]);
	there_is_a_root('Ban');
	enrolled(\@root, 'tw', 'antin://vn', qw(--kind station), @rights);
	enrolled(\@root, 'vt', 'antin://vn/van-thu', @rights);
	enrolled(\@root, 'cy', 'antin://vn/co-yeu', @rights);
	person_enrols($_, 'antin://vn', level => $_ eq 'son' ? 'thuong' :
	    'tuyet-mat', roles => $roles{$_}) for @people;
	all_is_known();
	station_is_made('TW', 'tw', 'vt');
	ends(0, 'with two desks', qw(station add-desk TW cy.key));
	up('TW');
	key_comes($_, 'TW') for @people;
}

sub people_sign_in {
	phone_comes($_, 'TW') for @people;
}

# ---- what they do ----------------------------------------------------------

# The id of a document that is begun so.
sub begun {
	my ($name, $who, @words) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my ($row) = rows(doc($who, @words));
	ok(defined $row->{document} && $row->{document} =~ /^[0-9a-f]{32}$/,
	    $name);
	return substr $row->{document} // '', 0, 12;
}

sub a_clerks_day {
	my $id = begun('Lan drafts', 'lan', @draft, 'level=mat',
	    "content=$content");
	says(3, qr/none of your roles/, 'a clerk proposes no level',
	    doc('ha', 'propose-level', $id, qw(level=mat catalogue=1.2
	    recipients=A copies=2 copying=no)));
	ends(0, 'Lan proposes its level', doc('lan', 'propose-level', $id,
	    qw(level=mat catalogue=1.2 recipients=A copies=2 copying=no)));
	says(3, qr/out of order/, 'nothing is signed before it is decided',
	    doc('mai', 'sign', $id, "content=$content"));
	says(3, qr/roles/, 'who proposed decides nothing', doc('lan',
	    'decide-level', $id, qw(level=mat copies=2 copying=no)));
	ends(0, 'Mai decides', doc('mai', 'decide-level', $id,
	    qw(level=mat copies=2 copying=no)));
	ends(0, 'and signs', doc('mai', 'sign', $id, "content=$content"));
	says(1, qr/no such document/, 'Son does not know of it',
	    doc('son', 'number', $id));
	says(0, qr/Number: 01\//, 'Ha numbers it', doc('ha', 'number', $id));
	note($out);
	ends(0, 'marks it', doc('ha', 'mark', $id));
	ends(0, 'signs for the agency', doc('ha', 'sign-agency', $id,
	    "content=$content"));
	says(3, qr/abstract is wanted/, 'nothing is registered without a word '
	    . 'of what it is', doc('ha', 'register', $id));
	ends(0, 'so he gives one', doc('ha', 'describe', $id,
	    'abstract=Đê điều mùa lũ'));
	says(0, qr/Document $id/, 'and registers it', doc('ha', 'register',
	    $id));
	says(0, qr/What can follow/, 'it is shown', qw(doc show --station TW --desk van-thu
	    --as ha), $id);
	note($out);
	is((() = $out =~ /^ +\d+\. /mg), 9, 'with its nine steps');
	says(1, qr/no such document/, 'not to Son', qw(doc show --station TW --desk van-thu
	    --as son), $id);
	says(0, qr/1\. /, 'the register has its line', qw(register show
	    --station TW --desk van-thu --as ha secret-out));
	note($out);
	is((grep { $_->{row} eq 'line' } rows(qw(register show --station TW --desk van-thu
	    --as son secret-out))), 0, 'which Son does not see');
	says(0, qr/secret-out +20\d\d +1 +1-1/, 'in a volume',
	    qw(register list --station TW --desk van-thu --as ha));
	note($out);
	return $id;
}

# Who is cleared for no secrets sees no register of them, and does nothing to
# one; what is not closed goes on by itself.
sub what_is_above_son {
	my @as = (qw(--station TW --desk van-thu --as));
	is((grep { $_->{book} =~ /secret/ } rows(qw(register list), @as,
	    'son')), 0, 'Son sees no register of secrets, nor how far it is');
	isnt((grep { $_->{book} =~ /secret/ } rows(qw(register list), @as,
	    'ha')), 0, 'which Ha does');
	says(3, qr/cleared for none/, 'he closes none', qw(register close),
	    @as, qw(son secret-out));
	says(3, qr/cleared for none/, 'nor says where its numbers go on',
	    qw(register resume), @as, qw(son secret-out 500), 'vi sao');
	says(3, qr/not closed/, 'nor does anybody while it is open',
	    qw(register resume), @as, qw(ha secret-out 500), 'vi sao');
}

# All that was written of it goes, however often it was written.
sub an_abstract_goes_as_its_level_rises {
	my $id = begun('Lan drafts what is not secret yet', 'lan', @draft,
	    'level=thuong', "content=$content");
	my $good = 1;
	for (1 .. 66) {
		$good &&= antin(doc('lan', 'describe', $id,
		    "abstract=Kin$_")) eq '0';
	}
	ok($good, 'its abstract is given 66 times') or diag($err);
	is((grep { ($_->{abstract} // '') =~ /Kin/ && $_->{row} eq 'step' }
	    rows(qw(doc show --station TW --desk van-thu --as lan), $id)), 66,
	    'each is there');
	my ($wal) = split /\n/, `find TW -name '*.db-wal'`;
	my $was = -s $wal;
	ends(0, 'it is to be top secret', doc('lan', 'propose-level', $id,
	    qw(level=tuyet-mat catalogue=1.2 recipients=A copies=2
	    copying=no)));
	antin(qw(doc show --station TW --desk van-thu --json --as lan), $id);
	unlike($out, qr/Kin\d/, 'none of them is left');
	cmp_ok(-s $wal, '<', $was / 4,
	    'nor in the log of changes, which is cut');
}

# Requests to the station, as a program sends them: how the last ended, and its
# rows.
sub asked_last {
	my (@requests) = @_;
	my ($path) = split /\n/, `find TW -type s -name 'control*'`;
	my ($packet, @rows);
	my $s;
	socket($s, Socket::AF_UNIX(), Socket::SOCK_SEQPACKET(), 0) &&
	    connect($s, Socket::pack_sockaddr_un($path)) or die "$path: $!\n";
	for my $request ({ ask => 'hello', version => 1 }, @requests) {
		@rows = ();
		send $s, JSON::PP->new->utf8->encode($request), 0;
		do {
			my $bytes;
			defined recv $s, $bytes, 1 << 20, 0 or die "recv: $!\n";
			$packet = JSON::PP->new->utf8->decode($bytes);
			push @rows, @{ $packet->{rows} // [] };
		} while (!defined $packet->{rc});
	}
	return ($packet, @rows);
}

sub asked {
	my (@requests) = @_;
	my ($last, @rows) = asked_last(@requests);
	is($last->{rc}, 'ok', "$requests[-1]{ask} is answered") or
	    diag($last->{why});
	return @rows;
}

# A list goes on where it ended, by what tells no count.
sub lists_go_on {
	my $list = sub { return { ask => 'doc-list', as => 'antin://vn/ha',
		desk => 'antin://vn/van-thu', all => JSON::PP::true(), @_ } };
	my @all = asked($list->());
	my @first = asked($list->(max => 1));
	my @rest = asked($list->(before => $first[0]{n}));
	is(join(' ', map { $_->{document} } @first, @rest),
	    join(' ', map { $_->{document} } @all), 'a list goes on');
	ok(@all > 1 && (grep { $_->{n} > 1000 } @all) == @all,
	    'where is said by no number in order');
}

sub what_is_found {
	my ($id) = @_;
	is((grep { $id eq substr $_->{document}, 0, 12 } rows(qw(doc search
	    --station TW --desk van-thu --as ha), 'DE DIEU lũ')), 1,
	    'it is found with and without diacritics');
	is(scalar rows(qw(doc search --station TW --desk van-thu --as ha xyzzy)), 0,
	    'by words that it does not have it is not');
	is(scalar rows(qw(doc search --station TW --desk van-thu --as son lu)), 0,
	    'nor by who may not see it');
	says(0, qr/9 steps/, 'its record is written', qw(doc record --station
	    TW --desk van-thu --as ha), $id, 'it.record');
	ok(-s 'it.record' > 8 * 3000, 'with signatures');
}

sub what_came_is_taken_in_once {
	put('trinh.txt', "To trinh\n");
	ends(0, 'something comes to the desk', qw(send --station TW --from van-thu
	    --to antin://vn/van-thu --level thuong --precedence thuong
	    trinh.txt));
	my ($box) = rows(qw(inbox --station TW van-thu));
	my @as = ('arrive', 'level=thuong', 'precedence=thuong', 'documents=1',
	    'pages=1', 'from=UBND xa', "dispatch=$box->{id}");
	my $in = begun('Ha takes it in', 'ha', @as);
	says(1, qr/taken in at .* already/, 'once', doc('ha', @as));
	says(1, qr/no such dispatch/, 'and nothing that did not come',
	    doc('ha', @as[0 .. 5], 'dispatch=' . '00' x 16));
	says(3, qr/roles/, 'who drafts takes nothing in', doc('lan',
	    @as[0 .. 5]));
	for ([ 'check', 'documents=1', 'pages=1', 'integrity=good' ],
	    [ 'stamp' ], [ 'describe', 'abstract=To trinh' ],
	    [ 'register' ]) {
		my ($do, @fields) = @$_;
		ends(0, "$do", doc('ha', $do, $in, @fields));
	}
	is((grep { $_->{row} eq 'line' } rows(qw(register show --station TW --desk van-thu
	    --as ha in))), 1, 'it stands in the register of what came');
	note($out);
	# paper that came: no dispatch
	my $paper = begun('Ha takes in a paper', 'ha', @as[0 .. 5]);
	says(0, qr/sender in writing: why it is refused/,
	    'who refuses is told whom he owes a word', doc('ha', 'refuse',
	    $paper, 'reason=Thieu trang'));
}

sub a_volume_is_closed {
	says(3, qr/clerk/, 'who drafts closes none', qw(register close
	    --station TW --desk van-thu --as lan secret-out));
	ends(0, 'a remark is added to a line', qw(register remark --station TW
	    --desk van-thu --as ha secret-out 1), 'Da thu hoi mot ban');
	says(0, qr{1\. remark, .*\n +note: Da thu hoi mot ban}, 'and stands behind it',
	    qw(register show --station TW --desk van-thu --as ha secret-out));
	ends(0, 'Ha closes the volume', qw(register close --station TW --desk van-thu --as ha
	    secret-out));
	says(3, qr/closed/, 'then no remark is added', qw(register remark
	    --station TW --desk van-thu --as ha secret-out 1), 'Muon');
	says(1, qr/no open volume/, 'once', qw(register close --station TW --desk van-thu
	    --as ha secret-out));
	my $id = begun('another one is drafted', 'lan', @draft, 'level=mat',
	    "content=$content");
	for ([ 'lan', 'propose-level', qw(level=mat catalogue=1.2 recipients=A
	    copies=2 copying=no) ], [ 'mai', 'decide-level', qw(level=mat
	    copies=2 copying=no) ], [ 'mai', 'sign', "content=$content" ],
	    [ 'ha', 'number' ], [ 'ha', 'mark' ], [ 'ha', 'sign-agency',
	    "content=$content" ], [ 'ha', 'describe', 'abstract=Khac' ],
	    [ 'ha', 'register' ]) {
		my ($who, $do, @fields) = @$_;
		antin(doc($who, $do, $id, @fields)) eq '0' or diag($err);
	}
	is(join(' ', map { "$_->{volume}.$_->{serial}" } grep { $_->{row} eq
	    'line' } rows(qw(register show --station TW --desk van-thu --as ha secret-out))),
	    '1.1 2.2', 'its line begins another, and numbers go on');
}

# Documents that wait for their number.
sub signed_ones {
	my ($n) = @_;
	my @ids;
	for (1 .. $n) {
		my $id = drafted('thuong');
		push @ids, $id;
		antin(doc('mai', 'sign', $id, "content=$content")) eq '0' or
		    diag($err);
	}
	return @ids;
}

# A document, as soon as the station is there.
sub shown {
	my ($who, $id) = @_;
	my $until = time + 60;
	while (time < $until) {
		return JSON::PP->new->utf8->decode($out)->[0] if antin(qw(doc
		    show --station TW --json --as), $who, $id) eq '0';
		sleep 0.3;
	}
	die "the station does not come back: $err";
}

# Numbers that were given, by document.
sub numbers {
	my (@ids) = @_;
	my %of;
	for my $id (@ids) {
		my $row = shown('ha', $id);
		$of{$id} = $row->{number} if defined $row->{number};
	}
	return %of;
}

# A part of the station ends as by a fault.
sub kill_store {
	my $log = join '', map { get($_) } glob 'TW/log/*';
	my @pids = $log =~ /event=process\.ready name=store pid=(\d+)/g;
	return @pids && kill 'KILL', $pids[-1];
}

# A clerk numbers these; what was not answered he looks at.
sub numbers_all {
	my ($who, @mine) = @_;
	for my $id (@mine) {
		my $until = time + 60;
		while (time < $until) {
			last if antin(doc($who, 'number', $id)) eq '0';
			last if defined shown($who, $id)->{number};
		}
	}
}

sub in_log {
	my ($what) = @_;
	return scalar(() = join('', map { get($_) } glob 'TW/log/*') =~
	    /$what/g);
}

sub two_clerks_at_once {
	my $n = 30;
	my @ids = signed_ones($n);
	my $before = in_log(qr/action=number/);
	my @pids;
	for my $who (qw(ha son)) {
		my @mine = $who eq 'ha' ? @ids[0 .. $n / 2 - 1] :
		    @ids[$n / 2 .. $n - 1];
		my $pid = fork // die "fork: $!";
		if ($pid == 0) {
			numbers_all($who, @mine);
			require POSIX;
			POSIX::_exit(0);
		}
		push @pids, $pid;
	}
	my $until = time + 60;
	sleep 0.01 while time < $until &&
	    in_log(qr/action=number/) < $before + 4;
	ok(kill_store(), 'the store is killed while two clerks take numbers');
	waitpid $_, 0 for @pids;
	my %of = numbers(@ids);
	is(join(' ', sort { $a <=> $b } values %of), join(' ', 1 .. $n),
	    'no number is taken twice, and none is left out');
	like(join('', map { get($_) } glob 'TW/log/*'),
	    qr/event=process\.died name=store/, 'it did end meanwhile');
}

# ---- drafts ------------------------------------------------------------------

# What is asked, once the station is there again: the last packet, its rows.
sub asks {
	my ($what, $who, %more) = @_;
	my $until = time + 60;
	my ($last, @rows);
	do {
		($last, @rows) = asked_last({ ask => $what,
			as => "antin://vn/$who", desk => 'antin://vn/van-thu',
			%more });
		sleep 0.2 if $last->{rc} eq 'io';
	} while ($last->{rc} eq 'io' && time < $until);
	return ($last, @rows);
}

# docs/registry.md 10: unsent work survives, and is nobody else's.
sub drafts_are_his_alone {
	my $id = 'd1' x 16;
	my $data = JSON::PP->new->utf8->encode({ body => "d\x{1eaf}p \x{111}\x{ea}" });
	my $put = sub { my ($as, $id, $data, %more) = @_;
		return (asks('draft-put', $as, draft => $id, data =>
		    encode_base64($data, ''), %more))[0] };
	my @of = qw(doc drafts --station TW --desk van-thu --as);
	says(0, qr/^No drafts/, 'nobody has drafts yet', @of, 'lan');
	my $kept = $put->('lan', $id, $data, title => "T\x{1edd} tr\x{ec}nh");
	is($kept->{rc}, 'ok', 'what Lan writes is kept') or diag($kept->{why});
	ok(kill_store(), 'the store is killed as soon as that is said');
	my ($last, $row) = asks('draft-get', 'lan', draft => $id);
	is($last->{rc}, 'ok', 'it survives') or diag($last->{why});
	is(decode_base64($row->{data} // ''), $data, 'as it was');
	is($row->{title}, "T\x{1edd} tr\x{ec}nh", 'with its title');
	is($row->{until} - $row->{changed}, 90 * 86400, 'for 90 days');
	my ($listed) = rows(@of, 'lan');
	is($listed->{draft}, $id, 'she sees it in her list');
	ok(!exists $listed->{data}, 'which has not what it says');
	is(scalar rows(@of, $_), 0, "$_ sees nothing of it") for qw(mai ha);
	for my $do ('draft-get', 'draft-drop') {
		is((asks($do, 'ha', draft => $id))[0]{rc}, 'absent',
		    "$do of it is of nothing that is there");
	}
	is($put->('ha', $id, '{"ha":1}')->{rc}, 'ok',
	    'another may have one of the same id');
	is(decode_base64((asks('draft-get', 'lan', draft => $id))[1]{data}),
	    $data, 'and hers stays');
	isnt((asks('draft-get', 'lan', desk => 'antin://vn/co-yeu',
	    draft => $id))[0]{rc}, 'ok', 'nor is it at another desk');
	is($put->('lan', $id, 'x' x 47105)->{rc}, 'limit',
	    'one that is too long is refused');
	is($put->('lan', $id, 'x' x 47104, title => '"' x 200)->{rc}, 'ok',
	    'one of the longest is kept');
	is(length decode_base64((asks('draft-get', 'lan', draft => $id))[1]
	    {data}), 47104, 'and comes back whole');
	is($put->('lan', sprintf('%032x', $_), '{}')->{rc}, 'ok', "draft $_")
	    for 2 .. 100;
	my $over = $put->('lan', 'ff' x 16, '{}');
	is($over->{rc}, 'limit', 'no more than 100');
	like($over->{why}, qr/delete one/, 'who has so many is told');
	is($put->('lan', $id, '{}')->{rc}, 'ok', 'those that are there change');
	says(1, qr/several drafts/, 'an id is said as far as needed', @of,
	    qw(lan --drop 0000));
	says(0, qr/deleted/, 'one is deleted', @of, qw(lan --drop d1d1));
	says(1, qr/no draft/, 'once', @of, qw(lan --drop d1d1));
	is($put->('lan', 'ff' x 16, '{}')->{rc}, 'ok', 'then there is room');
	is(scalar rows(@of, 'ha'), 1, 'Ha still has hers');
	is((asks('draft-put', 'lan', draft => 'abcd', data => ''))[0]{rc},
	    'invalid', 'an id is 32 digits');
}

# ---- a backup comes back ----------------------------------------------------

sub a_backup_is_made {
	ends(0, 'two officers open backups', qw(backup officers --station TW
	    antin://vn/van-thu antin://vn/co-yeu));
	ends(0, 'one is made', qw(backup --station TW tw.backup));
}

# No number is given before two people have said at which it goes on.
sub numbers_after_a_restore {
	my ($id) = signed_ones(1);
	my $number = qr/Number: (\d+)\//;
	antin(doc('ha', 'number', $id));
	my ($was) = $out =~ $number;
	down('TW');
	rename 'TW', 'TW.was' or die "TW: $!\n";
	ends(0, 'an officer gives a share', qw(backup share tw.backup vt.key
	    share-a));
	ends(0, 'the station is restored', qw(restore --share share-a --key
	    cy.key tw.backup TW));
	up('TW');
	antin(qw(station reopen --station TW));
	signs_in($_, 'TW') for @people;
	my $until = time + 60;
	sleep 0.3 while time < $until && antin(doc('lan', @draft,
	    'level=thuong', "content=$content")) ne '0';
	my ($new) = signed_ones(1);
	says(3, qr/restored, and numbers may be missing/,
	    'no number is given', doc('ha', 'number', $new));
	my @resume = (qw(register resume --station TW --desk van-thu --as));
	says(3, qr/taken already/, 'it goes on at none that is taken', @resume,
	    qw(ha secret-out 1), 'kho tim lai');
	says(0, qr/Another person says the same/, 'Ha says where it goes on',
	    @resume, qw(ha out), $was + 3, 'mat so sau khi khoi phuc');
	says(0, qr/Another person/, 'saying it twice is not two people',
	    @resume, qw(ha out), $was + 3, 'mat so sau khi khoi phuc');
	says(3, qr/restored/, 'nothing is given yet', doc('ha', 'number',
	    $new));
	says(0, qr/Another person/, 'nor do two who say two things', @resume,
	    qw(son out), $was + 4, 'so khac');
	ends(0, 'Son is told which', @resume, qw(ha out), $was + 3, 'nhu tren');
	says(0, qr/go on at/, 'and says it too', @resume, qw(son out),
	    $was + 3, 'mat so sau khi khoi phuc');
	$was += 2;
	ends(0, 'they were wrong', @resume, qw(son out), $was + 3, 'nham');
	says(0, qr/go on at/, 'and say another', @resume, qw(ha out),
	    $was + 3, 'nham');
	antin(doc('ha', 'number', $new));
	my ($is) = $out =~ $number;
	is($is, $was + 3, 'numbers go on there');
	says(3, qr/not closed/, 'and nobody moves them any more', @resume,
	    qw(ha out), $was + 90, 'vi sao');
}

there_is_a_station();
people_sign_in();
my $id = a_clerks_day();
what_is_above_son();
an_abstract_goes_as_its_level_rises();
what_is_found($id);
lists_go_on();
drafts_are_his_alone();
what_came_is_taken_in_once();
a_volume_is_closed();
a_backup_is_made();
two_clerks_at_once();
says(0, qr/a step of a document/, 'the journal has each step',
    qw(journal show --station TW));
ends(0, 'and is whole', qw(journal verify --station TW --directory all));
numbers_after_a_restore();
down('TW');
done_testing();
