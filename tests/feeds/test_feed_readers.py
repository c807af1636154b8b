"""Atom as feed readers see it: feedparser, which nobody here wrote."""

import feedparser
import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize("path", ["/praxisbeispiele.atom?q=Ehrenamt", "/veranstaltungen.atom"])
def test_a_feed_reader_reads_every_page_to_the_end(client: FlaskClient, path: str) -> None:
    seen: list[str] = []
    following = path
    while following:
        feed = feedparser.parse(client.get(following).data)
        assert not feed.bozo, feed.get("bozo_exception")
        assert (feed.version, feed.encoding, feed.feed.language) == ("atom10", "utf-8", "de")
        for entry in feed.entries:
            assert entry.link.startswith("http://localhost/")
            assert entry.updated_parsed
            assert entry.author
            seen.append(entry.id)
        links = {link.rel: link.href for link in feed.feed.links}
        following = links.get("next", "").removeprefix("http://localhost")
    assert len(set(seen)) == len(seen) > 10


def test_a_feed_reader_shows_the_whole_story(client: FlaskClient) -> None:
    feed = feedparser.parse(client.get("/praxisbeispiele.atom?kommune=05962016").data)
    assert feed.feed.title == "Praxisbeispiele: Kommune: Hemer"
    entry = next(one for one in feed.entries if one.title == "Heimatpreis Hemer")
    assert entry.content[0].type == "text/html"
    assert "<h3>Vorgehen</h3>" in entry.content[0].value
    assert entry.summary in entry.content[0].value
