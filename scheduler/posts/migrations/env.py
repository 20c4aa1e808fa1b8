"""Alembic runs this file for every migration: it hands over the book's engine and our tables."""

from alembic import context
from sqlmodel import SQLModel

import scheduler.posts.tables  # noqa: F401 (fills the metadata)

engine = context.config.attributes["engine"].execution_options(redletter_writes=True)

with engine.connect() as connection:
    # A table is changed by making it anew, and dropping one whose rows are referred to would be refused; the pragma is
    # silently ignored inside a transaction, so it goes past SQLAlchemy. https://www.sqlite.org/lang_altertable.html#otheralter
    connection.connection.driver_connection.execute("PRAGMA foreign_keys = OFF")
    # Alembic takes SQLite for a database that cannot undo a change of its tables, and would commit each migration by itself.
    context.configure(
        connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True, transactional_ddl=True
    )
    with context.begin_transaction():
        context.run_migrations()
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise RuntimeError(f"{len(broken)} rows of the book refer to rows that are not there; nothing was migrated")
    connection.commit()
