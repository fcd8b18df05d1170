#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# The way of a document from one station to another (docs/registry.md 8), by
# command: drafted with its files, signed, sent once whatever is ended in
# between, held to what was signed where it comes, receipted or refused, and
# answered; and what must not be anywhere of a top secret one.
use strict;
use warnings;
use Digest::SHA qw(hmac_sha1 sha256_hex);
use File::Find ();
use FindBin;
use IO::Socket::INET;
use Test::More;
use Time::HiRes qw(sleep time);

use lib $FindBin::Bin;
use Antin;

my @root = qw(--directory held/directory --key held/root.key --share
    held/share-1.share --share held/share-2.share);
my @rights = qw(--level tuyet-mat --precedence hoa-toc);
my $tw_vt = 'antin://vn/van-thu';
my $db_vt = 'antin://dien-bien.vn/van-thu';
my %at = (lan => 'TW', mai => 'TW', ha => 'TW', bich => 'DB', cuong => 'DB');
my %unit = (TW => 'antin://vn', DB => 'antin://dien-bien.vn');
my (%key, %up, %port);

sub line {
	my ($dir) = @_;
	if (!defined $port{$dir}) {
		my $s = IO::Socket::INET->new(Listen => 1, LocalAddr =>
		    '127.0.0.1') or die "no port: $!\n";
		$port{$dir} = $s->sockport;
	}
	return "127.0.0.1:$port{$dir}";
}

sub up {
	my ($dir) = @_;
	$up{$dir} = 1;
	return ends(0, "$dir starts", qw(station start), $dir);
}

END {
	my $status = $?;
	chdir $work and antin(qw(station stop), $_) for keys %up;
	$? = $status;
}

sub comes {
	my ($name, $what) = @_;
	my $until = time + 60;
	my $so;
	sleep 0.2 until ($so = $what->()) || time > $until;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return ok($so, $name) || diag("$out$err");
}

sub rows {
	antin(@_, '--json') eq '0' or return ();
	return @{ JSON::PP->new->utf8->decode($out || '[]') };
}

# ---- two offices -----------------------------------------------------------

sub person_enrols {
	my ($name, @roles) = @_;
	my $unit = $unit{$at{$name}};
	my $said;
	put("$name.pass", "cau mat khau cua $name\n");
	my $good = invited(\@root, $name, "$unit/$name", qw(--kind person
	    --level tuyet-mat)) &&
	    ($said = requested($name, '--passphrase-file', "$name.pass")) ne
	    '' && issued(\@root, $name, $said) eq '0' &&
	    antin(qw(enrol accept --passphrase-file), "$name.pass", $name,
	    "$name.answer") eq '0';
	for (@roles) {
		$good &&= antin(qw(role give), @root, "$unit/$name",
		    "$unit/van-thu", $_) eq '0';
	}
	ok($good, "$name is enrolled: @roles") or diag($err);
}

sub there_are_two_offices {
	officers(2);
	ends(0, 'there is a root', ceremony(qw(held 2 --purpose root --unit vn
	    --suite A --class trung-uong --quorum 2 --name), 'Văn phòng Ban',
	    '--do', 'unit new antin://dien-bien.vn --name "Tỉnh Điện Biên" ' .
	    '--class tinh'));
	enrolled(\@root, 'tw', 'antin://vn', qw(--kind station), @rights);
	enrolled(\@root, 'db', 'antin://dien-bien.vn', qw(--kind station),
	    @rights);
	enrolled(\@root, 'tw-vt', $tw_vt, @rights);
	enrolled(\@root, 'db-vt', $db_vt, @rights);
	person_enrols('lan', 'drafter');
	person_enrols('mai', 'authority');
	person_enrols('ha', 'clerk');
	person_enrols('bich', 'clerk');
	person_enrols('cuong', 'authority', 'drafter');
	ends(0, 'all that is known', qw(directory write --all --directory
	    held/directory all));
	ends(0, 'a station', qw(station new --directory all --key tw.key
	    --desk tw-vt.key --listen), line('TW'), 'TW');
	ends(0, 'and one below it', qw(station new --directory all --key db.key
	    --desk db-vt.key --listen), line('DB'), '--parent', line('TW'),
	    'DB');
	up($_) for qw(TW DB);
	for (sort keys %at) {
		ends(0, "$_\'s key comes", qw(user add --station), $at{$_},
		    '--key', "$_.key");
	}
}

# ---- phones ----------------------------------------------------------------

sub base32 {
	my %of;
	@of{'A' .. 'Z', 2 .. 7} = 0 .. 31;
	return pack 'B*', join '', map { sprintf '%05b', $of{$_} }
	    split //, shift;
}

sub code_of {
	my ($who) = @_;
	my @mac = unpack 'C*',
	    hmac_sha1(pack('Q>', int(time / 30)), $key{$who});
	my $at = $mac[19] & 15;
	my $n = unpack('N', pack 'C*', @mac[$at .. $at + 3]) & 0x7fffffff;
	return sprintf "%06d\n", $n % 1_000_000;
}

sub people_sign_in {
	for my $who (sort keys %at) {
		my @station = ('--station', $at{$who}, '--passphrase-file',
		    "$who.pass");
		my $until = time + 60;
		sleep 0.2 while time < $until && antin(qw(user otp), @station,
		    $who) ne '0';
		my ($letters) = $out =~ /^((?: [A-Z2-7]{4}){8})$/m;
		$letters =~ s/ //g;
		$key{$who} = base32($letters);
		my $good;
		do {
			put("$who.code", code_of($who));
			$good = antin(qw(user sign-in), @station, '--code-file',
			    "$who.code", $who) eq '0';
			sleep 1 if !$good;
		} while (!$good && time < $until);
		ok($good, "$who signs in") or diag($err);
	}
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

sub it_is_taken_in {
	my ($dispatch) = @_;
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

there_are_two_offices();
people_sign_in();
my ($id, $dispatch) = a_document_goes();
my $there = it_is_taken_in($dispatch);
its_sender_sees($id);
done_testing();
