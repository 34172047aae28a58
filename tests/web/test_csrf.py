import pytest


@pytest.fixture
def signed_in(client, sign_in):
    return sign_in()


CHANGE = "/settings/sessions/end-others"


def test_a_form_with_its_token_passes(client, signed_in):
    assert client.post(CHANGE).status_code == 303


def test_the_token_counts_as_a_field_too(client, signed_in):
    token = client.csrf()
    assert client.post(CHANGE, {"csrf_token": token}, token=False).status_code == 303


@pytest.mark.parametrize("given", ["", "x", "A" * 88, "ünïcode", None])
def test_no_token_or_a_made_up_one_is_refused(client, signed_in, given):
    data = {} if given is None else {"csrf_token": given}
    answer = client.post(CHANGE, data, token=False)
    assert answer.status_code == 403
    assert "too old" in answer.text


def test_the_token_of_another_browser_is_refused(client, signed_in, browser, sign_in):
    other = browser()
    sign_in("clinician", other)
    assert client.post(CHANGE, {"csrf_token": other.csrf()}, token=False).status_code == 403


def test_every_page_masks_the_token_anew(client, signed_in):
    first = client.csrf()
    client.forget_token()
    second = client.csrf()
    assert first != second
    assert client.post(CHANGE, {"csrf_token": first}, token=False).status_code == 303
    assert client.post(CHANGE, {"csrf_token": second}, token=False).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost.evil.example"},
    ],
)
def test_another_site_is_refused_even_with_the_token(client, signed_in, headers):
    assert client.post(CHANGE, headers=headers).status_code == 403


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}, {"Origin": "null"}, {}]
)
def test_our_own_pages_are_not(client, signed_in, headers):
    assert client.post(CHANGE, headers=headers).status_code == 303


def test_a_get_from_anywhere_is_fine(client, signed_in):
    assert client.get("/people", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_a_method_cannot_be_smuggled(client, signed_in):
    answer = client.get(CHANGE, query_string={"_method": "POST"}, headers={"X-HTTP-Method-Override": "POST"})
    assert answer.status_code == 405


def test_plain_text_is_no_form(client, signed_in):
    answer = client.post(CHANGE, "csrf_token=x", token=False, content_type="text/plain")
    assert answer.status_code == 403


def test_a_fragment_gets_a_fragment(client, signed_in):
    answer = client.fragment(CHANGE, method="POST", token=False)
    assert (answer.status_code, "<html" in answer.text) == (403, False)
