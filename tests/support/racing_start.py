"""Imported once by the server that racing processes are forked from: code loaded, nothing open."""

from lms.clock import SystemClock
from tests.support import racing
from tests.support.databases import build_app
from tests.support.mail import KeptMail

build_app("sqlite:///:memory:", clock=SystemClock(), mailer=KeptMail())
LOADED = racing.__name__
