"""Makes the triggers that keep beside every pin which comment on its case was the last."""

# ruff: noqa: S608, ISC004 - statements of ours, each in its own line or two
from __future__ import annotations

_LATEST = (
    "(SELECT coalesce(max(comment.id), 0) FROM comment WHERE comment.case_id = {case}"
    " AND comment.visibility = 'clinic' AND comment.deleted_at IS NULL)"
)
_OF_PIN = _LATEST.format(case="pin.case_id")
_KEEP = f"UPDATE pin SET latest_comment_id = {_OF_PIN} WHERE {{which}} AND latest_comment_id <> {_OF_PIN}"
FILL = f"UPDATE pin SET latest_comment_id = {_OF_PIN} WHERE case_id IN (SELECT case_id FROM comment)"
_CHANGES = "UPDATE OF case_id, visibility, deleted_at"


def sqlite_statements() -> list[str]:
    """Give the triggers on SQLite, which has one writer at a time."""
    return [
        _sqlite("said", "INSERT ON comment", "case_id = new.case_id"),
        _sqlite("unsaid", "DELETE ON comment", "case_id = old.case_id"),
        _sqlite("changed", f"{_CHANGES} ON comment", "case_id IN (old.case_id, new.case_id)"),
        _sqlite("pinned", "INSERT ON pin", "id = new.id"),
        _sqlite("repinned", "UPDATE OF case_id ON pin", "id = new.id"),
    ]


def postgresql_statements() -> list[str]:
    """Give the triggers on PostgreSQL, where a pin and a comment of one case wait for each other.

    Neither would see the other while both are uncommitted. What is read after the wait is read anew, because every
    statement of a function has its own view of the rows.
    """
    return [
        _function("comment", "case_ WHERE id IN (old.case_id, new.case_id) ORDER BY id FOR NO KEY UPDATE",
                  f"{_KEEP.format(which='case_id IN (old.case_id, new.case_id)')}; RETURN NULL"),
        _function("pin", "case_ WHERE id = new.case_id FOR SHARE",
                  f"new.latest_comment_id := {_LATEST.format(case='new.case_id')}; RETURN new"),
        f"CREATE TRIGGER latest_comment AFTER INSERT OR DELETE OR {_CHANGES} ON comment"
        " FOR EACH ROW EXECUTE FUNCTION latest_comment_of_comment()",
        "CREATE TRIGGER latest_comment BEFORE INSERT OR UPDATE OF case_id ON pin"
        " FOR EACH ROW EXECUTE FUNCTION latest_comment_of_pin()",
    ]  # fmt: skip


def _sqlite(name: str, when: str, which: str) -> str:
    return f"CREATE TRIGGER latest_comment_{name} AFTER {when} BEGIN {_KEEP.format(which=which)}; END"


def _function(name: str, lock: str, body: str) -> str:
    return (
        f"CREATE FUNCTION latest_comment_of_{name}() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN PERFORM 1 FROM {lock}; {body}; END $$"
    )
