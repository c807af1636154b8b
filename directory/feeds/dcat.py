"""The catalogue in the words of DCAT-AP.de 3.0; the only door to RDFLib.

Terms are those of https://www.dcat-ap.de/def/dcatde/3.0/spec/. Everything has an address below
`/katalog#`, so that portals recognise it when they come again; there are no nameless nodes. What
lists of the EU and of GovData define is named with its type, label and list, so that the catalogue
can be understood, and checked, without asking them.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from operator import itemgetter

import orjson
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF, RDFS, SKOS, XSD

from directory.config import Settings
from directory.feeds.data_sets import (
    DATA_SETS,
    LICENCES,
    DataSet,
    Distribution,
    Licence,
    Service,
    attribution_of,
    licence_of,
    services_offered,
)
from directory.web.addresses import absolute

DCATAP = Namespace("http://data.europa.eu/r5r/")
DCATDE = Namespace("http://dcat-ap.de/def/dcatde/")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")

_EU = "http://publications.europa.eu/resource/authority"
_LICENCES = "http://dcat-ap.de/def/licenses"
_LICENCE_KINDS = "http://purl.org/adms/licencetype"
_GEOCODING = "http://dcat-ap.de/def/politicalGeocoding"
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types"
# North Rhine-Westphalia, in the words of GovData and of GeoNames
_STATE = URIRef(f"{_GEOCODING}/stateKey/05")
_STATE_IN_EUROPE = URIRef("http://sws.geonames.org/2861876/")
_STATE_NAME = "Nordrhein-Westfalen"

_THEMES = {
    "GOVE": "Regierung und öffentlicher Sektor",
    "REGI": "Regionen und Städte",
    "SOCI": "Bevölkerung und Gesellschaft",
}
_AVAILABILITIES = {
    "AVAILABLE": "mittelfristig verfügbar",
    "EXPERIMENTAL": "versuchsweise verfügbar",
}
_PREFIXES = {
    "dcat": str(DCAT),
    "dcatap": str(DCATAP),
    "dcatde": str(DCATDE),
    "dct": str(DCTERMS),
    "foaf": str(FOAF),
    "rdf": str(RDF),
    "rdfs": str(RDFS),
    "skos": str(SKOS),
    "vcard": str(VCARD),
    "xsd": str(XSD),
}


@dataclass(frozen=True)
class Facts:
    """What the catalogue knows of its entries; a moment or year that is not known is missing."""

    changed: dt.datetime | None
    # Set → since when its first entry is public
    issued: Mapping[str, dt.datetime]
    # Set → first and last year its entries are about
    years: Mapping[str, tuple[int, int]]


def write(settings: Settings, facts: Facts, *, form: str) -> bytes:
    """Return the catalogue as `turtle` or `json-ld`."""
    graph = _Catalogue(settings, facts).graph
    if form != "json-ld":
        return graph.serialize(format=form, encoding="utf-8")
    document = orjson.loads(graph.serialize(format=form, context=_PREFIXES))
    # RDFLib leaves the order to chance; in order, every process sends the same with the same ETag.
    document["@graph"].sort(key=itemgetter("@id"))
    return orjson.dumps(document, option=orjson.OPT_INDENT_2)


class _Catalogue:
    """The graph while it grows."""

    def __init__(self, settings: Settings, facts: Facts) -> None:
        self.graph = Graph(bind_namespaces="core")
        for prefix, address in _PREFIXES.items():
            self.graph.bind(prefix, address)
        self._settings = settings
        self._facts = facts
        self._language = self._concept("language", "DEU", "Deutsch", DCTERMS.LinguisticSystem)
        # Who is not named yet only tries this out.
        available = "AVAILABLE" if settings.operator else "EXPERIMENTAL"
        self._availability = self._concept(
            "planned-availability", available, _AVAILABILITIES[available]
        )
        self._publisher = self._add_publisher()
        self._contact = self._add_contact()
        self._places = self._add_places()
        self._add_catalogue()

    def _add_catalogue(self) -> None:
        one = URIRef(absolute("/katalog"))
        self._typed(one, DCAT.Catalog)
        self._say(one, DCTERMS.title, "Kommunen-Verzeichnis: offene Daten")
        self._say(
            one,
            DCTERMS.description,
            "Daten über Kommunen in Nordrhein-Westfalen, ihre guten Beispiele der "
            "Engagementförderung und die Veranstaltungen des Kommunen-Netzwerks: engagiert in NRW.",
        )
        self._common(one)
        self._link(one, FOAF.homepage, absolute("/schnittstellen"), FOAF.Document)
        themes = URIRef(f"{_EU}/data-theme")
        self._typed(themes, SKOS.ConceptScheme)
        self._say(themes, DCTERMS.title, "Datenthemen der Europäischen Union")
        self._add(one, DCAT.themeTaxonomy, themes)
        if self._settings.data_licence:
            own = self._add_licence(LICENCES[self._settings.data_licence])
            self._add(one, DCTERMS.license, own)
        for place in self._places:
            self._add(one, DCTERMS.spatial, place)
        for data_set in DATA_SETS:
            self._add(one, DCAT.dataset, self._add_data_set(data_set))
        for service in services_offered():
            self._add(one, DCAT.service, self._add_service(service))

    def _add_data_set(self, data_set: DataSet) -> URIRef:
        one = _here(data_set.id)
        self._typed(one, DCAT.Dataset)
        self._common(one)
        self._say(one, DCTERMS.title, data_set.title)
        self._say(one, DCTERMS.description, data_set.description)
        self._add(one, DCTERMS.identifier, Literal(str(one)))
        for keyword in data_set.keywords:
            self._say(one, DCAT.keyword, keyword)
        for theme in data_set.themes:
            self._add(one, DCAT.theme, self._concept("data-theme", theme, _THEMES[theme]))
        self._add(one, DCAT.contactPoint, self._contact)
        self._add_coverage(one, data_set)
        if data_set.id in self._facts.issued:
            self._add(one, DCTERMS.issued, _moment(self._facts.issued[data_set.id]))
        often = self._concept("frequency", "IRREG", "unregelmäßig", DCTERMS.Frequency)
        self._add(one, DCTERMS.accrualPeriodicity, often)
        public = self._concept("access-right", "PUBLIC", "öffentlich", DCTERMS.RightsStatement)
        self._add(one, DCTERMS.accessRights, public)
        provenance = _here(f"{data_set.id}-herkunft")
        self._typed(provenance, DCTERMS.ProvenanceStatement)
        self._say(provenance, RDFS.label, data_set.provenance)
        self._add(one, DCTERMS.provenance, provenance)
        self._link(one, DCAT.landingPage, absolute(data_set.path), FOAF.Document)
        self._link(one, FOAF.page, absolute("/schnittstellen"), FOAF.Document)
        if self._settings.contributor_id:
            self._add(one, DCATDE.contributorID, URIRef(self._settings.contributor_id))
        for distribution in data_set.distributions:
            self._add(one, DCAT.distribution, self._add_distribution(data_set, distribution))
        return one

    def _add_coverage(self, one: URIRef, data_set: DataSet) -> None:
        for place in self._places:
            self._add(one, DCTERMS.spatial, place)
        self._add(one, DCATDE.politicalGeocodingURI, _STATE)
        level = URIRef(f"{_GEOCODING}/Level/state")
        self._listed(level, f"{_GEOCODING}/Level", "Bundesland")
        self._add(one, DCATDE.politicalGeocodingLevelURI, level)
        if data_set.id not in self._facts.years:
            return
        first, last = self._facts.years[data_set.id]
        period = _here(f"{data_set.id}-zeitraum")
        self._typed(period, DCTERMS.PeriodOfTime)
        self._add(period, DCAT.startDate, Literal(f"{first:04}", datatype=XSD.gYear))
        self._add(period, DCAT.endDate, Literal(f"{last:04}", datatype=XSD.gYear))
        self._add(one, DCTERMS.temporal, period)

    def _add_distribution(self, data_set: DataSet, distribution: Distribution) -> URIRef:
        form = distribution.form
        one = _here(f"{data_set.id}-{form.id}")
        self._typed(one, DCAT.Distribution)
        self._say(one, DCTERMS.title, f"{data_set.title} als {form.label}")
        self._say(one, DCTERMS.description, f"{form.label}, {form.use}.")
        self._dated(one)
        self._add(one, DCATAP.availability, self._availability)
        self._add(one, DCTERMS.language, self._language)
        self._link(one, DCAT.accessURL, distribution.href, RDFS.Resource)
        if distribution.whole:
            self._link(one, DCAT.downloadURL, distribution.href, RDFS.Resource)
        if distribution.service is not None:
            self._add(one, DCAT.accessService, _here(distribution.service.id))
        self._add(one, DCTERMS.format, self._file_type(form.file_type))
        self._link(one, DCAT.mediaType, f"{_MEDIA_TYPES}/{form.mimetype}", DCTERMS.MediaType)
        if form.standard:
            self._link(one, DCTERMS.conformsTo, form.standard, DCTERMS.Standard)
        licence = self._add_licence(licence_of(data_set, self._settings))
        self._add(one, DCTERMS.license, licence)
        attribution = attribution_of(data_set, distribution, self._settings)
        self._say(one, DCATDE.licenseAttributionByText, attribution)
        self._link(one, DCTERMS.rights, absolute("/lizenzen"), DCTERMS.RightsStatement)
        return one

    def _add_service(self, service: Service) -> URIRef:
        one = _here(service.id)
        self._typed(one, DCAT.DataService)
        self._say(one, DCTERMS.title, service.title)
        self._say(one, DCTERMS.description, service.description)
        self._add(one, DCTERMS.publisher, self._publisher)
        self._add(one, DCAT.contactPoint, self._contact)
        self._add(one, DCATAP.availability, self._availability)
        self._link(one, DCAT.endpointURL, service.href, RDFS.Resource)
        self._link(one, DCAT.endpointDescription, service.description_href, RDFS.Resource)
        self._link(one, FOAF.page, service.documentation_href, FOAF.Document)
        self._link(one, DCTERMS.conformsTo, service.standard, DCTERMS.Standard)
        self._add(one, DCTERMS.format, self._file_type(service.file_type))
        for data_set in DATA_SETS:
            if any(ways.service == service for ways in data_set.distributions):
                self._add(one, DCAT.servesDataset, _here(data_set.id))
        return one

    def _add_publisher(self) -> URIRef:
        one = _here("herausgeber")
        self._typed(one, FOAF.Agent)
        self._typed(one, FOAF.Organization)
        name = self._settings.operator or "Noch nicht benannt (Probebetrieb)"
        self._add(one, FOAF.name, Literal(name))
        return one

    def _add_contact(self) -> URIRef:
        """Add a function people can write to: the form for mistakes, and a mailbox if there is."""
        one = _here("kontakt")
        self._typed(one, VCARD.Kind)
        self._typed(one, VCARD.Organization)
        self._add(
            one, VCARD.fn, Literal(self._settings.operator or "Rückmeldungen zum Verzeichnis")
        )
        self._add(one, VCARD.hasURL, URIRef(absolute("/barrierefreiheit#rueckmeldung")))
        if self._settings.operator_email:
            self._add(one, VCARD.hasEmail, URIRef(f"mailto:{self._settings.operator_email}"))
        return one

    def _add_places(self) -> tuple[URIRef, ...]:
        for place in (_STATE, _STATE_IN_EUROPE):
            self._typed(place, DCTERMS.Location)
            self._say(place, SKOS.prefLabel, _STATE_NAME)
        return (_STATE, _STATE_IN_EUROPE)

    def _add_licence(self, licence: Licence) -> URIRef:
        one = URIRef(f"{_LICENCES}/{licence.name}")
        self._typed(one, DCTERMS.LicenseDocument)
        self._listed(one, _LICENCES, licence.title)
        kind = URIRef(f"{_LICENCE_KINDS}/{licence.kind}")
        self._listed(kind, f"{_LICENCE_KINDS}/1.0", licence.kind, language="en")
        self._add(one, DCTERMS.type, kind)
        return one

    def _common(self, one: URIRef) -> None:
        self._add(one, DCTERMS.publisher, self._publisher)
        self._add(one, DCTERMS.language, self._language)
        self._add(one, DCATAP.availability, self._availability)
        self._dated(one)

    def _dated(self, one: URIRef) -> None:
        # All sets count what is in the others, so each changes with the whole.
        if self._facts.changed is not None:
            self._add(one, DCTERMS.modified, _moment(self._facts.changed))

    def _file_type(self, code: str) -> URIRef:
        return self._concept("file-type", code, code, DCTERMS.MediaTypeOrExtent)

    def _concept(self, scheme: str, code: str, label: str, kind: URIRef | None = None) -> URIRef:
        """Name an entry of one of the EU's lists."""
        one = URIRef(f"{_EU}/{scheme}/{code}")
        if kind is not None:
            self._typed(one, kind)
        self._listed(one, f"{_EU}/{scheme}", label)
        return one

    def _listed(self, one: URIRef, scheme: str, label: str, *, language: str = "de") -> None:
        self._typed(one, SKOS.Concept)
        self._add(one, SKOS.inScheme, URIRef(scheme))
        self._add(one, SKOS.prefLabel, Literal(label, lang=language))

    def _link(self, one: URIRef, how: URIRef, href: str, kind: URIRef) -> None:
        self._add(one, how, URIRef(href))
        self._typed(URIRef(href), kind)

    def _typed(self, one: URIRef, kind: URIRef) -> None:
        self._add(one, RDF.type, kind)

    def _say(self, one: URIRef, what: URIRef, text: str) -> None:
        self._add(one, what, Literal(text, lang="de"))

    def _add(self, one: URIRef, what: URIRef, value: URIRef | Literal) -> None:
        self.graph.add((one, what, value))


def _here(name: str) -> URIRef:
    return URIRef(absolute(f"/katalog#{name}"))


def _moment(moment: dt.datetime) -> Literal:
    return Literal(moment.astimezone(dt.UTC).replace(microsecond=0))
