# SPDX-License-Identifier: EUPL-1.2
#
# Phones of the people at stations: their codes (RFC 6238), and signing in by
# them.  A person NAME has his passphrase in NAME.pass.
#
#	phone_comes('lan', 'TW');	# codes for a new phone, and signs in
#	signs_in('lan', 'TW');		# again, by the next code
#
# or, where something else than the command asks for codes:
#
#	phone_is('lan', $letters);	# the secret that was shown
#	... phone_code('lan') ...	# six digits that are good now, once
#
# A code is good once (docs/registry.md 6.2), so each is of a counter that was
# not given before, which may have to be waited for.
package Phone;

use strict;
use warnings;
use Digest::SHA qw(hmac_sha1);
use Exporter qw(import);
use Test::More;
use Time::HiRes qw(sleep time);

use Antin;

our @EXPORT = qw(base32 code_at phone_is phone_of phone_used phone_code
    phone_letters phone_gets phone_comes signs_in);

my (%key, %used); # of each person's phone: its secret, the last counter

sub base32 {
	my %of;
	@of{'A' .. 'Z', 2 .. 7} = 0 .. 31;
	return pack 'B*', join '', map { sprintf '%05b', $of{$_} }
	    split //, shift;
}

# The code of a key at a counter.
sub code_at {
	my ($secret, $counter) = @_;
	my @mac = unpack 'C*', hmac_sha1(pack('Q>', $counter), $secret);
	my $at = $mac[19] & 15;
	my $n = unpack('N', pack 'C*', @mac[$at .. $at + 3]) & 0x7fffffff;
	return sprintf '%06d', $n % 1_000_000;
}

# Somebody's phone has this secret from now on, in letters.
sub phone_is {
	my ($who, $letters) = @_;
	$key{$who} = base32($letters);
	delete $used{$who};
}

sub phone_of { return $key{$_[0]} }
sub phone_used { return $used{$_[0]} // 0 } # 0: none

# A code that is good now and was not given before.  The station takes one of
# 30 seconds before and after.
sub phone_code {
	my ($who) = @_;
	my $first = int((time + 20) / 30) - 1; # good for 20 seconds more
	my $counter = phone_used($who) + 1;
	$counter = $first if $counter < $first;
	sleep 0.5 while $counter > int((time - 1) / 30) + 1;
	$used{$who} = $counter;
	return code_at($key{$who}, $counter);
}

# The secret in what a command printed; undef: none is there.
sub phone_letters {
	my ($letters) = $_[0] =~ /^((?: [A-Z2-7]{4}){8})$/m or return;
	return $letters =~ s/ //gr;
}

# As soon as the station takes it.
sub signs_in {
	my ($who, $station) = @_;
	my $until = time + 60;
	my $code = phone_code($who);
	my $good;
	for (;;) {
		put("$who.code", "$code\n");
		$good = antin(qw(user sign-in --station), $station,
		    '--passphrase-file', "$who.pass", '--code-file',
		    "$who.code", $who) eq '0';
		last if $good || time > $until;
		sleep 1;
		$code = phone_code($who) if $err =~ /is not right/;
	}
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return ok($good, "$who signs in") || diag($err);
}

# Codes for a new phone, as soon as the station knows the person's key; true
# where there are some.
sub phone_gets {
	my ($who, $station) = @_;
	my $until = time + 60;
	sleep 0.2 while antin(qw(user otp --station), $station,
	    '--passphrase-file', "$who.pass", $who) ne '0' && time < $until;
	my $letters = phone_letters($out) // return 0;
	phone_is($who, $letters);
	return 1;
}

sub phone_comes {
	my ($who, $station) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return phone_gets($who, $station) ? signs_in($who, $station) :
	    fail("$who has codes") || diag($err);
}

1;
