#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# Ceremonies as officers hold them, and as somebody would who is none: what is
# planned, approved, run, cut off, changed afterwards and verified; which shares
# open a key; and that no share or code is told.
use strict;
use warnings;
use File::Copy qw(copy);
use File::Find qw(find);
use File::Path qw(remove_tree);
use FindBin;
use MIME::Base64 qw(encode_base64);
use Test::More;
use Time::HiRes qw(time);

use lib $FindBin::Bin;
use Antin;

my @root_words = (qw(--purpose root --unit vn --class trung-uong --quorum 2
    --name), 'Ban Cơ yếu (thử)');
my @directory = (qw(--directory held/directory));

# The letters of a share, and all that they may be told as.
sub letters { return get($_[0]) =~ /^code: (\S+)$/m ? $1 =~ s/-//gr : '' }

sub share_secrets {
	for my $file (@_) {
		my $letters = letters($file);
		my $bits = join '', map { sprintf '%05b', index
		    '0123456789ABCDEFGHJKMNPQRSTVWXYZ', $_ } split //, $letters;
		my $y = substr pack('B*', substr $bits, 0, 384), 12, 32;
		secret($letters, lc $letters, unpack('H*', $y),
		    encode_base64($y, ''));
	}
}

sub tree_of {
	my ($from, $to) = @_;
	remove_tree($to);
	system('cp', '-a', $from, $to) == 0 or die "cp: $?\n";
}

# ---- the root ----------------------------------------------------------------

sub a_plan_is_written_and_approved {
	officers(4);
	antin(qw(key new --no-passphrase --name Ai --address antin://vn/ai
	    stranger --person));
	says(0, qr/ceremony approve/, 'a plan is written', qw(ceremony plan
	    root.plan --ceremony), 'Lễ sinh khóa gốc', @root_words,
	    (map { ('--officer', "off$_.pub") } 1 .. 3), '--do',
	    'unit new antin://dien-bien.vn --name "Tỉnh Điện Biên" ' .
	    '--class tinh --code H18');
	my $plan = get('root.plan');
	like($plan, qr/^suite: B$/m, 'of suite B by itself');
	like($plan, qr/^quorum: 2$/m, 'with its quorum');
	is(scalar(() = $plan =~ /^officer: [0-9a-f]{64} Sĩ quan \d$/mg), 3,
	    'and three officers');
	is((stat 'root.plan')[2] & 07777, 0644, 'that everybody may read');
	ends(1, 'a plan is not written over', qw(ceremony plan root.plan
	    --ceremony L), @root_words, qw(--officer off1.pub --officer
	    off2.pub));
	same('root.plan', $plan, 'and stays');
	for (1 .. 3) {
		says(0, qr/\A\Q$plan\E.*Sĩ quan $_/s, "officer $_ sees it all "
		    . 'and approves', qw(ceremony approve root.plan --key),
		    "off$_.key");
	}
	ends(1, 'not twice', qw(ceremony approve root.plan --key off1.key));
	says(3, qr/does not name the officer/, 'who is no officer does not',
	    qw(ceremony approve root.plan --out x --key stranger.key));
	ok(!-e 'x', 'and makes nothing');
}

my @all = map { ('--approval', "root.plan.$_.approval", '--from',
    "off$_.pub") } 1 .. 3;

sub what_is_not_approved_is_not_run {
	my $run = sub { (qw(ceremony run root.plan x), @_) };
	put('other.plan', get('root.plan') =~ s/^days: .*/days: 36500/mr);
	antin(qw(ceremony approve other.plan --key), "off$_.key") for 1 .. 3;
	antin(qw(sign --out stranger.approval --key stranger.key root.plan));
	my $not = qr/"Sĩ quan 3" has not approved/;
	my $of = qr/approves another plan, or is of no officer/;
	refused_all('what not all have approved is not run', 3, [],
	    [ 'none', qr/"Sĩ quan 1" has not approved/, $run->() ],
	    [ 'one missing', $not, $run->(@all[0 .. 7]) ],
	    [ 'its card missing', $not, $run->(@all[0 .. 7], '--from',
	    'off3.pub') ],
	    [ 'its approval without the card', $of, $run->(@all[0 .. 9]) ],
	    [ 'one of another plan', $of, $run->(@all[0 .. 7], '--approval',
	    'other.plan.3.approval', '--from', 'off3.pub') ],
	    [ 'one by somebody else', $of, $run->(@all[0 .. 7], '--approval',
	    'stranger.approval', qw(--from stranger.pub --from off3.pub)) ],
	    [ 'one officer for another', $not, $run->(@all[0 .. 7],
	    @all[0 .. 1], '--from', 'off3.pub') ],
	    [ 'of a plan that was changed since', $of, qw(ceremony run), do {
		put('changed.plan', get('root.plan') . "# a note\n");
		'changed.plan' }, 'x', @all ]);
	put('no', 'what is no signature');
	refused_all('nor is what is none an approval', 3, [],
	    [ 'a text', $of, $run->(@all, qw(--approval no)) ],
	    [ 'a card', $of, $run->(@all, qw(--approval off1.pub)) ]);
	ok(!-e 'x', 'and nothing is left of it');
}

sub plans_that_are_none_are_refused {
	my $plan = get('root.plan');
	my @bad;
	my %plans = (
		'no first line' => $plan =~ s/\A.*\n//r,
		'another version' => $plan =~ s/ceremony 1/ceremony 2/r,
		'no purpose' => $plan =~ s/^purpose.*\n//mr,
		'a purpose there is not' => $plan =~ s/: root/: party/r,
		'two units' => $plan =~ s/^(unit.*\n)/$1$1/mr,
		'an unknown word' => "${plan}colour: red\n",
		'a line without a colon' => "${plan}do\n",
		'an empty do' => "${plan}do:\n",
		'suite C' => $plan =~ s/suite: B/suite: C/r,
		'the foreign suite' => $plan =~ s/suite: B/suite: interop/r,
		'a quorum of one' => $plan =~ s/quorum: 2/quorum: 1/r,
		'more than there are' => $plan =~ s/quorum: 2/quorum: 4/r,
		'one officer twice' => $plan =~ s/^(officer.*\n)/$1$1/mr,
		'a short fingerprint' => $plan =~ s/^officer: ../officer: /mr,
		'no days' => $plan =~ s/^days: \d+/days: 0/mr,
		'days below none' => $plan =~ s/^days: \d+/days: -1/mr,
		'too many days' => $plan =~ s/^days: \d+/days: 99999/mr,
		'what is no text' => "${plan}do: \xff\xfe\n",
		'a control character' => "${plan}do: unit new \e[2J\n",
		'a date there is not' => $plan =~
		    s/^date: .*/date: 2026-02-30/mr,
		'acts with a quorum' => $plan =~ s/: root/: acts/r,
		'too long' => $plan . "# long\n" x 10_000,
		'nothing' => '',
		'noise' => join('', map { chr rand 256 } 1 .. 3000),
	);
	for my $what (sort keys %plans) {
		put('bad.plan', $plans{$what});
		for (qw(approve run)) {
			my $status = antin('ceremony', $_, 'bad.plan', $_ eq
			    'run' ? ('x', @all) : qw(--key off1.key --out x));
			push @bad, "$_, $what: $status $err" if $status ne '1'
			    || $err !~ /^antin ceremony \w+: bad\.plan\b.+/ ||
			    $out ne '' || -e 'x';
		}
	}
	ok(!@bad, 'what is no plan is neither approved nor run (' .
	    keys(%plans) . ')') or diag(@bad);
	my @p = (qw(ceremony plan x --ceremony L --officer off1.pub --officer
	    off2.pub));
	refused_all('nor planned', 1, [],
	    [ 'no unit', qr/wants a line "unit"|"unit" wants/, @p, qw(--purpose
	    root --name N --class c --quorum 2) ],
	    [ 'a quorum of none', qr/quorum/, @p, qw(--purpose root --name N
	    --class c --unit vn) ],
	    [ 'nothing to do', qr/wants a line "do"/, @p, qw(--purpose acts) ],
	    [ 'do for an authority', qr/has no line "do"/, @p, qw(--purpose
	    authority --quorum 2 --do), 'policy set x' ],
	    [ 'a unit that is no id', qr/"unit" wants an id/, @p, qw(--purpose
	    root --name N --class c --quorum 2 --unit VN) ]);
	refused_all('nor in other words', 2, [],
	    [ 'no purpose', qr/--purpose wants root/, @p ],
	    [ 'one there is not', qr/--purpose wants root/, @p,
	    qw(--purpose party) ],
	    [ 'a quorum of one', qr/--quorum wants a number from 2/, @p,
	    qw(--purpose root --quorum 1) ],
	    [ 'suite C', qr/no suite "C"/, @p, qw(--purpose root --suite C) ],
	    [ 'a level there is not', qr/--level wants thuong/, @p,
	    qw(--purpose root --level top) ],
	    [ 'a date in words', qr/--date wants a time/, @p,
	    qw(--purpose root --date soon) ]);
	ok(!-e 'x', 'and nothing is made');
}

sub the_root_is_made {
	says(0, qr/ceremony verify held/, 'what all have approved is run',
	    qw(ceremony run root.plan held), @all);
	my $told = $out;
	my ($words) = $told =~ /^    (\S.*)$/m;
	share_secrets(map { "held/share-$_.share" } 1 .. 3);
	is(scalar(secrets_in($told)), 0, 'it tells no share');
	is(join(' ', map { sprintf '%o', (stat "held/$_")[2] & 07777 } '.',
	    'root.key', (map { ("share-$_.share", "share-$_.svg") } 1 .. 3)),
	    '700' . ' 600' x 7, 'the folder, the key and the shares are ' .
	    'nobody else\'s');
	is((() = names('held') =~ /tmp|~/), 0, 'nothing else is left there');
	ends(0, 'it is verified', qw(ceremony verify --json held));
	my $j = json();
	is("$j->{aim} $j->{shares} $j->{quorum} $j->{acts} $j->{elsewhere}",
	    'root 3 2 3 0', 'as what it was');
	utf8::encode(my $check = $j->{checkwords});
	is($check, $words, 'with the words that were shown');
	like(get("held/share-$_.share"), qr/^words: \Q$words\E$/m,
	    "and stand on share $_") for 1 .. 3;
	ends(0, 'the key', qw(key show --json held/root.pub));
	is(json()->[0]{signing}{algorithm}, 'MLDSA87-P384', 'is of suite B');
	ends(0, 'the directory', qw(directory verify), @directory);
	ends(0, 'shows', qw(directory show --json), @directory);
	my %unit = map { $_->{address} => $_ } @{ json()->{units} };
	is(join(' ', sort keys %unit), 'antin://dien-bien.vn antin://vn',
	    'the root and what the plan says');
	is($unit{'antin://dien-bien.vn'}{codes}[0]{code}, 'H18',
	    'with all its options');
	says(1, qr/held is there already/, 'a folder that is there is not ' .
	    'used', qw(ceremony run root.plan held), @all);
	ends(0, 'and stays as it was', qw(ceremony verify held));
	ends(0, 'a root of suite A', ceremony(qw(a 2), @root_words,
	    qw(--suite A --days 30)));
	share_secrets(map { "a/share-$_.share" } 1, 2);
	ends(0, 'is verified as well', qw(ceremony verify a));
	ends(0, 'its key', qw(key show --json a/root.pub));
	is(json()->[0]{signing}{algorithm}, 'MLDSA65-Ed25519', 'is of suite A');
}

sub the_sheets_say_what_the_files_say {
	SKIP: {
		grep { -x "$_/rsvg-convert" } split /:/, $ENV{PATH} and
		    grep { -x "$_/zbarimg" } split /:/, $ENV{PATH} or
		    skip 'nothing reads sheets here', 3;
		for (1 .. 3) {
			system("rsvg-convert -z 3 -b white " .
			    "held/share-$_.svg >sheet.png 2>sheet.err");
			my $read = `zbarimg -q --raw sheet.png 2>>sheet.err`;
			is($read =~ s/\s+\z//r, letters("held/share-$_.share"),
			    "sheet $_ holds its share's letters") or
			    diag(get('sheet.err'));
		}
		unlink 'sheet.png';
	}
}

# ---- shares ------------------------------------------------------------------

# A decision by the root's key, with these shares.
my $n = 0;
sub by_shares {
	return (qw(unit rename antin://dien-bien.vn --key held/root.key
	    --name), 'Tên ' . $n++, @directory, map { ('--share', $_) } @_);
}

sub any_two_shares_open_the_key {
	my @s = map { "held/share-$_.share" } 0 .. 3;
	ends(0, "shares @$_", by_shares(map { $s[$_] } @$_))
	    for [ 1, 2 ], [ 1, 3 ], [ 3, 2 ], [ 3, 1, 2 ];
	my $l = letters($s[1]);
	my %typed = (
		'lower case' => lc $l,
		'with blanks' => join(' ', $l =~ /(.{1,5})/g) . "\n",
		'with hyphens and line ends' => join("-\r\n",
		    $l =~ /(.{1,20})/g),
		'with O for 0 and I or L for 1' => $l =~ tr/01/OI/r,
		'with o and l' => lc($l) =~ tr/01/ol/r,
		'behind its word' => "code:$l",
	);
	for (sort keys %typed) {
		put('typed', $typed{$_});
		ends(0, "a share typed $_", by_shares('typed', $s[2]));
	}
	my $wrong = sub { put("wrong.$_[0]", $_[1]); "wrong.$_[0]" };
	my $no = qr/77 letters and digits are wanted/;
	refused_all('what is no share is refused', 1, [],
	    (map { my $at = $_; [ "a wrong letter at $at", $no, by_shares(
	    $wrong->("letter.$at", do { my $c = $l; substr($c, $at, 1) =
	    substr($c, $at, 1) eq 'Q' ? 'R' : 'Q'; $c }), $s[2]) ] }
	    map { int rand 76 } 1 .. 8),
	    [ 'two exchanged', $no, by_shares($wrong->('two', do { my $c = $l;
	    $c =~ s/(.)((?!\1).)/$2$1/; $c }), $s[2]) ],
	    [ 'one missing', $no, by_shares($wrong->('short', substr $l, 1),
	    $s[2]) ],
	    [ 'one too many', $no, by_shares($wrong->('long', "${l}0"),
	    $s[2]) ],
	    [ 'a letter there is not', $no, by_shares($wrong->('u',
	    $l =~ s/./U/r), $s[2]) ],
	    [ 'nothing', $no, by_shares($wrong->('empty', ''), $s[2]) ],
	    [ 'the sheet', qr/./, by_shares('held/share-1.svg', $s[2]) ],
	    [ 'a key', qr/./, by_shares('off1.key', $s[2]) ],
	    [ 'far too much', qr/./, by_shares($wrong->('huge', $l x 5000),
	    $s[2]) ]);
	refused_all('and too few, and others', 3, [],
	    [ 'none', qr/under shares: give them with --share/, by_shares() ],
	    [ 'one', qr/2 shares are wanted .* 1 are given/, by_shares($s[1]) ],
	    [ 'one twice', qr/share number 1 is given twice/,
	    by_shares(@s[1, 1]) ],
	    [ 'one twice, once typed', qr/number 1 is given twice/, do {
	    put('typed', lc $l); by_shares($s[1], 'typed') } ],
	    [ 'two and one twice', qr/number 2 is given twice/,
	    by_shares(@s[1, 2, 2]) ],
	    [ 'one of another set', qr/number 2 is not of the set/,
	    by_shares($s[1], 'a/share-2.share') ],
	    [ 'two of another set', qr/number 1 is not of the set/,
	    by_shares('a/share-1.share', 'a/share-2.share') ],
	    [ 'one more of another', qr/is not of the set/,
	    by_shares(@s[1, 2], 'a/share-1.share') ]);
	unlink glob 'wrong.*';
	unlink 'typed';
}

# ---- acts --------------------------------------------------------------------

my @root = (@directory, qw(--key held/root.key --share held/share-1.share
    --share held/share-3.share));

sub acts { return (ceremony($_[0], 2, qw(--purpose acts), map { ('--do', $_) }
    @_[1 .. $#_]), @root) }

sub units_now {
	antin(qw(directory show --json), @directory);
	return map { $_->{address} => $_ } @{ json()->{units} };
}

sub acts_are_decided_in_a_ceremony {
	ok(invited(\@root, 'db', 'antin://dien-bien.vn', qw(--kind authority
	    --level toi-mat --precedence hoa-toc --depth 1)), 'a province is ' .
	    'invited');
	my $words = requested('db');
	says(0, qr/1 of 5: .*5 of 5: /s, 'acts are decided', acts('acts',
	    "enrol issue db.request db.answer --words \"$words\"",
	    'unit new antin://lao-cai.vn --name "Tỉnh Lào Cai" --class tinh',
	    'unit new antin://muong-nhe.dien-bien.vn --name "Xã Mường Nhé" ' .
	    '--class xa',
	    'unit move   antin://muong-nhe.dien-bien.vn --to ' .
	    'antin://lao-cai.vn',
	    'unit rename antin://lao-cai.vn --name "Lào Cai"'));
	ends(0, 'it is verified', qw(ceremony verify --json acts));
	my $j = json();
	is("$j->{aim} $j->{acts} $j->{shares}", 'acts 5 0', 'as what it was');
	ok(!-e 'acts/directory', 'it has no directory of its own');
	ends(0, 'the province takes its answer', qw(enrol accept db db.answer));
	my %u = units_now();
	ok($u{'antin://muong-nhe.lao-cai.vn'}, 'the commune has moved');
	is(antin(qw(cert show --json antin://dien-bien.vn), @directory), 0,
	    'the province is certified');
	my $first = json()->[-1]{fingerprint};
	is(antin(qw(enrol request db2 --no-passphrase --renew db.key),
	    @directory), 0, 'it wants new keys');
	ends(0, 'which the root gives in a ceremony', acts('renew',
	    'enrol issue db2.request db2.answer'));
	ends(0, 'and it takes', qw(enrol accept db2 db2.answer --directory
	    db.directory));
	ends(0, 'the old ones are revoked in another', acts('revoke',
	    "cert revoke $first --reason superseded"));
	antin(qw(cert show --json antin://dien-bien.vn), @directory);
	my ($was) = grep { $_->{fingerprint} eq $first } @{ json() };
	is($was->{reason}, 'superseded', 'for its reason');
	ends(0, 'a grown directory is as it was', qw(ceremony verify held));
	like($out, qr/Files that are as they were: 11/, 'all of it');
}

sub a_desk_is_recovered_in_a_ceremony {
	enrolled(\@root, 'bch', 'antin://vn/bch', qw(--level tuyet-mat
	    --precedence hoa-toc));
	rename 'bch.key', 'bch.lost';
	enrolled(\@root, 'bch2', 'antin://vn/bch', qw(--level tuyet-mat
	    --precedence hoa-toc));
	ends(0, 'a desk\'s key comes out of escrow', acts('recover',
	    'enrol recover antin://vn/bch bch.recovered --reason "máy hỏng"'));
	is((stat 'bch.recovered')[2] & 07777, 0600, 'for its owner alone');
	ends(0, 'which the desk takes', qw(enrol restore bch2.key
	    bch.recovered));
	is(antin(qw(directory show), @directory), 0, 'the directory');
	like($out, qr/máy hỏng/, 'raises an alarm that says why');
}

sub a_line_that_fails_ends_it {
	my %before = units_now();
	my @run = acts('fails', 'unit new antin://son-la.vn --name "Sơn La" ' .
	    '--class tinh', 'unit new antin://lao-cai.vn --name "Hai" ' .
	    '--class tinh', 'unit new antin://ha-noi.vn --name "Hà Nội" ' .
	    '--class tinh');
	my $status = antin(@run);
	is($status, 3, 'a line that fails ends the ceremony');
	like($err, qr/do: unit new antin:\/\/lao-cai\.vn .*two units would/,
	    'and is said, with why');
	like($out, qr/2 of 3: /, 'as the second of three');
	unlike($out, qr/3 of 3|is held/, 'and no more');
	my %after = units_now();
	ok($after{'antin://son-la.vn'}, 'what was decided before it stays');
	ok(!$after{'antin://ha-noi.vn'}, 'what comes after it is not decided');
	ends(0, 'and stands in the transcript', qw(ceremony verify --json
	    fails));
	is(json()->{acts}, 1, 'alone');
	my @bad;
	for (
		[ 2, qr/no command by which an authority decides/, 'seal x' ],
		[ 2, qr/no command by which an authority decides/,
		    'ceremony run root.plan y' ],
		[ 2, qr/no command by which an authority decides/,
		    'enrol accept db db.answer' ],
		[ 2, qr/no command by which/, 'nonsense' ],
		[ 2, qr/no command by which/, 'unit' ],
		[ 2, qr/no command by which/, '"unit new" x' ],
		[ 2, qr/a quote that does not end/, 'unit rename ' .
		    'antin://lao-cai.vn --name "x' ],
		[ 2, qr/no option --colour/, 'unit rename antin://lao-cai.vn ' .
		    '--colour red' ],
		[ 2, qr/wanted: antin unit rename ADDRESS/, 'unit rename' ],
		[ 1, qr/nobody is known/, 'unit rename antin://nowhere.vn ' .
		    '--name N' ],
		[ 1, qr/do: unit rename x x/, 'unit rename' . ' x' x 600 ],
	    ) {
		my ($want, $text, $line) = @$_;
		remove_tree('bad');
		my $size = -s 'held/directory';
		my $got = antin(acts('bad', $line));
		push @bad, "$line: $got $err" if $got ne $want ||
		    $err !~ $text || -e 'bad/transcript' ||
		    -s 'held/directory' != $size;
	}
	ok(!@bad, 'a line that is none decides nothing') or diag(@bad);
	remove_tree('bad');
	{
		antin(acts('bad', 'unit rename antin://lao-cai.vn --colour ' .
		    'red --name ' . 'x' x 1100));
		like($err, qr/no option --colour/, 'a long one is refused, ' .
		    'with why');
	}
	remove_tree('bad');
	{
		isnt(antin(acts('bad', 'unit new --help')), 'signal 11',
		    'nor does one that asks for help');
	}
	remove_tree('bad');
	{
		isnt(antin(acts('bad', 'unit rename antin://lao-cai.vn ' .
		    '--name X --directory /nonexistent --key /nonexistent')), 0,
		    'nor one that names another directory or key');
	}
	remove_tree('bad');
	ends(3, 'without shares nothing is done', (acts('bad',
	    'unit rename antin://lao-cai.vn --name Y'))[0 .. 11],
	    @directory, qw(--key held/root.key));
	{
		ok(!-e 'bad', 'and no folder is left');
	}
	remove_tree('bad');
}

sub a_root_whose_plan_fails_is_none {
	my @run = ceremony(qw(r 2), @root_words, '--do',
	    'unit new antin://a.vn --name A --class tinh', '--do',
	    'unit new antin://a.vn --name B --class tinh');
	ends(3, 'a root whose plan fails', @run);
	ok(!-e 'r/transcript', 'has no transcript');
	share_secrets(glob 'r/share-*.share');
	says(1, qr/is there already/, 'it is not run again there', @run);
	ends(5, 'nor verified', qw(ceremony verify r));
	my @do = map { ('--do', "unit rename antin://vn --name N$_") } 1 .. 257;
	{
		isnt(antin(qw(ceremony plan many.plan --ceremony L --purpose
		    acts --officer off1.pub), @do), 0,
		    'a plan of more lines than there may be is refused');
	}
}

# ---- an authority's key ------------------------------------------------------

sub an_authority_gets_a_key_under_shares {
	invited(\@root, 'lc', 'antin://lao-cai.vn', qw(--kind authority
	    --level mat --precedence khan --depth 1));
	my @run = ceremony(qw(lc 3 --purpose authority --quorum 2 --suite A));
	my @with = qw(--invitation lc.inv --code-file lc.code);
	says(2, qr/--invitation is wanted/, 'without an invitation there is ' .
	    'none', @run);
	remove_tree('lc');
	put('wrong.code', "7KQD-22MX-9RTA\n");
	ends(3, 'nor with a wrong code', @run, qw(--invitation lc.inv
	    --code-file wrong.code));
	remove_tree('lc');
	says(0, qr/Check words/, 'an authority\'s key is made', @run, @with);
	share_secrets(map { "lc/share-$_.share" } 1 .. 3);
	my ($words) = $out =~ /^    (\S.*)$/m;
	ends(0, 'its ceremony is verified', qw(ceremony verify --json lc));
	is(json()->{aim}, 'authority', 'as what it was');
	is(issued(\@root, 'lc/authority', $words), 0, 'the root certifies it');
	says(3, qr/under shares: give them with --share/, 'the answer is ' .
	    'taken with shares', qw(enrol accept lc/authority
	    lc/authority.answer));
	says(0, qr/Enrolled: antin:\/\/lao-cai\.vn/, 'any two of them',
	    qw(enrol accept lc/authority lc/authority.answer --share
	    lc/share-2.share --share lc/share-3.share));
	is((stat 'lc/authority.key')[2] & 07777, 0600, 'the key stays its own');
	{
		ends(0, 'its ceremony still holds', qw(ceremony verify lc));
	}
	my @lc = qw(--directory lc/authority.directory --key lc/authority.key
	    --share lc/share-1.share --share lc/share-2.share);
	ends(0, 'it decides', qw(unit new antin://bat-xat.lao-cai.vn --name),
	    'Bát Xát', qw(--class xa), @lc);
	enrolled(\@lc, 'bx', 'antin://bat-xat.lao-cai.vn/van-thu');
	says(3, qr/1 are given/, 'not with one share', qw(unit rename
	    antin://bat-xat.lao-cai.vn --name X), @lc[0 .. 5]);
	says(3, qr/not of the set/, 'nor with the root\'s', qw(unit rename
	    antin://bat-xat.lao-cai.vn --name X), @lc[0 .. 3],
	    qw(--share held/share-1.share --share held/share-2.share));
}

# ---- verify ------------------------------------------------------------------

# What verify says of held with this changed.
sub with_changed {
	my ($change) = @_;
	tree_of('held', 'copy');
	$change->();
	my $status = antin(qw(ceremony verify copy));
	$status = 'said something' if $status ne '0' && $out ne '';
	$status = 'said not why' if $status ne '0' &&
	    $err !~ /^antin ceremony verify: ./;
	return $status;
}

sub verify_finds_what_was_changed {
	my @files = grep { !/^(share|directory\.)/ } split ' ', names('held');
	my (@bad, $tries);
	for my $file (@files) {
		my $was = get("held/$file");
		# a directory's later half is of later
		my $size = $file eq 'directory' ? 20_000 : length $was;
		for my $at (0, $size - 1, map { int rand $size } 1 .. 6) {
			$tries++;
			my $status = with_changed(sub { put("copy/$file",
			    flip($was, $at, int rand 8)) });
			push @bad, "$file, byte $at: $status $err"
			    if $status !~ /^[13]$/;
		}
		my $status = with_changed(sub { put("copy/$file", substr $was,
		    0, $size / 2) });
		push @bad, "$file cut off: $status" if $status !~ /^[13]$/;
	}
	ok(!@bad, "whatever is changed in a folder, verify finds it ($tries)")
	    or diag("seed $seed\n", @bad);
	@bad = ();
	for my $file (qw(plan officer-2.pub officer-1.approval transcript
	    transcript.sig certificate.pub)) {
		my $status = with_changed(sub { unlink "copy/$file" });
		push @bad, "$file: $status $err" if $status ne '5' ||
		    $err !~ /$file/;
	}
	ok(!@bad, 'nothing is verified without what verifies it') or diag(@bad);
	is(with_changed(sub { unlink 'copy/root.key', 'copy/directory',
	    glob 'copy/share-*' }), 0, 'a key and shares may lie elsewhere');
	like($out, qr/lie elsewhere by now: 2/, 'which it says');
	my @swaps = (
		[ 'two approvals exchanged', 'officer-1.approval',
		    'held/officer-2.approval' ],
		[ 'an officer\'s card', 'officer-1.pub', 'stranger.pub' ],
		[ 'an approval of another plan', 'officer-1.approval',
		    'other.plan.1.approval' ],
		[ 'another ceremony\'s plan', 'plan', 'a/plan' ],
		[ 'another\'s transcript', 'transcript', 'a/transcript' ],
		[ 'another\'s signature', 'transcript.sig',
		    'a/transcript.sig' ],
		[ 'another\'s certificate', 'certificate.pub',
		    'a/certificate.pub' ],
		[ 'another\'s directory', 'directory', 'a/directory' ],
		[ 'another\'s key', 'root.key', 'a/root.key' ],
	);
	my @passed = grep { my $s = $_; with_changed(sub { copy($s->[2],
	    "copy/$s->[1]") }) !~ /^[13]$/ } @swaps;
	is(join(', ', map { $_->[0] } @passed), '', 'nothing of another ' .
	    'ceremony passes');
	is(with_changed(sub { antin(qw(sign --force --key off1.key --out
	    copy/transcript.sig copy/transcript)) }), 3, 'a transcript that ' .
	    'another key signed does not hold');
	like($err, qr/not signed by the key it names/, 'and it says so');
	# all of it made again, by another key: then the words are another's
	antin(qw(ceremony verify --json held));
	my $words = json()->{checkwords};
	is(antin(qw(ceremony verify --json a)), 0, 'another root is another');
	isnt(json()->{checkwords}, $words, 'by its check words');
	remove_tree('copy');
}

# ---- cut off -----------------------------------------------------------------

sub one_that_was_cut_off_is_run_again {
	my @run = ceremony(qw(k 2), @root_words, '--do',
	    'unit new antin://a.vn --name A --class tinh');
	my $span = span(@run);
	my ($hit, $whole, @bad) = (0, 0);
	my $end = time + 6;
	for (1 .. ($san ? 8 : 40)) {
		last if time > $end;
		remove_tree('k');
		$hit += killed(\$span, @run);
		if (-e 'k/transcript') {
			$whole++;
			push @bad, "not verified: $err" if
			    antin(qw(ceremony verify k)) ne '0';
		} elsif (-d 'k') {
			push @bad, "run there again: $err" if
			    antin(@run) ne '1';
		}
		my @wide = grep { -f && (stat)[2] & 077 && !/directory|plan|
		    \.pub$|\.approval$|transcript|certificate/x }
		    glob 'k/* k/.*';
		push @bad, "for others: @wide" if @wide;
	}
	ok(!@bad, "a root killed $hit times is whole ($whole) or none") or
	    diag("seed $seed\n", @bad);
	rename 'k', 'k.cut';
	ends(0, 'and is made in another folder', @run);
	ends(0, 'and verified', qw(ceremony verify k));
	share_secrets(map { "k/share-$_.share" } 1, 2);

	@run = acts('c', 'unit rename antin://dien-bien.vn --name Một',
	    'unit rename antin://lao-cai.vn --name Hai');
	my $span2 = span(@run);
	($hit, @bad) = 0;
	$end = time + 4;
	for (1 .. ($san ? 4 : 20)) {
		last if time > $end;
		remove_tree('c');
		$hit += killed(\$span2, @run);
		push @bad, "no directory: $err" if
		    antin(qw(directory verify), @directory) ne '0';
		push @bad, "not verified: $err" if -e 'c/transcript' &&
		    antin(qw(ceremony verify c)) ne '0';
	}
	ok(!@bad, "acts killed $hit times leave a directory that loads") or
	    diag("seed $seed\n", @bad);
	remove_tree('c');
	ends(0, 'and are decided again', @run);
	ends(0, 'the root\'s own ceremony holds still', qw(ceremony verify
	    held));
}

# ---- secrets -----------------------------------------------------------------

sub no_secret_is_told {
	is_deeply(\@told, [], 'no share, no code has been said');
	my (@bad, $n);
	find({ no_chdir => 1, wanted => sub {
		return if !-f || -l;
		$n++;
		my $wide = (stat)[2] & 077;
		my @found = secrets_in(get($_)) or return;
		push @bad, $_ if $wide || !m{/share-\d+\.(share|svg)$|\.code$};
	} }, $work);
	ok($n > 100 && !@bad, "nor stands it in any of $n files but its own") or
	    diag(join "\n", @bad);
	ok(secrets_in(get('held/share-2.share')) &&
	    secrets_in(get('db.code')), 'where it is found');
}

a_plan_is_written_and_approved();
what_is_not_approved_is_not_run();
plans_that_are_none_are_refused();
the_root_is_made();
the_sheets_say_what_the_files_say();
any_two_shares_open_the_key();
acts_are_decided_in_a_ceremony();
a_desk_is_recovered_in_a_ceremony();
a_line_that_fails_ends_it();
a_root_whose_plan_fails_is_none();
an_authority_gets_a_key_under_shares();
verify_finds_what_was_changed();
one_that_was_cut_off_is_run_again();
no_secret_is_told();
done_testing;
