"""German texts that nobody wrote: sentences about volunteering, full of compounds.

Words are as unevenly frequent as in real texts: few stand everywhere, most are rare.
"""

from collections.abc import Sequence
from itertools import accumulate
from random import Random

_FIRST_PARTS_TEXT = """
Ehrenamts Jugend Nachbarschafts Vereins Senioren Freiwilligen Bürger Kultur Sport Stadtteil
Quartiers Dorf Familien Feuerwehr Integrations Bildungs Umwelt Klima Kinder Engagement Musik
Sprach Pflege Begegnungs Garten Museums Bibliotheks Theater Mobilitäts Gesundheits Reparatur
Energie Inklusions Landschafts Heimat Schul Wald Park Lese Archiv
"""
_LAST_PARTS_TEXT = """
projekt netzwerk börse büro werkstatt treff beratung förderung karte fonds beirat preis lotsen
paten konferenz akademie fest tag stelle initiative versicherung bus café labor forum programm
kreis haus portal schulung
"""
_SENTENCES_TEXT = """
Gemeinsam mit Vereinen und Schulen entstanden {}, {} und {}, die heute allen offenstehen.
Am Anfang standen {} und {}, denn viele Menschen wollten helfen und wussten nicht wo.
Die Verwaltung begleitet {} und {} mit festen Ansprechpersonen und einem kleinen Budget.
Zweimal im Jahr treffen sich {}, {} und die Verwaltung, um das nächste Halbjahr zu planen.
Junge und ältere Menschen lernten einander über {} und {} kennen und blieben dabei.
Der Rat beschloss, {} und {} auf Dauer zu fördern und jedes Jahr darüber zu berichten.
Aus {} wurde nach kurzer Zeit {}, weil die Nachfrage größer war als erwartet.
Wer sich engagieren möchte, findet über {} und {} schnell eine passende Aufgabe in der Nähe.
Unterstützt von {} und {} wuchs die Zahl der Aktiven, und neue Gruppen kamen hinzu.
Besonders bewährt haben sich {}, {} und kurze Wege zwischen Rathaus und Ehrenamt.
Schwierig war es, {} und {} außerhalb der Ferien mit genügend Menschen zu besetzen.
Inzwischen übernehmen {} und {} viele Aufgaben, die vorher im Rathaus liegen geblieben waren.
"""

_SYLLABLES_TEXT = "ba do fe gi ka lo mi nu ra se ti wu"

_FIRST_PARTS = _FIRST_PARTS_TEXT.split()
_LAST_PARTS = _LAST_PARTS_TEXT.split()
_SYLLABLES = _SYLLABLES_TEXT.split()
_SENTENCES = _SENTENCES_TEXT.strip().splitlines()

_POOL = 5_000
_MOST_NOUNS = 3


class SyntheticTexts:
    """Titles and sentences from a stock of words; the same `random` gives the same texts."""

    def __init__(self, random: Random, words: Sequence[str]) -> None:
        """Make the stock from `words` and from compounds of the parts above."""
        nouns = [*words, *(first + last for first in _FIRST_PARTS for last in _LAST_PARTS)]
        random.shuffle(nouns)
        self._random = random
        self._nouns = nouns
        # How often a word occurs falls with its rank.
        self._weights = list(accumulate(1 / rank for rank in range(1, len(nouns) + 1)))
        # To put words into sentences for each entry anew would take most of the time.
        self._pool = [self._sentence() for _ in range(_POOL)]

    def title(self, number: int, place: str) -> str:
        """Return a title that says at once that the entry is made up."""
        return f"Probeeintrag {number}: {self.nouns(1)[0]} in {place}"

    def nouns(self, count: int) -> list[str]:
        """Return nouns; frequent ones may come twice."""
        return self._random.choices(self._nouns, cum_weights=self._weights, k=count)

    def name(self) -> str:
        """Return a name that few entries share and that is no compound: `Kalomi`."""
        return "".join(self._random.choices(_SYLLABLES, k=3)).capitalize()

    def sentences(self, count: int) -> list[str]:
        """Return sentences of about 14 words each."""
        return self._random.choices(self._pool, k=count)

    def _sentence(self) -> str:
        return self._random.choice(_SENTENCES).format(*self.nouns(_MOST_NOUNS))
