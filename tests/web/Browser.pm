# SPDX-License-Identifier: EUPL-1.2
#
# A browser as the tests of the REST interface have one: a session that begins
# by a link, its cookie, its token; requests and what comes back.
package Browser;

use strict;
use warnings;
use HTTP::Tiny;
use JSON::PP ();
use Test::More;
use Time::HiRes qw(sleep time);

use Antin qw(antin $out $err);

# Of the station in this folder; where "link" is not wanted, without a session.
sub new {
	my ($class, $dir, %is) = @_;
	my $until = time + 60;
	my $url = '';
	sleep 0.2 until (antin(qw(desk --print --station), $dir) eq '0' &&
	    (($url) = $out =~ m{^(http://\S+)$}m)) || time > $until;
	my ($at, $token) = $url =~ m{^(http://[^/]+)/.*link=(\S+)$} or
	    die "no pages of $dir: $out$err\n";
	my $self = bless { at => $at, http => HTTP::Tiny->new(timeout => 120,
	    agent => 'test') }, $class;
	return $self if exists $is{link} && !$is{link};
	my $got = $self->post('/session/link', { token => $token });
	$self->{csrf} = $got->{csrf} or die "no session at $dir\n";
	return $self;
}

# "status" and "headers" of the last answer are kept.
sub ask {
	my ($self, $method, $path, $body, %headers) = @_;
	my %h = (Origin => $self->{at}, %headers);
	$h{Cookie} = $self->{cookie} if defined $self->{cookie};
	$h{'X-Antin'} //= $self->{csrf} if defined $self->{csrf};
	delete $h{$_} for grep { !defined $h{$_} } keys %h;
	my $r;
	for (1 .. 60) { # who asks too often waits, as a page does
		$r = $self->{http}->request($method, "$self->{at}/api/1$path",
		    { headers => \%h, defined $body ? (content => $body) :
		    () });
		last if $r->{status} ne '429';
		sleep 0.5;
	}
	$self->{status} = $r->{status};
	$self->{headers} = $r->{headers};
	$self->{content} = $r->{content};
	my $set = $r->{headers}{'set-cookie'};
	for (ref $set ? @$set : $set // ()) {
		$self->{cookie} = $1 if /^(antin-\d+=[^;]+)/;
	}
	return $r->{content} if ($r->{headers}{'content-type'} // '') !~
	    m{^application/json};
	return eval { JSON::PP->new->utf8->decode($r->{content}) } // {};
}

sub words {
	my (%query) = @_;
	return '' if !%query;
	return '?' . join '&', map {
		my $v = $query{$_};
		utf8::encode($v) if utf8::is_utf8($v);
		"$_=" . $v =~ s/([^A-Za-z0-9._~-])/sprintf '%%%02X', ord $1/ger
	} sort keys %query;
}

sub get {
	my ($self, $path, %query) = @_;
	return $self->ask('GET', $path . words(%query));
}

sub post {
	my ($self, $path, $body, %headers) = @_;
	return $self->ask('POST', $path, JSON::PP->new->utf8->encode($body //
	    {}), 'Content-Type' => 'application/json', %headers);
}

sub put {
	my ($self, $path, $bytes, %query) = @_;
	return $self->ask('PUT', $path . words(%query), $bytes,
	    'Content-Type' => 'application/octet-stream');
}

sub drop {
	my ($self, $path) = @_;
	return $self->ask('DELETE', $path);
}

# The last answer had this status; else it is shown.
sub was {
	my ($self, $status, $name) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return ok($self->{status} =~ /^(?:$status)$/, $name) ||
	    diag("$self->{status}, wanted $status: " .
	    substr($self->{content} // '', 0, 500));
}

# A file goes up, in pieces of this size; its upload.
sub upload {
	my ($self, $name, $type, $bytes, $size) = @_;
	my $up = $self->post('/uploads', { name => $name, type => $type,
	    size => length $bytes });
	return if $self->{status} ne '200';
	$size //= 100_000;
	for (my $at = 0; $at < length $bytes; $at += $size) {
		$self->put("/uploads/$up->{upload}", substr($bytes, $at,
		    $size), at => $at);
		return if $self->{status} ne '200';
	}
	return $up->{upload};
}

1;
