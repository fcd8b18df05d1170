# SPDX-License-Identifier: EUPL-1.2
#
# Phones of the people at stations: their codes (RFC 6238), and signing in by
# them.  A person NAME has his passphrase in NAME.pass.
package Phone;

use strict;
use warnings;
use Digest::SHA qw(hmac_sha1);
use Exporter qw(import);
use Test::More;
use Time::HiRes qw(sleep time);

use Antin;

our @EXPORT = qw(base32 code_at phone_comes phone_of signs_in);

my %key;	# of each person's phone

sub base32 {
	my %of;
	@of{'A' .. 'Z', 2 .. 7} = 0 .. 31;
	return pack 'B*', join '', map { sprintf '%05b', $of{$_} }
	    split //, shift;
}

# The code of a key at a counter, as a file has it.
sub code_at {
	my ($secret, $counter) = @_;
	my @mac = unpack 'C*', hmac_sha1(pack('Q>', $counter), $secret);
	my $at = $mac[19] & 15;
	my $n = unpack('N', pack 'C*', @mac[$at .. $at + 3]) & 0x7fffffff;
	return sprintf "%06d\n", $n % 1_000_000;
}

# A code is good once: the next may have to be waited for.
sub signs_in {
	my ($who, $station) = @_;
	my $until = time + 60;
	my $good;
	do {
		put("$who.code", code_at($key{$who}, int(time / 30)));
		$good = antin(qw(user sign-in --station), $station,
		    '--passphrase-file', "$who.pass", '--code-file',
		    "$who.code", $who) eq '0';
		sleep 1 if !$good;
	} while (!$good && time < $until);
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return ok($good, "$who signs in") || diag($err);
}

# The key of somebody's phone.
sub phone_of { return $key{$_[0]} }

# Codes for a new phone, as soon as the station knows the person's key.
sub phone_comes {
	my ($who, $station) = @_;
	my $until = time + 60;
	sleep 0.2 while time < $until && antin(qw(user otp --station), $station,
	    '--passphrase-file', "$who.pass", $who) ne '0';
	my ($letters) = $out =~ /^((?: [A-Z2-7]{4}){8})$/m;
	$letters =~ s/ //g;
	$key{$who} = base32($letters);
	return signs_in($who, $station);
}

1;
