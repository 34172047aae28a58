"""Sends a link by mail where the clinic has a mail server; everywhere else links are shown to copy and print."""

from __future__ import annotations

import logging
import smtplib
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from flask import render_template

from pinboard.config import Config

log = logging.getLogger("pinboard.web")
TIMEOUT = 10


def send(config: Config, to: str | None, template: str, /, **context: object) -> bool:
    """Send one of templates/emails; tell whether the server took it. Call it after the commit."""
    if not config.smtp_url or not to:
        return False
    subject, _, body = render_template(f"emails/{template}.txt", **context).strip().partition("\n")
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, config.mail_from, to
    message.set_content(body.strip() + "\n")
    try:
        _deliver(config, message)
    except (OSError, smtplib.SMTPException) as error:
        log.warning("mail was not taken: %s", type(error).__name__)
        return False
    return True


def _deliver(config: Config, message: EmailMessage) -> None:
    url = urlsplit(config.smtp_url)
    kind = smtplib.SMTP_SSL if url.scheme == "smtps" else smtplib.SMTP
    with kind(url.hostname or "localhost", url.port or 0, timeout=TIMEOUT) as server:
        if url.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls()
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        server.send_message(message)
