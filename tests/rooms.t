#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# A concern has one room, which can be looked over (STYLE.md): no source file
# has more than 600 lines, no function more than fits a screen.
use strict;
use warnings;
use File::Find;
use FindBin;
use Test::More;

use constant { FILE_LINES => 600, FUNCTION_LINES => 60 };

# Tables: so many lines, and no more.
my %functions = (
	'src/daemon/sandbox_calls.c:allow' => 75, # a table of system calls
);

# What is longer than it may be, as "file: lines" and "file:function: lines".
sub too_long {
	my ($path, $text) = @_;
	my @lines = split /\n/, $text;
	my (@bad, $name, $start, $most);
	push @bad, "$path: " . @lines if @lines > FILE_LINES;
	return @bad unless $path =~ /\.[ch]$/;
	for my $i (0 .. $#lines) {
		$name = $1 if $lines[$i] =~ /^(\w+)\(/;
		$start = $i if $lines[$i] eq '{';
		next unless $lines[$i] eq '}' && defined $start;
		my $n = $i - $start + 1;
		$most = $functions{"$path:$name"} // FUNCTION_LINES;
		push @bad, "$path:$name: $n" if $n > $most;
		undef $start;
	}
	return @bad;
}

is_deeply([ too_long('a.c', "x\n" x 600) ], [], '600 lines are a room');
is_deeply([ too_long('a.c', "x\n" x 601) ], [ 'a.c: 601' ], '601 are not');
is_deeply([ too_long('a.c', "int\nf(void)\n{\n" . "x\n" x 58 . "}\n") ], [],
    '60 lines are a function');
is_deeply([ too_long('a.c', "int\nf(void)\n{\n" . "x\n" x 59 . "}\n") ],
    [ 'a.c:f: 61' ], '61 are not');

chdir "$FindBin::Bin/.." or die "the tree: $!\n";
my (@bad, $n);
find({ no_chdir => 1, wanted => sub {
	return unless /\.(?:[ch]|tsx?|css|mjs)$/;
	open my $in, '<', $_ or die "$_: $!\n";
	local $/;
	push @bad, too_long($_, scalar <$in>);
	$n++;
} }, 'src', 'web/src');
ok(!@bad, 'src/ and web/src/ are all rooms that can be looked over')
    or diag(join "\n", sort @bad);
cmp_ok($n, '>', 400, "$n of them");
done_testing;
