"""Make room for suggestions, what a device's images taught, checked words, attestation, flags and proofs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table('remembered_box',
    sa.Column('id', BigId, nullable=False),
    sa.Column('device', sa.String(length=64), nullable=False),
    sa.Column('x0', BigId, nullable=False),
    sa.Column('y0', BigId, nullable=False),
    sa.Column('x1', BigId, nullable=False),
    sa.Column('y1', BigId, nullable=False),
    sa.Column('fill', sa.String(length=24), nullable=False),
    sa.Column('kept', BigId, nullable=False),
    sa.Column('thrown', BigId, nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_remembered_box')),
    sa.UniqueConstraint('device', 'x0', 'y0', 'x1', 'y1', name=op.f('uq_remembered_box_device_x0_y0_x1_y1')),
    sqlite_autoincrement=True
    )
    op.create_table('proof',
    sa.Column('id', BigId, nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.Column('by_id', BigId, nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('total', BigId, nullable=False),
    sa.Column('checked', BigId, nullable=False),
    sa.Column('violations', sa.JSON(), nullable=False),
    sa.Column('line', sa.Text(), nullable=True),
    sa.Column('error', sa.String(length=40), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['user_.id'], name=op.f('fk_proof_by_id_user_')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proof')),
    sa.UniqueConstraint('public_id', name=op.f('uq_proof_public_id')),
    sqlite_autoincrement=True
    )
    op.create_table('attestation',
    sa.Column('id', BigId, nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.Column('case_id', BigId, nullable=False),
    sa.Column('state', sa.String(length=24), nullable=False),
    sa.Column('asked_by_id', BigId, nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', BigId, nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('note', sa.String(length=400), nullable=False),
    sa.Column('images_sha256', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['asked_by_id'], ['user_.id'], name=op.f('fk_attestation_asked_by_id_user_')),
    sa.ForeignKeyConstraint(['by_id'], ['user_.id'], name=op.f('fk_attestation_by_id_user_')),
    sa.ForeignKeyConstraint(['case_id'], ['case_.id'], name=op.f('fk_attestation_case_id_case_'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attestation')),
    sa.UniqueConstraint('public_id', name=op.f('uq_attestation_public_id')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_attestation_case_id_state'), 'attestation', ['case_id', 'state'], unique=False)
    op.create_index(op.f('ix_attestation_state_asked_at'), 'attestation', ['state', 'asked_at'], unique=False)
    op.create_table('identifier_hash',
    sa.Column('id', BigId, nullable=False),
    sa.Column('case_id', BigId, nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case_.id'], name=op.f('fk_identifier_hash_case_id_case_'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_identifier_hash')),
    sa.UniqueConstraint('case_id', 'digest', name=op.f('uq_identifier_hash_case_id_digest')),
    sqlite_autoincrement=True
    )
    op.create_table('word_approval',
    sa.Column('id', BigId, nullable=False),
    sa.Column('case_id', BigId, nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('by_id', BigId, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['user_.id'], name=op.f('fk_word_approval_by_id_user_')),
    sa.ForeignKeyConstraint(['case_id'], ['case_.id'], name=op.f('fk_word_approval_case_id_case_'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_word_approval')),
    sa.UniqueConstraint('case_id', 'digest', name=op.f('uq_word_approval_case_id_digest')),
    sqlite_autoincrement=True
    )
    op.create_table('flag',
    sa.Column('id', BigId, nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.Column('case_id', BigId, nullable=False),
    sa.Column('state', sa.String(length=24), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('was', sa.String(length=24), nullable=False),
    sa.Column('by_id', BigId, nullable=True),
    sa.Column('share_id', BigId, nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('resolved_by_id', BigId, nullable=True),
    sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['user_.id'], name=op.f('fk_flag_by_id_user_')),
    sa.ForeignKeyConstraint(['case_id'], ['case_.id'], name=op.f('fk_flag_case_id_case_'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['resolved_by_id'], ['user_.id'], name=op.f('fk_flag_resolved_by_id_user_')),
    sa.ForeignKeyConstraint(['share_id'], ['share.id'], name=op.f('fk_flag_share_id_share'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_flag')),
    sa.UniqueConstraint('public_id', name=op.f('uq_flag_public_id')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_flag_case_id_state'), 'flag', ['case_id', 'state'], unique=False)
    op.create_index(op.f('ix_flag_state_at'), 'flag', ['state', 'at'], unique=False)
    op.create_table('suggestion',
    sa.Column('id', BigId, nullable=False),
    sa.Column('instance_id', BigId, nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('confidence', sa.Float(), nullable=False),
    sa.Column('frame', BigId, nullable=True),
    sa.Column('x0', BigId, nullable=False),
    sa.Column('y0', BigId, nullable=False),
    sa.Column('x1', BigId, nullable=False),
    sa.Column('y1', BigId, nullable=False),
    sa.ForeignKeyConstraint(['instance_id'], ['instance.id'], name=op.f('fk_suggestion_instance_id_instance'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_suggestion')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_suggestion_instance_id'), 'suggestion', ['instance_id'], unique=False)
    op.add_column('drawn_box', sa.Column('fill', sa.String(length=24), nullable=False, server_default='block'))
    op.add_column('instance', sa.Column('burned_in', sa.String(length=3), nullable=True))
    op.add_column('instance', sa.Column('needs_attest', sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column('instance', sa.Column('scan', sa.String(length=24), nullable=True))
    op.add_column('instance', sa.Column('detector', sa.String(length=80), nullable=True))
    op.add_column('instance', sa.Column('device', sa.String(length=64), nullable=True))
    op.add_column('instance', sa.Column('dhash', sa.String(length=16), nullable=True))
    op.add_column('instance', sa.Column('pixel_mac', sa.String(length=64), nullable=True))
    op.create_index(op.f('ix_instance_dhash'), 'instance', ['dhash'], unique=False)
    op.create_index(op.f('ix_instance_pixel_mac'), 'instance', ['pixel_mac'], unique=False)
    # It was too short for what is named, and nothing has been written into it yet.
    op.drop_column('receipt', 'detector')
    op.add_column('receipt', sa.Column('detector', sa.String(length=80), nullable=True))
    op.add_column('user_', sa.Column('is_reviewer', sa.Boolean(), nullable=False, server_default=sa.false()))
