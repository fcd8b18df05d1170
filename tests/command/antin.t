#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# The command as people use it, from the making of keys to the opened
# dispatch: each option of each command, what it says to people and to
# programs, and its exit statuses.
use strict;
use warnings;
use FindBin;
use JSON::PP ();
use POSIX ();
use Test::More;

use lib $FindBin::Bin;
use Antin qw($antin put get);

my %used;    # command => option => 1: given here, and understood
my ($out, $err);

# Run it; the exit status, or "signal N".  Fills $out and $err.
sub antin {
	my @argv = @_;
	open my $o, '+>', undef or die "$!\n";
	open my $e, '+>', undef or die "$!\n";
	my $pid = fork // die "fork: $!\n";
	if ($pid == 0) {
		alarm 60;
		open STDIN, '<', '/dev/null';
		open STDOUT, '>&', $o;
		open STDERR, '>&', $e;
		exec $antin, @argv or POSIX::_exit(127);
	}
	waitpid $pid, 0;
	my $status = $? & 127 ? 'signal ' . ($? & 127) : $? >> 8;
	($out, $err) = map { seek $_, 0, 0; local $/; <$_> // '' } $o, $e;
	my $command = @argv > 1 && $argv[0] eq 'key' ? "key $argv[1]" :
	    $argv[0] // '';
	if ($status =~ /^[034]$/) {
		/^--([a-z-]+)/ and $used{$command}{$1} = 1 for @argv;
	}
	return $status;
}

# It ends with this status; the words of a good run end with "ok".
sub ends {
	my ($status, $name, @argv) = @_;
	my $got = antin(@argv);
	my $good = $got eq $status;
	# success is quiet on standard error, failure on standard output
	$good &&= ($status == 0 ? $err : $out) eq '';
	$good &&= $err =~ /^antin [a-z ]+: ./ if $status != 0;
	ok($good, $name) or diag("status $got, wanted $status\n$err");
	return $good;
}

# As JSON::PP has it.
sub letters {
	my ($bytes) = @_;
	utf8::decode($bytes);
	return $bytes;
}

sub json {
	my $j = eval { JSON::PP->new->utf8->decode($out) };
	ok(defined $j, 'what it prints for programs is JSON') or diag($out);
	return $j // {};
}

# ---- keys --------------------------------------------------------------------

put('pass', "mật khẩu của văn thư\nnot this line\n");
put('pass.2', "một câu khác");
put('pass.nfd', "ma\xcc\xa3\xcc\x82t kha\xcc\x82\xcc\x89u cu\xcc\x89a va\xcc\x86n thu\xcc\x9b\n");
mkdir 'cards';

my @desk = ('--address', 'antin://muong-nhe.dien-bien.vn/van-thu');
ends(0, 'a desk gets a key file under a passphrase', qw(key new --name),
    'Văn thư Điện Biên', qw(--address antin://dien-bien.vn/van-thu),
    qw(--passphrase-file pass --days 30 van-thu));
like($out, qr/van-thu\.key.*van-thu\.pub/s, 'and is told both names');
ends(0, 'another without, in suite B', qw(key new --name), 'Mường Nhé',
    @desk, qw(--suite B --no-passphrase muong-nhe));
ends(0, 'a third', qw(key new --name=Nà --address=antin://na.dien-bien.vn/co-yeu
    --suite=a --no-passphrase na));
ends(0, 'a person', qw(key new --person --name), 'Nguyễn Văn An',
    qw(--address antin://dien-bien.vn/nguyen-van-an --no-passphrase an));
ends(0, 'a foreign tool\'s desk', qw(key new --suite interop --name Foreign
    --address antin://foreign.vn/desk --no-passphrase foreign));
ends(0, 'a station', qw(key new --name Station --no-passphrase
    --address antin://dien-bien.vn station));
is(sprintf('%o %o', map { (stat)[2] & 07777 } qw(van-thu.key van-thu.pub)),
    '600 644', 'a key file is its owner\'s alone, a card is everybody\'s');
is((stat 'na.key')[2] & 07777, 0600, 'so is one without passphrase');

my $was = get('na.key') . get('na.pub');
ends(1, 'a key is not written over', qw(key new --name N --no-passphrase
    --address antin://na.dien-bien.vn/co-yeu na));
is(get('na.key') . get('na.pub'), $was, 'and stays as it was');
ends(0, 'except by force', qw(key new --name), 'Nà Tấu', qw(--force
    --no-passphrase --address antin://na.dien-bien.vn/co-yeu na));
isnt(get('na.key') . get('na.pub'), $was, 'and then it is another');
is((stat 'na.key')[2] & 07777, 0600, 'and still its owner\'s alone');

for (
	[ 'without a name', qw(--address antin://x.vn/x) ],
	[ 'of an empty name', '--name', '', qw(--address antin://x.vn/x) ],
	[ 'without an address', qw(--name X) ],
	[ 'of an unknown suite', qw(--name X --address antin://x.vn/x
	    --suite C) ],
	[ 'for no day', qw(--name X --address antin://x.vn/x --days 0) ],
	[ 'for more than 100 years', qw(--name X --address antin://x.vn/x
	    --days 36501) ],
	[ 'whose passphrase cannot be asked for', qw(--name X --address
	    antin://x.vn/x) ],
    ) {
	my ($what, @argv) = @$_;
	# a session of its own has no terminal
	my @bare = $what =~ /asked/ ? () : '--no-passphrase';
	ends(2, "no key is made $what", qw(key new), @argv, @bare, 'x');
}
ends(1, 'nor at an address that is none', qw(key new --no-passphrase
    --name X --address http://x.vn/x x));
put('empty', "\nsecond line\n");
ends(2, 'nor under an empty passphrase', qw(key new --name X --address
    antin://x.vn/x --passphrase-file empty x));
for ("   \n", "\xe2\x80\x8b\n", "\xc2\xa0 \n") {
	put('blank', $_);
	ends(2, 'nor under one of which nothing is left', qw(key new --name X
	    --address antin://x.vn/x --passphrase-file blank x));
}
ok(!-e 'x.key' && !-e 'x.pub', 'and nothing is left of them');

ends(0, 'cards and key files are shown', qw(key show --json van-thu.pub
    van-thu.key an.pub));
my $j = json();
is($j->[0]{name}, letters('Văn thư Điện Biên'), 'by name');
is($j->[0]{address}, 'antin://dien-bien.vn/van-thu', 'by address');
is_deeply([ @{ $j->[0] }{qw(signing encryption from until)} ],
    [ @{ $j->[1] }{qw(signing encryption from until)} ],
    'a key file shows the same as its card, and asks no passphrase');
is($j->[0]{signing}{algorithm}, 'MLDSA65-Ed25519', 'suite A signs');
is($j->[0]{encryption}{algorithm}, 'MLKEM768-X25519', 'and seals');
like($j->[0]{signing}{fingerprint}, qr/^[0-9a-f]{64}$/, 'by fingerprint');
ok(!$j->[2]{encryption}, 'nothing is sealed for a person');
ends(0, 'a suite B card', qw(key show --json muong-nhe.pub));
is(json()->[0]{signing}{algorithm}, 'MLDSA87-P384', 'is of suite B');
ends(0, 'for people', qw(key show van-thu.pub));
like($out, qr/Văn thư Điện Biên.*\d\d\/\d\d\/\d{4} \d\d:\d\d/s,
    'it shows the name and Vietnam\'s time');

ends(0, 'a passphrase is changed', qw(key passwd --passphrase-file pass
    --new-passphrase-file pass.2 van-thu.key));
is((stat 'van-thu.key')[2] & 07777, 0600, 'the file stays its owner\'s');
$was = get('van-thu.key');
ends(3, 'the old one no longer opens it', qw(key passwd --passphrase-file pass
    --new-passphrase-file pass van-thu.key));
is(get('van-thu.key'), $was, 'and changes nothing');
ends(0, 'the new one does', qw(key passwd --passphrase-file pass.2
    --new-passphrase-file pass van-thu.key));
ends(0, 'however its letters are composed', qw(key passwd --passphrase-file
    pass.nfd --new-passphrase-file pass van-thu.key));
ends(0, 'a key without one gets one', qw(key passwd --new-passphrase-file pass
    foreign.key));
ends(3, 'which is then asked', qw(sign --key foreign.key --passphrase-file
    pass.2 --out x pass));
ends(0, 'and right', qw(key new --force --suite interop --name Foreign
    --address antin://foreign.vn/desk --no-passphrase foreign));

rename $_, "cards/$_" for qw(van-thu.pub muong-nhe.pub na.pub an.pub);
put('cards/README', 'not a card');

# ---- a person signs ----------------------------------------------------------

put('to-trinh.pdf', '%PDF-1.7 ' . 'tờ trình ' x 9000);   # inside
put('big.bin', join '', map { pack 'N', rand 2**32 } 1 .. 100_000);
put('zeros.bin', "\0" x 3_000_000);
put('nothing.txt', '');
put('dien.txt', "Kính gửi các bộ phận,\n\tnội dung điện.\n");
put('subject', "Về việc họp\n");

ends(0, 'a person signs a file', qw(sign --key an.key to-trinh.pdf));
ok(-s 'to-trinh.pdf.sig', 'beside it');
ends(1, 'a signature is not written over', qw(sign --key an.key
    to-trinh.pdf));
ends(0, 'except by force', qw(sign --force --key an.key to-trinh.pdf));
ends(0, 'a desk signs under its passphrase, elsewhere', qw(sign --out desk.sig
    --passphrase-file pass --key van-thu.key to-trinh.pdf));
ends(0, 'the signature holds', qw(verify --json --from cards/an.pub
    to-trinh.pdf));
$j = json();
is($j->{signature}, 'holds', 'it says');
is($j->{address}, 'antin://dien-bien.vn/nguyen-van-an', 'and whose it is');
like($j->{signed_at}, qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, 'and when');
ends(0, 'the signer is found among many cards', qw(verify --from cards
    --signature desk.sig to-trinh.pdf));
ends(3, 'of somebody unknown it does not', qw(verify --from cards/na.pub
    to-trinh.pdf));
ends(3, 'on another file it does not', qw(verify --from cards --signature
    to-trinh.pdf.sig dien.txt));
ends(5, 'no signature file', qw(verify --from cards dien.txt));
ends(1, 'none that is one', qw(verify --from cards --signature dien.txt
    dien.txt));
ends(0, 'a foreign tool\'s key signs', qw(sign --key foreign.key dien.txt));
ends(3, 'which is not enough', qw(verify --from foreign.pub dien.txt));
ends(0, 'unless it is meant', qw(verify --foreign --from foreign.pub
    dien.txt));
unlink 'dien.txt.sig';

# ---- seal --------------------------------------------------------------------

my @by = qw(--key van-thu.key --passphrase-file pass);
my $end = time + 6;
ends(0, 'a dispatch ends', 'seal', @by, qw(--to cards/na.pub --out old.antin
    --expires), POSIX::strftime("%Y-%m-%dT%H:%M:%SZ", gmtime $end), 'dien.txt');
ends(0, 'until then it opens', qw(open --key na.key --from cards --into until
    old.antin));
ends(0, 'a text for one desk', 'seal', @by, qw(--json --to cards/na.pub
    --text dien.txt --out first.antin));
my $first = json();
is($first->{total}, -s 'first.antin', 'its size is told');
ends(0, 'a dispatch with all there is', 'seal', @by, qw(--json
    --to cards/na.pub --info cards/muong-nhe.pub --text dien.txt
    --subject-file subject),
    qw(--level toi-mat --precedence hoa-toc-hen-gio --due 2090-01-02T10:00
    --info-precedence khan --expires 2091-01-01T00:00Z
    --signature to-trinh.pdf.sig --serial 17 --incarnation 3 --threads 2
    --out all.antin), '--reference', $first->{id}, '--supersedes',
    $first->{id}, qw(to-trinh.pdf big.bin zeros.bin nothing.txt));
my $all = json();
is($all->{slips}, 2, 'for two desks');
is((stat 'all.antin')[2] & 07777, 0644, 'an envelope may be read by all');
cmp_ok(-s 'all.antin', '<', 600_000, 'and is packed');
$was = get('all.antin');
ends(1, 'an envelope is not written over', 'seal', @by, qw(--to cards/na.pub
    --out all.antin dien.txt));
is(get('all.antin'), $was, 'and stays');
ends(0, 'except by force', 'seal', @by, qw(--force --subject), 'Thường',
    qw(--to cards/na.pub --out first.antin -- dien.txt));
like($out, qr/^Dispatch id: [0-9a-f]{8}(-[0-9a-f]{8}){3}$/m,
    'the dispatch id is told');
ends(0, 'named after its first file', 'seal', @by, qw(--to cards/na.pub
    big.bin dien.txt));
ok(-s 'big.bin.antin', 'by itself');
mkdir 'desks';
symlink "../cards/$_", "desks/$_" for qw(na.pub muong-nhe.pub);
ends(0, 'for a folder of desks', 'seal', @by, qw(--json --to desks
    --out folder.antin dien.txt));
is(json()->{slips}, 2, 'for each of them');

ends(3, 'not for a key of foreign tools', 'seal', @by, qw(--to foreign.pub
    --out x dien.txt));
ends(0, 'unless it is meant', 'seal', @by, qw(--foreign --to foreign.pub
    --out foreign.antin dien.txt));
ends(1, 'not for a person', 'seal', @by, qw(--to cards/an.pub --out x
    dien.txt));
ends(1, 'not for a station', 'seal', @by, qw(--to station.pub --out x
    dien.txt));
ends(1, 'not by a person', qw(seal --key an.key --to cards/na.pub --out x
    dien.txt));
ends(1, 'not by a station', qw(seal --key station.key --to cards/na.pub --out x
    dien.txt));
ends(3, 'not under another passphrase', qw(seal --key van-thu.key
    --passphrase-file pass.2 --to cards/na.pub --out x dien.txt));
ends(1, 'not twice for one desk', 'seal', @by, qw(--to cards/na.pub
    --info cards/na.pub --out x dien.txt));
put('latin1.txt', "\xe9t\xe9\n");
ends(1, 'no text that is not UTF-8', 'seal', @by, qw(--to cards/na.pub --out x
    --text latin1.txt));
for (
	[ 'a level there is not', qw(--level bi-mat dien.txt) ],
	[ 'a precedence there is not', qw(--precedence now dien.txt) ],
	[ 'or for information', qw(--info-precedence now dien.txt) ],
	[ 'a set time without its precedence', qw(--due 2090-01-01
	    dien.txt) ],
	[ 'the precedence without a set time', qw(--precedence
	    hoa-toc-hen-gio dien.txt) ],
	[ 'an end in the past', qw(--expires 2020-01-01 dien.txt) ],
	[ 'a day there is not', qw(--due 2027-02-29 dien.txt) ],
	[ 'a time in words', qw(--expires tomorrow dien.txt) ],
	[ 'an id that is none', qw(--reference 17 dien.txt) ],
	[ 'another', qw(--supersedes 17 dien.txt) ],
	[ 'a negative number', qw(--serial -1 dien.txt) ],
	[ 'a number too large', qw(--incarnation 9223372036854775808
	    dien.txt) ],
	[ 'more threads than it has', qw(--threads 9 dien.txt) ],
	[ 'or none', qw(--threads 0 dien.txt) ],
	[ 'a secret subject in the open', qw(--level mat --subject x
	    dien.txt) ],
	[ 'the signature of no file given', qw(--signature to-trinh.pdf.sig
	    dien.txt) ],
	[ 'nothing to seal' ],
    ) {
	my ($what, @argv) = @$_;
	ends(2, "refused: $what", 'seal', @by, qw(--to cards/na.pub --out x),
	    @argv);
}
ends(2, 'refused: nobody to seal for', 'seal', @by, qw(--out x dien.txt));
ends(2, 'refused: nobody who seals', qw(seal --to cards/na.pub --out x
    dien.txt));
ok(!-e 'x', 'and none of them left anything');

# ---- what a relay sees -------------------------------------------------------

ends(0, 'an envelope is inspected without a key', qw(inspect --json
    all.antin));
$j = json();
my $outside = $out;
is($j->{envelope}{id}, $all->{id}, 'a relay sees its id');
is($j->{envelope}{origin}, 'antin://dien-bien.vn', 'its station');
is("$j->{envelope}{incarnation} $j->{envelope}{serial}", '3 17',
    'its number');
is($j->{envelope}{precedence}, 'hoa-toc-hen-gio', 'its precedence');
is($j->{envelope}{expires}, '2091-01-01T00:00:00Z', 'its end');
is(scalar @{ $j->{envelope}{slips} }, 2, 'and two slips');
ok(!$j->{dispatch}, 'and no more');
unlike($outside, qr{van-thu|co-yeu|muong-nhe|họp|to-trinh|toi-mat}i,
    'no desk, no subject, no level, no name of a file');
unlike(get('all.antin'), qr{van-thu|co-yeu|muong-nhe|họp|to-trinh}i,
    'nor has the file one');
ends(2, 'with a key it asks whom to know', qw(inspect --key na.key
    all.antin));
ends(0, 'with a key it shows both', qw(inspect --json --key na.key
    --from cards/van-thu.pub all.antin));
my $inspected = json();
is_deeply($inspected->{envelope}, $j->{envelope}, 'the outside is the same');

# ---- open --------------------------------------------------------------------

ends(0, 'an addressee opens it', qw(open --json --key na.key --from cards
    --threads 1 all.antin));
$j = json();
my $d = $j->{dispatch};
is($d->{originator}, 'antin://dien-bien.vn/van-thu', 'it names its desk');
is($d->{signature}, 'holds', 'its signature holds');
is("$d->{level} $d->{precedence} $d->{info_precedence}",
    'toi-mat hoa-toc-hen-gio khan', 'it has its labels');
is($d->{due}, '2090-01-02T03:00:00Z', 'a set time is Vietnam\'s');
is_deeply($d->{addressees}, [
	{ address => 'antin://na.dien-bien.vn/co-yeu', purpose => 'action' },
	{ address => $desk[1], purpose => 'information' } ],
    'it names its addressees in order');
is_deeply($d->{references}, [ { id => $first->{id} } ],
    'what it refers to');
is($d->{supersedes}, $first->{id}, 'what it takes the place of');
is($d->{subject}, letters('Về việc họp'), 'its subject');
is(join(' ', map { "$_->{name}:$_->{part}:$_->{place}" } @{ $d->{parts} }),
    'dien.txt:text:inside to-trinh.pdf:document:attached ' .
    'big.bin:document:attached zeros.bin:document:attached ' .
    'nothing.txt:document:inside to-trinh.pdf.sig:signature:inside',
    'and its parts');
my ($sig) = grep { $_->{part} eq 'signature' } @{ $d->{parts} };
is("$sig->{of} $sig->{signature}", 'to-trinh.pdf holds',
    'the person\'s signature holds');
is_deeply([ map { { %$_{qw(name part type size)} } } @{ $d->{parts} } ],
    [ map { { %$_{qw(name part type size)} } }
    @{ $inspected->{dispatch}{parts} } ], 'as inspect said');
is(get("all.open/$_"), get($_), "$_ is what was sealed")
    for qw(to-trinh.pdf big.bin zeros.bin nothing.txt to-trinh.pdf.sig);
is(get('all.open/dien.txt'), get('dien.txt'), 'so is the text');
is_deeply([ sort map { s{.*/}{}r } glob 'all.open/*' ],
    [ sort qw(dien.txt to-trinh.pdf big.bin zeros.bin nothing.txt
    to-trinh.pdf.sig) ], 'and there is no more');
is(sprintf('%o %o', map { (stat)[2] & 07777 } qw(all.open
    all.open/dien.txt)), '700 600', 'and it is for nobody else');

ends(1, 'a folder that is there is not used by itself', qw(open --key na.key
    --from cards all.antin));
ends(0, 'but if it is named', qw(open --key na.key --from cards --into
    all.open --json all.antin));
is(get('all.open/2-big.bin'), get('big.bin'), 'and nothing in it is replaced');
ends(0, 'the other desk opens it too', qw(open --key muong-nhe.key
    --from cards/van-thu.pub --from cards/an.pub --into other all.antin));
like($out, qr{Kính gửi các bộ phận,\n\tnội dung điện\.},
    'a text is shown to people');
like($out, qr{02/01/2090 10:00:00}, 'times are Vietnam\'s');
ends(0, 'who knows the sender only', qw(open --json --key muong-nhe.key
    --from cards/van-thu.pub --into third all.antin));
($sig) = grep { $_->{part} eq 'signature' } @{ json()->{dispatch}{parts} };
is($sig->{signature}, 'signer not known', 'is told so of the person');
ends(0, 'an ordinary one', qw(open --json --key na.key --from cards --into
    fourth first.antin));
is(json()->{dispatch}{level}, 'thuong', 'is ordinary');
ends(0, 'one goes to a folder of its name with .open', qw(open
    --key muong-nhe.key --from cards folder.antin));
rename 'folder.antin', 'renamed';
ends(0, 'one without ".antin" too', qw(open --key
    muong-nhe.key --from cards renamed));
ok(-f 'renamed.open/dien.txt' && -f 'folder.open/dien.txt', 'beside it');
ends(0, 'a foreign tool\'s desk opens what was meant for it', qw(open --key
    foreign.key --from cards foreign.antin));

ends(1, 'who is no addressee does not', qw(open --key foreign.key --from cards
    --into x all.antin));
ends(1, 'not even the sender', qw(open --key van-thu.key --passphrase-file
    pass --from cards --into x all.antin));
ends(1, 'nor a person', qw(open --key an.key --from cards --into x
    all.antin));
ends(3, 'nor from a sender who is not known', qw(open --key na.key
    --from cards/na.pub --into x all.antin));
ends(2, 'it asks whose key', qw(open --from cards --into x all.antin));
ends(2, 'and whom to know', qw(open --key na.key --into x all.antin));
ends(0, 'a foreign tool\'s key seals', qw(seal --foreign --key foreign.key
    --to cards/na.pub --out by-foreign.antin dien.txt));
ends(3, 'which does not open', qw(open --key na.key --from foreign.pub --into
    x by-foreign.antin));
ends(3, 'nor for inspect', qw(inspect --key na.key --from foreign.pub
    by-foreign.antin));
ok(!-e 'x', 'and none of them left anything');
ends(0, 'unless it is meant', qw(open --foreign --key na.key --from
    foreign.pub --into fifth by-foreign.antin));
ends(0, 'nor for inspect', qw(inspect --foreign --key na.key --from
    foreign.pub by-foreign.antin));
ends(0, 'a desk under a passphrase gets one', qw(seal --key na.key --to
    cards/van-thu.pub --out back.antin dien.txt));
ends(0, 'opens it', qw(open --key van-thu.key --passphrase-file pass --from
    cards back.antin));
ends(0, 'inspects it', qw(inspect --key van-thu.key --passphrase-file pass
    --from cards back.antin));

put('signed-not.txt', "what An signed\n");
ends(0, 'a file is signed', qw(sign --key an.key signed-not.txt));
put('signed-not.txt', "what An did not sign\n");
ends(0, 'and changed before it is sealed', 'seal', @by, qw(--to cards/na.pub
    --signature signed-not.txt.sig signed-not.txt));
ends(0, 'which shows', qw(open --json --key na.key --from cards
    signed-not.txt.antin));
is(json()->{dispatch}{parts}[1]{signature}, 'does not hold', 'it says');

# What verify asks of a signature, open asks too.
ends(0, 'a foreign tool\'s signature', qw(sign --key foreign.key dien.txt));
ends(0, 'is sealed with its file', 'seal', @by, qw(--to cards/na.pub --out
    sig-foreign.antin --signature dien.txt.sig dien.txt));
ends(0, 'and opened', qw(open --json --key na.key --from cards --from
    foreign.pub sig-foreign.antin));
is(json()->{dispatch}{parts}[1]{signature}, 'by a key for foreign tools',
    'where it does not count');
ends(0, 'unless it is meant', qw(open --foreign --json --key na.key --from cards
    --from foreign.pub --into seventh sig-foreign.antin));
is(json()->{dispatch}{parts}[1]{signature}, 'holds', 'it holds');

# ---- time --------------------------------------------------------------------

sleep 1 while time <= $end;
ends(4, 'nobody opens it after that', qw(open --key na.key --from cards
    old.antin));
ok(!-e 'old.open', 'and nothing is left');
ends(0, 'a relay sees it', qw(inspect old.antin));

# ---- what is asked of all commands -------------------------------------------

my @commands = ('key new', 'key show', 'key passwd',
	qw(seal open sign verify inspect));
my %options;
for my $c (@commands) {
	my @c = split ' ', $c;
	is(antin(@c, '--help'), 0, "$c has help");
	$options{$c} = [ grep { $_ ne 'help' } $out =~ /^  --([a-z-]+)/mg ];
	like($out, qr/^Usage: antin $c \[options\] \S.*\n\n\S.*\n\n  --/,
	    "$c says how and what for");
	my $more = $c =~ s/ .*//r;
	like($out, qr/man antin-$more\n\z/, "$c names its page");
	my $english = $out;
	local $ENV{LANG} = 'vi_VN.UTF-8';
	is(antin(@c, '--help'), 0, "$c has help in Vietnamese");
	is_deeply([ $out =~ /^  --([a-z-]+)/mg ], [ @{ $options{$c} }, 'help' ],
	    'of the same options');
	my %en = map { $_ => 1 } split /\n/, $english;
	my @same = grep { $en{$_} && /\w/ } split /\n/, $out;
	ok(!@same, "nothing in $c\'s help stays English")
	    or diag(join "\n", @same);
	ends(2, "$c knows its options", @c, '--no-such-option');
	is(antin(@c, '-h'), 2, "$c has no short ones");
	for my $o (@{ $options{$c} }) {
		next if $o =~ /^(directory|list)$/; # in tree.t
		ok($used{$c}{$o}, "$c --$o is used here");
	}
}
for my $lang (qw(LC_ALL LC_MESSAGES LANG)) {
	local $ENV{LANG};
	local $ENV{$lang} = 'vi_VN';
	is(antin('--help'), 0, "$lang is asked for the language");
	like($out, qr/^  antin seal /m, 'of the list of commands');
}
is(antin(), 2, 'without a command it says which there are');
like($err, qr/^  antin seal /m, 'on standard error');
is(antin('nonsense'), 2, 'so it does for one there is not');
like($err, qr/"nonsense"/, 'and names it');
is(antin('--help'), 0, 'and with --help');
like($out, qr/^  antin $_ /m, "$_ is among them") for @commands;
is(antin('--version'), 0, 'it says which it is');
like($out, qr/^antin \d+\.\d+\.\d+ \(OpenSSL \d/, 'and on which library');
is(antin(@$_), 2, "not a command: @$_")
    for [ 'nonsense' ], [ 'key' ], [ qw(key nonsense) ], [ 'Seal' ];
ends(2, "usage: @$_", @$_) for
    [ qw(open) ], [ qw(open a b) ], [ qw(inspect) ], [ qw(inspect a b) ],
    [ qw(sign) ], [ qw(sign a b) ], [ qw(verify a b) ], [ qw(key show) ],
    [ qw(key new) ], [ qw(key new a b) ], [ qw(key passwd) ],
    [ qw(seal --to) ], [ qw(seal --force=yes) ],
    [ qw(seal --out a --out b) ], [ qw(seal --force --force) ];
ends(2, 'a passphrase and none is refused', qw(key new --name X --address
    antin://x.vn/x --no-passphrase --passphrase-file pass both));
ends(2, 'so are two subjects', 'seal', @by, qw(--to cards/na.pub --out
    two-subjects --subject a --subject-file subject dien.txt));
ok(!-e 'both.key' && !-e 'two-subjects', 'and nothing is made');
put('-x.txt', 'a name like an option');
ends(0, 'after -- all are files', 'seal', @by, qw(--to cards/na.pub --out
    dash.antin -- -x.txt));
ends(5, 'a file that is not there', qw(inspect none.antin));
ends(5, 'a key that is not there', qw(seal --key none.key --to cards/na.pub
    --out x dien.txt));
ends(5, 'a folder that is not there', 'seal', @by, qw(--to cards/na.pub --out
    none/x dien.txt));
SKIP: {
	skip 'there is no /dev/full', 1 unless -c '/dev/full';
	my $status = system("exec '$antin' inspect all.antin >/dev/full 2>err");
	is($status >> 8, 5, 'a result that cannot be written is no success');
}
done_testing;
