#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# Every #include in src/ is one that src/LAYERS allows:
#
# - a folder includes itself, core, and the folders its row names;
# - a library that any row names is for the folders that name it: <openssl> is
#   <openssl/evp.h>, <zstd> is <zstd.h>;
# - each folder has one row, each row is of folders there are, and no folder
#   leads back to itself.
use strict;
use warnings;
use File::Find;
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use FindBin;
use Test::More;

# The rows of a LAYERS: folder => { line => , folders => {}, libs => {} }.
sub rows {
	my ($path, $bad) = @_;
	my %row;
	open my $in, '<', $path or die "$path: $!\n";
	while (<$in>) {
		s/#.*//;
		my ($folder, @may) = split ' ' or next;
		if ($row{$folder}) {
			push @$bad, "$path:$.: $folder has a row already";
			next;
		}
		my %r = (line => $., folders => {}, libs => {});
		for (@may) {
			if    (/^<([\w.-]+)>$/) { $r{libs}{$1} = 1 }
			elsif (/^[\w-]+$/)      { $r{folders}{$_} = 1 }
			else { push @$bad, "$path:$.: what is $_?" }
		}
		$row{$folder} = \%r;
	}
	return %row;
}

# A way from $from back to $from, or nothing.
sub cycle {
	my ($row, $from, @way) = @_;
	for my $to (sort keys %{ $row->{ $way[-1] // $from }{folders} }) {
		return (@way, $to) if $to eq $from;
		next if grep { $_ eq $to } @way;
		my @found = cycle($row, $from, @way, $to);
		return @found if @found;
	}
	return;
}

# What is wrong with one include, or nothing.
sub wrong {
	my ($row, $folder, $include) = @_;
	my $r = $row->{$folder} // { folders => {}, libs => {} };
	if ($include =~ /^"([^"]*)"/) {
		my ($to) = $1 =~ m{^([\w-]+)/[\w-]+\.h$}
		    or return "\"$1\" is not of the form \"folder/file.h\"";
		return if $to eq $folder || $to eq 'core' || $r->{folders}{$to};
		return "$folder may not include $to";
	}
	if ($include =~ m{^<([^>/]+)[^>]*>}) {
		(my $lib = $1) =~ s/\.h$//;
		return if $r->{libs}{$lib};
		return unless grep { $_->{libs}{$lib} } values %$row;
		return "$folder may not include <$lib>";
	}
	return 'an include that cannot be read';
}

