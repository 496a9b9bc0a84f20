"""What a web server imports: `gunicorn wsgi:app`."""

from lms import create_app
from lms.clock import SystemClock
from lms.config import load_settings

app = create_app(load_settings(), clock=SystemClock())
