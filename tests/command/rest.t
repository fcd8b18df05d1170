#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# A station as a browser asks it (docs/desk.md 3, 4): a session by a link that
# is good once, people and desks signed in by it, and each resource; what is
# refused, and in whose language that is said.
use strict;
use warnings;
use utf8;
use FindBin;
use HTTP::Tiny;
use IO::Select;
use IO::Socket::INET;
use IO::Socket::UNIX;
use POSIX ();
use JSON::PP;
use MIME::Base64 qw(encode_base64);
use Test::More;
use Time::HiRes qw(sleep time);

use lib $FindBin::Bin;
use Antin;
use Phone;
use Station;

my $lan = 'antin://vn/lan';
my $desk = 'antin://vn/van-thu';
my $pass = 'mot cau dai khong ai doan ra';
my $desk_pass = 'cau cua ban van thu';
binmode $_, ':utf8' for map { Test::More->builder->$_ } qw(output
    failure_output todo_output);
my $json = JSON::PP->new->utf8->canonical;
my ($speaker, $base, $name, $cookie, $csrf, $far, %far);

END {
	my $status = $?;
	kill 'KILL', $speaker if $speaker;
	$? = $status;
}

# ---- a browser -------------------------------------------------------------

my $http = HTTP::Tiny->new(timeout => 60, keep_alive => 1);

