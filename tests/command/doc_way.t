#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# The way of a document from one station to another (docs/registry.md 8), by
# command: drafted with its files, signed, sent once whatever is ended in
# between, held to what was signed where it comes, receipted or refused, and
# answered; and what must not be anywhere of a top secret one.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use File::Find ();
use FindBin;
use Test::More;
use Time::HiRes qw(sleep time);

use lib $FindBin::Bin;
use Antin;
use Phone;
use Station;

my @rights = qw(--level tuyet-mat --precedence hoa-toc);
my $tw_vt = 'antin://vn/van-thu';
my $db_vt = 'antin://dien-bien.vn/van-thu';
my %at = (lan => 'TW', mai => 'TW', ha => 'TW', bich => 'DB', cuong => 'DB',
    dung => 'DB', oanh => 'TW', phu => 'TW', quy => 'DB', sang => 'DB');
my %unit = (TW => 'antin://vn', DB => 'antin://dien-bien.vn');

# ---- two offices -----------------------------------------------------------

sub there_are_two_offices {
	my %roles = (lan => 'drafter', mai => 'authority', ha => 'clerk',
	    bich => 'clerk', cuong => 'authority', dung => 'drafter');
	there_is_a_root('Văn phòng Ban', [ 'dien-bien.vn', 'Tỉnh Điện Biên' ]);
	enrolled(\@root, 'tw', 'antin://vn', qw(--kind station), @rights);
	enrolled(\@root, 'db', 'antin://dien-bien.vn', qw(--kind station),
	    @rights);
	enrolled(\@root, 'tw-vt', $tw_vt, @rights);
	enrolled(\@root, 'db-vt', $db_vt, @rights);
	person_enrols($_, $unit{$at{$_}}, level => 'tuyet-mat', roles =>
	    [ $roles{$_} // 'operator' ]) for sort keys %at;
	all_is_known();
	station_is_made('TW', 'tw', 'tw-vt');
	station_is_made('DB', 'db', 'db-vt', 'TW');
	up($_) for qw(TW DB);
	key_comes($_, $at{$_}) for sort keys %at;
}

# ---- phones ----------------------------------------------------------------

sub people_sign_in {
	phone_comes($_, $at{$_}) for sort keys %at;
	ends(0, "$_ is unlocked", qw(sign-in --station), $_, 'van-thu')
	    for qw(TW DB);
}

# ---- what people do --------------------------------------------------------

sub doc {
	my ($who, @words) = @_;
	return (qw(doc --station), $at{$who}, '--desk', 'van-thu', '--as', $who,
	    @words);
}

sub shown {
	my ($who, $id) = @_;
	return rows(qw(doc show --station), $at{$who}, '--as', $who, $id);
}

sub state_is {
	my ($who, $id, $state, $name) = @_;
	my ($row) = shown($who, $id);
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return is($row->{state} // "not there: $err", $state, $name);
}

sub begun {
	my ($name, $who, @words) = @_;
	my ($row) = rows(doc($who, @words));
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	ok(defined $row->{document} && $row->{document} =~ /^[0-9a-f]{32}$/,
	    $name) or diag($err);
	return $row->{document} // '';
}

my @draft = ('draft', 'type=cong-van', 'grammar=nha-nuoc', 'agency=VP',
    'unit=TH', 'precedence=thuong');

# From its draft to its line in the register of what goes out.
sub registered {
	my ($level, $to, $abstract, @files) = @_;
	my @secret = $level eq 'thuong' ? () : (qw(catalogue=1.2 copies=2
	    copying=no), "level=$level");
	my $id = begun("Lan drafts what is $level", 'lan',
	    (map { ('--file', $_) } @files), @draft, "level=$level",
	    "recipients=$to", 'pages=3');
	if (@secret) {
		ends(0, 'proposes its level', doc('lan', 'propose-level', $id,
		    @secret, "recipients=$to"));
		ends(0, 'Mai decides', doc('mai', 'decide-level', $id,
		    @secret));
	}
	ends(0, 'and signs the files that lie here', doc('mai', 'sign', $id));
	ends(0, 'Ha numbers it', doc('ha', 'number', $id));
	ends(0, 'marks it', doc('ha', 'mark', $id)) if @secret;
	ends(0, 'signs for the agency', doc('ha', 'sign-agency', $id));
	ends(0, 'says what it is', doc('ha', 'describe', $id,
	    "abstract=$abstract")) if defined $abstract;
	ends(0, 'and registers it', doc('ha', 'register', $id));
	return $id;
}

# The dispatch by which a document goes.
sub dispatch_of {
	my ($id) = @_;
	return substr sha256_hex('antin send' . pack 'H*', $id), 0, 32;
}

sub lies_at {
	my ($dir, $dispatch) = @_;
	return scalar grep { ($_->{id} =~ s/-//gr) eq $dispatch }
	    rows(qw(inbox --all --station), $dir);
}

sub files_come_back {
	my ($who, $id, $into, %want) = @_;
	ends(0, "$who reads its files", qw(doc read --station), $at{$who},
	    '--as', $who, '--into', $into, $id);
	is(names($into), join(' ', sort keys %want), 'all of them');
	same("$into/$_", $want{$_}, "$_ is as it was") for sort keys %want;
}

my $plan = "Phương án hộ đê mùa lũ\n" x 100;
my $map = "Bản đồ\n" x 20000;
put('ke-hoach.txt', $plan);
put('ban-do.bin', $map);

sub a_document_goes {
	my $id = registered('mat', "UBND tỉnh ($db_vt)", 'Đê điều mùa lũ',
	    'ke-hoach.txt', 'ban-do.bin');
	is(scalar(rows(qw(inbox --station TW))), 0,
	    'its files are nobody\'s mail');
	antin(qw(outbox --station TW));
	is($out =~ /^[0-9a-f]{8} /m ? $out : '', '', 'and are in no list of '
	    . 'what was sent');
	files_come_back('lan', $id, 'back', 'ke-hoach.txt' => $plan,
	    'ban-do.bin' => $map);
	says(3, qr/roles/, 'a drafter sends nothing', doc('lan', 'send', $id));
	antin(qw(outbox --station TW));
	unlike($out, qr/dien-bien/, 'and nothing has gone');
	says(0, qr/Sent as dispatch/, 'Ha sends it', doc('ha', 'send', $id));
	note($out);
	says(0, qr/taken before/, 'asked twice it is sent once', doc('ha',
	    'send', $id));
	my $dispatch = dispatch_of($id);
	comes('it comes', sub { lies_at('DB', $dispatch) });
	return ($id, $dispatch);
}

sub a_draft_is_revised {
	put('ban-2.txt', "Bản hai\n");
	put('kem.txt', "Phụ lục\n");
	my $id = begun('Lan drafts', 'lan', '--file', 'ke-hoach.txt', @draft,
	    'level=thuong', "recipients=$db_vt");
	my ($was) = shown('lan', $id);
	ends(0, 'and revises it', doc('lan', '--file', 'ban-2.txt',
	    '--attachment', 'kem.txt', 'revise', $id)) or diag($err);
	my ($row) = shown('lan', $id);
	is("$row->{documents} $row->{attachments}", '1 1', 'counted anew');
	files_come_back('lan', $id, 'revised', 'ban-2.txt' => "Bản hai\n",
	    'kem.txt' => "Phụ lục\n");
	says(3, qr/read the document again/, 'what was there before is not '
	    . 'signed', doc('mai', 'sign', $id, "content=$was->{content}"));
	ends(0, 'what is there now is', doc('mai', 'sign', $id));
	says(2, qr/content/, 'its files and their hash are not both given',
	    doc('lan', '--file', 'ban-2.txt', @draft, 'level=thuong',
	    'content=' . '11' x 32));
	says(5, qr/no-such/, 'nor files that are not there', doc('lan',
	    '--file', 'no-such', @draft, 'level=thuong'));
	return $id;
}

# docs/registry.md 3.10
sub what_is_destroyed_is_gone {
	my ($draft) = @_;
	my $id = registered('mat', "UBND tỉnh ($db_vt)", 'Di dân', 'ban-do.bin');
	ends(0, 'Ha sends it', doc('ha', 'send', $id));
	my $dispatch = dispatch_of($id);
	comes('it comes', sub { lies_at('DB', $dispatch) });
	my $there = begun('Bich takes it in', 'bich', 'arrive', $dispatch);
	files_come_back('bich', $there, 'not-yet', 'ban-do.bin' => $map);
	says(0, qr/unit above: what was destroyed/, 'in danger she destroys it',
	    doc('bich', 'destroy-danger', $there, 'reason=Chay nha',
	    'method=Dot'));
	ends(1, 'then its files are gone', qw(doc read --station DB --as bich
	    --into gone), $there);
	ends(1, 'and so is the dispatch', qw(read --station DB --into gone),
	    $dispatch);
	ok(!-e 'gone', 'nothing comes out');
	files_come_back('lan', $id, 'still', 'ban-do.bin' => $map);
	ends(0, 'a draft is cancelled', doc('mai', 'cancel', $draft,
	    'reason=Khong can nua'));
	ends(1, 'and its files are gone', qw(doc read --station TW --as lan
	    --into gone), $draft);
}

sub it_is_taken_in {
	my ($dispatch) = @_;
	says(1, qr/the dispatch is secret/, 'it is not taken in lower',
	    doc('bich', 'arrive', $dispatch, 'level=thuong'));
	my $id = begun('Bich takes it in', 'bich', 'arrive', $dispatch);
	my ($row) = shown('bich', $id);
	is($row->{level}, 'mat', 'of its level');
	is("$row->{documents} $row->{pages}", '2 3', 'so many documents, pages');
	utf8::encode(my $from = $row->{from} // '');
	is($from, 'Văn phòng Ban', 'from that agency');
	like($row->{symbol}, qr/01\//, 'under its number');
	is($row->{digest}, (rows(qw(trace --station TW), $dispatch))[0]{digest},
	    'with the digest that its sender has');
	says(1, qr/taken in at/, 'once', doc('bich', 'arrive', $dispatch));
	says(3, qr/checked first/, 'it is not stamped unchecked',
	    doc('bich', 'stamp', $id));
	ends(0, 'she checks it', doc('bich', 'check', $id)) or diag($err);
	ends(0, 'stamps it', doc('bich', 'stamp', $id));
	ends(0, 'says what it is', doc('bich', 'describe', $id,
	    'abstract=Đê điều'));
	ends(0, 'registers it', doc('bich', 'register', $id));
	says(3, qr/roles/, 'Cuong is no clerk', doc('cuong', 'receipt', $id));
	ends(0, 'and gives its receipt', doc('bich', 'receipt', $id));
	says(0, qr/taken before/, 'asked twice it is given once',
	    doc('bich', 'receipt', $id));
	files_come_back('bich', $id, 'there', 'ke-hoach.txt' => $plan,
	    'ban-do.bin' => $map);
	ends(0, 'Cuong assigns it', doc('cuong', 'assign', $id,
	    'assignee=Phòng Nông nghiệp')) or diag($err);
	return $id;
}

sub its_sender_sees {
	my ($id) = @_;
	comes('its sender sees the receipt', sub {
		antin(qw(doc show --station TW --as ha), $id);
		$out =~ /\Q$db_vt\E: acted/;
	});
	note($out);
	says(0, qr/Document/, 'and notes it', doc('ha', 'confirm', $id));
	my ($step) = grep { ($_->{action} // '') eq 'confirm' }
	    shown('ha', $id);
	is("$step->{outcome} $step->{from}", "received $db_vt",
	    'of that addressee');
	says(1, qr/nobody has answered/, 'once', doc('ha', 'confirm', $id));
}

# Two of the other office answer, in the same protection.
sub it_is_answered {
	my ($ours, $theirs) = @_;
	my @secret = qw(level=mat catalogue=1.2 copies=1 copying=no);
	put('tra-loi.txt', "Đã rõ\n");
	says(3, qr/protected/, 'a secret is not answered in the clear',
	    doc('dung', '--file', 'tra-loi.txt', @draft, 'level=thuong',
	    "answers=$theirs", "recipients=$tw_vt"));
	my $id = begun('Dung drafts the answer', 'dung', '--file',
	    'tra-loi.txt', @draft, 'level=mat', "answers=$theirs",
	    "recipients=$tw_vt");
	ends(0, 'proposes', doc('dung', 'propose-level', $id, @secret,
	    "recipients=$tw_vt"));
	ends(0, 'Cuong decides', doc('cuong', 'decide-level', $id, @secret));
	ends(0, 'signs', doc('cuong', 'sign', $id));
	ends(0, "Bich does: @$_", doc('bich', $_->[0], $id,
	    @$_[1 .. $#$_])) or diag($err)
	    for [ 'number' ], [ 'mark' ], [ 'sign-agency' ],
	    [ 'describe', 'abstract=Trả lời' ], [ 'register' ], [ 'send' ];
	ends(0, 'what came is handled with it', doc('cuong', 'handle', $theirs,
	    "reply=$id", 'result=Đã trả lời')) or diag($err);
	my $dispatch = dispatch_of($id);
	comes('the answer comes', sub { lies_at('TW', $dispatch) });
	my $here = begun('Ha takes it in', 'ha', 'arrive', $dispatch);
	my ($row) = shown('ha', $here);
	is($row->{answers}, $ours, 'it answers what was sent');
	ends(0, 'and holds', doc('ha', 'check', $here)) or diag($err);
}

# The parts of a dispatch as they came, to be sent on by somebody who has
# changed them.
sub sent_on {
	my ($from, $to, @files) = @_;
	ends(0, 'somebody sends parts of his own', qw(send --station), $from,
	    qw(--level mat --to), $to, @files) or diag($err);
	my ($id) = $out =~ /^Dispatch id: (\S+)$/m;
	$id =~ s/-//g;
	my $there = $to eq $db_vt ? 'DB' : 'TW';
	comes('they come', sub { lies_at($there, $id) });
	return $id;
}

sub is_seen {
	my ($what, $pattern, $who, $id) = @_;
	my $doc = begun("$what is taken in", $who, 'arrive', $id);
	says(1, $pattern, "$what is seen", doc($who, 'check', $doc));
	state_is($who, $doc, 'arrived', 'and no step is taken');
	return $doc;
}

sub what_was_changed_is_seen {
	my ($dispatch) = @_;
	ends(0, 'what came, part by part', qw(read --station DB --into parts),
	    $dispatch);
	my $record = get('parts/antin-record');
	put('l.antin-content', get('parts/antin-content'));
	put('r.antin-record', $record);
	mkdir $_ for qw(other cut bad);
	put('other/ke-hoach.txt', $plan . 'x');
	my @files = qw(ke-hoach.txt ban-do.bin l.antin-content);
	my $doc = is_seen('another file', qr/files are not those/, 'bich',
	    sent_on('TW', $db_vt, qw(other/ke-hoach.txt ban-do.bin
	    l.antin-content r.antin-record)));
	my ($cut) = $record =~ /^(.*)\x09statement/s;
	put('cut/r.antin-record', $cut);
	is_seen('a record without its end', qr/before it could be sent/, 'bich',
	    sent_on('TW', $db_vt, @files, 'cut/r.antin-record'));
	put('bad/r.antin-record', flip($record, length($record) - 2000, 3));
	is_seen('a record with a changed byte', qr/not as its sender signed it/,
	    'bich', sent_on('TW', $db_vt, @files, 'bad/r.antin-record'));
	my ($second) = grep { substr($record, $_, 10) eq "\x09signature" }
	    0 .. length($record) - 10;
	put('bad/r.antin-record', flip($record, $second + 1000, 3));
	is_seen('a changed signature', qr/signature of .* does not hold/,
	    'bich', sent_on('TW', $db_vt, @files, 'bad/r.antin-record'));
	for (1 .. 5) {
		my $at = int rand length $record;
		note("seed $seed: byte $at");
		put('bad/r.antin-record', flip($record, $at, int rand 8));
		is_seen('any changed byte', qr/not as its sender|not known/,
		    'bich', sent_on('TW', $db_vt, @files,
		    'bad/r.antin-record'));
	}
	is_seen('another\'s document', qr/it is a document of/, 'ha',
	    sent_on('DB', $tw_vt, @files, 'r.antin-record'));
	return $doc;
}

sub it_is_refused {
	my ($doc) = @_;
	my ($row) = shown('bich', $doc);
	ends(0, 'Bich refuses it', doc('bich', '--code', 'damaged', 'refuse',
	    $doc, 'reason=Tệp bị thay đổi')) or diag($err);
	state_is('bich', $doc, 'refused', 'and it is');
	comes('its sender is told the code', sub {
		grep { $_->{row} eq 'receipt' && $_->{says} eq 'refused' &&
		    $_->{code} eq 'damaged' } rows(qw(trace --station TW),
		    $row->{dispatch});
	});
	antin(qw(trace --json --station DB), $row->{dispatch});
	unlike($out, qr/Tệp bị/, 'its words are in the step alone');
	is(join(' ', found_in('Tệp bị thay đổi')), '', 'which is sealed');
}

# ---- what must not be anywhere ----------------------------------------------

# All files of both stations in which this stands.
sub found_in {
	my ($words) = @_;
	my @in;
	File::Find::find({ no_chdir => 1, wanted => sub {
		-f $_ && index(get($_), $words) >= 0 and push @in, $_;
	} }, 'TW', 'DB');
	return @in;
}

sub what_is_top_secret {
	my $words = 'Tuyến phòng thủ phía bắc';
	put('tuyet-mat.txt', "Kế hoạch: $words\n");
	my $id = registered('tuyet-mat', $db_vt, undef, 'tuyet-mat.txt');
	for my $say ('', '--json') {
		says(3, qr/describe|trích yếu|abstract/i,
		    'nobody says what it is about', doc('ha',
		    $say || (), 'describe', $id, "abstract=$words"));
	}
	ends(0, 'it is sent', doc('ha', 'send', $id)) or diag($err);
	my $dispatch = dispatch_of($id);
	comes('it comes', sub { lies_at('DB', $dispatch) });
	antin(qw(read --json --station DB), $dispatch);
	unlike($out, qr/"subject"/, 'without a subject');
	my $there = begun('it is taken in', 'bich', 'arrive', $dispatch);
	ends(0, "Bich does: $_", doc('bich', $_, $there)) or diag($err)
	    for qw(check stamp register receipt);
	files_come_back('bich', $there, 'secret', 'tuyet-mat.txt' =>
	    "Kế hoạch: $words\n");
	my @lines = grep { $_->{row} eq 'line' } rows(qw(register show --station
	    DB --as bich secret-in));
	ok(@lines > 0, 'it has its line');
	is((grep { JSON::PP->new->encode($_) =~ /phòng thủ|Tuyến/ } @lines), 0,
	    'which says nothing of it');
	isnt((found_in('van-thu'))[0], undef, 'what is in clear is found');
	is(join(' ', found_in($words)), '', 'what it says is in no file');
	is(join(' ', found_in('Đê điều mùa lũ')), '',
	    'nor is the abstract of what is secret');
}

# ---- ended anywhere ---------------------------------------------------------

sub a_command_is_killed {
	my ($after, @words) = @_;
	open my $null, '>', '/dev/null' or die;
	my $pid = start($null, $null, $antin, @words);
	sleep $after;
	kill 'KILL', $pid;
	waitpid $pid, 0;
	return $? == 0;
}

sub in_outbox {
	return scalar rows(qw(outbox --station TW));
}

sub sent_once_whatever_is_killed {
	my $id = registered('thuong', $db_vt, 'Giao ban tuần', 'ke-hoach.txt');
	my $before = in_outbox();
	my $after = 0.01;
	while ($after < 3) {
		last if a_command_is_killed($after, doc('ha', 'send', $id));
		$after *= 1.25;
	}
	says(0, qr/Sent as dispatch/, 'asked again it is sent',
	    doc('ha', 'send', $id));
	is(in_outbox(), $before + 1, 'one dispatch has gone');
	is((grep { ($_->{action} // '') eq 'send' } shown('ha', $id)), 1,
	    'and one step is taken');
	my $dispatch = dispatch_of($id);
	comes('it comes', sub { lies_at('DB', $dispatch) });
	antin(qw(read --json --station DB), $dispatch);
	like($out, qr/"subject": *"Giao ban tu/, 'with its abstract, as it is '
	    . 'ordinary');
	return $id;
}

sub what_was_sent_is_recalled {
	my ($id) = @_;
	my ($row) = shown('ha', $id);
	says(3, qr/roles|recall/, 'a drafter recalls nothing', doc('lan',
	    'recall', $id, 'reason=Nhầm'));
	ends(0, 'Mai recalls it', doc('mai', 'recall', $id, 'reason=Nhầm nơi')) or
	    diag($err);
	comes('the other office sees it', sub {
		antin(qw(read --json --station DB), $row->{dispatch});
		"$out$err" =~ /recalled/;
	});
	says(0, qr/taken before/, 'asked twice it is recalled once',
	    doc('mai', 'recall', $id, 'reason=Nhầm nơi'));
}

# Sent under its id, and ended before the step was taken.
sub the_step_is_made_up_for {
	my $id = registered('thuong', "$db_vt; $tw_vt", 'Lịch họp',
	    'ke-hoach.txt');
	my $dispatch = dispatch_of($id);
	ends(0, 'it has gone, and no step tells', qw(send --station TW --to),
	    $db_vt, '--id', $dispatch, 'ke-hoach.txt');
	my $before = in_outbox();
	says(1, qr/not to \Q$tw_vt/, 'no step says that it went to others',
	    doc('ha', 'send', $id));
	state_is('ha', $id, 'registered', 'and none is taken');
	ends(0, 'but that it went to this one', doc('ha', 'send', $id,
	    "recipients=$db_vt")) or diag($err);
	is(in_outbox(), $before, 'and nothing is sent a second time');
	my ($row) = shown('ha', $id);
	is($row->{digest}, (rows(qw(trace --station TW), $dispatch))[0]{digest},
	    'it names what has gone');
}

sub kill_store {
	my ($dir) = @_;
	my $log = join '', map { get($_) } glob "$dir/log/*";
	my @pids = $log =~ /event=process\.ready name=store pid=(\d+)/g;
	return @pids && kill 'KILL', $pids[-1];
}

sub sent_once_though_the_store_dies {
	my $id = registered('mat', $db_vt, 'Phòng chống lụt bão',
	    'ke-hoach.txt', 'ban-do.bin');
	my $before = in_outbox();
	my $killed = 0;
	my $done;
	for my $after (0.05, 0.1, 0.2, 0.3) {
		open my $null, '>', '/dev/null' or die;
		my $pid = start($null, $null, $antin, doc('ha', 'send', $id));
		sleep $after;
		$killed += kill_store('TW');
		waitpid $pid, 0;
		last if $? == 0;
		my $until = time + 60;
		sleep 0.2 while time < $until && !shown('ha', $id);
	}
	ok($killed, "the store is killed meanwhile ($killed)");
	comes('asked again it is sent', sub {
		antin(doc('ha', 'send', $id)) eq '0';
	});
	comes('one dispatch has gone', sub { in_outbox() == $before + 1 });
	is((grep { ($_->{action} // '') eq 'send' } shown('ha', $id)), 1,
	    'and one step is taken');
}

# ---- telegrams --------------------------------------------------------------

sub does {
	my ($who, $id, $action, @words) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return ends(0, "$who does: $action", doc($who, $action, $id, @words)) ||
	    diag($err);
}

sub a_telegram_goes {
	my @cipher = qw(product=KTL-1 key=K-07);
	put('dien.txt', "Bốn giờ sáng xuất phát\n");
	my $id = begun('Lan drafts a telegram', 'lan', '--file', 'dien.txt',
	    'telegram-draft', qw(traffic=live level=toi-mat precedence=hoa-toc),
	    "recipients=$db_vt", 'pages=1', 'words=6');
	does('mai', $id, 'sign', 'catalogue=1.2');
	says(3, qr/roles/, 'a clerk is no operator', doc('ha', 'accept', $id,
	    qw(pages=1 words=6)));
	does('oanh', $id, 'accept', qw(pages=1 words=6));
	does('oanh', $id, 'number');
	says(3, qr/out of order/, 'it does not go unenciphered',
	    doc('oanh', 'send', $id));
	does('oanh', $id, 'encipher', 'groups=12', @cipher);
	says(3, qr/second|thứ hai/, 'who enciphered it checks nothing',
	    doc('oanh', 'verify', $id));
	does('phu', $id, 'verify');
	does('oanh', $id, 'send');
	my $dispatch = dispatch_of($id);
	comes('it comes', sub { lies_at('DB', $dispatch) });
	says(1, qr/sent a telegram/, 'it is not taken in as a document',
	    doc('bich', 'arrive', $dispatch));
	my $there = begun('Quy takes it in', 'quy', 'telegram-arrive',
	    $dispatch);
	does('quy', $there, 'check');
	does('quy', $there, 'decipher', 'groups=12', @cipher);
	says(3, qr/second|thứ hai/, 'who deciphered it checks nothing',
	    doc('quy', 'verify', $there));
	does('sang', $there, 'verify');
	does('sang', $there, 'number');
	does('sang', $there, 'register');
	files_come_back('sang', $there, 'clear', 'dien.txt' =>
	    "Bốn giờ sáng xuất phát\n");
	does('sang', $there, 'deliver', 'to=Trưởng ban', 'signed=Trưởng ban');
	comes('its sender sees that it was delivered', sub {
		antin(qw(doc show --station TW --as oanh), $id);
		$out =~ /\Q$db_vt\E: acted/;
	});
	does('oanh', $id, 'confirm');
	state_is('oanh', $id, 'confirmed', 'and that is noted');
	does('oanh', $id, 'register');
	does('oanh', $id, 'clear', 'disposal=destroyed');
}

there_are_two_offices();
people_sign_in();
my ($id, $dispatch) = a_document_goes();
my $there = it_is_taken_in($dispatch);
its_sender_sees($id);
it_is_answered($id, $there);
it_is_refused(what_was_changed_is_seen($dispatch));
what_is_top_secret();
what_was_sent_is_recalled(sent_once_whatever_is_killed());
the_step_is_made_up_for();
a_telegram_goes();
what_is_destroyed_is_gone(a_draft_is_revised());
sent_once_though_the_store_dies();
for (qw(TW DB)) {
	says(0, qr/viewed|looked/, "who looked is in the journal of $_",
	    qw(journal show --station), $_);
	ends(0, 'which is whole', qw(journal verify --directory all --station),
	    $_);
}
done_testing();
