from contextlib import nullcontext

import pytest

from tests.contracts.world import make_world
from tests.fixtures.database import SERVER, prepared, server_database


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    """Give everybody and everything, once for all contracts, on a database that no other test writes to."""
    address = server_database() if SERVER else nullcontext("sqlite://")
    with address as url, prepared(url) as engine, make_world(engine, tmp_path_factory.mktemp("world")) as made:
        yield made
