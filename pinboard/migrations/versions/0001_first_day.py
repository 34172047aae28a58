"""Make every table of the first day.

Values are bounded by the application's own types; the database keeps keys, references and uniqueness, forbids changing
what is chained, and keeps the search index.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pinboard.migrations.chained import postgresql_guards, sqlite_guards
from pinboard.migrations.search_index import postgresql_statements, sqlite_statements

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table('counter',
    sa.Column('name', sa.String(length=24), nullable=False),
    sa.Column('value', BigId, nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_counter'))
    )
    op.create_table('doomed_media',
    sa.Column('object_name', sa.String(length=26), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('object_name', name=op.f('pk_doomed_media'))
    )
    op.create_table('job',
    sa.Column('id', BigId, nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('ref_id', BigId, nullable=False),
    sa.Column('state', sa.String(length=24), nullable=False),
    sa.Column('attempts', BigId, nullable=False),
    sa.Column('run_after', sa.DateTime(timezone=True), nullable=False),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('error', sa.String(length=40), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job')),
    sa.UniqueConstraint('kind', 'ref_id', name=op.f('uq_job_kind_ref_id')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_job_state_run_after'), 'job', ['state', 'run_after'], unique=False)
    op.create_table('opening_batch',
    sa.Column('id', BigId, nullable=False),
    sa.Column('count', BigId, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('previous_hash', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_opening_batch')),
    sqlite_autoincrement=True
    )
    op.create_table('subject',
    sa.Column('id', BigId, nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.Column('chart_code', sa.String(length=24), nullable=False),
    sa.Column('key_id', sa.String(length=24), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_subject')),
    sa.UniqueConstraint('chart_code', name=op.f('uq_subject_chart_code')),
    sa.UniqueConstraint('public_id', name=op.f('uq_subject_public_id')),
    sqlite_autoincrement=True
    )
    op.create_table('throttle',
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('failures', BigId, nullable=False),
    sa.Column('blocked_until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_throttle'))
    )
    op.create_table('user_',
    sa.Column('id', BigId, nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.Column('login', sa.String(length=80), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=True),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('role', sa.String(length=24), nullable=False),
    sa.Column('is_admin', sa.Boolean(), nullable=False),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(length=24), nullable=False),
    sa.Column('specialty', sa.String(length=40), nullable=True),
    sa.Column('about', sa.String(length=400), nullable=True),
    sa.Column('password_hash', sa.String(length=200), nullable=True),
    sa.Column('password_changed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('verified_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('verified_by_id', BigId, nullable=True),
    sa.Column('verification', sa.String(length=200), nullable=True),
    sa.Column('recheck_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('invited_by_id', BigId, nullable=True),
    sa.Column('subject_id', BigId, nullable=True),
    sa.Column('preferences', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['invited_by_id'], ['user_.id'], name=op.f('fk_user__invited_by_id_user_')),
    sa.ForeignKeyConstraint(['subject_id'], ['subject.id'], name=op.f('fk_user__subject_id_subject')),
    sa.ForeignKeyConstraint(['verified_by_id'], ['user_.id'], name=op.f('fk_user__verified_by_id_user_')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_user_')),
    sa.UniqueConstraint('email', name=op.f('uq_user__email')),
    sa.UniqueConstraint('login', name=op.f('uq_user__login')),
    sa.UniqueConstraint('public_id', name=op.f('uq_user__public_id')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_user__subject_id'), 'user_', ['subject_id'], unique=False)
    op.create_table('audit_event',
    sa.Column('id', BigId, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', BigId, nullable=True),
    sa.Column('verb', sa.String(length=40), nullable=False),
    sa.Column('thing', sa.String(length=60), nullable=True),
    sa.Column('case_id', BigId, nullable=True),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.Column('previous_hash', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['user_.id'], name=op.f('fk_audit_event_actor_id_user_')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_event')),
    sa.UniqueConstraint('hash', name=op.f('uq_audit_event_hash')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_audit_event_actor_id_id'), 'audit_event', ['actor_id', 'id'], unique=False)
    op.create_index(op.f('ix_audit_event_case_id_id'), 'audit_event', ['case_id', 'id'], unique=False)
    op.create_index(op.f('ix_audit_event_verb_id'), 'audit_event', ['verb', 'id'], unique=False)
    op.create_table('case_',
    sa.Column('id', BigId, nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.Column('author_id', BigId, nullable=False),
    sa.Column('subject_id', BigId, nullable=True),
    sa.Column('state', sa.String(length=24), nullable=False),
    sa.Column('resolution', sa.String(length=24), nullable=False),
    sa.Column('seq', BigId, nullable=True),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('question', sa.Text(), nullable=False),
    sa.Column('history', sa.Text(), nullable=False),
    sa.Column('findings', sa.Text(), nullable=False),
    sa.Column('differential', sa.JSON(), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.Column('tags', sa.JSON(), nullable=False),
    sa.Column('age_band', sa.String(length=12), nullable=True),
    sa.Column('sex', sa.String(length=1), nullable=True),
    sa.Column('body_part', sa.String(length=24), nullable=True),
    sa.Column('laterality', sa.String(length=24), nullable=True),
    sa.Column('photo_kind', sa.String(length=4), nullable=False),
    sa.Column('audience_choice', sa.JSON(), nullable=False),
    sa.Column('board_choice', sa.JSON(), nullable=False),
    sa.Column('modality', sa.String(length=16), nullable=True),
    sa.Column('frame_count', BigId, nullable=False),
    sa.Column('comment_count', BigId, nullable=False),
    sa.Column('cover', sa.JSON(), nullable=True),
    sa.Column('is_sensitive', sa.Boolean(), nullable=False),
    sa.Column('lease_id', sa.String(length=26), nullable=True),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('publish_error', sa.String(length=40), nullable=True),
    sa.Column('publish_progress', BigId, nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['author_id'], ['user_.id'], name=op.f('fk_case__author_id_user_')),
    sa.ForeignKeyConstraint(['subject_id'], ['subject.id'], name=op.f('fk_case__subject_id_subject')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_')),
    sa.UniqueConstraint('public_id', name=op.f('uq_case__public_id')),
    sa.UniqueConstraint('seq', name=op.f('uq_case__seq')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_case__author_id_state_updated_at'), 'case_', ['author_id', 'state', 'updated_at'], unique=False)
    op.create_index(op.f('ix_case__state_expires_at'), 'case_', ['state', 'expires_at'], unique=False)
    op.create_index(op.f('ix_case__subject_id'), 'case_', ['subject_id'], unique=False)
    op.create_table('clinic_setting',
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('value', sa.JSON(), nullable=False),
    sa.Column('changed_by_id', BigId, nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['changed_by_id'], ['user_.id'], name=op.f('fk_clinic_setting_changed_by_id_user_')),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_clinic_setting'))
    )
    op.create_table('connection',
    sa.Column('asker_id', BigId, nullable=False),
    sa.Column('asked_id', BigId, nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['asked_id'], ['user_.id'], name=op.f('fk_connection_asked_id_user_'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['asker_id'], ['user_.id'], name=op.f('fk_connection_asker_id_user_'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('asker_id', 'asked_id', name=op.f('pk_connection'))
    )
    op.create_index(op.f('ix_connection_asked_id'), 'connection', ['asked_id'], unique=False)
    op.create_index(op.f('ix_connection_asked_id_accepted_at'), 'connection', ['asked_id', 'accepted_at'], unique=False)
    op.create_table('group_',
    sa.Column('id', BigId, nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('created_by_id', BigId, nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['created_by_id'], ['user_.id'], name=op.f('fk_group__created_by_id_user_')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_group_')),
    sa.UniqueConstraint('name', name=op.f('uq_group__name')),
    sa.UniqueConstraint('public_id', name=op.f('uq_group__public_id')),
    sqlite_autoincrement=True
    )
    op.create_table('session_',
    sa.Column('id', BigId, nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('user_id', BigId, nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('locked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('device', sa.String(length=60), nullable=False),
    sa.Column('address', sa.String(length=45), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user_.id'], name=op.f('fk_session__user_id_user_'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_session_')),
    sa.UniqueConstraint('public_id', name=op.f('uq_session__public_id')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_session__token_hash')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_session__user_id'), 'session_', ['user_id'], unique=False)
    op.create_table('single_use_link',
    sa.Column('id', BigId, nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.Column('purpose', sa.String(length=24), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('role', sa.String(length=24), nullable=True),
    sa.Column('grants_admin', sa.Boolean(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=True),
    sa.Column('email', sa.String(length=254), nullable=True),
    sa.Column('verification', sa.String(length=200), nullable=True),
    sa.Column('subject_id', BigId, nullable=True),
    sa.Column('user_id', BigId, nullable=True),
    sa.Column('created_by_id', BigId, nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['created_by_id'], ['user_.id'], name=op.f('fk_single_use_link_created_by_id_user_')),
    sa.ForeignKeyConstraint(['subject_id'], ['subject.id'], name=op.f('fk_single_use_link_subject_id_subject')),
    sa.ForeignKeyConstraint(['user_id'], ['user_.id'], name=op.f('fk_single_use_link_user_id_user_'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_single_use_link')),
    sa.UniqueConstraint('public_id', name=op.f('uq_single_use_link_public_id')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_single_use_link_token_hash')),
    sqlite_autoincrement=True
    )
    op.create_table('audience',
    sa.Column('principal', sa.String(length=32), nullable=False),
    sa.Column('seq', BigId, autoincrement=False, nullable=False),
    sa.Column('case_id', BigId, nullable=False),
    sa.Column('not_before', sa.DateTime(timezone=True), nullable=False),
    sa.Column('not_after', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case_.id'], name=op.f('fk_audience_case_id_case_'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('principal', 'seq', 'case_id', 'not_before', name=op.f('pk_audience')),
    sqlite_with_rowid=False
    )
    op.create_index(op.f('ix_audience_case_id_principal'), 'audience', ['case_id', 'principal'], unique=False)
    op.create_index(op.f('ix_audience_not_after'), 'audience', ['not_after'], unique=False)
    op.create_table('board',
    sa.Column('id', BigId, nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.Column('slug', sa.String(length=60), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('specialty', sa.String(length=40), nullable=True),
    sa.Column('owner_id', BigId, nullable=True),
    sa.Column('group_id', BigId, nullable=True),
    sa.Column('subject_id', BigId, nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['group_id'], ['group_.id'], name=op.f('fk_board_group_id_group_')),
    sa.ForeignKeyConstraint(['owner_id'], ['user_.id'], name=op.f('fk_board_owner_id_user_')),
    sa.ForeignKeyConstraint(['subject_id'], ['subject.id'], name=op.f('fk_board_subject_id_subject')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_board')),
    sa.UniqueConstraint('public_id', name=op.f('uq_board_public_id')),
    sa.UniqueConstraint('slug', name=op.f('uq_board_slug')),
    sa.UniqueConstraint('specialty', name=op.f('uq_board_specialty')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_board_group_id'), 'board', ['group_id'], unique=False)
    op.create_index(op.f('ix_board_kind_title'), 'board', ['kind', 'title'], unique=False)
    op.create_index(op.f('ix_board_owner_id'), 'board', ['owner_id'], unique=False)
    op.create_index(op.f('ix_board_subject_id'), 'board', ['subject_id'], unique=False)
    op.create_table('case_change',
    sa.Column('id', BigId, nullable=False),
    sa.Column('case_id', BigId, nullable=False),
    sa.Column('by_id', BigId, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('verb', sa.String(length=24), nullable=False),
    sa.Column('field', sa.String(length=40), nullable=True),
    sa.Column('before', sa.Text(), nullable=True),
    sa.Column('after', sa.Text(), nullable=True),
    sa.Column('reason', sa.String(length=200), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['user_.id'], name=op.f('fk_case_change_by_id_user_')),
    sa.ForeignKeyConstraint(['case_id'], ['case_.id'], name=op.f('fk_case_change_case_id_case_'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_change')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_case_change_case_id'), 'case_change', ['case_id'], unique=False)
    op.create_table('case_role',
    sa.Column('case_id', BigId, nullable=False),
    sa.Column('user_id', BigId, nullable=False),
    sa.Column('role', sa.String(length=24), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case_.id'], name=op.f('fk_case_role_case_id_case_'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_.id'], name=op.f('fk_case_role_user_id_user_'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('case_id', 'user_id', name=op.f('pk_case_role'))
    )
    op.create_index(op.f('ix_case_role_user_id'), 'case_role', ['user_id'], unique=False)
    op.create_table('comment',
    sa.Column('id', BigId, nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.Column('case_id', BigId, nullable=False),
    sa.Column('author_id', BigId, nullable=False),
    sa.Column('parent_id', BigId, nullable=True),
    sa.Column('visibility', sa.String(length=24), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('edited_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['author_id'], ['user_.id'], name=op.f('fk_comment_author_id_user_')),
    sa.ForeignKeyConstraint(['case_id'], ['case_.id'], name=op.f('fk_comment_case_id_case_'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['parent_id'], ['comment.id'], name=op.f('fk_comment_parent_id_comment'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_comment')),
    sa.UniqueConstraint('public_id', name=op.f('uq_comment_public_id')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_comment_case_id_id'), 'comment', ['case_id', 'id'], unique=False)
    op.create_index(op.f('ix_comment_parent_id'), 'comment', ['parent_id'], unique=False)
    op.create_table('consent',
    sa.Column('id', BigId, nullable=False),
    sa.Column('case_id', BigId, nullable=False),
    sa.Column('level', sa.String(length=24), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('form_version', sa.String(length=40), nullable=True),
    sa.Column('filed_under', sa.String(length=24), nullable=True),
    sa.Column('reason', sa.String(length=200), nullable=True),
    sa.Column('language', sa.String(length=12), nullable=True),
    sa.Column('taken_by_id', BigId, nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('valid_until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_by_id', BigId, nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case_.id'], name=op.f('fk_consent_case_id_case_'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['taken_by_id'], ['user_.id'], name=op.f('fk_consent_taken_by_id_user_')),
    sa.ForeignKeyConstraint(['withdrawn_by_id'], ['user_.id'], name=op.f('fk_consent_withdrawn_by_id_user_')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_consent_case_id'), 'consent', ['case_id'], unique=False)
    op.create_table('grant_',
    sa.Column('id', BigId, nullable=False),
    sa.Column('case_id', BigId, nullable=False),
    sa.Column('principal', sa.String(length=32), nullable=False),
    sa.Column('source', sa.String(length=24), nullable=False),
    sa.Column('source_id', BigId, nullable=True),
    sa.Column('not_before', sa.DateTime(timezone=True), nullable=False),
    sa.Column('not_after', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', BigId, nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['user_.id'], name=op.f('fk_grant__by_id_user_')),
    sa.ForeignKeyConstraint(['case_id'], ['case_.id'], name=op.f('fk_grant__case_id_case_'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_grant_')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_grant__case_id_principal_source_source_id'), 'grant_', ['case_id', 'principal', 'source', 'source_id'], unique=False)
    op.create_index(op.f('ix_grant__source_source_id'), 'grant_', ['source', 'source_id'], unique=False)
    op.create_table('group_member',
    sa.Column('group_id', BigId, nullable=False),
    sa.Column('user_id', BigId, nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['group_id'], ['group_.id'], name=op.f('fk_group_member_group_id_group_'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_.id'], name=op.f('fk_group_member_user_id_user_'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('group_id', 'user_id', name=op.f('pk_group_member'))
    )
    op.create_index(op.f('ix_group_member_user_id'), 'group_member', ['user_id'], unique=False)
    op.create_table('inbox_item',
    sa.Column('id', BigId, nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.Column('user_id', BigId, nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('case_id', BigId, nullable=True),
    sa.Column('actor_id', BigId, nullable=True),
    sa.Column('dedupe', sa.String(length=60), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['actor_id'], ['user_.id'], name=op.f('fk_inbox_item_actor_id_user_')),
    sa.ForeignKeyConstraint(['case_id'], ['case_.id'], name=op.f('fk_inbox_item_case_id_case_'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_.id'], name=op.f('fk_inbox_item_user_id_user_'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inbox_item')),
    sa.UniqueConstraint('public_id', name=op.f('uq_inbox_item_public_id')),
    sa.UniqueConstraint('user_id', 'dedupe', name=op.f('uq_inbox_item_user_id_dedupe')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_inbox_item_case_id'), 'inbox_item', ['case_id'], unique=False)
    op.create_index(op.f('ix_inbox_item_user_id_read_at_id'), 'inbox_item', ['user_id', 'read_at', 'id'], unique=False)
    op.create_table('media_intent',
    sa.Column('object_name', sa.String(length=26), nullable=False),
    sa.Column('lease_id', sa.String(length=26), nullable=False),
    sa.Column('case_id', BigId, nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case_.id'], name=op.f('fk_media_intent_case_id_case_'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('object_name', name=op.f('pk_media_intent'))
    )
    op.create_index(op.f('ix_media_intent_lease_id'), 'media_intent', ['lease_id'], unique=False)
    op.create_table('study',
    sa.Column('id', BigId, nullable=False),
    sa.Column('case_id', BigId, nullable=False),
    sa.Column('uid', sa.String(length=64), nullable=False),
    sa.Column('key_id', sa.String(length=24), nullable=False),
    sa.Column('shifted_on', sa.String(length=8), nullable=True),
    sa.Column('position', BigId, nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case_.id'], name=op.f('fk_study_case_id_case_'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_study')),
    sa.UniqueConstraint('case_id', 'uid', name=op.f('uq_study_case_id_uid')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_study_case_id'), 'study', ['case_id'], unique=False)
    op.create_table('board_role',
    sa.Column('board_id', BigId, nullable=False),
    sa.Column('user_id', BigId, nullable=False),
    sa.Column('role', sa.String(length=24), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_board_role_board_id_board'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_.id'], name=op.f('fk_board_role_user_id_user_'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('board_id', 'user_id', name=op.f('pk_board_role'))
    )
    op.create_index(op.f('ix_board_role_user_id'), 'board_role', ['user_id'], unique=False)
    op.create_table('pin',
    sa.Column('id', BigId, nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.Column('board_id', BigId, nullable=False),
    sa.Column('case_id', BigId, nullable=False),
    sa.Column('position', BigId, nullable=False),
    sa.Column('by_id', BigId, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_pin_board_id_board'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['by_id'], ['user_.id'], name=op.f('fk_pin_by_id_user_')),
    sa.ForeignKeyConstraint(['case_id'], ['case_.id'], name=op.f('fk_pin_case_id_case_'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pin')),
    sa.UniqueConstraint('board_id', 'case_id', name=op.f('uq_pin_board_id_case_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_pin_public_id')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_pin_board_id_position_case_id'), 'pin', ['board_id', 'position', 'case_id'], unique=False)
    op.create_index(op.f('ix_pin_case_id'), 'pin', ['case_id'], unique=False)
    op.create_table('release_',
    sa.Column('id', BigId, nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.Column('case_id', BigId, nullable=False),
    sa.Column('subject_id', BigId, nullable=False),
    sa.Column('board_id', BigId, nullable=False),
    sa.Column('caption', sa.Text(), nullable=False),
    sa.Column('author_name', sa.String(length=120), nullable=False),
    sa.Column('shows_date', sa.Boolean(), nullable=False),
    sa.Column('instances', sa.JSON(), nullable=False),
    sa.Column('not_before', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', BigId, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_release__board_id_board')),
    sa.ForeignKeyConstraint(['by_id'], ['user_.id'], name=op.f('fk_release__by_id_user_')),
    sa.ForeignKeyConstraint(['case_id'], ['case_.id'], name=op.f('fk_release__case_id_case_'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['subject_id'], ['subject.id'], name=op.f('fk_release__subject_id_subject')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_release_')),
    sa.UniqueConstraint('public_id', name=op.f('uq_release__public_id')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_release__board_id'), 'release_', ['board_id'], unique=False)
    op.create_index(op.f('ix_release__case_id'), 'release_', ['case_id'], unique=False)
    op.create_index(op.f('ix_release__subject_id'), 'release_', ['subject_id'], unique=False)
    op.create_table('series',
    sa.Column('id', BigId, nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.Column('study_id', BigId, nullable=False),
    sa.Column('case_id', BigId, nullable=False),
    sa.Column('uid', sa.String(length=64), nullable=False),
    sa.Column('modality', sa.String(length=16), nullable=False),
    sa.Column('number', BigId, nullable=True),
    sa.Column('position', BigId, nullable=False),
    sa.Column('alt_text', sa.String(length=400), nullable=False),
    sa.Column('is_recognizable', sa.Boolean(), nullable=False),
    sa.Column('key_instance_id', BigId, nullable=True),
    sa.Column('key_frame', BigId, nullable=False),
    sa.Column('key_id', sa.String(length=24), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case_.id'], name=op.f('fk_series_case_id_case_'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['study_id'], ['study.id'], name=op.f('fk_series_study_id_study'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_series')),
    sa.UniqueConstraint('case_id', 'uid', name=op.f('uq_series_case_id_uid')),
    sa.UniqueConstraint('public_id', name=op.f('uq_series_public_id')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_series_case_id'), 'series', ['case_id'], unique=False)
    op.create_index(op.f('ix_series_study_id'), 'series', ['study_id'], unique=False)
    op.create_table('share',
    sa.Column('id', BigId, nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('case_id', BigId, nullable=True),
    sa.Column('board_id', BigId, nullable=True),
    sa.Column('subject_id', BigId, nullable=True),
    sa.Column('parent_id', BigId, nullable=True),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('code_hash', sa.String(length=200), nullable=True),
    sa.Column('label', sa.String(length=80), nullable=False),
    sa.Column('allows_download', sa.Boolean(), nullable=False),
    sa.Column('created_by_id', BigId, nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('open_count', BigId, nullable=False),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_share_board_id_board'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['case_id'], ['case_.id'], name=op.f('fk_share_case_id_case_'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['created_by_id'], ['user_.id'], name=op.f('fk_share_created_by_id_user_')),
    sa.ForeignKeyConstraint(['parent_id'], ['share.id'], name=op.f('fk_share_parent_id_share'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['subject_id'], ['subject.id'], name=op.f('fk_share_subject_id_subject')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_share')),
    sa.UniqueConstraint('public_id', name=op.f('uq_share_public_id')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_share_token_hash')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_share_board_id'), 'share', ['board_id'], unique=False)
    op.create_index(op.f('ix_share_case_id'), 'share', ['case_id'], unique=False)
    op.create_index(op.f('ix_share_parent_id'), 'share', ['parent_id'], unique=False)
    op.create_table('instance',
    sa.Column('id', BigId, nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.Column('case_id', BigId, nullable=False),
    sa.Column('series_id', BigId, nullable=False),
    sa.Column('uid', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=24), nullable=False),
    sa.Column('position', BigId, nullable=False),
    sa.Column('number', BigId, nullable=True),
    sa.Column('rows', BigId, nullable=False),
    sa.Column('columns', BigId, nullable=False),
    sa.Column('frame_count', BigId, nullable=False),
    sa.Column('frame_time', sa.Float(), nullable=True),
    sa.Column('is_photo', sa.Boolean(), nullable=False),
    sa.Column('has_risk', sa.Boolean(), nullable=False),
    sa.Column('header', sa.JSON(), nullable=False),
    sa.Column('scrub_counts', sa.JSON(), nullable=False),
    sa.Column('blob', sa.String(length=26), nullable=True),
    sa.Column('blob_sha256', sa.String(length=64), nullable=True),
    sa.Column('media_name', sa.String(length=26), nullable=True),
    sa.Column('dtype', sa.String(length=8), nullable=True),
    sa.Column('samples', BigId, nullable=False),
    sa.Column('tone', BigId, nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['case_.id'], name=op.f('fk_instance_case_id_case_'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['series_id'], ['series.id'], name=op.f('fk_instance_series_id_series'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_instance')),
    sa.UniqueConstraint('case_id', 'uid', name=op.f('uq_instance_case_id_uid')),
    sa.UniqueConstraint('media_name', name=op.f('uq_instance_media_name')),
    sa.UniqueConstraint('public_id', name=op.f('uq_instance_public_id')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_instance_case_id_state'), 'instance', ['case_id', 'state'], unique=False)
    op.create_index(op.f('ix_instance_series_id'), 'instance', ['series_id'], unique=False)
    op.create_table('opening',
    sa.Column('id', BigId, nullable=False),
    sa.Column('batch_id', BigId, nullable=False),
    sa.Column('case_id', BigId, nullable=False),
    sa.Column('user_id', BigId, nullable=True),
    sa.Column('share_id', BigId, nullable=True),
    sa.Column('register', sa.String(length=8), nullable=False),
    sa.Column('what', sa.String(length=16), nullable=False),
    sa.Column('device', sa.String(length=60), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case_.id'], name=op.f('fk_opening_case_id_case_'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['share_id'], ['share.id'], name=op.f('fk_opening_share_id_share'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['user_id'], ['user_.id'], name=op.f('fk_opening_user_id_user_')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_opening')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_opening_batch_id'), 'opening', ['batch_id'], unique=False)
    op.create_index(op.f('ix_opening_case_id_at'), 'opening', ['case_id', 'at'], unique=False)
    op.create_index(op.f('ix_opening_share_id_at'), 'opening', ['share_id', 'at'], unique=False)
    op.create_table('share_unlock',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('share_id', BigId, nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['share_id'], ['share.id'], name=op.f('fk_share_unlock_share_id_share'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_share_unlock'))
    )
    op.create_index(op.f('ix_share_unlock_share_id'), 'share_unlock', ['share_id'], unique=False)
    op.create_table('confirmation',
    sa.Column('id', BigId, nullable=False),
    sa.Column('instance_id', BigId, nullable=False),
    sa.Column('blob_sha256', sa.String(length=64), nullable=False),
    sa.Column('boxes_sha256', sa.String(length=64), nullable=False),
    sa.Column('profile_version', sa.String(length=24), nullable=False),
    sa.Column('by_id', BigId, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['user_.id'], name=op.f('fk_confirmation_by_id_user_')),
    sa.ForeignKeyConstraint(['instance_id'], ['instance.id'], name=op.f('fk_confirmation_instance_id_instance'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_confirmation')),
    sa.UniqueConstraint('instance_id', name=op.f('uq_confirmation_instance_id')),
    sqlite_autoincrement=True
    )
    op.create_table('drawn_box',
    sa.Column('id', BigId, nullable=False),
    sa.Column('instance_id', BigId, nullable=False),
    sa.Column('frame', BigId, nullable=True),
    sa.Column('x0', BigId, nullable=False),
    sa.Column('y0', BigId, nullable=False),
    sa.Column('x1', BigId, nullable=False),
    sa.Column('y1', BigId, nullable=False),
    sa.ForeignKeyConstraint(['instance_id'], ['instance.id'], name=op.f('fk_drawn_box_instance_id_instance'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_drawn_box')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_drawn_box_instance_id'), 'drawn_box', ['instance_id'], unique=False)
    op.create_table('receipt',
    sa.Column('id', BigId, nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.Column('case_id', BigId, nullable=False),
    sa.Column('instance_id', BigId, nullable=False),
    sa.Column('profile_version', sa.String(length=24), nullable=False),
    sa.Column('codes', sa.JSON(), nullable=False),
    sa.Column('counts', sa.JSON(), nullable=False),
    sa.Column('boxes', sa.JSON(), nullable=False),
    sa.Column('detector', sa.String(length=40), nullable=True),
    sa.Column('confirmed_by_id', BigId, nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('hashes', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case_.id'], name=op.f('fk_receipt_case_id_case_'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['confirmed_by_id'], ['user_.id'], name=op.f('fk_receipt_confirmed_by_id_user_')),
    sa.ForeignKeyConstraint(['instance_id'], ['instance.id'], name=op.f('fk_receipt_instance_id_instance'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_receipt')),
    sa.UniqueConstraint('public_id', name=op.f('uq_receipt_public_id')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_receipt_case_id'), 'receipt', ['case_id'], unique=False)
    op.create_index(op.f('ix_receipt_instance_id'), 'receipt', ['instance_id'], unique=False)
    op.create_table('upload',
    sa.Column('id', BigId, nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.Column('case_id', BigId, nullable=False),
    sa.Column('by_id', BigId, nullable=False),
    sa.Column('number', BigId, nullable=False),
    sa.Column('state', sa.String(length=24), nullable=False),
    sa.Column('refusal', sa.String(length=40), nullable=True),
    sa.Column('instance_id', BigId, nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['user_.id'], name=op.f('fk_upload_by_id_user_')),
    sa.ForeignKeyConstraint(['case_id'], ['case_.id'], name=op.f('fk_upload_case_id_case_'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['instance_id'], ['instance.id'], name=op.f('fk_upload_instance_id_instance'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_upload')),
    sa.UniqueConstraint('public_id', name=op.f('uq_upload_public_id')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_upload_case_id'), 'upload', ['case_id'], unique=False)
    op.create_table('media_file',
    sa.Column('id', BigId, nullable=False),
    sa.Column('object_name', sa.String(length=26), nullable=False),
    sa.Column('media_name', sa.String(length=26), nullable=False),
    sa.Column('variant', sa.String(length=12), nullable=False),
    sa.Column('case_id', BigId, nullable=False),
    sa.Column('instance_id', BigId, nullable=False),
    sa.Column('receipt_id', BigId, nullable=False),
    sa.Column('content_type', sa.String(length=40), nullable=False),
    sa.Column('width', BigId, nullable=False),
    sa.Column('height', BigId, nullable=False),
    sa.Column('size', BigId, nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('index', sa.JSON(), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['case_.id'], name=op.f('fk_media_file_case_id_case_'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['instance_id'], ['instance.id'], name=op.f('fk_media_file_instance_id_instance'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['receipt_id'], ['receipt.id'], name=op.f('fk_media_file_receipt_id_receipt')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_media_file')),
    sa.UniqueConstraint('media_name', 'variant', name=op.f('uq_media_file_media_name_variant')),
    sa.UniqueConstraint('object_name', name=op.f('uq_media_file_object_name')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_media_file_case_id'), 'media_file', ['case_id'], unique=False)
    op.create_index(op.f('ix_media_file_instance_id'), 'media_file', ['instance_id'], unique=False)
    op.execute(sa.insert(sa.table("counter", sa.column("name"), sa.column("value"))).values(name="case_seq", value=0))
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in (sqlite_statements() + sqlite_guards()) if on_sqlite else (postgresql_statements() + postgresql_guards()):
        op.get_bind().exec_driver_sql(statement)
