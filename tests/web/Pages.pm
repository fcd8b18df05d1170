# SPDX-License-Identifier: EUPL-1.2
#
# Tests of the pages in a real browser: the stations of Tree.pm, the people who
# sit at them, and a script of web/test/ that plays them in Chromium.  The
# script prints TAP, whose lines become ours.
package Pages;

use strict;
use warnings;
use Cwd qw(abs_path);
use Exporter qw(import);
use JSON::PP;
use List::Util qw(max);
use Test::More;

use Antin;
use Phone;
use Tree;

our @EXPORT = qw(pages_run %address %station);
our %address;	# of people who are not the centre's
our %station;	# at which they sign in
my ($tree, $build);

BEGIN {
	$tree = abs_path("$FindBin::Bin/../..");
	my ($b) = $Antin::antin =~ m{^(.*)/bin/antin$};
	$build = $b;
}

# The script with what it has to know: where the stations are, whose phone has
# which key.  It may take so many seconds.  What the script asks to be done beside
# it (browser.mjs, beside()) is done by the code that may stand before the people.
sub pages_run {
	my ($script, $seconds, @people) = @_;
	my $does = ref $people[0] eq 'CODE' ? shift @people : sub {};
	my $chromium = $ENV{CHROMIUM} // '/usr/bin/chromium';
	SKIP: {
		skip 'there is no Chromium here', 1 if !-x $chromium;
		chomp(my $packages = `$tree/tools/pages-dir`);
		put('pages.json', encode_json({
			antin => $antin, work => $work, build => $build,
			packages => $packages,
			used => 0 + max(int(time / 30), # no code before is good
			    map { phone_used($_) } @people),
			phones => { map { $_ => unpack 'H*', phone_of($_) } @people },
			people => { map {
			    $_ => $address{$_} // "antin://vn/$_" } @people },
			stations => { map { $_ => $station{$_} // 'TW' } @people },
			passphrases => {
			    map { $_ => get("$_.pass") =~ s/\n//r } @people },
		}));
		local $ENV{ANTIN_PAGES} = "$work/pages.json";
		open my $f, '-|', 'timeout', '-k', 10, $seconds, 'node',
		    "$tree/$script" or die "node: $!\n";
		my $planned;
		while (<$f>) {
			chomp;
			if (/^(not )?ok \d+ - (.*)/) {
				ok(!$1, $2);
			} elsif (/^1\.\.\d+$/) {
				$planned = 1;
			} elsif (/^do (\d+) (.*)/) {
				my ($n, @words) = ($1, split / /, $2);
				$does->(@words);
				put("did.$n", '');
			} else {
				diag($_);
			}
		}
		close $f;
		ok($planned, "$script runs to its end");
	}
}

1;
