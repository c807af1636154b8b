"""Derive `families.txt` and `thesaurus.txt` of `directory/german/data`: stems that belong together.

Sources: lemmas of simplemma 2.0.0 (MIT) for the words of wordfreq 3.1.1 (CC BY-SA 4.0), and
OpenThesaurus (LGPL 2.1 or later) as Debian packs it for MyThes. They are needed only here:

    .venv/bin/pip install --target /tmp/words wordfreq==3.1.1 simplemma==2.0.0
    (cd /tmp && apt-get download mythes-de && dpkg -x mythes-de_*.deb /tmp/words)
    PYTHONPATH=.:/tmp/words .venv/bin/python seed/words/relatives.py /tmp/words

A family holds the forms of a word that the stemmer leaves apart (`hilft`, `geholfen`), and what is
made of a verb by an ending (`werben`, `Werbung`). A group of the thesaurus holds single words; only
groups are kept in which one is a word of the seed or of the general list of synonyms.
"""

import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from math import log10
from pathlib import Path

from simplemma import lemmatize  # type: ignore[import-not-found, unused-ignore]
from wordfreq import get_frequency_dict  # type: ignore[import-not-found, unused-ignore]

from directory.german.analysis import PART, index_tokens, stop_words
from directory.german.compounds import compound_parts
from directory.german.spelling import normal
from directory.german.stems import stem

_ROOT = Path(__file__).parent.parent.parent
_DATA = _ROOT / "directory" / "german" / "data"
_MYTHES = Path("usr/share/mythes/th_de_DE_v2.dat")
_RAREST = 2.4
_RAREST_VERB = 2.5
_SHORTEST = 4
# A form that is so much more frequent than its lemma is a word of its own: `Herzog`, `herziehen`.
_MUCH = 1.5
_MADE_OF_VERBS = ("ung", "erin", "ende", "er", "erei")
# Uses that mislead, and relations other than sameness
_LEFT_OUT = re.compile(
    r"\([^)]*(?:vulg|derb|veraltet|Gaunerspr|Jugendspr|Jägerspr|fachspr|berlin|österr|schweiz|bair"
    r"|landschaftl|regional|historisch|Antonym|begriff|Assoziation)[^)]*\)"
)
_REMARK = re.compile(r"\s*\([^)]*\)\s*")


def main() -> None:
    """Write both files anew."""
    frequencies = {
        word: log10(value) + 9
        for word, value in get_frequency_dict("de", wordlist="large").items()
        if word.isalpha()
    }
    _write("families.txt", _families(frequencies))
    source = Path(sys.argv[1]) / _MYTHES
    _write("thesaurus.txt", _groups(source.read_text("utf-8"), frequencies))


def _families(frequencies: dict[str, float]) -> Iterator[list[str]]:
    families: dict[str, set[str]] = defaultdict(set)
    verbs = set()
    for word, frequency in frequencies.items():
        if frequency < _RAREST or len(word) < _SHORTEST or normal(word) in stop_words():
            continue
        for form in (word, word.capitalize()):
            lemma = lemmatize(form, lang="de")
            plain = lemma.casefold()
            if lemma == form or normal(lemma) in stop_words():
                continue
            if lemma.islower() and lemma.endswith("n"):
                verbs.add(plain)
            if frequencies.get(plain, 0) >= frequency - _MUCH:
                families[stem(lemma)].add(stem(word))
    for verb in verbs:
        if frequencies.get(verb, 0) >= _RAREST_VERB:
            made = (verb.removesuffix("n").removesuffix("e") + end for end in _MADE_OF_VERBS)
            known = (stem(word) for word in made if frequencies.get(word, 0) >= _RAREST)
            families[stem(verb)].update(known)
    for lemma, forms in sorted(families.items()):
        yield [lemma, *sorted(forms - {lemma})]


def _groups(thesaurus: str, frequencies: dict[str, float]) -> Iterator[list[str]]:
    known = _words_of_the_field()
    for line in thesaurus.splitlines():
        if not line.startswith("-|"):
            continue
        stems = {
            stem(word)
            for word in _single_words(line.split("|")[1:])
            if frequencies.get(word.casefold(), 0) >= _RAREST
            or compound_parts(word)
            or stem(word) in known
        }
        if not stems.isdisjoint(known):
            yield sorted(stems)


def _single_words(entries: Iterable[str]) -> Iterator[str]:
    for entry in entries:
        word = _REMARK.sub(" ", entry).strip()
        if _LEFT_OUT.search(entry) or not word.replace("-", "").isalpha():
            continue
        if len(word) >= _SHORTEST and normal(word) not in stop_words():
            yield word


def _words_of_the_field() -> set[str]:
    files = [_ROOT / "seed" / name for name in ("practices.json", "events.json", "topics.csv")]
    texts = [file.read_text("utf-8") for file in [*files, _DATA / "synonyms.txt"]]
    return {token.removeprefix(PART) for text in texts for token in index_tokens(text)}


def _write(name: str, groups: Iterable[list[str]]) -> None:
    lines = sorted({f" {' '.join(group)} " for group in groups if len(group) > 1})
    plain = [line for line in lines if line.isascii()]
    (_DATA / name).write_text("\n".join(plain) + "\n", "ascii")
    print(f"{name}: {len(plain)} groups")  # noqa: T201


if __name__ == "__main__":
    main()
