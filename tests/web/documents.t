#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# The way of a document between two stations by the REST interface alone
# (docs/desk.md 6 and 7): files in pieces, steps by several people from several
# sessions, each wrong order, and what must not be: another session's uploads,
# names that are none, anything above a clearance.
use strict;
use warnings;
use utf8;
use Encode qw(encode_utf8 decode_utf8);
use FindBin;
use IO::Socket::INET;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

use lib "$FindBin::Bin/../command", $FindBin::Bin;
use Antin;
use Browser;
use Phone;
use Station;

binmode Test::More->builder->$_, ':encoding(UTF-8)'
    for qw(output failure_output);

my @rights = qw(--level tuyet-mat --precedence hoa-toc);
my $tw = 'antin://vn/van-thu';
my $db = 'antin://dien-bien.vn/van-thu';
my %at = (lan => 'TW', mai => 'TW', ha => 'TW', son => 'TW', bich => 'DB',
    cuong => 'DB');
my %unit = (TW => 'antin://vn', DB => 'antin://dien-bien.vn');
my %browser;

END {
	my $status = $?;
	if (!Test::More->builder->is_passing) {
		diag(grep { /process\.|level=warn|bug/ } split /^/,
		    get("$_/log/antind.log")) for keys %up;
	}
	$? = $status;
}

# ---- two offices -----------------------------------------------------------

