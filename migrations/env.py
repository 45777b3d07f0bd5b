"""Alembic's entry: runs migrations on the connection that `funnel.core.schema` hands in; there is no other way in."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=None,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
