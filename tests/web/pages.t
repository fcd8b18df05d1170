#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# What holds on every page (docs/desk.md 2): signing in and what is said of
# mistakes, the lock screen, both languages, light and dark, a narrow screen,
# the keyboard alone, axe; and pictures of all of them.
use strict;
use warnings;
use FindBin;
use Test::More;

use lib $FindBin::Bin, "$FindBin::Bin/../command";
use Antin;
use Pages;
use Tree;

tree_grows();
# a port that stays, so that an open page finds the station again
my $port = free_port();
put('TW/antind.conf', get('TW/antind.conf') =~
    s/^web .*/web 127.0.0.1:$port/mr);
up($_) for qw(TW DB);
people_come(qw(lan mai ha minh));
registered('a secret', 'mat', 'Về kế hoạch giữ liên lạc mùa mưa');
numbered('a letter', 'thuong');
pages_run('web/test/pages.mjs', 400, qw(lan mai ha minh));
done_testing();
