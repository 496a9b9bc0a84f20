"""The training and learning management service.

`create_app` is the one place that knows every slice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask
from flask_migrate import Migrate

from lms.config import REPOSITORY, Settings

if TYPE_CHECKING:
    from lms.clock import Clock
    from lms.messaging.transports import Transport

__all__ = ["create_app"]


def create_app(settings: Settings, *, clock: Clock, mailer: Transport | None = None) -> Flask:
    """Build the application. `clock` and `mailer` are handed in, so that tests can hold them."""
    from lms import db, files, tokens, web
    from lms.messaging import mailboxes, transports

    app = Flask("lms", root_path=str(REPOSITORY), instance_path=str(REPOSITORY / "instance"))
    app.config["SECRET_KEY"] = settings.signing_keys[0]
    app.config["SECRET_KEY_FALLBACKS"] = list(settings.signing_keys[1:])
    app.extensions["lms.settings"] = settings
    app.extensions["lms.clock"] = clock
    app.extensions["lms.keys"] = tokens.KeyRing(settings.signing_keys)
    app.extensions["lms.mailer"] = mailer or transports.from_url(settings.mail_url)
    # who is handed a mailer rehearses, or tests: then no mail is read, and none marked as read
    app.extensions["lms.mailbox"] = None if mailer else mailboxes.from_url(settings.bounce_url)
    app.extensions["lms.files"] = files.from_url(settings.files_url)
    db.install(app, settings.database_url)
    Migrate(app, db.db, directory=str(REPOSITORY / "migrations"), render_as_batch=True)
    _load_tables()
    web.install(app, settings)
    _install_pages(app, settings)
    _install_jobs(app)
    _install_purposes(app)
    _install_kinds(app)
    _install_published(app)
    return app


def _load_tables() -> None:
    """Every table must be known before the first query, whichever pages are installed."""
    import lms.accounts.models
    import lms.agencies.models
    import lms.attendance.models
    import lms.audit
    import lms.booking.models
    import lms.catalogue.models
    import lms.certificates.models
    import lms.demo.models
    import lms.evaluation.models
    import lms.files
    import lms.jobs
    import lms.messaging.models
    import lms.records.models
    import lms.reporting.models  # noqa: F401


def _install_pages(app: Flask, settings: Settings) -> None:
    from lms.accounts import views as accounts
    from lms.agencies import views as agencies
    from lms.attendance import views as attendance
    from lms.booking import views as booking
    from lms.catalogue import views as catalogue
    from lms.certificates import views as certificates
    from lms.demo import views as demo
    from lms.desk import views as desk
    from lms.evaluation import views as evaluation
    from lms.records import views as records
    from lms.reporting import views as reporting

    slices = [agencies, accounts, catalogue, booking, attendance, evaluation]
    slices += [certificates, reporting, records, desk]
    if settings.demonstration:
        slices.append(demo)
    for part in slices:
        part.install(app)


def _install_jobs(app: Flask) -> None:
    """What came back first, then lower slices' jobs, the outbox last: all in the same tick."""
    from lms.accounts import jobs as accounts
    from lms.attendance import jobs as attendance
    from lms.booking import jobs as booking
    from lms.certificates import jobs as certificates
    from lms.desk import jobs as desk
    from lms.evaluation import jobs as evaluation
    from lms.messaging import jobs as messaging
    from lms.reporting import jobs as reporting

    slices = (accounts, booking, attendance, evaluation, certificates, reporting, desk, messaging)
    app.extensions["lms.jobs"] = (messaging.INBOX, *(job for part in slices for job in part.JOBS))


def _install_purposes(app: Flask) -> None:
    """Merge every slice's table of purposes, each with the question whether it is still true."""
    from lms.accounts import messages as accounts
    from lms.attendance import messages as attendance
    from lms.booking import messages as booking
    from lms.certificates import messages as certificates
    from lms.desk import messages as desk
    from lms.evaluation import messages as evaluation
    from lms.reporting import messages as reporting

    merged = {}
    for part in (accounts, booking, attendance, evaluation, certificates, reporting, desk):
        for purpose, still_true in part.PURPOSES.items():
            if purpose in merged:
                raise ValueError(f"two slices claim messages for {purpose!r}")
            merged[purpose] = still_true
    app.extensions["lms.purposes"] = merged


def _install_kinds(app: Flask) -> None:
    """Merge every slice's kinds of message, by template: what a partnership may word anew."""
    from lms.accounts import messages as accounts
    from lms.attendance import messages as attendance
    from lms.booking import messages as booking
    from lms.certificates import messages as certificates
    from lms.desk import messages as desk
    from lms.evaluation import messages as evaluation
    from lms.reporting import messages as reporting

    slices = (booking, attendance, evaluation, certificates, reporting, desk, accounts)
    app.extensions["lms.kinds"] = {kind.template: kind for part in slices for kind in part.KINDS}


def _install_published(app: Flask) -> None:
    """Who knows which years are frozen, for slices below the reports."""
    from lms.reporting.freezing.noting import said_if_frozen

    app.extensions["lms.published"] = said_if_frozen
