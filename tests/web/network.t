#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# Mạng in a real browser: a parent with two children, of which one was stopped
# and has something waiting.  It shows as down, with what will happen by itself;
# that happens when it runs again, before one's eyes.
use strict;
use warnings;
use FindBin;
use Test::More;

use lib $FindBin::Bin, "$FindBin::Bin/../command";
use Antin;
use Pages;
use Tree;

tree_grows();
up($_) for qw(TW DB HN);
people_come('ha');
comes('the centre has two lines', sub {
	return 2 == grep { $_->{state} eq 'up' }
	    @{ said_json(qw(status --station TW))->{links} };
});
down('DB');
put('thu.txt', "Họp lúc bảy giờ.\n");
ends(0, 'the centre signs in', qw(sign-in --station TW));
ends(0, 'and sends', qw(send --station TW --precedence khan --to
    antin://dien-bien.vn/van-thu thu.txt));
comes('which waits', sub {
	return @{ said_json(qw(status --station TW))->{waiting} } == 1;
});
invited(\@root, 'moi', 'antin://vn/phong-moi');
isnt(requested('moi', '--line', line_of('TW')), '', 'somebody asks for ' .
    'certificates by line');
mkdir 'dia';
my %does = (up => \&up, disk => sub {
	ends(0, 'a disk is written', qw(media write --station TW --for
	    antin://dien-bien.vn dia));
});
pages_run('web/test/network.mjs', 400, sub {
	my ($do, @words) = @_;
	return $does{$do}->(@words);
}, 'ha');
like(join('', map { get($_) } glob 'TW/log/*'),
    qr/event=leg\.held .*uid=\d{10} person="?antin:\/\/\S+\/ha\b/,
    'the log says who held it');
done_testing();
