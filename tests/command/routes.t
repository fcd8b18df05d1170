#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# Each route of the interface, as its description has it (docs/desk.md 3),
# asked of a station by somebody who may not: without a session, without its
# token or with another's, for another site's page, by another method, with
# nobody signed in, without the role, with a body of another type or of too many
# bytes.  Each is refused by the gate and for that reason; the same request by
# who may is not, and nothing was changed before.
use strict;
use warnings;
use FindBin;
use HTTP::Tiny;
use JSON::PP;
use Test::More;
use Time::HiRes qw(sleep time);

use lib $FindBin::Bin, "$FindBin::Bin/../web";
use Antin;
use Browser;
use Phone;
use Station;

my $json = JSON::PP->new->utf8->canonical;
my $id = 'c0ffee00' x 4;
my $port = free_port();
my @routes;	# each { method, path, needs, body, raw }
my %far;	# the session by TLS

# ---- what there is to ask ----------------------------------------------------

# A value that a field takes.
sub value_of {
	my ($s) = @_;
	my $type = $s->{type};
	return $s->{minimum} // 1795392000 if $type eq 'integer';
	return JSON::PP::true if $type eq 'boolean';
	return ['abcd'] if $type eq 'array' && $s->{items}{type} eq 'string';
	return [{ upload => $id }] if $type eq 'array';
	return { subject => 'abcd' } if $type eq 'object';
	return $id if $s->{pattern};
	return 'antin://vn/van-thu' if ($s->{format} // '') eq 'uri';
	return substr 'abcd', 0, $s->{maxLength} // 4;
}

sub escaped { return $_[0] =~ s/([^A-Za-z0-9._~-])/sprintf '%%%02X', ord $1/ger }

sub route_of {
	my ($method, $path, $op) = @_;
	my @query;
	for (@{ $op->{parameters} }) {
		my $v = value_of($_->{schema});
		$v = 'true' if ref $v;
		if ($_->{in} eq 'path') {
			$path =~ s/\{\Q$_->{name}\E\}/escaped($v)/e;
		} else {
			push @query, "$_->{name}=" . escaped($v);
		}
	}
	my $content = $op->{requestBody}{content} // {};
	my $of = $content->{'application/json'}{schema}{properties} // {};
	my $raw = exists $content->{'application/octet-stream'};
	return { method => uc $method, needs => $op->{'x-needs'}, raw => $raw,
	    path => join('?', $path, @query ? join('&', @query) : ()),
	    body => $method eq 'get' || $method eq 'delete' ? undef :
	    $raw ? 'abcd' :
	    $json->encode({ map { $_ => value_of($of->{$_}) } keys %$of }) };
}

sub routes_are_described {
	antin(qw(desk --openapi));
	my $paths = $json->decode($out)->{paths};
	for my $path (sort keys %$paths) {
		push @routes, route_of($_, $path, $paths->{$path}{$_})
		    for sort keys %{ $paths->{$path} };
	}
	cmp_ok(@routes, '>', 60, 'the interface has ' . @routes . ' routes');
	my %needs = map { $_->{needs} => 1 } @routes;
	is("@{[sort keys %needs]}", 'begun nothing person runs session',
	    'of all needs');
	# none that says less than docs/desk.md 3.9
	my %told = map { /^\| ([A-Z]+) \| `(\S+)` \| (\w+) \|/ ?
	    ("$1 /api/1$2" => $3) : () } split /^/,
	    get("$FindBin::Bin/../../docs/desk.md");
	my %is = map { my $p = $_; map { uc("$_") . " $p" =>
	    $paths->{$p}{$_}{'x-needs'} } keys %{ $paths->{$p} } } keys %$paths;
	is_deeply(\%is, \%told, 'the page has each with what it needs');
}

sub changes { return $_[0]{method} ne 'GET' }

# ---- a station ---------------------------------------------------------------

sub there_is_a_station {
	my @rights = qw(--level toi-mat --precedence hoa-toc);
	there_is_a_root('Ban');
	enrolled(\@root, 'tw', 'antin://vn', qw(--kind station), @rights);
	enrolled(\@root, 'vt', 'antin://vn/van-thu', @rights);
	# each signs in by one session at a time
	person_enrols($_, 'antin://vn', level => 'toi-mat',
	    roles => [ 'clerk' ]) for qw(lan mai);
	person_enrols('ha', 'antin://vn', level => 'toi-mat',
	    roles => [ 'administrator' ]);
	all_is_known();
	station_is_made('TW', 'tw', 'vt');
	put('TW/antind.conf', get('TW/antind.conf'),
	    "web.tls 127.0.0.1:$port\nweb.name tram.vn\n");
	up('TW');
	key_comes($_, 'TW') for qw(lan mai ha);
	ok(phone_gets($_, 'TW'), "$_ has a phone") for qw(lan mai ha);
}

sub signs_in_by_page {
	my ($who, $b) = @_;
	$b->post('/session/sign-in', { person => "antin://vn/$who",
	    passphrase => "cau mat khau cua $who", code => phone_code($who) });
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	$b->was(200, "$who signs in");
}

# ---- asking ------------------------------------------------------------------

my $http = HTTP::Tiny->new(timeout => 60, keep_alive => 1);

# Headers of a good request of a session; then these, of which undef is none.
sub asked {
	my ($b, $r, %headers) = @_;
	my %h = (Origin => $b->{at}, 'Accept-Language' => 'en',
	    'Content-Type' => $r->{raw} ? 'application/octet-stream' :
	    'application/json', %headers);
	$h{Cookie} = $b->{cookie} if !exists $h{Cookie};
	$h{'X-Antin'} = $b->{csrf} if !exists $h{'X-Antin'} && changes($r);
	delete $h{'Content-Type'} if !defined $r->{body};
	delete $h{$_} for grep { !defined $h{$_} } keys %h;
	my $got;
	for (1 .. 60) { # who asks too often waits, as a page does
		$got = $http->request($r->{method}, "$b->{at}$r->{path}",
		    { headers => \%h, defined $r->{body} ?
		    (content => $r->{body}) : () });
		last if $got->{status} ne '429';
		sleep 0.5;
	}
	my $said = eval { $json->decode($got->{content}) };
	return ($got->{status}, ref $said eq 'HASH' ?
	    $said->{error}{text} // '' : '');
}

# Each of these routes is refused by this status and in these words.
sub all_refused {
	my ($name, $status, $text, $b, $of, %headers) = @_;
	my @bad;
	for (@$of) {
		my ($got, $said) = asked($b, $_, %headers);
		push @bad, "$_->{method} $_->{path}: $got $said"
		    if $got ne $status || $said !~ $text;
	}
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	ok(@$of && !@bad, "$name (" . @$of . ')') or diag(join "\n", @bad);
}

my $none = qr/^there is no session$/;
my $foreign = qr/^this was asked by a page that is not the station's$/;
my $earlier = qr/^this page is of an earlier session/;
my $nobody = qr/^nobody is signed in$/;
my $gate = qr/$none|$foreign|$earlier|$nobody/;

# ---- who may not -------------------------------------------------------------

sub nobody_gets_in {
	my @of = grep { $_->{needs} ne 'nothing' } @routes;
	my $b = Browser->new('TW');
	all_refused('no route answers without a session', 401, $none, $b,
	    \@of, Cookie => undef);
	all_refused('or by a cookie that is none', 401, $none, $b, \@of,
	    Cookie => $b->{cookie} =~ s/=.*/'=' . 'A' x 43/er);
	all_refused('or by the token in its place', 401, $none, $b, \@of,
	    Cookie => $b->{cookie} =~ s/=.*/=$b->{csrf}/r);
}

sub what_changes_has_the_token {
	my ($b, $other) = map { Browser->new('TW') } 1 .. 2;
	my @of = grep { changes($_) && $_->{needs} ne 'nothing' } @routes;
	all_refused('nothing is changed without the token', 403, $earlier, $b,
	    \@of, 'X-Antin' => undef);
	all_refused('or by an empty one', 403, $earlier, $b, \@of,
	    'X-Antin' => '');
	all_refused('or by that of another session', 403, $earlier, $b, \@of,
	    'X-Antin' => $other->{csrf});
	all_refused('or by the cookie', 403, $earlier, $b, \@of, 'X-Antin' =>
	    $b->{cookie} =~ s/.*=//r);
}

sub another_page_asks_in_vain {
	my @all = @routes;
	my @of = grep { changes($_) } @all;
	my @sites = ([ 'another site', Origin => 'http://evil.vn' ],
	    [ 'another port', Origin => 'http://127.0.0.1:1' ],
	    [ 'no origin at all', Origin => 'null' ],
	    [ 'what says another site', 'Sec-Fetch-Site' => 'cross-site' ],
	    [ 'a site beside it', 'Sec-Fetch-Site' => 'same-site' ]);
	for (@sites) {
		my ($name, @says) = @$_;
		all_refused("no route answers a page of $name", 403, $foreign,
		    Browser->new('TW'), \@all, @says);
		all_refused('or where that is all it says', 403, $foreign,
		    Browser->new('TW'), \@all, Origin => undef, @says)
		    if $says[0] ne 'Origin';
	}
	my $b = Browser->new('TW');
	all_refused('nothing is changed by who does not say where from', 403,
	    $foreign, $b, \@of, Origin => undef);
	all_refused('or by an address that was typed', 403, $foreign, $b, \@of,
	    Origin => undef, 'Sec-Fetch-Site' => 'none');
}

sub nothing_changes_by_get {
	my $b = Browser->new('TW');
	my %get = map { $_->{path} =~ s/\?.*//r => 1 }
	    grep { !changes($_) } @routes;
	my @of = map { { %$_, method => 'GET', body => undef } }
	    grep { changes($_) && !$get{$_->{path} =~ s/\?.*//r} } @routes;
	my $not = qr/^this address is not asked so$/;
	all_refused('what changes something does not by GET', 405, $not, $b,
	    \@of);
	all_refused("nor by one that says $_", 405, $not, $b, \@of,
	    $_ => 'POST') for qw(X-HTTP-Method-Override X-HTTP-Method);
	all_refused('nor by another method', 405, $not, $b,
	    [ map { { %$_, method => 'PATCH' } } grep { changes($_) }
	    @routes ]);
}

sub nobody_is_signed_in {
	my @of = grep { $_->{needs} eq 'person' } @routes;
	all_refused('without a person there is nothing for a person', 403,
	    $nobody, Browser->new('TW'), \@of);
}

sub bodies_are_json_of_a_size {
	my $b = Browser->new('TW');
	signs_in_by_page('mai', $b);
	my @of = grep { defined $_->{body} && !$_->{raw} } @routes;
	for my $type ('text/plain', 'application/x-www-form-urlencoded',
	    'multipart/form-data; boundary=a', 'application/jsonp', undef) {
		all_refused('no body is ' . ($type // 'of no type'), 415,
		    qr/^the body is no JSON object$/, $b, \@of,
		    'Content-Type' => $type);
	}
	all_refused('no body is too long', 413, qr/^the body has over \d+ /,
	    $b, [ map { { %$_, body => ' ' x ($_->{needs} =~
	    /nothing|begun/ ? 4097 : 262145) } } @of ]);
	for (['two objects', '{}{}'], [ 'a list', '[{}]' ],
	    [ 'no UTF-8', "{\"a\":\"\xff\"}" ], [ 'a mark before it',
	    "\xef\xbb\xbf{}" ], [ 'UTF-16', "{\0}\0" ],
	    [ 'a name twice', '{"a":1,"a":1}' ]) {
		my ($name, $body) = @$_;
		all_refused("no body is $name", 400,
		    qr/^the body is no JSON object$/, $b,
		    [ map { { %$_, body => $body } } @of ]);
	}
}

# ---- from another machine ----------------------------------------------------

sub asked_afar {
	my ($r) = @_;
	my $content = $r->{body} // '';
	my %h = (Host => "tram.vn:$port", Origin => "https://tram.vn:$port",
	    Connection => 'close', 'Accept-Language' => 'en', 'Content-Type' =>
	    $r->{raw} ? 'application/octet-stream' : 'application/json');
	$h{'Content-Length'} = length $content if changes($r);
	$h{Cookie} = "__Host-antin=$far{cookie}" if $far{cookie};
	$h{'X-Antin'} = $far{csrf} if $far{csrf} && changes($r);
	put('far.in', "$r->{method} $r->{path} HTTP/1.1\r\n",
	    (map { "$_: $h{$_}\r\n" } sort keys %h), "\r\n", $content);
	my $said = qx(timeout 60 openssl s_client -connect 127.0.0.1:$port \\
	    -servername tram.vn -quiet <far.in 2>far.err);
	my ($head, $text) = split /\r\n\r\n/, $said, 2;
	$far{cookie} = $1 if ($head // '') =~ /__Host-antin=([\w-]+)/;
	my ($status) = ($head // '') =~ m{^HTTP/1.1 (\d+)};
	my $all = eval { $json->decode($text) } // {};
	return ($status // get('far.err'), $all->{error}{text} // '', $all);
}

sub all_refused_afar {
	my ($name, $text, @of) = @_;
	my @bad;
	for (@of) {
		my ($got, $said) = asked_afar($_);
		push @bad, "$_->{method} $_->{path}: $got $said"
		    if $got ne '403' || $said !~ $text;
	}
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	ok(@of && !@bad, "$name (" . @of . ')') or diag(join "\n", @bad);
}

sub comes_from_afar {
	my ($who) = @_;
	%far = ();
	my ($got, undef, $all) = asked_afar({ method => 'POST', path =>
	    '/api/1/session', body => '{}' });
	$far{csrf} = $all->{csrf};
	return $got eq '200' if !defined $who;
	($got) = asked_afar({ method => 'POST', path =>
	    '/api/1/session/sign-in', body => $json->encode({ person =>
	    "antin://vn/$who", passphrase => "cau mat khau cua $who",
	    code => phone_code($who) }) });
	return $got eq '200';
}

sub another_machine_does_less {
	my @known = grep { $_->{needs} !~ /nothing|begun/ } @routes;
	my @runs = grep { $_->{needs} eq 'runs' } @routes;
	my $only = qr/^this is for an administrator or a duty officer/;
	ok(comes_from_afar(), 'a session begins by TLS');
	all_refused_afar('who is unknown gets none of the rest', $nobody,
	    @known);
	ok(comes_from_afar('mai'), 'a clerk signs in there');
	all_refused_afar('but runs nothing', $only, @runs);
	ok(comes_from_afar('ha'), 'as does an administrator');
	my @bad = grep { my ($got, $said) = asked_afar($_);
	    $got !~ /^[245]\d\d$/ || $said =~ /$only|$gate/ } @runs;
	is("@{[map { $_->{path} } @bad]}", '', 'who runs it');
}

# ---- who may -----------------------------------------------------------------

# The last of a session's are asked last.
sub who_may_gets_through {
	my ($b) = @_;
	my @of = grep { $_->{path} ne '/api/1/events' } @routes; # never ends
	my @bad;
	for ((grep { $_->{path} !~ m{/session} } @of),
	    (grep { $_->{path} =~ m{/session} } @of)) {
		next if $_->{path} eq '/api/1/session/end';
		my ($got, $said) = asked($b, $_);
		push @bad, "$_->{method} $_->{path}: $got $said"
		    if $got !~ /^(?:200|400|403|404|409|410|413|503)$/ ||
		    $said =~ $gate || $said eq 'the body is no JSON object' ||
		    $said =~ /a field that this request does not have/;
	}
	ok(!@bad, 'the same requests by who may are heard (' . (@of - 1) . ')')
	    or diag(join "\n", @bad);
}

routes_are_described();
there_is_a_station();
my $lan = Browser->new('TW');
signs_in_by_page('lan', $lan);
my %draft = (desk => 'antin://vn/van-thu', as => 'antin://vn/lan');
$lan->ask('PUT', "/drafts/$id", $json->encode({ %draft, title => 'as it was',
    data => '{}' }), 'Content-Type' => 'application/json');
$lan->was(200, 'lan keeps a draft');
nobody_gets_in();
what_changes_has_the_token();
another_page_asks_in_vain();
nothing_changes_by_get();
nobody_is_signed_in();
bodies_are_json_of_a_size();
another_machine_does_less();
is($lan->get("/drafts/$id", %draft)->{title}, 'as it was',
    'what she has kept is as it was');
is(@{ $lan->get('/session')->{persons} }, 1, 'and she is in');
who_may_gets_through($lan);
$lan->post('/session/end');
$lan->was(200, 'her session ends when she ends it');
down('TW');
done_testing();