# Every breach in $dir/src, as "file:line: what", and the includes looked at.
sub breaches {
	my ($src) = @_;
	my (@bad, @files, $n);
	my %row = rows("$src/LAYERS", \@bad);
	find({ no_chdir => 1,
	    wanted => sub { push @files, $_ if /\.[ch]$/ } }, $src);
	my %folder = map { m{([^/]+)/$} ? ($1 => 1) : () } glob "$src/*/";
	for my $f (sort keys %row) {
		push @bad, "$src/LAYERS:$row{$f}{line}: no folder $_"
		    for grep { !$folder{$_} }
		    $f, sort keys %{ $row{$f}{folders} };
		my @way = cycle(\%row, $f);
		push @bad, "$src/LAYERS:$row{$f}{line}: " .
		    join(' -> ', $f, @way) if @way;
	}
	push @bad, map { "$src/$_:1: has no row in LAYERS" }
	    grep { !$row{$_} } sort keys %folder;
	for my $path (sort @files) {
		my ($folder) = $path =~ m{^\Q$src\E/([^/]+)/};
		if (!defined $folder) {
			push @bad, "$path:1: is in no folder";
			next;
		}
		open my $in, '<', $path or die "$path: $!\n";
		while (<$in>) {
			/^\s*#\s*include(?:_next)?\s*(.*)/ or next;
			$n++;
			my $why = wrong(\%row, $folder, $1);
			push @bad, "$path:$.: $why" if defined $why;
		}
	}
	return (\@bad, $n // 0);
}

# ---- a tree made up, good but for what each row does to it --------------------

my %tree = (
	'LAYERS' => "# a comment\ncore <text>\nlow  # another\n" .
	    "mid low <crypto>\ntop mid low <json>\n",
	'core/a.h' => "#include <stdint.h>\n#include <text.h>\n",
	'core/deep/a.c' => "#include \"core/a.h\"\n",
	'low/a.h' => "#include \"core/a.h\"\n#include \"low/b.h\"\n",
	'mid/a.c' => "#include \"low/a.h\"\n#include <crypto/a.h>\n",
	'top/a.c' => "# include \"mid/a.h\"\n#include <sys/types.h>\n" .
	    "/* #include \"nowhere/a.h\" */\n#include <json.h>\n",
);
my @breaks = (
	[ 'low/x.c',  "\n#include \"mid/a.h\"\n", 'low/x.c:2' ],
	[ 'low/x.h',  "#include \"top/a.h\"\n", 'low/x.h:1' ],
	[ 'core/x.c', "#include \"low/a.h\"\n", 'core/x.c:1' ],
	[ 'core/deep/x.c', "#include \"top/a.h\"\n", 'core/deep/x.c:1' ],
	[ 'low/x.c',  "#include <crypto/a.h>\n", 'low/x.c:1' ],
	[ 'low/x.c',  "#include <json.h>\n", 'low/x.c:1' ],
	[ 'top/x.c',  "#include <text.h>\n", 'top/x.c:1' ],
	[ 'mid/x.c',  "#  include<json.h> /* ! */\n", 'mid/x.c:1' ],
	[ 'mid/x.c',  "#include \"a.h\"\n", 'mid/x.c:1' ],
	[ 'mid/x.c',  "#include \"../low/a.h\"\n", 'mid/x.c:1' ],
	[ 'mid/x.c',  "#include \"low/../top/a.h\"\n", 'mid/x.c:1' ],
	[ 'mid/x.c',  "#include MACRO\n", 'mid/x.c:1' ],
	[ 'new/x.c',  "\n", 'new:1' ],
	[ 'x.c',      "\n", 'x.c:1' ],
	[ 'LAYERS', "core <text>\nlow\nmid low <crypto>\n" .
	    "top mid low gone <json>\n", 'LAYERS:4' ],
	[ 'LAYERS', "core <text>\nlow\nmid low <crypto>\n" .
	    "top mid low <json>\ngone\n", 'LAYERS:5' ],
	[ 'LAYERS', "core <text>\nlow\nmid low <crypto>\n" .
	    "top mid low <json>\nlow\n", 'LAYERS:5' ],
	[ 'LAYERS', "core <text>\nlow top\nmid low <crypto>\n" .
	    "top mid low <json>\n", 'LAYERS:2' ],
	[ 'LAYERS', "core <text>\nlow low\nmid low <crypto>\n" .
	    "top mid low <json>\n", 'LAYERS:2' ],
	[ 'LAYERS', "core <text>\nlow\nmid low <crypto>\n" .
	    "top mid ../low low <json>\n", 'LAYERS:4' ],
);

sub plant {
	my (%files) = @_;
	my $dir = tempdir(CLEANUP => 1);
	for my $path (keys %files) {
		(my $in = "$dir/$path") =~ s{/[^/]*$}{};
		make_path($in);
		open my $out, '>', "$dir/$path" or die "$dir/$path: $!\n";
		print $out $files{$path};
		close $out or die "$dir/$path: $!\n";
	}
	return $dir;
}

sub the_checker_finds_each_breach {
	my $dir = plant(%tree);
	my ($bad, $n) = breaches($dir);
	is_deeply($bad, [], 'a good tree passes');
	is($n, 10, 'with all its includes looked at');
	my @missed;
	for (@breaks) {
		my ($path, $text, $where) = @$_;
		$dir = plant(%tree, $path => $text);
		($bad) = breaches($dir);
		push @missed, "$where: $text"
		    unless grep { /^\Q$dir\/$where\E: / } @$bad;
	}
	ok(!@missed, 'each of ' . @breaks . ' breaches is found')
	    or diag(@missed);
}

the_checker_finds_each_breach();
chdir "$FindBin::Bin/.." or die "the tree: $!\n";
my ($bad, $n) = breaches('src');
ok(!@$bad, 'src/ is as src/LAYERS says') or diag(join "\n", @$bad);
cmp_ok($n, '>', 100, "in its $n includes");
done_testing;