sub there_are_two_offices {
	my %roles = (lan => 'drafter', mai => 'authority', cuong =>
	    'authority');
	there_is_a_root(encode_utf8('Văn phòng Ban'),
	    [ 'dien-bien.vn', encode_utf8('Tỉnh Điện Biên') ]);
	enrolled(\@root, 'tw', 'antin://vn', qw(--kind station), @rights);
	enrolled(\@root, 'db', 'antin://dien-bien.vn', qw(--kind station),
	    @rights);
	enrolled(\@root, 'tw-vt', $tw, @rights);
	enrolled(\@root, 'db-vt', $db, @rights);
	person_enrols($_, $unit{$at{$_}}, level => $_ eq 'son' ? 'thuong' :
	    'tuyet-mat', roles => [ $roles{$_} // 'clerk' ])
	    for qw(lan mai ha son bich cuong);
	all_is_known();
	station_is_made('TW', 'tw', 'tw-vt');
	station_is_made('DB', 'db', 'db-vt', 'TW');
	up($_) for qw(TW DB);
	for (sort keys %at) {
		key_comes($_, $at{$_});
		ok(phone_gets($_, $at{$_}), "$_ has a phone") or diag($err);
	}
}

# ---- signing in, by page ---------------------------------------------------

sub signs_in_by_page {
	my ($who, $b) = @_;
	my $until = time + 90;
	do {
		$b->post('/session/sign-in', { person => "$unit{$at{$who}}/$who",
		    passphrase => "cau mat khau cua $who",
		    code => phone_code($who) });
		sleep 1 if $b->{status} ne '200';
	} while ($b->{status} ne '200' && time < $until);
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	$b->was(200, "$who signs in");
	$browser{$who} = $b;
}

sub people_sign_in {
	my $first = Browser->new('TW');
	my $second = Browser->new('TW');
	my $there = Browser->new('DB');
	signs_in_by_page('lan', $first);
	signs_in_by_page($_, $second) for qw(mai ha);
	signs_in_by_page($_, $there) for qw(bich cuong);
	signs_in_by_page('son', Browser->new('TW'));
	$first->post('/session/desk', { desk => $tw, passphrase => '' });
	$first->was(200, 'the first session is signed in to the desk');
	$there->post('/session/desk', { desk => $db, passphrase => '' });
	$there->was(200, 'so is that of the other office');
}

# ---- what people do --------------------------------------------------------

sub as { return (desk => $at{$_[0]} eq 'TW' ? $tw : $db,
    as => "$unit{$at{$_[0]}}/$_[0]") }

# A step, or what begins a document: what came of it.
sub does {
	my ($who, $action, $id, $fields, %more) = @_;
	my $b = $browser{$who};
	my $got = $b->post(defined $id ? "/documents/$id/steps/$action" :
	    '/documents', { as($who), fields => $fields // {},
	    defined $id ? () : (action => $action), %more });
	return $got;
}

sub goes {
	my ($who, $action, $id, $fields, %more) = @_;
	my $got = does($who, $action, $id, $fields, %more);
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	$browser{$who}->was(200, "$who does: $action");
	return $got;
}

sub refused {
	my ($status, $name, $who, $action, $id, $fields, %more) = @_;
	my $got = does($who, $action, $id, $fields, %more);
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	$browser{$who}->was($status, $name);
	return $got->{error}{text} // '';
}

sub shown {
	my ($who, $id) = @_;
	return $browser{$who}->get("/documents/$id", as($who));
}

sub next_of {
	my ($who, $id) = @_;
	return map { $_->{action} => $_ } @{ shown($who, $id)->{next} };
}

my %draft = (type => 'cong-van', grammar => 'nha-nuoc', agency => 'VP',
    unit => 'TH', precedence => 'thuong', pages => '3');
my %secret = (level => 'mat', catalogue => '1.2', copies => '2',
    copying => 'no');
my $text = "Kính gửi Ủy ban\nPhương án hộ đê mùa lũ.\n";
my $map = join '', map { chr(($_ * 7919) % 251) } 1 .. 250_000;

# ---- uploads ---------------------------------------------------------------

sub files_come_in_pieces {
	my ($b, $other) = @browser{qw(lan ha)};
	my $up = $b->post('/uploads', { name => 'a.bin', size => 10 });
	$b->was(200, 'a file is announced');
	my $path = "/uploads/$up->{upload}";
	$b->put($path, '12345');
	$b->was(200, 'a half of it comes');
	is($b->get($path)->{have}, 5, 'which it tells');
	$b->put($path, '12345');
	$b->was(409, 'what came does not come twice');
	$b->put($path, '7', at => 6);
	$b->was(409, 'and nothing is left out');
	$b->put($path, '123456', at => 5);
	$b->was(413, 'nor does more come than was announced');
	is($b->get($path)->{have}, 5, 'and none of that is kept');
	for ([ 'get', $path ], [ 'put', $path, '6' ], [ 'drop', $path ]) {
		my ($how, @what) = @$_;
		$other->$how(@what);
		$other->was(404, "another session's \"$how\" finds none");
	}
	my $got = does('ha', 'draft', undef, { %draft, level => 'thuong' },
	    uploads => [ { upload => $up->{upload} } ]);
	$other->was(404, 'nor is one drafted of it');
	is($got->{error}{field}, 'uploads', 'which is said of the field');
	does('lan', 'draft', undef, { %draft, level => 'thuong' },
	    uploads => [ { upload => $up->{upload} } ]);
	$b->was('408|410', 'nor of one that did not come whole');
	$b->put($path, '67890', at => 5);
	$b->was(200, 'the rest comes');
	$b->drop($path);
	$b->was(200, 'it is removed');
	$b->get($path);
	$b->was(404, 'and is gone');
	$b->post('/uploads', { name => 'a', size => 1 << 40 });
	$b->was('400|413', 'one that is too large is not begun');
	my @many;
	while (@many < 100) {
		my $u = $b->post('/uploads', { name => 'a', size => 1 });
		last if $b->{status} ne '200';
		push @many, $u->{upload};
	}
	$b->was('413|429', 'nor too many: ' . @many);
	$b->drop("/uploads/$_") for @many;
}

# What came before the line was cut is there, and it goes on behind it.
sub a_line_is_cut {
	my $b = $browser{lan};
	my $up = $b->post('/uploads', { name => 'dài.bin',
	    size => length $map })->{upload};
	my ($host) = $b->{at} =~ m{//(.*)};
	my $s = IO::Socket::INET->new(PeerAddr => $host) or die "$!\n";
	print $s "PUT /api/1/uploads/$up?at=0 HTTP/1.1\r\nHost: $host\r\n" .
	    "Origin: $b->{at}\r\nCookie: $b->{cookie}\r\n" .
	    "X-Antin: $b->{csrf}\r\nContent-Length: " . length($map) .
	    "\r\n\r\n" . substr($map, 0, 150_000);
	$s->flush;
	my $have = 0;
	comes('some of it comes', sub {
		$have = $b->get("/uploads/$up")->{have};
		return $have > 0;
	});
	close $s;
	comes('and no more, when the line is cut', sub {
		my $was = $have;
		sleep 0.3;
		$have = $b->get("/uploads/$up")->{have};
		return $have == $was;
	});
	cmp_ok($have, '<=', 150_000, 'nothing that was not sent');
	$b->put("/uploads/$up", substr($map, $have), at => $have);
	$b->was(200, 'it goes on there');
	my $got = $b->post('/mail', { desk => $tw, to => [ $tw ],
	    level => 'thuong', precedence => 'thuong',
	    uploads => [ { upload => $up } ] });
	$b->was(200, 'it is sent');
	ok($b->get("/mail/$got->{id}/parts/0", desk => $tw) eq $map, 'whole');
	$up = $b->post('/uploads', { name => 'a', size => 5 })->{upload};
	$s = IO::Socket::INET->new(PeerAddr => $host) or die "$!\n";
	print $s "PUT /api/1/uploads/$up?at=0 HTTP/1.1\r\nHost: $host\r\n" .
	    "Origin: $b->{at}\r\nCookie: $b->{cookie}\r\n" .
	    "X-Antin: $b->{csrf}\r\nContent-Length: 99999999999\r\n\r\n";
	like(scalar(<$s>), qr/ 413 /, 'what would be too long is not waited for');
	close $s;
	$b->drop("/uploads/$up");
}

# While it is sent, who looks sees how far that is.
sub sealing_is_seen {
	my $b = $browser{lan};
	my $big = 'Sổ' x 8_000_000;
	$big = encode_utf8($big);
	my $up = $b->upload('to.bin', 'application/octet-stream', $big,
	    8 << 20);
	my $pid = fork // die "fork: $!\n";
	if (!$pid) { # a browser asks twice at once
		$b->{http} = HTTP::Tiny->new(timeout => 120, agent => 'test');
		$b->post('/mail', { desk => $tw, to => [ $tw ],
		    level => 'thuong', precedence => 'thuong',
		    uploads => [ { upload => $up } ] });
		POSIX::_exit($b->{status} eq '200' ? 0 : 1);
	}
	my (@seen, $got);
	my $until = time + 60;
	do {
		$got = $b->get("/uploads/$up");
		push @seen, $got->{sealed} if $got->{total};
		sleep 0.05;	# who asks more often is told to wait
	} while ($b->{status} eq '200' && time < $until);
	waitpid $pid, 0;
	is($?, 0, 'a large file is sent');
	SKIP: {
		skip 'it was sealed at once', 1 if !@seen;
		ok(!(grep { $seen[$_] < $seen[$_ - 1] } 1 .. $#seen),
		    'how far is told in order: ' . @seen);
	}
	is($b->{status}, 404, 'and then it is no upload any more');
}

# The process of the pages ends: what was under its key is gone.
sub pages_end {
	my $b = $browser{son};
	my $up = $b->upload('a.txt', 'text/plain', 'abc');
	ok(defined $up, 'a file came');
	my ($pid) = reverse get('TW/log/antind.log') =~
	    /process\.ready name=web pid=(\d+)/g;
	ok(kill(KILL => $pid), 'the pages end');
	$b = undef;
	comes('and are there again', sub {
		$b = eval { Browser->new('TW') };
	}) or return;
	signs_in_by_page('son', $b);
	$b->get("/uploads/$up");
	$b->was(404, 'the file is not');
	my $got = does('son', 'draft', undef, { %draft, level => 'thuong' },
	    uploads => [ { upload => $up } ]);
	$b->was(404, 'and who names it is told');
	is($got->{error}{field}, 'uploads', 'of which field');
}

sub names_are_names {
	my $b = $browser{lan};
	for ([ '../x' => 'with a folder above' ], [ 'a/b' => 'with a folder' ],
	    [ 'a\\b' => 'with another folder' ], [ "a\0b" => 'with a NUL' ],
	    [ "a\nb" => 'of two lines' ], [ 'a' x 5120 => 'of 5 KiB' ],
	    [ "a\x{202e}fdp.exe" => 'that turns around' ],
	    [ '..' => 'of dots' ], [ '' => 'of nothing' ]) {
		my ($name, $what) = @$_;
		my $got = $b->post('/uploads', { name => $name, size => 1 });
		$b->was('400|413', "no file has a name $what");
	}
	$b->post('/uploads', { name => 'a', size => 1,
	    type => "text/plain\r\nX: y" });
	$b->was('400', 'nor a type that is none');
	$b->put('/uploads/' . '0' x 32, 'x');
	$b->was(404, 'nothing comes of no upload');
	does('lan', 'draft', undef, { %draft, level => 'thuong' },
	    text => 'x', text_name => '../x');
	$b->was('400', 'nor does a typed text have such a name');
	does('lan', 'draft', undef, { %draft, level => 'thuong' }, uploads =>
	    [ { upload => '../../etc/passwd' } ]);
	$b->was('400', 'an upload is no path');
	does('lan', 'draft', undef, { %draft, level => 'thuong' }, uploads =>
	    [ { upload => '0' x 32, fd => 3 } ]);
	$b->was('400', 'and has nothing else to say');
}

# ---- the way ---------------------------------------------------------------

sub what_is_drafted {
	my $b = $browser{lan};
	my %begin = map { $_->{action} => $_ } @{ $b->get(
	    '/documents/beginnings', as('lan'))->{next} };
	ok($begin{draft}{could} && $begin{draft}{files}, 'Lan could draft');
	my %field = map { $_->{name} => $_ } @{ $begin{draft}{fields} };
	ok($field{type}{must} && $field{level}{type} eq 'level' &&
	    !$field{abstract} && $field{content}{filled},
	    'and is told what for');
	ok(!$begin{arrive}, 'what her roles do not allow is not there');
	my $up = $b->upload('Bản đồ.bin', 'application/octet-stream', $map,
	    70_001);
	ok(defined $up, 'a map comes in pieces');
	my $got = goes('lan', 'draft', undef, { %draft, level => 'mat',
	    recipients => "UBND tỉnh ($db)" }, text => $text, uploads =>
	    [ { upload => $up, attachment => JSON::PP::true } ]);
	my $id = $got->{document} // '';
	like($id, qr/^[0-9a-f]{32}$/, 'a document is begun');
	$b->get("/uploads/$up");
	$b->was(404, 'what became a file of it is no upload any more');
	my $row = shown('lan', $id)->{rows}[0];
	is("$row->{documents} $row->{attachments}", '1 1', 'its files count');
	my $files = $b->get("/documents/$id/files", as('lan'));
	is(join('; ', map { "$_->{n} $_->{name} " . ($_->{attachment} ? 1 : 0)
	    } @{ $files->{rows} }), '0 noi-dung.txt 0; 1 Bản đồ.bin 1',
	    'and are listed');
	is($files->{content}, $row->{content}, 'by the list that is signed');
	is(decode_utf8($b->get("/documents/$id/files/0", as('lan'))), $text,
	    'the text comes back');
	ok($b->get("/documents/$id/files/1", as('lan')) eq $map,
	    'and the map');
	$b->ask('GET', "/documents/$id/files/1?desk=$tw&as=$unit{TW}/lan",
	    undef, Range => 'bytes=1000-1999');
	$b->was(206, 'or a range of it');
	ok($b->{content} eq substr($map, 1000, 1000), 'just that');
	$b->get("/documents/$id/files/2", as('lan'));
	$b->was(404, 'there is no third');
	return $id;
}

sub wrong_orders {
	my ($id) = @_;
	like(refused(403, 'nobody numbers a draft', 'ha', 'number', $id),
	    qr/out of order/, 'and it says so');
	refused(403, "nobody does: $_", 'ha', $_, $id, { 'recipients' => $db })
	    for qw(register send);
	refused(403, 'Lan decides no level', 'lan', 'decide-level', $id,
	    \%secret);
	refused('400|403|404', 'there is no such step', 'lan', 'fly', $id);
	refused('400', 'nor field', 'lan', 'revise', $id, { wings => 2 });
	refused('400', 'nor files with any step', 'lan', 'propose-level', $id,
	    { %secret, recipients => $db }, text => 'x');
	refused(403, 'a session acts as its own alone', 'lan', 'number', $id,
	    {}, as => "$unit{TW}/ha");
	my %next = next_of('lan', $id);
	ok($next{'propose-level'}{could} && !$next{'decide-level'},
	    'Lan sees what is hers');
	%next = next_of('mai', $id);
	ok(!exists $next{number}, 'nobody sees what is out of order');
}

sub it_is_decided {
	my ($id) = @_;
	goes('lan', 'propose-level', $id, { %secret, recipients => $db });
	my $got = does('mai', 'decide-level', $id, { %secret }, try =>
	    JSON::PP::true);
	ok($got->{could}, 'Mai could decide');
	is(shown('mai', $id)->{rows}[0]{state}, 'level-proposed',
	    'and has not by asking');
	goes('mai', 'decide-level', $id, \%secret);
	like(refused(403, 'she signs nothing that she cannot read', 'mai',
	    'sign', $id), qr/sign in to it/, 'the desk is locked');
	$browser{mai}->post('/session/desk', { desk => $tw,
	    passphrase => '' });
	goes('mai', 'sign', $id);
	goes('ha', 'number', $id);
	my %next = next_of('mai', $id);
	goes('ha', $_, $id) for qw(mark sign-agency);
	goes('ha', 'describe', $id, { abstract => 'Đê điều mùa lũ' });
	goes('ha', 'register', $id);
	refused(403, 'a drafter sends nothing', 'lan', 'send', $id);
	$got = goes('ha', 'send', $id);
	like("@{ $got->{notes} }", qr/Sent as dispatch/, 'it says as what');
	$got = goes('ha', 'send', $id);
	like("@{ $got->{notes} }", qr/taken before/, 'and is sent once');
	is(ref $browser{ha}->get("/documents/$id/record", as('ha')), '',
	    'its record is a file');
	like($browser{ha}{content}, qr/statement/, 'of its steps');
}

sub it_is_taken_in {
	my ($id) = @_;
	my $b = $browser{bich};
	my $dispatch = shown('ha', $id)->{rows}[0]{dispatch};
	my $grouped;
	comes('it comes', sub {
		($grouped) = map { $_->{id} } grep { ($_->{id} =~ s/-//gr) eq
		    $dispatch } @{ $b->get('/mail/in', desk => $db,
		    all => 'true')->{rows} // [] };
	});
	my $got = goes('bich', 'arrive', undef, { dispatch => $grouped });
	my $there = $got->{document};
	my $row = shown('bich', $there)->{rows}[0];
	is("$row->{level} $row->{documents} $row->{pages} $row->{from}",
	    'mat 1 3 Văn phòng Ban', 'as its sender has it');
	refused('404|409', 'it is taken in once', 'bich', 'arrive', undef,
	    { dispatch => $dispatch });
	refused(403, 'and not stamped unchecked', 'bich', 'stamp', $there);
	goes('bich', $_, $there) for qw(check stamp);
	goes('bich', 'describe', $there, { abstract => 'Đê điều' });
	goes('bich', 'register', $there);
	refused(403, 'Cuong is no clerk', 'cuong', 'receipt', $there);
	$got = goes('bich', 'receipt', $there);
	like("@{ $got->{notes} }", qr/sender is told/, 'its sender is told');
	goes('cuong', 'assign', $there, { assignee => 'Phòng Nông nghiệp' });
	is(decode_utf8($b->get("/documents/$there/files/0", as('bich'))),
	    $text, 'its text is what was typed');
	ok($b->get("/documents/$there/files/1", as('bich')) eq $map,
	    'its map what was drawn');
	comes('the sender sees it', sub {
		grep { $_->{desk} eq $db && $_->{state} eq 'acted' }
		    @{ shown('ha', $id)->{addressees} };
	});
	goes('ha', 'confirm', $id);
}

# Paper that is digitised, sent, and refused: the code goes back, its words do
# not.  And who reads Vietnamese is told the same.
sub paper_is_refused {
	my ($ha, $bich) = @browser{qw(ha bich)};
	my $up = $ha->upload('quét.pdf', 'application/pdf', "%PDF-1.7\n");
	my $got = goes('ha', 'digitise', undef, { type => 'cong-van',
	    level => 'thuong', precedence => 'thuong', pages => '1',
	    symbol => '05/CV-VP', date => '2026-11-20', recipients => $db },
	    uploads => [ { upload => $up } ]);
	my $id = $got->{document};
	goes('ha', 'describe', $id, { abstract => 'Về việc họp' });
	goes('ha', $_, $id) for qw(register send);
	my $dispatch = shown('ha', $id)->{rows}[0]{dispatch};
	comes('it comes', sub {
		grep { ($_->{id} =~ s/-//gr) eq $dispatch } @{ $bich->get(
		    '/mail/in', desk => $db, all => 'true')->{rows} // [] };
	});
	my $sees = sub { join ' ', map { "$_->{action}=" . ($_->{could} ? 1 : 0)
	    } @{ $bich->get('/documents/beginnings', as('bich'))->{next} } };
	my $begin = $sees->();
	like($begin, qr/^(?!.*telegram-draft).*\barrive=1/,
	    'a clerk sees what is hers to begin');
	$bich->post('/session/lang', { lang => 'vi' });
	is($sees->(), $begin, 'and in Vietnamese the same');
	my $there = goes('bich', 'arrive', undef, { dispatch => $dispatch })->
	    {document};
	like(refused('400', 'a code that is none is refused', 'bich', 'refuse',
	    $there, { reason => 'Sai' }, code => 'no-such'), qr/./, 'first');
	is(shown('bich', $there)->{rows}[0]{state}, 'arrived',
	    'no step is taken for it');
	$got = goes('bich', 'refuse', $there, { reason => 'Không phải của ' .
	    'chúng tôi' }, code => 'not-our-business');
	like("@{ $got->{notes} }", qr/Nơi gửi được báo/, 'its sender is told');
	comes('the code, not the words', sub {
		my $shown = shown('ha', $id);
		return $ha->{content} !~ /chúng|ch\xc3/ &&
		    grep { $_->{state} eq 'refused' && ($_->{code} // '') eq
		    'not-our-business' } @{ $shown->{addressees} };
	});
	$bich->post('/session/lang', { lang => 'en' });
}

# ---- what is above a clearance ---------------------------------------------

sub nothing_is_told_above_a_clearance {
	my ($id) = @_;
	my $b = $browser{son};
	$b->post('/session/desk', { desk => $tw, passphrase => '' });
	$b->was(200, 'Son is signed in to the desk');
	for ('', '/files', '/files/0', '/record') {
		$b->get("/documents/$id$_", as('son'));
		$b->was(404, "Son finds nothing at $_");
		unlike($b->{content}, qr/Đê|de dieu|mat\b/, 'nor is told');
	}
	ok(!(grep { $_->{document} eq $id } @{ $b->get('/documents', as('son'),
	    all => 'true')->{rows} }), 'no list has it');
	is(scalar @{ $b->get('/documents/search', as('son'), text => 'đê')->
	    {rows} }, 0, 'no search');
	my $text = refused(404, 'no step is taken', 'son', 'recall', $id,
	    { reason => 'x' });
	is($text, refused(404, 'as of none', 'son', 'recall', 'f' x 32,
	    { reason => 'x' }) =~ s/f{32}/$id/r, 'and it is the same sentence');
	$b->get("/documents/$id", as('ha'));
	$b->was(403, 'he is not Ha');
}

# ---- mail ------------------------------------------------------------------

sub mail_goes_with_files {
	my $b = $browser{ha};
	my $up = $b->upload('Phụ lục.bin', 'application/x-test', $map);
	my $page = $b->upload('xem.html', 'text/html', '<script>1</script>');
	my $got = $b->post('/mail', { desk => $tw, to => [ $db ],
	    level => 'thuong', precedence => 'khan', subject => 'Thử',
	    text => "Xin chào\n", uploads => [ { upload => $up },
	    { upload => $page } ] });
	$b->was(200, 'a dispatch is sent');
	my $id = ($got->{id} // '') =~ s/-//gr;
	my $there = $browser{bich};
	comes('it comes', sub {
		grep { ($_->{id} =~ s/-//gr) eq $id } @{ $there->get(
		    '/mail/in', desk => $db)->{rows} // [] };
	});
	is(decode_utf8($there->get("/mail/$id/parts/0", desk => $db)),
	    "Xin chào\n", 'with its text');
	ok($there->get("/mail/$id/parts/1", desk => $db) eq $map,
	    'and its file');
	is($there->get("/mail/$id/parts/2", desk => $db), '<script>1</script>',
	    'and a page');
	is($there->{headers}{'content-type'}, 'application/octet-stream',
	    'which no browser shows');
	like($there->{headers}{'content-disposition'}, qr/^attachment/,
	    'but saves');
	$there->get("/mail/$id/parts/3", desk => $db);
	$there->was(404, 'there is no other');
	$browser{son}->post('/mail', { desk => $tw, to => [ 'antin://x' ],
	    level => 'thuong', precedence => 'thuong', text => 'x' });
	$browser{son}->was('400|404', 'nothing goes to nobody');
}

there_are_two_offices();
people_sign_in();
files_come_in_pieces();
names_are_names();
my $id = what_is_drafted();
wrong_orders($id);
it_is_decided($id);
it_is_taken_in($id);
paper_is_refused();
nothing_is_told_above_a_clearance($id);
mail_goes_with_files();
a_line_is_cut();
sealing_is_seen();
pages_end();
done_testing();
