from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.support.browser import Browser
from tests.web.gallery import gallery_app


@pytest.fixture
def gallery() -> Iterator[Flask]:
    """The furniture alone, with pages made of every component."""
    application = gallery_app()
    with application.app_context():
        yield application


@pytest.fixture
def visitor(gallery: Flask) -> Browser:
    """A client that checks each page of the gallery which it is shown."""
    return Browser(gallery)
