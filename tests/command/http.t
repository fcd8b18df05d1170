#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# What speaks with browsers (docs/station.md 20, docs/desk.md 4), by hand over
# raw sockets: requests that two readers would read two ways, addresses with
# tricks, other hosts, other sites' pages, other sessions' cookies; parts of
# files; browsers that are slow, or a thousand; and processes that are killed
# under them.
use strict;
use warnings;
use FindBin;
use IO::Select;
use IO::Socket::INET;
use JSON::PP;
use Test::More;
use Time::HiRes qw(sleep time);

# a thousand connections want as many descriptors
if (!$ENV{ANTIN_FILES}) {
	$ENV{ANTIN_FILES} = 1;
	my ($perl, $self) = ($^X, "$FindBin::Bin/$FindBin::Script");
	exec 'sh', '-c', 'ulimit -n 4096 2>/dev/null; exec "$@"', 'sh', $perl,
	    $self, @ARGV;
}
use lib $FindBin::Bin;
use Antin;
use Station;

my $desk = 'antin://vn/van-thu';
my $json = JSON::PP->new->utf8->canonical;
my ($port, %me, %other);


# ---- raw -------------------------------------------------------------------

sub line {
	return IO::Socket::INET->new(PeerAddr => '127.0.0.1',
	    PeerPort => $port, Timeout => 30) // die "no connection: $!\n";
}

# What comes of these bytes until the station ends the line, or the answers
# are there, or it is silent too long.
sub raw {
	my ($bytes, $answers) = @_;
	my $s = line();
	local $SIG{PIPE} = 'IGNORE';
	syswrite $s, $bytes;
	return heard($s, $answers);
}

sub heard {
	my ($s, $answers) = @_;
	my ($got, $until, $select) = ('', time + 60, IO::Select->new($s));
	while (time < $until) {
		last if $answers && whole($got) >= $answers;
		$select->can_read(1) or next;
		my $n = sysread $s, $got, 65536, length $got;
		last if !defined $n || $n == 0;
	}
	return $got;
}

