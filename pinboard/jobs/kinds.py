"""Names every kind of background work and the function that does it."""

from __future__ import annotations

from pinboard.intake import demo, publish, sweep, withdraw
from pinboard.intake.stores import Stores
from pinboard.jobs.work import Work


def _sweep(stores: Stores, _ref_id: int) -> None:
    sweep.sweep(stores)


def _sweep_media(stores: Stores, _ref_id: int) -> None:
    sweep.sweep_media(stores)


def _delete_media(stores: Stores, _ref_id: int) -> None:
    withdraw.delete_doomed(stores)


def _load_demo(stores: Stores, _ref_id: int) -> None:
    demo.load_demo(stores)


def _mail(_stores: Stores, _ref_id: int) -> None:
    """Nothing is mailed yet: every link is shown to be copied."""


KINDS: dict[str, Work] = {
    "publish": publish.run,
    "delete-media": _delete_media,
    "load-demo": _load_demo,
    "mail": _mail,
    "sweep": _sweep,
    "sweep-media": _sweep_media,
}
