"""Posts that wait for a person's word, topics, holds with exceptions, alarms and their notices."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_STATUSES = (
    "'draft', 'approved', 'held', 'publishing', 'published', 'unconfirmed', 'failed', 'missed', 'rejected', 'cancelled'"
)
_OUTCOMES = "'accepted', 'temporary', 'refused', 'credentials', 'unknown', 'withdrawn', 'duplicate', 'absent'"


def upgrade() -> None:
    op.drop_index("ix_posts_due", "posts")
    op.drop_index("ix_posts_due_by_account", "posts")
    op.drop_index("ix_posts_expiring", "posts")
    with op.batch_alter_table("posts", recreate="always") as posts:
        posts.add_column(sa.Column("topics", sa.String(), server_default="", nullable=False))
        posts.add_column(sa.Column("when_late", sa.String(), server_default="miss", nullable=False))
        posts.add_column(sa.Column("latest_at", sa.String(32), nullable=True))
        posts.add_column(sa.Column("asks", sa.Integer(), server_default="0", nullable=False))
        # Both anew, so that they stand in the order in which a new book has them.
        posts.drop_constraint("ck_posts_status", type_="check")
        posts.drop_constraint("ck_posts_version", type_="check")
        posts.create_check_constraint("ck_posts_status", f"status IN ({_STATUSES})")
        posts.create_check_constraint("ck_posts_version", "version >= 1")
        posts.create_check_constraint("ck_posts_when_late", "when_late IN ('miss', 'hold')")
    for name, status, columns in (
        ("ix_posts_due", "approved", ["next_try_at"]),
        ("ix_posts_due_by_account", "approved", ["account", "next_try_at"]),
        ("ix_posts_expiring", "approved", ["expires_at"]),
        ("ix_posts_in_doubt", "unconfirmed", ["next_try_at"]),
    ):
        where = sa.text(f"status = '{status}'")
        op.create_index(name, "posts", ["status", *columns], sqlite_where=where, postgresql_where=where)
    op.drop_index("ix_attempts_open", "attempts")
    with op.batch_alter_table("attempts", recreate="always") as attempts:
        attempts.drop_constraint("ck_attempts_outcome", type_="check")
        attempts.create_check_constraint("ck_attempts_outcome", f"outcome IS NULL OR outcome IN ({_OUTCOMES})")
    op.create_index("ix_receipts_platform_id", "receipts", ["platform_id"])
    with op.batch_alter_table("holds", recreate="always") as holds:
        holds.add_column(sa.Column("except_topics", sa.String(), server_default="", nullable=False))
        holds.drop_constraint("ck_holds_scope", type_="check")
        holds.create_check_constraint("ck_holds_scope", "scope IN ('all', 'account', 'campaign', 'topic')")
    _create_alarms()


def _create_alarms() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_table(
        "alarms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("raised_at", sa.String(32), nullable=False),
        sa.Column("cleared_at", sa.String(32), nullable=True),
        sa.Column("notice_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"]),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"]),
    )
    op.create_index("ix_alarms_of_post", "alarms", ["post_id"])
    op.create_index("ix_alarms_of_notice", "alarms", ["notice_id"])
    op.create_index(
        "ix_alarms_untold",
        "alarms",
        ["id"],
        sqlite_where=sa.text("notice_id IS NULL"),
        postgresql_where=sa.text("notice_id IS NULL"),
    )
    op.create_table(
        "deliveries",
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("next_try_at", sa.String(32), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("delivered_at", sa.String(32), nullable=True),
        sa.Column("trouble", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("notice_id", "channel"),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"]),
    )
    op.create_index(
        "ix_deliveries_open",
        "deliveries",
        ["next_try_at"],
        sqlite_where=sa.text("delivered_at IS NULL"),
        postgresql_where=sa.text("delivered_at IS NULL"),
    )
