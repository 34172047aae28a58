"""What might point to a person is said, and no more of another case than its reader may know."""

import pytest

from pinboard import policy
from pinboard.clock import now
from pinboard.intake.radar import KEY_SLICES, MOST_ALIKE, Elsewhere, distance, look_around
from pinboard.models import BoardKind, CaseState, InstanceState, Series, WordApproval
from pinboard.models.clinic_settings import decide
from pinboard.vocabulary import body_parts
from tests.factories import add, make_board, make_case, make_draft, make_picture, make_pin, make_user

LIKE = "b2aa86022b3d4db2"
MAC = "a" * 64
HEAD, KNEE = ({part.meaning: part.code for part in body_parts()}[name] for name in ("Head", "Knee"))


def flipped(bits, of=LIKE):
    """Give a hash that differs from another in so many bits, spread over its length."""
    number = int(of, 16)
    for place in range(bits):
        number ^= 1 << (place * 61 % 64)
    return f"{number:016x}"


@pytest.fixture
def ada(session):
    return make_user(session, "Ada Owens")


@pytest.fixture
def draft(session, ada):
    return make_draft(session, ada)


@pytest.fixture
def look(session, ada, draft):
    return lambda who=None: look_around(session, draft, policy.reader_for(session, who or ada))


def own(session, draft, **given):
    return make_picture(session, draft, state=InstanceState.DRAFT, **given)


def other(session, **given):
    """Make a published case of somebody else with one picture that has these marks."""
    marks = {key: given.pop(key) for key in ("dhash", "pixel_mac", "modality", "is_photo") if key in given}
    case = make_case(session, pictures=0, title="The other case", **given)
    make_picture(session, case, **marks)
    return case


class TestCopies:
    def test_the_very_same_picture(self, session, draft, look):
        image = own(session, draft, pixel_mac=MAC, dhash=LIKE)
        case = other(session, pixel_mac=MAC, dhash=LIKE)
        (echo,) = look()
        assert (echo.code, echo.images, echo.is_warning) == ("same-picture", (image.id,), True)
        assert echo.elsewhere == Elsewhere(case.public_id, "The other case")

    @pytest.mark.parametrize(("bits", "said"), [(0, True), (4, True), (5, False), (32, False)])
    def test_nearly_the_same(self, session, draft, look, bits, said):
        assert distance(LIKE, flipped(bits)) == bits
        own(session, draft, dhash=LIKE)
        other(session, dhash=flipped(bits))
        assert [echo.code for echo in look()] == ["near-picture"] * said

    def test_of_a_case_that_she_may_not_see_nothing_else_is_said(self, session, draft, look):
        own(session, draft, pixel_mac=MAC, dhash=LIKE)
        own(session, draft, dhash=flipped(40))
        for marks in ({"pixel_mac": MAC}, {"dhash": flipped(40)}):
            other(session, choice="nobody", **marks)
        echoes = look()
        assert [echo.code for echo in echoes] == ["same-picture"]
        assert echoes[0].elsewhere == Elsewhere()

    def test_a_strangers_draft_is_not_looked_at_and_her_own_is(self, session, ada, draft, look):
        own(session, draft, pixel_mac=MAC)
        own(session, make_draft(session), pixel_mac=MAC)
        assert look() == []
        mine = make_draft(session, ada)
        own(session, mine, pixel_mac=MAC)
        assert [echo.elsewhere.public_id for echo in look()] == [mine.public_id]

    def test_a_withdrawn_case_counts_and_an_erased_one_does_not(self, session, draft, look):
        own(session, draft, pixel_mac=MAC)
        case = other(session, pixel_mac=MAC)
        for state, codes in ((CaseState.WITHDRAWN, ["same-picture"]), (CaseState.ERASED, [])):
            case.state = state
            policy.rebuild(session, [case.id])
            assert [echo.code for echo in look()] == codes

    def test_a_picture_like_many_is_like_none(self, session, draft, look):
        own(session, draft, dhash=LIKE)
        for number in range(MOST_ALIKE):
            other(session, dhash=flipped(number))
        assert len(look()) == MOST_ALIKE
        other(session, dhash=LIKE)
        assert look() == []

    def test_an_x_ray_is_not_like_an_ultrasound(self, session, draft, look):
        own(session, draft, dhash=LIKE, modality="DX")
        other(session, dhash=LIKE, modality="US")
        assert look() == []

    def test_many_images_of_one_other_case_are_one_line(self, session, draft, look):
        images = [own(session, draft, pixel_mac=f"{number:064d}") for number in range(30)]
        case = make_case(session, pictures=0)
        for number in range(30):
            make_picture(session, case, pixel_mac=f"{number:064d}")
        (echo,) = look()
        assert echo.images == tuple(image.id for image in images)

    def test_of_a_long_series_some_are_compared(self, session, draft, look):
        for number in range(200):
            own(session, draft, dhash=f"{number * 0x0123456789ABCDEF % 2**64:016x}")
        other(session, dhash=f"{199 * 0x0123456789ABCDEF % 2**64:016x}")
        assert [echo.code for echo in look()] == ["near-picture"]

    def test_the_same_case_is_no_other(self, session, draft, look):
        for _ in range(2):
            own(session, draft, pixel_mac=MAC, dhash=LIKE)
        assert look() == []


