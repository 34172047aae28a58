"""The PIN of a link: handed over another way, slow to guess, good for one browser and one link."""

from tests.html import page
from tests.pictures import images
from tests.shares.conftest import CAPTION, picture, text_of


def wrong(pin):
    return f"{(int(pin) + 1) % 10**6:06d}"


def unlock(client, made, pin, **options):
    return client.post(f"{made.path}/unlock", {"pin": pin}, **options)


def test_without_it_there_is_neither_page_nor_picture(client, session, scene, make):
    made = make(pin=True)
    address = picture(made.path, images(session, scene.case)[0])
    soup = page(client, made.path)
    assert "Enter the PIN" in text_of(soup)
    assert CAPTION not in soup.decode()
    assert "img" not in {element.name for element in soup.main.find_all(True)}
    assert client.get(address).status_code == 404
    answer = unlock(client, made, wrong(made.pin))
    assert answer.status_code == 422
    assert "These are not the digits." in answer.text
    assert "Set-Cookie" not in answer.headers or "pinboard-share" not in answer.headers["Set-Cookie"]
    assert client.get(address).status_code == 404


def test_with_it_this_browser_may_look(client, browser, session, scene, make):
    made = make(pin=True)
    answer = unlock(client, made, f" {made.pin} ")
    assert (answer.status_code, answer.headers["Location"]) == (303, made.path)
    cookie = answer.headers["Set-Cookie"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=Lax", "Path=/s/"))
    assert CAPTION in client.get(made.path).text
    address = picture(made.path, images(session, scene.case)[0])
    assert client.get(address).status_code == 200
    assert browser().get(address).status_code == 404
    assert "Enter the PIN" in browser().get(made.path).text


def test_it_opens_no_other_link(client, session, scene, make):
    first, second = make(pin=True), make(pin=True)
    cookie = unlock(client, first, first.pin).headers["Set-Cookie"].split(";")[0]
    name, _, proof = cookie.partition("=")
    other = second.manage.rsplit("/", 1)[1]
    assert name.endswith(first.manage.rsplit("/", 1)[1])
    client.set_cookie(f"pinboard-share-{other}", proof, path="/s/")
    assert CAPTION in client.get(first.path).text
    assert "Enter the PIN" in client.get(second.path).text
    assert client.get(picture(second.path, images(session, scene.case)[0])).status_code == 404


def test_it_is_asked_for_again_after_two_hours(client, make, web_clock):
    made = make(pin=True)
    unlock(client, made, made.pin)
    web_clock.pass_by(hours=1, minutes=59)
    assert CAPTION in client.get(made.path).text
    web_clock.pass_by(minutes=2)
    assert "Enter the PIN" in client.get(made.path).text


def test_a_revoked_link_does_not_open_for_who_gave_it_before(client, make, ada):
    made = make(pin=True)
    unlock(client, made, made.pin)
    assert client.get(made.path).status_code == 200
    ada.post(f"{made.manage}/revoke")
    assert client.get(made.path).status_code == 404


def test_after_five_wrong_tries_the_right_one_has_to_wait(client, browser, make, web_clock):
    made = make(pin=True)
    statuses = [unlock(client, made, wrong(made.pin)).status_code for _ in range(5)]
    assert statuses == [422, 422, 422, 422, 429]
    # Neither another browser nor another address gets round it.
    answer = unlock(browser(), made, made.pin, environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert answer.status_code == 429
    assert "Too many tries." in answer.text
    web_clock.pass_by(seconds=int(answer.headers["Retry-After"]))
    assert unlock(client, made, made.pin).status_code == 303
    assert CAPTION in client.get(made.path).text


def test_the_wait_grows(client, make, web_clock):
    made, waits = make(pin=True), []
    for _ in range(12):
        answer = unlock(client, made, wrong(made.pin))
        waits.append(int(answer.headers.get("Retry-After", 0)))
        web_clock.pass_by(seconds=waits[-1])
    assert waits == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128]


def test_the_tries_at_one_link_do_not_close_another(client, make):
    first, second = make(pin=True), make(pin=True)
    for _ in range(6):
        unlock(client, first, wrong(first.pin))
    assert unlock(client, second, second.pin).status_code == 303
