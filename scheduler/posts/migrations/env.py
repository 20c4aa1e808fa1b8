"""Alembic runs this file for every migration: it hands over the book's engine and our tables."""

from alembic import context
from sqlmodel import SQLModel

import scheduler.posts.tables  # noqa: F401 (fills the metadata)

engine = context.config.attributes["engine"].execution_options(redletter_writes=True)

with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
