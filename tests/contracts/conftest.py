import pytest

from tests.contracts.world import make_world
from tests.fixtures.database import SERVER, prepared


@pytest.fixture(scope="session")
def world(request, tmp_path_factory):
    """Give everybody and everything, once for all contracts, on a database that no other test writes to."""
    folder = tmp_path_factory.mktemp("world")
    if SERVER:
        with make_world(request.getfixturevalue("engine"), folder) as made:
            yield made
        return
    with prepared("sqlite://") as engine, make_world(engine, folder) as made:
        yield made
