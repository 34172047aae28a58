"""The networks of the extra `vision`, opened once, and a pool to use them as the product does."""

import pytest

from pinboard.deid.detect.weights import detector_name
from pinboard.sandbox import Pool


@pytest.fixture(scope="session")
def has_networks():
    if detector_name() is None:
        pytest.skip("the extra `vision` is not installed")


@pytest.fixture(scope="session")
def networks(has_networks):
    """Give all three networks."""
    from pinboard.deid.detect.networks import open_networks

    return open_networks(wants_faces=True, wants_reader=True)


@pytest.fixture(scope="session")
def looking(has_networks):
    """Give a pool that looks at pictures."""
    pool = Pool()
    yield pool
    pool.close()
