"""What can be said about a good-practice example, and what must hold."""

from dataclasses import dataclass

from directory.practices.attachments import AttachmentDraft, check_attachments
from directory.practices.models import (
    CostBand,
    Practice,
    PracticeSource,
    PracticeState,
    StaffEffort,
)
from directory.practices.queries import PracticeRecord
from directory.publication.saving import Draft
from directory.publication.sources import Source, check_sources
from directory.publication.validation import Check, Known, Problems
from directory.topics.models import TermKind


@dataclass(frozen=True, kw_only=True)
class PracticeDraft(Draft):
    """One good-practice example; terms as slugs, sources and attachments in their order."""

    slug: str
    ags: str
    title: str
    summary: str
    approach: str
    state: PracticeState
    situation: str | None = None
    result: str | None = None
    success_factors: tuple[str, ...] = ()
    stumbling_blocks: tuple[str, ...] = ()
    no_stumbling_blocks_known: bool = False
    partners: tuple[str, ...] = ()
    started_year: int | None = None
    ended_year: int | None = None
    ended_reason: str | None = None
    cost_band: CostBand | None = None
    staff_effort: StaffEffort | None = None
    topics: frozenset[str] = frozenset()
    target_groups: frozenset[str] = frozenset()
    instruments: frozenset[str] = frozenset()
    sources: tuple[Source, ...] = ()
    attachments: tuple[AttachmentDraft, ...] = ()

    @property
    def terms(self) -> frozenset[str]:
        """The terms of all three lists."""
        return self.topics | self.target_groups | self.instruments

    @classmethod
    def of(cls, entry: Practice | PracticeRecord) -> "PracticeDraft":
        """Return the draft that `entry` corresponds to."""
        return cls(
            slug=entry.slug,
            ags=entry.ags,
            title=entry.title,
            summary=entry.summary,
            situation=entry.situation,
            approach=entry.approach,
            result=entry.result,
            success_factors=tuple(entry.success_factors),
            stumbling_blocks=tuple(entry.stumbling_blocks),
            no_stumbling_blocks_known=entry.no_stumbling_blocks_known,
            partners=tuple(entry.partners),
            state=entry.state,
            started_year=entry.started_year,
            ended_year=entry.ended_year,
            ended_reason=entry.ended_reason,
            cost_band=entry.cost_band,
            staff_effort=entry.staff_effort,
            topics=_slugs(entry, TermKind.TOPIC),
            target_groups=_slugs(entry, TermKind.TARGET_GROUP),
            instruments=_slugs(entry, TermKind.INSTRUMENT),
            sources=tuple(
                Source(title=one.title, url=one.url, as_of=one.as_of) for one in entry.sources
            ),
            attachments=tuple(map(AttachmentDraft.of, entry.attachments)),
        )

    def problems(self, known: Known) -> Problems:
        """Return what is wrong, field → German sentence."""
        check = Check()
        check.slug("slug", self.slug, Practice.slug)
        check.ags("ags", self.ags, known.ags)
        check.line("title", self.title, Practice.title)
        check.text("summary", self.summary, Practice.summary)
        check.text("situation", self.situation, Practice.situation)
        check.text("approach", self.approach, Practice.approach)
        check.text("result", self.result, Practice.result)
        check.items("success_factors", self.success_factors)
        check.items("stumbling_blocks", self.stumbling_blocks)
        if self.no_stumbling_blocks_known and self.stumbling_blocks:
            check.say("no_stumbling_blocks_known", "Es sind aber Stolpersteine angegeben.")
        check.items("partners", self.partners)
        self._check_period(check)
        if not self.topics:
            check.say("topics", "Bitte mindestens ein Thema wählen.")
        check.terms("topics", self.topics, known.terms, TermKind.TOPIC)
        check.terms("target_groups", self.target_groups, known.terms, TermKind.TARGET_GROUP)
        check.terms("instruments", self.instruments, known.terms, TermKind.INSTRUMENT)
        check_sources(check, self.sources, title=PracticeSource.title, url=PracticeSource.url)
        check_attachments(check, self.attachments, known)
        return check.problems

    def gaps(self) -> Problems:
        """Return what others would miss: what got in the way, and why something ended."""
        check = Check()
        if not self.stumbling_blocks and not self.no_stumbling_blocks_known:
            check.say(
                "stumbling_blocks",
                "Bitte nennen Sie mindestens einen Stolperstein, oder kreuzen Sie an, dass keine "
                "bekannt sind.",
            )
        if self.state is PracticeState.FINISHED and self.ended_reason is None:
            check.say("ended_reason", "Bitte schreiben Sie, warum es endete.")
        return check.problems

    def _check_period(self, check: Check) -> None:
        check.year("started_year", self.started_year)
        check.year("ended_year", self.ended_year)
        check.text("ended_reason", self.ended_reason, Practice.ended_reason)
        if self.started_year and self.ended_year and self.ended_year < self.started_year:
            check.say("ended_year", "Das Ende liegt vor dem Beginn.")


def _slugs(entry: Practice | PracticeRecord, kind: TermKind) -> frozenset[str]:
    return frozenset(term.slug for term in entry.terms_of(kind))
