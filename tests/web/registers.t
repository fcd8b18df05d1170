#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# Sổ in a real browser: a register of secrets as the law's table, with a line
# that was cancelled and one whose words would be code elsewhere; finding,
# remarks, papers, and a volume that is closed.
use strict;
use warnings;
use FindBin;
use Test::More;

use lib $FindBin::Bin, "$FindBin::Bin/../command";
use Antin;
use Pages;
use Tree;

tree_grows();
up('TW');
people_come(qw(lan mai ha minh));
registered('a secret', 'mat', 'Kế hoạch phòng, chống lụt bão');
my $gone = numbered('one that is numbered', 'mat');
steps('is cancelled', $gone, [ 'mai', 'cancel', 'reason=Sai thể thức' ]);
registered('a higher one', 'toi-mat', 'Phương án bảo vệ mục tiêu');
registered('a hostile one', 'mat',
    '=1+1 <img src=x onerror="document.title=1"> </td>');
registered('an ordinary one', 'thuong', 'Lịch trực tháng 12');
pages_run('web/test/registers.mjs', 400, qw(ha minh));
antin(qw(journal show --station TW));
like($out, qr{vn/ha print secret-out 20\d\d/1}, 'who looked is in the journal');
done_testing();
