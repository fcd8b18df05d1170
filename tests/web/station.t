#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# Máy trạm, Người và vai, Quy định and Nhật ký in a real browser: an alarm that
# is seen, duty that is taken over, new codes for a phone, the law of another
# day, and a journal that is checked.
use strict;
use warnings;
use FindBin;
use POSIX ();
use Test::More;

use lib $FindBin::Bin, "$FindBin::Bin/../command";
use Antin;
use Pages;
use Tree;

sub day {
	my ($days) = @_;
	return POSIX::strftime('%d/%m/%Y', gmtime(time + 7 * 3600 +
	    $days * 86400));
}

# Each kind of alarm has a name and something to do, in both languages.
chdir "$FindBin::Bin/../.." or die "the tree: $!\n";
my $texts = get('web/src/texts/alarms.ts');
my ($words) = get('src/antin/alarms.c') =~ /alarm_labels\[\] = \{(.*?)\n\};/s;
my @kinds = $words =~ /\{ "([a-z-]+)", "/g;
cmp_ok(scalar @kinds, '>', 15, 'there are kinds of alarms');
is(join(' ', grep { $texts !~ /'kind\.\Q$_\E'/ || $texts !~ /'do\.\Q$_\E'/ }
    @kinds), '', 'the pages name each, and say what to do (docs/duty.md 7.1)');
chdir $work or die "$work: $!\n";

tree_grows();
put('TW/antind.conf', get('TW/antind.conf'), "duty antin://vn/van-thu\n",
    "clamd clamd\n");
up('TW');
people_come(qw(lan ha));
ends(0, 'lan signs out', qw(user sign-out --station TW lan));
put('lich', "person ha=70001 Nguyễn Thị Hà\n",
    "person minh=70002 Phạm Văn Minh\n", day(-1), ' 00:00 ', day(1),
    " 07:00 ha\n", day(1), ' 07:00 ', day(2), " 07:00 minh\n");
ends(0, 'there is a rota', qw(duty plan --station TW lich));
comes('and an alarm, for nobody is on duty', sub {
	my $all = said_json(qw(alarms --station TW));
	return ref $all eq 'ARRAY' && grep { $_->{kind} eq 'duty' } @$all;
});
pages_run('web/test/station.mjs', 400, qw(lan ha));
my ($seen) = grep { $_->{kind} eq 'duty' } @{ said_json(
    qw(alarms --all --station TW)) };
like($seen->{by}, qr{ \(vn/ha\)$}, 'so does it who has seen the alarm');
antin(qw(duty show --station TW));
like($out, qr/On duty: .*\(ha\)/, 'the command says who is on duty, too');
done_testing();