class TestRare:
    @pytest.fixture
    def board(self, session):
        return make_board(session, kind=BoardKind.SPECIALTY, title="Neuroradiology")

    @pytest.fixture
    def clinic(self, session, board):
        """Give a clinic of ten cases, six of them of knees at 40–49 on the board; it counts from ten."""
        decide(session, "rare_from_cases", 10, by_id=None)
        decide(session, "rare_fewer_than", 5, by_id=None)
        for number in range(10):
            case = make_case(session, pictures=0, age_band="40–49" if number < 6 else "90+", body_part=KNEE)
            make_pin(session, case, board)

    def fill(self, draft, board, **words):
        draft.body_part, draft.age_band = words.get("body_part", KNEE), words.get("age_band", "90+")
        draft.board_choice = [board.public_id]

    def test_few_alike_are_said_with_what_they_share(self, session, draft, look, clinic, board):
        self.fill(draft, board)
        (echo,) = look()
        assert (echo.code, echo.count, echo.words) == ("rare", 5, ("Neuroradiology", "Knee", "90+"))

    def test_many_alike_are_not(self, draft, look, clinic, board):
        self.fill(draft, board, age_band="40–49")
        assert look() == []

    def test_few_cases_say_nothing(self, session, draft, look, clinic, board):
        decide(session, "rare_from_cases", 11, by_id=None)
        self.fill(draft, board)
        assert look() == []

    def test_how_few_is_the_clinics_decision(self, session, draft, look, clinic, board):
        decide(session, "rare_fewer_than", 4, by_id=None)
        self.fill(draft, board)
        assert look() == []

    @pytest.mark.parametrize("missing", ["body_part", "age_band"])
    def test_what_is_not_given_is_not_combined(self, draft, look, clinic, board, missing):
        self.fill(draft, board, **{missing: None})
        assert look() == []

    def test_a_board_of_people_is_no_specialty(self, session, ada, draft, look, clinic):
        self.fill(draft, make_board(session, ada))
        assert look()[0].words == ("Knee", "90+")

    def test_the_rarest_of_several_specialties_counts(self, session, draft, look, clinic, board):
        self.fill(draft, board, age_band="40–49")
        other_board = make_board(session, kind=BoardKind.SPECIALTY, title="Dermatology")
        draft.board_choice = [board.public_id, other_board.public_id]
        assert look()[0].words == ("Dermatology", "Knee", "40–49")

    def test_the_demo_board_is_about_nobody_here(self, session, draft, look, board):
        decide(session, "rare_from_cases", 10, by_id=None)
        author = make_user(session, is_demo=True)
        for _ in range(12):
            make_case(session, author, pictures=0)
        self.fill(draft, board)
        assert look() == []


SKULL = {"BodyPartExamined": "HEAD"}
THIN = {"SliceThickness": 1.0, "PixelSpacing": [0.9, 0.9]}


class TestHeads:
    def volume(self, session, draft, slices, header, *, modality="CT", recognizable=True):
        image = own(session, draft, modality=modality, frames=slices)
        image.header = {"Modality": modality, **header}
        session.get(Series, image.series_id).is_recognizable = recognizable
        session.flush()
        return image

    @pytest.mark.parametrize(
        ("slices", "header", "modality", "recognizable", "said"),
        [
            (KEY_SLICES, SKULL, "CT", True, False),
            (KEY_SLICES + 1, SKULL, "CT", True, True),
            (184, SKULL, "MR", True, True),
            (184, SKULL, "US", True, False),
            (184, {"BodyPartExamined": "CHEST"}, "CT", False, False),
            (41, THIN, "CT", True, True),
            (40, THIN, "CT", True, False),
            (184, {**THIN, "SliceThickness": 5.0}, "CT", True, False),
            (184, {}, "CT", True, False),
        ],
    )
    def test_a_head_of_many_slices(self, session, draft, look, slices, header, modality, recognizable, said):
        image = self.volume(session, draft, slices, header, modality=modality, recognizable=recognizable)
        echoes = look()
        assert [(echo.code, echo.images, echo.count) for echo in echoes] == [("head", (image.id,), slices)] * said

    def test_what_the_author_says_it_shows_decides_where_the_file_does_not(self, session, draft, look):
        self.volume(session, draft, 30, {})
        assert look() == []
        draft.body_part = HEAD
        assert [echo.code for echo in look()] == ["head"]
        draft.body_part = KNEE
        self.volume(session, draft, 184, THIN)
        assert look() == []


class TestWords:
    @pytest.mark.parametrize(
        "text",
        ["The mayor’s wife", "Seen in the newspaper", "One of twins", "A well-known footballer", "Lives in a VILLAGE"],
    )
    def test_words_that_leave_few_people(self, draft, look, text):
        draft.history = text
        assert [echo.code for echo in look()] == ["words"]

    @pytest.mark.parametrize(
        "text", ["Singer’s nodules", "Twin pregnancy, 32 weeks", "Twin peak sign", "An old fracture"]
    )
    def test_words_of_the_trade_pass(self, draft, look, text):
        draft.title, draft.findings, draft.tags = text, text, [text]
        assert look() == []

    def test_each_word_is_said_once(self, draft, look):
        draft.title, draft.tags, draft.differential = "Twins", ["twins", "famous"], [{"diagnosis": "Famous twins"}]
        assert look()[0].words == ("twins", "famous")


class TestReminders:
    def test_photos(self, session, draft, look):
        own(session, draft, modality="XC")
        (echo,) = look()
        assert (echo.code, echo.is_warning) == ("photo", False)

    def test_phrases_that_were_said_to_identify_nobody(self, session, ada, draft, look):
        for number in range(2):
            add(session, WordApproval(case_id=draft.id, digest=f"{number:064d}", kind="name", by_id=ada.id, at=now()))
        (echo,) = look()
        assert (echo.code, echo.count, echo.is_warning) == ("approved-words", 2, False)


def test_nothing_stands_out(session, draft, look):
    own(session, draft, dhash=LIKE, pixel_mac=MAC)
    other(session, dhash=flipped(20), pixel_mac="b" * 64)
    assert look() == []
