#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# What else may become of a document (docs/registry.md 3.9, 3.10), in real
# browsers at two real stations: it is revised, cancelled, handed over, copied,
# its protection extended, changed and ended, its issuer's acts followed; it is
# recalled, and destroyed before two, or in danger; a letter that is no document
# is answered for, or refused.
use strict;
use warnings;
use FindBin;
use Test::More;

use lib $FindBin::Bin, "$FindBin::Bin/../command";
use Antin;
use Offices;
use Pages;

pages_run('web/test/ways.mjs', 500, two_offices(
    [ 'lan', 'TW', 'Trần Thị Lan', 'drafter' ],
    [ 'mai', 'TW', 'Lê Thị Mai', 'authority' ],
    [ 'ha', 'TW', 'Nguyễn Thị Hà', qw(clerk custodian) ],
    [ 'bich', 'DB', 'Lò Thị Bích', qw(clerk custodian) ],
    [ 'cuong', 'DB', 'Quàng Văn Cường', 'authority' ]));
done_testing();
