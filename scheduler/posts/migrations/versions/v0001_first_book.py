"""The first book: posts, attempts, receipts, holds, audit trail, daemon."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "daemon",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("started_at", sa.String(32), nullable=False),
        sa.Column("turned_at", sa.String(32), nullable=False),
        sa.Column("stopped_at", sa.String(32), nullable=True),
        sa.Column("trouble", sa.String(), nullable=True),
        sa.CheckConstraint("id = 1", name="ck_daemon_one"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "holds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("held_by", sa.String(), nullable=False),
        sa.Column("held_at", sa.String(32), nullable=False),
        sa.Column("lifted_by", sa.String(), nullable=True),
        sa.Column("lifted_at", sa.String(32), nullable=True),
        sa.CheckConstraint("scope IN ('all', 'account', 'campaign')", name="ck_holds_scope"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_holds_active",
        "holds",
        ["scope", "name"],
        sqlite_where=sa.text("lifted_at IS NULL"),
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.create_table(
        "posts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("occurrence", sa.String(), nullable=False),
        sa.Column("slot", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("campaign_title", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("looks_like", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("scheduled_at", sa.String(32), nullable=False),
        sa.Column("next_try_at", sa.String(32), nullable=False),
        sa.Column("expires_at", sa.String(32), nullable=True),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("message_json", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("planned_digest", sa.String(), nullable=False),
        sa.Column("warnings_json", sa.String(), nullable=False),
        sa.Column("sources_json", sa.String(), nullable=False),
        sa.Column("approved_digest", sa.String(), nullable=True),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.Column("approved_at", sa.String(32), nullable=True),
        sa.Column("edited_by", sa.String(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("updated_at", sa.String(32), nullable=False),
        sa.UniqueConstraint("campaign", "occurrence", "slot", "account", "fingerprint", name="uq_posts_identity"),
        sa.CheckConstraint(
            "status IN ('draft', 'approved', 'publishing', 'published', 'unconfirmed', 'failed', 'missed', 'rejected',"
            " 'cancelled')",
            name="ck_posts_status",
        ),
        sa.CheckConstraint("version >= 1", name="ck_posts_version"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_posts_by_status", "posts", ["status", "scheduled_at"])
    op.create_index(
        "ix_posts_due",
        "posts",
        ["next_try_at"],
        sqlite_where=sa.text("status = 'approved'"),
        postgresql_where=sa.text("status = 'approved'"),
    )
    op.create_index(
        "ix_posts_due_by_account",
        "posts",
        ["account", "next_try_at"],
        sqlite_where=sa.text("status = 'approved'"),
        postgresql_where=sa.text("status = 'approved'"),
    )
    op.create_index(
        "ix_posts_expiring",
        "posts",
        ["expires_at"],
        sqlite_where=sa.text("status = 'approved'"),
        postgresql_where=sa.text("status = 'approved'"),
    )
    op.create_table(
        "attempts",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("payload_sha256", sa.String(), nullable=False),
        sa.Column("started_at", sa.String(32), nullable=False),
        sa.Column("finished_at", sa.String(32), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("detail", sa.String(), nullable=True),
        sa.Column("retry_at", sa.String(32), nullable=True),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('accepted', 'temporary', 'refused', 'credentials', 'unknown')",
            name="ck_attempts_outcome",
        ),
        sa.ForeignKeyConstraint(
            ["post_id"],
            ["posts.id"],
        ),
        sa.PrimaryKeyConstraint("post_id", "number"),
    )
    op.create_index(
        "ix_attempts_open",
        "attempts",
        ["post_id"],
        sqlite_where=sa.text("outcome IS NULL"),
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("from_status", sa.String(), nullable=True),
        sa.Column("to_status", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("detail", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["post_id"],
            ["posts.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_audit_of_post", "audit", ["post_id"])
    op.create_table(
        "receipts",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("platform_id", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("reply_to_json", sa.String(), nullable=True),
        sa.Column("received_at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"],
            ["posts.id"],
        ),
        sa.PrimaryKeyConstraint("post_id", "part"),
    )


def downgrade() -> None:
    for table in ("receipts", "audit", "attempts", "posts", "holds", "daemon"):
        op.drop_table(table)
