"""The first schema: every table with its grants, row policies and append-only triggers, and the job queue."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from store import queue_schema, roles
from store.types import Protection

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    roles.protect_database(op)
    op.execute(sa.schema.CreateSequence(sa.Sequence("case_number", start=10001)))
    op.create_table(
        "audit_entry",
        sa.Column("practice_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("link_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("place", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("practice_id", "link_no", "place", name=op.f("pk_audit_entry")),
    )
    op.create_table(
        "audit_head",
        sa.Column("practice_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("link_no", sa.BigInteger(), nullable=False),
        sa.Column("link", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("practice_id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "audit_link",
        sa.Column("practice_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("link_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("link", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("practice_id", "link_no", name=op.f("pk_audit_link")),
    )
    op.create_table(
        "authority_row",
        sa.Column("decision_type", sa.Text(), nullable=False),
        sa.Column("who_may_decide", sa.Text(), nullable=False),
        sa.Column("who_must_not", sa.Text(), nullable=False),
        sa.Column("state_rule", sa.Text(), nullable=False),
        sa.Column("independence_rule", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority_row")),
    )
    op.create_index(op.f("ix_authority_row_decision_type"), "authority_row", ["decision_type"], unique=False)
    op.create_table(
        "blob",
        sa.Column("practice_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("practice_id", "sha256", name=op.f("pk_blob")),
    )
    op.create_table(
        "data_key",
        sa.Column("organization_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("organization_id", "key_id", name=op.f("pk_data_key")),
    )
    op.create_table(
        "decision_type",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("outcomes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("accept_classes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("never_classes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("position", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("org_side", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("state_basis", sa.Text(), nullable=False),
        sa.Column("specialty_rule", sa.Text(), nullable=False),
        sa.Column("controlled_check", sa.Text(), nullable=False),
        sa.Column("independence", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("signers", sa.Text(), nullable=False),
        sa.Column("escalate_to", sa.Text(), nullable=False),
        sa.Column("unsourced_part", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("kind in ('clinical', 'governance', 'legal')", name=op.f("ck_decision_type_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_type")),
    )
    op.create_index("ix_decision_type_force", "decision_type", ["key", "recorded_at"], unique=False)
    op.create_table(
        "login_attempt",
        sa.Column("account", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.SmallInteger(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_login_attempt")),
    )
    op.create_table(
        "organization",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("npi", sa.Text(), nullable=True),
        sa.Column("tin", sa.Text(), nullable=True),
        sa.Column("discipline", sa.Text(), nullable=False),
        sa.CheckConstraint("kind in ('mso', 'practice')", name=op.f("ck_organization_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization")),
        sa.UniqueConstraint("npi", name=op.f("uq_organization_npi")),
    )
    op.create_index(op.f("ix_organization_tin"), "organization", ["tin"], unique=False)
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("printed_name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
    )
    op.create_table(
        "policy_limit",
        sa.Column("limit_key", sa.Text(), nullable=False),
        sa.Column("program", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("counted_from", sa.Text(), nullable=False),
        sa.Column("counted_to", sa.Text(), nullable=False),
        sa.Column("selected_by", sa.Text(), nullable=False),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_limit")),
    )
    op.create_index("ix_policy_limit_force", "policy_limit", ["limit_key", "program", "recorded_at"], unique=False)
    op.create_table(
        "process_definition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_definition")),
        sa.UniqueConstraint("key", "digest", name=op.f("uq_process_definition_key_digest")),
        sa.UniqueConstraint("key", "version", name=op.f("uq_process_definition_key_version")),
    )
    op.create_table(
        "webhook_refusal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("body_size", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_refusal")),
    )
    op.create_table(
        "webhook_source",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("tolerance_seconds", sa.Integer(), nullable=False),
        sa.Column("size_cap", sa.Integer(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_webhook_source")),
    )
    op.create_table(
        "work_group",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_work_group")),
    )
    op.create_table(
        "affiliation_fact",
        sa.Column("affiliation_id", sa.Uuid(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("ownership_percent", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "position in ('owner', 'medical_director', 'cmo', 'physician', 'clinician', 'reviewer', 'supervising', 'designee', 'committee_member', 'peer', 'panelist', 'counsel', 'staff', 'officer')",
            name=op.f("ck_affiliation_fact_position"),
        ),
        sa.CheckConstraint("side in ('practice', 'mso', 'external')", name=op.f("ck_affiliation_fact_side")),
        sa.CheckConstraint(
            "status in ('active', 'pending', 'suspended', 'ended', 'entered_in_error')",
            name=op.f("ck_affiliation_fact_status"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_affiliation_fact_person_id")),
        sa.ForeignKeyConstraint(["practice_id"], ["organization.id"], name=op.f("fk_affiliation_fact_practice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_affiliation_fact")),
    )
    op.create_index(op.f("ix_affiliation_fact_affiliation_id"), "affiliation_fact", ["affiliation_id"], unique=False)
    op.create_index(
        "ix_affiliation_fact_force",
        "affiliation_fact",
        ["person_id", "affiliation_id", "recorded_at", "id"],
        unique=False,
    )
    op.create_index("ix_affiliation_fact_practice", "affiliation_fact", ["practice_id", "person_id"], unique=False)
    op.create_table(
        "api_token",
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_api_token_person_id")),
        sa.PrimaryKeyConstraint("prefix", name=op.f("pk_api_token")),
    )
    op.create_index(op.f("ix_api_token_person_id"), "api_token", ["person_id"], unique=False)
    op.create_table(
        "appeal_submission",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("proof_id", sa.Text(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("packet_sha256", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["organization.id"], name=op.f("fk_appeal_submission_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "id", name=op.f("pk_appeal_submission")),
    )
    op.create_index("ix_appeal_submission_case", "appeal_submission", ["practice_id", "case_id", "id"], unique=False)
    op.create_table(
        "buffered_message",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["organization.id"], name=op.f("fk_buffered_message_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "id", name=op.f("pk_buffered_message")),
    )
    op.create_index(
        op.f("ix_buffered_message_practice_id_instance_id"),
        "buffered_message",
        ["practice_id", "instance_id"],
        unique=False,
    )
    op.create_table(
        "case_event",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["organization.id"], name=op.f("fk_case_event_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "id", name=op.f("pk_case_event")),
    )
    op.create_index("ix_case_event_case", "case_event", ["practice_id", "case_id", "id"], unique=False)
    op.create_table(
        "case_file",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("process_key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("instance_id", sa.Uuid(), nullable=True),
        sa.Column("service_state", sa.Text(), nullable=True),
        sa.Column("payer_id", sa.Text(), nullable=True),
        sa.Column("payer_name", sa.Text(), nullable=True),
        sa.Column("claim_key", sa.Text(), nullable=True),
        sa.Column("amount", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("route", sa.Text(), nullable=True),
        sa.Column("clinical", sa.Text(), nullable=True),
        sa.Column("notice_on", sa.Date(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("deadline_on", sa.Date(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["practice_id"], ["organization.id"], name=op.f("fk_case_file_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "id", name=op.f("pk_case_file")),
    )
    op.create_index("ix_case_list", "case_file", ["process_key", "status", "id"], unique=False)
    op.create_index(
        "uq_case_claim_open",
        "case_file",
        ["practice_id", "process_key", "payer_id", "claim_key"],
        unique=True,
        postgresql_where=sa.text("status = 'open' and claim_key is not null"),
    )
    op.create_index("uq_case_number", "case_file", ["practice_id", "number"], unique=True)
    op.create_table(
        "claim_payment",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("transaction_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Text(), nullable=False),
        sa.Column("payer_claim_control_number", sa.Text(), nullable=False),
        sa.Column("patient_control_number", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("charge", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("paid", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("states", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("service_on", sa.Date(), nullable=True),
        sa.Column("patient", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["practice_id"], ["organization.id"], name=op.f("fk_claim_payment_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "id", name=op.f("pk_claim_payment")),
        sa.UniqueConstraint(
            "practice_id", "transaction_id", "ordinal", name=op.f("uq_claim_payment_practice_id_transaction_id_ordinal")
        ),
    )
    op.create_index(
        "ix_claim_payment_claim",
        "claim_payment",
        ["practice_id", "payer_id", "payer_claim_control_number"],
        unique=False,
    )
    op.create_table(
        "credential",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_credential_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_credential")),
    )
    op.create_table(
        "definition_file",
        sa.Column("definition_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["process_definition.id"], name=op.f("fk_definition_file_definition_id")
        ),
        sa.PrimaryKeyConstraint("definition_id", "path", name=op.f("pk_definition_file")),
    )
    op.create_table(
        "denial",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("claim_payment_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("line_key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("group_code", sa.Text(), nullable=False),
        sa.Column("carc", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("line_charge", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("line_paid", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("procedure", sa.Text(), nullable=True),
        sa.Column("modifiers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rarcs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("policy_ids", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("nsa_flag", sa.Boolean(), nullable=False),
        sa.Column("service_on", sa.Date(), nullable=True),
        sa.Column("segment_index", sa.Integer(), nullable=False),
        sa.Column("segments", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("route", sa.Text(), nullable=True),
        sa.Column("clinical", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["practice_id"], ["organization.id"], name=op.f("fk_denial_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "id", name=op.f("pk_denial")),
        sa.UniqueConstraint("practice_id", "case_id", "key", name=op.f("uq_denial_practice_id_case_id_key")),
    )
    op.create_table(
        "document",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["practice_id"], ["organization.id"], name=op.f("fk_document_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "id", name=op.f("pk_document")),
    )
    op.create_index("ix_document_case", "document", ["practice_id", "case_id", "id"], unique=False)
    op.create_table(
        "document_withdrawal",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["organization.id"], name=op.f("fk_document_withdrawal_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "id", name=op.f("pk_document_withdrawal")),
        sa.UniqueConstraint("practice_id", "document_id", name=op.f("uq_document_withdrawal_practice_id_document_id")),
    )
    op.create_table(
        "filing_deadline",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("pathway", sa.Text(), nullable=False),
        sa.Column("rule_id", sa.Text(), nullable=True),
        sa.Column("external_on", sa.Date(), nullable=False),
        sa.Column("internal_on", sa.Date(), nullable=False),
        sa.Column("decision_due_days", sa.Integer(), nullable=True),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("explanation", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["organization.id"], name=op.f("fk_filing_deadline_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "id", name=op.f("pk_filing_deadline")),
    )
    op.create_index("ix_filing_deadline_case", "filing_deadline", ["practice_id", "case_id", "id"], unique=False)
    op.create_table(
        "group_member",
        sa.Column("group_key", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["group_key"], ["work_group.key"], name=op.f("fk_group_member_group_key")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_group_member_person_id")),
        sa.PrimaryKeyConstraint("group_key", "person_id", name=op.f("pk_group_member")),
    )
    op.create_index(op.f("ix_group_member_person_id"), "group_member", ["person_id"], unique=False)
    op.create_table(
        "incident",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["practice_id"], ["organization.id"], name=op.f("fk_incident_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "id", name=op.f("pk_incident")),
    )
    op.create_index(
        op.f("ix_incident_practice_id_instance_id"), "incident", ["practice_id", "instance_id"], unique=False
    )
    op.create_table(
        "instance_step",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["organization.id"], name=op.f("fk_instance_step_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "id", name=op.f("pk_instance_step")),
    )
    op.create_index(
        op.f("ix_instance_step_practice_id_instance_id_id"),
        "instance_step",
        ["practice_id", "instance_id", "id"],
        unique=False,
    )
    op.create_table(
        "license_fact",
        sa.Column("license_id", sa.Uuid(), nullable=False),
        sa.Column("license_class", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("restriction", sa.Text(), nullable=False),
        sa.Column("compact", sa.Text(), nullable=True),
        sa.Column("practice_authority", sa.Text(), nullable=True),
        sa.Column("practice_authority_until", sa.Date(), nullable=True),
        sa.Column("specialties", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verification", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "license_class in ('MD', 'DO', 'DDS', 'DMD', 'DPM', 'OD', 'DC', 'PT', 'NP', 'CNS', 'CNM', 'CRNA', 'PA', 'PSYCHOLOGIST', 'LCSW', 'LMFT', 'LPC', 'PHARMACIST', 'RN', 'LPN', 'MA', 'CODER', 'ATTORNEY')",
            name=op.f("ck_license_fact_license_class"),
        ),
        sa.CheckConstraint(
            "status in ('active', 'inactive', 'expired', 'pending', 'suspended', 'revoked', 'surrendered', 'entered_in_error')",
            name=op.f("ck_license_fact_status"),
        ),
        sa.CheckConstraint(
            "verification in ('clear', 'manual', 'mismatch', 'not_found')", name=op.f("ck_license_fact_verification")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_license_fact_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_license_fact")),
    )
    op.create_index(
        "ix_license_fact_force", "license_fact", ["person_id", "license_id", "recorded_at", "id"], unique=False
    )
    op.create_index(op.f("ix_license_fact_license_id"), "license_fact", ["license_id"], unique=False)
    op.create_table(
        "message_subscription",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("definition_id", sa.Uuid(), nullable=False),
        sa.Column("engine_task_id", sa.Uuid(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("key_digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["organization.id"], name=op.f("fk_message_subscription_practice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_subscription")),
    )
    op.create_index(op.f("ix_message_subscription_instance_id"), "message_subscription", ["instance_id"], unique=False)
    op.create_index(
        op.f("ix_message_subscription_message_key_digest"),
        "message_subscription",
        ["message", "key_digest"],
        unique=False,
    )
    op.create_table(
        "payer_profile",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("contracted", sa.Text(), nullable=False),
        sa.Column("managed_care", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Text(), nullable=False),
        sa.Column("funding", sa.Text(), nullable=False),
        sa.Column("plan_class", sa.Text(), nullable=True),
        sa.Column("dispute_days", sa.Integer(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["organization.id"], name=op.f("fk_payer_profile_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "payer_id", name=op.f("pk_payer_profile")),
    )
    op.create_table(
        "practitioner",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("register_version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_practitioner_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_practitioner")),
    )
    op.create_table(
        "process_instance",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("definition_id", sa.Uuid(), nullable=False),
        sa.Column("process_key", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("end_events", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["process_definition.id"], name=op.f("fk_process_instance_definition_id")
        ),
        sa.ForeignKeyConstraint(["practice_id"], ["organization.id"], name=op.f("fk_process_instance_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "id", name=op.f("pk_process_instance")),
    )
    op.create_table(
        "remittance_transaction",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("body_hash", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("payer_id", sa.Text(), nullable=False),
        sa.Column("payer_name", sa.Text(), nullable=False),
        sa.Column("payee_npi", sa.Text(), nullable=False),
        sa.Column("payee_tin", sa.Text(), nullable=False),
        sa.Column("trace_number", sa.Text(), nullable=False),
        sa.Column("total_paid", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("diagnostics", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("exception_case_id", sa.Uuid(), nullable=True),
        sa.Column("produced_on", sa.Date(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["organization.id"], name=op.f("fk_remittance_transaction_practice_id")
        ),
        sa.PrimaryKeyConstraint("practice_id", "id", name=op.f("pk_remittance_transaction")),
        sa.UniqueConstraint("practice_id", "key", name=op.f("uq_remittance_transaction_practice_id_key")),
    )
    op.create_index(
        "ix_remittance_transaction_delivery", "remittance_transaction", ["practice_id", "delivery_id"], unique=False
    )
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "role in ('staff', 'clinician', 'process_admin', 'compliance', 'counsel', 'auditor', 'mso_admin')",
            name=op.f("ck_role_grant_role"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_grant_person_id")),
        sa.ForeignKeyConstraint(["practice_id"], ["organization.id"], name=op.f("fk_role_grant_practice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    op.create_index("uq_role_grant", "role_grant", ["person_id", "role", "practice_id"], unique=True)
    op.create_index(
        "uq_role_grant_all",
        "role_grant",
        ["person_id", "role"],
        unique=True,
        postgresql_where=sa.text("practice_id is null"),
    )
    op.create_table(
        "sanction_fact",
        sa.Column("sanction_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=True),
        sa.Column("adjudicate_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("screened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.CheckConstraint("kind in ('screen', 'match')", name=op.f("ck_sanction_fact_kind")),
        sa.CheckConstraint(
            "status in ('done', 'candidate', 'confirmed', 'dismissed', 'ended')", name=op.f("ck_sanction_fact_status")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sanction_fact_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sanction_fact")),
    )
    op.create_index(
        "ix_sanction_fact_force", "sanction_fact", ["person_id", "sanction_id", "recorded_at", "id"], unique=False
    )
    op.create_index(op.f("ix_sanction_fact_sanction_id"), "sanction_fact", ["sanction_id"], unique=False)
    op.create_table(
        "task",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("definition_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("engine_task_id", sa.Uuid(), nullable=False),
        sa.Column("process_key", sa.Text(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("group_key", sa.Text(), nullable=True),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_type", sa.Text(), nullable=True),
        sa.Column("outcomes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state_code", sa.Text(), nullable=True),
        sa.Column("required_license", sa.Text(), nullable=True),
        sa.Column("attestation", sa.Text(), nullable=True),
        sa.Column("exclusions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("form_key", sa.Text(), nullable=True),
        sa.Column("instructions", sa.Text(), nullable=True),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("has_due", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("completed_by", sa.Uuid(), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["practice_id"], ["organization.id"], name=op.f("fk_task_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "id", name=op.f("pk_task")),
    )
    op.create_index("ix_task_case", "task", ["practice_id", "case_id"], unique=False)
    op.create_index(
        "ix_task_clinical_open",
        "task",
        ["decision_type", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("status = 0"),
    )
    op.create_index("ix_task_instance", "task", ["practice_id", "instance_id"], unique=False)
    op.create_index(
        "ix_task_mine_open",
        "task",
        ["assignee_id", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("status = 0"),
    )
    op.create_index(
        "ix_task_queue_open",
        "task",
        ["group_key", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("status = 0"),
    )
    op.create_table(
        "task_draft",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("values", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["organization.id"], name=op.f("fk_task_draft_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "task_id", "person_id", name=op.f("pk_task_draft")),
    )
    op.create_table(
        "task_event",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["organization.id"], name=op.f("fk_task_event_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "id", name=op.f("pk_task_event")),
    )
    op.create_index("ix_task_event_task", "task_event", ["practice_id", "task_id", "id"], unique=False)
    op.create_table(
        "timer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("engine_task_id", sa.Uuid(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["organization.id"], name=op.f("fk_timer_practice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timer")),
    )
    op.create_index(op.f("ix_timer_instance_id"), "timer", ["instance_id"], unique=False)
    op.create_index(op.f("ix_timer_look_at"), "timer", ["look_at"], unique=False)
    op.create_table(
        "user_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reauthenticated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_user_session_person_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_user_session")),
    )
    op.create_index(op.f("ix_user_session_person_id"), "user_session", ["person_id"], unique=False)
    op.create_table(
        "webhook_secret",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["source_key"], ["webhook_source.key"], name=op.f("fk_webhook_secret_source_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_secret")),
    )
    op.create_index(op.f("ix_webhook_secret_source_key"), "webhook_secret", ["source_key"], unique=False)
    op.create_table(
        "signed_decision",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("printed_name", sa.Text(), nullable=False),
        sa.Column("decision_type", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.Column("state_code", sa.Text(), nullable=False),
        sa.Column("license_fact_id", sa.Uuid(), nullable=False),
        sa.Column("license_snapshot", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("verdict", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("definition_digest", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("reauthenticated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_signed_decision_person_id")),
        sa.ForeignKeyConstraint(
            ["practice_id", "task_id"],
            ["task.practice_id", "task.id"],
            name=op.f("fk_signed_decision_practice_id_task_id"),
        ),
        sa.ForeignKeyConstraint(["practice_id"], ["organization.id"], name=op.f("fk_signed_decision_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "id", name=op.f("pk_signed_decision")),
        sa.UniqueConstraint("practice_id", "task_id", name=op.f("uq_signed_decision_practice_id_task_id")),
    )
    op.create_table(
        "webhook_receipt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("body_size", sa.Integer(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("secret_id", sa.Uuid(), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["secret_id"], ["webhook_secret.id"], name=op.f("fk_webhook_receipt_secret_id")),
        sa.ForeignKeyConstraint(["source_key"], ["webhook_source.key"], name=op.f("fk_webhook_receipt_source_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_receipt")),
        sa.UniqueConstraint("source_key", "message_id", name=op.f("uq_webhook_receipt_source_key_message_id")),
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("attempts_allowed", sa.Integer(), nullable=False),
        sa.Column("diagnostics", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("cases", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status in ('received', 'processed', 'quarantined', 'failed')", name=op.f("ck_delivery_status")
        ),
        sa.ForeignKeyConstraint(["receipt_id"], ["webhook_receipt.id"], name=op.f("fk_delivery_receipt_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("receipt_id", name=op.f("uq_delivery_receipt_id")),
    )
    op.create_index("ix_delivery_received", "delivery", ["id"], unique=False, postgresql_where="status = 'received'")
    op.create_table(
        "webhook_replay",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_webhook_replay_delivery_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_replay")),
    )
    op.create_index(op.f("ix_webhook_replay_delivery_id"), "webhook_replay", ["delivery_id"], unique=False)
    roles.protect_table(op, "audit_entry", Protection(tenant=True, append_only=True, writer="owner"))
    roles.protect_table(op, "audit_head", Protection(tenant=True, append_only=False, writer="owner"))
    roles.protect_table(op, "audit_link", Protection(tenant=True, append_only=True, writer="owner"))
    roles.protect_table(op, "authority_row", Protection(tenant=False, append_only=True, writer="register"))
    roles.protect_table(op, "blob", Protection(tenant=True, append_only=False, writer="app"))
    roles.protect_table(op, "data_key", Protection(tenant=False, append_only=False, writer="app"))
    roles.protect_table(op, "decision_type", Protection(tenant=False, append_only=True, writer="register"))
    roles.protect_table(op, "login_attempt", Protection(tenant=False, append_only=False, writer="app"))
    roles.protect_table(op, "organization", Protection(tenant=False, append_only=False, writer="app"))
    roles.protect_table(op, "person", Protection(tenant=False, append_only=False, writer="app"))
    roles.protect_table(op, "policy_limit", Protection(tenant=False, append_only=True, writer="register"))
    roles.protect_table(op, "process_definition", Protection(tenant=False, append_only=False, writer="app"))
    roles.protect_table(op, "webhook_refusal", Protection(tenant=False, append_only=True, writer="app"))
    roles.protect_table(op, "webhook_source", Protection(tenant=False, append_only=False, writer="app"))
    roles.protect_table(op, "work_group", Protection(tenant=False, append_only=False, writer="app"))
    roles.protect_table(op, "affiliation_fact", Protection(tenant=False, append_only=True, writer="register"))
    roles.protect_table(op, "api_token", Protection(tenant=False, append_only=False, writer="app"))
    roles.protect_table(op, "appeal_submission", Protection(tenant=True, append_only=True, writer="app"))
    roles.protect_table(op, "buffered_message", Protection(tenant=True, append_only=False, writer="app"))
    roles.protect_table(op, "case_event", Protection(tenant=True, append_only=True, writer="app"))
    roles.protect_table(op, "case_file", Protection(tenant=True, append_only=False, writer="app"))
    roles.protect_table(op, "claim_payment", Protection(tenant=True, append_only=True, writer="app"))
    roles.protect_table(op, "credential", Protection(tenant=False, append_only=False, writer="app"))
    roles.protect_table(op, "definition_file", Protection(tenant=False, append_only=True, writer="app"))
    roles.protect_table(op, "denial", Protection(tenant=True, append_only=False, writer="app"))
    roles.protect_table(op, "document", Protection(tenant=True, append_only=True, writer="app"))
    roles.protect_table(op, "document_withdrawal", Protection(tenant=True, append_only=True, writer="app"))
    roles.protect_table(op, "filing_deadline", Protection(tenant=True, append_only=True, writer="app"))
    roles.protect_table(op, "group_member", Protection(tenant=False, append_only=False, writer="app"))
    roles.protect_table(op, "incident", Protection(tenant=True, append_only=False, writer="app"))
    roles.protect_table(op, "instance_step", Protection(tenant=True, append_only=True, writer="app"))
    roles.protect_table(op, "license_fact", Protection(tenant=False, append_only=True, writer="register"))
    roles.protect_table(op, "message_subscription", Protection(tenant=False, append_only=False, writer="app"))
    roles.protect_table(op, "payer_profile", Protection(tenant=True, append_only=False, writer="app"))
    roles.protect_table(op, "practitioner", Protection(tenant=False, append_only=False, writer="register"))
    roles.protect_table(op, "process_instance", Protection(tenant=True, append_only=False, writer="app"))
    roles.protect_table(op, "remittance_transaction", Protection(tenant=True, append_only=False, writer="app"))
    roles.protect_table(op, "role_grant", Protection(tenant=False, append_only=False, writer="app"))
    roles.protect_table(op, "sanction_fact", Protection(tenant=False, append_only=True, writer="register"))
    roles.protect_table(op, "task", Protection(tenant=True, append_only=False, writer="app"))
    roles.protect_table(op, "task_draft", Protection(tenant=True, append_only=False, writer="app"))
    roles.protect_table(op, "task_event", Protection(tenant=True, append_only=True, writer="app"))
    roles.protect_table(op, "timer", Protection(tenant=False, append_only=False, writer="app"))
    roles.protect_table(op, "user_session", Protection(tenant=False, append_only=False, writer="app"))
    roles.protect_table(op, "webhook_secret", Protection(tenant=False, append_only=False, writer="app"))
    roles.protect_table(op, "signed_decision", Protection(tenant=True, append_only=True, writer="app"))
    roles.protect_table(op, "webhook_receipt", Protection(tenant=False, append_only=True, writer="app"))
    roles.protect_table(op, "delivery", Protection(tenant=False, append_only=False, writer="app"))
    roles.protect_table(op, "webhook_replay", Protection(tenant=False, append_only=True, writer="app"))
    queue_schema.install_queue(op.get_bind())
