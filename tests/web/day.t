#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# A clerk's day on both sides, in real browsers at two real stations
# (docs/desk.md 13): a document is drafted, decided on and signed by another
# person, released, comes, is registered, answered, traced and printed; and what
# goes wrong on the way is said.
use strict;
use warnings;
use FindBin;
use Test::More;

use lib $FindBin::Bin, "$FindBin::Bin/../command";
use Antin;
use Offices;
use Pages;

pages_run('web/test/day.mjs', 500, two_offices(
    [ 'lan', 'TW', 'Trần Thị Lan', 'drafter' ],
    [ 'mai', 'TW', 'Lê Thị Mai', 'authority' ],
    [ 'ha', 'TW', 'Nguyễn Thị Hà', qw(clerk custodian) ],
    [ 'bich', 'DB', 'Lò Thị Bích', qw(clerk custodian) ],
    [ 'cuong', 'DB', 'Quàng Văn Cường', 'authority' ],
    [ 'dung', 'DB', 'Cà Thị Dung', 'drafter' ]));
done_testing();
