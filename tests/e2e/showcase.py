"""A clinic whose pictures may be shown to everybody: the demo, and samples that are free for any use if named.

What of it stands in the README, and whose images are seen there, is in docs/img/README.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from pinboard.comments import service as comments
from pinboard.identity import members, sessions
from pinboard.intake import demo
from pinboard.models import Case, Role, Series, User
from tests.e2e.maker import Maker, Scene, begun
from tests.e2e.scene import PASSWORD

if TYPE_CHECKING:
    from pathlib import Path

CT = tuple(f"ct-series/pancreas-ct/1-0{number}.dcm" for number in range(44, 68))
MR = tuple(f"mr-series/t1w-7t-head/N2D_0{number}.dcm" for number in range(200, 272, 8))
CASES: tuple[tuple[str, tuple[str, ...], tuple[tuple[float, ...], ...], str, dict[str, object]], ...] = (
    (
        "chest", ("xray-mammo/chest-ap-cr-mono1-fake-phi-burned-in.dcm",), ((0.0, 0.0, 0.42, 0.06),),
        "Frontal film of a chest, taken with a mobile device",
        {"title": "Lines are gone: would you still ask for a film upright?", "tags": ["chest", "intensive care"]},
    ),
    (
        "fundus", ("photos/fundus-retina.jpg",), (), "Photograph of the back of an eye",
        {"title": "Is the margin of the disc sharp all round?", "tags": ["ophthalmology"]},
    ),
    (
        "head", MR, (), "Axial slices of a head at 7 tesla",
        {"title": "Does 7 T show the grey-white border well enough to look for a small dysplasia?", "tags": ["MR"]},
    ),
    (
        "abdomen", CT, (), "Axial slices of an abdomen with contrast medium",
        {
            "title": "Does the fat plane around the superior mesenteric vein hold on every slice?",
            "question": "Step from the celiac trunk down to the uncinate process. Where, if anywhere, is it lost?",
            "findings": "Portal venous phase, slices of 3 mm. No free fluid.",
            "tags": ["CT", "pancreas"], "age_band": "60–69", "sex": "F",
        },
    ),
)  # fmt: skip


def build(data: Path) -> Scene:
    """Make the clinic in a data folder that no server uses yet, seen by Ada Rao."""
    with begun(data) as maker:
        with maker.stores.writing() as session:
            for login, name in (("ada", "Dr Ada Rao"), ("ben", "Dr Ben Shah")):
                more = {"verification": "Known to the clinic"}
                maker.people[login] = members.add(
                    session, members.NewMember(login, name, Role.CLINICIAN, PASSWORD, **more)
                )
        demo.load_demo(maker.stores)
        for name, files, areas, alt, words in CASES:
            maker.scene.names[name] = _publish(maker, files, areas, alt, words)
        with maker.stores.writing() as session:
            case = session.scalars(select(Case).where(Case.public_id == maker.scene.names["abdomen"])).one()
            said = comments.create(
                session, case, by=maker.people["ben"].id,
                body="It holds for me down to the confluence. Below it I lose it on the right for two slices.",
            )  # fmt: skip
            comments.create(session, case, by=maker.people["ada"].id, parent=said, body="Thank you. Slices 14 and 15?")
            ada = session.get_one(User, maker.people["ada"].id)
            maker.scene.secrets["ada"] = sessions.start(session, ada, agent="Firefox Linux")
        return maker.scene


def _publish(
    maker: Maker, files: tuple[str, ...], areas: tuple[tuple[float, ...], ...], alt: str, words: dict[str, object]
) -> str:
    case = maker.draft(*files, patient="MRN-90210")
    maker.look(case, *areas)
    maker.write(case, **words)
    with maker.stores.writing() as session:
        for series in session.scalars(select(Series).where(Series.case_id == case.id)):
            series.alt_text = alt
    return maker.publish(case).public_id
