"""Make room for the wall: order, sections, covers and followers of boards, what is new, saved searches, outsiders."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table('board_section',
    sa.Column('id', BigId, nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.Column('board_id', BigId, nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('position', BigId, nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_board_section_board_id_board'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_board_section')),
    sa.UniqueConstraint('public_id', name=op.f('uq_board_section_public_id')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_board_section_board_id_position'), 'board_section', ['board_id', 'position'], unique=False)
    op.create_table('board_visit',
    sa.Column('user_id', BigId, nullable=False),
    sa.Column('board_id', BigId, nullable=False),
    sa.Column('followed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('visited_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('seen_pin_id', BigId, nullable=False),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_board_visit_board_id_board'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_.id'], name=op.f('fk_board_visit_user_id_user_'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', 'board_id', name=op.f('pk_board_visit')),
    )
    op.create_index(op.f('ix_board_visit_board_id'), 'board_visit', ['board_id'], unique=False)
    op.create_table('public_sample',
    sa.Column('case_id', BigId, nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('question', sa.Text(), nullable=False),
    sa.Column('author_name', sa.String(length=120), nullable=False),
    sa.Column('offered_by_id', BigId, nullable=False),
    sa.Column('offered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('picked_by_id', BigId, nullable=True),
    sa.Column('picked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('week_of', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['case_.id'], name=op.f('fk_public_sample_case_id_case_'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['offered_by_id'], ['user_.id'], name=op.f('fk_public_sample_offered_by_id_user_')),
    sa.ForeignKeyConstraint(['picked_by_id'], ['user_.id'], name=op.f('fk_public_sample_picked_by_id_user_')),
    sa.PrimaryKeyConstraint('case_id', name=op.f('pk_public_sample')),
    )
    op.create_index(op.f('ix_public_sample_picked_at'), 'public_sample', ['picked_at'], unique=False)
    op.create_index(op.f('ix_public_sample_week_of'), 'public_sample', ['week_of'], unique=False)
    op.create_table('saved_search',
    sa.Column('id', BigId, nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.Column('user_id', BigId, nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('query', sa.String(length=400), nullable=False),
    sa.Column('seen_seq', BigId, nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user_.id'], name=op.f('fk_saved_search_user_id_user_'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_search')),
    sa.UniqueConstraint('public_id', name=op.f('uq_saved_search_public_id')),
    sa.UniqueConstraint('user_id', 'name', name=op.f('uq_saved_search_user_id_name')),
    sqlite_autoincrement=True
    )
    # SQLite adds a column that refers to another table only inline.
    op.add_column('board', sa.Column('cover_case_id', BigId,
        sa.ForeignKey('case_.id', name=op.f('fk_board_cover_case_id_case_'), ondelete='SET NULL'), nullable=True), inline_references=True)
    op.add_column('board', sa.Column('order_', sa.String(length=24), nullable=False, server_default='hand'))
    op.add_column('board', sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('case_', sa.Column('sensitive_reason', sa.String(length=24), nullable=True))
    op.add_column('pin', sa.Column('section_id', BigId,
        sa.ForeignKey('board_section.id', name=op.f('fk_pin_section_id_board_section'), ondelete='SET NULL'), nullable=True), inline_references=True)
    op.create_index(op.f('ix_pin_section_id'), 'pin', ['section_id'], unique=False)
    op.create_index(op.f('ix_pin_board_id_id'), 'pin', ['board_id', 'id'], unique=False)
    op.add_column('user_', sa.Column('feed_seen_seq', BigId, nullable=True))
