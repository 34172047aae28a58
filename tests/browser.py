"""A test client that behaves as a browser with a page open: it knows the token of the page and sends it."""

import re

from flask.testing import FlaskClient

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Browser(FlaskClient):
    """One browser with its own cookies."""

    token = None

    def forget_token(self):
        """Ask for a token anew, as after signing in."""
        self.token = None

    def page(self, url, **options):
        """Open a page."""
        return self.get(url, **options)

    def fragment(self, url, method="GET", **options):
        """Ask as htmx does for a part of a page."""
        options["headers"] = {"HX-Request": "true", "HX-Request-Type": "partial", **options.get("headers", {})}
        return self.post(url, **options) if method == "POST" else self.open(url, method=method, **options)

    def post(self, url, data=None, *, token=True, **options):
        """Send a form with the token that every page of ours carries; `token=False` leaves it out."""
        if token:
            options["headers"] = {"X-CSRFToken": self.csrf() or "", **options.get("headers", {})}
        return super().post(url, data=data, **options)

    def csrf(self):
        """Give this browser's token, from whichever page of these it may open."""
        if self.token is None:
            for url in ("/login", "/settings/profile", "/lock"):
                found = TOKEN.search(self.get(url).text)
                if found:
                    self.token = found[1]
                    break
        return self.token
