"""Headers on every answer, pages kept out of caches, one name for the service, local redirects."""

from __future__ import annotations

import gzip

import pytest
from flask import Flask, g, request
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from lms.access import Permission
from lms.config import load_settings
from lms.web import security
from lms.web.pages import is_local_address, see
from lms.web.security import CONTENT_SECURITY_POLICY, known_hosts
from tests.support.browser import BASE_URL, Browser


def fetch(app: Flask, address: str, headers: dict[str, str] | None = None) -> TestResponse:
    """One answer, read whole and closed."""
    with app.test_client().get(address, base_url=BASE_URL, headers=headers) as answer:
        answer.get_data()
        return answer


def test_nothing_inline_and_nothing_from_elsewhere() -> None:
    assert "default-src 'none'" in CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY


def test_personal_pages_are_kept_nowhere(visitor: Browser) -> None:
    assert visitor.get("/page/states").headers["Cache-Control"] == "no-store"


def test_public_pages_may_be_kept_but_not_shared(visitor: Browser) -> None:
    assert visitor.get("/privacy").headers["Cache-Control"] == "no-cache, private"


def test_a_public_page_asked_for_with_a_session_is_personal(visitor: Browser) -> None:
    visitor.get("/page/about-you")  # its form puts the CSRF value into the session
    assert visitor.get("/privacy").headers["Cache-Control"] == "no-store"


def test_a_file_is_downloaded_under_its_name(visitor: Browser) -> None:
    answer = visitor.get("/file")
    assert answer.headers["Cache-Control"] == "no-store"
    plain, exact = answer.headers["Content-Disposition"].removeprefix("attachment; ").split("; ")
    assert plain == 'filename="who came - -.csv"'
    assert exact == "filename*=UTF-8''who%20came%20%E2%80%93%20%C3%A9.csv"


def test_another_name_for_the_service_is_refused(gallery: Flask) -> None:
    client = gallery.test_client()
    assert client.get("/privacy", base_url="http://evil.example").status_code == 400
    assert client.get("/privacy", base_url="http://localhost:9").status_code == 200


def test_only_the_base_address_counts_outside_the_demonstration() -> None:
    real = load_settings(base_url="https://training.example.org", secret_key="s" * 40)
    assert known_hosts(real) == {"training.example.org"}


def address_seen(believed: int) -> str:
    """Which address a request seems to come from that two proxies have forwarded."""
    app = Flask("a service behind proxies")
    security.install(app, load_settings(demonstration=True, trusted_proxies=believed))
    app.add_url_rule("/", "address", lambda: request.remote_addr)
    forwarded = {"X-Forwarded-For": "203.0.113.9, 198.51.100.4"}
    return app.test_client().get("/", base_url=BASE_URL, headers=forwarded).get_data(as_text=True)


def test_a_forwarded_address_is_believed_from_trusted_proxies_only() -> None:
    assert address_seen(believed=0) == "127.0.0.1"
    assert address_seen(believed=1) == "198.51.100.4"
    assert address_seen(believed=2) == "203.0.113.9"


def test_cookies_are_kept_from_scripts_and_other_sites(gallery: Flask) -> None:
    answer = gallery.test_client().get("/page/about-you", base_url=BASE_URL)
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_too_large_a_form_is_refused(visitor: Browser) -> None:
    page = visitor.get("/page/about-you")
    data = {**page.form("Save"), "name": "x" * 600_000}
    assert "too much" in visitor.post("/page/about-you", data, status=413).h1


def test_static_files_are_kept_for_a_year_under_an_address_of_their_content(
    gallery: Flask, visitor: Browser
) -> None:
    link = visitor.get("/privacy").document.find("link", rel="stylesheet")
    assert link is not None
    named, plain = fetch(gallery, str(link["href"])), fetch(gallery, "/static/lms.css")
    assert named.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert plain.headers["Cache-Control"] == "no-cache"
    assert "unsafe" not in named.headers["Content-Security-Policy"]


def test_styles_are_sent_compressed_and_small(gallery: Flask) -> None:
    small = fetch(gallery, "/static/lms.css", {"Accept-Encoding": "gzip"})
    plain = fetch(gallery, "/static/lms.css")
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data) == plain.data
    assert len(small.data) < 21_000


def test_public_pages_are_sent_compressed_and_personal_ones_as_they_are(gallery: Flask) -> None:
    client = gallery.test_client()
    asked = {"Accept-Encoding": "gzip"}
    public = client.get("/privacy", base_url=BASE_URL, headers=asked)
    assert public.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in public.headers["Vary"]
    assert b"What we hold" in gzip.decompress(public.data)
    assert "Content-Encoding" not in client.get("/privacy", base_url=BASE_URL).headers
    with_form = client.get("/page/about-you", base_url=BASE_URL, headers=asked)
    assert "Content-Encoding" not in with_form.headers
    signed_in = client.get("/privacy", base_url=BASE_URL, headers=asked)
    assert "Content-Encoding" not in signed_in.headers


def test_styles_ask_for_no_font_image_or_other_host(gallery: Flask) -> None:
    styles = fetch(gallery, "/static/lms.css").get_data(as_text=True)
    assert "url(" not in styles
    assert "@font-face" not in styles
    assert "GDS" not in styles


@pytest.mark.parametrize("address", ["/", "/events?level=2", "/bookings/WSP-1#top"])
def test_our_own_addresses_are_local(address: str) -> None:
    assert is_local_address(address)


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "events",
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/a\nb",
        "/\x00",
    ],
)
def test_other_addresses_are_not(address: str | None) -> None:
    assert not is_local_address(address)


@given(st.text(max_size=30))
def test_a_local_address_never_names_a_host(tail: str) -> None:
    address = "/" + tail
    if is_local_address(address):
        assert not address.replace("\\", "/").startswith("//")


def test_nobody_is_sent_elsewhere() -> None:
    with pytest.raises(ValueError, match="not an address"):
        see("https://evil.example")


def test_the_permission_decides_what_may_be_kept(gallery: Flask) -> None:
    def private() -> str:
        g.permission = Permission.BE_A_PRACTITIONER
        return "mine"

    gallery.add_url_rule("/mine", "mine", private)
    answer = gallery.test_client().get("/mine", base_url=BASE_URL)
    assert answer.headers["Cache-Control"] == "no-store"
