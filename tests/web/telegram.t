#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# A secret telegram from the one who writes it to the one who signs for it, in
# real browsers at two real stations (docs/registry.md 3.8, docs/desk.md 13): it
# is signed, its text taken, enciphered, checked by a second person, sent; there
# it is deciphered, checked, registered, delivered, and its clear copy seen to.
use strict;
use warnings;
use FindBin;
use Test::More;

use lib $FindBin::Bin, "$FindBin::Bin/../command";
use Antin;
use Offices;
use Pages;

pages_run('web/test/telegram.mjs', 500, two_offices(
    [ 'lan', 'TW', 'Trần Thị Lan', 'drafter' ],
    [ 'mai', 'TW', 'Lê Thị Mai', 'authority' ],
    [ 'oanh', 'TW', 'Đỗ Thị Oanh', 'operator' ],
    [ 'phu', 'TW', 'Vũ Văn Phú', 'operator' ],
    [ 'ha', 'TW', 'Nguyễn Thị Hà', qw(clerk custodian) ],
    [ 'quy', 'DB', 'Lường Văn Quý', 'operator' ],
    [ 'sang', 'DB', 'Giàng A Sáng', 'operator' ],
    [ 'truc', 'DB', 'Tòng Văn Trực', 'duty' ],
    [ 'bich', 'DB', 'Lò Thị Bích', qw(clerk custodian) ]));
done_testing();
