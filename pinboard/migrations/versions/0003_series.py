"""Make room for series: what an instance is to its series, what a viewer needs of it, and marks on its frames."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table('mark',
    sa.Column('id', BigId, nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.Column('case_id', BigId, nullable=False),
    sa.Column('instance_id', BigId, nullable=False),
    sa.Column('frame', BigId, nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('points', sa.JSON(), nullable=False),
    sa.Column('text', sa.String(length=120), nullable=False),
    sa.Column('letter', sa.String(length=3), nullable=False),
    sa.Column('by_id', BigId, nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['user_.id'], name=op.f('fk_mark_by_id_user_')),
    sa.ForeignKeyConstraint(['case_id'], ['case_.id'], name=op.f('fk_mark_case_id_case_'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['instance_id'], ['instance.id'], name=op.f('fk_mark_instance_id_instance'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mark')),
    sa.UniqueConstraint('public_id', name=op.f('uq_mark_public_id')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_mark_case_id_instance_id'), 'mark', ['case_id', 'instance_id'], unique=False)
    op.create_table('comment_mark',
    sa.Column('comment_id', BigId, nullable=False),
    sa.Column('mark_id', BigId, nullable=False),
    sa.ForeignKeyConstraint(['comment_id'], ['comment.id'], name=op.f('fk_comment_mark_comment_id_comment'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['mark_id'], ['mark.id'], name=op.f('fk_comment_mark_mark_id_mark'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('comment_id', 'mark_id', name=op.f('pk_comment_mark')),
    )
    op.create_index(op.f('ix_comment_mark_mark_id'), 'comment_mark', ['mark_id'], unique=False)
    op.add_column('instance', sa.Column('kind', sa.String(length=24), nullable=False, server_default='image'))
    op.add_column('instance', sa.Column('is_subject_only', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('instance', sa.Column('view', sa.JSON(), nullable=True))
