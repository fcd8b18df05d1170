#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# The pages as they are built: small, all their own, and none of them lets in
# what the policy of content forbids (docs/desk.md 2.1).
use strict;
use warnings;
use FindBin;
use Test::More;

chdir "$FindBin::Bin/../.." or die "the tree: $!\n";
my $web = ($ENV{ANTIN_B} // 'obj') . '/web';

sub get {
	open my $f, '<', $_[0] or die "$_[0]: $!\n";
	local $/;
	return <$f>;
}

cmp_ok(-s "$web/app.js.gz", '<', 120_000, 'the script is below 120 kB, packed');
my $html = get("$web/index.html");
like($html, qr{<script type="module" src="/app-[0-9a-f]{12}\.js">},
    'the page names the script by its hash');
like($html, qr{href="/app-[0-9a-f]{12}\.css"}, 'and what it looks like');
unlike($html, qr{<style|<script>|\sstyle=|\son\w+=|https?:},
    'nothing stands in the page that the policy would not let run');
my $css = get("$web/app.css");
unlike($css, qr{url\(|\@import|\@font-face}, 'no letters or pictures are fetched');
my $js = get("$web/app.js");
unlike($js, qr{https?://(?!www\.w3\.org/)}, 'the script names no other machine');
unlike($js, qr{\beval\(|new Function\(|dangerouslySetInnerHTML:\s*\{},
    'and makes no code or pages out of text');

# Every text is there in both languages.
my @texts = glob 'web/src/texts/*.ts';
push @texts, 'web/src/ui/texts.ts';
for (@texts) {
	my $all = get($_);
	my $vi = () = $all =~ /\bvi:/g;
	my $en = () = $all =~ /\ben:/g;
	is($vi, $en, "$_ has as many Vietnamese texts as English");
}

done_testing();
