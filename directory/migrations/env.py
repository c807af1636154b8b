"""Alembic's entry: migrate over the connection that :mod:`directory.migrations` hands in."""

from alembic import context

from directory.migrations.metadata import include_object, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_object=include_object,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