# What it answers; the JSON of it is in {json}.
sub asks {
	my ($method, $path, $body, %more) = @_;
	my %headers = (origin => $base, %{ $more{headers} // {} });
	$headers{cookie} //= "$name=$cookie" if defined $cookie;
	$headers{'x-antin'} //= $csrf if defined $csrf && $method ne 'GET';
	$headers{'content-type'} //= 'application/json' if defined $body;
	delete $headers{$_} for grep { $headers{$_} eq '' } keys %headers;
	my $r = $http->request($method, "$base/api/1$path", {
	    headers => \%headers, defined $body ?
	    (content => ref $body ? $json->encode($body) : $body) : () });
	$r->{json} = eval { $json->decode($r->{content}) } // {};
	note("$method $path: $r->{status} ", substr $r->{content}, 0, 300);
	return $r;
}

sub is_refused {
	my ($status, $code, $name, @asks) = @_;
	my $r = asks(@asks);
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return is("$r->{status} " . ($r->{json}{error}{code} // ''),
	    "$status $code", $name);
}

sub is_answered {
	my ($name, @asks) = @_;
	my $r = asks(@asks);
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is($r->{status}, 200, $name) or diag($r->{content});
	return $r->{json};
}

# ---- a station -------------------------------------------------------------

sub there_is_a_station {
	my @rights = qw(--level toi-mat --precedence hoa-toc);
	put('desk.pass', "$desk_pass\n");
	secret($pass, $desk_pass);
	there_is_a_root('Ban');
	enrolled(\@root, 'tw', 'antin://vn', qw(--kind station), @rights);
	ok(enrolled_under('desk.pass', 'vt', $desk, @rights),
	    'the desk is enrolled') or diag($err);
	person_enrols('lan', 'antin://vn', level => 'toi-mat', pass => $pass);
	ends(0, 'Lan is a clerk', qw(role give), @root, $lan, $desk, 'clerk');
	all_is_known();
	station_is_made('TW', 'tw', 'vt');
	$far = 'tram.vn:' . free_port();
	put('TW/antind.conf', get('TW/antind.conf'), "web.tls 127.0.0.1:" .
	    $far =~ s/.*://r . "\nweb.name tram.vn\n");
	put('TW/antind.conf', get('TW/antind.conf') . "clamd clamd\n");
	speaks('TW/clamd');
	up('TW');
	key_comes('lan', 'TW');
}

# ---- a session -------------------------------------------------------------

sub link_of {
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	ends(0, 'the command gives a link', qw(desk --station TW));
	my ($url, $token) = $out =~
	    m{^(http://127\.0\.0\.1:\d+)/#link=([\w-]{43})$}m or die $out;
	$base = $url;
	secret($token);
	@told = ();
	return $token;
}

sub nothing_without_a_session {
	my $token = link_of();
	is_refused(401, 'denied', 'nothing is told without a session', 'GET',
	    '/session');
	is_refused(401, 'denied', 'nor are passphrases tried', 'POST',
	    '/session/sign-in', { person => 'lan', passphrase => $pass });
	is_refused(401, 'denied', 'nor does one begin of itself', 'POST',
	    '/session', {});
	is_refused(401, 'denied', 'or by another link', 'POST',
	    '/session/link', { token => 'A' x 43 });
	is_refused(403, 'denied', 'or by another page', 'POST',
	    '/session/link', { token => $token },
	    headers => { origin => 'http://127.0.0.1:1' });
	my $r = asks('POST', '/session/link', { token => $token });
	is($r->{status}, 200, 'the link begins one');
	like($r->{headers}{'set-cookie'},
	    qr/^antin-\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/,
	    'whose cookie no script sees');
	($name, $cookie) = $r->{headers}{'set-cookie'} =~
	    /^(.*?)=([\w-]+);/;
	$csrf = $r->{json}{csrf};
	is_refused(403, 'denied', 'once', 'POST', '/session/link',
	    { token => $token });
}

sub a_session_says_who_is_there {
	my $until = time + 60;
	my $s;
	do {
		sleep 0.2;
		$s = is_answered('the session is told', 'GET', '/session');
	} while (!@{ $s->{people} // [] } && time < $until);
	is($s->{csrf}, $csrf, 'with its token');
	is($s->{station}, 'antin://vn', 'the station');
	is("$s->{people}[0]{person} $s->{people}[0]{roles}[0]{role}",
	    "$lan clerk", 'who there is, and as what');
	is(@{ $s->{persons} }, 0, 'and that nobody is signed in');
	is($s->{desks}[0]{desk}, $desk, 'and its desks');
}

sub what_changes_needs_the_token {
	my %sign_in = (person => 'lan', passphrase => $pass);
	is_refused(403, 'denied', 'nothing changes without the token', 'POST',
	    '/session/sign-in', \%sign_in, headers => { 'x-antin' => '' });
	is_refused(403, 'denied', 'or by another', 'POST', '/session/sign-in',
	    \%sign_in, headers => { 'x-antin' => 'A' x 43 });
	is_refused(403, 'denied', 'nor for another page', 'POST',
	    '/session/sign-in', \%sign_in,
	    headers => { origin => 'http://evil.vn' });
	my $host = $base =~ s/http:\/\///r;
	my $to = IO::Socket::INET->new($host) or die "$host: $!\n";
	$to->print("GET /api/1/session HTTP/1.1\r\nHost: evil.vn\r\n" .
	    "Cookie: $name=$cookie\r\nConnection: close\r\n\r\n");
	like(<$to>, qr/ 403 /, 'nor is anything told under another name');
	is_refused(415, 'invalid', 'nor as a form', 'POST',
	    '/session/sign-in', 'person=lan', headers => { 'content-type' =>
	    'application/x-www-form-urlencoded' });
	is_refused(405, 'usage', 'in a way that there is not', 'DELETE',
	    '/session');
	is_refused(404, 'absent', 'or where nothing is', 'GET', '/none');
}

# ---- people ----------------------------------------------------------------

sub people_sign_in {
	my $c = is_answered('Lan gets codes', 'POST', '/session/codes',
	    { person => 'lan', passphrase => $pass });
	like($c->{secret}, qr/^[A-Z2-7]{32}$/, 'in letters');
	like($c->{svg}, qr/^<svg .*<\/svg>\s*$/s, 'and as a picture');
	like($c->{uri}, qr/^otpauth:\/\/totp\/Antin/, 'of an address');
	phone_is('lan', $c->{secret});
	secret($c->{secret});
	is_refused(403, 'denied', 'a wrong code is none', 'POST',
	    '/session/sign-in', { person => 'lan', passphrase => $pass,
	    code => '000000' });
	my $r = asks('POST', '/session/sign-in', { person => 'ai',
	    passphrase => $pass, code => '000000' }, headers => {
	    'accept-language' => 'vi' });
	is($r->{status}, 403, 'nor is anybody else');
	like($r->{json}{error}{text}, qr/không đúng/,
	    'which is said in his language');
	my $in = is_answered('she signs in', 'POST', '/session/sign-in',
	    { person => 'lan', passphrase => $pass, code => phone_code('lan') });
	ok($in->{until} > time, 'until then');
	my $s = is_answered('the session is asked', 'GET', '/session');
	is("@{[map { $_->{person} } @{ $s->{persons} }]}", $lan,
	    'and says so');
}

sub desks_are_unlocked {
	is_refused(404, 'absent', 'a person has no box', 'GET',
	    "/mail/in?desk=$lan");
	is_refused(403, 'denied', 'no desk opens by a wrong passphrase', 'POST',
	    '/session/desk', { desk => $desk, passphrase => 'x' });
	is_answered('the desk is unlocked', 'POST', '/session/desk',
	    { desk => $desk, passphrase => $desk_pass });
	my $s = is_answered('the session is asked', 'GET', '/session');
	ok($s->{desks}[0]{until} > time, 'and says until when');
}

# ---- resources -------------------------------------------------------------

sub resources_answer {
	for ("/mail/in?desk=$desk", "/mail/out?desk=$desk&max=10", '/status',
	    '/queue', '/alarms', '/alarms?all=true', '/duty', '/enrolments',
	    '/media', '/people', "/registers?desk=$desk",
	    "/registers/cong-van-den?desk=$desk&year=2026",
	    "/report?desk=$desk&from=1767200400&until=1798736400") {
		my $a = is_answered($_, 'GET', $_);
		is(ref $a->{rows}, 'ARRAY', 'in rows');
	}
	my $o = is_answered('what can be asked', 'GET', '/openapi.json');
	ok($o->{paths}{'/api/1/mail/{id}/ack'}{post}, 'is described');
	is_refused(404, 'absent', 'what was never sent has no trace', 'GET',
	    '/mail/9f3c2a710b44d1e89f3c2a710b44d1e8/trace');
	is_refused(400, 'invalid', 'what is no id is none', 'GET',
	    '/mail/x/trace');
	is_refused(404, 'absent', 'an alarm that is not there is not seen',
	    'POST', '/alarms/77/seen', {});
	is_refused(400, 'invalid', 'what waits is named once', 'POST',
	    '/queue/hold', { leg => 1, hop => '' });
	my $r = asks('GET', '/mail/in');
	is("$r->{status} $r->{json}{error}{field}", '400 desk',
	    'a field that is missing is named');
}

# ---- unsent work, papers ---------------------------------------------------

# docs/registry.md 10
sub unsent_work_is_kept {
	my $id = 'c0ffee00' x 4;
	my $at = "desk=$desk&as=$lan";
	my $data = $json->encode({ body => "Kính gửi:\nĐê điều", n => [1] });
	utf8::decode($data);
	is_refused(404, 'absent', 'what was never kept is not there', 'GET',
	    "/drafts/$id?$at");
	my $kept = is_answered('what Lan writes is kept', 'PUT',
	    "/drafts/$id", { desk => $desk, as => $lan, title => 'Tờ trình',
	    data => $data });
	is($kept->{until} - $kept->{changed}, 90 * 86400, 'for so long');
	my $got = is_answered('she goes on with it', 'GET',
	    "/drafts/$id?$at");
	is($got->{data}, $data, 'as it was');
	is(is_answered('it is listed', 'GET', "/drafts?$at")
	    ->{rows}[0]{title}, 'Tờ trình', 'with its title');
	is_refused(413, 'limit', 'too much at once is refused', 'PUT',
	    "/drafts/$id", { desk => $desk, data => 'x' x 47105 });
	is_refused(403, 'denied', 'and without the token', 'DELETE',
	    "/drafts/$id?$at", undef, headers => { 'x-antin' => '' });
	is_answered('she deletes it', 'DELETE', "/drafts/$id?$at");
	is_refused(404, 'absent', 'once', 'DELETE', "/drafts/$id?$at");
}

sub is_paper {
	my ($name, $path, $file) = @_;
	my $r = asks('GET', $path);
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is($r->{status}, 200, $name) or diag($r->{content});
	like($r->{content}, qr/^%PDF-1\.5.*%%EOF\s*$/s, 'as PDF');
	is($r->{headers}{'content-type'}, 'application/pdf', 'and says so');
	like($r->{headers}{'content-disposition'} // '', $file,
	    'under its name');
}

# docs/desk.md 8
sub papers_come {
	my $at = "desk=$desk&as=$lan";
	my $year = 1900 + (gmtime time + 7 * 3600)[5];
	my $of = sub { return { desk => $desk, as => $lan, fields => { @_ } } };
	my $doc = is_answered('a paper comes in', 'POST', '/documents', {
	    action => 'arrive', %{ $of->(level => 'thuong', precedence =>
	    'khan', documents => '1', pages => '2', from => 'UBND xã',
	    symbol => '12/UBND') } });
	my $id = $doc->{rows}[0]{document} // $doc->{document};
	for (['check', documents => '1', pages => '2', integrity => 'good'],
	    ['stamp'], ['describe', abstract => 'Đê điều mùa lũ'],
	    ['register']) {
		my ($do, @fields) = @$_;
		is_answered("Lan: $do", 'POST', "/documents/$id/steps/$do",
		    $of->(@fields));
	}
	is_refused(400, 'invalid', 'a register is of a year', 'GET',
	    "/registers/in/volume.pdf?$at");
	is_refused(404, 'absent', 'what was never begun has no volume', 'GET',
	    "/registers/out/volume.pdf?$at&year=$year");
	is_paper('the register is printed',
	    "/registers/in/volume.pdf?$at&year=$year",
	    qr/so-in-$year-01\.pdf/);
	my $csv = asks('GET', "/registers/in/volume.csv?$at&year=$year");
	utf8::decode($csv->{content});
	like($csv->{content}, qr/Đê điều mùa lũ/, 'or as a table');
	like($csv->{headers}{'content-type'}, qr{^text/csv}, 'that says so');
	is_paper('the stamps of a document are printed',
	    "/documents/$id/forms/stamps?$at", qr/stamps-.*\.pdf/);
	is_refused(404, 'absent', 'a form of what it is not is not', 'GET',
	    "/documents/$id/forms/telegram?$at");
	is_refused(404, 'absent', 'nor one that there is not', 'GET',
	    "/documents/$id/forms/poem?$at");
	is_paper('so is the report',
	    "/report.pdf?$at&from=1767200400&until=1798736400",
	    qr/bao-cao\.pdf/);
}

sub the_journal_is_shown_and_checked {
	my $j = is_answered('the journal is shown', 'GET', '/journal');
	my ($in) = grep { $_->{kind} eq 'user' && ($_->{code} // '') eq '1' }
	    @{ $j->{rows} };
	like($in->{text}, qr/^$lan/, 'with who signed in');
	ok(length $in->{says}, 'in words');
	is($j->{rows}[-1]{number}, $j->{total} - 1, 'up to the newest entry');
	my $one = is_answered('one is shown', 'GET', '/journal?at=1&max=1');
	is("@{[map { $_->{number} } @{ $one->{rows} }]}", '1', 'and no other');
	my $v = is_answered('it is checked', 'POST', '/journal/verify', {});
	ok($v->{whole}, 'and whole') or diag(explain($v));
	cmp_ok($v->{entries}, '>=', $j->{total}, 'all of it');
	is($v->{destroyed}, 0, 'nothing is destroyed');
	my ($slices, $s) = (0, { });
	do {
		$s = asks('POST', '/journal/verify', { max => 4, $s->{state} ?
		    (state => $s->{state}) : () })->{json};
	} while ($s->{state} && ++$slices < 50);
	ok($s->{whole} && $slices > 0 && $s->{entries} == $v->{entries},
	    "slice by slice as well ($slices)");
	cmp_ok($s->{checkpoints}, '>', $v->{checkpoints},
	    'with one that was kept since');
	$j = is_answered('it is shown again', 'GET', '/journal');
	ok(@{ $j->{checkpoints} }, 'with the checkpoint of that');
	is_refused(400, 'invalid', 'what was not begun does not go on', 'POST',
	    '/journal/verify', { state => 'AAAA' });
	# a beginning that is another's
	my $wrong = encode_base64(pack('Q>5', 1, 0, 0, 0, 0) . 'x' x 32, '');
	is_refused(403, 'denied', 'and another beginning is not this one',
	    'POST', '/journal/verify', { state => $wrong });
}

# ---- by TLS ----------------------------------------------------------------

# A request from another machine: its status, and JSON.
sub asks_from_afar {
	my ($method, $path, $body, %more) = @_;
	my $content = defined $body ? $json->encode($body) : '';
	my %h = (Host => $far, Origin => "https://$far", Connection => 'close',
	    'Content-Type' => 'application/json',
	    'Content-Length' => length $content, %more);
	$h{Cookie} //= "__Host-antin=$far{cookie}" if $far{cookie};
	$h{'X-Antin'} //= $far{csrf} if $far{csrf};
	put('far.in', "$method /api/1$path HTTP/1.1\r\n",
	    (map { "$_: $h{$_}\r\n" } sort keys %h), "\r\n", $content);
	my $to = $far =~ s/.*:/127.0.0.1:/r;
	my $run = "timeout 60 openssl s_client -connect $to " .
	    '-servername tram.vn -quiet';
	my $said = qx($run <far.in 2>far.err);
	my ($head, $json_text) = split /\r\n\r\n/, $said, 2;
	note("afar: $method $path: ", substr $said, 0, 12);
	my ($status) = ($head // '') =~ m{^HTTP/1.1 (\d+)};
	return { status => $status // get('far.err'), head => $head,
	    json => eval { $json->decode($json_text) } // {} };
}

sub is_refused_afar {
	my ($status, $name, @asks) = @_;
	my $r = asks_from_afar(@asks);
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is($r->{status}, $status, $name);
	return $r->{json}{error}{text} // '';
}

sub another_machine_sees_nothing_before_somebody_signs_in {
	my %lan = (person => 'lan', passphrase => $pass, code => '000000');
	is_refused_afar(401, 'afar nothing is told without a session', 'GET',
	    '/session');
	is_refused_afar(403, 'under another name nothing is', 'POST',
	    '/session', {}, Host => '127.0.0.1', Origin =>
	    'https://127.0.0.1');
	is_refused_afar(403, 'nor for another page', 'POST', '/session', {},
	    Origin => 'https://evil.vn');
	my $r = asks_from_afar('POST', '/session', {});
	is($r->{status}, 200, 'a session begins by itself there');
	like($r->{head}, qr/^Set-Cookie: __Host-antin=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/; Secure\r$/mi,
	    'with a cookie that never leaves TLS');
	($far{cookie}) = $r->{head} =~ /__Host-antin=([\w-]+)/;
	$far{csrf} = $r->{json}{csrf};
	my $s = asks_from_afar('GET', '/session')->{json};
	is(@{ $s->{people} } + @{ $s->{desks} } + @{ $s->{persons} }, 0,
	    'it names nobody');
	is($s->{station}, 'antin://vn', 'but where one is');
	for ('/status', '/people', '/tree', '/journal', '/rules', '/duty',
	    "/mail/in?desk=$desk") {
		is_refused_afar(403, "and does not tell $_", 'GET', $_);
	}
	is_refused_afar(403, 'no desk is opened by it', 'POST',
	    '/session/desk', { desk => $desk, passphrase => $desk_pass });
	is_refused_afar(401, 'the cookie of this machine is none there',
	    'GET', '/session', undef, Cookie => "__Host-antin=$cookie");
	is_refused(401, 'denied', 'nor the other way', 'GET', '/session',
	    undef, headers => { cookie => "$name=$far{cookie}" });
	is(is_refused_afar(403, 'a wrong code is refused', 'POST',
	    '/session/sign-in', \%lan), is_refused_afar(403,
	    'and who is nobody', 'POST', '/session/sign-in', { %lan,
	    person => 'ai-do' }), 'in the same words');
}

sub and_then_what_he_may {
	my $r = asks_from_afar('POST', '/session/sign-in', { person => 'lan',
	    passphrase => $pass, code => phone_code('lan') });
	is($r->{status}, 200, 'she signs in from there');
	is_refused_afar(401, 'the cookie that anybody may have seen before is '
	    . 'none from then on', 'GET', '/status');
	($far{cookie}) = $r->{head} =~ /__Host-antin=([\w-]+)/;
	is(asks_from_afar('GET', '/status')->{status}, 200,
	    'by the new one she is told');
	is_refused_afar(403, 'but runs nothing', 'POST', '/queue/hold',
	    { hop => '' });
	is(asks_from_afar('POST', '/session/end', {})->{status}, 200,
	    'her session ends');
	is_refused_afar(401, 'and is over', 'GET', '/session');
}

# ---- malware ---------------------------------------------------------------

# A speaker of clamd's protocol (tests/station/scanned.c has the real one): a
# file with this in it is bad.
my $bad = 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE';

sub speaks {
	my ($at) = @_;
	my $s = IO::Socket::UNIX->new(Local => $at, Listen => 8) or
	    die "$at: $!\n";
	defined($speaker = fork) or die "fork: $!\n";
	return if $speaker;
	while (my $to = $s->accept) {
		my $file = '';
		read $to, my $ask, 10;
		while (read($to, my $head, 4) == 4) {
			my $n = unpack 'N', $head or last;
			read $to, $file, $n, length $file;
		}
		$to->print(index($file, $bad) >= 0 ?
		    "stream: Eicar-Signature FOUND\0" : "stream: OK\0");
		close $to;
	}
	POSIX::_exit(0);
}

sub uploaded {
	my ($name, $bytes) = @_;
	my $id = is_answered("$name comes", 'POST', '/uploads', { name => $name,
	    type => 'application/pdf', size => length $bytes })->{upload};
	is_answered('all of it', 'PUT', "/uploads/$id?at=0", $bytes, headers =>
	    { 'content-type' => 'application/octet-stream' });
	return $id;
}

# docs/desk.md 9
sub malware_stays_closed {
	my $mail = sub { return { desk => $desk, to => [ $desk ], level =>
	    'thuong', precedence => 'thuong', text => 'Kính gửi', uploads =>
	    [ map { { upload => $_ } } @_ ] } };
	my ($clean, $ill) = (uploaded('a.pdf', 'clean'),
	    uploaded('b.pdf', "x $bad"));
	my $sent = is_answered('what is clean is sent', 'POST', '/mail',
	    $mail->($clean));
	my $r = asks('POST', '/mail', $mail->($ill));
	is($r->{status}, 403, 'what is not is not');
	like($r->{json}{error}{text}, qr/malware .* Eicar-Signature/,
	    'and who wanted to send it is told what it is');
	my $parts = is_answered('it came', 'GET',
	    "/mail/$sent->{id}?desk=$desk")->{rows};
	is((grep { $_->{row} eq 'part' } @$parts) + 0, 2, 'with its parts');
	$r = asks('GET', "/mail/$sent->{id}/parts/1?desk=$desk");
	is($r->{content}, 'clean', 'what is clean is opened');
	is($r->{headers}{'x-antin-scan'}, 'clean', 'which is said');
	# sent by the command, which looks at nothing
	put('ill.bin', "y $bad\n");
	put('desk.pass', "$desk_pass\n");
	ends(0, 'malware is sent', qw(send --station TW --from van-thu --to),
	    $desk, qw(--level thuong --precedence thuong --passphrase-file
	    desk.pass ill.bin));
	my $box = is_answered('it comes', 'GET', "/mail/in?desk=$desk&max=1");
	my ($got) = grep { $_->{id} ne $sent->{id} && $_->{id} }
	    @{ $box->{rows} };
	$r = asks('GET', "/mail/$got->{id}/parts/0?desk=$desk",
	    undef, headers => { 'accept-language' => 'vi' });
	is($r->{status}, 403, 'a page does not open it');
	like($r->{json}{error}{text}, qr/phát hiện mã độc .* Eicar-Signature/,
	    'and says why, in the language of who asks');
	my $until = time + 30;
	my @alarms;
	do {
		sleep 0.2;
		@alarms = grep { ($_->{kind} // '') eq 'malware' } @{
		    is_answered('alarms', 'GET', '/alarms')->{rows} };
	} while (!@alarms && time < $until);
	is($alarms[0]{subject} // $alarms[0]{about}, 'Eicar-Signature',
	    'there is an alarm') or diag(explain(\@alarms));
	is(malware_is('en')->{state}, 'fine', 'a clamd that answers is well');
	kill 'KILL', $speaker;
	waitpid $speaker, 0;
	unlink 'TW/clamd';
	my $c = malware_is('en');
	is($c->{state}, 'look', 'one that is away wants a look');
	like($c->{says}, qr/clamd is wanted and does not answer \(.*clamd.*\): files/,
	    'which is said');
	like($c->{do}, qr/start clamd/, 'with what to do');
	like(malware_is('vi')->{says}, qr/nhưng clamd không trả lời \(.*\): tệp/,
	    'in the other language too');
	antin(qw(doctor --json --station TW));
	like($out, qr/clamd is wanted and does not answer/,
	    'the command says the same');
	$r = asks('GET', "/mail/$sent->{id}/parts/1?desk=$desk");
	is($r->{content}, 'clean', 'without clamd a page opens what comes');
	is($r->{headers}{'x-antin-scan'}, 'away', 'and says that it was not ' .
	    'looked at');
	who_reads_does_not_wait("/mail/$sent->{id}/parts/1?desk=$desk");
}

# docs/desk.md 5.4: a clamd that says nothing holds up who opens files, be they
# more than there are threads, and nobody else.
sub who_reads_does_not_wait {
	my ($file) = @_;
	my $silent = IO::Socket::UNIX->new(Local => 'TW/clamd', Listen => 64)
	    or die "TW/clamd: $!\n";
	my @open = map { my $pid = fork // die "fork: $!\n"; $pid || do {
		close $silent;
		$http = HTTP::Tiny->new(timeout => 60);
		POSIX::_exit(asks('GET', $file)->{content} ne 'clean');
	    } } 1 .. 20;

	ok(IO::Select->new($silent)->can_read(30), 'clamd is asked, and silent');
	is(asks('GET', $_)->{status}, 200, "$_ is answered meanwhile") for
	    ('/session', '/status', '/people', "/mail/in?desk=$desk") x 5;
	is((grep { waitpid $_, POSIX::WNOHANG } @open) + 0, 0,
	    'while all who open a file wait');
	unlink 'TW/clamd';
	close $silent;
	is((grep { waitpid($_, 0) == $_ && $? == 0 } @open) + 0, 20,
	    'and they get it when clamd is gone');
}

# ---- the end ---------------------------------------------------------------

sub malware_is {
	my ($lang) = @_;
	asks('POST', '/session/lang', { lang => $lang });
	my $r = asks('GET', '/station/health');
	my ($c) = grep { $_->{check} eq 'malware' } @{ $r->{json}{checks} };
	asks('POST', '/session/lang', { lang => 'en' });
	return $c;
}

# docs/duty.md 2.5: the one person here is no duty officer.
sub a_rota_wants_a_role {
	my $from = int(time / 3600) * 3600 + 3600;
	my $shift = { login => 'lan', from => $from, until => $from + 3600 };
	my $people = [ { login => 'lan', name => 'Lan' } ];
	my $r = asks('POST', '/duty/plan', { people => $people,
	    shifts => [ $shift, $shift ] });
	is("$r->{status} $r->{json}{error}{field}", '400 shifts.1',
	    'of a rota that is wrong the shift is said');
	unlike($r->{json}{error}{text}, qr/line \d/, 'and no line');
	is_refused(400, 'invalid', 'who is no list is none', 'POST',
	    '/duty/plan', { people => 'lan', shifts => [ $shift ] });
	is_refused(403, 'denied', 'a rota is for who holds a role', 'POST',
	    '/duty/plan', { people => $people, shifts => [ $shift ] });
	is((grep { $_->{what} eq 'shift' } @{ asks('GET', '/duty')->{json}{rows} })
	    + 0, 0, 'there is none');
}

sub headers_are_strict {
	my $h = asks('GET', '/status')->{headers};
	is($h->{'cache-control'}, 'no-store', 'nothing is kept by browsers');
	is($h->{'x-content-type-options'}, 'nosniff', 'or guessed');
	like($h->{'content-security-policy'}, qr/default-src 'none'/,
	    'or brought from elsewhere');
	ok(!exists $h->{'access-control-allow-origin'}, 'or given elsewhere');
}

# Many at once, so that they come faster than they may however slow the machine
# is.
sub who_asks_too_often_waits {
	my $host = $base =~ s/http:\/\///r;
	my @to = map { IO::Socket::INET->new($host) || die "$host: $!\n" }
	    1 .. 8;
	my ($status, $wait, $n) = ('', undef, 0);
	local $SIG{ALRM} = sub { die "no answer\n" };
	alarm 60;
	while ($status ne '429' && $n < 20_000) {
		print $_ "GET /api/1/mail/x/trace HTTP/1.1\r\nHost: $host\r\n" .
		    "Cookie: $name=$cookie\r\n\r\n" for @to;
		for my $from (@to) {
			my ($head, $length) = ('', 0);
			while (defined(my $line = <$from>)) {
				last if $line =~ /^\r/;
				$head .= $line;
			}
			($length) = $head =~ /^Content-Length: (\d+)/im;
			read $from, my ($body), $length;
			$n++;
			next if $head !~ /^HTTP\/1.1 429 /;
			$status = '429';
			($wait) = $head =~ /^Retry-After: (\d+)/im;
		}
	}
	alarm 0;
	is($status, '429', "who asks too often waits ($n)");
	ok($wait, 'and is told how long');
	close $_ for @to;
	sleep 3;
}

sub it_ends {
	is_answered('the session ends', 'POST', '/session/end', {});
	is_refused(401, 'denied', 'and is over', 'GET', '/session');
	my $until = time + 30;
	do { sleep 0.2 } while (antin(qw(user list --json --station TW)) eq
	    '0' && $out =~ /"state": ?"in"/ && time < $until);
	unlike($out, qr/"state": ?"in"/, 'whom it had signed in is out');
	is("@told", '', 'no secret was told by a command');
}

there_is_a_station();
nothing_without_a_session();
a_session_says_who_is_there();
what_changes_needs_the_token();
people_sign_in();
desks_are_unlocked();
resources_answer();
unsent_work_is_kept();
papers_come();
malware_stays_closed();
the_journal_is_shown_and_checked();
another_machine_sees_nothing_before_somebody_signs_in();
and_then_what_he_may();
a_rota_wants_a_role();
headers_are_strict();
who_asks_too_often_waits();
it_ends();
down('TW');

# Another's signature under a checkpoint that is kept: the entries are those of
# its root, and it does not count all the same (docs/journal.md 5.5).
sub one_checkpoint_of_several_is_forged {
	my $path = 'TW/data/store/store.db';
	my $db = get($path);
	my $line = qr{\n\n\xe2\x80\x94 antin/[^\n]+/journal };
	my $n = $db =~ s{(antin/[^\n]+/journal\n[^\xe2]{60,300}?$line.{60})(.)}
	    {$1 . ($2 eq 'A' ? 'B' : 'A')}gse;
	cmp_ok($n, '>', 0, 'a checkpoint lies in the store');
	put($path, $db);
	up('TW');
	($cookie, $csrf) = ();
	my $r = asks('POST', '/session/link', { token => link_of() });
	($name, $cookie) = $r->{headers}{'set-cookie'} =~
	    /^(.*?)=([\w-]+);/;
	$csrf = $r->{json}{csrf};
	my $refused = 'the page is told that a checkpoint is not the station\'s';
	$r = asks('POST', '/journal/verify', {});
	is($r->{status}, 403, $refused);
	like($r->{json}{error}{text}, qr/^the checkpoint of \d+ entries is not /,
	    'and which');
	down('TW');
}
one_checkpoint_of_several_is_forged();
is((grep { secrets_in($_) } map { get($_) } glob 'TW/log/*') + 0, 0,
    'no secret is in its log');
done_testing();
