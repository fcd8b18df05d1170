#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# The pictures of docs/pictures, made anew: real stations, people and documents.
#
#	ANTIN_PICTURES=docs/pictures prove tests/web/pictures.t
use strict;
use warnings;
use Cwd qw(abs_path);
use FindBin;
use Test::More;

BEGIN {
	plan skip_all => 'only with ANTIN_PICTURES=FOLDER'
	    if !defined $ENV{ANTIN_PICTURES};
	$ENV{ANTIN_PICTURES} = abs_path($ENV{ANTIN_PICTURES});
}
use lib $FindBin::Bin, "$FindBin::Bin/../command";
use Antin;
use Pages;
use Tree;

tree_grows();
up($_) for qw(TW DB HN);
people_come(qw(lan mai ha));
registered('plan', 'mat', 'Kế hoạch bảo đảm liên lạc cơ yếu mùa mưa lũ năm 2026');
registered('report', 'thuong', 'Báo cáo công tác văn thư tháng 10 năm 2026');
numbered('notice', 'thuong');
put('dien.txt', "Đề nghị cho ý kiến về phương án hiệp đồng.\n");
put('lu.txt', "Mưa lũ chia cắt ba xã; đã chuyển sang đường dự phòng.\n");
for ([ qw(DB hoa-toc lu.txt) ], [ qw(HN khan dien.txt) ]) {
	my ($from, $precedence, $text) = @$_;
	antin('sign-in', '--station', $from, 'van-thu');
	ends(0, "$from sends", qw(send --station), $from, '--precedence',
	    $precedence, qw(--level mat --to antin://vn/van-thu --text), $text);
}
pages_run('web/test/pictures.mjs', 500, qw(lan mai ha));

cmp_ok(-s, '<', 60_000, "$_ is small") for glob "$ENV{ANTIN_PICTURES}/*.png";
done_testing();
