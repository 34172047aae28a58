"""The page of a case names every module that the viewer needs at once, and none that it may need later."""

import re

from pinboard.web.assets import Assets, folder
from tests.html import page
from tests.people import make_scene

FIRST = "js/viewer/series-viewer.js"
IMPORT = re.compile(rb'^import [^;]*? from "\./([\w/.-]+)";$', re.MULTILINE)
MOST = 15 * 1024


def needed(files, name=FIRST):
    found = {name}
    for other in IMPORT.findall(files[name]):
        found |= needed(files, f"js/viewer/{other.decode()}")
    return found


def test_no_module_waits_until_another_one_has_named_it(client, session, sign_in):
    scene = make_scene(session)
    sign_in(scene.people.ada)
    soup = page(client, f"/c/{scene.case.public_id}")
    named = {link["href"].split("/", 3)[3] for link in soup.select('link[rel="modulepreload"]')}
    assert named | {FIRST} == needed(Assets(folder("static")).files)


def test_the_viewer_is_light(tmp_path):
    files = Assets(folder("static"))
    built = files.build(tmp_path)
    sizes = [(built / f"{name}.br").stat().st_size for name in needed(files.files)]
    assert len(sizes) > 5
    assert sum(sizes) <= MOST
