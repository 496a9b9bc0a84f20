"""Certificates on paper: what templates/certificates/certificate.typ is told of each."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import segno

from lms import pdf
from lms.agencies.look import printed_look
from lms.agencies.models import Partnership
from lms.certificates.models import Certificate
from lms.clock import london_date
from lms.evaluation.queries import after_you_can
from lms.web.words import date_range, hours_in_words, short_day_and_year
from lms.words import slug, written_address


def certificate_pdf(
    certificate: Certificate, partnership: Partnership, *, base_url: str, now: datetime
) -> bytes:
    """One certificate, as its snapshot has it, on the partnership's paper."""
    title = f"Certificate: {certificate.name}, {certificate.title}"
    return _printed([certificate], partnership, title, base_url=base_url, now=now)


def certificates_pdf(
    certificates: Collection[Certificate],
    partnership: Partnership,
    *,
    base_url: str,
    now: datetime,
) -> bytes:
    """Many in one file, a page each, in their order."""
    title = f"Certificates: {next(iter(certificates)).title}"
    return _printed(certificates, partnership, title, base_url=base_url, now=now)


def certificates_zip(
    certificates: Iterable[Certificate],
    partnership: Partnership,
    *,
    base_url: str,
    now: datetime,
) -> bytes:
    """Many as files of their own, named after surname and code, in one archive."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for certificate in certificates:
            made = certificate_pdf(certificate, partnership, base_url=base_url, now=now)
            archive.writestr(zipfile.ZipInfo(file_name(certificate)), made)
    return packed.getvalue()


def file_name(certificate: Certificate) -> str:
    """'certificate-marigold-pettifer-K7PM-4QXD-92HT.pdf'; the code keeps equal names apart."""
    parts = ("certificate", slug(certificate.name)[:60], certificate.code)
    return "-".join(part for part in parts if part) + ".pdf"


def days_of(certificate: Certificate) -> str:
    """'8 February 2027', '8 to 15 February 2027'."""
    if certificate.first_on == certificate.last_on:
        return short_day_and_year(certificate.first_on)
    days = date_range(certificate.first_on, certificate.last_on)
    year = str(certificate.last_on.year)
    return days if days.endswith(year) else f"{days} {year}"


def _printed(
    certificates: Iterable[Certificate],
    partnership: Partnership,
    title: str,
    *,
    base_url: str,
    now: datetime,
) -> bytes:
    look = printed_look(partnership)
    facts = {
        "look": look,
        "title": title,
        "certificates": [_facts(one, base_url, look["dark"]) for one in certificates],
    }
    return pdf.render("certificates/certificate", facts, made_at=now)


def _facts(certificate: Certificate, base_url: str, ink: str) -> dict[str, Any]:
    address = f"{base_url}/certificates/{certificate.code}"
    return {
        "name": certificate.name,
        "title": certificate.title,
        "date": days_of(certificate),
        "hours": hours_in_words(certificate.minutes),
        "level": str(certificate.level) if certificate.level else None,
        "teaches": [after_you_can(line) for line in certificate.teaches.splitlines() if line],
        "signed_by": certificate.signed_by,
        "issued_by": certificate.issued_by,
        "issued_on": short_day_and_year(london_date(certificate.issued_at)),
        "code": certificate.code,
        "address": address,
        "shown_address": written_address(f"{base_url}/certificates"),
        "qr": _qr(address, ink),
    }


def _qr(address: str, ink: str) -> str:
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", dark=ink, border=0, xmldecl=False, omitsize=True
    )
    return drawn.getvalue().decode()
