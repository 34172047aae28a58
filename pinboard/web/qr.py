"""Draws an address as a QR code inside the page, because our pages load no picture from anywhere else."""

from __future__ import annotations

import segno
from markupsafe import Markup


def qr(address: str, *, side: int = 220) -> Markup:
    """Give an `<svg>` element; it is made of numbers alone, so nothing of the address can break out of it."""
    rows = [bytes(row) for row in segno.make(address, error="m").matrix_iter(border=4)]
    size = len(rows)
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return Markup(  # noqa: S704 - built from integers
        f'<svg class="qr" role="img" aria-label="QR" width="{side}" height="{side}" viewBox="0 0 {size} {size}">'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path fill="#000" d="{path}"/></svg>',
    )
