"""Friendly hints on a text: sentences and words that many people stumble over.

Only what can be counted reliably; whether a text is good is for people to say.
"""

import re

from directory.german.sentences import sentences as whole_sentences

LONGEST_SENTENCE = 25  # words
LONGEST_WORD = 24  # letters between hyphens
_MOST_NAMED = 3
_WORD = re.compile(r"[^\W\d_]+(?:[-‑/][^\W\d_]+)*|\d+(?:[.,]\d+)*")
# What follows a colon with a capital is read as a sentence of its own.
_COLON = re.compile(r":[“\")]*\s+(?=[„\"(]?[A-ZÄÖÜ0-9])")


def hints(text: str) -> list[str]:
    """Return sentences about long sentences and long words of `text`; none for a plain one."""
    found = []
    long = [one for one in sentences(text) if len(words(one)) > LONGEST_SENTENCE]
    if long:
        first = " ".join(words(long[0])[:5])
        number = len(words(long[0]))
        found.append(
            f"Ein Satz hat {number} Wörter („{first} …“). Zwei kürzere liest man leichter."
            if len(long) == 1
            else f"{len(long)} Sätze haben mehr als {LONGEST_SENTENCE} Wörter, der erste beginnt "
            f"mit „{first} …“. Kürzere liest man leichter."
        )
    named = list(dict.fromkeys(one for one in words(text) if _is_long(one)))[:_MOST_NAMED]
    if named:
        listed = ", ".join(f"„{one}“" for one in named)
        found.append(f"Sehr lange Wörter werden mit Bindestrich leichter lesbar: {listed}.")
    return found


def sentences(text: str) -> list[str]:
    """Split `text` into what is read in one breath: sentences, and what follows a colon."""
    return [part for one in whole_sentences(text) for part in _COLON.split(one)]


def words(text: str) -> list[str]:
    """Return the words and numbers of `text`."""
    return _WORD.findall(text)


def _is_long(word: str) -> bool:
    return max(map(len, re.split(r"[-‑/]", word))) > LONGEST_WORD
