"""Derive `directory/german/data/parts.txt`: the words that German compounds are made of.

Source: the German list of wordfreq 3.1.1 (https://github.com/rspeer/wordfreq, CC BY-SA 4.0;
frequencies from Wikipedia, OpenSubtitles, Google Books, SUBTLEX, Leeds Internet Corpus and others).
It is needed only here:

    .venv/bin/pip install --target /tmp/words wordfreq==3.1.1
    PYTHONPATH=.:/tmp/words .venv/bin/python seed/words/derive.py

Kept are words that occur at least once in a million, and rarer ones where the seed itself uses
them (`Lotsen`, `Paten`), that have four letters or more (or are among the few shorter nouns that
compounds are made of) and are not compounds themselves. Each line holds
a word and its Zipf frequency (log10 of occurrences in a billion words) in tenths. Lines that begin
with `!` are stems of words that stay whole: names of municipalities from
`seed/municipalities_nrw.csv`, frequent words and those of `directory/german/data/whole.txt`.
"""

import csv
from pathlib import Path

from wordfreq import get_frequency_dict  # type: ignore[import-not-found, unused-ignore]

from directory.german.compounds import Splitter, may_be_part
from directory.german.spelling import normal
from directory.german.stems import stem
from directory.text import words

_ROOT = Path(__file__).parent.parent.parent
_DATA = _ROOT / "directory" / "german" / "data"
_RAREST = 3.0
_RAREST_IN_SEED = 1.5
# Stems of verbs that begin compounds and are no words themselves
_VERB_STEMS = ("forder", "mitmach", "vorlese")
# So frequent that the word means something of its own: „Arbeitsplatz“, „Bürgermeister“.
_OF_ITS_OWN = 4.3


def main() -> None:
    """Write the file anew."""
    used = _words_of_the_seed()
    zipf = {
        word: frequency
        for word, value in get_frequency_dict("de", wordlist="large").items()
        if word.isalpha()
        and (frequency := _zipf(value)) >= (_RAREST_IN_SEED if word in used else _RAREST)
    }
    whole = _municipalities() | {
        word for word in (_DATA / "whole.txt").read_text("utf-8").split("\n") if word
    }
    parts: dict[str, float] = {}
    for word, frequency in zipf.items():
        if may_be_part(word):
            parts[normal(word)] = max(frequency, parts.get(normal(word), 0))
    for word in _VERB_STEMS:
        parts.setdefault(word, _RAREST)
    frequent = {word for word, value in zipf.items() if value >= _OF_ITS_OWN and len(word) > 7}
    kept_whole = {stem(word) for word in whole | frequent}
    splitter = Splitter(parts, kept_whole)
    atoms = {word: value for word, value in parts.items() if not splitter.split(word)}
    # Whether a word has to stay whole matters only where it could be split.
    open_to_splitting = Splitter(atoms, set())
    split = (stem(word) for word in whole | frequent if open_to_splitting.split(normal(word)))
    kept_whole = set(split)
    lines = [f"{word} {round(value * 10)}" for word, value in sorted(atoms.items())]
    lines += [f"!{word}" for word in sorted(kept_whole)]
    (_DATA / "parts.txt").write_text("\n".join(lines) + "\n", "utf-8")
    print(f"{len(atoms)} parts, {len(kept_whole)} whole words")  # noqa: T201


def _zipf(frequency: float) -> float:
    from math import log10

    return log10(frequency) + 9


def _words_of_the_seed() -> set[str]:
    files = ("practices.json", "events.json", "resources.json", "topics.csv")
    texts = ((_ROOT / "seed" / name).read_text("utf-8") for name in files)
    return {word.casefold() for text in texts for word in words(text) if len(word) < 12}


def _municipalities() -> set[str]:
    with (_ROOT / "seed" / "municipalities_nrw.csv").open(encoding="utf-8") as file:
        names = [row["name"] for row in csv.DictReader(file)]
    return {word for name in names for word in words(name) if len(word) > 4}


if __name__ == "__main__":
    main()
