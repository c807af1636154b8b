"""Create the catalogue."""

import sqlalchemy as sa
from alembic import op

revision = "create_catalogue"
down_revision = None
branch_labels = None
depends_on = None

# Tokens come analysed from directory.text: the engines only split at spaces and weigh the fields.
SQLITE_FULL_TEXT = """
CREATE VIRTUAL TABLE search_fts USING fts5(
  title, summary, body, content='search_entry', content_rowid='id', tokenize='ascii', prefix='2 3'
)
"""
POSTGRESQL_FULL_TEXT = """
ALTER TABLE search_entry ADD COLUMN vector tsvector GENERATED ALWAYS AS (
  setweight(to_tsvector('simple', title), 'A')
  || setweight(to_tsvector('simple', summary), 'B')
  || setweight(to_tsvector('simple', body), 'C')
) STORED
"""


def one_of(name: str, *values: str) -> sa.Enum:
    """Text that holds one of `values`, held to them by a CHECK called `name`."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column(
            "kind",
            one_of(
                "entrykind",
                "municipality",
                "membership",
                "contact",
                "term",
                "practice",
                "series",
                "event",
                "resource",
            ),
            nullable=True,
        ),
        sa.Column("key", sa.String(length=120), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entry"),
    )
    op.create_index("ix_audit_entry_at", "audit_entry", ["at"])

    op.create_table(
        "catalogue_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seed_digest", sa.String(length=64), nullable=True),
        sa.Column("index_rules", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_catalogue_state"),
    )
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            one_of(
                "entrykind",
                "municipality",
                "membership",
                "contact",
                "term",
                "practice",
                "series",
                "event",
                "resource",
            ),
            nullable=False,
        ),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column(
            "before", one_of("before", "draft", "submitted", "published", "archived"), nullable=True
        ),
        sa.Column(
            "after", one_of("after", "draft", "submitted", "published", "archived"), nullable=False
        ),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
    )
    op.create_index("ix_decision_entry", "decision", ["kind", "key"])

    op.create_table(
        "event_series",
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("motto", sa.String(length=300), nullable=True),
        sa.Column("rhythm", sa.String(length=200), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("audience", sa.JSON(), nullable=False),
        sa.Column("organisers", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("slug", name="pk_event_series"),
    )
    op.create_table(
        "feedback_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("receipt", sa.String(length=12), nullable=False),
        sa.Column("page", sa.String(length=300), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("reply_to", sa.String(length=200), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_feedback_message"),
        sa.UniqueConstraint("receipt", name="uq_feedback_message_receipt"),
    )
    op.create_index("ix_feedback_message_at", "feedback_message", ["at"])

    op.create_table(
        "municipality",
        sa.Column("ags", sa.String(length=8), nullable=False),
        sa.Column("level", one_of("level", "municipality", "county", "district"), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("name_official", sa.String(length=120), nullable=False),
        sa.Column("sort_name", sa.String(length=120), nullable=False),
        sa.Column(
            "kind",
            one_of(
                "municipalitykind",
                "kreisfreie-stadt",
                "kreisangehoerige-stadt",
                "gemeinde",
                "kreis",
                "regierungsbezirk",
            ),
            nullable=False,
        ),
        sa.Column("designation", sa.String(length=40), nullable=False),
        sa.Column("legal_status", sa.String(length=80), nullable=False),
        sa.Column("county_ags", sa.String(length=8), nullable=True),
        sa.Column("district_ags", sa.String(length=8), nullable=True),
        sa.Column("regional_association", sa.String(length=3), nullable=True),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("population_date", sa.Date(), nullable=True),
        sa.Column("area_km2", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("urbanisation", sa.String(length=40), nullable=True),
        sa.Column("postcode", sa.String(length=5), nullable=True),
        sa.Column("website", sa.String(length=300), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("area_km2 > 0", name="ck_municipality_area_positive"),
        sa.CheckConstraint("length(ags) IN (3, 5, 8)", name="ck_municipality_ags_length"),
        sa.CheckConstraint("population >= 0", name="ck_municipality_population_not_negative"),
        sa.ForeignKeyConstraint(
            ["county_ags"], ["municipality.ags"], name="fk_municipality_county_ags_municipality"
        ),
        sa.ForeignKeyConstraint(
            ["district_ags"], ["municipality.ags"], name="fk_municipality_district_ags_municipality"
        ),
        sa.PrimaryKeyConstraint("ags", name="pk_municipality"),
        sa.UniqueConstraint("slug", name="uq_municipality_slug"),
    )
    op.create_index("ix_municipality_county_ags", "municipality", ["county_ags"])
    op.create_index("ix_municipality_district_ags", "municipality", ["district_ags"])
    op.create_index("ix_municipality_kind", "municipality", ["kind"])
    op.create_index("ix_municipality_level", "municipality", ["level"])
    op.create_index("ix_municipality_point", "municipality", ["lat", "lon"])
    op.create_index("ix_municipality_population", "municipality", ["population"])
    op.create_index("ix_municipality_sort_name", "municipality", ["sort_name"])

    op.create_table(
        "resource",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column(
            "kind",
            one_of("resourcetype", "pressemitteilung", "dossier", "download", "artikel", "link"),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=400), nullable=False),
        sa.Column("publisher", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("leads_to_file", sa.Boolean(), nullable=False),
        sa.Column("date", sa.String(length=10), nullable=True),
        sa.Column("source_url", sa.String(length=500), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "status",
            one_of("status", "draft", "submitted", "published", "archived"),
            nullable=False,
        ),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_resource"),
        sa.UniqueConstraint("slug", name="uq_resource_slug"),
    )
    op.create_index("ix_resource_kind", "resource", ["kind"])
    op.create_index("ix_resource_status", "resource", ["status"])

    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            one_of(
                "entrykind",
                "municipality",
                "membership",
                "contact",
                "term",
                "practice",
                "series",
                "event",
                "resource",
            ),
            nullable=False,
        ),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_revision"),
        sa.UniqueConstraint("kind", "key", "version", name="uq_revision_kind_key_version"),
    )
    op.create_table(
        "search_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_search_entry"),
        sa.UniqueConstraint("kind", "key", name="uq_search_entry_kind_key"),
    )
    op.create_table(
        "term",
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column(
            "kind", one_of("termkind", "topic", "target_group", "instrument"), nullable=False
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("slug", name="pk_term"),
    )
    op.create_index("ix_term_kind", "term", ["kind"])

    op.create_table(
        "contact_point",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ags", sa.String(length=8), nullable=False),
        sa.Column("unit", sa.String(length=200), nullable=False),
        sa.Column("street", sa.String(length=200), nullable=True),
        sa.Column("postcode", sa.String(length=5), nullable=True),
        sa.Column("town", sa.String(length=80), nullable=True),
        sa.Column("phone", sa.String(length=60), nullable=True),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("url", sa.String(length=500), nullable=True),
        sa.Column("source_url", sa.String(length=500), nullable=False),
        sa.Column("as_of", sa.String(length=10), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "status",
            one_of("status", "draft", "submitted", "published", "archived"),
            nullable=False,
        ),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ags"], ["municipality.ags"], name="fk_contact_point_ags_municipality"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_contact_point"),
        sa.UniqueConstraint("ags", "unit", name="uq_contact_point_ags_unit"),
    )
    op.create_index("ix_contact_point_ags", "contact_point", ["ags"])
    op.create_index("ix_contact_point_status", "contact_point", ["status"])

    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("series_slug", sa.String(length=80), nullable=True),
        sa.Column(
            "kind",
            one_of(
                "eventkind",
                "kongress",
                "werkstatt",
                "spitzentreffen",
                "netzwerktreffen",
                "workshop",
                "beteiligung",
                "unterzeichnung",
                "gruendung",
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("short_title", sa.String(length=120), nullable=False),
        sa.Column("motto", sa.String(length=300), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("date_start", sa.String(length=10), nullable=True),
        sa.Column("date_end", sa.String(length=10), nullable=True),
        sa.Column("time_start", sa.Time(), nullable=True),
        sa.Column("time_end", sa.Time(), nullable=True),
        sa.Column("sort_date", sa.String(length=10), nullable=False),
        sa.Column(
            "event_status",
            one_of("eventstatus", "announced", "held", "recurring", "cancelled"),
            nullable=False,
        ),
        sa.Column(
            "event_format", one_of("eventformat", "vor-ort", "digital", "hybrid"), nullable=True
        ),
        sa.Column("venue_name", sa.String(length=200), nullable=True),
        sa.Column("venue_town", sa.String(length=80), nullable=True),
        sa.Column("venue_ags", sa.String(length=8), nullable=True),
        sa.Column("attendance_label", sa.String(length=200), nullable=True),
        sa.Column("attendance_min", sa.Integer(), nullable=True),
        sa.Column("attendance_max", sa.Integer(), nullable=True),
        sa.Column("attendance_unit", sa.String(length=20), nullable=True),
        sa.Column("guiding_topics", sa.JSON(), nullable=False),
        sa.Column("programme", sa.JSON(), nullable=False),
        sa.Column("sessions_note", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "status",
            one_of("status", "draft", "submitted", "published", "archived"),
            nullable=False,
        ),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["series_slug"], ["event_series.slug"], name="fk_event_series_slug_event_series"
        ),
        sa.ForeignKeyConstraint(
            ["venue_ags"], ["municipality.ags"], name="fk_event_venue_ags_municipality"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
        sa.UniqueConstraint("slug", name="uq_event_slug"),
    )
    op.create_index("ix_event_kind", "event", ["kind"])
    op.create_index("ix_event_series_slug", "event", ["series_slug"])
    op.create_index("ix_event_sort_date", "event", ["sort_date"])
    op.create_index("ix_event_status", "event", ["status"])
    op.create_index("ix_event_venue_ags", "event", ["venue_ags"])

    op.create_table(
        "membership",
        sa.Column("ags", sa.String(length=8), nullable=False),
        sa.Column("evidence", one_of("evidence", "documented", "training_only"), nullable=False),
        sa.Column("member_since", sa.Integer(), nullable=True),
        sa.Column("declaration_signed_on", sa.Date(), nullable=True),
        sa.Column("source_url", sa.String(length=500), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("has_contact_person", sa.Boolean(), nullable=True),
        sa.Column("is_cross_cutting_task", sa.Boolean(), nullable=True),
        sa.Column("signed_declaration", sa.Boolean(), nullable=True),
        sa.Column("offers_volunteer_card", sa.Boolean(), nullable=True),
        sa.Column("commits_to_continuity", sa.Boolean(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ags"], ["municipality.ags"], name="fk_membership_ags_municipality"
        ),
        sa.PrimaryKeyConstraint("ags", name="pk_membership"),
    )
    op.create_index("ix_membership_evidence", "membership", ["evidence"])

    op.create_table(
        "postcode_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("postcode", sa.String(length=5), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("ags", sa.String(length=8), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ags"], ["municipality.ags"], name="fk_postcode_place_ags_municipality"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_postcode_place"),
    )
    op.create_index("ix_postcode_place_ags", "postcode_place", ["ags"])
    op.create_index("ix_postcode_place_postcode", "postcode_place", ["postcode"])

    op.create_table(
        "practice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column("ags", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("situation", sa.Text(), nullable=True),
        sa.Column("approach", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("success_factors", sa.JSON(), nullable=False),
        sa.Column("stumbling_blocks", sa.JSON(), nullable=False),
        sa.Column("no_stumbling_blocks_known", sa.Boolean(), nullable=False),
        sa.Column("partners", sa.JSON(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "state",
            one_of(
                "practicestate", "idee", "pilot", "laufend", "wiederkehrend", "beendet", "unbekannt"
            ),
            nullable=False,
        ),
        sa.Column("started_year", sa.Integer(), nullable=True),
        sa.Column("ended_year", sa.Integer(), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.Column(
            "cost_band",
            one_of("costband", "keine", "unter-5000", "5000-20000", "20000-100000", "ab-100000"),
            nullable=True,
        ),
        sa.Column(
            "staff_effort",
            one_of("staffeffort", "keiner", "unter-0,25", "0,25-0,5", "0,5-1", "ab-1"),
            nullable=True,
        ),
        sa.Column(
            "status",
            one_of("status", "draft", "submitted", "published", "archived"),
            nullable=False,
        ),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "ended_year IS NULL OR started_year IS NULL OR ended_year >= started_year",
            name="ck_practice_period_forwards",
        ),
        sa.ForeignKeyConstraint(["ags"], ["municipality.ags"], name="fk_practice_ags_municipality"),
        sa.PrimaryKeyConstraint("id", name="pk_practice"),
        sa.UniqueConstraint("slug", name="uq_practice_slug"),
    )
    op.create_index("ix_practice_ags", "practice", ["ags"])
    op.create_index("ix_practice_started_year", "practice", ["started_year"])
    op.create_index("ix_practice_state", "practice", ["state"])
    op.create_index("ix_practice_status", "practice", ["status"])

    op.create_table(
        "resource_municipality",
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("ags", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["ags"], ["municipality.ags"], name="fk_resource_municipality_ags_municipality"
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["resource.id"],
            name="fk_resource_municipality_resource_id_resource",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("resource_id", "ags", name="pk_resource_municipality"),
    )
    op.create_index("ix_resource_municipality_ags", "resource_municipality", ["ags"])

    op.create_table(
        "resource_term",
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("term_slug", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["resource.id"],
            name="fk_resource_term_resource_id_resource",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["term_slug"], ["term.slug"], name="fk_resource_term_term_slug_term"
        ),
        sa.PrimaryKeyConstraint("resource_id", "term_slug", name="pk_resource_term"),
    )
    op.create_index("ix_resource_term_term_slug", "resource_term", ["term_slug"])

    op.create_table(
        "synonym",
        sa.Column("term_slug", sa.String(length=80), nullable=False),
        sa.Column("text", sa.String(length=120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["term_slug"], ["term.slug"], name="fk_synonym_term_slug_term"),
        sa.PrimaryKeyConstraint("term_slug", "text", name="pk_synonym"),
    )
    op.create_table(
        "event_organiser",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name="fk_event_organiser_event_id_event", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_event_organiser"),
    )
    op.create_index("ix_event_organiser_event_id", "event_organiser", ["event_id"])

    op.create_table(
        "event_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            one_of("sessionkind", "workshop", "forum", "session", "learning_carousel"),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("track", sa.String(length=200), nullable=True),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("time_start", sa.Time(), nullable=True),
        sa.Column("time_end", sa.Time(), nullable=True),
        sa.Column("duration_min", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name="fk_event_session_event_id_event", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_event_session"),
        sa.UniqueConstraint("slug", name="uq_event_session_slug"),
    )
    op.create_index("ix_event_session_event_id", "event_session", ["event_id"])

    op.create_table(
        "event_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("as_of", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name="fk_event_source_event_id_event", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_event_source"),
    )
    op.create_index("ix_event_source_event_id", "event_source", ["event_id"])

    op.create_table(
        "keynote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=80), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("person", sa.String(length=120), nullable=True),
        sa.Column("person_basis", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "person IS NULL OR person_basis IS NOT NULL", name="ck_keynote_person_has_basis"
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name="fk_keynote_event_id_event", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_keynote"),
    )
    op.create_index("ix_keynote_event_id", "keynote", ["event_id"])

    op.create_table(
        "practice_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("as_of", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(
            ["practice_id"],
            ["practice.id"],
            name="fk_practice_source_practice_id_practice",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_practice_source"),
    )
    op.create_index("ix_practice_source_practice_id", "practice_source", ["practice_id"])

    op.create_table(
        "practice_term",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("term_slug", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["practice_id"],
            ["practice.id"],
            name="fk_practice_term_practice_id_practice",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["term_slug"], ["term.slug"], name="fk_practice_term_term_slug_term"
        ),
        sa.PrimaryKeyConstraint("practice_id", "term_slug", name="pk_practice_term"),
    )
    op.create_index("ix_practice_term_term_slug", "practice_term", ["term_slug"])

    op.create_table(
        "resource_event",
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name="fk_resource_event_event_id_event", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["resource.id"],
            name="fk_resource_event_resource_id_resource",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("resource_id", "event_id", name="pk_resource_event"),
    )
    op.create_index("ix_resource_event_event_id", "resource_event", ["event_id"])

    op.create_table(
        "training_round",
        sa.Column("ags", sa.String(length=8), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ags"], ["membership.ags"], name="fk_training_round_ags_membership"
        ),
        sa.PrimaryKeyConstraint("ags", "number", name="pk_training_round"),
    )
    op.create_table(
        "participation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("ags", sa.String(length=8), nullable=False),
        sa.Column(
            "role",
            one_of(
                "participationrole",
                "report",
                "learning_carousel",
                "stand",
                "practice",
                "forum",
                "signatory",
                "training",
                "host",
                "station",
            ),
            nullable=False,
        ),
        sa.Column("practice_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["ags"], ["municipality.ags"], name="fk_participation_ags_municipality"
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name="fk_participation_event_id_event", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"],
            ["practice.id"],
            name="fk_participation_practice_id_practice",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["event_session.id"],
            name="fk_participation_session_id_event_session",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_participation"),
        sa.UniqueConstraint(
            "event_id",
            "session_id",
            "ags",
            "role",
            name="uq_participation_event_id_session_id_ags_role",
        ),
    )
    op.create_index("ix_participation_ags", "participation", ["ags"])
    op.create_index("ix_participation_event_id", "participation", ["event_id"])
    op.create_index("ix_participation_practice_id", "participation", ["practice_id"])
    op.create_index("ix_participation_session_id", "participation", ["session_id"])

    if op.get_bind().dialect.name == "postgresql":
        op.execute(POSTGRESQL_FULL_TEXT)
        op.execute("CREATE INDEX ix_search_entry_vector ON search_entry USING gin (vector)")
    else:
        op.execute(SQLITE_FULL_TEXT)


def downgrade() -> None:
    op.execute("DROP TABLE IF EXISTS search_fts")
    op.drop_table("participation")
    op.drop_table("training_round")
    op.drop_table("resource_event")
    op.drop_table("practice_term")
    op.drop_table("practice_source")
    op.drop_table("keynote")
    op.drop_table("event_source")
    op.drop_table("event_session")
    op.drop_table("event_organiser")
    op.drop_table("synonym")
    op.drop_table("resource_term")
    op.drop_table("resource_municipality")
    op.drop_table("practice")
    op.drop_table("postcode_place")
    op.drop_table("membership")
    op.drop_table("event")
    op.drop_table("contact_point")
    op.drop_table("term")
    op.drop_table("search_entry")
    op.drop_table("revision")
    op.drop_table("resource")
    op.drop_table("municipality")
    op.drop_table("feedback_message")
    op.drop_table("event_series")
    op.drop_table("decision")
    op.drop_table("catalogue_state")
    op.drop_table("audit_entry")
