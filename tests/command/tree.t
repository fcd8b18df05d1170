#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# A small tree of units as its authorities change it: what is renamed, moved,
# merged, split and closed, who holds which role, lists, policies, revocation;
# and what that does to dispatches that are sealed and opened meanwhile.  And
# what no authority can decide, with what is said to it.
use strict;
use warnings;
no warnings 'qw'; # commas in them are meant
use File::Path qw(remove_tree);
use FindBin;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

use lib $FindBin::Bin;
use Antin;
use Station;

my @db = qw(--directory db.directory --key db.key);	# Điện Biên
my @lc = qw(--directory lc.directory --key lc.key);	# Lào Cai
my @mat = qw(--level mat --precedence khan);
my $mn = 'antin://muong-nhe.dien-bien.vn';
my $na = 'antin://na-tau.dien-bien.vn';
my $bx = 'antin://bat-xat.lao-cai.vn';

sub at {
	my ($days) = @_;
	return POSIX::strftime('%Y-%m-%dT%H:%M:%SZ',
	    gmtime time + 86400 * $days);
}

# Carry all that one directory knows to others.
sub carry {
	my ($from, @to) = @_;
	antin(qw(directory write --force --all carried --directory), $from)
	    eq '0' or return 0;
	return !grep { antin(qw(directory apply carried --directory), $_) ne
	    '0' } @to;
}

# What all provinces decided, to all.
sub all_know {
	my @desks = @_;
	return carry('db.directory', 'held/directory') &&
	    carry('lc.directory', 'held/directory') &&
	    carry('held/directory', qw(db.directory lc.directory), @desks);
}

sub tree_now {
	my @directory = @_ ? @_ : 'held/directory';
	antin(qw(directory show --json --directory), @directory);
	return JSON::PP->new->utf8->decode($out);
}

