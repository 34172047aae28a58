"""However often a case is pinned, moved and released, by whomever: it gains no reader whom its author did not choose.

`tests/policy/test_reference.py` says so of the rules; this says it of the requests that people send.
"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from pinboard import policy
from pinboard.models import Audience, Pin, Role, Source
from tests.factories import make_board, make_case, make_subject, make_user
from tests.pictures import images, store_all

TITLE = "Okapiword: whose is it?"


class Ward:
    """Ada chose Ben and nobody else; Dan and Tom share every board that Ben pins to."""

    def __init__(self, session, stores, browser, sign_in):
        self.session = session
        self.subjects = [make_subject(session), make_subject(session)]
        roles = {"tom": Role.TRAINEE, "dee": Role.DESK, "pat": Role.PATIENT}
        self.people = {
            name: make_user(session, name.title(), roles.get(name, Role.CLINICIAN), login=name)
            for name in ("ada", "ben", "dan", "tom", "dee", "pat")
        }
        self.people["pat"].subject_id = self.subjects[0].id
        ada, ben, dan, tom = (self.people[name] for name in ("ada", "ben", "dan", "tom"))
        self.case = make_case(session, ada, choice="nobody", title=TITLE, subject_id=self.subjects[0].id)
        policy.grant(session, self.case, policy.member(ben.id), Source.NAMED, by=ada.id, source_id=ben.id)
        store_all(session, stores, self.case)
        self.walls = [make_board(session, ben, readers=[tom], editors=[dan]), make_board(session, dan, editors=[ben])]
        self.slugs = [*(wall.slug for wall in self.walls), "cardiology", "none"]
        self.browsers = {name: browser() for name in self.people}
        for name, user in self.people.items():
            sign_in(user, self.browsers[name])
        self.url = f"/c/{self.case.public_id}"

    def pin(self, who, board):
        self.browsers[who].post(f"{self.url}/pin", {"board": self.slugs[board]})

    def pin_to_new(self, who, _board):
        answer = self.browsers[who].post(f"{self.url}/pin", {"title": "Anew"})
        assert (answer.status_code == 303) is (who in {"ada", "ben"})

    def unpin(self, who, board):
        for pin in self.session.scalars(select(Pin.public_id).where(Pin.case_id == self.case.id)).all():
            self.browsers[who].post(f"/b/{self.slugs[board]}/pins/{pin}/remove")

    def move(self, who, board):
        self.unpin(who, board)
        self.pin(who, 1 - board if board < 2 else board)

    def invite(self, who, board):
        for name in ("dan", "tom"):
            form = {"member": self.people[name].public_id, "role": "editor"}
            self.browsers[who].post(f"/b/{self.slugs[board]}/people", form)

    def release(self, who, board):
        own, other = (subject.chart_code for subject in self.subjects)
        form = {
            "chart_code": other if board % 2 else own,
            "other_subject": f"{own}+{other}",
            "caption": "Plain words",
            "author_name": "Dr Ada",
            "images": [images(self.session, self.case)[0].public_id],
            "delay": "0",
        }
        self.browsers[who].post(f"{self.url}/release", form)

    def take_back(self, who, _board):
        self.browsers[who].post(f"{self.url}/release/end")

    def clinic(self):
        """Give the principals of the clinic that the case lets in."""
        found = self.session.scalars(select(Audience.principal).where(Audience.case_id == self.case.id)).all()
        return {one for one in found if not one.startswith(("rb:", "s:"))}

    def readers(self):
        """Ask as everybody, on every page that could show it; the page of the case and the lists agree."""
        found = set()
        for name, browser in self.browsers.items():
            lists = ["/", "/search?q=okapiword&x=1", *(f"/b/{slug}" for slug in self.slugs)]
            shown = [f'href="{self.url}' in browser.get(path).text for path in lists]
            opened = browser.get(self.url).status_code == 200
            assert opened or not any(shown), name
            if opened:
                found.add(name)
        return found


@pytest.fixture
def ward(session, stores, browser, sign_in):
    return Ward(session, stores, browser, sign_in)


acts = st.sampled_from(["pin", "pin", "pin_to_new", "unpin", "move", "invite", "release", "take_back"])
happenings = st.tuples(acts, st.sampled_from(["ada", "ben", "dan", "tom", "dee", "pat"]), st.integers(0, 3))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(happenings, min_size=1, max_size=10))
def test_no_sequence_of_requests_adds_a_reader(ward, history):
    for act, who, board in history:
        getattr(ward, act)(who, board)
    ward.session.expire_all()
    assert ward.clinic() == {policy.member(ward.people[name].id) for name in ("ada", "ben")}
    assert ward.readers() == {"ada", "ben"}


def test_the_requests_do_something(ward):
    """The sequences above pin, invite and release in earnest, so that adding nobody is no accident."""
    for board in (0, 1, 2):
        ward.pin("ben", board)
    ward.pin("dan", 1)
    ward.invite("ben", 0)
    assert len(ward.session.scalars(select(Pin).where(Pin.case_id == ward.case.id)).all()) == 3
    assert ward.browsers["pat"].get(f"/my{ward.url}").status_code == 404
    ward.release("ada", 0)
    assert ward.browsers["pat"].get(f"/my{ward.url}").status_code == 200
    ward.release("dan", 1)
    ward.move("ben", 0)
    assert f'href="{ward.url}' in ward.browsers["ben"].get(f"/b/{ward.slugs[1]}").text
    assert ward.readers() == {"ada", "ben"}


def test_the_author_adds_a_reader_by_choosing(ward):
    """The check would see one more reader, if there were one."""
    policy.grant(ward.session, ward.case, policy.CLINICIANS, Source.CLINIC, by=ward.people["ada"].id)
    ward.session.commit()
    assert ward.readers() == {"ada", "ben", "dan"}
