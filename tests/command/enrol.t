#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# Enrolment, step by step and out of step: who is certified and who is not,
# whatever is wrong with a code, the words, a message or the moment; new keys,
# lost keys, and what is left when the machine stops.
use strict;
use warnings;
use File::Copy qw(copy);
use File::Path qw(remove_tree);
use FindBin;
use Test::More;
use Time::HiRes qw(sleep time);
use Unicode::Normalize qw(NFD);

use lib $FindBin::Bin;
use Antin;
use Station;

my @db = qw(--directory db.directory --key db.key);	# Điện Biên
my @lc = qw(--directory lc.directory --key lc.key);	# Lào Cai
my @desk = qw(--level mat --precedence khan);
my $vt = 'antin://dien-bien.vn/van-thu';
my $gui = 'antin://dien-bien.vn/gui';

sub acts_of {
	my ($directory, $address) = @_;
	antin(qw(directory show --json --directory), $directory) eq '0' or
	    return "no directory: $err";
	my ($u) = grep { ($_->{address} // '') eq $address }
	    @{ JSON::PP->new->utf8->decode($out)->{units} };
	return $u->{log}{acts} // 0;
}

# Carry to this directory what the province knows.
sub told {
	return antin(qw(directory write --force --for antin://dien-bien.vn
	    --directory db.directory delta)) eq '0' &&
	    antin(qw(directory apply delta --directory), @_) eq '0';
}

sub alarms {
	antin(qw(directory show --json --directory), @_);
	return @{ JSON::PP->new->utf8->decode($out)->{alarms} };
}

sub fingerprint {
	antin(qw(key show --json), @_);
	return JSON::PP->new->utf8->decode($out)->[0]{signing}{fingerprint};
}

# ---- who there is ------------------------------------------------------------

sub everybody_is_enrolled {
	there_is_a_root('Ban', [ 'dien-bien.vn', 'Tỉnh Điện Biên' ],
	    [ 'lao-cai.vn', 'Tỉnh Lào Cai' ]);
	my @tinh = qw(--kind authority --level toi-mat --precedence hoa-toc);
	enrolled(\@root, 'db', 'antin://dien-bien.vn', @tinh, qw(--depth 1));
	enrolled(\@root, 'lc', 'antin://lao-cai.vn', @tinh);
	enrolled(\@db, 'vt', $vt, @desk);
	enrolled(\@db, 'an', 'antin://dien-bien.vn/an', qw(--kind person),
	    @desk);
	enrolled(\@db, 'st', 'antin://dien-bien.vn', @desk);
	enrolled(\@db, 'gui', $gui, @desk);
	enrolled(\@lc, 'lcvt', 'antin://lao-cai.vn/van-thu', @desk);
	ok(told('vt.directory'), 'the first hears of the others');
	is(join(' ', map { sprintf '%o', (stat)[2] & 07777 } qw(vt.key vt.pub
	    vt.directory vt.request vt.answer vt.inv db.directory.invites
	    db.directory.escrow)), '600 644 644 644 644 644 700 700',
	    'what is to be sent may be read, the rest not');
	ok(!-e 'vt.pending', 'nothing is waited for any more');
	antin(qw(cert show --json --directory st.directory antin://dien-bien.vn
	    antin://dien-bien.vn/van-thu antin://dien-bien.vn/an));
	is(join(' ', sort map { "$_->{kind}:$_->{use}" } @{ json() }),
	    'authority:signs desk:opens desk:signs person:signs ' .
	    'station:opens station:signs', 'each of its kind: an authority ' .
	    'that one person can be opens nothing');
	put('t.txt', "một văn bản\n");
	ends(0, 'the person signs', qw(sign --key an.key t.txt));
	says(0, qr/Tên an/, 'which the directory knows', qw(verify
	    --directory vt.directory t.txt));
	my @seal = (qw(seal --force --text t.txt --out t.antin --directory
	    vt.directory --key));
	ends(0, 'the desk seals', @seal, qw(gui.key --to), $vt);
	ends(0, 'and opens', qw(open --into t.open --directory vt.directory
	    --key vt.key t.antin));
	refused_all('a person or a station neither opens nor is sealed for', 1,
	    [], [ 'opens', qr/person's key/, qw(open --into x --directory
	    vt.directory --key an.key t.antin) ],
	    [ 'a station opens', qr/no slip for this key/, qw(open --into x
	    --directory vt.directory --key st.key t.antin) ],
	    [ 'is sealed for', qr/person|no key/, @seal, qw(gui.key --to
	    antin://dien-bien.vn/an) ],
	    [ 'a station', qr/is a station; dispatches go to desks/, @seal,
	    qw(gui.key --to antin://dien-bien.vn) ],
	    [ 'seals', qr/not a desk's key/, @seal, 'an.key', '--to', $vt ],
	    [ 'so does a station', qr/not a desk's key/, @seal, 'st.key',
	    '--to', $vt ]);
	remove_tree('t.open');
}

# ---- invitations that are not given ------------------------------------------

sub nobody_is_invited_beyond_the_authority {
	my $inv = sub { (qw(enrol invite --name N), @_, 'x.inv') };
	my $was = get('db.directory');
	refused_all('nobody gets more than the authority has', 3, \@db,
	    [ 'a level', qr/nobody more than it has/, $inv->($vt,
	    qw(--level tuyet-mat)) ],
	    [ 'a level for a person', qr/nobody more than it has/, $inv->(
	    'antin://dien-bien.vn/x', qw(--kind person --level tuyet-mat)) ],
	    [ 'another province', qr/its own subtree only/, $inv->(
	    'antin://lao-cai.vn/x') ],
	    [ 'the unit above', qr/its own subtree only/, $inv->(
	    'antin://vn/x') ],
	    [ 'itself', qr/its own subtree only/, $inv->(
	    'antin://dien-bien.vn', qw(--kind authority)) ]);
	refused_all('nor where there is no unit', 1, \@db,
	    [ 'none', qr/no unit "xa\.dien-bien\.vn".*unit new/, $inv->(
	    'antin://xa.dien-bien.vn/van-thu') ],
	    [ 'none at all', qr/no unit/, $inv->('antin://nowhere') ],
	    [ 'a host that only begins so', qr/no unit/, $inv->(
	    'antin://dien-bien.vn.evil/x') ]);
	refused_all('nor of another kind than the address', 2, \@db,
	    [ 'a kind there is not', qr/--kind wants desk, person/, $inv->($vt,
	    qw(--kind minister)) ],
	    [ 'a level there is not', qr/--level wants/, $inv->($vt,
	    qw(--level top)) ],
	    [ 'a precedence there is not', qr/a precedence is/, $inv->($vt,
	    qw(--precedence now)) ],
	    [ 'a depth', qr/--depth wants a number/, $inv->($vt,
	    qw(--depth 16)) ],
	    [ 'no address', qr/is no address/, $inv->('dien-bien.vn/x') ],
	    [ 'capitals', qr/is no address/, $inv->('antin://Dien-Bien.vn/x') ],
	    [ 'two parts', qr/is no address/, $inv->(
	    'antin://dien-bien.vn/x/y') ],
	    [ 'no name', qr/--name is wanted/, qw(enrol invite), $vt, 'x.inv' ],
	    [ 'an empty name', qr/--name is empty/, qw(enrol invite --name),
	    " \xe2\x80\x8b", $vt, 'x.inv' ],
	    [ 'nothing', qr/wanted: antin enrol invite ADDRESS INVITATION/,
	    qw(enrol invite) ]);
	{
		for ([ 'antin://dien-bien.vn/x', 'station' ],
		    [ 'antin://dien-bien.vn', 'desk' ],
		    [ 'antin://dien-bien.vn', 'person' ],
		    [ 'antin://dien-bien.vn/van-thu', 'person' ]) {
			my ($address, $kind) = @$_;
			isnt(antin($inv->($address, '--kind', $kind), @db), 0,
			    "no $kind is invited to $address");
			unlink 'x.inv';
		}
	}
	remove_tree('db.directory.invites');
	ends(0, 'a commune', qw(unit new antin://xa.lao-cai.vn --name Xa --class
	    xa), @lc);
	{
		isnt(antin($inv->('antin://xa.lao-cai.vn', qw(--kind
		    authority)), @lc), 0, 'nor is an authority where there ' .
		    'is to be none below');
	}
	unlink 'x.inv';
	says(3, qr/not of the set|no authority's in this directory/,
	    'a desk invites nobody', $inv->($vt), qw(--directory db.directory
	    --key vt.key));
	says(3, qr/no authority's in this directory/, 'nor an authority that ' .
	    'is unknown there', $inv->($vt), qw(--directory lc.directory --key
	    db.key));
	ok(!-e 'x.inv' && get('db.directory') eq $was, 'and nothing is left');
}

# A person for a desk's address, a desk for a person's: the authority finds out.
sub kinds_do_not_mix {
	my $was = get('db.directory');
	for ([ 'person', $vt ], [ 'desk', 'antin://dien-bien.vn/an' ]) {
		my ($kind, $address) = @$_;
		invited(\@db, 'mix', $address, '--kind', $kind) or next;
		my $words = requested('mix');
		is(issued(\@db, 'mix', $words), '3', "no $kind gets $address");
		like($err, qr/^antin enrol issue: ./, 'and it says why');
	}
	same('db.directory', $was, 'and nothing was decided');
	remove_tree('db.directory.invites');
}

# ---- codes and words ---------------------------------------------------------

sub only_the_code_makes_a_request {
	ok(invited(\@db, 'c', 'antin://dien-bien.vn/c', @desk), 'a desk is ' .
	    'invited');
	my $code = get('c.code');
	my @r = qw(enrol request --force --no-passphrase c --invitation c.inv
	    --code-file typed);
	my %typed = (
		'lower case' => lc $code,
		'no groups' => $code =~ s/-//gr,
		'blanks' => $code =~ s/-/ /gr,
		'letters for digits' => $code =~ tr/01/OL/r,
	);
	for (sort keys %typed) {
		put('typed', $typed{$_});
		ends(0, "a code is typed in any way: $_", @r);
	}
	put('typed', '7KQD-22MX-9RTA');
	says(3, qr/code/, 'with another there is no request', @r);
	my @bad;
	for ('7KQD-22MX-9RT', '7KQD-22MX-9RTAA', '7KQD-22MX-9RTU', 'x',
	    "\xff\xff", '7KQD22MX9RT!') {
		put('typed', $_);
		my $status = antin(@r);
		push @bad, "$_: $status $err" if $status !~ /^[12]$/ ||
		    $err !~ /code|text/;
	}
	ok(!@bad, 'nor with what is no code') or diag(@bad);
	put('typed', "\n");
	says(2, qr/no one-time code/, 'nor with none', @r);
	{
		unlike($err, qr/passphrase/, 'and it asks for the code');
	}
	says(2, qr/--passphrase-file|--code-file/, 'nor unasked', @r[0 .. 6]);
	{
		like($err, qr/--code-file/, 'and it asks for the right file');
	}
}

sub only_the_right_words_certify {
	put('typed', get('c.code'));
	my $words = requested('c');
	my @w = split ' ', $words;
	is(scalar @w, 8, 'a request has eight check words');
	my $try = sub { (qw(enrol issue --force c.request c.answer --words),
	    $_[0]) };
	my @other = grep { $_ ne $w[0] } qw(voi xoài yên);
	my $was = get('db.directory');
	refused_all('other words do not certify', 3, \@db,
	    [ 'one is another', qr/Nothing was issued/, $try->(
	    "$other[0] @w[1 .. 7]") ],
	    [ 'the last is', qr/Nothing was issued/, $try->(
	    "@w[0 .. 6] " . ($w[7] eq 'voi' ? 'yên' : 'voi')) ],
	    [ 'one less', qr/Nothing was issued/, $try->("@w[0 .. 6]") ],
	    [ 'one more', qr/Nothing was issued/, $try->("@w $w[0]") ],
	    [ 'turned', qr/Nothing was issued/, $try->(
	    "@w[1 .. 7] $w[0]") ],
	    [ 'none', qr/Nothing was issued/, $try->('') ]);
	refused_all('nor words there are not', 2, \@db,
	    [ 'one', qr/"xyzzy" is none of the check words/, $try->(
	    "@w[0 .. 6] xyzzy") ],
	    [ 'not asked at a terminal', qr/--words/, qw(enrol issue --force
	    c.request c.answer) ]);
	ok(!-e 'c.answer' && get('db.directory') eq $was, 'and nothing is ' .
	    'made');
	antin(qw(enrol request --force --no-passphrase other --invitation c.inv
	    --code-file c.code));
	says(3, qr/changed on the way, or somebody else/, 'nor another ' .
	    'request by the same code', qw(enrol issue other.request x.answer
	    --words), $words, @db);
	utf8::decode(my $plain = $words);
	$plain = uc(NFD($plain =~ s/\x{111}/d/gr) =~ s/\p{Mn}//gr);
	says(0, qr/Certified: antin:\/\/dien-bien\.vn\/c/, 'words without ' .
	    'diacritics, in capitals, do', qw(enrol issue c.request c.answer
	    --words), $plain =~ s/ /, /gr, @db);
	is(antin(qw(enrol accept c c.answer)), 0, 'and are taken');
	# somebody else who had the code, and is later
	is(issued(\@db, 'other', 'voi'), 1, 'a code works once');
	like($err, qr/the invitation was used for another request/, 'it says');
}

# Of its own authority: what it decides afterwards is of that day, too.
sub an_invitation_ends {
	ok(invited(\@lc, 'late', 'antin://lao-cai.vn/late'), 'an invitation');
	my $words = requested('late');
	later(15, sub {
		says(4, qr/has expired/, 'is too old after 15 days', qw(enrol
		    request x --no-passphrase --invitation late.inv
		    --code-file late.code));
		is(issued(\@lc, 'late', $words), 4, 'as is its request');
		like($err, qr/has expired/, 'and it says so');
	});
	later(13, sub {
		is(issued(\@lc, 'late', $words), 0, 'after 13 days it holds');
	});
}

# ---- messages that were changed ----------------------------------------------

sub whatever_is_changed_is_refused {
	ok(invited(\@db, 'ch', 'antin://dien-bien.vn/ch', @desk), 'a desk');
	my $inv = get('ch.inv');
	my @bad;
	my $try = sub {
		my ($what, $path, $bytes, $may, @argv) = @_;
		put($path, $bytes);
		my $status = antin(@argv);
		push @bad, "$what: $status $out$err" if $status !~ $may ||
		    $err !~ /^antin enrol \w+: ./;
	};
	my $each = sub {	# places of a message
		my ($bytes, $n) = @_;
		my $l = length $bytes;
		return (0 .. 3, $l - 1, map { int rand $l } 1 .. $n);
	};
	my @ask = qw(enrol request x --no-passphrase --invitation box
	    --code-file ch.code);
	$try->("invitation, byte $_", 'box', flip($inv, $_, int rand 8),
	    qr/^[123]$/, @ask) for $each->($inv, $san ? 3 : 8);
	$try->("invitation to byte $_", 'box', substr($inv, 0, $_), qr/^1$/,
	    @ask) for 0, 1, 100, length($inv) - 1;
	$try->('invitation and more', 'box', "$inv\0", qr/^1$/, @ask);
	ok(!@bad && !-e 'x.key', 'no changed invitation is answered') or
	    diag("seed $seed\n", @bad);

	my $words = requested('ch');
	my $req = get('ch.request');
	my $was = get('db.directory');
	my @issue = (qw(enrol issue box y.answer --words), $words, @db);
	@bad = ();
	$try->("request, byte $_", 'box', flip($req, $_, int rand 8),
	    qr/^[13]$/, @issue) for $each->($req, $san ? 10 : 36);
	$try->("request to byte $_", 'box', substr($req, 0, $_), qr/^1$/,
	    @issue) for 0, 1, 5000, length($req) - 1;
	$try->('request and more', 'box', "$req\0", qr/^1$/, @issue);
	ok(!@bad && !-e 'y.answer' && get('db.directory') eq $was,
	    'no changed request is certified') or diag("seed $seed\n",
	    @bad);

	is(issued(\@db, 'ch', $words), 0, 'what was not changed is');
	my $ans = get('ch.answer');
	my $key = get('ch.key');
	my @take = qw(enrol accept ch box);
	@bad = ();
	$try->("answer, byte $_", 'box', flip($ans, $_, int rand 8),
	    qr/^[13]$/, @take) for $each->($ans, $san ? 10 : 36);
	$try->("answer to byte $_", 'box', substr($ans, 0, $_), qr/^1$/,
	    @take) for 0, 1, 5000, length($ans) - 1;
	$try->('answer and more', 'box', "$ans\0", qr/^1$/, @take);
	ok(!@bad && !-e 'ch.directory' && get('ch.key') eq $key,
	    'no changed answer is taken') or diag("seed $seed\n", @bad);
	says(3, qr/answers another request/, 'nor another\'s', qw(enrol accept
	    ch vt.answer));
	ends(1, 'nor a request', qw(enrol accept ch ch.request));
	ends(1, 'nor a directory', qw(enrol accept ch db.directory));
	says(3, qr/another root|under another/, 'nor into a directory of ' .
	    'another root', qw(enrol accept ch ch.answer --directory
	    o/directory)) if other_root();
	ok(-e 'ch.pending', 'it still waits');
	ends(0, 'for the right one', qw(enrol accept ch ch.answer));
	says(1, qr/it was accepted/, 'which is taken once', qw(enrol accept ch
	    ch.answer));
	unlink qw(box y.answer);
}

sub other_root {
	return antin(ceremony(qw(o 2 --purpose root --unit us --suite A --class
	    c --quorum 2 --name Other))) eq '0';
}

sub another_authority_certifies_nobody {
	ok(invited(\@db, 'th', 'antin://dien-bien.vn/th'), 'one is invited');
	my $words = requested('th');
	is(issued(\@lc, 'th', $words), 1, 'by another authority it is not ' .
	    'certified');
	like($err, qr/no invitation is out.*another authority's/, 'it says');
	is(issued(\@root, 'th', $words), 1, 'nor by the one above');
	mkdir 'lc.directory.invites';
	copy($_, 'lc.directory.invites/') for glob 'db.directory.invites/*';
	is(issued(\@lc, 'th', $words), 3, 'not even with its papers');
	remove_tree('lc.directory.invites');
	is(issued(\@db, 'th', $words), 0, 'but by its own');
}

sub a_passphrase_is_asked {
	put('pass', "một câu mật khẩu\n");
	put('wrong', "câu khác\n");
	secret('một câu mật khẩu');
	ok(invited(\@db, 'pp', 'antin://dien-bien.vn/pp'), 'one is invited');
	my $words = requested(qw(pp --passphrase-file pass));
	is(issued(\@db, 'pp', $words), 0, 'and certified');
	ends(3, 'with a wrong passphrase nothing is taken', qw(enrol accept pp
	    pp.answer --passphrase-file wrong));
	ok(-e 'pp.pending' && !-e 'pp.directory', 'and it still waits');
	ends(0, 'with the right one it is', qw(enrol accept pp pp.answer
	    --passphrase-file pass));
	ends(3, 'the key stays under it', qw(sign --key pp.key
	    --passphrase-file wrong t.txt --out x.sig));
}

# ---- an answer that was lost -------------------------------------------------

sub an_answer_that_was_lost_is_given_again {
	ok(invited(\@db, 'lost', 'antin://dien-bien.vn/lost', @desk), 'one');
	my $words = requested('lost');
	is(antin(qw(enrol issue lost.request no/such/answer --words), $words,
	    @db), 5, 'who cannot write the answer says so');
	my $acts = acts_of('db.directory', 'antin://dien-bien.vn');
	is(issued(\@db, 'lost', $words), 0, 'and gives it then');
	is(acts_of('db.directory', 'antin://dien-bien.vn'), $acts, 'the same ' .
	    'again: nothing more is decided');
	my $first = get('lost.answer');
	is(antin(qw(enrol accept lost lost.answer)), 0, 'it is taken');
	unlink 'lost.answer';
	{
		is(issued(\@db, 'lost', $words), 0, 'one that was lost on its '
		    . 'way is given again');
	}
}

# ---- new keys ----------------------------------------------------------------

my @vt = qw(--directory vt.directory);

sub seal_for_vt {
	return told('gui.directory') && antin(qw(seal --force --key gui.key
	    --directory gui.directory --text t.txt --to), $vt, '--out',
	    $_[0]) eq '0';
}

sub opens {
	my ($key, $file) = @_;
	remove_tree('in');
	return antin(qw(open --into in --directory vt.directory --key), $key,
	    $file);
}

sub new_keys_take_over {
	ok(seal_for_vt('old.antin'), 'something is sealed for the old key');
	ends(0, 'a desk makes new keys', qw(enrol request vt2 --renew vt.key
	    --no-passphrase), @vt);
	unlike($out, qr/Check words/, 'and need read no words');
	ends(0, 'the authority certifies them', qw(enrol issue vt2.request
	    vt2.answer), @db);
	my $acts = acts_of('db.directory', 'antin://dien-bien.vn');
	ends(0, 'again when the answer was lost', qw(enrol issue --force
	    vt2.request vt2.answer), @db);
	is(acts_of('db.directory', 'antin://dien-bien.vn'), $acts,
	    'with the same certificates');
	says(2, qr/--directory/, 'they are taken where there is a directory',
	    qw(enrol accept vt2 vt2.answer));
	ends(0, 'and only there', qw(enrol accept vt2 vt2.answer), @vt);
	isnt(fingerprint('vt2.pub'), fingerprint('vt.pub'), 'they are others');
	ok(seal_for_vt('new.antin'), 'something is sealed for the new key');
	is(opens('vt2.key', 'new.antin'), 0, 'which it opens');
	is(opens('vt2.key', 'old.antin'), 0, 'and what was for the old one');
	is(opens('vt.key', 'new.antin'), 1, 'the old one does not open it');
	is(opens('vt.key', 'old.antin'), 0, 'but what was for itself');
	ends(0, 'the new one seals', qw(seal --force --key vt2.key --text t.txt
	    --out by.antin --to), $gui, @vt);
	is((stat 'vt2.key')[2] & 07777, 0600, 'and is its owner\'s');
}

sub only_a_key_in_force_renews {
	my $was = get('db.directory');
	antin(qw(key new --no-passphrase --name Ai x1 --address), $vt);
	says(2, qr/never enrolled/, 'a key that was never enrolled does not ' .
	    'renew', qw(enrol request x --no-passphrase --renew x1.key));
	says(2, qr/--invitation is wanted, or --renew/, 'nor nobody', qw(enrol
	    request x --no-passphrase));
	says(2, qr/one of them/, 'nor somebody twice', qw(enrol request x
	    --no-passphrase --renew vt.key --invitation c.inv));
	ends(0, 'a request of another authority\'s desk', qw(enrol request foe
	    --no-passphrase --renew lcvt.key));
	ends(1, 'is not certified here', qw(enrol issue foe.request foe.answer),
	    @db);
	ends(0, 'another asks', qw(enrol request thief --no-passphrase --renew
	    vt2.key), @vt);
	my $req = get('thief.request');
	my @bad;
	for (map { int rand length $req } 1 .. 30) {
		put('box', flip($req, $_, int rand 8));
		my $status = antin(qw(enrol issue box x.answer), @db);
		push @bad, "byte $_: $status $err" if $status !~ /^[13]$/;
	}
	ok(!@bad && get('db.directory') eq $was, 'a changed renewal is ' .
	    'refused') or diag(@bad);
	# a commune's own desk, whose key is revoked
	enrolled(\@db, 'rv', 'antin://dien-bien.vn/rv', @desk);
	ends(0, 'a desk asks for new keys', qw(enrol request rv2 --renew rv.key
	    --no-passphrase --directory rv.directory));
	ends(0, 'its old ones are revoked', qw(cert revoke
	    antin://dien-bien.vn/rv --reason key-compromise), @db);
	says(4, qr/ended or was revoked; invite anew/, 'they renew nothing',
	    qw(enrol issue rv2.request rv2.answer), @db);
	later(4000, sub {
		my $status = antin(qw(enrol issue thief.request thief.answer),
		    @db);
		ok($status =~ /^[34]$/, 'nor do keys that have ended') or
		    diag("$status $err");
	});
	ok(!-e 'rv2.answer' && !-e 'thief.answer' && !-e 'foe.answer',
	    'and no answer is made');
}

# Rotated keys are in escrow as the first were.
sub new_keys_are_in_escrow {
	my $n = () = glob 'db.directory.escrow/*';
	ends(0, 'a desk that knows the directory', qw(enrol request e2 --renew
	    ch.key --no-passphrase --directory ch.directory));
	ends(0, 'renews', qw(enrol issue e2.request e2.answer), @db);
	is(scalar(() = glob 'db.directory.escrow/*'), $n + 1, 'its new key ' .
	    'is in escrow');
	ends(0, 'and is taken', qw(enrol accept e2 e2.answer --directory
	    ch.directory));
	antin(qw(enrol request e3 --renew e2.key --no-passphrase));
	{
		ok(!-e 'e3.request' || "$out$err" =~ /escrow/, 'without a ' .
		    'directory it is said that there is no escrow');
		isnt(antin(qw(enrol issue e3.request e3.answer), @db), 0,
		    'and who has had an escrow is not renewed without');
	}
	# a unit gets an authority of its own; its desk's keys are recovered by
	# the same officers as before
	ends(0, 'a commune begins', qw(unit new antin://xa.dien-bien.vn --name
	    Xa --class xa), @db);
	enrolled(\@db, 'xv', 'antin://xa.dien-bien.vn/van-thu', @desk);
	enrolled(\@db, 'xa', 'antin://xa.dien-bien.vn', qw(--kind authority
	    --level mat --precedence khan));
	antin(qw(directory write --force --for antin://xa.dien-bien.vn
	    --directory db.directory delta));
	antin(qw(directory apply --directory xv.directory delta));
	ends(0, 'its desk makes new keys', qw(enrol request xv2 --renew xv.key
	    --no-passphrase --directory xv.directory));
	ends(0, 'which its own authority certifies', qw(enrol issue xv2.request
	    xv2.answer --directory xa.directory --key xa.key));
	is(scalar(() = glob 'xa.directory.escrow/*'), 1, 'and keeps in escrow');
	# who is above it has its log already, and is not given it again
	antin(qw(directory write --force --all --directory xa.directory up));
	ends(0, 'the province hears of it', qw(directory apply --directory
	    db.directory up));
	ends(0, 'its station makes new keys', qw(enrol request st2 --renew
	    st.key --no-passphrase --directory st.directory));
	ends(0, 'which are certified', qw(enrol issue st2.request st2.answer),
	    @db);
	antin(qw(directory write --force --for antin://dien-bien.vn --directory
	    db.directory all));
	my ($some, $all) = map { scalar(() = get($_) =~
	    m{antin://xa\.dien-bien\.vn/van-thu}g) } qw(st2.answer all);
	ok($some < $all, "without what is below it ($some of $all)");
	ends(0, 'and are taken', qw(enrol accept st2 st2.answer --directory
	    st.directory));
}

# ---- lost keys ---------------------------------------------------------------

sub a_lost_key_comes_back {
	ok(root_knows(), 'the root knows what its province decided');
	enrolled(\@root, 'rc', 'antin://vn/rc', @desk);
	my ($escrow) = glob 'held/directory.escrow/*';
	ok(defined $escrow, 'a desk\'s key is in escrow');
	is((stat $escrow)[2] & 07777, 0600, 'which is its keeper\'s');
	ends(0, 'it gets a dispatch', qw(seal --key gui.key --directory
	    rc.directory --text t.txt --out lost.antin --to antin://vn/rc));
	my @rec = (qw(enrol recover antin://vn/rc rc.rec --reason),
	    'ổ đĩa hỏng');
	says(1, qr/no escrow of an earlier key/, 'who has lost nothing gets ' .
	    'nothing', @rec, @root);
	rename 'rc.key', 'rc.gone';
	enrolled(\@root, 'rc2', 'antin://vn/rc', @desk);
	my $rc = sub { antin(qw(open --into in --directory), @_) };
	is($rc->(qw(rc2.directory --key rc2.key lost.antin)), 1, 'new keys do '
	    . 'not open what was for the lost ones');
	my $was = get('held/directory');
	my ($other) = glob 'db.directory.escrow/*';
	put('no.escrow', 'no escrow');
	refused_all('nothing is recovered', 2, \@root,
	    [ 'without a reason', qr/--reason is wanted/, @rec[0 .. 3] ],
	    [ 'for a person', qr/is no desk/, qw(enrol recover
	    antin://dien-bien.vn/an x.rec --reason R) ],
	    [ 'for a unit', qr/is no desk/, qw(enrol recover antin://vn x.rec
	    --reason R) ]);
	says(3, qr/no key that \S+ ever had/, 'nor another desk\'s', @rec,
	    '--escrow', $other, @root);
	says(1, qr/no\.escrow: ./, 'nor from what is no escrow', @rec,
	    qw(--escrow no.escrow), @root);
	{
		antin(@rec[0 .. 4], '', '--escrow', $escrow, @root);
		like($err, qr/--reason is empty/, 'nor for no reason');
	}
	says(3, qr/no KEM key/, 'nor by an authority that one person can be',
	    qw(enrol recover), $vt, qw(x.rec --reason R), @db);
	ok(get('held/directory') eq $was && !-e 'x.rec' && !-e 'rc.rec',
	    'nor is any of it decided');
	says(0, qr/which alone can open rc\.rec/, 'the root gives it back',
	    @rec, @root);
	is((stat 'rc.rec')[2] & 07777, 0600, 'in a file for its owner');
	my $key = get('vt2.key');
	ends(3, 'another desk cannot take it', qw(enrol restore vt2.key
	    rc.rec));
	same('vt2.key', $key, 'its key stays as it was');
	my $rec = get('rc.rec');
	my @bad;
	$key = get('rc2.key');
	for (map { int rand length $rec } 1 .. 40) {
		put('box', flip($rec, $_, int rand 8));
		my $status = antin(qw(enrol restore rc2.key box));
		push @bad, "byte $_: $status $err" if $status !~ /^[13]$/;
	}
	for (1, 100, length($rec) - 1) {
		put('box', substr $rec, 0, $_);
		my $status = antin(qw(enrol restore rc2.key box));
		push @bad, "to byte $_: $status" if $status !~ /^[13]$/;
	}
	ok(!@bad && get('rc2.key') eq $key, 'nothing changed is taken') or
	    diag("seed $seed\n", @bad);
	put('box', '');
	{
		isnt(antin(qw(enrol restore rc2.key box)), 0, 'nor nothing');
	}
	ends(0, 'the desk takes it', qw(enrol restore rc2.key rc.rec));
	is($rc->(qw(rc2.directory --key rc2.key lost.antin)), 0, 'and opens ' .
	    'what was for its lost key');
	ends(0, 'twice is once', qw(enrol restore rc2.key rc.rec));
	is((stat 'rc2.key')[2] & 07777, 0600, 'the key is its owner\'s');
	is(scalar(grep { $_->{alarm} eq 'recovered' } alarms('rc2.directory')),
	    0, 'its station does not know yet');
	ends(0, 'the root tells it', qw(directory write --force --for
	    antin://vn/rc --directory held/directory delta));
	says(0, qr/ALARM.*taken out of escrow: ổ đĩa hỏng.*1 alarms/s,
	    'which raises the alarm there', qw(directory apply --directory
	    rc2.directory delta));
	says(0, qr/ALARM.*"rc" was taken out of escrow: ổ đĩa hỏng/,
	    'and shows it from then on', qw(directory show --directory
	    rc2.directory));
	my @opened;
	$was = get($escrow);
	for (1 .. 12) {
		put('box', flip($was, int rand length $was, int rand 8));
		my $status = antin(@rec, qw(--force --escrow box), @root);
		push @opened, "$status $err" if $status !~ /^[13]$/;
	}
	ok(!@opened && get('rc.rec') eq $rec, 'an escrow that was changed ' .
	    'gives nothing') or diag(@opened);
}

sub root_knows {
	return antin(qw(directory write --force --all --directory db.directory
	    up)) eq '0' && antin(qw(directory apply --directory held/directory
	    up)) eq '0';
}

# What the province keeps, the officers of the root open.
sub a_desk_deeper_gets_its_key_back {
	my %others = map { $_ => 1 } glob 'db.directory.escrow/*';
	enrolled(\@db, 'deep', 'antin://dien-bien.vn/deep', @desk);
	my ($escrow) = grep { !$others{$_} } glob 'db.directory.escrow/*';
	rename 'deep.key', 'deep.gone';
	enrolled(\@db, 'deep2', 'antin://dien-bien.vn/deep', @desk);
	ok(root_knows(), 'the root knows the desk');
	my @rec = (qw(enrol recover antin://dien-bien.vn/deep deep.rec --reason
	    R));
	says(1, qr/--escrow/, 'it wants what the province keeps', @rec, @root);
	sleep 1.1; # of one second, the root's acts come first
	ends(0, 'and gives the key back', @rec, '--escrow', $escrow, @root);
	ends(0, 'to the desk', qw(enrol restore deep2.key deep.rec));
	ends(0, 'the root names a province\'s desk', qw(desk rename
	    antin://dien-bien.vn/deep --name), 'Sâu', @root);
}

# ---- what is left when the machine stops -------------------------------------

sub one_that_is_killed_is_issued_again {
	ok(invited(\@db, 'kill', 'antin://dien-bien.vn/kill', @desk), 'one');
	my $words = requested('kill');
	my @kept = qw(db.directory db.directory.invites db.directory.escrow
	    kill.key kill.pub kill.pending);
	my @issue = (qw(enrol issue --force kill.request kill.answer --words),
	    $words, @db);
	my ($span, $hit, $answered, @bad) = (0.04, 0, 0);
	my $acts;
	my $end = time + 8;
	mkdir 'kept';
	system('cp', '-a', @kept, 'kept/') == 0 or die "cp: $?\n";
	for (1 .. ($san ? 6 : 60)) {
		last if time > $end;
		remove_tree(@kept, 'kill.answer', 'kill.directory');
		system('cp -a kept/* .') == 0 or die "cp: $?\n";
		$hit += killed(\$span, @issue);
		push @bad, "no directory: $err" if antin(qw(directory verify
		    --directory db.directory)) ne '0';
		if (-e 'kill.answer') {
			$answered++;
		} elsif (antin(@issue) ne '0') {
			push @bad, "not issued again: $err";
		}
		$acts //= acts_of('db.directory', 'antin://dien-bien.vn');
		push @bad, 'other acts' if $acts !=
		    acts_of('db.directory', 'antin://dien-bien.vn');
		push @bad, "not taken: $err" if antin(qw(enrol accept kill
		    kill.answer)) ne '0';
		unlink glob '.kill.*.tmp'; # an answer between its two names
	}
	ok(!@bad, "enrol issue killed $hit times leaves a directory, and " .
	    "gives an answer then ($answered had one)") or
	    diag("seed $seed\n", @bad);
	is_deeply([ grep { $_->{alarm} eq 'void' } alarms('db.directory') ],
	    [], 'and nothing that counts for nothing');
}

sub two_at_once_take_turns {
	my @names = map { "two$_" } 1 .. 4;
	my %words;
	for (@names) {
		invited(\@db, $_, "antin://dien-bien.vn/$_");
		$words{$_} = requested($_);
	}
	my $acts = acts_of('db.directory', 'antin://dien-bien.vn');
	open my $log, '>', 'two.log';
	my @pids = map { start($log, $log, $antin, qw(enrol issue),
	    "$_.request", "$_.answer", '--words', $words{$_}, @db) } @names;
	my @failed = grep { waitpid $_, 0; $? != 0 } @pids;
	is("@failed", '', 'four that issue at once all do') or
	    diag(get('two.log'));
	is(acts_of('db.directory', 'antin://dien-bien.vn'), $acts + 8,
	    'nothing of it is lost');
	is(join(' ', map { antin(qw(enrol accept), $_, "$_.answer") } @names),
	    '0 0 0 0', 'and all answers are good');
}

sub no_secret_is_told {
	is_deeply(\@told, [], 'no code and no passphrase has been said');
	my @bad = grep { -f && (stat)[2] & 077 && secrets_in(get($_)) }
	    glob '* */* .*';
	is("@bad", '', 'nor stands in a file for others');
}

everybody_is_enrolled();
nobody_is_invited_beyond_the_authority();
kinds_do_not_mix();
only_the_code_makes_a_request();
only_the_right_words_certify();
whatever_is_changed_is_refused();
another_authority_certifies_nobody();
a_passphrase_is_asked();
an_answer_that_was_lost_is_given_again();
new_keys_take_over();
only_a_key_in_force_renews();
new_keys_are_in_escrow();
a_lost_key_comes_back();
a_desk_deeper_gets_its_key_back();
one_that_is_killed_is_issued_again();
two_at_once_take_turns();
an_invitation_ends();
no_secret_is_told();
done_testing;
