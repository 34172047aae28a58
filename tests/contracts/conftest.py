from contextlib import nullcontext

import pytest

from tests.contracts.world import make_world
from tests.fixtures.database import prepared


@pytest.fixture(scope="session")
def world(tmp_path_factory, new_database):
    """Give everybody and everything, once for all contracts, on a database that no other test writes to."""
    address = new_database() if new_database else nullcontext("sqlite://")
    with address as url, prepared(url) as engine, make_world(engine, tmp_path_factory.mktemp("world")) as made:
        yield made
