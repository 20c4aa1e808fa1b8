"""The articles that were read, what became of them since, and embargoes."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("posts", sa.Column("embargo_until", sa.String(32), nullable=True))
    op.create_table(
        "articles",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("read_at", sa.String(32), nullable=False),
        sa.Column("seen_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("source", "sha256"),
    )
    op.create_table(
        "sources",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("looked_at", sa.String(32), nullable=True),
        sa.Column("gone_since", sa.String(32), nullable=True),
        sa.Column("unreached_since", sa.String(32), nullable=True),
        sa.Column("trouble", sa.String(), nullable=True),
        sa.Column("validator", sa.String(), nullable=True),
        sa.Column("embargo", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("source"),
    )
    op.create_table(
        "source_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("was_sha256", sa.String(), nullable=True),
        sa.Column("now_sha256", sa.String(), nullable=True),
        sa.Column("was", sa.String(), nullable=False),
        sa.Column("now", sa.String(), nullable=False),
        sa.Column("found_at", sa.String(32), nullable=False),
        sa.Column("settled_at", sa.String(32), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint("kind IN ('changed', 'elsewhere', 'withdrawn', 'embargo')", name="ck_source_changes_kind"),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"]),
    )
    op.create_index("ix_source_changes_of_post", "source_changes", ["post_id"])
    where = sa.text("outcome = 'temporary'")
    op.create_index(
        "ix_attempts_to_wait", "attempts", ["outcome", "retry_at"], sqlite_where=where, postgresql_where=where
    )
