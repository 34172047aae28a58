"""Names every kind of background work and the function that does it."""

from __future__ import annotations

from pinboard.intake import arrange, covering, demo, fingerprint, mend_job, publish, scan, sweep, withdraw
from pinboard.intake.stores import Stores
from pinboard.jobs.work import Work
from pinboard.proof import runs as proofs


def _sweep(stores: Stores, _ref_id: int) -> None:
    sweep.sweep(stores)


def _sweep_media(stores: Stores, _ref_id: int) -> None:
    sweep.sweep_media(stores)


def _delete_media(stores: Stores, _ref_id: int) -> None:
    withdraw.delete_doomed(stores)


def _forget_words(stores: Stores, _ref_id: int) -> None:
    withdraw.forget_words(stores)


def _load_demo(stores: Stores, _ref_id: int) -> None:
    demo.load_demo(stores)


def _mail(_stores: Stores, _ref_id: int) -> None:
    """Nothing is mailed yet: every link is shown to be copied."""


KINDS: dict[str, Work] = {
    "arrange": arrange.run,
    "cover": covering.run,
    "fingerprint": fingerprint.run,
    "scan": scan.run,
    "prove": proofs.run,
    "publish": publish.run,
    "delete-media": _delete_media,
    "forget-words": _forget_words,
    "load-demo": _load_demo,
    "mail": _mail,
    "mend": mend_job.run,
    "sweep": _sweep,
    "sweep-media": _sweep_media,
}

SLOW = frozenset({"scan"})
"""Kinds that wait for one another on a thread of their own, so that a hundred images never hold up a publishing."""
