"""Who administers, signed in."""

import pytest

from tests.making.people import GOOD, knock, root
from tests.pages import Browser


@pytest.fixture
def admin(signed_in):
    """The administrator of 春风街道, signed in."""
    return signed_in("cf-admin")


@pytest.fixture
def whole(app, street, clock):
    """The installation's administrator, signed in."""
    browser = Browser(app)
    knock(browser, root(app, clock.now), GOOD)
    return browser
