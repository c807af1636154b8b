"""Place, distance, size and kind of town in a visitor's own words: `Ehrenamtskarte nahe Hemer`.

What is recognised becomes filters that the page shows and that can be taken away; `genau=1` asks
for the words as they stand.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from directory.geo.places import Found, Gazetteer
from directory.german.analysis import index_words, stop_words
from directory.german.compounds import word_frequency
from directory.german.spelling import normal
from directory.municipalities.models import MunicipalityKind, SizeClass

NEAR_KM = 25.0

_IN = frozenset(index_words("in im aus für stadt gemeinde kommune raum"))
_NEAR = frozenset(index_words("nahe nähe naehe bei um umgebung umkreis rund"))
# Towns have none: `in der Halle` is no town.
_ARTICLES = frozenset(index_words("der die das den dem"))
# Little words between those and the name: `in der Nähe von Hemer`, `rund um die Stadt Hemer`
_BETWEEN = _ARTICLES.union(index_words("von vom zu stadt gemeinde kommune rund um"))
# Names of municipalities that are words as well; the more frequent words are found by frequency.
_ALSO_WORDS = frozenset(
    normal(word)
    for word in index_words(
        "Wetter Halle Horn Marl Much Werl Werne Titz Haan Hille Kall Ense Heek Wenden Schlangen "
        "Löhne Lotte Alpen Rheine Ahlen Enger Kamen Senden Hamm Hagen Lage Essen Bünde"
    )
)
# Frequent words that are nothing but cities
_KNOWN_CITIES = frozenset(
    normal(word)
    for word in index_words(
        "Köln Düsseldorf Dortmund Duisburg Bonn Münster Bielefeld Aachen Bochum Wuppertal "
        "Leverkusen Paderborn Mönchengladbach Gelsenkirchen Krefeld Solingen Siegen Hagen "
        "Oberhausen Gütersloh Minden Remscheid Neuss Recklinghausen Witten Moers"
    )
)
_WORD_FREQUENCY = 4.0
# „Städte im Kreis Lippe“: what lists of municipalities show anyway
_GENERIC = frozenset(
    normal(word)
    for word in index_words(
        "Kommune Kommunen Stadt Städte Gemeinde Gemeinden Ort Orte Praxisbeispiel Praxisbeispiele "
        "Praxis Einwohner Einwohnerinnen alles"
    )
)
_LONGEST_NAME = 5

_ENDLESS = 10**9
# Where size classes begin and end
_BOUNDS = frozenset({_ENDLESS, *(bound for size in SizeClass for bound in size.bounds)})
_NUMBER = r"(\d[\d.\s]*\d|\d)(?:\s*(tausend|tsd\.?))?"
_PEOPLE = r"\s*(?:Einwohner(?:innen|n)?(?:\s+und\s+Einwohnern?)?|Einw\.?|EW)\b\.?"
_BELOW = r"(?:unter|bis\s+zu|bis|weniger\s+als|höchstens|maximal|kleiner\s+als|max\.)"
_ABOVE = r"(?:über|mehr\s+als|ab|mindestens|größer\s+als|mind\.)"
_WITH = (
    r"(?:\b(?:mit|einer?|für|in|eine|aus|von|bei|den|der|kleinen?|Städten?|Stadt|Gemeinden?|"
    r"Kommunen?)\s+)*"
)
_SIZES = tuple(
    (re.compile(rf"{_WITH}\b{words}{_PEOPLE}", re.IGNORECASE), way)
    for words, way in (
        (rf"zwischen\s+{_NUMBER}\s+und\s+{_NUMBER}", "between"),
        (rf"{_NUMBER}\s*(?:bis|-|–)\s*{_NUMBER}", "between"),
        (rf"{_BELOW}\s+{_NUMBER}", "below"),
        (rf"{_ABOVE}\s+{_NUMBER}", "above"),
        (_NUMBER, "about"),
    )
)
_TOWNS = r"\s+(?:Stadt|Städten?|Gemeinden?|Kommunen?)"
# What statistics call small, medium and large: town, and inhabitants from and below
_SPOKEN_SIZES = tuple(
    (re.compile(rf"{_WITH}\b(?:{words})\b", re.IGNORECASE), bounds)
    for words, bounds in (
        (rf"klein(?:e[nr]?|ere[nr]?){_TOWNS}|Kleinst(?:adt|ädten?)", (0, 20_000)),
        (rf"mittelgro(?:ss|ß)e[nr]?{_TOWNS}|Mittelst(?:adt|ädten?)", (20_000, 100_000)),
        (rf"gro(?:ss|ß)e[nr]?{_TOWNS}|Gro(?:ss|ß)st(?:adt|ädten?)", (100_000, _ENDLESS)),
    )
)
# What leads to them: `auf Kreisebene`, `bei anderen Kreisen`
_LEADING = (
    r"(?:\b(?:auf|in|im|für|von|bei|als|aus|mit|ein|eine[nmrs]?|andere[nmrs]?|unser(?:e[nmrs]?)?|"
    r"welche|alle[nr]?|de[rmn]|die)\s+)"
)
# Before a name it is part of it (`Landkreis Coesfeld`); `Kreise und Städte` are all there are.
_ALONE = r"\b(?!\s+(?:[A-ZÄÖÜ]|de[rs]\b|(?:und|oder)\s+(?:St[aä]dt|Gemeinde|Kommune)))"
_OF_COUNTIES = (
    rf"(?i:{_LEADING})*\b(?:Kreisebene|Kreisverwaltung(?:en)?|[Ll]andkreis(?:e[ns]?)?){_ALONE}",
    rf"(?i:{_LEADING})+Kreis(?:e[ns]?)?{_ALONE}",
    rf"^Kreisen?{_ALONE}",
)
_SPOKEN_KINDS = tuple(
    (re.compile(words), kinds)
    for words, kinds in (
        (
            rf"(?i:{_LEADING})*\b(?i:kreisfreie[nr]?)\s+(?:Gro(?:ss|ß)s)?[Ss]t(?:adt|ädten?)\b",
            (MunicipalityKind.INDEPENDENT_CITY,),
        ),
        (
            rf"(?i:{_LEADING})*\b(?i:kreisangehörige[nr]?)(?:{_TOWNS})+\b",
            (MunicipalityKind.COUNTY_TOWN, MunicipalityKind.RURAL),
        ),
        ("|".join(_OF_COUNTIES), (MunicipalityKind.COUNTY,)),
    )
)
_DISTANCE = re.compile(
    r"\b(?:(?:im\s+)?Umkreis\s+(?:von\s+)?|innerhalb\s+von\s+|bis\s+(?:zu\s+)?)?"
    r"(\d{1,3})\s*(?:km|Kilometern?)\b(?:\s+(?:Umkreis|Entfernung|entfernt))?",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"\S+")
_SIGNS = " ,;:–-?!"
_LINKING = frozenset(["und", "oder", "sowie"])


@dataclass(frozen=True)
class Understood:
    """What was recognised: the words that are left, place as text, km, facet → its values."""

    typed: str
    words: str
    place: str = ""
    radius_km: float | None = None
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # Whether the size classes among them hold more than was asked for
    is_coarse: bool = False


def understand(
    q: str, gazetteer: Gazetteer, *, facets: Collection[str], of_places: bool
) -> Understood | None:
    """Return what `q` says about place, size and kind of town, None if it is words alone.

    `facets` are the names of those about towns that the list has. `of_places`: municipalities are
    listed, whose names are words there; only `im Kreis Lippe`, `nahe Hemer` and the like narrow
    their list.
    """
    rest, choices, is_coarse = q, {}, False
    # Kinds first: sizes take any town that stands before them.
    if "art" in facets:
        rest, kinds = _kinds(rest)
        if kinds:
            choices["art"] = kinds
    if "groesse" in facets:
        rest, sizes, is_coarse = _sizes(rest)
        if sizes:
            choices["groesse"] = sizes
    rest, place, radius = _place(rest, gazetteer, of_places=of_places)
    if not choices and not place:
        return None
    telling = [
        word
        for word in index_words(rest)
        if normal(word) not in stop_words() and normal(word) not in _GENERIC
    ]
    words = _whole(" ".join(rest.split())) if telling else ""
    return Understood(q, words, place, radius, choices, is_coarse)


def _whole(rest: str) -> str:
    """Return what is left of a phrase without the little words that led to what was taken out."""
    words = rest.strip(_SIGNS).split()
    while words and normal(words[-1]) in stop_words():
        words.pop()
    while words and normal(words[0]) in _LINKING:
        words.pop(0)
    return " ".join(words).strip(_SIGNS)


def _sizes(q: str) -> tuple[str, tuple[str, ...], bool]:
    """Return `q` without its size of towns, the classes that hold it, and whether they are wider.

    Who names one number asks for towns like that, which a class is meant to hold.
    """
    for pattern, way in _SIZES:
        match = pattern.search(q)
        if match is None:
            continue
        numbers = [
            _number(match[index], match[index + 1]) for index in range(1, len(match.groups()), 2)
        ]
        low, high = {
            "between": (numbers[0], numbers[-1]),
            "below": (0, numbers[0]),
            "above": (numbers[0], _ENDLESS),
            "about": (numbers[0], numbers[0] + 1),
        }[way]
        chosen = _classes(low, high)
        if chosen and len(chosen) < len(SizeClass):
            is_coarse = way != "about" and not {low, high} <= _BOUNDS
            return _besides(match), chosen, is_coarse
    for pattern, bounds in _SPOKEN_SIZES:
        if match := pattern.search(q):
            return _besides(match), _classes(*bounds), False
    return q, (), False


def _besides(match: re.Match[str]) -> str:
    """Return what stands before and behind a match."""
    return f"{match.string[: match.start()]} {match.string[match.end() :]}"


def _kinds(q: str) -> tuple[str, tuple[str, ...]]:
    found: list[str] = []
    for pattern, kinds in _SPOKEN_KINDS:
        q, times = pattern.subn(" ", q)
        found += [kind.value for kind in kinds] if times else []
    return q, tuple(found)


def _classes(low: int, high: int) -> tuple[str, ...]:
    """Return the size classes that hold places of `low` to less than `high` inhabitants."""
    return tuple(
        size.value
        for size in SizeClass
        if size.bounds[0] < high and (size.bounds[1] is None or size.bounds[1] > low)
    )


def _number(digits: str, thousand: str | None) -> int:
    number = int(re.sub(r"\D", "", digits)[:9])
    return number * 1_000 if thousand else number


@dataclass(frozen=True)
class _Mention:
    """A place that the tokens from `start` to `end` name; what leads to it begins at `first`."""

    name: str
    found: Found
    first: int
    start: int
    end: int
    # What leads to it: `in`, `near`, or nothing
    how: str


def _place(q: str, gazetteer: Gazetteer, *, of_places: bool) -> tuple[str, str, float | None]:
    distance = _DISTANCE.search(q)
    text = _besides(distance) if distance else q
    tokens = [match.group().strip(",;:?!„“\"'") for match in _TOKEN.finditer(text)]
    meant = [
        one
        for one in _mentions(tokens, gazetteer)
        if distance or _is_meant(one, tokens, gazetteer, of_places=of_places)
    ]
    if not meant:
        return q, "", None
    best = max(meant, key=lambda one: (bool(one.how), one.end - one.start))
    radius = float(distance[1]) if distance else NEAR_KM if best.how == "near" else None
    if best.found.point is None:
        # Around a region there is no circle.
        radius = None
    return " ".join([*tokens[: best.first], *tokens[best.end :]]), best.name, radius or None


def _mentions(tokens: Sequence[str], gazetteer: Gazetteer) -> Iterator[_Mention]:
    """Yield the longest name that begins at each token, if one does."""
    for start in range(len(tokens)):
        for end in range(min(len(tokens), start + _LONGEST_NAME), start, -1):
            name = _nominative(" ".join(tokens[start:end]))
            found = _named(name, gazetteer)
            if found is not None:
                first, how = _before(tokens, start)
                yield _Mention(name, found, first, start, end, how)
                break


def _named(name: str, gazetteer: Gazetteer) -> Found | None:
    if len(name) < 3 or not name[0].isalnum():
        return None
    found = gazetteer.find_area(name)
    # A point is a place only in its own field.
    return found if found is not None and found.places else None


def _nominative(name: str) -> str:
    name = re.sub(r"en Kreis(?:es)?$", "er Kreis", name)
    return re.sub(r"en Land(?:es)?$", "es Land", name)


def _before(tokens: Sequence[str], start: int) -> tuple[int, str]:
    """Return where the phrase begins that leads to the name, and whether it says `in` or `near`."""
    first, how = start, ""
    while first > 0:
        word = tokens[first - 1].casefold()
        if word in _NEAR:
            how = "near"
        elif word in _IN:
            how = how or "in"
        elif word not in _BETWEEN:
            break
        first -= 1
    return (first, how) if how else (start, "")


def _is_meant(
    mention: _Mention, tokens: Sequence[str], gazetteer: Gazetteer, *, of_places: bool
) -> bool:
    """Tell whether a place is meant, and no other word that is written like its name."""
    if of_places:
        # Who types a name into the list of municipalities looks for that municipality.
        return bool(mention.how)
    count = mention.end - mention.start
    # What is found as a region only is no other word.
    if count > 1 or count == len(tokens) or gazetteer.find(mention.name) is None:
        return True
    if not _is_word(mention.name):
        return True
    behind_article = tokens[mention.start - 1].casefold() in _ARTICLES
    is_name = mention.name[0].isupper() or mention.name.isdecimal()
    return bool(mention.how) and is_name and not behind_article


def _is_word(name: str) -> bool:
    return normal(name) in _ALSO_WORDS or (
        word_frequency(name) >= _WORD_FREQUENCY and (normal(name) not in _KNOWN_CITIES)
    )
