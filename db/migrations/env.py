"""Alembic's entry: upgrades the connection that `dsdesk.catalog.migrate` hands over, and never opens one of its own."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
