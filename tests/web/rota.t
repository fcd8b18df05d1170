#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# Lịch trực in a real browser: a rota is made, refused beside the shift that is
# wrong, put in force, and gone by (docs/duty.md 2.5).
use strict;
use warnings;
use FindBin;
use Test::More;
use Time::HiRes qw(sleep time);

use lib $FindBin::Bin, "$FindBin::Bin/../command";
use Antin;
use Browser;
use Pages;
use Phone;
use Tree;

tree_grows();
put('TW/antind.conf', get('TW/antind.conf'), "duty antin://vn/van-thu\n");
up('TW');
people_come(qw(lan ha));
ends(0, "$_ signs out", qw(user sign-out --station TW), $_) for qw(lan ha);
pages_run('web/test/rota.mjs', 400, qw(lan ha));

# What the page made is what the command has.
my @duty = @{ said_json(qw(duty show --records --station TW)) };
my ($on) = grep { $_->{what} eq 'on' } @duty;
is($on->{login}, 'ha', 'she who took over by a page is on duty');
cmp_ok($on->{uid}, '>=', 2**31, 'under a number that no user has');
is((grep { $_->{what} eq 'shift' } @duty) + 0, 3, 'the rota has its shifts');
my $made = (grep { $_->{what} eq 'record' && $_->{text} =~ /^1\t/ } @duty)[-1];
like($made->{text}, qr{^1\t\d+\tha \d+ }, 'and says who changed it last');

# She plans a rota in which she is not: the record names her all the same, and
# she stays on duty until somebody takes over (docs/duty.md 2.4).
my $b = Browser->new('TW');
my $until = time + 90;
do {
	$b->post('/session/sign-in', { person => 'antin://vn/ha',
	    passphrase => 'cau mat khau cua ha', code => phone_code('ha') });
	sleep 1 if $b->{status} ne '200';
} while ($b->{status} ne '200' && time < $until);
$b->was(200, 'she signs in once more');
my $from = int(time / 3600) * 3600 + 3600;
$b->post('/duty/plan', { people => [ { login => 'lan', name => 'Lan' } ],
    shifts => [ { login => 'lan', from => $from, until => $from + 3600 } ] });
$b->was(200, 'and plans for another');
@duty = @{ said_json(qw(duty show --records --station TW)) };
$made = (grep { $_->{what} eq 'record' && $_->{text} =~ /^1\t/ } @duty)[-1];
like($made->{text}, qr{^1\t\d+\t- \d+ .* \(vn/ha\)\t},
    'which says who made it');
($on) = grep { $_->{what} eq 'on' } @duty;
is($on->{login}, 'ha', 'she is still on duty');
done_testing();
