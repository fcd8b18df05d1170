#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# docs/desk.md 3.9 lists the routes that the programs have, no more, no less.
use strict;
use warnings;
use FindBin;
use Test::More;

chdir "$FindBin::Bin/.." or die "the tree: $!\n";
my $antin = ($ENV{ANTIN_B} // 'obj') . '/bin/antin';
my $page = do { local (@ARGV, $/) = 'docs/desk.md'; <> };
my $made = qx(tools/routes $antin docs/desk.md);
is($?, 0, 'the list is made from the table');
ok($made eq $page, 'docs/desk.md holds it') or
    diag('tools/routes ANTIN docs/desk.md >new && mv new docs/desk.md');
my @rows = $made =~ /^\| (?:GET|POST|PUT|DELETE) \|/mg;
cmp_ok(@rows, '>', 40, 'with all of it');
like($made, qr/^\| POST \| `\/session\/link` \| nothing \|/m,
    'one route is for who has no session yet');
my @open = $made =~ /^\| \w+ \| `(\S+)` \| nothing \|/mg;
is("@open", '/session /session/link', 'and those that begin one, no other');
done_testing();