sub unit {
	my ($address, @directory) = @_;
	my ($u) = grep { ($_->{address} // '') eq $address }
	    @{ tree_now(@directory)->{units} };
	return $u;
}

put('t.txt', "Kính gửi\n");
my $sealed = 0;

# By a desk, with its own directory; the file, or '' and why.
sub seal {
	my ($by, @words) = @_;
	my $file = 'd' . $sealed++ . '.antin';
	my $status = antin(qw(seal --text t.txt --key), "$by.key",
	    '--directory', "$by.directory", '--out', $file, @words);
	return $status eq '0' ? $file : '';
}

# By a desk; the status.
sub opens {
	my ($by, $file) = @_;
	remove_tree('in');
	return antin(qw(open --into in --json --key), "$by.key", '--directory',
	    "$by.directory", $file);
}

sub the_tree_is_set {
	there_is_a_root('Ban', [ 'dien-bien.vn', 'Tỉnh Điện Biên', 'tinh',
	    '--code H18' ], [ 'lao-cai.vn', 'Tỉnh Lào Cai' ]);
	my @tinh = qw(--kind authority --level toi-mat --precedence hoa-toc);
	enrolled(\@root, 'db', 'antin://dien-bien.vn', @tinh, qw(--depth 1));
	enrolled(\@root, 'lc', 'antin://lao-cai.vn', @tinh);
	for ([ \@db, $mn, 'Xã Mường Nhé' ], [ \@db, $na, 'Xã Nà Tấu' ],
	    [ \@lc, $bx, 'Xã Bát Xát' ]) {
		my ($by, $address, $name) = @$_;
		ends(0, "$address begins", qw(unit new), $address, '--name',
		    $name, qw(--class xa), @$by);
	}
	enrolled(\@db, 'vt', 'antin://dien-bien.vn/van-thu', qw(--level toi-mat
	    --precedence hoa-toc));
	enrolled(\@db, 'mn', "$mn/van-thu", @mat);
	enrolled(\@db, 'na', "$na/van-thu", @mat);
	enrolled(\@lc, 'bx', "$bx/van-thu", @mat);
	enrolled(\@db, 'an', 'antin://dien-bien.vn/an', qw(--kind person),
	    @mat);
	enrolled(\@lc, 'binh', 'antin://lao-cai.vn/binh', qw(--kind person),
	    @mat);
	ok(all_know(map { "$_.directory" } qw(vt mn na bx)), 'all know all');
	ends(0, 'all signatures hold', qw(directory verify --directory
	    bx.directory));
	is(scalar @{ tree_now()->{alarms} }, 0, 'and there is no alarm');
}

# ---- what a desk may send ----------------------------------------------------

sub a_desk_sends_what_it_may {
	ok(seal('mn', '--to', "$na/van-thu", @mat), 'a desk sends up to its ' .
	    'level and precedence');
	for (
		[ 'level', qr/may send what is up to .*this is/, qw(--level
		    toi-mat) ],
		[ 'level of all', qr/may (send|receive) what is up to/,
		    qw(--level tuyet-mat) ],
		[ 'precedence', qr/up to the precedence/, qw(--precedence
		    hoa-toc) ],
		[ 'set time', qr/up to the precedence/, qw(--precedence
		    hoa-toc-hen-gio --due 2090-01-01) ],
		[ 'precedence for information', qr/up to the precedence/,
		    qw(--info-precedence hoa-toc) ],
	    ) {
		my ($what, $text, @words) = @$_;
		is(seal('mn', '--to', 'antin://dien-bien.vn/van-thu', @words),
		    '', "not above its $what");
		like($err, $text, 'and it is told');
	}
	is(seal('vt', '--to', "$mn/van-thu", qw(--level toi-mat)), '',
	    'nor to a desk above that one\'s level');
	like($err, qr/^antin seal: ./, 'which is said');
	is(seal('vt', '--to', "$mn/nobody"), '', 'nor to nobody');
	like($err, qr/leads nowhere|nobody/, 'which is said');
}

# ---- names, codes ------------------------------------------------------------

sub units_are_renamed {
	ends(0, 'a unit gets a name and codes', qw(unit rename), $na, '--name',
	    'Xã Nà Tấu (mới)', qw(--code H18.32 --code K01.2), @db);
	my $u = unit($na, 'db.directory');
	is($u->{name}, do { utf8::decode(my $s = 'Xã Nà Tấu (mới)'); $s },
	    'as it was given');
	is(join(' ', sort map { $_->{code} } @{ $u->{codes} }), 'H18.32 K01.2',
	    'with both codes');
	says(0, qr/na-tau/, 'it is found by its code', qw(directory find H18.32
	    --directory db.directory));
	says(0, qr/na-tau/, 'and by its name as it is typed', qw(directory find
	    na tau moi --directory db.directory));
	ends(0, 'new codes', qw(unit rename), $na, qw(--code H18.99), @db);
	$u = unit($na, 'db.directory');
	is(join(' ', map { $_->{code} } grep { !defined $_->{until} }
	    @{ $u->{codes} }), 'H18.99', 'take the place of all old ones');
	ends(0, 'a desk gets a name', qw(desk rename), "$na/van-thu", '--name',
	    'Văn phòng', @db);
	ends(0, 'and a person', qw(desk rename antin://dien-bien.vn/an --name),
	    'Ông An', @db);
	says(0, qr/Văn phòng/, 'which are shown', qw(directory show
	    --directory db.directory), $na);
	ends(0, 'a name from a day on', qw(unit rename), $mn, qw(--name),
	    'Mường Nhé 2', '--effective', at(10), @db);
	is(unit($mn, 'db.directory')->{name}, do { utf8::decode(my $s =
	    'Xã Mường Nhé'); $s }, 'is not yet');
	ends(0, 'but then', qw(directory show --json --directory db.directory
	    --at), at(11));
	like($out, qr/"Mường Nhé 2"/, 'it is');
}

# ---- units move --------------------------------------------------------------

sub units_move_and_their_addresses_lead_there {
	ok(carry('held/directory', map { "$_.directory" } qw(vt mn na bx)) &&
	    carry('db.directory', 'vt.directory'), 'all know what there is');
	my $old = seal('vt', '--to', "$mn/van-thu", qw(--level mat));
	ok($old, 'something is sealed for a commune');
	says(3, qr/its own subtree only/, 'a province cannot give it away',
	    qw(unit move), $mn, '--to', 'antin://lao-cai.vn', @db);
	says(3, qr/its own subtree only/, 'nor another take it', qw(unit move),
	    $mn, '--to', 'antin://lao-cai.vn', @lc);
	ends(0, 'the root moves it', qw(unit move), $mn, '--to',
	    'antin://lao-cai.vn', @root);
	ok(carry('held/directory', qw(db.directory lc.directory vt.directory
	    mn.directory)), 'all are told');
	my $new = 'antin://muong-nhe.lao-cai.vn';
	ok(unit($new, 'vt.directory') && !unit($mn, 'vt.directory'),
	    'it has another address');
	my $to_old = seal('vt', '--to', "$mn/van-thu", qw(--level mat));
	ok($to_old, 'the old address leads there');
	like($err, qr{\Q$mn\E/van-thu is now \Q$new\E/van-thu}, 'and it is ' .
	    'said');
	is(opens('mn', $old), 0, 'what was sealed before opens');
	is(opens('mn', $to_old), 0, 'and what was sealed after');
	says(0, qr/made anew: 2/, 'the new province certifies its keys anew',
	    qw(unit recertify), @lc);
	says(0, qr/made anew: 0/, 'once', qw(unit recertify), @lc);
	ok(all_know(qw(vt.directory mn.directory)), 'all are told');
	antin(qw(cert show --json --directory vt.directory), "$new/van-thu");
	is(scalar(grep { $_->{address} eq "$new/van-thu" } @{ json() }), 2,
	    'there are two certificates for the new address');
	my $then = seal('vt', '--to', "$new/van-thu", qw(--level mat));
	is(opens('mn', $then), 0, 'what is sealed for it opens');
	is(opens('mn', $old), 0, 'what was sealed before still does');
	my $back = seal('mn', '--to', 'antin://dien-bien.vn/van-thu');
	ok($back, 'it seals as before') or diag($err);
	is(opens('vt', $back), 0, 'and is known') or diag($err);
	ends(0, 'it comes back, from a day on', qw(unit move), $new, '--to',
	    'antin://dien-bien.vn', '--effective', at(20), @root);
	ok(unit($new), 'until then it stays');
	carry('held/directory', qw(vt.directory db.directory));
	later(21, sub {
		ok(seal('vt', '--to', "$new/van-thu"), 'then this address ' .
		    'leads back');
		like($err, qr{is now \Q$mn\E/van-thu}, 'and it is said');
	});
	my $was = get('held/directory');
	refused_all('what cannot be is not decided', 3, \@root,
	    [ 'below itself', qr/below itself/, qw(unit move
	    antin://lao-cai.vn --to antin://lao-cai.vn) ],
	    [ 'below its own', qr/below itself/, qw(unit move
	    antin://lao-cai.vn --to), $bx ],
	    [ 'the root', qr/its own subtree only/, qw(unit move antin://vn
	    --to antin://lao-cai.vn) ]);
	ends(0, 'another of the same id', qw(unit new
	    antin://bat-xat.dien-bien.vn --name B --class xa), @db);
	carry('db.directory', 'held/directory');
	$was = get('held/directory');
	says(3, qr/two units would have/, 'does not come where there '
	    . 'is one', qw(unit move antin://bat-xat.dien-bien.vn --to
	    antin://lao-cai.vn), @root);
	same('held/directory', $was, 'and nothing is decided');
	ends(0, 'but under another id', qw(unit move
	    antin://bat-xat.dien-bien.vn --to antin://lao-cai.vn --id
	    bat-xat-2), @root);
	ok(unit('antin://bat-xat-2.lao-cai.vn'), 'it does');
	all_know();
}

# ---- merge, split, close -----------------------------------------------------

sub units_merge_split_and_end {
	ends(0, "$_ begins", qw(unit new), "antin://$_.dien-bien.vn", '--name',
	    $_, qw(--class xa), @db) for qw(a b c);
	enrolled(\@db, 'ba', 'antin://b.dien-bien.vn/van-thu', @mat);
	enrolled(\@db, 'bb', 'antin://b.dien-bien.vn/dia-chinh', @mat);
	enrolled(\@db, 'ca', 'antin://c.dien-bien.vn/van-thu', @mat);
	ok(carry('db.directory', map { "$_.directory" } qw(vt ba bb ca)),
	    'all are told');
	my $was = seal('vt', map { ('--to', "antin://b.dien-bien.vn/$_") }
	    qw(van-thu dia-chinh));
	ok($was, 'something is sealed for a unit');
	sleep 1.1; # nothing ends in the second in which it began
	ends(0, 'which becomes part of another', qw(unit merge
	    antin://b.dien-bien.vn --to antin://c.dien-bien.vn --desk
	    antin://b.dien-bien.vn/dia-chinh=antin://c.dien-bien.vn/van-thu),
	    @db);
	carry('db.directory', map { "$_.directory" } qw(vt ba bb ca));
	is(opens($_, $was), 0, "$_ opens what it was sent before")
	    for qw(ba bb);
	for my $desk (qw(van-thu dia-chinh)) {
		my $d = seal('vt', '--to', "antin://b.dien-bien.vn/$desk");
		like($err, qr{is now antin://c\.dien-bien\.vn/van-thu},
		    "what goes to its $desk goes there");
		is(opens('ca', $d), 0, 'and is opened there');
	}
	my $after = seal('ba', '--to', 'antin://dien-bien.vn/van-thu');
	isnt($after eq '' ? '3' : opens('vt', $after), '0', 'its old desks ' .
	    'speak no more');
	ends(0, 'another ends and goes to two', qw(unit split
	    antin://c.dien-bien.vn --to antin://a.dien-bien.vn --to), $na,
	    '--desk', "antin://c.dien-bien.vn/van-thu=$na/van-thu", @db);
	carry('db.directory', qw(vt.directory na.directory));
	my $d = seal('vt', qw(--to antin://b.dien-bien.vn/van-thu));
	like($err, qr{is now \Q$na\E/van-thu}, 'addresses lead over two ends');
	is(opens('na', $d), 0, 'and it is opened there');
	ends(0, 'a third is closed', qw(unit close antin://a.dien-bien.vn),
	    @db);
	carry('db.directory', 'vt.directory');
	is(seal('vt', qw(--to antin://a.dien-bien.vn/van-thu)), '',
	    'without a successor it leads nowhere');
	like($err, qr/nowhere|nobody/, 'which is said');
	ends(0, 'its id may be another\'s', qw(unit new antin://a.dien-bien.vn
	    --name A2 --class xa), @db);
	$was = get('db.directory');
	refused_all('what has ended does nothing', 3, \@db,
	    [ 'splits into itself', qr/into nothing|from itself/, qw(unit
	    split), $na, '--to', $na ],
	    [ 'the authority\'s own unit', qr/its own subtree only/, qw(unit
	    close antin://dien-bien.vn --to), $na ],
	    [ 'merges it', qr/its own subtree only/, qw(unit merge
	    antin://dien-bien.vn --to), $na ]);
	same('db.directory', $was, 'and nothing is decided');
	my $a2 = 'antin://e.dien-bien.vn';
	ends(0, 'another begins', qw(unit new), $a2, qw(--name E --class xa),
	    @db);
	sleep 1.1;
	$was = get('db.directory');
	refused_all('nor what does nothing', '[13]', \@db,
	    [ 'merged with itself', qr/./, qw(unit merge), $a2, '--to', $a2 ],
	    [ 'its own successor', qr/./, qw(unit close), $a2, '--to', $a2 ],
	    [ 'split into one twice', qr/./, qw(unit split), $a2, '--to', $na,
	    '--to', $na ]);
	same('db.directory', $was, 'nor is that');
}

# ---- desks, roles ------------------------------------------------------------

sub desks_end_and_people_leave {
	enrolled(\@db, 'd1', 'antin://dien-bien.vn/d1', @mat);
	enrolled(\@db, 'd2', 'antin://dien-bien.vn/d2', @mat);
	carry('db.directory', qw(vt.directory d1.directory d2.directory));
	my $was = seal('vt', qw(--to antin://dien-bien.vn/d1));
	my $by = seal('d1', qw(--to antin://dien-bien.vn/van-thu));
	sleep 1.1; # a signature of the second in which it ends
	ends(0, 'a desk ends', qw(desk close antin://dien-bien.vn/d1 --to
	    antin://dien-bien.vn/d2), @db);
	carry('db.directory', qw(vt.directory d1.directory d2.directory));
	my $d = seal('vt', qw(--to antin://dien-bien.vn/d1));
	like($err, qr{is now antin://dien-bien\.vn/d2}, 'another takes over');
	is(opens('d2', $d), 0, 'and opens what comes');
	is(opens('vt', $by), 0, 'what it signed before still holds');
	is(opens('d1', $was), 0, 'and it opens what it was sent');
	{
		ok(!invited(\@db, 'd1b', 'antin://dien-bien.vn/d1', @mat),
		    'nobody is invited to an id that has ended');
		my $words = requested('d1b');
		my $d2 = sub { antin(qw(cert show --json --directory
		    db.directory antin://dien-bien.vn/d2));
		    scalar(() = $out =~ /"fingerprint"/g) };
		my $n = $d2->();
		issued(\@db, 'd1b', $words);
		is($d2->(), $n, 'nor gets another desk\'s certificates');
	}
	ends(0, 'a person is there', qw(directory find An --directory
	    db.directory));
}

sub roles_are_given_and_end {
	my @an = ('antin://dien-bien.vn/an', 'antin://dien-bien.vn/van-thu');
	enrolled(\@db, 'ba2', 'antin://dien-bien.vn/ba', qw(--kind person),
	    @mat);
	ends(0, 'a person gets a role', qw(role give), @an, qw(clerk --until),
	    at(30), @db);
	ends(0, 'another stands in', qw(role give antin://dien-bien.vn/ba),
	    $an[1], qw(clerk --substitute-for antin://dien-bien.vn/an --until),
	    at(10), @db);
	my $roles = sub {
		antin(qw(directory show --json --directory db.directory --at),
		    at($_[0]), $an[1]);
		my $j = JSON::PP->new->utf8->decode($out);
		$j = $j->[0] if ref $j eq 'ARRAY';
		my $t = at($_[0]);
		return join ' ', sort map { $_->{person_id} } grep {
		    $_->{from} le $t && $t le ($_->{until} // '9') }
		    @{ $j->{roles} // $j->{desks}[0]{roles} // [] };
	};
	is($roles->(1), 'an ba', 'both hold it');
	is($roles->(11), 'an', 'one until its day');
	is($roles->(31), '', 'then the other');
	ends(0, 'the role ends', qw(role end), @an, qw(clerk --effective),
	    at(5), @db);
	is($roles->(6), 'ba', 'on its day');
	my $was = get('db.directory');
	refused_all('what is not held is not ended', 3, \@db,
	    [ 'a role', qr/not held then/, qw(role end), @an, 'inspector' ]);
	refused_all('nobody gets what he cannot have', 2, \@db,
	    [ 'a role there is not', qr/a role is drafter, .*found "king"/,
	    qw(role give), @an, 'king' ],
	    [ 'a desk as a person', qr/is no person/, qw(role give), @an[1, 1],
	    'clerk' ],
	    [ 'a person as a desk', qr/is no desk/, qw(role give), @an[0, 0],
	    'clerk' ],
	    [ 'of another unit', qr/desks of his own unit/, qw(role give),
	    $an[0], "$na/van-thu", 'clerk' ],
	    [ 'words missing', qr/wanted: antin role give PERSON DESK ROLE/,
	    qw(role give), @an ]);
	my $status = antin(qw(role give), @an, qw(duty --until), at(-1), @db);
	ok($status =~ /^[123]$/, 'nor until a day that was') or diag($out);
	same('db.directory', $was, 'and nothing is decided');
	# of whom only the id would stand there
	enrolled(\@lc, 'ba3', 'antin://lao-cai.vn/ba', qw(--kind person), @mat);
	all_know();
	{
		isnt(antin(qw(role give), @an, qw(duty --substitute-for
		    antin://lao-cai.vn/ba), @db), 0, 'nor in the place of ' .
		    'somebody of another unit');
	}
}

# ---- lists -------------------------------------------------------------------

sub lists_reach_all_who_are_on_them {
	says(0, qr/version 1/, 'a list by rule', qw(list set), 'Các xã', qw(
	    --below antin://dien-bien.vn --class xa --desk van-thu), @db);
	ok(all_know(qw(vt.directory na.directory bx.directory)), 'is told');
	my $d = seal('vt', '--list', 'Các xã', qw(--level mat));
	ok($d, 'it is sealed for') or diag($err);
	is(opens('na', $d), 0, 'who is on it opens it');
	is(opens('bx', $d), 1, 'who is not does not');
	says(0, qr/version 2/, 'it has a new version', qw(list set), 'Các xã',
	    '--member', "$bx/van-thu", '--member',
	    'antin://dien-bien.vn/van-thu', @db);
	ok(all_know(qw(vt.directory na.directory bx.directory)), 'is told');
	my $d2 = seal('vt', '--list', 'Các xã', qw(--level mat));
	is(opens('bx', $d2), 0, 'who is on it now opens it');
	is(opens('na', $d2), 1, 'who was does not');
	is(opens('na', $d), 0, 'but what he was sent then');
	is(seal('vt', '--list', 'Các xã', '--to', "$na/van-thu"), '',
	    'a list and a desk exclude each other');
	like($err, qr/exclude each other/, 'which is said');
	is(seal('vt', '--list', 'Không có'), '', 'a list there is not');
	like($err, qr/no list "Không có" is known/, 'is named');
	my $of = sub { # members of the province's own list
		antin(qw(directory list --json --directory), @_);
		my ($l) = grep { $_->{decided_by} =~ /^T.nh .i.n Bi.n$/ }
		    @{ JSON::PP->new->utf8->decode($out) };
		return join ' ', $l->{version} // '?', sort map {
		    $_->{address} } @{ $l->{desks} // [] };
	};
	my $members = $of->('vt.directory');
	# another authority may have a list of that name, and changes no other
	my $status = antin(qw(list set), 'Các xã', '--member',
	    'antin://muong-nhe.lao-cai.vn/van-thu', @lc);
	ok(all_know(qw(vt.directory na.directory bx.directory)), 'all know');
	ok($status eq '0' || $out eq '', 'who cannot make a list does not ' .
	    'say that he did');
	{
		is($of->('vt.directory'), $members, 'another authority does ' .
		    'not change a list');
		my $d3 = seal('vt', '--list', 'Các xã');
		is($d3, '', 'of two lists of one name none is guessed');
	}
	refused_all('nor what is no list', 2, \@db,
	    [ 'of nobody', qr/a list of nobody/, qw(list set L) ],
	    [ 'of a unit', qr/is no desk/, qw(list set L --member), $na ],
	    [ 'of a person', qr/is no desk/, qw(list set L --member
	    antin://dien-bien.vn/an) ],
	    [ 'half a rule', qr/a rule wants --below/, qw(list set L --class
	    xa) ],
	    [ 'another half', qr/a rule wants --below/, qw(list set L --below
	    antin://dien-bien.vn) ],
	    [ 'of no id', qr/want small letters/, qw(list set L --below
	    antin://dien-bien.vn --desk Văn-thư) ],
	    [ 'no name', qr/wanted: antin list set NAME/, qw(list set) ]);
	$status = antin('list', 'set', '', '--member', "$na/van-thu", @db);
	ok($status =~ /^[12]$/, 'a list without a name') or diag($out);
}

# ---- how old knowledge may be ------------------------------------------------

sub old_knowledge_warns_and_then_refuses {
	ends(0, 'a policy', qw(policy set antin://dien-bien.vn --age mat=7,30
	    --age toi-mat=3,0), @db);
	ok(all_know('vt.directory', 'na.directory'), 'is told');
	my $d = seal('vt', '--to', "$na/van-thu", qw(--level mat));
	is($err, '', 'fresh knowledge warns of nothing');
	later(8, sub {
		ok(seal('vt', '--to', "$na/van-thu", qw(--level mat)),
		    'after 8 days it seals');
		like($err, qr/Xã Nà Tấu.* is 8 days old.*newer directory/s,
		    'and warns');
		ok(seal('vt', '--to', "$na/van-thu"), 'not for what is ' .
		    'ordinary');
		is($err, '', 'of which the policy says nothing');
		is(opens('na', $d), 0, 'and it opens');
		like($err, qr/8 days old/, 'with the same warning');
	});
	later(31, sub {
		is(seal('vt', '--to', "$na/van-thu", qw(--level mat)), '',
		    'after 31 it does not');
		like($err, qr/is 31 days old, which is too old for/,
		    'and says why');
		is(opens('na', $d), 4, 'nor opens');
		ok(seal('vt', '--to', "$na/van-thu"), 'what is ordinary it ' .
		    'does');
	});
	refused_all('what is no policy is refused', 2, \@db,
	    (map { [ $_, qr/--age wants LEVEL=WARN,REFUSE/, qw(policy set
	    antin://dien-bien.vn --age), $_ ] } 'mat', 'mat=7', 'mat=7,',
	    'mat=,7', 'top=7,30', 'mat=7;30', 'mat=7,30,90', 'mat=a,b',
	    'mat=36501,0', 'mat=99999999999999999999,1', '=1,2', '') ,
	    [ 'none', qr/--age is wanted/, qw(policy set
	    antin://dien-bien.vn) ],
	    [ 'a desk\'s', qr/a unit is wanted/, qw(policy set
	    antin://dien-bien.vn/van-thu --age mat=1,2) ]);
	{
		isnt(antin(qw(policy set antin://dien-bien.vn --age), $_, @db),
		    0, "nor $_") for 'mat=-18446744073709551609,30',
		    'mat=30,7', 'mat= 7,+30';
	}
	isnt(antin(qw(policy set antin://dien-bien.vn --age mat=7,30 --age
	    mat=1,2), @db), 0, 'nor one level twice');
	ends(0, 'it is lifted', qw(policy set antin://dien-bien.vn --age
	    thuong=0,0), @db);
}

# ---- revocation --------------------------------------------------------------

sub what_was_signed_since_is_not_trusted {
	enrolled(\@db, 'rv', 'antin://dien-bien.vn/rv', @mat);
	enrolled(\@db, 'rw', 'antin://dien-bien.vn/rw', @mat);
	carry('db.directory', qw(vt.directory rv.directory rw.directory));
	my $early = seal('rv', qw(--to antin://dien-bien.vn/van-thu));
	my $other = seal('rw', qw(--to antin://dien-bien.vn/van-thu));
	ok($early && $other, 'two desks seal') or diag($err);
	is(opens('vt', $_), 0, 'and are trusted') for $early, $other;
	sleep 1.1;
	ends(0, 'one\'s key was stolen an hour ago', qw(cert revoke
	    antin://dien-bien.vn/rv --reason key-compromise --since),
	    at(-1 / 24), @db);
	ends(0, 'the other\'s is of no more use from now on', qw(cert revoke
	    antin://dien-bien.vn/rw --reason cessation), @db);
	is(opens('vt', $early), 0, 'who does not know it trusts it');
	carry('db.directory', qw(vt.directory rv.directory rw.directory));
	is(opens('vt', $early), 4, 'who knows it does not trust what was ' .
	    'signed since');
	like($err, qr/^antin open: ./, 'and says why');
	is(opens('vt', $other), 0, 'but what was signed before');
	for (qw(rv rw)) {
		my $d = seal($_, qw(--to antin://dien-bien.vn/van-thu));
		{
			is($d, '', "$_ does not seal by a key it knows is " .
			    'revoked');
		}
		isnt($d eq '' ? 4 : opens('vt', $d), 0, 'nor is it trusted');
	}
	is(seal('vt', qw(--to antin://dien-bien.vn/rv)), '', 'nobody seals ' .
	    'for it');
	like($err, qr/no key in force|revoked/, 'which is said');
	my $was = get('db.directory');
	refused_all('what is no certificate is not revoked', 1, \@db,
	    [ 'twice', qr/no certificate in force/, qw(cert revoke
	    antin://dien-bien.vn/rv) ],
	    [ 'a unit without', qr/no certificate in force/, qw(cert revoke),
	    $na ],
	    [ 'nobody', qr/./, qw(cert revoke antin://dien-bien.vn/none) ],
	    [ 'a fingerprint there is not', qr/no certificate of this/,
	    qw(cert revoke), 'ab' x 32 ],
	    [ 'half a fingerprint', qr/./, qw(cert revoke abcd) ]);
	refused_all('nor what is not its own', 3, \@db,
	    [ 'the root\'s', qr/its own subtree only/, qw(cert revoke
	    antin://vn) ],
	    [ 'another\'s', qr/its own subtree only/, qw(cert revoke
	    antin://lao-cai.vn) ],
	    [ 'its own', qr/./, qw(cert revoke antin://dien-bien.vn) ]);
	{
		like($err, qr/from above/, 'its own is the one above\'s ' .
		    'to revoke, and it says so');
	}
	same('db.directory', $was, 'and nothing is decided');
	refused_all('nor for what is no reason', 2, \@db,
	    [ 'a word', qr/--reason wants key-compromise/, qw(cert revoke), $na,
	    qw(--reason boredom) ],
	    [ 'a time', qr/--since wants a time/, qw(cert revoke), $na,
	    qw(--since yesterday) ]);
	# what an authority has issued ends with it
	my $d = seal('bx', qw(--to antin://dien-bien.vn/van-thu));
	is(opens('vt', $d), 0, 'a desk is trusted');
	sleep 1.1;
	ends(0, 'an authority is revoked', qw(cert revoke antin://lao-cai.vn
	    --reason authority-compromise), @root);
	# it does not know, or does not want to
	sleep 1.1;
	ends(0, 'it still decides, at home', qw(unit new antin://y.lao-cai.vn
	    --name Y --class xa), @lc);
	ok(carry('lc.directory', 'vt.directory'), 'others hear of that first');
	ends(0, 'the root writes', qw(directory write --force --all --directory
	    held/directory carried));
	ends(0, 'and is heard still', qw(directory apply carried --directory
	    vt.directory));
	ok(!unit('antin://y.lao-cai.vn', 'vt.directory'), 'what was decided ' .
	    'since is void');
	ok(unit($bx, 'vt.directory'), 'and what was before is not');
	is(opens('vt', $d), 0, 'what its desks signed before still holds');
	my $d3 = seal('bx', qw(--to antin://dien-bien.vn/van-thu));
	isnt($d3 eq '' ? 4 : opens('vt', $d3), 0, 'but not what they sign');
	ends(0, 'it hears of it', qw(directory apply carried --directory
	    lc.directory));
	says(3, qr/not in force then/, 'and decides no more', qw(unit new
	    antin://z.lao-cai.vn --name Z --class xa), @lc);
}

# ---- words -------------------------------------------------------------------

my @commands = (
	[ 'unit new', 'ADDRESS' ], [ 'unit rename', 'ADDRESS' ],
	[ 'unit move', 'ADDRESS' ], [ 'unit merge', 'ADDRESS\.\.\.' ],
	[ 'unit split', 'ADDRESS' ], [ 'unit close', 'ADDRESS' ],
	[ 'desk rename', 'ADDRESS' ], [ 'desk close', 'ADDRESS' ],
	[ 'role give', 'PERSON DESK ROLE' ], [ 'role end',
	    'PERSON DESK ROLE' ], [ 'list set', 'NAME' ],
	[ 'policy set', 'ADDRESS' ], [ 'cert revoke', 'FINGERPRINT\|ADDRESS' ],
	[ 'enrol invite', 'ADDRESS INVITATION' ],
	[ 'enrol issue', 'REQUEST ANSWER \| ID' ],
	[ 'enrol recover', 'ADDRESS RECOVERED' ],
	[ 'enrol request', 'NAME' ], [ 'enrol accept', 'NAME \[ANSWER\]' ],
	[ 'enrol restore', 'FILE\.key RECOVERED' ],
	[ 'ceremony plan', 'PLAN' ], [ 'ceremony approve', 'PLAN' ],
	[ 'ceremony run', 'PLAN FOLDER' ], [ 'ceremony verify', 'FOLDER' ],
);

sub usage_errors_say_what_is_wanted {
	my $was = get('db.directory');
	refused_all('each command says what it wants', 2, [], map {
		[ "$_->[0] bare", qr/wanted: antin $_->[0] $_->[1]$/m,
		split ' ', $_->[0] ] } @commands);
	refused_all('and knows its options', 2, [], map {
		[ $_->[0], qr/there is no option --colour/, split(' ', $_->[0]),
		'--colour' ] } @commands);
	refused_all('and takes no more words than it wants', 2, [], map {
		[ $_->[0], qr/wanted: antin $_->[0]/, split(' ', $_->[0]),
		('x') x 9 ] } grep { $_->[0] ne 'unit merge' } @commands);
	my @acts = map { my @c = split ' ', $_->[0];
	    my @words = split ' ', $_->[1] =~ s/ \\\|.*//r;
	    [ $_->[0], @c, ('x') x @words ] }
	    @commands[0 .. 15];
	refused_all('who decides has a directory', 2, [], map {
		my ($what, @argv) = @$_; [ $what, qr/--directory is wanted/,
		@argv ] } @acts);
	refused_all('and a key', 2, [ qw(--directory db.directory) ], map {
		my ($what, @argv) = @$_; [ $what, qr/--key is wanted/, @argv ]
	    } @acts);
	refused_all('that are there', 5, [ qw(--directory none --key db.key) ],
	    map { my ($what, @argv) = @$_; [ $what, qr/none cannot be opened/,
	    @argv ] } @acts);
	refused_all('both', 5, [ qw(--directory db.directory --key none) ],
	    map { my ($what, @argv) = @$_; [ $what, qr/none cannot be opened/,
	    @argv ] } @acts);
	refused_all('what is missing is named', 2, \@db,
	    [ 'a name', qr/--name is wanted/, qw(unit new
	    antin://q.dien-bien.vn --class xa) ],
	    [ 'a class', qr/--class is wanted/, qw(unit new
	    antin://q.dien-bien.vn --name Q) ],
	    [ 'a class of letters', qr/--class wants a word of small letters/,
	    qw(unit new antin://q.dien-bien.vn --name Q --class), 'Xã' ],
	    [ 'an empty name', qr/--name is empty/, qw(unit new
	    antin://q.dien-bien.vn --class xa --name), '' ],
	    [ 'a code', qr/--code wants an agency's code/, qw(unit new
	    antin://q.dien-bien.vn --name Q --class xa --code h18) ],
	    [ 'a unit below', qr/no address of a unit below another/, qw(unit
	    new antin://q --name Q --class xa) ],
	    [ 'a unit, not a desk', qr/no address of a unit below/, qw(unit new
	    antin://q.dien-bien.vn/x --name Q --class xa) ],
	    [ 'what is new', qr/--name, --class or --code is wanted/, qw(unit
	    rename), $na ],
	    [ 'where to', qr/--to is wanted/, qw(unit move), $na ],
	    [ 'into what', qr/--to is wanted/, qw(unit merge), $na ],
	    [ 'parts', qr/--to is wanted: each of its parts/, qw(unit split),
	    $na ],
	    [ 'OLD=NEW', qr/--desk wants OLD=NEW/, qw(unit merge), $na,
	    qw(--to antin://a.dien-bien.vn --desk x) ],
	    [ 'an id', qr/--id wants small letters/, qw(unit move), $na,
	    qw(--to antin://dien-bien.vn --id), 'Nà' ],
	    [ 'a unit', qr/a unit is wanted: without the last part/, qw(unit
	    rename antin://dien-bien.vn/van-thu --name N) ],
	    [ 'a desk\'s name', qr/--name is wanted/, qw(desk rename
	    antin://dien-bien.vn/van-thu) ],
	    [ 'a desk, not a unit', qr/is no (desk|person)/, qw(desk close),
	    $na ],
	    [ 'a time', qr/--effective wants a time/, qw(unit rename), $na,
	    qw(--name N --effective tomorrow) ],
	    [ 'days', qr/--days wants a number from 1/, qw(unit recertify
	    --days 0) ]);
	refused_all('and what is too early', 1, \@db,
	    [ 'long ago', qr/takes effect long before/, qw(unit rename), $na,
	    qw(--name N --effective), at(-32) ],
	    [ 'before it was', qr/./, qw(unit new antin://q.x.dien-bien.vn
	    --name Q --class xa) ]);
	same('db.directory', $was, 'and nothing is decided by any of them');
	{
		local $ENV{ANTIN_DIRECTORY} = 'db.directory';
		ends(0, 'ANTIN_DIRECTORY says which directory', qw(unit rename),
		    $na, qw(--name N --key db.key));
		ends(5, 'but --directory says more', qw(unit rename), $na,
		    qw(--name N --key db.key --directory none));
	}
	{
		for my $group (qw(unit desk role list policy enrol ceremony
		    cert directory)) {
			antin($group);
			is($out, '', "antin $group alone is no success");
		}
	}
}

sub hostile_words_stay_words {
	my @bad;
	for my $name ("a\nb", "a\e[2Jb", "\xff", 'x' x 5000, "\xe2\x80\xae" .
	    'evil', '%s%n%x', '"; rm -rf /', "a\tb", '../../x', '--help') {
		my $status = antin(qw(unit rename), $na, "--name=$name", @db);
		push @bad, "$name: $status" if $status !~ /^[012]$/;
		$status = antin(qw(directory show --directory db.directory));
		push @bad, "$name is shown: $status" if $status ne '0' ||
		    $out =~ /[\e\x00-\x08]|\xe2\x80\xae/;
	}
	for my $address ('', 'antin://', 'antin:///', 'antin://..vn',
	    'antin://' . 'a.' x 40 . 'vn', 'antin://a' . 'a' x 300 . '.vn',
	    "antin://q\n.dien-bien.vn", 'antin://%41.vn', "antin://\xff.vn",
	    'antin://dien-bien.vn:80/x', 'antin://u@dien-bien.vn',
	    'antin://xn--a.vn', 'ANTIN://VN') {
		for ([ qw(unit new), $address, qw(--name N --class xa) ],
		    [ qw(unit rename), $address, qw(--name N) ],
		    [ qw(unit move), $na, '--to', $address ],
		    [ qw(desk close), $address ], [ qw(cert revoke), $address ],
		    [ qw(list set L --member), $address ]) {
			my $status = antin(@$_, @db);
			push @bad, "@$_: $status" if $status !~ /^[123]$/ ||
			    $err !~ /^antin [a-z ]+: ./ || $err =~ /[\e\xff]/;
		}
	}
	ok(!@bad, 'whatever is given as a name or an address is refused, or ' .
	    'is one') or diag(@bad);
	# 16 units deep and no deeper
	my ($address, $depth) = ('a.dien-bien.vn', 3);
	while ($depth < 20) {
		my $status = antin(qw(unit new), "antin://x.$address",
		    qw(--name X --class x), @db);
		last if $status ne '0';
		$address = "x.$address";
		$depth++;
	}
	is($depth, 16, 'a tree is 16 units deep and no deeper');
	like($err, qr/16 units|no address/, 'which is said');
	ends(0, 'and its directory loads', qw(directory verify --directory
	    db.directory));
}

sub it_speaks_vietnamese {
	local $ENV{LANG} = 'vi_VN.UTF-8';
	my @same;
	for (
		[ 2, qw(unit new) ], [ 2, qw(unit move), $na ],
		[ 2, qw(enrol invite) ],
		[ 2, qw(policy set antin://dien-bien.vn --age x) ],
		[ 2, qw(role give antin://dien-bien.vn/an
		    antin://dien-bien.vn/van-thu king) ],
		[ 3, qw(unit move antin://lao-cai.vn --to), $na ],
		[ 1, qw(cert revoke antin://dien-bien.vn/rv) ],
		[ 0, qw(unit rename), $na, '--name', 'Nà Tấu' ],
		[ 0, qw(list set), 'Hai xã', '--member', "$na/van-thu" ],
	    ) {
		my ($status, @argv) = @$_;
		is(antin(@argv, @db), $status, "@argv[0, 1] ends alike");
		push @same, "@argv[0, 1]: $out$err" if "$out$err" !~ /[ạảãáàăắâấ
		    đếềệốồộơờợưứừự]/x;
	}
	ok(!@same, 'in Vietnamese') or diag(@same);
}

sub what_was_decided_since_is_void {
	ok(unit($na, 'bx.directory'), 'a province has a commune');
	ends(0, 'its key was stolen an hour ago', qw(cert revoke
	    antin://dien-bien.vn --reason authority-compromise --since),
	    at(-1 / 24), @root);
	ok(carry('held/directory', 'bx.directory'), 'others hear of it');
	ok(!unit($na, 'bx.directory'), 'and of the commune no more');
	ok(unit('antin://dien-bien.vn', 'bx.directory'), 'but of the province');
}

sub a_clock_that_was_wrong_once_does_not_end_an_authority {
	later(40, sub {
		ends(0, 'a clock is 40 days ahead', qw(unit rename
		    antin://lao-cai.vn --name L), @root);
		{
			local $ENV{CLOCK_DAYS} = 0;
			ends(0, 'set right, the authority decides', qw(unit
			    rename antin://lao-cai.vn --name M), @root);
		}
	});
}

the_tree_is_set();
a_desk_sends_what_it_may();
units_are_renamed();
units_move_and_their_addresses_lead_there();
units_merge_split_and_end();
desks_end_and_people_leave();
roles_are_given_and_end();
lists_reach_all_who_are_on_them();
old_knowledge_warns_and_then_refuses();
what_was_signed_since_is_not_trusted();
usage_errors_say_what_is_wanted();
hostile_words_stay_words();
it_speaks_vietnamese();
what_was_decided_since_is_void();
a_clock_that_was_wrong_once_does_not_end_an_authority();
is_deeply(\@told, [], 'no code has been told');
done_testing;