# How many answers are whole.
sub whole {
	my ($got) = @_;
	my $n = 0;
	while ($got =~ s/^HTTP\/1\.1 \d+ .*?\r\n\r\n//s) {
		my ($length) = $& =~ /^Content-Length: (\d+)\r$/mi;
		last if length $got < ($length // 0);
		substr $got, 0, $length // 0, '';
		$n++;
	}
	return $n;
}

sub status_of {
	my ($got) = @_;
	return $got =~ /^HTTP\/1\.1 (\d+) / ? $1 : $got eq '' ? 'ended' :
	    'nonsense';
}

# "GET /x" with this Host and further lines.
sub ask {
	my ($what, @lines) = @_;
	@lines = map { "$_\r\n" } @lines;
	unshift @lines, "Host: 127.0.0.1:$port\r\n" if !grep { /^host/i }
	    @lines;
	return "$what HTTP/1.1\r\n" . join('', @lines) . "\r\n";
}

# It is answered by one of these statuses, or the line ends.
sub is_status {
	my ($wanted, $name, $bytes) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my $got = status_of(raw($bytes, 1));
	return like($got, qr/^(?:$wanted)$/, $name);
}

sub a_page_is_there {
	my ($name) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return is(status_of(raw(ask('GET /hom-nay'), 1)), 200, $name);
}

# ---- a station, and sessions -----------------------------------------------

sub there_is_a_station {
	there_is_a_root('Ban');
	enrolled(\@root, 'tw', 'antin://vn', qw(--kind station --level toi-mat
	    --precedence hoa-toc));
	enrolled(\@root, 'vt', $desk, qw(--level toi-mat --precedence
	    hoa-toc));
	all_is_known();
	ends(0, 'a station', qw(station new --directory all --key tw.key
	    --desk vt.key TW));
	up('TW');
}

sub link_of {
	antin(qw(desk --print --station TW)) eq '0' or
	    diag($out, $err), return '';
	$out =~ m{^http://127\.0\.0\.1:(\d+)/#link=([\w-]{43})$}m or return '';
	$port = $1;
	return $2;
}

# Begin a session into a hash: its cookie and its token.
sub begins {
	my ($name, $to) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my $body = $json->encode({ token => link_of() });
	my $got = raw(ask('POST /api/1/session/link',
	    "Origin: http://127.0.0.1:$port", 'Content-Type: application/json',
	    'Content-Length: ' . length $body) . $body, 1);
	($to->{cookie}) = $got =~ /^Set-Cookie: antin-$port=([\w-]{43});/m;
	($to->{csrf}) = $got =~ /"csrf":"([\w-]{43})"/;
	return is(status_of($got), 200, $name);
}

sub as {
	my ($who, $what, @lines) = @_;
	return ask($what, "Cookie: antin-$port=$who->{cookie}", @lines);
}

# One that changes something.
sub posts {
	my ($who, $path, $body, %not) = @_;
	my @lines = ("Origin: http://127.0.0.1:$port", "X-Antin: $who->{csrf}",
	    'Content-Type: application/json');
	@lines = grep { my ($n) = /^([\w-]+):/; !exists $not{$n} } @lines;
	return as($who, "POST $path", @lines, (map { "$_: $not{$_}" }
	    grep { defined $not{$_} } keys %not),
	    'Content-Length: ' . length $body) . $body;
}

# ---- one reading -----------------------------------------------------------

sub what_has_two_readings_has_none {
	my $get = 'GET /api/1/session';
	my $post = 'POST /api/1/session/end';
	my %t = (Origin => "http://127.0.0.1:$port", 'X-Antin' => $me{csrf});
	my @t = ((map { "$_: $t{$_}" } sort keys %t),
	    'Content-Type: application/json');
	is_status('400|411', 'a length and chunks', as(\%me, $post, @t,
	    'Content-Length: 4', 'Transfer-Encoding: chunked') .
	    "0\r\n\r\n");
	is_status('400|411', 'chunks', as(\%me, $post, @t,
	    'Transfer-Encoding: chunked') . "2\r\n{}\r\n0\r\n\r\n");
	is_status('400|411', 'another encoding', as(\%me, $post, @t,
	    'Transfer-Encoding: identity'));
	is_status('400|411', 'a hidden one', as(\%me, $post, @t,
	    "Transfer-Encoding:\tchunked, identity"));
	is_status('400', 'two lengths', as(\%me, $post, @t,
	    'Content-Length: 2', 'Content-Length: 3') . '{} ');
	is_status('400', 'the same one twice', as(\%me, $post, @t,
	    'Content-Length: 2', 'Content-Length: 2') . '{}');
	for my $length ('-1', '+2', '0x2', '2 2', '2,2', '9' x 30, '', 'two') {
		is_status('400|413|ended', "a length of \"$length\"",
		    as(\%me, $post, @t, "Content-Length: $length") . '{}');
	}
	is_status('413', 'more than is taken', as(\%me, $post, @t,
	    'Content-Length: 1000000'));
	is_status('400', 'two cookies of ours', as(\%me, $get,
	    "Cookie: antin-$port=$other{cookie}"));
	is_status('401', 'in one line, too', ask($get,
	    "Cookie: antin-$port=$me{cookie}; antin-$port=$other{cookie}"));
	is_status('400', 'two origins', as(\%me, $post, @t,
	    'Origin: http://127.0.0.1:1', 'Content-Length: 2') . '{}');
	is_status('400|403|ended', 'a Host on two lines', "$get HTTP/1.1\r\n" .
	    "Host: 127.0.0.1\r\n .example\r\n\r\n");
	is_status('400', 'any header on two lines', as(\%me, $get, 'X: a',
	    ' b c'));
	is_status('400', 'or so, by a tab', as(\%me, $get, 'X: a', "\tb:c"));
	# one word of a line that goes on is added to the name by Debian 12's
	# libmicrohttpd, 13's refuses it: it makes nothing good in either
	is_status('400|403', "\"$_\" on two lines", posts(\%me,
	    '/api/1/session/end', '{}', $_ => $t{$_} . "\r\n x"))
	    for sort keys %t;
	is_status('400', 'a CR alone', as(\%me, $get, "X: a\rY: b"));
	is_status('400', 'before an end of line', as(\%me, $get, "X: a\r"));
	# Debian 12's libmicrohttpd takes an LF alone as an end of a line, 13's
	# refuses it: but in no way is a line hidden by it
	is_status('400', "an LF alone before $_->[0]", as(\%me, $post, @t,
	    "X: a\n$_->[0]: $_->[1]", 'Content-Length: 2') . '{}')
	    for [ 'Host', 'example.org' ], [ 'Content-Length', 3 ],
	    [ 'Origin', 'http://example.org' ], [ 'X-Antin', 'x' ];
	is_status('400|411', 'an LF alone before chunks', as(\%me, $post, @t,
	    "X: a\nTransfer-Encoding: chunked") . "0\r\n\r\n");
	is_status('400|401', 'or before a cookie', ask($get,
	    "X: a\nCookie: antin-$port=x"));
	is_status('40[013]|ended', 'a header of no name',
	    ask($get, ': x'));
	is_status('40[013]|ended', 'a name with a blank behind it',
	    ask($get, "Cookie : antin-$port=$me{cookie}"));
	is_status('4\d\d|5\d\d|ended', 'another version',
	    "GET / HTTP/3.7\r\nHost: 127.0.0.1\r\n\r\n");
	is_status('4\d\d|5\d\d|ended|nonsense', 'no version', "GET /\r\n\r\n");
	is_status('4\d\d|5\d\d|ended|nonsense', 'HTTP/2',
	    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
	is_status('4\d\d|5\d\d|ended|nonsense', 'TLS',
	    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" . "\0" x 200 .
	    "\r\n\r\n");
	is_status('4\d\d|ended', 'zeros', "\0" x 400 . "\r\n\r\n");
	a_page_is_there('and a page is there after all that');
}

sub addresses_are_what_they_say {
	for my $path ('/../api/1/session', '//api/1/session',
	    '/api/1/../1/session', '/api/1//session', '/api/1/session/',
	    '/api/1/./session', '/api/1/%73ession/../session',
	    '/api/1/session%2f', '/api/1/session%00', '/api/1/%2e%2e/session',
	    '/api/2/session', '/api/', '/api/1') {
		my $got = raw(as(\%me, "GET $path"), 1);
		like(status_of($got), qr/^(?:40[04]|200)$/, "$path");
		unlike($got, qr/csrf/, 'is not the session');
	}
	is_status('400', 'no UTF-8', as(\%me, 'GET /api/1/mail/%ff'));
	is_status('400|403', 'a whole address',
	    as(\%me, 'GET http://127.0.0.1/api/1/session'));
	is_status('400|403', 'another\'s',
	    as(\%me, 'GET http://example.org/api/1/session'));
	is_status('400|ended', 'no path', as(\%me, 'GET session'));
	is_status('404', 'a file that is none',
	    ask('GET /../../etc/passwd.txt'));
	is_status('404', 'nor one that is not there', ask('GET /app-0.js'));
	is_status('200', 'a page whose path names a station',
	    ask('GET /mang/tram/ha-noi.vn'));
	is_status('404', 'nor encoded',
	    ask('GET /%2e%2e/%2e%2e/etc/passwd.txt'));
	is_status('414|413|431|ended', 'a long one',
	    as(\%me, 'GET /api/1/status?' . 'x' x 12000));
	is_status('4\d\d|ended', 'a longer one',
	    as(\%me, 'GET /api/1/status?' . 'x' x 60000));
	is_status('4\d\d|ended', 'a large head',
	    as(\%me, 'GET /api/1/status', 'X-Large: ' . 'x' x 60000));
	is_status('4\d\d|ended', 'a head of many lines',
	    as(\%me, 'GET /api/1/status', map { "X-$_: y" } 1 .. 9000));
	is_status('405', 'TRACE', as(\%me, 'TRACE /api/1/session'));
	is_status('405', 'OPTIONS', as(\%me, 'OPTIONS /api/1/session'));
	is_status('40[0135]|ended', 'CONNECT',
	    as(\%me, "CONNECT 127.0.0.1:$port"));
	is_status('405', 'another method for a page', ask('POST /hom-nay',
	    'Content-Length: 0'));
}

# ---- who asks --------------------------------------------------------------

sub other_hosts_are_none {
	for my $host ('example.org', "example.org:$port", '127.0.0.2',
	    '127.0.0.1.example.org', 'localhost.example.org', 'x@127.0.0.1',
	    '127.0.0.1:x', '[::2]', '', '127.0.0.1, example.org') {
		is_status('400|403', "not \"$host\"",
		    as(\%me, 'GET /api/1/session', "Host: $host"));
		is_status('400|403', 'and no page of it',
		    ask('GET /', "Host: $host"));
	}
	is_status('400|403', 'nor two', as(\%me, 'GET /api/1/session',
	    'Host: 127.0.0.1', 'Host: example.org'));
	is_status('400|403|ended', 'nor none', "GET /api/1/session HTTP/1.1\r\n" .
	    "Cookie: antin-$port=$me{cookie}\r\n\r\n");
	is_status('200', 'but localhost', as(\%me, 'GET /api/1/session',
	    "Host: localhost:$port"));
}

sub other_pages_are_none {
	my $lang = '{"lang":"vi"}';
	my $to = '/api/1/session/lang';
	is_status('200', 'the station\'s own page may',
	    posts(\%me, $to, $lang));
	is_status('403', 'one of another site may not', posts(\%me, $to, $lang,
	    Origin => 'https://example.org'));
	is_status('403', 'nor of another port', posts(\%me, $to, $lang,
	    Origin => 'http://127.0.0.1:1'));
	is_status('403', 'nor of none', posts(\%me, $to, $lang,
	    Origin => 'null'));
	is_status('403', 'nor who does not say', posts(\%me, $to, $lang,
	    Origin => undef));
	is_status('403', 'nor by what the browser knows of it',
	    posts(\%me, $to, $lang, 'Sec-Fetch-Site' => 'cross-site'));
	is_status('403', 'nor is it shown it', as(\%me, 'GET /api/1/session',
	    'Sec-Fetch-Site: cross-site'));
	is_status('403', 'nor a page of the same site',
	    as(\%me, 'GET /api/1/session', 'Sec-Fetch-Site: same-site'));
	is_status('403', 'without the token nothing changes',
	    posts(\%me, $to, $lang, 'X-Antin' => undef));
	is_status('403', 'with another session\'s neither',
	    posts(\%me, $to, $lang, 'X-Antin' => $other{csrf}));
	is_status('415', 'a form is no request', posts(\%me, $to, 'lang=vi',
	    'Content-Type' => 'application/x-www-form-urlencoded'));
	is_status('415', 'nor is text', posts(\%me, $to, $lang,
	    'Content-Type' => 'text/plain'));
	for my $cookie ('', 'x', 'A' x 43, 'A' x 3000, substr($me{cookie}, 1),
	    "$me{cookie}x", $me{csrf}) {
		is_status('401', 'a cookie of ' . length($cookie) . ' letters',
		    ask('GET /api/1/session', "Cookie: antin-$port=$cookie"));
	}
	is_status('401', 'one of another name', ask('GET /api/1/session',
	    "Cookie: __Host-antin=$me{cookie}"));
	is_status('401', 'nothing large is taken without one',
	    ask('PUT /api/1/uploads/' . '0' x 32,
	    "Origin: http://127.0.0.1:$port", 'Content-Length: 100000000'));
}

# ---- as HTTP is ------------------------------------------------------------

sub several_over_one_line {
	my $s = line();
	my @got;
	for (1 .. 3) {
		syswrite $s, as(\%me, 'GET /api/1/session');
		push @got, heard($s, 1);
	}
	is("@{[map { status_of($_) } @got]}", '200 200 200',
	    'requests follow one another over one line');
	my $got = raw(as(\%me, 'GET /api/1/session') . ask('GET /hom-nay') .
	    as(\%me, 'GET /api/1/nothing') . as(\%me, 'GET /api/1/session'),
	    4);
	is("@{[$got =~ /HTTP\/1\.1 (\d+) /g]}", '200 200 404 200',
	    'those that come at once are answered in their order');
	$s = line();
	syswrite $s, as(\%me, 'HEAD /api/1/session', 'Connection: close');
	$got = heard($s, 0);
	like($got, qr/^Content-Length: [1-9]/m, 'HEAD says how long it is');
	like($got, qr/\r\n\r\n\z/, 'and no more');
	$s = line();
	syswrite $s, substr posts(\%me, '/api/1/session/lang',
	    '{"lang":"en"}'), 0, -5;
	sleep 0.5;
	syswrite $s, '"en"}';
	is(status_of(heard($s, 1)), 200, 'a body may come in pieces');
}

sub parts_of_files {
	put('tep.bin', join '', map { chr($_ % 251) } 0 .. 99_999);
	my $bytes = get('tep.bin');
	ends(0, 'a file is sent', qw(send --station TW --to), $desk,
	    qw(--subject Tep tep.bin));
	is_status('200', 'the desk is open', posts(\%me,
	    '/api/1/session/desk', $json->encode({ desk => $desk }))) or return;
	my ($id, $until) = (undef, time + 60);
	while (!defined $id && time < $until) {
		my $got = raw(as(\%me, "GET /api/1/mail/in?desk=$desk"), 1);
		($id) = $got =~ /"id":"([0-9a-f-]{35})"/;
		sleep 0.2 if !defined $id;
	}
	my $path;
	for my $n (0 .. 3) {
		$path = "/api/1/mail/$id/parts/$n?desk=$desk";
		last if raw(as(\%me, "GET $path"), 1) =~ /\r\n\r\n\Q$bytes\E\z/s;
		$path = undef if $n == 3;
	}
	ok(defined $path, 'all of a file comes') or return;
	my $get = sub {
		my $got = raw(as(\%me, "GET $path", @_), 1);
		my ($head, $body) = split /\r\n\r\n/, $got, 2;
		return ($head, $body);
	};
	my ($head, $body) = $get->('Range: bytes=100-199');
	like($head, qr/^HTTP\/1\.1 206 /, 'a part of it is a part');
	like($head, qr{^Content-Range: bytes 100-199/100000\r?$}m, 'as is said');
	ok($body eq substr($bytes, 100, 100), 'and is that part');
	($head, $body) = $get->('Range: bytes=-10');
	ok($body eq substr($bytes, -10), 'the last bytes');
	($head, $body) = $get->('Range: bytes=99990-');
	ok($body eq substr($bytes, 99990), 'from somewhere on');
	($head, $body) = $get->('Range: bytes=99990-999999999');
	ok($body eq substr($bytes, 99990), 'up to more than there is');
	($head) = $get->('Range: bytes=100000-');
	like($head, qr/^HTTP\/1\.1 416 /, 'what is behind its end is nothing');
	like($head, qr{^Content-Range: bytes \*/100000\r?$}m, 'and says so');
	for my $none ('bytes=5-2', 'bytes=a-b', 'bytes=1-2,5-6', 'octets=1-2',
	    'bytes=', 'bytes=-', 'bytes=--5', 'bytes=99999999999999999999-') {
		($head, $body) = $get->("Range: $none");
		like($head, qr/^HTTP\/1\.1 (?:200|416) /, "\"$none\" is no part");
	}
	($head) = $get->('Range: bytes=0-9', 'If-Range: "other"');
	like($head, qr/^HTTP\/1\.1 200 /, 'a part of another file is none');
	like($head, qr/^Content-Type: application\/octet-stream\r?$/m,
	    'a type that could do something is not told');
	like($head, qr/^Content-Disposition: attachment/m, 'it is to be saved');
	like($head, qr/^Content-Security-Policy: .*sandbox\r?$/m,
	    'and is no page');
}

# ---- changes ---------------------------------------------------------------

sub changes_are_told {
	my $s = line();
	syswrite $s, as(\%other, 'GET /api/1/events');
	my ($got, $until) = ('', time + 60);
	my $select = IO::Select->new($s);
	while ($got !~ /retry/ && time < $until) {
		sysread $s, $got, 4096, length $got if $select->can_read(1);
	}
	like($got, qr/text\/event-stream/, 'a stream begins');
	ends(0, 'something is sent', qw(send --station TW --to), $desk,
	    qw(--subject Hai tep.bin));
	while ($got !~ /"mail"/ && time < $until) {
		sysread $s, $got, 4096, length $got if $select->can_read(1);
	}
	like($got, qr/event: changed\ndata: \{"what":\[.*"mail"/,
	    'and tells of it');
	my @more = map { my $l = line(); syswrite $l, as(\%other,
	    'GET /api/1/events'); $l } 1 .. 12;
	my %status;
	$status{status_of(first_of($_))}++ for @more;
	is(join(' ', map { "$_:$status{$_}" } sort keys %status), '200:7 429:5',
	    'eight streams are enough for a session');
	is_status('200', 'the session ends', posts(\%other,
	    '/api/1/session/end', '{}'));
	$until = time + 60;
	while ($got !~ /\r\n0\r\n\r\n\z/ && time < $until) {
		$select->can_read(1) or next;
		sysread($s, $got, 4096, length $got) or last;
	}
	like($got, qr/\r\n0\r\n\r\n\z/, 'and its stream with it');
	is_status('401', 'nothing is told it any more',
	    as(\%other, 'GET /api/1/session'));
}

# The beginning of what comes.
sub first_of {
	my ($s) = @_;
	my ($got, $until, $select) = ('', time + 60, IO::Select->new($s));
	while ($got !~ /\r\n\r\n/ && time < $until) {
		$select->can_read(1) or next;
		sysread($s, $got, 4096, length $got) or last;
	}
	return $got;
}

# ---- processes -------------------------------------------------------------

# The process of this name that was made ready last.
sub process {
	my ($name) = @_;
	my $pid;
	for (map { get($_) } sort glob 'TW/log/*') {
		$pid = $1 while /event=process\.ready name=$name pid=(\d+)/g;
	}
	return $pid;
}

sub killed_process {
	my ($name) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my ($was, $until) = (process($name), time + 60);
	kill 'KILL', $was;
	sleep 0.1 while process($name) == $was && time < $until;
	return isnt(process($name), $was, "$name is killed, and comes again");
}

# An answer comes in the end.
sub comes_to {
	my ($wanted, $name, $bytes) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my ($got, $until) = ('', time + 60);
	do {
		$got = eval { status_of(raw($bytes->(), 1)) } // 'none';
		sleep 0.2 if $got ne $wanted;
	} while ($got ne $wanted && time < $until);
	return is($got, $wanted, $name);
}

sub processes_go_and_come {
	for my $name (qw(control store keys)) {
		killed_process($name);
		comes_to(200, 'a session outlives it', sub {
		    as(\%me, 'GET /api/1/session') });
		comes_to(200, 'and is answered', sub {
		    as(\%me, 'GET /api/1/status') });
	}
	killed_process('tls');
	comes_to(200, 'where the pages are stays', sub {
	    as(\%me, 'GET /api/1/session') });
	is_status('200', 'the desk is open', posts(\%me,
	    '/api/1/session/desk', $json->encode({ desk => $desk })));
	killed_process('web');
	comes_to(200, 'pages are there again', sub { ask('GET /hom-nay') });
	is_status('401', 'its sessions are not', as(\%me,
	    'GET /api/1/session'));
	begins('another begins', \%me);
	my $got = raw(as(\%me, 'GET /api/1/session'), 1);
	unlike($got, qr/"until"/, 'and nobody has left it a desk');
}

# ---- much ------------------------------------------------------------------

sub rss {
	my ($pid) = @_;
	my ($kib) = get("/proc/$pid/status") =~ /^VmRSS:\s+(\d+)/m;
	return $kib // 0;
}

sub a_thousand_are_borne {
	my $pid = process('web');
	my $before = rss($pid);
	my @idle = map { IO::Socket::INET->new(PeerAddr => '127.0.0.1',
	    PeerPort => $port) // () } 1 .. 1200;
	local $SIG{PIPE} = 'IGNORE';
	syswrite $_, "GET / HTTP/1.1\r\nHost: 127.0" for @idle;
	cmp_ok(scalar(@idle), '>', 1000, 'a thousand begin, and go on not');
	my $began = time;
	my ($got, $until) = ('', time + 120);
	while ($got ne '200' && time < $until) {
		$got = eval { status_of(raw(ask('GET /hom-nay'), 1)) } // '';
		# a byte now and then
		syswrite $_, '.' for @idle;
		sleep 1;
	}
	is($got, '200', sprintf 'others have room again after %.0f s',
	    time - $began);
	is(process('web'), $pid, 'and nothing has ended');
	cmp_ok(rss($pid) - $before, '<', 100_000, 'but these lines') if !$san;
	note('before: ', $before, ' KiB, then: ', rss($pid));
}

there_is_a_station();
begins('a session begins', \%me);
begins('and another', \%other);
what_has_two_readings_has_none();
addresses_are_what_they_say();
other_hosts_are_none();
begins('a session begins anew, for another may ask too much', \%me);
other_pages_are_none();
several_over_one_line();
parts_of_files();
changes_are_told();
processes_go_and_come();
a_thousand_are_borne();
down('TW');
my $before = $port;
up('TW');
ok(link_of() ne '' && $port == $before, 'where it was');
down('TW');
is(scalar(grep { /process\.died name=(?:web|tls) (?!.*signal=9\b)/ }
    map { get($_) } glob 'TW/log/*'), 0, 'no process has ended of itself');
done_testing();
