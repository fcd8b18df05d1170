#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# People at a station, by command (docs/registry.md 6): two of them sign in
# with a passphrase and a phone's code; what is refused and what is said then;
# a lost phone; what a restart leaves; that no secret is told, logged or kept.
use strict;
use warnings;
use File::Find ();
use FindBin;
use Test::More;
use Time::HiRes qw(sleep time);

use lib $FindBin::Bin;
use Antin;
use Phone;
use Station;

my $lan = 'antin://vn/lan';
my $mai = 'antin://vn/mai';
my $pass = 'mot cau dai khong ai doan ra';
my $other = 'cau nay cua nguoi khac';
my @secrets;	# of phones, that there were
# ---- a phone ---------------------------------------------------------------

# What a picture in half blocks says, for a dark terminal: what is not drawn is
# dark.  By zbar, where it is there.
sub read_by_a_phone {
	my ($text) = @_;
	my %rows = ("\x{2588}" => '00', "\x{2580}" => '01',
	    "\x{2584}" => '10', ' ' => '11');
	my @bits;
	utf8::decode($text);
	for (grep { /^[\x{2580}\x{2584}\x{2588} ]{20,}$/ } split /\n/, $text) {
		my @two = map { [ split //, $rows{$_} ] } split //;
		push @bits, [ map { $_->[0] } @two ], [ map { $_->[1] } @two ];
	}
	my $n = @{ $bits[0] // [] };
	my $scale = 4;
	my $edge = 4 * $scale;	# the paper's
	my @lines = map { my $row = join '', map { $_ x $scale } @$_;
	    ('0' x $edge . $row . '0' x $edge) x $scale } @bits;
	my $wide = $n * $scale + 2 * $edge;
	unshift @lines, ('0' x $wide) x $edge;
	push @lines, ('0' x $wide) x $edge;
	put('qr.pbm', "P1\n$wide " . @lines . "\n",
	    map { join(' ', split //), "\n" } @lines);
	my $said = qx(zbarimg -q --raw qr.pbm 2>zbar.err);
	chomp $said;
	return $said;
}

# A code that is good now, in a file.
sub phone {
	my ($who) = @_;
	put("$who.code", phone_code($who), "\n");
	return ('--code-file', "$who.code");
}

# New codes by these words; the secret that was shown, in letters.
sub new_phone {
	my ($name, $who, @words) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	ends(0, $name, qw(user otp --station TW --passphrase-file),
	    "$who.pass", @words, $who) or return;
	my $letters = phone_letters($out) // return;
	phone_is($who, $letters);
	secret($letters);
	push @secrets, phone_of($who);
	return $letters;
}

sub in {
	my ($status, $text, $name, $who, @words) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return says($status, $text, $name, qw(user sign-in --station TW
	    --passphrase-file), "$who.pass", @words, $who);
}

sub users {
	return grep { $_->{row} eq 'user' } rows(qw(user list --station TW));
}

# The station has heard of both keys, which takes it a moment.
sub both_are_there {
	my $until = time + 60;
	sleep 0.2 while time < $until && users() < 2;
}

sub state_of {
	my ($address) = @_;
	my ($row) = grep { $_->{person} eq $address } users();
	return $row->{state} // 'nobody';
}

# ---- who there is ----------------------------------------------------------

sub there_is_a_station {
	my @rights = qw(--level toi-mat --precedence hoa-toc);
	secret($pass, $other);
	there_is_a_root('Ban');
	enrolled(\@root, 'tw', 'antin://vn', qw(--kind station), @rights);
	enrolled(\@root, 'vt', 'antin://vn/van-thu', @rights);
	person_enrols('lan', 'antin://vn', level => 'toi-mat', pass => $pass);
	person_enrols('mai', 'antin://vn', level => 'mat', pass => $other);
	ends(0, 'Lan is a clerk', qw(role give), @root, $lan,
	    qw(antin://vn/van-thu clerk));
	ends(0, 'Mai an administrator', qw(role give), @root, $mai,
	    qw(antin://vn/van-thu administrator));
	all_is_known();
	station_is_made('TW', 'tw', 'vt');
	up('TW');
}

sub keys_come_to_the_station {
	says(0, qr/^Nobody's key is at this station/, 'nobody is there',
	    qw(user list --station TW));
	says(1, qr/antin user add/, 'nobody signs in then',
	    qw(user sign-in --station TW --passphrase-file lan.pass));
	says(1, qr/not an enrolled person's key/, 'a desk is no person',
	    qw(user add --station TW --key vt.key));
	says(1, qr/antin user add/, 'nor a person a desk',
	    qw(station add-desk TW lan.key));
	says(0, qr/^Added; the station has been told/, 'Lan comes',
	    qw(user add --station TW --key lan.key));
	says(0, qr/^Added; the station has been told/, 'and Mai',
	    qw(user add --station TW --key mai.key));
	both_are_there();
	says(0, qr/^antin:\/\/vn\/lan  .*highly secret.*no: has no codes .*clerk \(van-thu\)$/m,
	    'the list shows who there is', qw(user list --station TW));
	like($out, qr/^antin:\/\/vn\/mai .*administrator \(van-thu\)$/m,
	    'and their roles');
	note($out);
}

# ---- signing in ------------------------------------------------------------

sub codes {
	put('none.code', "123456\n");
	in(1, qr/has no codes yet: antin user otp/, 'there are no codes yet',
	    'lan', qw(--code-file none.code));
	my $letters = new_phone('Lan gets codes for her passphrase', 'lan');
	ok($letters, 'in letters that a phone takes');
	SKIP: {
	skip 'there is no zbarimg', 1 if
	    !grep { -x "$_/zbarimg" } split /:/, $ENV{PATH};
	is(read_by_a_phone($out), "otpauth://totp/Antin:vn%2Flan?secret=" .
	    $letters . '&issuer=Antin', 'and as a picture');
	}
	ok(new_phone('and so does Mai', 'mai'), 'others');
	ok(phone_of('lan') ne phone_of('mai'), 'two have two');
}

sub two_sign_in {
	in(0, qr/^antin:\/\/vn\/lan is signed in until /m, 'Lan signs in',
	    'lan', phone('lan'));
	in(0, qr/^antin:\/\/vn\/mai is signed in until /m,
	    'so does Mai, beside her', 'mai', phone('mai'));
	is(state_of($lan) . state_of($mai), 'inin', 'both are in');
	says(0, qr/^antin:\/\/vn\/lan .* since .*, by /m, 'which the list says',
	    qw(user list --station TW));
	note($out);
	in(3, qr/not right; a code is good once/,
	    'a code is good once', 'lan', '--code-file', 'lan.code');
	in(3, qr/not right/, 'another\'s code is none', 'lan', '--code-file',
	    'none.code');
	is(state_of($lan), 'in', 'who was in stays in');
}

sub a_restart_forgets_sessions_and_no_code {
	down('TW');
	up('TW');
	both_are_there();
	is(state_of($lan) . state_of($mai), 'outout',
	    'after a restart nobody is in');
	in(3, qr/not right/, 'and no code is good again', 'lan',
	    '--code-file', 'lan.code');
	in(0, qr/is signed in/, 'the next one is', 'lan', phone('lan'));
	says(0, qr/is signed out/, 'she signs out', qw(user sign-out --station
	    TW lan));
	is(state_of($lan), 'out', 'and is out');
}

sub a_lost_phone {
	my $was = phone_of('lan');
	says(2, qr/Code on the phone/, 'without her phone she gets no new codes',
	    qw(user otp --station TW --passphrase-file lan.pass lan));
	says(3, qr/another person has to be signed in here/,
	    'nor by somebody who is not in', qw(user otp --by mai --station TW
	    --passphrase-file lan.pass lan));
	in(0, qr/is signed in/, 'an administrator signs in', 'mai',
	    phone('mai'));
	put('wrong.pass', "sai bet\n");
	says(3, qr/passphrase is not right/, 'her passphrase is wanted too',
	    qw(user otp --by mai --station TW --passphrase-file wrong.pass
	    lan));
	my $next = phone_code('lan');
	ok(new_phone('with both she does', 'lan', qw(--by mai)), 'new ones');
	ok(phone_of('lan') ne $was, 'others than before');
	put('lost.code', "$next\n");
	in(3, qr/not right/, 'the lost phone is good no more', 'lan',
	    qw(--code-file lost.code));
	in(0, qr/is signed in/, 'the new one is', 'lan', phone('lan'));
	says(3, qr/is no administrator/, 'a clerk gives nobody codes',
	    qw(user otp --by lan --station TW --passphrase-file mai.pass mai));
	says(0, qr/^All whom you had signed in are signed out/, 'all go',
	    qw(user sign-out --station TW));
	is(state_of($lan) . state_of($mai), 'outout', 'and are out');
}

sub wrong_tries {
	my @said;
	for (1 .. 5) {
		antin(qw(user sign-in --station TW --passphrase-file
		    wrong.pass --code-file none.code mai));
		push @said, $err;
	}
	is((grep { /not right/ } @said), 5, 'five wrong tries are heard');
	in(3, qr/wait \d+ seconds/, 'then she has to wait', 'mai',
	    phone('mai'));
}

# ---- what is left ----------------------------------------------------------

sub it_is_written_down {
	says(0, qr/a person at the station: $lan: signed in$/m,
	    'the journal has it', qw(journal show --station TW));
	like($out, qr/$lan: new codes, by an administrator\n.*$mai: by this/,
	    'and by whom she got new codes');
	like($out, qr/$mai: wrong tries, has to wait$/m, 'and wrong tries');
	ends(0, 'and is whole', qw(journal verify --station TW
	    --directory all));
	my $log = get('TW/log/antind.log');
	$log = join '', map { get($_) } glob 'TW/log/*' if $log eq '';
	like($log, qr/event=user\.signed_in person=antin:\/\/vn\/lan/,
	    'the log says who signed in');
	like($log, qr/event=registry\.key_made/, 'and that there is a key');
}

sub no_secret_is_left {
	my @in;
	File::Find::find({ no_chdir => 1, wanted => sub {
		-f $_ && !/\.key$/ or return;
		push @in, $_ if secrets_in(get($_));
		push @in, "$_ (raw)" if
		    grep { index(get($File::Find::name), $_) >= 0 } @secrets;
	} }, 'TW');
	is("@in", '', 'no passphrase and no secret is in the station\'s folder');
	is("@told", '', 'nor was told again');
}

there_is_a_station();
keys_come_to_the_station();
codes();
two_sign_in();
a_restart_forgets_sessions_and_no_code();
a_lost_phone();
wrong_tries();
it_is_written_down();
down('TW');
no_secret_is_left();
done_testing();
