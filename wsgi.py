"""What a web server imports: `gunicorn wsgi:app`."""

from lms import create_app
from lms.clock import clock_ahead
from lms.config import load_settings

settings = load_settings()
app = create_app(settings, clock=clock_ahead(settings.clock_ahead))
